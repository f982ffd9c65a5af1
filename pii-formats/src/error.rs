//! What can be wrong with an input.

use std::fmt;

/// An input that cannot be read as its format, or that is over a limit. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Syntax { format: &'static str, line: u64, column: u64, what: &'static str },
    Limit { line: u64, what: &'static str },
    Late { line: u64 },
    Blocked { line: u64, kind: &'static str },
    Refused { line: u64, kind: &'static str, why: String },
}

impl Error {
    pub(crate) fn syntax(format: &'static str, line: u64, column: u64, what: &'static str) -> Self {
        Self { what: What::Syntax { format, line, column, what } }
    }

    pub(crate) fn limit(line: u64, what: &'static str) -> Self {
        Self { what: What::Limit { line, what } }
    }

    pub(crate) fn late(line: u64) -> Self {
        Self { what: What::Late { line } }
    }

    pub(crate) fn blocked(line: u64, kind: &'static str) -> Self {
        Self { what: What::Blocked { line, kind } }
    }

    pub(crate) fn refused(line: u64, kind: &'static str, why: String) -> Self {
        Self { what: What::Refused { line, kind, why } }
    }

    /// What was found may not go: the policy says so, or a key that it asks for is not to be had.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        matches!(self.what, What::Blocked { .. } | What::Refused { .. })
    }

    /// The input is well-formed as far as it was read, but over a limit.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(self.what, What::Limit { .. })
    }

    /// The time that reading may take was over.
    #[must_use]
    pub fn is_late(&self) -> bool {
        matches!(self.what, What::Late { .. })
    }

    /// What was found that may not go, where that is why.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
        match self.what {
            What::Blocked { kind, .. } | What::Refused { kind, .. } => Some(kind),
            What::Syntax { .. } | What::Limit { .. } | What::Late { .. } => None,
        }
    }

    /// The line, from 1, at which the input could not be read on.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self.what {
            What::Syntax { line, .. }
            | What::Limit { line, .. }
            | What::Late { line }
            | What::Blocked { line, .. }
            | What::Refused { line, .. } => line,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Syntax { format, line, column, what } => {
                write!(
                    f,
                    "line {line}, column {column}: this is not valid {format}: {what}; `--format text` reads it as text"
                )
            }
            What::Late { line } => write!(f, "line {line}: the time that it may take was over"),
            What::Limit { line, what } => write!(f, "line {line}: over a limit: {what}"),
            What::Blocked { line, kind } => write!(f, "line {line}: the policy blocks {kind}"),
            What::Refused { line, kind, why } => write!(f, "line {line}: nothing may stand for {kind}: {why}"),
        }
    }
}

impl std::error::Error for Error {}
