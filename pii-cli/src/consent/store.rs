//! `pii store`: copies of a store, and whether it is what it was.

use super::is_json;
use crate::arguments::consent::At;
use crate::exit::{Failure, say};
use crate::output;
use pii_core::hex::Hex;
use pii_flow::{Begin, Store, told as told_of};
use pii_store::consents::Soundness;
use pii_store::ledger::{Head, export_to, import_from};
use pii_store::{Postgres, Sqlite, StoreError};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

/// What files of SQLite begin with.
const SQLITE: &[u8] = b"SQLite format 3\0";

pub(super) fn back_up(out: &Path, at: &At) -> Result<ExitCode, Failure> {
    let head = match Store::of(&at.store)? {
        Store::File(path) => Sqlite::open(&path).and_then(|mut store| store.back_up(out)).map(|copied| copied.ledger),
        Store::Postgres(options) => Postgres::open(&options).and_then(|mut store| export_to(&mut store, out)),
    };
    told("copied and checked", head.map_err(Failure::input)?)
}

pub(super) fn restore(from: &Path, at: &At) -> Result<ExitCode, Failure> {
    let store = Store::of(&at.store)?;
    let is_file = is_file_of_sqlite(from)?;
    let head = match &store {
        Store::File(path) if is_file => Sqlite::restore(from, path).map(|copied| copied.ledger),
        _ if is_file => moved(from, &store),
        _ => store.connect(Begin::Yes).and_then(|mut storage| import_from(&mut *storage, from)),
    };
    told("restored and checked", head.map_err(Failure::input)?)?;
    say(
        "pii: the store is as it was when the copy was made. Consents withdrawn since are in force again, and what was deleted since \
         is there again. Before anything is sent: enter the withdrawals and deletions again, as the audit trail has them \
         (`pii audit export` shows them; docs/consent.md), then start the nodes",
    );
    if is_file && matches!(store, Store::Postgres(_)) {
        say("pii: the ledger was restored; tokens that the copied file may have too stay in it");
    }
    Ok(ExitCode::SUCCESS)
}

fn is_file_of_sqlite(path: &Path) -> Result<bool, Failure> {
    let mut begin = Vec::new();
    let read = File::open(path).and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut begin));
    read.map_err(|error| Failure::input(told_of(path.display(), &error)))?;
    Ok(begin == SQLITE)
}

/// The ledger of a copied file, into a store of another sort. By way of a folder of this process's own: a copy is checked as it
/// is restored, and stays as it is.
fn moved(from: &Path, to: &Store) -> Result<Head, StoreError> {
    let failed = |_| StoreError::unusable("no folder for temporary files: see TMPDIR");
    let folder = tempfile::tempdir().map_err(failed)?;
    let (file, lines) = (folder.path().join("store.db"), folder.path().join("ledger.jsonl"));
    Sqlite::restore(from, &file)?;
    export_to(&mut Sqlite::open(&file)?, &lines)?;
    import_from(&mut *to.connect(Begin::Yes)?, &lines)
}

pub(super) fn check(at: &At) -> Result<ExitCode, Failure> {
    let store = Store::of(&at.store)?;
    if let Store::File(path) = &store {
        Sqlite::open(path).and_then(|mut store| store.check()).map_err(Failure::input)?;
    }
    let mut storage = store.connect(Begin::No).map_err(Failure::input)?;
    let found = Soundness::of(&mut *storage).map_err(Failure::input)?;
    let Soundness { head, subjects, records, refused, outrun, receipts, unsigned, has_unexplained_blanks } = found;
    if is_json(at) {
        output::print(serde_json::json!({
            "entries": head.seq, "digest": Hex(&head.digest).to_string(), "subjects": subjects, "records": records, "receipts": receipts,
            "unsigned": unsigned, "refused": refused, "outrun": outrun, "unexplained_blanks": has_unexplained_blanks
        }))?;
    } else {
        output::print(format_args!(
            "{} entries, {subjects} subjects, {records} records, {receipts} receipts; not signed by their source: {unsigned}; \
             against the rules: {refused}; without effect, since another node was faster: {outrun}; {}digest {}",
            head.seq,
            if has_unexplained_blanks { "entries are blank that no deletion left; " } else { "" },
            Hex(&head.digest)
        ))?;
    }
    if found.is_sound() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::input("the store holds what nobody could have written by this program: find out who can write to it"))
}

fn told(what: &str, head: Head) -> Result<ExitCode, Failure> {
    output::print(format_args!("{what}: {} entries, digest {}", head.seq, Hex(&head.digest)))?;
    Ok(ExitCode::SUCCESS)
}
