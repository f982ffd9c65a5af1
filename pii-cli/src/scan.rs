//! `pii scan`: says what is in the inputs, and where.

use crate::arguments::{OutputForm, Scan};
use crate::exit::{DONE, FOUND, Failure, say};
use crate::input::{self, Input};
use crate::passage::Course;
use crate::place::Written;
use crate::table::Findings;
use crate::tally::{Counts, Tally};
use crate::work::{self, Failed, Leader};
use crate::{fault, interrupt, output, progress, setup, stream};
use indicatif::ProgressBar;
use pii_core::Engine;
use pii_core::policy::Policy;
use pii_formats::{Masker, Mode, Output, Report};
use serde::Serialize;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

pub(crate) fn run(arguments: &Scan) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.reading.rules.as_deref())?;
    let policy = Policy::builtin();
    let masker = setup::masker(Engine::new(rules), &policy, &setup::flow(&Default::default(), &policy)?, None)?;
    let inputs = input::collect(&arguments.reading.paths, &Written::default());
    let mut listing = Listing::new(arguments, &masker);
    let form = listing.form;
    // Tables come rarely, and the bar goes out of their way.
    let bar = progress::bar(&inputs.files, form == OutputForm::Json);
    let mut failed = Failed::default();
    inputs.failures.into_iter().for_each(|failure| failed.with(failure, &bar));
    let explaining = arguments.explain.then_some(&masker);
    let digest = move |name: &str, output: &mut Output| Batch::of(name, output, form, (arguments, explaining));
    let course = Course::new(&masker, Mode::Scan, false, Box::new(digest));
    let work = Work { arguments, course: &course, bar: &bar };
    work.all(&inputs.files, |input, told| match told {
        Ok(batch) => bar.suspend(|| listing.take(&input.name, batch)).inspect_err(end_where_nobody_reads),
        // One file that cannot be read does not hide what is in the others.
        Err(failure) => {
            failed.with(failure, &bar);
            Ok(())
        }
    })?;
    bar.finish_and_clear();
    listing.finish()?;
    listing.tally.notices().for_each(say);
    let found = arguments.fail && listing.tally.findings() > 0;
    Ok(ExitCode::from(failed.code().unwrap_or(if found { FOUND } else { DONE })))
}

/// Ends now, and not when the workers have noticed: one of them may be waiting for an input that never comes.
fn end_where_nobody_reads(failure: &Failure) {
    if failure.is_closed_output() {
        interrupt::end_as_writers_to_nobody_do();
    }
}

/// What comes of one input: what was found, batch by batch, and at last why it could not be read on.
type Told = Result<Batch, Failure>;

/// What was found in a piece of an input.
struct Batch {
    counts: Counts,
    /// Of a table: its rows.
    reports: Vec<Report>,
    /// Of JSON: its lines.
    lines: Vec<u8>,
}

impl Batch {
    /// Beside the arguments stands who explains, if anybody asks.
    fn of(
        file: &str,
        output: &mut Output,
        form: OutputForm,
        (arguments, explaining): (&Scan, Option<&Masker>),
    ) -> Self {
        let counts = Counts::of(output);
        output.uninspected.clear();
        let (mut reports, mut lines) = (std::mem::take(&mut output.reports), Vec::new());
        if form == OutputForm::Json {
            for report in reports.drain(..) {
                let line = Line::of(file, &report, arguments.show_values, explaining);
                // Writing to memory does not fail, and neither does any of its fields.
                let _ = serde_json::to_writer(&mut lines, &line);
                lines.push(b'\n');
            }
        }
        Self { counts, reports, lines }
    }
}

struct Work<'a, 'm> {
    arguments: &'a Scan,
    course: &'a Course<'m, Batch>,
    bar: &'a ProgressBar,
}

impl<'a> Work<'a, '_> {
    fn all(
        &self,
        inputs: &'a [Input],
        take: impl FnMut(&'a Input, Told) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let lead = |input: &'a Input, leader: &Leader<'_, 'a, Told>| self.one(input, leader);
        work::in_order(inputs, work::jobs(self.arguments.reading.jobs, inputs), lead, take)
    }

    fn one(&self, input: &'a Input, leader: &Leader<'_, 'a, Told>) {
        let options = setup::options(&self.arguments.reading, input);
        let tell = |batch: Batch| if batch.counts.are_none() { Ok(()) } else { leader.send(Ok(batch)) };
        let through = || stream::through(self.course, input, &options, (leader, self.bar), |_| {}, tell);
        if let Err(failure) = fault::contained(&input.name, through) {
            let _ = leader.send(Err(failure));
        }
    }
}

/// Where findings are listed.
struct Listing<'m> {
    form: OutputForm,
    table: Findings<'m>,
    tally: Tally,
}

/// One finding as a line of JSON. The names are a contract.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    line: u64,
    start: u64,
    end: u64,
    kind: &'a str,
    class: u8,
    confidence: f32,
    path: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<[u64; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

impl<'a> Line<'a> {
    fn of(file: &'a str, report: &'a Report, show_values: bool, explaining: Option<&Masker>) -> Self {
        Self {
            file,
            line: report.line,
            start: report.start,
            end: report.end,
            kind: report.kind.as_str(),
            class: report.class.level(),
            confidence: (report.confidence * 1000.0).round() / 1000.0,
            path: &report.path,
            parts: report.parts.iter().map(|part| [part.start, part.end]).collect(),
            value: show_values.then(|| report.dangerously_value()),
            explanation: explaining.map(|masker| masker.explain(report)),
        }
    }
}

impl<'m> Listing<'m> {
    fn new(arguments: &Scan, masker: &'m Masker) -> Self {
        let usual = || if io::stdout().is_terminal() { OutputForm::Table } else { OutputForm::Json };
        Self {
            form: arguments.output.unwrap_or_else(usual),
            table: Findings::new(arguments.show_values, arguments.explain.then_some(masker)),
            tally: Tally::default(),
        }
    }

    fn take(&mut self, file: &str, batch: Batch) -> Result<(), Failure> {
        self.tally.take(file, batch.counts);
        for report in &batch.reports {
            self.table.add(file, report);
            self.table.full().map_or(Ok(()), output::print)?;
        }
        let mut out = io::stdout().lock();
        out.write_all(&batch.lines).and_then(|()| out.flush()).map_err(|error| Failure::standard_output(&error))
    }

    fn finish(&self) -> Result<(), Failure> {
        if self.form == OutputForm::Json {
            return Ok(());
        }
        let table = self.table.render().map_or_else(String::new, |table| table + "\n");
        output::print(table + &self.tally.summary())
    }
}
