//! Completion scripts and the manual pages, made from the command line's own definition.

use crate::arguments::{Arguments, Completions, Manual};
use crate::exit::Failure;
use crate::output;
use clap::CommandFactory as _;
use std::process::ExitCode;

pub(crate) fn completions(arguments: &Completions) -> Result<ExitCode, Failure> {
    // Into memory first: the generator takes an output that fails for a fault of its own, and panics.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "pii", &mut script);
    output::print(String::from_utf8_lossy(&script).trim_end())?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn manual(arguments: &Manual) -> Result<ExitCode, Failure> {
    let mut command = Arguments::command();
    command.build();
    let mut page = &command;
    for name in &arguments.command {
        page = page.find_subcommand(name).ok_or_else(|| {
            let names: Vec<&str> = page.get_subcommands().map(clap::Command::get_name).collect();
            let instead = match &names[..] {
                [] => format!(
                    "`{}` has no commands of its own",
                    page.get_display_name().unwrap_or("pii").replace('-', " ")
                ),
                some => format!("write one of {}", some.join(", ")),
            };
            Failure::usage(format!("there is no command {name:?} here; {instead}"))
        })?;
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(page.clone()).render(&mut text).map_err(|error| Failure::standard_output(&error))?;
    output::print(String::from_utf8_lossy(&text).trim_end())?;
    Ok(ExitCode::SUCCESS)
}
