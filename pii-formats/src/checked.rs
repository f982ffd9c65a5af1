//! Masking with a second look: what comes out is read afresh before anybody gets it.

use crate::Mode;
use crate::error::Error;
use crate::masker::Masker;
use crate::report::Report;
use crate::session::{Options, Output};
use pii_core::Kind;
use std::fmt;

impl Masker {
    /// Masks a whole input, and looks at the output as whoever receives it may read it: decoded afresh, it holds no finding that
    /// the policy does not pass, but for what was put there by a key, and no value that was replaced
    /// ([`Session::forbid`](crate::Session::forbid)). The way in for whatever is sent to others.
    ///
    /// # Errors
    /// As [`Masker::mask`], and where something is left over. Nothing is returned then.
    pub fn mask_checked(&self, input: &[u8], options: &Options) -> Result<Output, MaskError> {
        let output = self.mask(input, options)?;
        // Without an edit the output is the input, and was looked at.
        if output.reports.iter().any(|report| !report.passes()) {
            self.check(&output, options)?;
        }
        Ok(output)
    }

    fn check(&self, output: &Output, options: &Options) -> Result<(), MaskError> {
        let mut left = Output::default();
        let mut session = self.session(Mode::Check, options.clone());
        session.accept(output.replaced.iter().cloned());
        session.forbid(&output.reports)?;
        let outcome = session.push(&output.bytes, &mut left).and_then(|()| session.finish(&mut left));
        match left.leftover() {
            Some(report) => Err(MaskError::left_over(report)),
            None => Ok(outcome?),
        }
    }
}

/// Why nothing was masked. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskError(What);

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Unread(Error),
    LeftOver { kind: Kind, line: u64, path: String },
}

impl MaskError {
    fn left_over(report: &Report) -> Self {
        Self(What::LeftOver { kind: report.kind, line: report.line, path: report.path.clone() })
    }

    /// The input cannot be read, is over a limit, or holds what may not go. `None`: something is left over in the output.
    #[must_use]
    pub fn input(&self) -> Option<&Error> {
        match &self.0 {
            What::Unread(error) => Some(error),
            What::LeftOver { .. } => None,
        }
    }

    /// The kind of what is left over in the output.
    #[must_use]
    pub fn leftover(&self) -> Option<Kind> {
        match self.0 {
            What::Unread(_) => None,
            What::LeftOver { kind, .. } => Some(kind),
        }
    }

    /// The line, from 1: of the input, or of the output where something is left over in it.
    #[must_use]
    pub fn line(&self) -> u64 {
        match &self.0 {
            What::Unread(error) => error.line(),
            What::LeftOver { line, .. } => *line,
        }
    }

    /// The field path of what is left over; empty in free text.
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.0 {
            What::Unread(_) => "",
            What::LeftOver { path, .. } => path,
        }
    }
}

impl From<Error> for MaskError {
    fn from(error: Error) -> Self {
        Self(What::Unread(error))
    }
}

impl fmt::Display for MaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Unread(error) => error.fmt(f),
            What::LeftOver { kind, line, path } if path.is_empty() => {
                write!(f, "line {line}: the output still holds {kind}")
            }
            What::LeftOver { kind, line, path } => write!(f, "line {line}: the output still holds {kind} at {path}"),
        }
    }
}

impl std::error::Error for MaskError {}
