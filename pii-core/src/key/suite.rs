//! Which algorithms a firm allows, and what an assessor asks of each.

use std::fmt;

/// What an assessment of commercial cryptography (密评, GB/T 39786-2021) asks of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// The name that its standard uses.
    pub name: &'static str,
    /// The standards that define it, the Chinese ones first where there are any.
    pub standard: &'static str,
    /// Whether every primitive in it is one of SM2, SM3 and SM4.
    pub is_commercial: bool,
}

/// Which algorithms may be used: `crypto = "sm"` in a configuration, or everything where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suite {
    /// Everything that this software has.
    #[default]
    Any,
    /// SM2, SM3, SM4 and key derivation on them alone.
    Sm,
}

impl Suite {
    /// Reads the word of a configuration: `any` or `sm`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "any" => Some(Self::Any),
            "sm" => Some(Self::Sm),
            _ => None,
        }
    }

    /// The word that a configuration uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Sm => "sm",
        }
    }

    /// Whether an algorithm may be used.
    #[must_use]
    pub fn allows(self, algorithm: Described) -> bool {
        self == Self::Any || algorithm.is_commercial
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
