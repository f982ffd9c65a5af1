//! What a vault needs of a keyring, and no more.

use crate::StoreError;
use pii_core::key::KeyId;
use pii_core::seal::WrappingKey;
use pii_keys::{Keyring, Purpose};

/// Gives the keys that data keys are under.
pub trait SealKeys {
    /// The version of this id, or the primary one.
    ///
    /// # Errors
    /// There is none, or none that may be used ([`StoreError::is_no_key`]); or the keys cannot be reached.
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError>;
}

impl SealKeys for Keyring {
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError> {
        Ok(Keyring::wrapping_key(self, Purpose::Seal, id)?)
    }
}
