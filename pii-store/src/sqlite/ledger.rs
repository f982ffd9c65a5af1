//! A ledger's entries in SQLite.

use super::{Sqlite, failed};
use crate::StoreError;
use crate::ledger::{
    Alias, Head, Keeps, LedgerStorage, NewEntry, Node, NodeId, PAGE_LIMIT_BYTES, PAGE_LIMIT_ENTRIES, RecordNumber,
    Removal, StoredEntry, Subject, check,
};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::time::{Duration, Instant};

/// How often the file is asked whether somebody wrote to it: two numbers in shared memory are compared.
const POLL: Duration = Duration::from_millis(20);

/// The columns that [`entry`] reads.
const SELECT: &str = "SELECT e.seq, e.subject, e.record, e.number, e.body, e.digest, e.keeps, a.key_id, a.digest, \
                      e.alias_hash, e.content_hash \
                      FROM ledger e LEFT JOIN ledger_alias a ON a.seq = e.seq";

const INSERT: &str = "INSERT INTO ledger (seq, subject, record, number, body, alias_hash, content_hash, digest, keeps) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

impl LedgerStorage for Sqlite {
    fn append(&mut self, entries: &[NewEntry], removals: &[Removal]) -> Result<Head, StoreError> {
        check(entries, removals)?;
        self.check_if_small()?;
        let done = self.step(|connection| {
            if is_taken(connection, entries.iter().filter_map(NewEntry::record))? {
                return Ok(None);
            }
            removals.iter().try_for_each(|removal| remove(connection, removal))?;
            let mut last = head(connection)?;
            let stored: Vec<StoredEntry> = entries.iter().map(|entry| entry.stored_behind(&mut last)).collect();
            insert(connection, &stored).map(|()| Some(last))
        })?;
        if !removals.is_empty() && done.is_some() {
            // The step is final, whatever comes of this. What was removed leaves the log with the next one that empties it.
            let _ = self.empty_log();
        }
        done.ok_or_else(StoreError::conflict)
    }

    fn after(&mut self, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        self.look(|connection| {
            let mut select =
                connection.prepare_cached(&format!("{SELECT} WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2"))?;
            bounded(select.query_map(params![signed(seq), page(limit)], entry)?)
        })
    }

    fn of_subject(&mut self, subject: &Subject, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        self.look(|connection| {
            let sql = format!("{SELECT} WHERE e.subject = ?1 AND e.seq > ?2 ORDER BY e.seq LIMIT ?3");
            let mut select = connection.prepare_cached(&sql)?;
            bounded(select.query_map(params![subject, signed(seq), page(limit)], entry)?)
        })
    }

    fn subjects_of(&mut self, aliases: &[Alias]) -> Result<Vec<Subject>, StoreError> {
        self.look(|connection| {
            let sql = "SELECT DISTINCT subject FROM ledger_alias WHERE digest = ?1 AND key_id = ?2";
            let mut select = connection.prepare_cached(sql)?;
            let mut subjects = Vec::new();
            for alias in aliases {
                let found = select.query_map(params![alias.digest, alias.key_id], |row| row.get::<_, Subject>(0))?;
                subjects.extend(found.collect::<rusqlite::Result<Vec<_>>>()?);
            }
            subjects.sort_unstable();
            subjects.dedup();
            Ok(subjects)
        })
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        head(&self.connection).map_err(|error| failed(&error))
    }

    fn renew(&mut self, node: &NodeId, applied: u64) -> Result<Head, StoreError> {
        self.step(|connection| {
            let sql = "INSERT INTO ledger_node (run, name, applied, renewals) VALUES (?1, ?2, ?3, 1) \
                       ON CONFLICT (run) DO UPDATE SET applied = excluded.applied, renewals = renewals + 1";
            connection.prepare_cached(sql)?.execute(params![node.run(), node.name(), signed(applied)])?;
            head(connection)
        })
    }

    fn nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        let rows: Vec<(String, [u8; 16], i64, i64)> = self.look(|connection| {
            let mut select = connection.prepare_cached("SELECT name, run, applied, renewals FROM ledger_node")?;
            select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?.collect()
        })?;
        let node = |(name, run, applied, renewals): (String, [u8; 16], i64, i64)| {
            let id = NodeId::from_parts(&name, run).map_err(|_| StoreError::corrupt("a node has no name"))?;
            Ok(Node { id, applied: applied.unsigned_abs(), renewals: renewals.unsigned_abs() })
        };
        rows.into_iter().map(node).collect()
    }

    fn forget(&mut self, node: &NodeId, unless_more_than: Option<u64>) -> Result<(), StoreError> {
        let most = unless_more_than.map_or(i64::MAX, signed);
        let sql = "DELETE FROM ledger_node WHERE run = ?1 AND renewals <= ?2";
        self.step(|connection| connection.execute(sql, params![node.run(), most])).map(|_| ())
    }

    fn wait(&mut self, seq: u64, at_most: Duration) -> Result<bool, StoreError> {
        let begun = Instant::now();
        let mut seen = None;
        loop {
            // It changes with whatever somebody else writes, and what this connection writes it knows of.
            let sql = "PRAGMA data_version";
            let version: i64 = self.connection.query_row(sql, [], |row| row.get(0)).map_err(|error| failed(&error))?;
            if seen.replace(version) != Some(version) && self.head()?.seq > seq {
                return Ok(true);
            }
            let left = at_most.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(false);
            }
            std::thread::sleep(POLL.min(left));
        }
    }

    fn adopt(&mut self, entries: &[StoredEntry]) -> Result<(), StoreError> {
        let does_follow = self.step(|connection| {
            let last = entries.iter().try_fold(head(connection)?, |last, entry| last.then(entry));
            let records = entries.iter().filter_map(|entry| entry.record.as_ref());
            if last.is_err() || is_taken(connection, records)? {
                return Ok(false);
            }
            insert(connection, entries).map(|()| true)
        })?;
        if does_follow { Ok(()) } else { Err(StoreError::corrupt("entries do not follow those that are there")) }
    }
}

/// Whether a number of a record is there. Also where this very step would erase it.
fn is_taken<'a>(
    connection: &Connection,
    mut records: impl Iterator<Item = &'a RecordNumber>,
) -> rusqlite::Result<bool> {
    let mut select = connection.prepare_cached("SELECT 1 FROM ledger WHERE record = ?1 AND number = ?2")?;
    let mut find = |record: &RecordNumber| select.exists(params![record.record(), record.number()]);
    records.try_fold(false, |found, record| Ok(found || find(record)?))
}

fn insert(connection: &Connection, entries: &[StoredEntry]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(INSERT)?;
    let sql = "INSERT INTO ledger_alias (seq, subject, key_id, digest) VALUES (?1, ?2, ?3, ?4)";
    let mut lead = connection.prepare_cached(sql)?;
    for entry in entries {
        let (record, seq) = (entry.record.as_ref(), signed(entry.seq));
        insert.execute(params![
            seq,
            entry.subject,
            record.map(RecordNumber::record),
            record.map(RecordNumber::number),
            entry.body,
            entry.alias_hash,
            entry.content_hash,
            entry.digest,
            entry.keeps.number()
        ])?;
        if let Some(alias) = &entry.alias {
            lead.execute(params![seq, entry.subject, alias.key_id, alias.digest])?;
        }
    }
    Ok(())
}

/// Aliases go before entries, which they are of.
fn remove(connection: &Connection, removal: &Removal) -> rusqlite::Result<()> {
    let without = "UPDATE ledger SET keeps = 1 WHERE keeps = 0 AND seq IN (SELECT seq FROM ledger_alias WHERE ";
    let from = "DELETE FROM ledger_alias WHERE ";
    match removal {
        Removal::Subject(subject) => {
            connection.execute(&format!("{from} subject = ?1"), [subject])?;
            let blank = "UPDATE ledger SET subject = NULL, record = NULL, number = NULL, body = '', keeps = 2 \
                         WHERE subject = ?1";
            connection.execute(blank, [subject])?;
        }
        Removal::Alias(subject, alias) => {
            let which = "subject = ?1 AND key_id = ?2 AND digest = ?3";
            let values = params![subject, alias.key_id, alias.digest];
            connection.execute(&format!("{without} {which})"), values)?;
            connection.execute(&format!("{from} {which}"), values)?;
        }
        Removal::AliasesUnder(key_id) => {
            connection.execute(&format!("{without} key_id = ?1)"), [key_id])?;
            connection.execute(&format!("{from} key_id = ?1"), [key_id])?;
        }
    }
    Ok(())
}

/// Up to the entry that goes beyond what a page may have.
fn bounded(rows: impl Iterator<Item = rusqlite::Result<StoredEntry>>) -> rusqlite::Result<Vec<StoredEntry>> {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    for entry in rows {
        let entry = entry?;
        bytes += entry.body.len();
        entries.push(entry);
        if bytes > PAGE_LIMIT_BYTES {
            break;
        }
    }
    Ok(entries)
}

fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let mut select = connection.prepare_cached("SELECT seq, digest FROM ledger ORDER BY seq DESC LIMIT 1")?;
    let read = |row: &Row<'_>| Ok(Head { seq: row.get::<_, i64>(0)?.unsigned_abs(), digest: row.get(1)? });
    Ok(select.query_row([], read).optional()?.unwrap_or_default())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    // What is not as this version writes it is told as damage.
    let damaged = |column| rusqlite::Error::IntegralValueOutOfRange(column, 0);
    let record = match (row.get::<_, Option<String>>(2)?, row.get::<_, Option<u32>>(3)?) {
        (Some(record), Some(number)) => Some(RecordNumber::new(&record, number).map_err(|_| damaged(2))?),
        (None, None) => None,
        _ => return Err(damaged(2)),
    };
    let alias = match (row.get(7)?, row.get(8)?) {
        (Some(key_id), Some(digest)) => Some(Alias { key_id, digest }),
        _ => None,
    };
    let keeps = Keeps::from_number(row.get(6)?).ok_or_else(|| damaged(6))?;
    let (seq, subject, body) = (row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?, row.get(4)?);
    let (digest, alias_hash, content_hash) = (row.get(5)?, row.get(9)?, row.get(10)?);
    Ok(StoredEntry { seq, subject, alias, record, body, alias_hash, content_hash, digest, keeps })
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn page(limit: usize) -> i64 {
    limit.clamp(1, PAGE_LIMIT_ENTRIES) as i64
}
