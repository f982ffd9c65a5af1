//! `pii-proxy`: stands in front of gateways and partners, and lets nothing personal out in clear.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod arguments;
mod change;
mod client;
mod demo;
mod fault;
mod learn;
mod run;
mod suppress;
mod why;

use arguments::{Arguments, Command};
use clap::Parser as _;
use pii_proxy::config::SCHEMA;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    fault::watch();
    let outcome = match &arguments.command {
        Some(Command::Why(why)) => why::run(why),
        Some(Command::Apply(apply)) => change::apply(apply),
        Some(Command::Rollback(rollback)) => change::rollback(rollback),
        Some(Command::Versions(listed)) => change::versions(listed),
        Some(Command::Suppress(suppress)) => suppress::run(suppress),
        Some(Command::Learn(learn)) => learn::run(learn),
        Some(Command::Demo(demo)) => demo::run(demo),
        Some(Command::Openapi) => {
            print!("{}", pii_proxy::local::OPENAPI);
            Ok(())
        }
        Some(Command::Schema) => {
            print!("{SCHEMA}");
            Ok(())
        }
        None => run::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("pii-proxy: {}", failure.what);
            ExitCode::from(failure.code)
        }
    }
}
