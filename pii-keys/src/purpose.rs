//! What keys are for.

use std::fmt;

/// What a key is for. A version serves one purpose and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Format-preserving encryption.
    Fpe,
    /// Deterministic tokens.
    Token,
    /// Digests that lead back to nothing.
    Hash,
    /// Wrapping data keys of sealed values: their key-encryption key.
    Seal,
    /// Wrapping keys of data subjects.
    Subject,
    /// Signing the heads of an audit trail.
    Sign,
}

impl Purpose {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [Self::Fpe, Self::Token, Self::Hash, Self::Seal, Self::Subject, Self::Sign];

    /// The word that stands in files and on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fpe => "fpe",
            Self::Token => "token",
            Self::Hash => "hash",
            Self::Seal => "seal",
            Self::Subject => "subject",
            Self::Sign => "sign",
        }
    }

    /// Reads such a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.word() == word)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
