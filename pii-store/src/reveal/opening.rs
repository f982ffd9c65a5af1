//! Opening one token or sealed value, if a grant covers it.

use crate::StoreError;
use crate::keys::{SealKeys, if_usable};
use crate::rights::Grant;
use crate::vault::Vault;
use pii_core::Kind;
use pii_core::seal::{Bound, DataKeyId, Envelope, Opener, Sealed};
use pii_core::surrogate::Mark;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Where the sealed values of a text belong.
#[derive(Clone, Copy, Debug, Default)]
pub struct SealedPlace<'a> {
    /// The envelopes of their batches, from a manifest or a store.
    pub envelopes: &'a [Envelope],
    /// The record that they were bound to, empty where they were bound to none.
    pub record: &'a str,
}

/// A value, and what it is.
pub(super) struct Opened {
    pub(super) kind: Kind,
    pub(super) value: Zeroizing<String>,
}

/// What it takes to open things under one grant.
pub(super) struct Opening<'o> {
    grant: &'o Grant<'o>,
    kinds: Vec<Kind>,
    purpose: &'o str,
    keys: &'o dyn SealKeys,
    sealed: &'o SealedPlace<'o>,
    vault: Option<&'o mut Vault>,
    openers: HashMap<DataKeyId, Option<Opener>>,
}

impl<'o> Opening<'o> {
    pub(super) fn new(
        grant: &'o Grant<'o>,
        purpose: &'o str,
        keys: &'o dyn SealKeys,
        sealed: &'o SealedPlace<'o>,
        vault: Option<&'o mut Vault>,
    ) -> Self {
        Self { grant, kinds: grant.kinds(), purpose, keys, sealed, vault, openers: HashMap::new() }
    }

    /// `None` for what may not be opened or cannot be, which nobody is to tell apart.
    pub(super) fn open(&mut self, mark: Mark, word: &str) -> Result<Option<Opened>, StoreError> {
        match mark {
            Mark::Vault => self.open_token(word),
            Mark::Sealed => self.open_sealed(word),
            Mark::Token | Mark::Digest | Mark::Envelope => Ok(None),
        }
    }

    fn open_token(&mut self, token: &str) -> Result<Option<Opened>, StoreError> {
        let Some(vault) = self.vault.as_deref_mut() else {
            return Ok(None);
        };
        let Some(kept) = vault.find(token)?.filter(|kept| self.grant.covers(kept.kind(), kept.scope())) else {
            return Ok(None);
        };
        let value = if_usable(vault.open(&kept, self.keys))?;
        Ok(value.map(|value| Opened { kind: kept.kind(), value }))
    }

    fn open_sealed(&mut self, word: &str) -> Result<Option<Opened>, StoreError> {
        let Ok(sealed) = Sealed::parse(word) else {
            return Ok(None);
        };
        let id = sealed.data_key_id();
        if !self.openers.contains_key(&id) {
            let opener = self.opener(id)?;
            self.openers.insert(id, opener);
        }
        let Some(opener) = self.openers.get(&id).and_then(Option::as_ref) else {
            return Ok(None);
        };
        let open = |kind: Kind, purpose| {
            let bound = Bound { record: self.sealed.record, field: kind.as_str(), purpose };
            let mut value = opener.open(&sealed, &bound).ok()?;
            let value = Zeroizing::new(String::from_utf8(std::mem::take(&mut *value)).ok()?);
            Some(Opened { kind, value })
        };
        Ok(self.kinds.iter().find_map(|kind| open(*kind, self.purpose).or_else(|| open(*kind, ""))))
    }

    fn opener(&self, id: DataKeyId) -> Result<Option<Opener>, StoreError> {
        let Some(envelope) = self.sealed.envelopes.iter().find(|envelope| envelope.data_key_id() == id) else {
            return Ok(None);
        };
        self.keys.opener(envelope)
    }
}
