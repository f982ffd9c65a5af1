//! The blind index: what finds a value's row and tells nobody the value.

use crate::StoreError;
use crate::keys::SealKeys;
use crate::storage::{BlindIndex, CHECK_BYTES, StoredIndexKey, VaultStorage};
use pii_core::Kind;
use pii_core::key::{Entropy, KeyId, Mac, MacAlgorithm, Secret};
use pii_core::seal::WrappingKey;

const VALUE_USE: &[u8] = b"pii vault value 1";
const SUBJECT_USE: &[u8] = b"pii vault subject 1";
const CHECK_USE: &[u8] = b"pii vault row 1";
const KEY_USE: &str = "pii vault index 1";

pub(super) struct Index {
    mac: Mac,
}

impl Index {
    /// Unwraps the index's key; a vault that has none begins here. Done for each call, so that a key that was put out of use
    /// meanwhile makes no tokens.
    pub(super) fn open(
        storage: &mut dyn VaultStorage,
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, StoreError> {
        let stored = match storage.index_key()? {
            Some(stored) => stored,
            None => {
                let new = new_key(&keys.wrapping_key(None)?, entropy)?;
                // Two processes may begin at the same time: the first one's key is taken by both.
                storage.begin(&new)?
            }
        };
        let algorithm = algorithm(&stored)?;
        let secret = unwrapped(&stored, keys)?;
        Mac::new(algorithm, secret.expose()).map(|mac| Self { mac }).ok_or_else(|| changed(&stored))
    }

    pub(super) fn of_value(&self, kind: Kind, scope: &str, normalised: &str) -> BlindIndex {
        self.mac.of_parts(&[VALUE_USE, kind.as_str().as_bytes(), scope.as_bytes(), normalised.as_bytes()])
    }

    pub(super) fn of_subject(&self, subject: &str) -> BlindIndex {
        self.mac.of_parts(&[SUBJECT_USE, subject.as_bytes()])
    }

    /// What shows that this token was written for this place.
    pub(super) fn check(&self, place: &BlindIndex, token: &str) -> [u8; CHECK_BYTES] {
        let whole = self.mac.of_parts(&[CHECK_USE, place, token.as_bytes()]);
        whole.first_chunk().copied().unwrap_or_default()
    }

    pub(super) fn is_checked(&self, place: &BlindIndex, token: &str, check: &[u8; CHECK_BYTES]) -> bool {
        // In constant time: who can change a row could otherwise find the right check byte by byte.
        Secret::copy_of(&self.check(place, token)) == Secret::copy_of(check)
    }
}

/// The same key under the primary version. `None` where it is under that already.
pub(super) fn rewrapped(
    stored: &StoredIndexKey,
    keys: &dyn SealKeys,
    primary: &WrappingKey,
    entropy: &mut dyn Entropy,
) -> Result<Option<StoredIndexKey>, StoreError> {
    if stored.key_id == primary.key_id().number() {
        return Ok(None);
    }
    let algorithm = algorithm(stored)?;
    wrapped(&unwrapped(stored, keys)?, algorithm, primary, entropy).map(Some)
}

fn new_key(primary: &WrappingKey, entropy: &mut dyn Entropy) -> Result<StoredIndexKey, StoreError> {
    // A keyring for SM algorithms alone has no other wrapping key.
    let is_sm = primary.algorithm().described().is_commercial;
    let algorithm = if is_sm { MacAlgorithm::HmacSm3 } else { MacAlgorithm::HmacSha256 };
    let secret = Secret::random(algorithm.key_bytes(), entropy)?;
    wrapped(&secret, algorithm, primary, entropy)
}

fn wrapped(
    secret: &Secret,
    algorithm: MacAlgorithm,
    primary: &WrappingKey,
    entropy: &mut dyn Entropy,
) -> Result<StoredIndexKey, StoreError> {
    let algorithm = algorithm.described().name.to_owned();
    let wrapped = primary.wrap_secret(&context(&algorithm), secret, entropy)?;
    Ok(StoredIndexKey { key_id: primary.key_id().number(), algorithm, wrapped })
}

fn unwrapped(stored: &StoredIndexKey, keys: &dyn SealKeys) -> Result<Secret, StoreError> {
    let id = KeyId::new(stored.key_id).ok_or_else(|| changed(stored))?;
    let key = keys.wrapping_key(Some(id))?;
    key.unwrap_secret(&context(&stored.algorithm), &stored.wrapped).map_err(|_| changed(stored))
}

fn algorithm(stored: &StoredIndexKey) -> Result<MacAlgorithm, StoreError> {
    let all = [MacAlgorithm::HmacSha256, MacAlgorithm::HmacSm3];
    let named = all.into_iter().find(|algorithm| algorithm.described().name == stored.algorithm);
    named.ok_or_else(|| changed(stored))
}

/// What is wrapped, the algorithm included: nobody can have the key used with another one.
fn context(algorithm: &str) -> Vec<u8> {
    format!("{KEY_USE} {algorithm}").into_bytes()
}

fn changed(_: &StoredIndexKey) -> StoreError {
    StoreError::corrupt("the key of its index does not open")
}
