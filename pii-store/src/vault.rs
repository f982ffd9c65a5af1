//! The token vault: a random token for each value of a kind and scope, with the value sealed behind it.
//!
//! **Found again** by a blind index: HMAC over kind, scope and the value as [`normalised`] writes it, each behind its length,
//! with a random key that the vault drew when it began and keeps wrapped under the keyring's key for sealing. So that
//! key is rotated without new tokens for old values, and the file alone tells nobody whether a value is in it.
//!
//! **Sealed** with a data key that is drawn when a vault first takes a new value after it was opened, and is kept wrapped.
//! Each value is bound to its token, kind and scope: moved to another row, or called another kind, it does not open. What is
//! sealed is the first way to write the value that came: `6228 4800 …` and `62284800…` have one token, which opens to
//! whichever was first.
//!
//! **What the file shows** to whoever reads it without keys: how many values there are of which kind and scope, how long each
//! is, which belong to one subject, and tokens.
//!
//! **Deleting** is recorded, removes a row and overwrites it in the file. Backups still have it, sealed: destroying the key deletes there.

mod entry;
mod index;
mod rewrap;

pub use entry::{BATCH_LIMIT, Entry, SCOPE_LIMIT_BYTES, SUBJECT_LIMIT_BYTES, VALUE_LIMIT_BYTES};
pub use rewrap::Rewrapped;

use crate::StoreError;
use crate::access::Recorded;
use crate::keys::SealKeys;
use crate::storage::{BlindIndex, FoundToken, Holder, New, Row, StoredEnvelope, VaultStorage, Which};
use index::Index;
use pii_core::Kind;
use pii_core::audit::Act;
use pii_core::key::{Entropy, KeyId};
use pii_core::seal::{Bound, Envelope, MESSAGE_LIMIT, Sealed, Sealer};
use pii_core::surrogate::{Mark, find, normalised, random_token};
use std::collections::{HashMap, HashSet};
use std::fmt;
use zeroize::Zeroizing;

/// Values and their tokens, in a storage. See the [module](self).
pub struct Vault {
    storage: Box<dyn VaultStorage>,
    batch: Option<Batch>,
}

/// What new values are sealed with until the vault is closed, the data key is used up or another key is primary.
struct Batch {
    sealer: Sealer,
    under: KeyId,
    envelope: StoredEnvelope,
}

/// A value that is in a vault: what it is, not yet the value.
pub struct Kept {
    row: Row,
    kind: Kind,
}

impl Vault {
    /// A vault in this storage. Nothing is read or written yet.
    #[must_use]
    pub fn new(storage: impl VaultStorage + 'static) -> Self {
        Self { storage: Box::new(storage), batch: None }
    }

    /// The token of a value: the one that it has, or a new one.
    ///
    /// # Errors
    /// As [`Vault::tokens`].
    pub fn token(
        &mut self,
        entry: &Entry<'_>,
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
    ) -> Result<String, StoreError> {
        let tokens = self.tokens(std::slice::from_ref(entry), keys, entropy)?;
        tokens.into_iter().next().ok_or_else(|| StoreError::corrupt("a value has no token"))
    }

    /// The tokens of values, in their order. New ones are kept in one step, all or none, and are on the disk when this
    /// returns. Of several processes that ask at once for a value's token, all get the same.
    ///
    /// # Errors
    /// More than [`BATCH_LIMIT`] values, an empty one or one over a limit; a key that may not be used; a storage that cannot be
    /// read or written, or is damaged: then there is no token.
    pub fn tokens(
        &mut self,
        entries: &[Entry<'_>],
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<String>, StoreError> {
        entry::check(entries)?;
        let index = Index::open(&mut *self.storage, keys, entropy)?;
        let places: Vec<BlindIndex> =
            entries.iter().map(|entry| index.of_value(entry.kind, entry.scope, &normalised(entry.value))).collect();
        // Each once, and in the index's order: pages are written once, and rows do not tell how the input was sorted.
        let mut seen = HashSet::with_capacity(places.len());
        let first = |(place, _): &(BlindIndex, &Entry<'_>)| seen.insert(*place);
        let mut distinct: Vec<_> = places.iter().copied().zip(entries).filter(first).collect();
        distinct.sort_unstable_by_key(|(place, _)| *place);
        let asked: Vec<BlindIndex> = distinct.iter().map(|(place, _)| *place).collect();
        let (mut tokens, mut new) = (HashMap::with_capacity(distinct.len()), Vec::new());
        for ((place, entry), found) in distinct.into_iter().zip(self.storage.tokens(&asked)?) {
            match found {
                Some(found) => drop(tokens.insert(place, sound(&index, &place, found)?)),
                None => new.push((place, entry)),
            }
        }
        let rows = self.sealed(&new, &index, keys, entropy)?;
        let holder = |(entry, place): (&Entry<'_>, &BlindIndex)| {
            Some(Holder { subject: index.of_subject(entry.subject?), row: *place })
        };
        let holders: Vec<Holder> = entries.iter().zip(&places).filter_map(holder).collect();
        for (place, found) in new.iter().map(|(place, _)| place).zip(self.keep(&rows, &holders)?) {
            tokens.insert(*place, sound(&index, place, found)?);
        }
        let token = |place| tokens.get(place).cloned().ok_or_else(|| StoreError::corrupt("a value has no token"));
        places.iter().map(token).collect()
    }

    /// Seals new values, each behind a token of its own.
    fn sealed(
        &mut self,
        new: &[(BlindIndex, &Entry<'_>)],
        index: &Index,
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<Row>, StoreError> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let batch = self.batch(new.len() as u64, keys, entropy)?;
        let seal = |(place, entry): &(BlindIndex, &Entry<'_>)| {
            let token = random_token(batch.under, entropy)?;
            let bound = Bound { record: &token, field: entry.kind.as_str(), purpose: entry.scope };
            let sealed = batch.sealer.seal(entry.value.as_bytes(), &bound)?.as_bytes().to_vec();
            let (kind, scope) = (entry.kind.as_str().to_owned(), entry.scope.to_owned());
            Ok(Row { index: *place, check: index.check(place, &token), token, kind, scope, sealed })
        };
        new.iter().map(seal).collect()
    }

    /// Keeps rows and whose they are, in one step: no value is there that its subject's removal would pass over.
    fn keep(&mut self, rows: &[Row], holders: &[Holder]) -> Result<Vec<FoundToken>, StoreError> {
        let batch = self.batch.as_ref().filter(|_| !rows.is_empty());
        let new = batch.map(|batch| New { envelope: &batch.envelope, rows });
        if new.is_none() && holders.is_empty() {
            return Ok(Vec::new());
        }
        self.storage.keep(new, holders)
    }

    /// What seals the next `count` values.
    fn batch(&mut self, count: u64, keys: &dyn SealKeys, entropy: &mut dyn Entropy) -> Result<&Batch, StoreError> {
        // Asked each time, so that a rotated keyring is followed and a key put out of use seals nothing more.
        let primary = keys.wrapping_key(None)?;
        let goes_on = |batch: &Batch| batch.under == primary.key_id() && batch.sealer.count() + count <= MESSAGE_LIMIT;
        let batch = match self.batch.take().filter(goes_on) {
            Some(batch) => batch,
            None => {
                let (sealer, envelope) = Sealer::begin(&primary, primary.algorithm(), entropy)?;
                Batch { sealer, under: primary.key_id(), envelope: stored(&envelope) }
            }
        };
        Ok(self.batch.insert(batch))
    }

    /// What a token stands for: kind and scope. `None` where the vault does not have it, or it is none.
    ///
    /// # Errors
    /// The storage cannot be read, or is damaged.
    pub fn find(&mut self, token: &str) -> Result<Option<Kept>, StoreError> {
        let Some(token) = as_kept(token) else {
            return Ok(None);
        };
        let Some(row) = self.storage.row(&token)? else {
            return Ok(None);
        };
        let kind = Kind::new(&row.kind).filter(|_| row.token == token);
        kind.map(|kind| Some(Kept { kind, row })).ok_or_else(|| StoreError::corrupt("a row is not what was written"))
    }

    /// Opens what [`Vault::find`] found.
    ///
    /// # Errors
    /// Its key may not be used ([`StoreError::is_no_key`]); it was changed ([`StoreError::is_corrupt`]); the storage cannot be
    /// read.
    pub fn open(&mut self, kept: &Kept, keys: &dyn SealKeys) -> Result<Zeroizing<String>, StoreError> {
        let changed = || StoreError::corrupt("a sealed value does not open");
        let sealed = Sealed::from_bytes(kept.row.sealed.clone()).map_err(|_| changed())?;
        let stored = self.storage.envelope(sealed.data_key_id().bytes())?.ok_or_else(changed)?;
        let envelope = Envelope::parse(&stored.text).map_err(|_| changed())?;
        let opener = keys.wrapping_key(Some(envelope.key_id()))?.open(&envelope).map_err(|_| changed())?;
        let bound = Bound { record: &kept.row.token, field: kept.kind.as_str(), purpose: &kept.row.scope };
        let mut value = opener.open(&sealed, &bound).map_err(|_| changed())?;
        let text = String::from_utf8(std::mem::take(&mut *value)).map_err(|_| changed())?;
        Ok(Zeroizing::new(text))
    }

    /// Removes values by their tokens, and says how many there were.
    ///
    /// # Errors
    /// The storage cannot be written, or it cannot be recorded: then nothing is removed.
    pub fn remove_tokens(&mut self, tokens: &[&str], record: &mut Recorded<'_>) -> Result<u64, StoreError> {
        let tokens: Vec<String> = tokens.iter().filter_map(|token| as_kept(token)).collect();
        self.remove(Which::Tokens(&tokens), tokens.len() as u64, record)
    }

    fn remove(&mut self, which: Which<'_>, planned: u64, record: &mut Recorded<'_>) -> Result<u64, StoreError> {
        record.carry_out(Act::VaultEntriesRemoved, planned, |count| *count, || self.storage.remove(which))
    }

    /// Removes values, and says how many there were.
    ///
    /// # Errors
    /// As [`Vault::tokens`]; or it cannot be recorded.
    pub fn remove_values(
        &mut self,
        entries: &[Entry<'_>],
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
        record: &mut Recorded<'_>,
    ) -> Result<u64, StoreError> {
        entry::check(entries)?;
        let index = Index::open(&mut *self.storage, keys, entropy)?;
        let of = |entry: &Entry<'_>| index.of_value(entry.kind, entry.scope, &normalised(entry.value));
        let places: Vec<BlindIndex> = entries.iter().map(of).collect();
        self.remove(Which::Indexes(&places), places.len() as u64, record)
    }

    /// Removes the values of a data subject, and says how many there were. A value that another subject has as well (an
    /// address, a landline) stays until the last of them is removed; whoever entered it without a subject does not count.
    ///
    /// # Errors
    /// The index's key may not be used, the storage cannot be written, or it cannot be recorded.
    pub fn remove_subject(
        &mut self,
        subject: &str,
        keys: &dyn SealKeys,
        entropy: &mut dyn Entropy,
        record: &mut Recorded<'_>,
    ) -> Result<u64, StoreError> {
        let subject = Index::open(&mut *self.storage, keys, entropy)?.of_subject(subject);
        self.remove(Which::Subject(&subject), 0, record)
    }
}

/// A token that was found for this place, if it was written for it.
fn sound(index: &Index, place: &BlindIndex, (token, check): FoundToken) -> Result<String, StoreError> {
    if index.is_checked(place, &token, &check) {
        Ok(token)
    } else {
        Err(StoreError::corrupt("a token is not what was written"))
    }
}

fn stored(envelope: &Envelope) -> StoredEnvelope {
    StoredEnvelope { data_key: envelope.data_key_id().bytes(), text: envelope.to_string() }
}

/// A vault's token as it is kept, in small letters. `None` for what is none.
fn as_kept(token: &str) -> Option<String> {
    let found = find(token.as_bytes()).next()?;
    (found.mark() == Mark::Vault && found.span() == (0..token.len())).then(|| token.to_ascii_lowercase())
}

impl Kept {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it is kept apart by.
    #[must_use]
    pub fn scope(&self) -> &str {
        &self.row.scope
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({}, {})", self.row.token, self.kind)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.storage)
    }
}
