//! What stands in a ledger.

use super::chain::{self, Head};
use crate::StoreError;
use std::collections::HashSet;
use std::fmt;

/// The most that a body may take.
pub const BODY_LIMIT_BYTES: usize = 64 << 10;

/// The most that the name of a record may take.
pub const RECORD_LIMIT_BYTES: usize = 64;

/// How many entries and removals one step may have.
pub const BATCH_LIMIT_ENTRIES: usize = 10_000;

/// A data subject's number: random, and nobody's own.
pub type Subject = [u8; 16];

/// What leads to a subject: a keyed digest of something that the subject is known by, and the version of the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias {
    /// The number of the key's id.
    pub key_id: u32,
    /// The keyed digest.
    pub digest: [u8; 32],
}

/// A digest stays personal information: only its key is shown.
impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alias(key {})", self.key_id)
    }
}

/// A record's name, and the number of an entry within it. No two entries have the same: of two who write at the same time
/// one is told to look again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordNumber {
    record: String,
    number: u32,
}

impl RecordNumber {
    /// `record` has from 1 byte to [`RECORD_LIMIT_BYTES`], without control characters.
    ///
    /// # Errors
    /// It has not ([`StoreError::is_limit`]).
    pub fn new(record: &str, number: u32) -> Result<Self, StoreError> {
        if record.is_empty() || record.len() > RECORD_LIMIT_BYTES || record.contains(char::is_control) {
            let message = format!("a record's name has from 1 to {RECORD_LIMIT_BYTES} bytes and no control characters");
            return Err(StoreError::limit(message));
        }
        Ok(Self { record: record.to_owned(), number })
    }

    /// The record's name.
    #[must_use]
    pub fn record(&self) -> &str {
        &self.record
    }

    /// The number within it.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }
}

/// An entry that is to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    about: Option<(Subject, Option<Alias>)>,
    record: Option<RecordNumber>,
    body: String,
}

impl NewEntry {
    /// An entry about no subject. `body` has at most [`BODY_LIMIT_BYTES`], and no character NUL, which PostgreSQL cannot
    /// keep.
    ///
    /// # Errors
    /// It has not ([`StoreError::is_limit`]).
    pub fn new(body: impl Into<String>) -> Result<Self, StoreError> {
        let body = body.into();
        if body.len() > BODY_LIMIT_BYTES || body.contains('\0') {
            let message = format!("an entry's body has at most {BODY_LIMIT_BYTES} bytes and no character NUL");
            return Err(StoreError::limit(message));
        }
        Ok(Self { about: None, record: None, body })
    }

    /// An entry about a subject, which is erased with it. With an alias that leads to the subject from now on.
    ///
    /// # Errors
    /// As [`NewEntry::new`].
    pub fn about(subject: Subject, alias: Option<Alias>, body: impl Into<String>) -> Result<Self, StoreError> {
        Ok(Self { about: Some((subject, alias)), ..Self::new(body)? })
    }

    /// The same entry as a number of a record.
    #[must_use]
    pub fn of_record(self, record: RecordNumber) -> Self {
        Self { record: Some(record), ..self }
    }

    /// Which number of a record it is.
    pub(crate) fn record(&self) -> Option<&RecordNumber> {
        self.record.as_ref()
    }

    /// As it is stored behind `last`, which it then is itself.
    pub(crate) fn stored_behind(&self, last: &mut Head) -> StoredEntry {
        let mut entry = StoredEntry {
            seq: last.seq + 1,
            subject: self.about.map(|(subject, _)| subject),
            alias: self.about.and_then(|(_, alias)| alias),
            record: self.record.clone(),
            body: self.body.clone(),
            alias_hash: [0; 32],
            content_hash: [0; 32],
            digest: [0; 32],
            keeps: Keeps::All,
        };
        entry.alias_hash = chain::alias_hash(entry.alias.as_ref());
        entry.content_hash = chain::content_hash(&entry);
        entry.digest = chain::digest(&last.digest, &entry);
        *last = entry.head();
        entry
    }
}

/// Checks a step's size, and that no record's number is in it twice.
pub(crate) fn check(entries: &[NewEntry], removals: &[Removal]) -> Result<(), StoreError> {
    if entries.len() > BATCH_LIMIT_ENTRIES || removals.len() > BATCH_LIMIT_ENTRIES {
        let message = format!("one step takes at most {BATCH_LIMIT_ENTRIES} entries: make several");
        return Err(StoreError::limit(message));
    }
    let mut seen = HashSet::new();
    if entries.iter().filter_map(|entry| entry.record.as_ref()).all(|record| seen.insert(record)) {
        Ok(())
    } else {
        Err(StoreError::limit("one step has the same number of a record twice"))
    }
}

/// What is to be blanked, of all entries that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// All entries about a subject, and what leads to it.
    Subject(Subject),
    /// One of the ways that lead to a subject. The entry that brought it keeps all else.
    Alias(Subject, Alias),
    /// All aliases under one version of a key, when others have taken their place.
    AliasesUnder(u32),
}

/// How much of what it was appended with an entry still has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// All of it.
    All,
    /// All but its alias, of which the hash is left.
    AllButAlias,
    /// Its number, its digest, and the hashes of its parts.
    Nothing,
}

impl Keeps {
    /// As a number in a row or a line.
    pub(crate) fn number(self) -> i16 {
        match self {
            Self::All => 0,
            Self::AllButAlias => 1,
            Self::Nothing => 2,
        }
    }

    pub(crate) fn from_number(number: i16) -> Option<Self> {
        [Self::All, Self::AllButAlias, Self::Nothing].into_iter().find(|keeps| keeps.number() == number)
    }
}

/// An entry as it is in a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number, from 1 on, without gaps.
    pub seq: u64,
    /// Whom it is about.
    pub subject: Option<Subject>,
    /// What leads to the subject since this entry.
    pub alias: Option<Alias>,
    /// Which number of a record it is.
    pub record: Option<RecordNumber>,
    /// What it says, in the words of whoever appended it. Empty where it was erased.
    pub body: String,
    /// SM3 over the alias, which stays where that was removed.
    pub alias_hash: [u8; 32],
    /// SM3 over the subject, the record and the body, which stays where they were erased.
    pub content_hash: [u8; 32],
    /// SM3 over the digest before it, its number and both hashes.
    pub digest: [u8; 32],
    /// How much of it is left.
    pub keeps: Keeps,
}
