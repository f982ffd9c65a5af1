//! Entries as lines of JSON, that any storage can take.
//!
//! The first line says the format, the last one the head, so that a file that was cut short is told. In between each line
//! is an entry; digests and numbers of subjects are hexadecimal. Hashes of parts are written where the parts were removed.

use super::chain::{alias_hash, content_hash};
use super::{Alias, Head, Keeps, LedgerStorage, PAGE_LIMIT_ENTRIES, RecordNumber, StoredEntry};
use crate::StoreError;
use crate::owner_only;
use pii_core::hex::{Hex, unhex};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

/// A body with everything escaped, and the rest of its line.
const LINE_LIMIT_BYTES: u64 = 6 * super::BODY_LIMIT_BYTES as u64 + (4 << 10);

/// How many entries are taken in one step.
const STEP: usize = 1000;

#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase", deny_unknown_fields)]
enum Line {
    Begin { format: String },
    Entry(Box<EntryLine>),
    End { seq: u64, digest: String },
}

const FORMAT: &str = "pii-ledger-1";

#[derive(Serialize, Deserialize)]
struct EntryLine {
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    alias: Option<(u32, String)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    record: Option<(String, u32)>,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    alias_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    content_hash: Option<String>,
    digest: String,
    #[serde(skip_serializing_if = "is_zero", default)]
    erased: i16,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i16) -> bool {
    *number == 0
}

/// Writes all entries to a new file for its owner alone, checks them on the way, and says which was the last.
///
/// # Errors
/// The file is there already or cannot be written ([`StoreError::is_file`]); the ledger is damaged or cannot be read.
pub fn export_to(storage: &mut dyn LedgerStorage, path: &Path) -> Result<Head, StoreError> {
    let failed = |error: std::io::Error| StoreError::file(path, "write it", &error);
    owner_only::create_new(path)?;
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let mut put = |line: &Line| {
        serde_json::to_writer(&mut out, line).map_err(std::io::Error::from)?;
        out.write_all(b"\n")
    };
    put(&Line::Begin { format: FORMAT.to_owned() }).map_err(failed)?;
    let mut head = Head::default();
    loop {
        let page = storage.after(head.seq, PAGE_LIMIT_ENTRIES)?;
        if page.is_empty() {
            break;
        }
        for entry in &page {
            head = head.then(entry)?;
            put(&Line::Entry(Box::new(written(entry)))).map_err(failed)?;
        }
    }
    put(&Line::End { seq: head.seq, digest: Hex(&head.digest).to_string() }).map_err(failed)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(head)
}

/// Reads a file of [`export_to`] whole and checks it, and then takes into the storage what is not there yet. What is there
/// must be a beginning of the same ledger; an import that was stopped goes on.
///
/// # Errors
/// The file cannot be read ([`StoreError::is_file`]), is none ([`StoreError::is_format`]), or was cut short or changed
/// ([`StoreError::is_corrupt`]): nothing is taken. The storage has another ledger, or a longer one
/// ([`StoreError::is_format`]).
pub fn import_from(storage: &mut dyn LedgerStorage, path: &Path) -> Result<Head, StoreError> {
    let here = storage.head()?;
    let (mut is_same, mut head) = (here.seq == 0, Head::default());
    let end = each_entry(path, |entry| {
        head = head.then(&entry)?;
        is_same |= head == here;
        Ok(())
    })?;
    if end != head {
        return Err(StoreError::corrupt("the exported file's last line is of another ledger"));
    }
    if !is_same {
        return Err(StoreError::format("the store has entries that the file has not: import into an empty store"));
    }
    let mut step = Vec::with_capacity(STEP);
    each_entry(path, |entry| {
        if entry.seq > here.seq {
            step.push(entry);
        }
        if step.len() == STEP {
            storage.adopt(&step)?;
            step.clear();
        }
        Ok(())
    })?;
    storage.adopt(&step)?;
    Ok(head)
}

/// Reads entries one after the other, and says what the last line says.
fn each_entry(path: &Path, mut take: impl FnMut(StoredEntry) -> Result<(), StoreError>) -> Result<Head, StoreError> {
    let failed = |error: std::io::Error| StoreError::file(path, "read it", &error);
    let mut input = BufReader::new(File::open(path).map_err(failed)?);
    let (mut text, mut is_begun) = (String::new(), false);
    loop {
        text.clear();
        input.by_ref().take(LINE_LIMIT_BYTES).read_line(&mut text).map_err(failed)?;
        // The message of the reader may quote what stands there.
        let line = serde_json::from_str(&text);
        match line {
            Ok(Line::Begin { format }) if !is_begun && format == FORMAT => is_begun = true,
            Ok(Line::Entry(line)) if is_begun => take(read(*line).ok_or_else(changed)?)?,
            Ok(Line::End { seq, digest }) if is_begun => {
                return Ok(Head { seq, digest: unhex(digest.as_bytes()).ok_or_else(changed)? });
            }
            _ if is_begun => return Err(changed()),
            _ => return Err(StoreError::format("this is no exported ledger: give another path")),
        }
    }
}

fn changed() -> StoreError {
    StoreError::corrupt("the exported file was cut short or changed")
}

fn written(entry: &StoredEntry) -> EntryLine {
    EntryLine {
        seq: entry.seq,
        subject: entry.subject.as_ref().map(|subject| Hex(subject).to_string()),
        alias: entry.alias.as_ref().map(|alias| (alias.key_id, Hex(&alias.digest).to_string())),
        record: entry.record.as_ref().map(|record| (record.record().to_owned(), record.number())),
        body: entry.body.clone(),
        alias_hash: (entry.keeps != Keeps::All).then(|| Hex(&entry.alias_hash).to_string()),
        content_hash: (entry.keeps == Keeps::Nothing).then(|| Hex(&entry.content_hash).to_string()),
        digest: Hex(&entry.digest).to_string(),
        erased: entry.keeps.number(),
    }
}

/// `None` where something has another form. An absent part and one that does not fit are told apart.
fn read(line: EntryLine) -> Option<StoredEntry> {
    let alias = |(key_id, digest): (u32, String)| Some(Alias { key_id, digest: unhex(digest.as_bytes())? });
    let record = |(record, number): (String, u32)| RecordNumber::new(&record, number).ok();
    let mut entry = StoredEntry {
        seq: line.seq,
        subject: line.subject.map_or(Some(None), |subject| unhex(subject.as_bytes()).map(Some))?,
        alias: line.alias.map_or(Some(None), |line| alias(line).map(Some))?,
        record: line.record.map_or(Some(None), |line| record(line).map(Some))?,
        body: line.body,
        alias_hash: [0; 32],
        content_hash: [0; 32],
        digest: unhex(line.digest.as_bytes())?,
        keeps: Keeps::from_number(line.erased)?,
    };
    entry.alias_hash = match line.alias_hash {
        Some(kept) => unhex(kept.as_bytes())?,
        None => alias_hash(entry.alias.as_ref()),
    };
    entry.content_hash = match line.content_hash {
        Some(kept) => unhex(kept.as_bytes())?,
        None => content_hash(&entry),
    };
    Some(entry)
}
