//! `pii audit`: verifies a trail, says what became of a message, answers an auditor, removes what was kept long enough.
//!
//! A trail is only read here, but for what [`retain`] removes. What it holds and how it is verified is `pii_store::trail`'s.

pub(crate) mod against;
mod decision;
mod export;
mod prove;
mod public_keys;
mod query;
mod retain;
mod verify;
mod who;

use crate::arguments::{Audit, AuditCommand, OutputForm};
use crate::exit::{FOUND, Failure, say};
use comfy_table::{ContentArrangement, Table, presets};
use pii_store::trail::Progress;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

pub(crate) fn run(arguments: &Audit) -> Result<ExitCode, Failure> {
    match &arguments.command {
        AuditCommand::Verify(arguments) => verify::run(arguments),
        AuditCommand::Prove(arguments) => prove::run(arguments),
        AuditCommand::Query(arguments) => query::run(arguments),
        AuditCommand::Retain(arguments) => retain::run(arguments),
        AuditCommand::Export(arguments) => export::run(arguments),
        AuditCommand::Keys(arguments) => public_keys::run(arguments),
    }
}

/// Whether people read it.
fn is_for_people(form: Option<OutputForm>) -> bool {
    form.map_or_else(|| io::stdout().is_terminal(), |form| form == OutputForm::Table)
}

/// The code for a fault, or for an answer where there must be none.
fn ended(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(FOUND) }
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table
}

/// Says where an answer may not be all there is to say.
fn tell_of_unread(read: Progress) {
    if read.unread > 0 {
        say(format_args!(
            "pii: lines that are no record and were passed over: {}; what they held nobody knows: run `pii audit verify`",
            read.unread
        ));
    }
}
