//! `pii store`: copies of a store, and whether it is what it was.

use super::is_json;
use super::opened::{Begin, Place};
use crate::arguments::consent::At;
use crate::exit::Failure;
use crate::output;
use pii_store::consents::Soundness;
use pii_store::ledger::{Head, export_to, import_from};
use pii_store::{Postgres, Sqlite};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn back_up(out: &Path, at: &At) -> Result<ExitCode, Failure> {
    let head = match Place::of(&at.store)? {
        Place::File(path) => Sqlite::open(&path).and_then(|mut store| store.back_up(out)).map(|copied| copied.ledger),
        Place::Postgres(options) => Postgres::open(&options).and_then(|mut store| export_to(&mut store, out)),
    };
    told("copied and checked", head.map_err(Failure::input)?)
}

pub(super) fn restore(from: &Path, at: &At) -> Result<ExitCode, Failure> {
    let head = match Place::of(&at.store)? {
        Place::File(path) => Sqlite::restore(from, &path).map(|copied| copied.ledger),
        Place::Postgres(options) => {
            Postgres::open_or_begin(&options).and_then(|mut store| import_from(&mut store, from))
        }
    };
    told("restored and checked", head.map_err(Failure::input)?)?;
    crate::exit::say(
        "pii: the store is as it was when the copy was made. Consents withdrawn since are in force again, and what was deleted since \
         is there again. Before anything is sent: enter the withdrawals and deletions again, as the audit trail has them \
         (`pii audit query DIR --question …` and docs/consent.md), then start the nodes",
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check(at: &At) -> Result<ExitCode, Failure> {
    let place = Place::of(&at.store)?;
    if let Place::File(path) = &place {
        Sqlite::open(path).and_then(|mut store| store.check()).map_err(Failure::input)?;
    }
    let mut storage = place.connect(Begin::No).map_err(Failure::input)?;
    let found = Soundness::of(&mut *storage).map_err(Failure::input)?;
    let Soundness { head, subjects, records, refused, outrun, receipts, unsigned, has_unexplained_blanks } = found;
    if is_json(at) {
        output::print(serde_json::json!({
            "entries": head.seq, "digest": hex(&head), "subjects": subjects, "records": records, "receipts": receipts,
            "unsigned": unsigned, "refused": refused, "outrun": outrun, "unexplained_blanks": has_unexplained_blanks
        }))?;
    } else {
        output::print(format_args!(
            "{} entries, {subjects} subjects, {records} records, {receipts} receipts; not signed by their source: {unsigned}; \
             against the rules: {refused}; without effect, since another node was faster: {outrun}; {}digest {}",
            head.seq,
            if has_unexplained_blanks { "entries are blank that no deletion left; " } else { "" },
            hex(&head)
        ))?;
    }
    if found.is_sound() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::input("the store holds what nobody could have written by this program: find out who can write to it"))
}

fn told(what: &str, head: Head) -> Result<ExitCode, Failure> {
    output::print(format_args!("{what}: {} entries, digest {}", head.seq, hex(&head)))?;
    Ok(ExitCode::SUCCESS)
}

fn hex(head: &Head) -> String {
    head.digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
