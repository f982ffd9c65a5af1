//! The output, read afresh: nothing may be left in it that the policy does not pass.

use crate::exit::Failure;
use pii_formats::{Continuation, Output, Position, Session};

/// Reads what is about to be written.
pub(crate) struct Check<'m> {
    session: Session<'m>,
    output: Output,
}

impl<'m> Check<'m> {
    /// A check of an output, by a session that decides as the first one did.
    pub(crate) fn new(session: Session<'m>) -> Self {
        Self { session, output: Output::default() }
    }

    /// Reads the next bytes of the output of the input `name`.
    pub(crate) fn push(&mut self, name: &str, masked: &[u8]) -> Result<(), Failure> {
        let outcome = self.session.push(masked, &mut self.output);
        leftover(name, &self.output)?;
        self.output.reports.clear();
        self.output.bytes.clear();
        // Told when the input was read.
        self.output.uninspected.clear();
        outcome.map_err(|error| Failure::of(name, &error))
    }

    /// Says that the output is at its end.
    pub(crate) fn finish(self, name: &str) -> Result<(), Failure> {
        let Self { session, mut output } = self;
        let outcome = session.finish(&mut output);
        leftover(name, &output)?;
        outcome.map_err(|error| Failure::of(name, &error))
    }

    /// How another check could read on from here. `None` where not all that has arrived is decided.
    pub(crate) fn continuation(&self) -> Option<Continuation> {
        self.session.continuation().filter(|_| self.session.unread().is_empty())
    }

    /// Whether a check that reads on from `other` would read on as this one does.
    pub(crate) fn is_at(&self, other: &Continuation) -> bool {
        self.session.is_at(other)
    }

    /// Reads on from `from`. Only the line matters in what it says, and lines stay lines: `at` is the place in the input.
    pub(crate) fn go_on_from(&mut self, from: &Continuation, at: &Position) {
        self.session.go_on_from(from, at);
    }
}

fn leftover(name: &str, output: &Output) -> Result<(), Failure> {
    match output.reports.iter().find(|report| report.action != "pass") {
        None => Ok(()),
        Some(report) => Err(Failure::blocked(format!(
            "{name}: the output still holds {} on line {}; the output ends before it",
            report.kind, report.line
        ))),
    }
}
