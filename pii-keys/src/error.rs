//! Why something cannot be done with a keyring.

mod kek;

pub use kek::KekError;

use pii_core::audit::AuditError;
use pii_core::key::EntropyError;
use std::fmt;
use std::path::Path;

/// Why something cannot be done with a keyring. Says what to do instead; holds no key and no value.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyringError {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Busy,
    Format,
    Unopened,
    Suite,
    Refused,
    NoKey,
    Kek,
    Audit,
    Entropy,
}

impl KeyringError {
    pub(crate) fn file(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        Self { kind: Kind::File, message: format!("{}: cannot {doing}: {error}", path.display()) }
    }

    pub(crate) fn rights(message: String) -> Self {
        Self { kind: Kind::File, message }
    }

    pub(crate) fn busy(path: &Path) -> Self {
        let message = format!("{}: somebody else is changing it: try again", path.display());
        Self { kind: Kind::Busy, message }
    }

    pub(crate) fn format(message: impl Into<String>) -> Self {
        Self { kind: Kind::Format, message: message.into() }
    }

    pub(crate) fn unopened(message: &str) -> Self {
        Self { kind: Kind::Unopened, message: message.to_owned() }
    }

    pub(crate) fn suite(message: String) -> Self {
        Self { kind: Kind::Suite, message }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, message: message.into() }
    }

    pub(crate) fn no_key(message: impl Into<String>) -> Self {
        Self { kind: Kind::NoKey, message: message.into() }
    }

    /// Whether another process is changing the keyring.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// Whether a file cannot be read or written, or others than its owner can.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Whether the file is no keyring of this version.
    #[must_use]
    pub fn is_format(&self) -> bool {
        self.kind == Kind::Format
    }

    /// Whether it does not open: another key-encryption key, or a changed file.
    #[must_use]
    pub fn is_unopened(&self) -> bool {
        self.kind == Kind::Unopened
    }

    /// Whether it holds or would hold what `crypto = "sm"` does not allow.
    #[must_use]
    pub fn is_suite(&self) -> bool {
        self.kind == Kind::Suite
    }

    /// Whether the state of a version does not allow the change.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.kind == Kind::Refused
    }

    /// Whether there is no such key, or none that may be used.
    #[must_use]
    pub fn is_no_key(&self) -> bool {
        self.kind == Kind::NoKey
    }

    /// Whether the key-encryption key could not be used: unreachable, refused, out of bounds.
    #[must_use]
    pub fn is_kek(&self) -> bool {
        self.kind == Kind::Kek
    }
}

impl From<EntropyError> for KeyringError {
    fn from(error: EntropyError) -> Self {
        Self { kind: Kind::Entropy, message: error.to_string() }
    }
}

impl From<AuditError> for KeyringError {
    fn from(error: AuditError) -> Self {
        Self { kind: Kind::Audit, message: format!("{error}: nothing was changed") }
    }
}

impl From<KekError> for KeyringError {
    fn from(error: KekError) -> Self {
        let kind = if error.is_unopened() { Kind::Unopened } else { Kind::Kek };
        Self { kind, message: error.to_string() }
    }
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for KeyringError {}
