//! Why a store cannot do what it was asked.

use pii_core::audit::AuditError;
use pii_core::key::EntropyError;
use pii_core::seal::SealError;
use pii_keys::KeyringError;
use std::fmt;
use std::path::Path;

/// Why a store cannot do what it was asked. Says what to do instead; holds no value and no key.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreError {
    kind: Kind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Busy,
    Corrupt,
    Format,
    NoKey,
    Keys,
    Limit,
    Conflict,
    Stale,
    UnknownOutcome,
    Audit,
    Entropy,
}

impl StoreError {
    pub(crate) fn file(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        Self { kind: Kind::File, message: format!("{}: cannot {doing}: {error}", path.display()) }
    }

    /// Something that has to be there cannot be used: a file, its mode, the disk, a connection, where keys come from.
    /// `message` says what to do, and holds no value.
    #[must_use]
    pub fn unusable(message: impl Into<String>) -> Self {
        Self { kind: Kind::File, message: message.into() }
    }

    pub(crate) fn busy() -> Self {
        let message = "the store is held by somebody else for too long: try again, and look for a process that hangs";
        Self { kind: Kind::Busy, message: message.to_owned() }
    }

    pub(crate) fn corrupt(what: &str) -> Self {
        let message = format!("the store is damaged or was changed from outside ({what}): put a backup in its place");
        Self { kind: Kind::Corrupt, message }
    }

    pub(crate) fn format(message: impl Into<String>) -> Self {
        Self { kind: Kind::Format, message: message.into() }
    }

    /// A key is not there, or may not be used. `message` says which.
    #[must_use]
    pub fn no_key(message: impl Into<String>) -> Self {
        Self { kind: Kind::NoKey, message: message.into() }
    }

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self { kind: Kind::Limit, message: message.into() }
    }

    /// Somebody else was faster with the same number of the same record.
    pub(crate) fn conflict() -> Self {
        let message = "somebody else has written this number of the record: read it again and decide again";
        Self { kind: Kind::Conflict, message: message.to_owned() }
    }

    pub(crate) fn stale() -> Self {
        let message = "what this node knows is older than its lease: nothing is decided on it until the store answers";
        Self { kind: Kind::Stale, message: message.to_owned() }
    }

    /// A ledger that was followed is behind what is known of it, or another one.
    pub(crate) fn put_back() -> Self {
        let message = "the ledger is behind what this node knows of it, or another: withdrawals may be missing in it. Find \
                       out what was put back, enter again what came since, and then start this node again";
        Self { kind: Kind::Corrupt, message: message.to_owned() }
    }

    pub(crate) fn unknown_outcome() -> Self {
        let message =
            "the connection went while the step was being made final: read whether it was, before it is tried again";
        Self { kind: Kind::UnknownOutcome, message: message.to_owned() }
    }

    /// Whether something that has to be there cannot be used: a file that cannot be read or written, or that others than its
    /// owner can.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Whether somebody else held the store for too long.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// Whether what is stored is not what was written.
    #[must_use]
    pub fn is_corrupt(&self) -> bool {
        self.kind == Kind::Corrupt
    }

    /// Whether the file is no store of this version.
    #[must_use]
    pub fn is_format(&self) -> bool {
        self.kind == Kind::Format
    }

    /// Whether a key that it takes is not in the keyring, or may not be used.
    #[must_use]
    pub fn is_no_key(&self) -> bool {
        self.kind == Kind::NoKey
    }

    /// Whether something asked for is over a limit, or empty where it must not be.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.kind == Kind::Limit
    }

    /// Whether somebody else was faster: what was to be written follows from something that is no longer the newest.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Conflict
    }

    /// Whether what a node knows is older than its lease allows.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.kind == Kind::Stale
    }

    /// Whether a step may have been done or not: the connection went before the answer came. Of a ledger, look for the entry,
    /// and where it is there wait for the nodes with [`crate::ledger::wait_for`].
    #[must_use]
    pub fn is_unknown_outcome(&self) -> bool {
        self.kind == Kind::UnknownOutcome
    }

    /// Whether the audit record could not be written.
    #[must_use]
    pub fn is_audit(&self) -> bool {
        self.kind == Kind::Audit
    }
}

impl From<EntropyError> for StoreError {
    fn from(error: EntropyError) -> Self {
        Self { kind: Kind::Entropy, message: error.to_string() }
    }
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        let kind = if error.is_too_long() { Kind::Limit } else { Kind::Entropy };
        Self { kind, message: error.to_string() }
    }
}

impl From<KeyringError> for StoreError {
    fn from(error: KeyringError) -> Self {
        let kind = if error.is_no_key() { Kind::NoKey } else { Kind::Keys };
        Self { kind, message: error.to_string() }
    }
}

impl From<AuditError> for StoreError {
    fn from(error: AuditError) -> Self {
        Self { kind: Kind::Audit, message: format!("{error}: nothing is given out") }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for StoreError {}
