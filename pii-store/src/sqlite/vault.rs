//! A vault's rows in SQLite.

use super::{Sqlite, failed};
use crate::StoreError;
use crate::storage::{BlindIndex, FoundToken, Holder, New, Row, StoredEnvelope, StoredIndexKey, VaultStorage, Which};
use rusqlite::{Connection, OptionalExtension as _, Statement, params};

const TOKEN_OF: &str = "SELECT token, checked FROM entry WHERE place = ?1";
const INSERT: &str = "INSERT INTO entry (place, token, kind, scope, sealed, checked) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                      ON CONFLICT (place) DO NOTHING";

impl VaultStorage for Sqlite {
    fn index_key(&mut self) -> Result<Option<StoredIndexKey>, StoreError> {
        index_key(&self.connection).map_err(|error| failed(&error))
    }

    fn begin(&mut self, key: &StoredIndexKey) -> Result<StoredIndexKey, StoreError> {
        self.step(|connection| {
            let values = params![key.key_id, key.algorithm, key.wrapped];
            let insert = "INSERT INTO index_key (one, key_id, algorithm, wrapped) VALUES (1, ?1, ?2, ?3) \
                          ON CONFLICT (one) DO NOTHING";
            connection.execute(insert, values)?;
            index_key(connection)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
        })
    }

    fn tokens(&mut self, indexes: &[BlindIndex]) -> Result<Vec<Option<FoundToken>>, StoreError> {
        self.look(|connection| {
            let mut select = connection.prepare(TOKEN_OF)?;
            indexes.iter().map(|index| token_of(&mut select, index)).collect()
        })
    }

    fn keep(&mut self, new: Option<New<'_>>, holders: &[Holder]) -> Result<Vec<FoundToken>, StoreError> {
        if new.is_some() {
            self.check_if_small()?;
        }
        self.step(|connection| {
            let tokens = new.map_or(Ok(Vec::new()), |new| insert(connection, new))?;
            let mut note = connection
                .prepare("INSERT OR IGNORE INTO holder (subject, entry) SELECT ?1, id FROM entry WHERE place = ?2")?;
            for holder in holders {
                note.execute(params![holder.subject, holder.row])?;
            }
            Ok(tokens)
        })
    }

    fn row(&mut self, token: &str) -> Result<Option<Row>, StoreError> {
        let select = "SELECT place, token, kind, scope, sealed, checked FROM entry WHERE token = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Row {
                index: row.get(0)?,
                token: row.get(1)?,
                kind: row.get(2)?,
                scope: row.get(3)?,
                sealed: row.get(4)?,
                check: row.get(5)?,
            })
        };
        self.connection.query_row(select, [token], read).optional().map_err(|error| failed(&error))
    }

    fn envelope(&mut self, data_key: [u8; 8]) -> Result<Option<StoredEnvelope>, StoreError> {
        let read = |row: &rusqlite::Row<'_>| Ok(StoredEnvelope { data_key, text: row.get(0)? });
        let found = self.connection.query_row("SELECT text FROM envelope WHERE data_key = ?1", [data_key], read);
        found.optional().map_err(|error| failed(&error))
    }

    fn envelopes(&mut self) -> Result<Vec<StoredEnvelope>, StoreError> {
        self.look(|connection| {
            let mut select = connection.prepare("SELECT data_key, text FROM envelope")?;
            let rows = select.query_map([], |row| Ok(StoredEnvelope { data_key: row.get(0)?, text: row.get(1)? }))?;
            rows.collect()
        })
    }

    fn replace(&mut self, envelopes: &[StoredEnvelope], index_key: Option<&StoredIndexKey>) -> Result<(), StoreError> {
        self.step(|connection| {
            let mut update = connection.prepare("UPDATE envelope SET text = ?2 WHERE data_key = ?1")?;
            for envelope in envelopes {
                update.execute(params![envelope.data_key, envelope.text])?;
            }
            if let Some(key) = index_key {
                let values = params![key.key_id, key.algorithm, key.wrapped];
                connection.execute("UPDATE index_key SET key_id = ?1, algorithm = ?2, wrapped = ?3", values)?;
            }
            Ok(())
        })?;
        // As in `remove`.
        let _ = self.empty_log();
        Ok(())
    }

    fn remove(&mut self, which: Which<'_>) -> Result<u64, StoreError> {
        let removed = self.step(|connection| match which {
            Which::Tokens(tokens) => each(connection, "DELETE FROM entry WHERE token = ?1", tokens),
            Which::Indexes(indexes) => each(connection, "DELETE FROM entry WHERE place = ?1", indexes),
            Which::Subject(subject) => remove_subject(connection, subject),
        })?;
        // The removal is final, whatever comes of this: what was removed leaves the log with the next one that empties it.
        let _ = self.empty_log();
        Ok(removed)
    }
}

fn insert(connection: &Connection, new: New<'_>) -> rusqlite::Result<Vec<FoundToken>> {
    connection.execute(
        "INSERT INTO envelope (data_key, text) VALUES (?1, ?2) ON CONFLICT (data_key) DO NOTHING",
        params![new.envelope.data_key, new.envelope.text],
    )?;
    let (mut insert, mut select) = (connection.prepare(INSERT)?, connection.prepare(TOKEN_OF)?);
    let insert_one = |row: &Row| {
        let values = params![row.index, row.token, row.kind, row.scope, row.sealed, row.check];
        if insert.execute(values)? == 1 {
            return Ok((row.token.clone(), row.check));
        }
        token_of(&mut select, &row.index)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
    };
    new.rows.iter().map(insert_one).collect()
}

fn index_key(connection: &Connection) -> rusqlite::Result<Option<StoredIndexKey>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(StoredIndexKey { key_id: row.get(0)?, algorithm: row.get(1)?, wrapped: row.get(2)? })
    };
    connection.query_row("SELECT key_id, algorithm, wrapped FROM index_key", [], read).optional()
}

fn token_of(select: &mut Statement<'_>, index: &BlindIndex) -> rusqlite::Result<Option<FoundToken>> {
    select.query_row([index], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

fn each<P: rusqlite::ToSql>(connection: &Connection, sql: &str, all: &[P]) -> rusqlite::Result<u64> {
    let mut delete = connection.prepare(sql)?;
    all.iter().try_fold(0, |sum, one| Ok(sum + delete.execute([one])? as u64))
}

/// A value may belong to several (an address, a landline): it goes with the last of them.
fn remove_subject(connection: &Connection, subject: &BlindIndex) -> rusqlite::Result<u64> {
    let rows = "DELETE FROM entry WHERE id IN (SELECT entry FROM holder WHERE subject = ?1) \
                AND NOT EXISTS (SELECT 1 FROM holder WHERE entry = entry.id AND subject <> ?1)";
    let removed = connection.execute(rows, [subject])?;
    connection.execute("DELETE FROM holder WHERE subject = ?1", [subject])?;
    Ok(removed as u64)
}
