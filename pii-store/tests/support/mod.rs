//! What several tests need: keys, a store in a folder of its own, a record of events.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod bed;
pub(crate) mod server;

use pii_core::Kind;
use pii_core::audit::{Act, AuditError, Event, Phase, Sink};
use pii_core::key::{KeyId, Suite};
use pii_core::policy::Date;
use pii_core::time::Moment;
use pii_keys::{Change, Keyring, Purpose, SystemEntropy};
use pii_store::{Entry, Recorded, Request, SealKeys, Sqlite, StoreError, Vault};
use std::path::PathBuf;
use tempfile::TempDir;

/// Monday, 23 November 2026, 10:00:00 in UTC.
pub(crate) const TEN_O_CLOCK: u64 = 1_795_428_000;

pub(crate) fn at(unix_seconds: u64) -> Moment {
    Moment::from_unix_seconds(unix_seconds).expect("before the year 9999")
}

pub(crate) fn day(day: u8) -> Date {
    Date::new(2026, 11, day).expect("a day of November")
}

pub(crate) fn kind(name: &str) -> Kind {
    Kind::new(name).expect("well spelt")
}

pub(crate) fn keyring(suite: Suite) -> Keyring {
    Keyring::new(suite, day(1), &mut SystemEntropy).expect("there is randomness")
}

/// A folder that goes with the test, and a store in it.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn store(&self) -> Sqlite {
        Sqlite::open_or_begin(&self.path()).expect("it opens")
    }

    pub(crate) fn vault(&self) -> Vault {
        Vault::new(self.store())
    }

    /// All bytes of the store: the file, its log and the index of that.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let entries = std::fs::read_dir(self.folder.path()).expect("readable");
        entries.flat_map(|entry| std::fs::read(entry.expect("readable").path()).expect("readable")).collect()
    }
}

pub(crate) fn entry<'a>(kind_name: &str, value: &'a str) -> Entry<'a> {
    Entry { kind: kind(kind_name), scope: "test", value, subject: None }
}

pub(crate) fn token(vault: &mut Vault, entry: &Entry<'_>, keys: &dyn SealKeys) -> String {
    vault.token(entry, keys, &mut SystemEntropy).expect("a token")
}

/// What a token opens to.
pub(crate) fn opened(vault: &mut Vault, token: &str, keys: &dyn SealKeys) -> Result<Option<String>, StoreError> {
    match vault.find(token)? {
        Some(kept) => vault.open(&kept, keys).map(|value| Some(value.to_string())),
        None => Ok(None),
    }
}

/// Adds a key for sealing and makes it the primary one. Says the one before.
pub(crate) fn rotate(ring: &mut Keyring) -> KeyId {
    let before = ring.primary(Purpose::Seal).expect("there is one").id();
    let add = Change::Add { purpose: Purpose::Seal, algorithm: None };
    let added = ring.apply(&add, day(1), &mut SystemEntropy).expect("added").key().expect("an id");
    ring.apply(&Change::promote(added), day(2), &mut SystemEntropy).expect("promoted");
    before
}

pub(crate) fn disable(ring: &mut Keyring, id: KeyId) {
    ring.apply(&Change::Disable { id }, day(2), &mut SystemEntropy).expect("disabled");
}

pub(crate) fn destroy(ring: &mut Keyring, id: KeyId) {
    ring.apply(&Change::Schedule { id, on: day(3) }, day(2), &mut SystemEntropy).expect("scheduled");
    ring.apply(&Change::Destroy { id }, day(3), &mut SystemEntropy).expect("destroyed");
}

/// A request that the tests' rights cover.
pub(crate) const REQUEST: Request<'_> = Request { actor: "desk", purpose: "complaint", reason: "case 4711" };

/// That request, on a record.
pub(crate) fn recorded(record: &mut Record) -> Recorded<'_> {
    Recorded::new(REQUEST, record).expect("it says enough")
}

/// Keeps events, until it is told to fail.
#[derive(Default)]
pub(crate) struct Record {
    /// Phase, count, and what is said of kinds: `bank_card:2,qq:1`.
    pub(crate) events: Vec<(Phase, u64, String)>,
    /// What each was about.
    pub(crate) acts: Vec<Act>,
    pub(crate) fails_after: Option<usize>,
}

impl Sink for Record {
    fn record(&mut self, event: &Event<'_>) -> Result<(), AuditError> {
        assert_eq!((event.actor, event.reason), ("desk", "case 4711"));
        assert!(["complaint", "marketing"].contains(&event.purpose));
        if self.fails_after.is_some_and(|limit| self.events.len() >= limit) {
            return Err(AuditError);
        }
        let kinds: Vec<String> = event.kinds.iter().map(|(kind, count)| format!("{kind}:{count}")).collect();
        self.events.push((event.phase, event.count, kinds.join(",")));
        self.acts.push(event.act);
        Ok(())
    }
}
