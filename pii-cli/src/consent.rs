//! `pii declare`, `source`, `purpose`, `recipient`, `consent`, `subject` and `store`: commands on a store of consents.

mod ask;
mod check;
mod declaration;
mod declare;
mod export;
mod import;
mod listing;
mod opened;
mod rights;
mod show;
mod source;
mod store;
mod whose;
mod withdraw;

use crate::arguments::OutputForm;
use crate::arguments::consent::{
    At, ConsentCommand, LedgerCommand, PurposeCommand, RecipientCommand, RightsCommand, SourceCommand, StoreCommand,
};
use crate::exit::Failure;
use crate::output;
use comfy_table::{ContentArrangement, Table, presets};
use pii_store::consents::ConsentError;
use std::io::IsTerminal as _;
use std::process::ExitCode;

pub(crate) fn run(command: &LedgerCommand) -> Result<ExitCode, Failure> {
    match command {
        LedgerCommand::Declare(arguments) => declare::run(arguments, declare::Which::All),
        LedgerCommand::Source(arguments) => match &arguments.command {
            SourceCommand::Add { id, name, key, at, digests, writes } => {
                source::add((id, name, key), at, digests, writes)
            }
            SourceCommand::List { at } => listing::sources(at),
            SourceCommand::End { id, at, digests, writes } => source::end(id, at, digests, writes),
        },
        LedgerCommand::Purpose(arguments) => match &arguments.command {
            PurposeCommand::Publish(arguments) => declare::run(arguments, declare::Which::Purposes),
            PurposeCommand::List { at } => listing::purposes(at),
            PurposeCommand::Show { code, at } => listing::purpose(code, at),
        },
        LedgerCommand::Recipient(arguments) => match &arguments.command {
            RecipientCommand::List { at } => listing::recipients(at),
            RecipientCommand::Show { code, at } => listing::recipient(code, at),
        },
        LedgerCommand::Consent(arguments) => consent(&arguments.command),
        LedgerCommand::Subject(arguments) => subject(&arguments.command),
        LedgerCommand::Store(arguments) => match &arguments.command {
            StoreCommand::Backup { out, at } => store::back_up(out, at),
            StoreCommand::Restore { from, at } => store::restore(from, at),
            StoreCommand::Check { at } => store::check(at),
        },
    }
}

fn consent(command: &ConsentCommand) -> Result<ExitCode, Failure> {
    match command {
        ConsentCommand::Import { file, at, digests } => import::run(file, at, digests),
        ConsentCommand::Ask { whose, scope, notice, notice_version, at } => {
            ask::run(whose, scope, (notice, *notice_version), at)
        }
        ConsentCommand::Withdraw { whose, purpose, recipient, record, at, writes } => {
            withdraw::run(whose, (purpose.as_deref(), recipient.as_deref(), *record), at, writes)
        }
        ConsentCommand::Show { whose, at } => show::run(whose, at),
        ConsentCommand::Check { whose, scope, when, at } => check::run(whose, scope, *when, at),
        ConsentCommand::Export { whose, at } => export::receipts(whose, at),
    }
}

fn subject(command: &RightsCommand) -> Result<ExitCode, Failure> {
    match command {
        RightsCommand::Id { whose, at } => rights::id(whose, at),
        RightsCommand::Export { whose, at } => export::person(whose, at),
        RightsCommand::Restrict { whose, at, writes } => rights::restrict(whose, at, writes),
        RightsCommand::Lift { whose, at, writes } => rights::lift(whose, at, writes),
        RightsCommand::Delete { whose, held, nothing_held: _, confirm, at, writes } => {
            rights::delete(whose, held, *confirm, (at, writes))
        }
        RightsCommand::Request { right, whose, due, working_days, at } => {
            rights::request(right.right(), whose, (*due, *working_days), at)
        }
        RightsCommand::Answer { request, refused_because, at } => rights::answer(request, refused_because.clone(), at),
        RightsCommand::Requests { overdue, at } => listing::requests(*overdue, at),
    }
}

/// What the rules of consent do not allow is blocked; what cannot be used is the input's fault; the rest was asked wrongly.
fn failure(error: &ConsentError) -> Failure {
    if error.fault().is_some() {
        Failure::blocked(error)
    } else if error.is_store() {
        Failure::input(error)
    } else {
        Failure::usage(error)
    }
}

fn is_json(at: &At) -> bool {
    match at.output {
        Some(form) => form == OutputForm::Json,
        None => !std::io::stdout().is_terminal(),
    }
}

/// Rows as a table for people, or as one JSON object a line.
fn print_rows(at: &At, header: &[&str], rows: &[Vec<String>]) -> Result<ExitCode, Failure> {
    if is_json(at) {
        for row in rows {
            let cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let object: serde_json::Map<_, _> =
                cells.map(|(name, cell)| ((*name).to_owned(), cell.clone().into())).collect();
            output::print(serde_json::Value::Object(object))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    for row in rows {
        table.add_row(row.iter().map(|cell| crate::exit::shown(cell)));
    }
    output::print(table)?;
    Ok(ExitCode::SUCCESS)
}
