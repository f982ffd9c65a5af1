//! `pii policy`: checks, explains, tests and compares what becomes of what is found.

mod cases;
mod check;
mod diff;
mod explain;
mod flows;
mod message;
mod outcome;
mod sentence;
mod whole;

use crate::arguments::{Policy as Arguments, PolicyCommand};
use crate::exit::Failure;
use std::process::ExitCode;

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        PolicyCommand::Check { file, rules } => check::run(file.as_deref(), rules.as_deref()),
        PolicyCommand::Explain(arguments) => match &arguments.kind {
            Some(kind) => explain::run(arguments, kind),
            None => message::run(arguments),
        },
        PolicyCommand::Test(arguments) => cases::run(arguments),
        PolicyCommand::Diff(arguments) => diff::run(arguments),
    }
}
