//! A ledger's entries in PostgreSQL.

use super::Postgres;
use super::failure::Failure;
use crate::StoreError;
use crate::ledger::{
    Alias, Head, Keeps, LedgerStorage, NewEntry, Node, NodeId, PAGE_LIMIT_BYTES, PAGE_LIMIT_ENTRIES, RecordNumber,
    Removal, StoredEntry, Subject, check,
};
use std::time::{Duration, Instant};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, GenericClient, Row, Transaction};

/// How often the server is asked, where it does not tell by itself.
const POLL: Duration = Duration::from_millis(100);

/// How many rows go in one statement: each part of it is an array, and PostgreSQL counts through an array to find a place
/// in it.
const ROWS: usize = 200;

/// The columns that [`entry`] reads.
const SELECT: &str = "SELECT e.seq, e.subject, e.record, e.number, e.body, e.digest, e.keeps, a.key_id, a.digest, \
                      e.alias_hash, e.content_hash \
                      FROM ledger e LEFT JOIN ledger_alias a ON a.seq = e.seq";

/// How long a body is. One that was erased is NULL: a relative of PostgreSQL that takes an empty text for that has one thing
/// to keep, and not two.
const BYTES: &str = "coalesce(octet_length(e.body), 0)";

impl LedgerStorage for Postgres {
    fn append(&mut self, entries: &[NewEntry], removals: &[Removal]) -> Result<Head, StoreError> {
        check(entries, removals)?;
        let notify = self.options.does_listen().then(|| format!("NOTIFY {}", self.options.channel()));
        self.link.step(async |transaction| {
            // Held until the step is final: so numbers become final in their order, and none is left out.
            let mut last = head(transaction, " FOR UPDATE").await?;
            if is_taken(transaction, entries.iter().filter_map(NewEntry::record)).await? {
                return Err(StoreError::conflict().into());
            }
            for removal in removals {
                remove(transaction, removal).await?;
            }
            let stored: Vec<StoredEntry> = entries.iter().map(|entry| entry.stored_behind(&mut last)).collect();
            insert(transaction, &stored, last).await?;
            if let Some(notify) = &notify {
                transaction.batch_execute(notify).await?;
            }
            Ok(last)
        })
    }

    fn after(&mut self, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let (seq, last) = (signed(seq), signed(seq).saturating_add(page(limit)));
        // Up to the entry that goes beyond what a page may have. A short answer, by which a node that follows sees in time that
        // nobody answers; the page itself may take as long as a slow network needs for it.
        let until = format!(
            "SELECT max(seq) FROM (SELECT e.seq, sum({BYTES}) OVER (ORDER BY e.seq) - {BYTES} AS before \
             FROM ledger e WHERE e.seq > $1 AND e.seq <= $2) AS sizes WHERE before <= {PAGE_LIMIT_BYTES}"
        );
        let until = self.link.look_in_lease(async |client| client.query_one(&until, &[&seq, &last]).await)?;
        let Some(until) = until.get::<_, Option<i64>>(0) else { return Ok(Vec::new()) };
        // Numbers have no gaps. So both tables are read over one range, whatever the planner knows of them.
        let sql = format!("{SELECT} AND a.seq > $1 AND a.seq <= $2 WHERE e.seq > $1 AND e.seq <= $2 ORDER BY e.seq");
        let rows = self.link.look(async |client| client.query(&sql, &[&seq, &until]).await)?;
        rows.iter().map(entry).collect()
    }

    fn of_subject(&mut self, subject: &Subject, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        // As in `after`.
        let until = format!(
            "SELECT max(seq) FROM (SELECT e.seq, sum({BYTES}) OVER (ORDER BY e.seq) - {BYTES} AS before FROM ledger e \
             WHERE e.subject = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3) AS sizes WHERE before <= {PAGE_LIMIT_BYTES}"
        );
        let (subject, seq, limit) = (subject.as_slice(), signed(seq), page(limit));
        let until = self.link.look(async |client| client.query_one(&until, &[&subject, &seq, &limit]).await)?;
        let Some(until) = until.get::<_, Option<i64>>(0) else { return Ok(Vec::new()) };
        let sql = format!("{SELECT} WHERE e.subject = $1 AND e.seq > $2 AND e.seq <= $3 ORDER BY e.seq");
        let rows = self.link.look(async |client| client.query(&sql, &[&subject, &seq, &until]).await)?;
        rows.iter().map(entry).collect()
    }

    fn subjects_of(&mut self, aliases: &[Alias]) -> Result<Vec<Subject>, StoreError> {
        let rows = self.link.look(async |client| {
            let sql = "SELECT DISTINCT subject FROM ledger_alias WHERE digest = $1 AND key_id = $2";
            let select = client.prepare(sql).await?;
            let mut rows = Vec::new();
            for alias in aliases {
                rows.extend(client.query(&select, &[&alias.digest.as_slice(), &i64::from(alias.key_id)]).await?);
            }
            Ok(rows)
        })?;
        let mut subjects = rows.iter().map(|row| fixed(row, 0)).collect::<Result<Vec<Subject>, _>>()?;
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }

    fn head(&mut self) -> Result<Head, StoreError> {
        let select = "SELECT seq, digest FROM ledger_head";
        let row = self.link.look_in_lease(async |client| client.query_one(select, &[]).await)?;
        head_of(&row)
    }

    fn renew(&mut self, node: &NodeId, applied: u64) -> Result<Head, StoreError> {
        self.link.step_in_lease(async |transaction| {
            let run = node.run().as_slice();
            let update = "UPDATE ledger_node SET applied = $2, renewals = renewals + 1 WHERE run = $1";
            if transaction.execute(update, &[&run, &signed(applied)]).await? == 0 {
                let insert = "INSERT INTO ledger_node (run, name, applied, renewals) VALUES ($1, $2, $3, 1)";
                transaction.execute(insert, &[&run, &node.name(), &signed(applied)]).await?;
            }
            // Locked: whoever appends next sees the node, whoever did before is seen here.
            head(transaction, " FOR SHARE").await
        })
    }

    fn nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        let sql = "SELECT name, run, applied, renewals FROM ledger_node";
        let rows = self.link.look_in_lease(async |client| client.query(sql, &[]).await)?;
        let node = |row: &Row| {
            let id = NodeId::from_parts(row.get(0), fixed(row, 1)?).map_err(|_| damaged())?;
            Ok(Node { id, applied: unsigned(row, 2), renewals: unsigned(row, 3) })
        };
        rows.iter().map(node).collect()
    }

    fn forget(&mut self, node: &NodeId, unless_more_than: Option<u64>) -> Result<(), StoreError> {
        let most = unless_more_than.map_or(i64::MAX, signed);
        let sql = "DELETE FROM ledger_node WHERE run = $1 AND renewals <= $2";
        let run = node.run().as_slice();
        self.link.look_in_lease(async |client| client.execute(sql, &[&run, &most]).await).map(|_| ())
    }

    fn wait(&mut self, seq: u64, at_most: Duration) -> Result<bool, StoreError> {
        let begun = Instant::now();
        loop {
            if self.head()?.seq > seq {
                return Ok(true);
            }
            let left = at_most.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(false);
            }
            if !self.options.does_listen() {
                std::thread::sleep(POLL.min(left));
            } else if !self.link.listen(left)? {
                return Ok(false);
            }
        }
    }

    fn adopt(&mut self, entries: &[StoredEntry]) -> Result<(), StoreError> {
        self.link.step(async |transaction| {
            let refused = || StoreError::corrupt("entries do not follow those that are there");
            let last = entries.iter().try_fold(head(transaction, " FOR UPDATE").await?, |last, entry| last.then(entry));
            let last = last.map_err(|_| refused())?;
            if is_taken(transaction, entries.iter().filter_map(|entry| entry.record.as_ref())).await? {
                return Err(refused().into());
            }
            insert(transaction, entries, last).await
        })
    }
}

async fn head(client: &impl GenericClient, lock: &str) -> Result<Head, Failure> {
    let row = client.query_one(&format!("SELECT seq, digest FROM ledger_head WHERE one = 1{lock}"), &[]).await?;
    Ok(head_of(&row)?)
}

fn head_of(row: &Row) -> Result<Head, StoreError> {
    Ok(Head { seq: unsigned(row, 0), digest: fixed(row, 1)? })
}

/// Whether a number of a record is there. Also where this very step would erase it.
async fn is_taken<'a>(
    transaction: &Transaction<'_>,
    records: impl Iterator<Item = &'a RecordNumber>,
) -> Result<bool, Error> {
    let records: Vec<&RecordNumber> = records.collect();
    if records.is_empty() {
        return Ok(false);
    }
    let select = transaction.prepare("SELECT 1 FROM ledger WHERE record = $1 AND number = $2").await?;
    for record in records {
        if transaction.query_opt(&select, &[&record.record(), &i64::from(record.number())]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn insert(transaction: &Transaction<'_>, entries: &[StoredEntry], last: Head) -> Result<(), Failure> {
    let entry_rows = "INSERT INTO ledger (seq, subject, record, number, body, alias_hash, content_hash, digest, keeps) \
                      SELECT ($1::bigint[])[i], ($2::bytea[])[i], ($3::text[])[i], ($4::bigint[])[i], ($5::text[])[i], \
                      ($6::bytea[])[i], ($7::bytea[])[i], ($8::bytea[])[i], ($9::smallint[])[i] \
                      FROM generate_series(1, $10::int) AS i";
    let alias_rows = "INSERT INTO ledger_alias (seq, subject, key_id, digest) \
                      SELECT ($1::bigint[])[i], ($2::bytea[])[i], ($3::bigint[])[i], ($4::bytea[])[i] \
                      FROM generate_series(1, $5::int) AS i";
    let (entry_rows, alias_rows) = (transaction.prepare(entry_rows).await?, transaction.prepare(alias_rows).await?);
    for rows in entries.chunks(ROWS) {
        let seqs: Vec<i64> = rows.iter().map(|entry| signed(entry.seq)).collect();
        let subjects: Vec<Option<&[u8]>> = rows.iter().map(|entry| entry.subject.as_ref().map(|s| &s[..])).collect();
        let record = |entry: &'_ StoredEntry| entry.record.as_ref().map(|record| record.record().to_owned());
        let records: Vec<Option<String>> = rows.iter().map(record).collect();
        let number = |entry: &StoredEntry| entry.record.as_ref().map(|record| i64::from(record.number()));
        let numbers: Vec<Option<i64>> = rows.iter().map(number).collect();
        let body = |entry: &'_ StoredEntry| Some(entry.body.clone()).filter(|body| !body.is_empty());
        let bodies: Vec<Option<String>> = rows.iter().map(body).collect();
        let aliases: Vec<&[u8]> = rows.iter().map(|entry| &entry.alias_hash[..]).collect();
        let contents: Vec<&[u8]> = rows.iter().map(|entry| &entry.content_hash[..]).collect();
        let digests: Vec<&[u8]> = rows.iter().map(|entry| &entry.digest[..]).collect();
        let keeps: Vec<i16> = rows.iter().map(|entry| entry.keeps.number()).collect();
        let count = rows.len() as i32;
        let values: [&(dyn ToSql + Sync); 10] =
            [&seqs, &subjects, &records, &numbers, &bodies, &aliases, &contents, &digests, &keeps, &count];
        transaction.execute(&entry_rows, &values).await?;
        let led: Vec<(&StoredEntry, &Alias)> =
            rows.iter().filter_map(|entry| Some((entry, entry.alias.as_ref()?))).collect();
        if !led.is_empty() {
            let seqs: Vec<i64> = led.iter().map(|(entry, _)| signed(entry.seq)).collect();
            let subjects: Vec<Option<&[u8]>> =
                led.iter().map(|(entry, _)| entry.subject.as_ref().map(|s| &s[..])).collect();
            let keys: Vec<i64> = led.iter().map(|(_, alias)| i64::from(alias.key_id)).collect();
            let digests: Vec<&[u8]> = led.iter().map(|(_, alias)| &alias.digest[..]).collect();
            let count = led.len() as i32;
            transaction.execute(&alias_rows, &[&seqs, &subjects, &keys, &digests, &count]).await?;
        }
    }
    let head = "UPDATE ledger_head SET seq = $1, digest = $2 WHERE one = 1";
    transaction.execute(head, &[&signed(last.seq), &last.digest.as_slice()]).await?;
    Ok(())
}

/// Aliases go before entries, which they are of.
async fn remove(transaction: &Transaction<'_>, removal: &Removal) -> Result<(), Failure> {
    let without = "UPDATE ledger SET keeps = 1 WHERE keeps = 0 AND seq IN (SELECT seq FROM ledger_alias WHERE ";
    let from = "DELETE FROM ledger_alias WHERE ";
    match removal {
        Removal::Subject(subject) => {
            let subject = subject.as_slice();
            transaction.execute(&format!("{from} subject = $1"), &[&subject]).await?;
            let blank = "UPDATE ledger SET subject = NULL, record = NULL, number = NULL, body = NULL, keeps = 2 \
                         WHERE subject = $1";
            transaction.execute(blank, &[&subject]).await?;
        }
        Removal::Alias(subject, alias) => {
            let which = "subject = $1 AND key_id = $2 AND digest = $3";
            let (subject, key_id, digest) = (subject.as_slice(), i64::from(alias.key_id), alias.digest.as_slice());
            transaction.execute(&format!("{without} {which})"), &[&subject, &key_id, &digest]).await?;
            transaction.execute(&format!("{from} {which}"), &[&subject, &key_id, &digest]).await?;
        }
        Removal::AliasesUnder(key_id) => {
            let key_id = i64::from(*key_id);
            transaction.execute(&format!("{without} key_id = $1)"), &[&key_id]).await?;
            transaction.execute(&format!("{from} key_id = $1"), &[&key_id]).await?;
        }
    }
    Ok(())
}

fn entry(row: &Row) -> Result<StoredEntry, StoreError> {
    let record = match (row.get::<_, Option<&str>>(2), row.get::<_, Option<i64>>(3)) {
        (Some(record), Some(number)) => {
            let number = u32::try_from(number).map_err(|_| damaged())?;
            Some(RecordNumber::new(record, number).map_err(|_| damaged())?)
        }
        (None, None) => None,
        _ => return Err(damaged()),
    };
    let alias = match row.get::<_, Option<i64>>(7) {
        Some(key_id) => Some(Alias { key_id: u32::try_from(key_id).map_err(|_| damaged())?, digest: fixed(row, 8)? }),
        None => None,
    };
    let subject = row.get::<_, Option<&[u8]>>(1).map(|_| fixed(row, 1)).transpose()?;
    let keeps = Keeps::from_number(row.get(6)).ok_or_else(damaged)?;
    let body = row.get::<_, Option<String>>(4).unwrap_or_default();
    let (seq, digest) = (unsigned(row, 0), fixed(row, 5)?);
    let (alias_hash, content_hash) = (fixed(row, 9)?, fixed(row, 10)?);
    Ok(StoredEntry { seq, subject, alias, record, body, alias_hash, content_hash, digest, keeps })
}

fn damaged() -> StoreError {
    StoreError::corrupt("a row is not what this version writes")
}

/// Bytes of a fixed length. The column's type is the schema's, its length is not.
fn fixed<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], StoreError> {
    row.get::<_, Option<&[u8]>>(column).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row, column: usize) -> u64 {
    row.get::<_, i64>(column).unsigned_abs()
}

fn page(limit: usize) -> i64 {
    limit.clamp(1, PAGE_LIMIT_ENTRIES) as i64
}
