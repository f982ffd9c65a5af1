//! The output, read afresh: nothing may be left in it that the policy does not pass.

use crate::exit::Failure;
use pii_formats::{Output, Session};

/// Reads what is about to be written.
pub(crate) struct Check<'m> {
    session: Session<'m>,
    name: String,
    output: Output,
}

impl<'m> Check<'m> {
    /// A check of the output of the input `name`, by a session that decides as the first one did.
    pub(crate) fn new(session: Session<'m>, name: &str) -> Self {
        Self { session, name: name.to_owned(), output: Output::default() }
    }

    /// Reads the next bytes of the output.
    pub(crate) fn push(&mut self, masked: &[u8]) -> Result<(), Failure> {
        let outcome = self.session.push(masked, &mut self.output);
        leftover(&self.name, &self.output)?;
        self.output.reports.clear();
        self.output.bytes.clear();
        // Told when the input was read.
        self.output.uninspected.clear();
        outcome.map_err(|error| Failure::of(&self.name, &error))
    }

    /// Says that the output is at its end.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { session, name, mut output } = self;
        let outcome = session.finish(&mut output);
        leftover(&name, &output)?;
        outcome.map_err(|error| Failure::of(&name, &error))
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
