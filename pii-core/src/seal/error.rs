//! Why something cannot be sealed, and that something cannot be opened.

use crate::key::EntropyError;
use std::fmt;

/// Why something cannot be sealed. Holds no value and no key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealError(pub(super) Reason);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    KeyLength { algorithm: &'static str, right_bytes: usize },
    TooLong { limit_bytes: usize },
    UsedUp { limit: u64 },
    Entropy,
}

impl SealError {
    /// Whether the data key has sealed as many values as it may: a new batch has to be begun.
    #[must_use]
    pub fn is_used_up(self) -> bool {
        matches!(self.0, Reason::UsedUp { .. })
    }

    /// Whether the value is over the limit.
    #[must_use]
    pub fn is_too_long(self) -> bool {
        matches!(self.0, Reason::TooLong { .. })
    }

    /// Whether the key has not as many bytes as the algorithm takes.
    #[must_use]
    pub fn is_key_length(self) -> bool {
        matches!(self.0, Reason::KeyLength { .. })
    }
}

impl From<EntropyError> for SealError {
    fn from(_: EntropyError) -> Self {
        Self(Reason::Entropy)
    }
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::KeyLength { algorithm, right_bytes } => write!(f, "a key of {algorithm} has {right_bytes} bytes"),
            Reason::TooLong { limit_bytes } => write!(f, "a value of more than {limit_bytes} bytes"),
            Reason::UsedUp { limit } => write!(f, "this data key has sealed its {limit} values: begin a new batch"),
            Reason::Entropy => fmt::Display::fmt(&EntropyError, f),
        }
    }
}

impl fmt::Debug for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SealError {}

/// Something cannot be opened. It says nothing more: not whether it was cut off, changed, in another place or under another
/// key, because what tells those apart helps whoever tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenError;

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this cannot be opened")
    }
}

impl std::error::Error for OpenError {}
