//! The two storages, each with nothing in it, for tests that hold of both.
#![allow(dead_code, reason = "each test uses some of it")]

use super::Place;
use super::server::Schema;
use pii_core::key::Entropy as _;
use pii_keys::SystemEntropy;
use pii_store::ledger::{
    Alias, Follower, Head, LedgerStorage, NewEntry, NodeId, RecordNumber, State, StoredEntry, Subject,
};
use pii_store::{Quota, StoreError, Vault};

/// A store that goes with the test.
pub(crate) enum Bed {
    Sqlite(Place),
    Postgres(Schema),
}

impl Bed {
    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(Place::new())
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(Schema::new())
    }

    pub(crate) fn ledger(&self) -> Box<dyn LedgerStorage> {
        match self {
            Self::Sqlite(place) => Box::new(place.store()),
            Self::Postgres(schema) => Box::new(schema.store()),
        }
    }

    pub(crate) fn vault(&self) -> Vault {
        match self {
            Self::Sqlite(place) => place.vault(),
            Self::Postgres(schema) => Vault::new(schema.store()),
        }
    }

    pub(crate) fn quota(&self) -> Quota {
        match self {
            Self::Sqlite(place) => Quota::new(place.store()),
            Self::Postgres(schema) => Quota::new(schema.store()),
        }
    }

    /// Makes other connections to the same store.
    pub(crate) fn connector(&self) -> impl FnMut() -> Result<Box<dyn LedgerStorage>, StoreError> + Send + 'static {
        let (path, options) = match self {
            Self::Sqlite(place) => (place.path(), None),
            Self::Postgres(schema) => (std::path::PathBuf::new(), Some(schema.options())),
        };
        move || match &options {
            None => Ok(Box::new(pii_store::Sqlite::open_or_begin(&path)?)),
            Some(options) => Ok(Box::new(pii_store::Postgres::open_or_begin(options)?)),
        }
    }

    pub(crate) fn follower(&self, name: &str) -> Follower<Bodies> {
        Follower::start(node(name), Bodies::default, self.connector()).expect("it starts")
    }
}

/// Runs each test on both storages.
#[allow(unused_macros, reason = "each test uses some of it")]
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&crate::support::bed::Bed::sqlite()); })*
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(&crate::support::bed::Bed::postgres()); })*
        }
    };
}
#[allow(unused_imports, reason = "each test uses some of it")]
pub(crate) use on_both;

pub(crate) fn node(name: &str) -> NodeId {
    NodeId::new(name, &mut SystemEntropy).expect("a short name")
}

pub(crate) fn subject() -> Subject {
    let mut subject = [0; 16];
    SystemEntropy.fill(&mut subject).expect("there is randomness");
    subject
}

pub(crate) fn alias(key_id: u32, of: u8) -> Alias {
    Alias { key_id, digest: [of; 32] }
}

pub(crate) fn says(body: &str) -> NewEntry {
    NewEntry::new(body).expect("short")
}

pub(crate) fn of_record(entry: NewEntry, record: &str, number: u32) -> NewEntry {
    entry.of_record(RecordNumber::new(record, number).expect("short"))
}

pub(crate) fn append(storage: &mut dyn LedgerStorage, bodies: &[&str]) -> Head {
    let entries: Vec<NewEntry> = bodies.iter().map(|body| says(body)).collect();
    storage.append(&entries, &[]).expect("appended")
}

pub(crate) fn all(storage: &mut dyn LedgerStorage) -> Vec<StoredEntry> {
    storage.after(0, 10_000).expect("readable")
}

/// A state that keeps what was said, in order.
#[derive(Default)]
pub(crate) struct Bodies(pub(crate) Vec<String>);

impl State for Bodies {
    type Read = String;

    fn read(&self, entries: &[StoredEntry]) -> Result<Vec<String>, StoreError> {
        if entries.iter().any(|entry| entry.body == "what nobody understands") {
            return Err(StoreError::unusable("a body of another version: take a newer program"));
        }
        Ok(entries.iter().map(|entry| entry.body.clone()).collect())
    }

    fn apply(&mut self, _: &StoredEntry, body: String) {
        self.0.push(body);
    }
}
