//! Exit codes and how failures are told. The codes are a contract: scripts branch on them.

use clap::error::{ContextKind, ContextValue};
use pii_flow::{FlowError, told};
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Everything was done.
pub(crate) const DONE: u8 = 0;
/// `--fail` was given and something was found.
pub(crate) const FOUND: u8 = 1;
const USAGE: u8 = 2;
const INPUT: u8 = 3;
const BLOCKED: u8 = 4;

/// Why the command stopped, or why one of its inputs was not done.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    /// `None`: whoever read standard output has gone, and there is nothing to say.
    message: Option<String>,
}

impl Failure {
    /// The command was given wrongly, or rules or a policy are wrong.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { code: USAGE, message: Some(message.to_string()) }
    }

    /// An input cannot be read or an output cannot be written.
    pub(crate) fn input(message: impl Display) -> Self {
        Self { code: INPUT, message: Some(message.to_string()) }
    }

    /// What was found may not go.
    pub(crate) fn blocked(message: impl Display) -> Self {
        Self { code: BLOCKED, message: Some(message.to_string()) }
    }

    /// An input that could not be taken through.
    pub(crate) fn of(name: &str, error: &pii_formats::Error) -> Self {
        let message = format!("{name}: {error}");
        if error.is_blocked() { Self::blocked(message) } else { Self::input(message) }
    }

    /// A file, folder or device that the system does not let be read or written.
    pub(crate) fn system(name: impl Display, error: &io::Error) -> Self {
        Self::input(told(name, error))
    }

    /// Standard output that cannot be written. Where its reader has gone (`| head`) that is no fault of anybody's.
    pub(crate) fn standard_output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self { code: INPUT, message: None },
            _ => Self::system("standard output", error),
        }
    }

    /// The same, where a file is to blame for it.
    pub(crate) fn in_file(self, path: &Path) -> Self {
        Self { message: self.message.map(|message| format!("{}: {message}", path.display())), ..self }
    }

    /// Whether nobody reads standard output any more.
    pub(crate) fn is_closed_output(&self) -> bool {
        self.message.is_none()
    }

    /// Says on standard error what happened, and returns the exit code.
    pub(crate) fn tell(self) -> u8 {
        match self.message {
            Some(message) => write(format_args!("{style}pii:{style:#} {}", shown(&message), style = error_style())),
            None => crate::interrupt::end_as_writers_to_nobody_do(),
        }
        self.code
    }
}

impl From<FlowError> for Failure {
    fn from(error: FlowError) -> Self {
        if error.is_usage() { Self::usage(error) } else { Self::input(error) }
    }
}

/// Writes lines to standard error.
pub(crate) fn say(lines: impl Display) {
    write(shown(&lines.to_string()));
}

fn write(line: impl Display) {
    // Where even this cannot be written there is nobody to tell.
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Text in which no file name can move the cursor or colour the terminal.
pub(crate) fn shown(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    for c in message.chars() {
        if c.is_control() && c != '\n' { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

fn error_style() -> anstyle::Style {
    anstyle::AnsiColor::Red.on_default().bold()
}

/// Help and version are no failures; all else that the parser says is wrong usage. What was typed in the wrong place may be
/// somebody's number or name, and is not shown then.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let code = ExitCode::from(if error.use_stderr() { USAGE } else { DONE });
    let typed =
        [ContextKind::InvalidValue, ContextKind::InvalidArg].into_iter().find_map(|kind| match error.get(kind) {
            Some(ContextValue::String(typed)) if may_be_somebodys(typed) => Some(typed),
            _ => None,
        });
    // Where even this cannot be printed there is nobody to tell.
    let _ = match typed {
        None => error.print(),
        Some(typed) => write!(anstream::stderr(), "{}", error.render().ansi().to_string().replace(typed, "…")),
    };
    code
}

/// Whether it has as many digits as the shortest number that is anybody's, or is written in other than Latin letters.
fn may_be_somebodys(typed: &str) -> bool {
    typed.chars().filter(char::is_ascii_digit).count() >= 6 || !typed.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_do_not_reach_the_terminal_as_commands() {
        assert_eq!(shown("a\u{1b}[2J\u{7}.txt: no\nb"), "a\\u{1b}[2J\\u{7}.txt: no\nb");
    }
}
