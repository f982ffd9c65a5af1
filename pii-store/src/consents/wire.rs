//! How entries of consents stand in a ledger.
//!
//! An entry's body is what [`Entry::to_json`] writes, but for one that brings an alias: its digest is in a column of its own
//! and nowhere else, so that it can be taken away.
//!
//! Events of a record have the record's numbers, which keeps two writers apart. What has none and must be kept apart has
//! the numbers of a fence: declarations, and steps in which something begins to lead to somebody or ceases to, so that two nodes
//! that see a person for the first time at once make one subject of them and not two, and nothing leads to whoever is deleted.

use crate::StoreError;
use crate::ledger::{Alias, Keeps, NewEntry, RecordNumber, StoredEntry};
use pii_core::consent::{AliasDigest, Body, Entry, SubjectId};
use pii_core::key::KeyId;
use pii_core::time::Moment;
use serde::{Deserialize, Serialize};

const SCHEMA: u32 = 1;

/// The names of the fences. No record is called so: a record's name has 32 hexadecimal digits.
const DECLARED: &str = "declared";
const ALIASES: &str = "aliases";

/// The last number of each fence.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fences {
    declared: u32,
    aliases: u32,
}

impl Fences {
    /// Takes note of an entry's number, if it is a fence's.
    pub(super) fn pass(&mut self, entry: &StoredEntry) {
        let Some(record) = &entry.record else { return };
        let fence = match record.record() {
            DECLARED => &mut self.declared,
            ALIASES => &mut self.aliases,
            _ => return,
        };
        *fence = (*fence).max(record.number());
    }
}

/// A body that is not the core's.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    schema: u32,
    at: Moment,
    ledger: OwnBody,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnBody {
    /// The column has an alias, or had.
    AliasAdded,
    /// The number of the fence of aliases.
    Fence,
}

fn own(at: Moment, ledger: OwnBody) -> Result<String, StoreError> {
    serde_json::to_string(&Own { schema: SCHEMA, at, ledger })
        .map_err(|_| StoreError::limit("an entry cannot be written"))
}

/// Entries as they are appended, in their order.
pub(super) fn written(entries: &[Entry], mut fences: Fences) -> Result<Vec<NewEntry>, StoreError> {
    let mut new = Vec::with_capacity(entries.len() + 1);
    let leads =
        |entry: &&Entry| matches!(entry.body(), Body::AliasAdded(_) | Body::AliasRemoved(_) | Body::Erased { .. });
    if let Some(entry) = entries.iter().find(leads) {
        fences.aliases = next(fences.aliases)?;
        let fence = RecordNumber::new(ALIASES, fences.aliases)?;
        new.push(NewEntry::new(own(entry.at(), OwnBody::Fence)?)?.of_record(fence));
    }
    for entry in entries {
        new.push(match (entry.subject(), entry.body()) {
            (Some(subject), Body::AliasAdded(alias)) => {
                let alias = Alias { key_id: alias.key().number(), digest: alias.bytes() };
                NewEntry::about(subject.bytes(), Some(alias), own(entry.at(), OwnBody::AliasAdded)?)?
            }
            (Some(subject), Body::Consent(event)) => {
                let number = RecordNumber::new(&event.record.to_string(), event.number)?;
                NewEntry::about(subject.bytes(), None, entry.to_json())?.of_record(number)
            }
            (Some(subject), _) => NewEntry::about(subject.bytes(), None, entry.to_json())?,
            (None, Body::Declared(_)) => {
                fences.declared = next(fences.declared)?;
                NewEntry::new(entry.to_json())?.of_record(RecordNumber::new(DECLARED, fences.declared)?)
            }
            (None, _) => NewEntry::new(entry.to_json())?,
        });
    }
    Ok(new)
}

fn next(number: u32) -> Result<u32, StoreError> {
    number.checked_add(1).ok_or_else(|| StoreError::limit("a ledger has no more numbers for this"))
}

/// What an entry says to a book: nothing where it was erased, and where it only keeps two writers apart.
///
/// # Errors
/// It is no entry of this version ([`StoreError::is_format`]).
pub fn read(stored: &StoredEntry) -> Result<Option<Entry>, StoreError> {
    let is_fence = stored.record.as_ref().is_some_and(|record| record.record() == ALIASES);
    if is_fence || stored.keeps == Keeps::Nothing {
        return Ok(None);
    }
    if let Some(entry) = alias(stored)? {
        return Ok(Some(entry));
    }
    if stored.keeps == Keeps::AllButAlias {
        return Ok(None);
    }
    let entry = Entry::parse(&stored.body).map_err(|_| unknown())?;
    let is_its_own = entry.subject().map(SubjectId::bytes) == stored.subject;
    if is_its_own { Ok(Some(entry)) } else { Err(unknown()) }
}

fn alias(stored: &StoredEntry) -> Result<Option<Entry>, StoreError> {
    let (Some(subject), Some(alias)) = (stored.subject, stored.alias) else { return Ok(None) };
    let own: Own = serde_json::from_str(&stored.body).map_err(|_| unknown())?;
    let key = KeyId::new(alias.key_id).filter(|_| own.schema == SCHEMA && own.ledger == OwnBody::AliasAdded);
    let digest = AliasDigest::new(key.ok_or_else(unknown)?, alias.digest);
    Ok(Entry::of(SubjectId::new(subject), own.at, Body::AliasAdded(digest)))
}

/// A newer version may have written it. It may be a withdrawal: nothing is decided without it.
fn unknown() -> StoreError {
    StoreError::format(
        "the ledger has an entry that this version cannot read: use the version that wrote it, or a newer one",
    )
}
