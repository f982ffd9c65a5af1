//! The tables in PostgreSQL, and how those of an older version become those of this one.

use super::failure::Failure;
use super::link::Link;
use crate::StoreError;
use tokio_postgres::Transaction;

/// What nodes that bring tables up wait for each other with: "piis", as the mark in a file of SQLite.
const LOCK: i64 = 0x7069_6973;

/// What each version adds to the one before. Never changed, only appended to: stores of every version are about.
const STEPS: [&str; 2] = [
    "
    CREATE TABLE index_key (
        one       SMALLINT PRIMARY KEY CHECK (one = 1),
        key_id    BIGINT NOT NULL,
        algorithm TEXT NOT NULL,
        wrapped   BYTEA NOT NULL
    );
    CREATE TABLE envelope (
        data_key BYTEA PRIMARY KEY,
        text     TEXT NOT NULL
    );
    CREATE TABLE entry (
        place    BYTEA PRIMARY KEY,
        token    TEXT NOT NULL UNIQUE,
        kind     TEXT NOT NULL,
        scope    TEXT NOT NULL,
        sealed   BYTEA NOT NULL,
        checked  BYTEA NOT NULL
    );
    CREATE TABLE holder (
        subject BYTEA NOT NULL,
        place   BYTEA NOT NULL REFERENCES entry (place) ON DELETE CASCADE,
        PRIMARY KEY (subject, place)
    );
    CREATE INDEX holder_by_place ON holder (place);
    CREATE TABLE quota (
        actor TEXT NOT NULL,
        act   TEXT NOT NULL,
        hour  BIGINT NOT NULL,
        used  BIGINT NOT NULL,
        PRIMARY KEY (actor, act)
    );
    CREATE TABLE ledger_head (
        one    SMALLINT PRIMARY KEY CHECK (one = 1),
        seq    BIGINT NOT NULL,
        digest BYTEA NOT NULL
    );
    INSERT INTO ledger_head (one, seq, digest) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
    CREATE TABLE ledger (
        seq     BIGINT PRIMARY KEY,
        subject BYTEA,
        record  TEXT,
        number  BIGINT,
        body    TEXT NOT NULL,
        alias_hash   BYTEA NOT NULL,
        content_hash BYTEA NOT NULL,
        digest  BYTEA NOT NULL,
        keeps   SMALLINT NOT NULL,
        UNIQUE (record, number)
    );
    CREATE INDEX ledger_by_subject ON ledger (subject, seq);
    CREATE TABLE ledger_alias (
        seq     BIGINT PRIMARY KEY REFERENCES ledger (seq),
        subject BYTEA NOT NULL,
        key_id  BIGINT NOT NULL,
        digest  BYTEA NOT NULL
    );
    CREATE INDEX ledger_alias_by_digest ON ledger_alias (digest, key_id);
    CREATE INDEX ledger_alias_by_subject ON ledger_alias (subject);
    CREATE TABLE ledger_node (
        run      BYTEA PRIMARY KEY,
        name     TEXT NOT NULL,
        applied  BIGINT NOT NULL,
        renewals BIGINT NOT NULL
    );
",
    // What may be empty is NULL then: some relatives of PostgreSQL make that of it anyway.
    "
    ALTER TABLE ledger ALTER COLUMN body DROP NOT NULL;
    ALTER TABLE entry ALTER COLUMN scope DROP NOT NULL;
",
];

/// What a schema without tables is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Empty {
    IsBegun,
    IsAnError,
}

/// Makes the tables in an empty schema, and brings those of an older version up.
pub(super) fn bring_up(link: &mut Link, schema: &str, empty: Empty) -> Result<(), StoreError> {
    link.step(async |transaction| {
        transaction.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
        let found = version(transaction, schema).await?;
        let newest = STEPS.len();
        if found > newest {
            let message =
                format!("the store has version {found}, and this program knows {newest}: take a newer program");
            return Err(StoreError::format(message).into());
        }
        if found == 0 && empty == Empty::IsAnError {
            let message = format!(
                "this database has no store in its schema {schema}: name the right database; where it is, the first declaration \
                 begins a store"
            );
            return Err(StoreError::format(message).into());
        }
        if found == 0 {
            // Not where the schema is there: the user may have one, and no right to make others.
            let find = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1";
            if transaction.query_opt(find, &[&schema]).await?.is_none() {
                transaction.batch_execute(&format!("CREATE SCHEMA {schema}")).await?;
            }
            transaction
                .batch_execute(&format!("CREATE TABLE {schema}.migration (version BIGINT PRIMARY KEY)"))
                .await?;
        }
        for (at, step) in STEPS.iter().enumerate().skip(found) {
            transaction.batch_execute(step).await?;
            transaction.execute("INSERT INTO migration (version) VALUES ($1)", &[&(at as i64 + 1)]).await?;
        }
        Ok(())
    })
}

/// The version of the tables, 0 where there are none. The catalogue shows them to who has no right to read them, too: to them
/// a store is not to look like none. For the same reason the schema is named, which is passed over else.
async fn version(transaction: &Transaction<'_>, schema: &str) -> Result<usize, Failure> {
    let find = "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                WHERE n.nspname = $1 AND c.relname = 'migration'";
    if transaction.query_opt(find, &[&schema]).await?.is_none() {
        return Ok(0);
    }
    let row = transaction.query_one(&format!("SELECT coalesce(max(version), 0) FROM {schema}.migration"), &[]).await?;
    match usize::try_from(row.get::<_, i64>(0)) {
        Ok(0) | Err(_) => Err(StoreError::corrupt("its version is missing").into()),
        Ok(found) => Ok(found),
    }
}
