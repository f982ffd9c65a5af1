//! Completion scripts and the manual page, made from the command line's own definition.

use crate::arguments::{Arguments, Completions};
use crate::exit::Failure;
use clap::CommandFactory as _;
use std::io;
use std::process::ExitCode;

pub(crate) fn completions(arguments: &Completions) -> Result<ExitCode, Failure> {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "pii", &mut io::stdout());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn manual() -> Result<ExitCode, Failure> {
    let page = clap_mangen::Man::new(Arguments::command());
    page.render(&mut io::stdout()).map_err(|error| Failure::input(format!("standard output: {error}")))?;
    Ok(ExitCode::SUCCESS)
}
