//! `pii scan`: says what is in the inputs, and where.

use crate::arguments::{OutputForm, Scan};
use crate::exit::{DONE, FOUND, Failure, say};
use crate::input::{self, Input};
use crate::place::Written;
use crate::table::Findings;
use crate::tally::Tally;
use crate::work::{self, Failed, Reply};
use crate::{fault, interrupt, output, progress, setup, stream};
use pii_core::policy::Policy;
use pii_formats::{Masker, Mode, Output, Report, Uninspected};
use serde::Serialize;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

pub(crate) fn run(arguments: &Scan) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.reading.rules.as_deref())?;
    let policy = Policy::builtin();
    let masker = setup::masker(rules, &policy, &setup::flow(&Default::default(), &policy)?)?;
    let inputs = input::collect(&arguments.reading.paths, &Written::default());
    let mut listing = Listing::new(arguments);
    // Tables come rarely, and the bar goes out of their way.
    let bar = progress::bar(&inputs.files, listing.form == OutputForm::Json);
    let mut failed = Failed::default();
    inputs.failures.into_iter().for_each(|failure| failed.with(failure, &bar));
    let work = |input: &Input, reply: &Reply<Told>| one(&masker, arguments, input, &bar, reply);
    work::in_order(&inputs.files, work::jobs(arguments.reading.jobs), work, |input, told| match told {
        Ok(Batch { reports, uninspected }) => {
            uninspected.iter().for_each(|part| listing.tally.count_uninspected(&input.name, part));
            bar.suspend(|| listing.take(&input.name, &reports)).inspect_err(end_where_nobody_reads)
        }
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

struct Batch {
    reports: Vec<Report>,
    uninspected: Vec<Uninspected>,
}

fn one(masker: &Masker, arguments: &Scan, input: &Input, bar: &indicatif::ProgressBar, reply: &Reply<Told>) {
    let session = masker.session(Mode::Scan, setup::options(&arguments.reading, input));
    let tell = |output: &mut Output| {
        let batch = Batch {
            reports: std::mem::take(&mut output.reports),
            uninspected: std::mem::take(&mut output.uninspected),
        };
        if !batch.reports.is_empty() || !batch.uninspected.is_empty() {
            reply.send(Ok(batch))?;
        }
        Ok(())
    };
    let outcome = fault::contained(&input.name, || stream::through(session, input, bar, tell));
    if let Err(failure) = outcome {
        let _ = reply.send(Err(failure));
    }
}

/// Where findings are listed.
struct Listing {
    form: OutputForm,
    table: Findings,
    show_values: bool,
    explain: bool,
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
    explanation: Option<&'a str>,
}

impl Listing {
    fn new(arguments: &Scan) -> Self {
        let usual = || if io::stdout().is_terminal() { OutputForm::Table } else { OutputForm::Json };
        Self {
            form: arguments.output.unwrap_or_else(usual),
            table: Findings::new(arguments.show_values, arguments.explain),
            show_values: arguments.show_values,
            explain: arguments.explain,
            tally: Tally::default(),
        }
    }

    fn take(&mut self, file: &str, reports: &[Report]) -> Result<(), Failure> {
        let mut lines = Vec::new();
        for report in reports {
            self.tally.count(file, report);
            match self.form {
                OutputForm::Table => {
                    self.table.add(file, report);
                    self.table.full().map_or(Ok(()), output::print)?;
                }
                OutputForm::Json => {
                    serde_json::to_writer(&mut lines, &self.line(file, report)).map_err(Failure::input)?;
                    lines.push(b'\n');
                }
            }
        }
        let mut out = io::stdout().lock();
        out.write_all(&lines).and_then(|()| out.flush()).map_err(|error| Failure::standard_output(&error))
    }

    fn line<'a>(&self, file: &'a str, report: &'a Report) -> Line<'a> {
        Line {
            file,
            line: report.line,
            start: report.start,
            end: report.end,
            kind: report.kind.as_str(),
            class: report.class.level(),
            confidence: (report.confidence * 1000.0).round() / 1000.0,
            path: &report.path,
            parts: report.parts.iter().map(|part| [part.start, part.end]).collect(),
            value: self.show_values.then(|| report.dangerously_value()),
            explanation: self.explain.then_some(report.explanation.as_str()),
        }
    }

    fn finish(&self) -> Result<(), Failure> {
        if self.form == OutputForm::Json {
            return Ok(());
        }
        let table = self.table.render().map_or_else(String::new, |table| table + "\n");
        output::print(table + &self.tally.summary())
    }
}
