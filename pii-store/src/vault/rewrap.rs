//! Moving a vault's data keys under a newer key.

use super::{Vault, index, stored};
use crate::StoreError;
use crate::access::Recorded;
use crate::keys::SealKeys;
use pii_core::audit::Act;
use pii_core::key::{Entropy, KeyId};
use pii_core::seal::Envelope;
use std::collections::BTreeMap;

/// What a rewrap came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many keys were moved: data keys, and the index's.
    pub moved: u64,
    /// How many stay where they are, because the key that they are under may not be used.
    pub left: u64,
}

impl Vault {
    /// Puts every data key, and the index's, under the primary version. Values and tokens stay as they are.
    ///
    /// After that an older version can be disabled and destroyed, once every process has the newer keyring: one that has not
    /// begins data keys under the old one. [`Vault::wrapped_under`] shows it.
    ///
    /// # Errors
    /// There is no primary version, or the storage cannot be read or written, or is damaged, or it cannot be recorded.
    /// Nothing is moved then.
    pub fn rewrap(
        &mut self,
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
        record: &mut Recorded<'_>,
    ) -> Result<Rewrapped, StoreError> {
        let primary = keys.wrapping_key(None)?;
        let mut done = Rewrapped { moved: 0, left: 0 };
        let mut moved = Vec::new();
        for kept in self.storage.envelopes()? {
            let envelope = parsed(&kept.text)?;
            if envelope.key_id() == primary.key_id() {
                continue;
            }
            match keys.wrapping_key(Some(envelope.key_id())) {
                Ok(old) => {
                    let newer = old.rewrap(&envelope, &primary, entropy).map_err(|_| changed())?;
                    moved.push(stored(&newer));
                }
                Err(error) if error.is_no_key() => done.left += 1,
                Err(error) => return Err(error),
            }
        }
        let index_key = match self.storage.index_key()? {
            Some(kept) => match index::rewrapped(&kept, keys, &primary, entropy) {
                Err(error) if error.is_no_key() => {
                    done.left += 1;
                    None
                }
                newer => newer?,
            },
            None => None,
        };
        done.moved = moved.len() as u64 + u64::from(index_key.is_some());
        if done.moved > 0 {
            let replace = || self.storage.replace(&moved, index_key.as_ref());
            record.carry_out(Act::VaultRewrapped, done.moved, |()| done.moved, replace)?;
        }
        Ok(done)
    }

    /// Which versions of keys this vault needs, and how many keys are under each.
    ///
    /// # Errors
    /// The storage cannot be read, or is damaged.
    pub fn wrapped_under(&mut self) -> Result<BTreeMap<KeyId, u64>, StoreError> {
        let mut under = BTreeMap::new();
        for kept in self.storage.envelopes()? {
            *under.entry(parsed(&kept.text)?.key_id()).or_insert(0) += 1;
        }
        if let Some(kept) = self.storage.index_key()? {
            *under.entry(KeyId::new(kept.key_id).ok_or_else(changed)?).or_insert(0) += 1;
        }
        Ok(under)
    }
}

fn parsed(text: &str) -> Result<Envelope, StoreError> {
    Envelope::parse(text).map_err(|_| changed())
}

fn changed() -> StoreError {
    StoreError::corrupt("a wrapped data key does not open")
}
