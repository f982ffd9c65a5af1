//! The tables, and how those of an older version become those of this one.

use super::{Sqlite, failed};
use crate::StoreError;
use rusqlite::Connection;

/// Says of a file of SQLite that it is one of these: "piis".
const APPLICATION: i32 = 0x7069_6973;

/// What each version adds to the one before. Never changed, only appended to: stores of every version are about.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE index_key (
        one       INTEGER PRIMARY KEY CHECK (one = 1),
        key_id    INTEGER NOT NULL,
        algorithm TEXT NOT NULL,
        wrapped   BLOB NOT NULL
    ) STRICT;
    CREATE TABLE envelope (
        data_key BLOB PRIMARY KEY,
        text     TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (
        id       INTEGER PRIMARY KEY,
        place    BLOB NOT NULL UNIQUE,
        token    TEXT NOT NULL UNIQUE,
        kind     TEXT NOT NULL,
        scope    TEXT NOT NULL,
        sealed   BLOB NOT NULL,
        checked  BLOB NOT NULL
    ) STRICT;
    CREATE TABLE holder (
        subject BLOB NOT NULL,
        entry   INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
        PRIMARY KEY (subject, entry)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX holder_by_entry ON holder (entry);
    CREATE TABLE quota (
        actor TEXT NOT NULL,
        act   TEXT NOT NULL,
        hour  INTEGER NOT NULL,
        used  INTEGER NOT NULL,
        PRIMARY KEY (actor, act)
    ) STRICT, WITHOUT ROWID;
",
    "
    CREATE TABLE ledger (
        seq     INTEGER PRIMARY KEY,
        subject BLOB,
        record  TEXT,
        number  INTEGER,
        body    TEXT NOT NULL,
        alias_hash   BLOB NOT NULL,
        content_hash BLOB NOT NULL,
        digest  BLOB NOT NULL,
        keeps   INTEGER NOT NULL,
        UNIQUE (record, number)
    ) STRICT;
    CREATE INDEX ledger_by_subject ON ledger (subject) WHERE subject IS NOT NULL;
    CREATE TABLE ledger_alias (
        seq     INTEGER PRIMARY KEY REFERENCES ledger (seq),
        subject BLOB NOT NULL,
        key_id  INTEGER NOT NULL,
        digest  BLOB NOT NULL
    ) STRICT;
    CREATE INDEX ledger_alias_by_digest ON ledger_alias (digest, key_id);
    CREATE INDEX ledger_alias_by_subject ON ledger_alias (subject);
    CREATE TABLE ledger_node (
        run      BLOB PRIMARY KEY,
        name     TEXT NOT NULL,
        applied  INTEGER NOT NULL,
        renewals INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
",
];

/// The first version with the tables of a ledger.
const LEDGER_SINCE: usize = 2;

/// What an empty file is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    IsBegun,
    IsAnError,
}

/// Looks what a file is, before anything in it is changed.
pub(super) fn look(connection: &Connection, empty: Empty) -> Result<(), StoreError> {
    if seen_version(connection)? == 0 && empty == Empty::IsAnError {
        return Err(StoreError::format("this file is empty: begin a store in it, or put a backup in its place"));
    }
    Ok(())
}

/// Whether a file's version has the tables of a ledger.
pub(super) fn has_ledger(connection: &Connection) -> Result<bool, StoreError> {
    Ok(seen_version(connection)? >= LEDGER_SINCE)
}

/// Makes the tables in an empty file, and brings those of an older version up.
pub(super) fn bring_up(store: &mut Sqlite) -> Result<(), StoreError> {
    let newest = STEPS.len();
    if seen_version(&store.connection)? == newest {
        return Ok(());
    }
    // Looked at again inside: another process may be doing the same.
    let transaction = store
        .connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(|error| failed(&error))?;
    let found = version(&transaction)?;
    if found == 0 {
        begin(&transaction).map_err(|error| failed(&error))?;
    }
    for (at, step) in STEPS.iter().enumerate().skip(found) {
        take(&transaction, at + 1, step).map_err(|error| failed(&error))?;
    }
    transaction.commit().map_err(|error| failed(&error))
}

/// [`version`] in one view of the file: another process may be beginning it.
fn seen_version(connection: &Connection) -> Result<usize, StoreError> {
    let transaction = connection.unchecked_transaction().map_err(|error| failed(&error))?;
    version(&transaction)
}

/// The version of the tables, 0 for an empty file. An error for what is no store, or a newer one.
fn version(connection: &Connection) -> Result<usize, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|error| failed(&error));
    let application = number("PRAGMA application_id")?;
    if application == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0 {
        return Ok(0);
    }
    if application != i64::from(APPLICATION) {
        return Err(StoreError::format("this file of SQLite is no store of ours: give another path"));
    }
    let found = usize::try_from(number("SELECT coalesce(max(version), 0) FROM migration")?).unwrap_or(usize::MAX);
    let newest = STEPS.len();
    if found > newest {
        let message = format!("the store has version {found}, and this program knows {newest}: take a newer program");
        return Err(StoreError::format(message));
    }
    if found == 0 { Err(StoreError::corrupt("its version is missing")) } else { Ok(found) }
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("CREATE TABLE migration (version INTEGER PRIMARY KEY) STRICT")?;
    connection.pragma_update(None, "application_id", APPLICATION)
}

fn take(connection: &Connection, version: usize, step: &str) -> rusqlite::Result<()> {
    connection.execute_batch(step)?;
    connection.execute("INSERT INTO migration (version) VALUES (?1)", [version as i64]).map(|_| ())
}
