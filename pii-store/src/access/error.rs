//! Why nothing is opened, or no token made.

use crate::StoreError;
use pii_core::audit::AuditError;
use std::fmt;

/// Why nothing is opened, or no token made on demand.
///
/// A refusal is always the same, to the byte, whatever it is for: a right that is missing, over or for something else, a
/// quota that is spent, a key that is disabled or destroyed, a token that is unknown. Whoever tries things out learns
/// nothing from it; whoever keeps the rights finds the cause in the audit trail and in the things that it names.
#[derive(Clone, PartialEq, Eq)]
pub struct RevealError(Reason);

#[derive(Clone, PartialEq, Eq)]
enum Reason {
    Refused,
    Request(String),
    Store(StoreError),
}

const REFUSED: &str = "refused: one of these is not so, and which is not said: a right of this actor covers act, purpose, \
                       kind and scope, and has not expired; the hour's quota is enough; the key is enabled; the token is \
                       one of this vault, the sealed value one of this record and these envelopes; there is one in every \
                       text. Check them with whoever keeps rights and keys";

impl RevealError {
    pub(crate) fn refused() -> Self {
        Self(Reason::Refused)
    }

    pub(crate) fn request(message: String) -> Self {
        Self(Reason::Request(message))
    }

    /// Whether it is a refusal.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0 == Reason::Refused
    }

    /// Whether the request says too little or too much.
    #[must_use]
    pub fn is_request(&self) -> bool {
        matches!(self.0, Reason::Request(_))
    }

    /// What failed, where it is neither: the store, the audit record, where keys come from.
    #[must_use]
    pub fn store(&self) -> Option<&StoreError> {
        match &self.0 {
            Reason::Store(error) => Some(error),
            Reason::Refused | Reason::Request(_) => None,
        }
    }
}

impl From<StoreError> for RevealError {
    fn from(error: StoreError) -> Self {
        if error.is_no_key() { Self::refused() } else { Self(Reason::Store(error)) }
    }
}

impl From<AuditError> for RevealError {
    fn from(error: AuditError) -> Self {
        Self(Reason::Store(error.into()))
    }
}

impl fmt::Display for RevealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Refused => f.write_str(REFUSED),
            Reason::Request(message) => f.write_str(message),
            Reason::Store(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl fmt::Debug for RevealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RevealError {}
