//! What goes into a vault.

use crate::StoreError;
use pii_core::Kind;
use pii_core::surrogate::normalised;
use std::fmt;

/// The longest value, in bytes. A vault is for values of kinds, not for documents: those are sealed.
pub const VALUE_LIMIT_BYTES: usize = 4096;

/// The longest scope, in bytes.
pub const SCOPE_LIMIT_BYTES: usize = 256;

/// The longest name of a subject, in bytes.
pub const SUBJECT_LIMIT_BYTES: usize = 256;

/// The most values of one step. A step holds the store's one writing place for about a second.
pub const BATCH_LIMIT: usize = 1 << 17;

/// A value that is to have a token.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// What it is.
    pub kind: Kind,
    /// What it is kept apart by: a tenant, a project. The same value in another scope has another token. May be empty.
    pub scope: &'a str,
    /// The value, in any of the ways to write it.
    pub value: &'a str,
    /// Whom it belongs to, as the firm calls them (a customer number), where that is known: so that their values can be
    /// removed together.
    pub subject: Option<&'a str>,
}

impl fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {} bytes)", self.kind, self.value.len())
    }
}

/// Holds the limits.
pub(super) fn check(entries: &[Entry<'_>]) -> Result<(), StoreError> {
    if entries.len() > BATCH_LIMIT {
        return Err(StoreError::limit(format!("more than {BATCH_LIMIT} values at once: give fewer")));
    }
    for (at, entry) in entries.iter().enumerate() {
        let too_long = |what, limit| StoreError::limit(format!("the {what} of value {at} has more than {limit} bytes"));
        if entry.value.len() > VALUE_LIMIT_BYTES {
            return Err(StoreError::limit(format!("value {at} has more than {VALUE_LIMIT_BYTES} bytes: seal it")));
        }
        if normalised(entry.value).is_empty() {
            return Err(StoreError::limit(format!("value {at} is empty: leave it as it is")));
        }
        if entry.scope.len() > SCOPE_LIMIT_BYTES {
            return Err(too_long("scope", SCOPE_LIMIT_BYTES));
        }
        if entry.subject.is_some_and(|subject| subject.len() > SUBJECT_LIMIT_BYTES) {
            return Err(too_long("subject", SUBJECT_LIMIT_BYTES));
        }
        if entry.subject.is_some_and(str::is_empty) {
            return Err(StoreError::limit(format!("the subject of value {at} is empty: give none, or a name")));
        }
    }
    Ok(())
}
