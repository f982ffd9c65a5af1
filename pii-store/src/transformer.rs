//! A keyring at work whose tokens come from a vault.

use crate::StoreError;
use crate::allowance::Allowance;
use crate::vault::{Entry, Vault};
use pii_core::policy::Action;
use pii_core::transform::{Asked, Transform, TransformError};
use pii_keys::{Keyring, Purpose, SystemEntropy, Transformer};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Does what a [`Transformer`] does, but that tokens are a vault's: random, one for each value of a kind and scope, and opened
/// again by whoever may ([`Revealer`](crate::Revealer)).
///
/// A token is on the disk before it is given out, which takes a write of the store for each new value: some hundred a second
/// on a slow disk. A column of values is faster through [`Vault::tokens`].
pub struct VaultTransformer {
    keys: Transformer,
    ring: Keyring,
    vault: Mutex<Vault>,
    allowance: Arc<Allowance>,
}

impl VaultTransformer {
    /// `keys` is `ring` at work. Whoever began `allowance` ends it.
    #[must_use]
    pub fn new(keys: Transformer, ring: Keyring, vault: Vault, allowance: Arc<Allowance>) -> Self {
        Self { keys, ring, vault: Mutex::new(vault), allowance }
    }
}

impl Transform for VaultTransformer {
    fn offers(&self, action: Action) -> bool {
        match action {
            // What a vault keeps is under the key for sealing.
            Action::Token => self.ring.primary(Purpose::Seal).is_ok(),
            other => self.keys.offers(other),
        }
    }

    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError> {
        if asked.action != Action::Token {
            return self.keys.transform(asked);
        }
        self.allowance
            .spend(asked.kind(), &asked.terms.scope)
            .map_err(|error| TransformError::Unavailable(error.to_string()))?;
        let entry = Entry { kind: asked.kind(), scope: &asked.terms.scope, value: asked.written, subject: None };
        // The vault is whole at any time: each step of it is one of the storage's.
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        vault.token(&entry, &self.ring, &mut SystemEntropy).map_err(|error| no_token(&error))
    }
}

/// A value that no vault takes is masked in full, like one without a form; everything else stops the message.
fn no_token(error: &StoreError) -> TransformError {
    if error.is_limit() { TransformError::NoForm } else { TransformError::Unavailable(error.to_string()) }
}

impl fmt::Debug for VaultTransformer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultTransformer({:?}, {:?})", self.keys, self.ring)
    }
}
