//! Why a key-encryption key cannot be used.

use pii_core::key::EntropyError;
use pii_core::seal::{OpenError, SealError};
use std::fmt;

/// Why a key-encryption key cannot be used. Holds no part of a key, passphrase or token.
#[derive(Clone, PartialEq, Eq)]
pub struct KekError {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Unopened,
    Unreachable,
    Refused,
    Written,
}

impl KekError {
    pub(crate) fn unopened() -> Self {
        let message = "this does not open: another passphrase or key, or a changed file".to_owned();
        Self { kind: Kind::Unopened, message }
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self { kind: Kind::Unreachable, message: message.into() }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, message: message.into() }
    }

    pub(crate) fn written(message: impl Into<String>) -> Self {
        Self { kind: Kind::Written, message: message.into() }
    }

    /// Whether it is another key than the one that protected this, or what it protected was changed since.
    #[must_use]
    pub fn is_unopened(&self) -> bool {
        self.kind == Kind::Unopened
    }

    /// Whether it is kept elsewhere and does not answer: trying again may help.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.kind == Kind::Unreachable
    }

    /// Whether it may not be used: file permissions, a Vault that refuses, costs out of bounds.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.kind == Kind::Refused
    }

    /// Whether it is not written as a key is.
    #[must_use]
    pub fn is_written_wrong(&self) -> bool {
        self.kind == Kind::Written
    }
}

impl From<EntropyError> for KekError {
    fn from(error: EntropyError) -> Self {
        Self::unreachable(error.to_string())
    }
}

impl From<OpenError> for KekError {
    fn from(_: OpenError) -> Self {
        Self::unopened()
    }
}

impl From<SealError> for KekError {
    fn from(error: SealError) -> Self {
        Self::refused(error.to_string())
    }
}

impl fmt::Display for KekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for KekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for KekError {}
