//! The output, read afresh: nothing may be left in it that the policy does not pass.
//!
//! A pseudonym is a value of its kind, and is found like one. So the first reading tells where in the output it put something
//! keyed, and what is found there counts as replaced: by its place, whatever it is. Together with anything beside such a place
//! it counts as left over, but for a character at the end of a Chinese name: nobody can tell a value that was missed from a
//! pseudonym that happens to read on.

use crate::exit::Failure;
use pii_formats::{Continuation, Output, Position, Replaced, Session};

/// Reads what is about to be written.
pub(crate) struct Check<'m> {
    session: Session<'m>,
    output: Output,
}

impl<'m> Check<'m> {
    /// A check of an output, by a session in the mode for it, which decides as the first one did.
    pub(crate) fn new(session: Session<'m>) -> Self {
        Self { session, output: Output::default() }
    }

    /// Reads the next bytes of the output of the input `name`, in which something keyed stands where `replaced` says.
    pub(crate) fn push(&mut self, name: &str, masked: &[u8], replaced: Vec<Replaced>) -> Result<(), Failure> {
        self.session.accept(replaced);
        let outcome = self.session.push(masked, &mut self.output);
        leftover(name, &self.output)?;
        self.output.reports.clear();
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

    /// Reads on from `from`. What it says tells the line, and lines stay lines; where something keyed stands counts from the
    /// place in the input from which the first reading goes on, `at`.
    pub(crate) fn go_on_from(&mut self, from: &Continuation, at: &Position) {
        self.session.go_on_from(from, at);
    }
}

fn leftover(name: &str, output: &Output) -> Result<(), Failure> {
    match output.leftover() {
        None => Ok(()),
        Some(report) => Err(Failure::blocked(format!(
            "{name}: the output still holds {} on line {}; the output ends before it",
            report.kind, report.line
        ))),
    }
}
