//! Exit codes and how failures are told. The codes are a contract: scripts branch on them.

use std::fmt::Display;
use std::process::ExitCode;

/// Everything was done.
pub(crate) const DONE: u8 = 0;
/// `--fail` was given and something was found.
pub(crate) const FOUND: u8 = 1;
const USAGE: u8 = 2;
const INPUT: u8 = 3;
const BLOCKED: u8 = 4;

/// Why the command stopped.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// The command was given wrongly, or rules or a policy are wrong.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { code: USAGE, message: message.to_string() }
    }

    /// An input cannot be read or an output cannot be written.
    pub(crate) fn input(message: impl Display) -> Self {
        Self { code: INPUT, message: message.to_string() }
    }

    /// What was found may not go.
    pub(crate) fn blocked(message: impl Display) -> Self {
        Self { code: BLOCKED, message: message.to_string() }
    }

    /// An input that could not be taken through.
    pub(crate) fn of(name: &str, error: &pii_formats::Error) -> Self {
        let message = format!("{name}: {error}");
        if error.is_blocked() { Self::blocked(message) } else { Self::input(message) }
    }

    /// The worse of two failures, for commands that go on after the first.
    pub(crate) fn worse(self, other: Self) -> Self {
        if other.code > self.code { other } else { self }
    }

    /// Says on standard error what happened.
    pub(crate) fn tell(self) -> ExitCode {
        anstream::eprintln!("{style}pii:{style:#} {}", self.message, style = error_style());
        ExitCode::from(self.code)
    }
}

fn error_style() -> anstyle::Style {
    anstyle::AnsiColor::Red.on_default().bold()
}

/// Help and version are no failures; all else that the parser says is wrong usage.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Where even this cannot be printed there is nobody to tell.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { USAGE } else { DONE })
}
