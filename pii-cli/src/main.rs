//! `pii`: finds and masks investors' personal information in files and streams.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod arguments;
mod audit;
mod audit_file;
mod consent;
mod counts;
mod destination;
mod exit;
mod fault;
mod input;
mod interrupt;
mod keys;
mod line_file;
mod mask;
mod output;
mod passage;
mod person;
mod place;
mod policy;
mod progress;
mod report;
mod reveal;
mod rights;
mod rules;
mod scan;
mod setup;
mod shell;
mod source;
mod standard;
mod stream;
mod table;
mod tally;
mod trail;
mod verify;
mod work;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::usage(&error),
    };
    interrupt::watch();
    fault::watch();
    let outcome = fault::contained("pii", || match &arguments.command {
        Command::Scan(arguments) => scan::run(arguments),
        Command::Mask(arguments) => mask::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Policy(arguments) => policy::run(arguments),
        Command::Keys(arguments) => keys::run(arguments),
        Command::Reveal(arguments) => reveal::run(arguments),
        Command::Ledger(command) => consent::run(command),
        Command::Audit(arguments) => audit::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Crypto(arguments) => keys::crypto(arguments),
        Command::Completions(arguments) => shell::completions(arguments),
        Command::Manual(arguments) => shell::manual(arguments),
    });
    outcome.unwrap_or_else(|failure| ExitCode::from(failure.tell()))
}
