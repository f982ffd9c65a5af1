//! The digest that each entry has over all entries up to it.

use super::{Alias, Keeps, LedgerStorage, PAGE_LIMIT_ENTRIES, StoredEntry};
use crate::StoreError;
use pii_core::hex::Hex;
use sm3::{Digest as _, Sm3};
use std::fmt;

/// Stand before what is hashed, so that no other hash of this software is one of these, and none of one part is one of
/// another.
const LABEL: &[u8] = b"pii-ledger-1";
const ALIAS_LABEL: &[u8] = b"pii-ledger-1 alias";
const CONTENT_LABEL: &[u8] = b"pii-ledger-1 content";

/// The last entry of a ledger: its number and digest, both 0 where there is none.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number.
    pub seq: u64,
    /// The digest over all entries up to it.
    pub digest: [u8; 32],
}

impl Head {
    /// The head that `entry` is, if it follows this one and what it still has is as it was appended. Of what was removed its
    /// hash has to be there, and nothing else.
    ///
    /// # Errors
    /// It is not ([`StoreError::is_corrupt`]).
    pub fn then(&self, entry: &StoredEntry) -> Result<Self, StoreError> {
        if entry.seq != self.seq + 1 {
            return Err(StoreError::corrupt("an entry of the ledger is missing"));
        }
        let is_blank = entry.body.is_empty() && entry.subject.is_none() && entry.record.is_none();
        let is_alias_sound = match entry.keeps {
            Keeps::All => entry.alias_hash == alias_hash(entry.alias.as_ref()),
            // Only where there was one.
            Keeps::AllButAlias => entry.alias.is_none() && entry.alias_hash != alias_hash(None),
            Keeps::Nothing => entry.alias.is_none(),
        };
        let is_content_sound = match entry.keeps {
            Keeps::All | Keeps::AllButAlias => entry.content_hash == content_hash(entry),
            Keeps::Nothing => is_blank,
        };
        if is_alias_sound && is_content_sound && entry.digest == digest(&self.digest, entry) {
            Ok(entry.head())
        } else {
            Err(StoreError::corrupt("an entry of the ledger is not what was written"))
        }
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({}, {}…)", self.seq, Hex(&self.digest[..4]))
    }
}

impl StoredEntry {
    /// The entry as the last one.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, digest: self.digest }
    }
}

/// Reads all entries and says which is the last, if each follows the one before and is what was written.
///
/// # Errors
/// One is not ([`StoreError::is_corrupt`]), or the storage cannot be read.
pub fn verify(storage: &mut dyn LedgerStorage) -> Result<Head, StoreError> {
    let mut head = Head::default();
    loop {
        let page = storage.after(head.seq, PAGE_LIMIT_ENTRIES)?;
        if page.is_empty() {
            break;
        }
        head = page.iter().try_fold(head, |head, entry| head.then(entry))?;
    }
    // Appended to since is no fault.
    let newest = storage.head()?;
    let is_end_missing = newest.seq > head.seq && storage.after(head.seq, 1)?.is_empty();
    if newest.seq < head.seq || is_end_missing {
        return Err(StoreError::corrupt("the ledger does not end with its last entry"));
    }
    Ok(head)
}

/// Over the hashes of its parts, so that one that was removed leaves the others to be checked.
pub(super) fn digest(previous: &[u8; 32], entry: &StoredEntry) -> [u8; 32] {
    let mut hash = Sm3::new();
    hash.update(LABEL);
    hash.update(previous);
    hash.update(entry.seq.to_be_bytes());
    hash.update(entry.alias_hash);
    hash.update(entry.content_hash);
    hash.finalize().into()
}

pub(super) fn alias_hash(alias: Option<&Alias>) -> [u8; 32] {
    let mut hash = Sm3::new();
    hash.update(ALIAS_LABEL);
    hash.update([u8::from(alias.is_some())]);
    if let Some(alias) = alias {
        hash.update(alias.key_id.to_be_bytes());
        hash.update(alias.digest);
    }
    hash.finalize().into()
}

/// Everything of varying length stands behind its length, so no two entries are hashed as the same bytes.
pub(super) fn content_hash(entry: &StoredEntry) -> [u8; 32] {
    let mut hash = Sm3::new();
    hash.update(CONTENT_LABEL);
    hash.update([u8::from(entry.subject.is_some())]);
    if let Some(subject) = &entry.subject {
        hash.update(subject);
    }
    // A record's name has at least one byte: 0 is none.
    let record = entry.record.as_ref().map_or("", |record| record.record());
    hash.update((record.len() as u64).to_be_bytes());
    hash.update(record);
    hash.update(entry.record.as_ref().map_or(0, |record| record.number()).to_be_bytes());
    hash.update((entry.body.len() as u64).to_be_bytes());
    hash.update(&entry.body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{NewEntry, RecordNumber};

    fn entry() -> StoredEntry {
        let alias = Alias { key_id: 3, digest: [9; 32] };
        let entry = NewEntry::about([7; 16], Some(alias), "{}").expect("short");
        entry.of_record(RecordNumber::new("r", 1).expect("short")).stored_behind(&mut Head::default())
    }

    #[test]
    fn every_part_of_an_entry_is_in_its_digest() {
        let sound = entry();
        assert_eq!(Head::default().then(&sound).unwrap(), sound.head());
        let changes: [fn(&mut StoredEntry); 11] = [
            |entry| entry.subject = Some([8; 16]),
            |entry| entry.subject = None,
            |entry| entry.alias = Some(Alias { key_id: 4, digest: [9; 32] }),
            |entry| entry.alias = Some(Alias { key_id: 3, digest: [8; 32] }),
            |entry| entry.alias = None,
            |entry| entry.record = Some(RecordNumber::new("r", 2).unwrap()),
            |entry| entry.record = Some(RecordNumber::new("r2", 1).unwrap()),
            |entry| entry.body.push(' '),
            |entry| entry.seq = 2,
            |entry| entry.alias_hash = [0; 32],
            |entry| entry.content_hash = [0; 32],
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut changed = sound.clone();
            change(&mut changed);
            assert!(Head::default().then(&changed).is_err_and(|said| said.is_corrupt()), "change {at}");
        }
        assert!(Head { seq: 0, digest: [1; 32] }.then(&sound).is_err());
    }

    fn erased() -> StoredEntry {
        let (alias, subject, record, body) = (None, None, None, String::new());
        StoredEntry { keeps: Keeps::Nothing, alias, subject, record, body, ..entry() }
    }

    #[test]
    fn what_was_erased_must_be_blank_and_leave_its_hashes() {
        assert_eq!(Head::default().then(&erased()).unwrap(), entry().head());
        let half = StoredEntry { body: "{}".to_owned(), ..erased() };
        assert!(Head::default().then(&half).is_err());
        for forged in [
            StoredEntry { content_hash: [0; 32], ..erased() },
            StoredEntry { alias_hash: alias_hash(None), ..erased() },
            StoredEntry { digest: [3; 32], ..erased() },
        ] {
            assert!(Head::default().then(&forged).is_err_and(|said| said.is_corrupt()));
        }
    }

    #[test]
    fn what_is_left_beside_a_removed_alias_is_still_checked() {
        let led = StoredEntry { keeps: Keeps::AllButAlias, alias: None, ..entry() };
        assert_eq!(Head::default().then(&led).unwrap(), entry().head());
        for forged in [
            StoredEntry { body: "{\"withdrawn\":false}".to_owned(), ..led.clone() },
            StoredEntry { subject: Some([8; 16]), ..led.clone() },
            StoredEntry { record: None, ..led.clone() },
            StoredEntry { keeps: Keeps::All, ..led.clone() },
            StoredEntry { alias_hash: [1; 32], ..led.clone() },
            StoredEntry { keeps: Keeps::AllButAlias, ..entry() },
        ] {
            assert!(Head::default().then(&forged).is_err_and(|said| said.is_corrupt()), "{forged:?}");
        }
        // An entry that had no alias has lost none.
        let plain = NewEntry::new("{}").expect("short").stored_behind(&mut Head::default());
        let said = Head::default().then(&StoredEntry { keeps: Keeps::AllButAlias, ..plain });
        assert!(said.is_err_and(|said| said.is_corrupt()));
    }
}
