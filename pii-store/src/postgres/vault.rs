//! A vault's rows in PostgreSQL.

use super::Postgres;
use super::failure::Failure;
use crate::StoreError;
use crate::storage::{
    BlindIndex, CHECK_BYTES, FoundToken, Holder, New, Row, StoredEnvelope, StoredIndexKey, VaultStorage, Which,
};
use std::collections::HashMap;
use tokio_postgres::{Error, GenericClient, Transaction};

/// How many rows are asked for in one statement.
const ROWS: usize = 1000;

/// One writer at a time: two who find a value missing would both give it a token.
const LOCK: &str = "LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE";

impl VaultStorage for Postgres {
    fn index_key(&mut self) -> Result<Option<StoredIndexKey>, StoreError> {
        self.link.look(async |client| index_key(client).await)?.transpose()
    }

    fn begin(&mut self, key: &StoredIndexKey) -> Result<StoredIndexKey, StoreError> {
        self.link.step(async |transaction| {
            transaction.batch_execute("LOCK TABLE index_key IN SHARE ROW EXCLUSIVE MODE").await?;
            if let Some(there) = index_key(transaction).await? {
                return Ok(there?);
            }
            let insert = "INSERT INTO index_key (one, key_id, algorithm, wrapped) VALUES (1, $1, $2, $3)";
            transaction.execute(insert, &[&i64::from(key.key_id), &key.algorithm, &key.wrapped]).await?;
            Ok(key.clone())
        })
    }

    fn tokens(&mut self, indexes: &[BlindIndex]) -> Result<Vec<Option<FoundToken>>, StoreError> {
        let mut found = self.link.look(async |client| tokens(client, indexes).await)?;
        indexes.iter().map(|index| found.remove(index).transpose()).collect()
    }

    fn keep(&mut self, new: Option<New<'_>>, holders: &[Holder]) -> Result<Vec<FoundToken>, StoreError> {
        self.link.step(async |transaction| {
            transaction.batch_execute(LOCK).await?;
            let tokens = match new {
                Some(new) => insert(transaction, new).await?,
                None => Vec::new(),
            };
            let note = "INSERT INTO holder (subject, place) SELECT $1, place FROM entry WHERE place = $2 \
                        AND NOT EXISTS (SELECT 1 FROM holder h WHERE h.subject = $1 AND h.place = $2)";
            let note = transaction.prepare(note).await?;
            for holder in holders {
                transaction.execute(&note, &[&holder.subject.as_slice(), &holder.row.as_slice()]).await?;
            }
            Ok(tokens)
        })
    }

    fn row(&mut self, token: &str) -> Result<Option<Row>, StoreError> {
        let select = "SELECT place, token, kind, scope, sealed, checked FROM entry WHERE token = $1";
        let row = self.link.look(async |client| client.query_opt(select, &[&token]).await)?;
        let read = |row: tokio_postgres::Row| {
            Ok(Row {
                index: fixed(row.get(0))?,
                token: row.get(1),
                kind: row.get(2),
                scope: row.get::<_, Option<String>>(3).unwrap_or_default(),
                sealed: row.get(4),
                check: fixed(row.get(5))?,
            })
        };
        row.map(read).transpose()
    }

    fn envelope(&mut self, data_key: [u8; 8]) -> Result<Option<StoredEnvelope>, StoreError> {
        let select = "SELECT text FROM envelope WHERE data_key = $1";
        let row = self.link.look(async |client| client.query_opt(select, &[&data_key.as_slice()]).await)?;
        Ok(row.map(|row| StoredEnvelope { data_key, text: row.get(0) }))
    }

    fn envelopes(&mut self) -> Result<Vec<StoredEnvelope>, StoreError> {
        let rows = self.link.look(async |client| client.query("SELECT data_key, text FROM envelope", &[]).await)?;
        rows.iter().map(|row| Ok(StoredEnvelope { data_key: fixed(row.get(0))?, text: row.get(1) })).collect()
    }

    fn replace(&mut self, envelopes: &[StoredEnvelope], index_key: Option<&StoredIndexKey>) -> Result<(), StoreError> {
        self.link.step(async |transaction| {
            let update = transaction.prepare("UPDATE envelope SET text = $2 WHERE data_key = $1").await?;
            for envelope in envelopes {
                transaction.execute(&update, &[&envelope.data_key.as_slice(), &envelope.text]).await?;
            }
            if let Some(key) = index_key {
                let update = "UPDATE index_key SET key_id = $1, algorithm = $2, wrapped = $3";
                transaction.execute(update, &[&i64::from(key.key_id), &key.algorithm, &key.wrapped]).await?;
            }
            Ok(())
        })
    }

    fn remove(&mut self, which: Which<'_>) -> Result<u64, StoreError> {
        self.link.step(async |transaction| {
            transaction.batch_execute(LOCK).await?;
            match which {
                Which::Tokens(tokens) => {
                    Ok(transaction.execute("DELETE FROM entry WHERE token = ANY ($1)", &[&tokens]).await?)
                }
                Which::Indexes(indexes) => {
                    let places: Vec<&[u8]> = indexes.iter().map(|index| &index[..]).collect();
                    Ok(transaction.execute("DELETE FROM entry WHERE place = ANY ($1)", &[&places]).await?)
                }
                Which::Subject(subject) => remove_subject(transaction, subject).await,
            }
        })
    }
}

async fn index_key(client: &impl GenericClient) -> Result<Option<Result<StoredIndexKey, StoreError>>, Error> {
    let row = client.query_opt("SELECT key_id, algorithm, wrapped FROM index_key", &[]).await?;
    Ok(row.map(|row| {
        let key_id = u32::try_from(row.get::<_, i64>(0)).map_err(|_| damaged())?;
        Ok(StoredIndexKey { key_id, algorithm: row.get(1), wrapped: row.get(2) })
    }))
}

async fn tokens(
    client: &impl GenericClient,
    indexes: &[BlindIndex],
) -> Result<HashMap<BlindIndex, Result<FoundToken, StoreError>>, Error> {
    let select = client.prepare("SELECT place, token, checked FROM entry WHERE place = ANY ($1)").await?;
    let mut found = HashMap::with_capacity(indexes.len());
    for asked in indexes.chunks(ROWS) {
        let places: Vec<&[u8]> = asked.iter().map(|index| &index[..]).collect();
        for row in client.query(&select, &[&places]).await? {
            // One of another length was not asked for.
            if let Ok(place) = row.get::<_, &[u8]>(0).try_into() {
                let token = fixed::<CHECK_BYTES>(row.get(2)).map(|check| (row.get(1), check));
                found.insert(place, token);
            }
        }
    }
    Ok(found)
}

async fn insert(transaction: &Transaction<'_>, new: New<'_>) -> Result<Vec<FoundToken>, Failure> {
    let envelope = "INSERT INTO envelope (data_key, text) SELECT $1, $2 \
                    WHERE NOT EXISTS (SELECT 1 FROM envelope WHERE data_key = $1)";
    transaction.execute(envelope, &[&new.envelope.data_key.as_slice(), &new.envelope.text]).await?;
    let indexes: Vec<BlindIndex> = new.rows.iter().map(|row| row.index).collect();
    let mut there = tokens(transaction, &indexes).await?;
    let insert = "INSERT INTO entry (place, token, kind, scope, sealed, checked) VALUES ($1, $2, $3, $4, $5, $6)";
    let insert = transaction.prepare(insert).await?;
    let mut kept = Vec::with_capacity(new.rows.len());
    for row in new.rows {
        let token = match there.remove(&row.index) {
            Some(token) => token?,
            None => {
                let (place, check) = (row.index.as_slice(), row.check.as_slice());
                let scope = Some(&row.scope).filter(|scope| !scope.is_empty());
                transaction.execute(&insert, &[&place, &row.token, &row.kind, &scope, &row.sealed, &check]).await?;
                (row.token.clone(), row.check)
            }
        };
        kept.push(token);
    }
    Ok(kept)
}

/// A value may belong to several (an address, a landline): it goes with the last of them.
async fn remove_subject(transaction: &Transaction<'_>, subject: &BlindIndex) -> Result<u64, Failure> {
    let subject = subject.as_slice();
    let rows = "DELETE FROM entry WHERE place IN (SELECT place FROM holder WHERE subject = $1) \
                AND NOT EXISTS (SELECT 1 FROM holder WHERE holder.place = entry.place AND holder.subject <> $1)";
    let removed = transaction.execute(rows, &[&subject]).await?;
    transaction.execute("DELETE FROM holder WHERE subject = $1", &[&subject]).await?;
    Ok(removed)
}

fn damaged() -> StoreError {
    StoreError::corrupt("a row is not what this version writes")
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| damaged())
}
