//! What a vault needs of a keyring, and no more.

use crate::StoreError;
use pii_core::key::KeyId;
use pii_core::seal::{Envelope, Opener, WrappingKey};
use pii_keys::{Keyring, Purpose, SubjectKeys};

/// Gives the keys that data keys are under.
pub trait SealKeys {
    /// The version of this id, or the primary one.
    ///
    /// # Errors
    /// There is none, or none that may be used ([`StoreError::is_no_key`]); or the keys cannot be reached.
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError>;

    /// What opens the values of an envelope. `None` where no key that may be used opens it.
    ///
    /// # Errors
    /// The keys cannot be reached.
    fn opener(&self, envelope: &Envelope) -> Result<Option<Opener>, StoreError> {
        let key = if_usable(self.wrapping_key(Some(envelope.key_id())))?;
        Ok(key.and_then(|key| key.open(envelope).ok()))
    }
}

impl SealKeys for Keyring {
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError> {
        Ok(Keyring::wrapping_key(self, Purpose::Seal, id)?)
    }
}

/// The keys of a keyring, and those of data subjects. A subject's key that was destroyed is as none.
pub struct WithSubjects<'k> {
    ring: &'k Keyring,
    subjects: &'k SubjectKeys,
}

impl<'k> WithSubjects<'k> {
    /// `subjects` are under `ring`.
    #[must_use]
    pub fn new(ring: &'k Keyring, subjects: &'k SubjectKeys) -> Self {
        Self { ring, subjects }
    }
}

impl SealKeys for WithSubjects<'_> {
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError> {
        SealKeys::wrapping_key(self.ring, id)
    }

    fn opener(&self, envelope: &Envelope) -> Result<Option<Opener>, StoreError> {
        if let Some(opener) = self.ring.opener(envelope)? {
            return Ok(Some(opener));
        }
        let found = self.subjects.keys_of(envelope.key_id(), self.ring).map_err(StoreError::from);
        let keys = if_usable(found)?.unwrap_or_default();
        Ok(keys.iter().find_map(|key| key.open(envelope).ok()))
    }
}

/// `None` where a key may not be used.
pub(crate) fn if_usable<T>(outcome: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match outcome {
        Ok(one) => Ok(Some(one)),
        Err(error) if error.is_no_key() => Ok(None),
        Err(error) => Err(error),
    }
}
