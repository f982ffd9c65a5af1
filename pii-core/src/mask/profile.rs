//! How much a mask shows: three profiles, and a mask of every kind for each.

use std::fmt;

/// A profile of masks. Rule files give a mask for each, policy says which one a flow uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Shows the least: for SMS, e-mail, push and third parties.
    #[default]
    Strict,
    /// For logs and screens of the firm's own.
    Usual,
    /// Shows the most: inside the firm, after the reader has proved who he is once more.
    Lenient,
}

impl Profile {
    /// All of them, from the one that shows the least.
    pub const ALL: [Self; 3] = [Self::Strict, Self::Usual, Self::Lenient];

    /// The profile of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == name)
    }

    /// The name, as rule files and policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Usual => "usual",
            Self::Lenient => "lenient",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
