//! What happened to keys and protected data, told to whoever keeps the record.
//!
//! An [`Event`] says which act, on which key, by whom, why and on how many. It holds no value and no key, and no time: the
//! one who keeps the record has the clock. An act is recorded twice: as [`Phase::Intended`] before anything changes, and
//! with what came of it. What cannot be recorded is not done.

use crate::Kind;
use crate::key::KeyId;
use std::fmt;

/// Keeps a record of events.
pub trait Sink {
    /// Records an event. Returns once it is kept as safely as this sink can.
    ///
    /// # Errors
    /// It could not be kept. The act must then not go on.
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError>;
}

/// Something that someone does to a key, or with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// What is done.
    pub act: Act,
    /// Whether it is about to be done, or was.
    pub phase: Phase,
    /// The version of the key, where it is about one.
    pub key: Option<KeyId>,
    /// Who does it, as the caller knows them. Never an investor.
    pub actor: &'a str,
    /// What for, in the word that rights use. Empty where an act has no purpose beyond its reason.
    pub purpose: &'a str,
    /// Why, in their words. Never a value.
    pub reason: &'a str,
    /// On how many things: versions of keys, values. Before an act, as far as that is known by then.
    pub count: u64,
    /// How many values of which kinds, where values are what it is about and that is known. Their sum is `count`.
    pub kinds: &'a [(Kind, u64)],
    /// How many times the keyring was saved before the file that an act makes. An older file in place of a newer one is
    /// told by it.
    pub generation: Option<u64>,
}

impl<'a> Event<'a> {
    /// An event of which no more is known yet than what is done, by whom and why.
    #[must_use]
    pub fn new(act: Act, phase: Phase, actor: &'a str, reason: &'a str) -> Self {
        Self { act, phase, key: None, actor, purpose: "", reason, count: 0, kinds: &[], generation: None }
    }
}

/// Whether an act is about to be done, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is about to be done.
    Intended,
    /// It was done.
    Done,
    /// It was not done, or it is not known whether it was.
    Failed,
}

/// What can be done to a key, or with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A keyring was made.
    KeyringCreated,
    /// A version was added.
    KeyAdded,
    /// A version became the one that new data is protected with.
    KeyPromoted,
    /// A version was put out of use.
    KeyDisabled,
    /// A version was put back into use.
    KeyEnabled,
    /// A version is to be destroyed.
    DestructionScheduled,
    /// A version is not to be destroyed after all.
    DestructionCancelled,
    /// A version was destroyed, and with it what only it could open.
    KeyDestroyed,
    /// The keyring was put under another key-encryption key.
    KeyringRewrapped,
    /// Keys of data subjects were put under another version.
    SubjectKeysRewrapped,
    /// A data subject got a key.
    SubjectKeyCreated,
    /// A data subject's key was destroyed, and with it what only it could open.
    SubjectKeyDestroyed,
    /// A data subject's key is to be destroyed.
    SubjectDestructionScheduled,
    /// A data subject's key is not to be destroyed after all.
    SubjectDestructionCancelled,
    /// Protected values were opened.
    Revealed,
    /// Values got tokens.
    Tokenised,
    /// Values and their tokens were removed from a vault.
    VaultEntriesRemoved,
    /// A vault's data keys were put under another version.
    VaultRewrapped,
}

impl Act {
    /// The word that stands in the record, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::KeyringCreated => "keyring_created",
            Self::KeyAdded => "key_added",
            Self::KeyPromoted => "key_promoted",
            Self::KeyDisabled => "key_disabled",
            Self::KeyEnabled => "key_enabled",
            Self::DestructionScheduled => "destruction_scheduled",
            Self::DestructionCancelled => "destruction_cancelled",
            Self::KeyDestroyed => "key_destroyed",
            Self::KeyringRewrapped => "keyring_rewrapped",
            Self::SubjectKeysRewrapped => "subject_keys_rewrapped",
            Self::SubjectKeyCreated => "subject_key_created",
            Self::SubjectKeyDestroyed => "subject_key_destroyed",
            Self::SubjectDestructionScheduled => "subject_destruction_scheduled",
            Self::SubjectDestructionCancelled => "subject_destruction_cancelled",
            Self::Revealed => "revealed",
            Self::Tokenised => "tokenised",
            Self::VaultEntriesRemoved => "vault_entries_removed",
            Self::VaultRewrapped => "vault_rewrapped",
        }
    }
}

/// An event could not be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditError;

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the audit record could not be written")
    }
}

impl std::error::Error for AuditError {}
