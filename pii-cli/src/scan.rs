//! `pii scan`: says what is in the inputs, and where.

use crate::arguments::{OutputForm, Scan};
use crate::exit::{DONE, FOUND, Failure};
use crate::input::{self, Input};
use crate::table::Findings;
use crate::tally::Tally;
use crate::{progress, setup};
use indicatif::ProgressBar;
use pii_core::policy::Policy;
use pii_formats::{Masker, Mode, Options, Output, Report};
use serde::Serialize;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::process::ExitCode;

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 256 << 10;

pub(crate) fn run(arguments: &Scan) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.reading.rules.as_deref())?;
    let masker = setup::masker(rules, &Policy::builtin(), &setup::flow(None)?)?;
    let inputs = input::collect(&arguments.reading.paths)?;
    let form = arguments
        .output
        .unwrap_or_else(|| if io::stdout().is_terminal() { OutputForm::Table } else { OutputForm::Json });
    let mut listing = Listing {
        form,
        table: Findings::new(arguments.show_values, arguments.explain),
        show_values: arguments.show_values,
        explain: arguments.explain,
        tally: Tally::default(),
    };
    let bar = progress::bar(inputs.iter().map(Input::size).sum());
    let mut failure: Option<Failure> = None;
    for input in &inputs {
        // One file that cannot be read does not hide what is in the others.
        if let Err(error) = one(&masker, input, arguments, &bar, &mut listing) {
            match failure.take() {
                None => failure = Some(error),
                Some(earlier) => failure = Some(earlier.worse(error)),
            }
        }
    }
    bar.finish_and_clear();
    listing.finish()?;
    match failure {
        Some(failure) => Err(failure),
        None if arguments.fail && listing.tally.findings() > 0 => Ok(ExitCode::from(FOUND)),
        None => Ok(ExitCode::from(DONE)),
    }
}

fn one(
    masker: &Masker,
    input: &Input,
    arguments: &Scan,
    bar: &ProgressBar,
    listing: &mut Listing,
) -> Result<(), Failure> {
    let options = Options {
        format: arguments.reading.format.format(),
        charset: arguments.reading.encoding.map(crate::arguments::EncodingArgument::charset),
        name: input.path.as_ref().map(|path| path.display().to_string()),
    };
    let mut session = masker.session(Mode::Scan, options);
    let mut source = input.open()?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut output = Output::default();
    loop {
        let read = match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::input(format!("{}: {error}", input.name))),
        };
        let outcome = session.push(&chunk[..read], &mut output);
        listing.take(&input.name, &mut output.reports)?;
        outcome.map_err(|error| Failure::of(&input.name, &error))?;
        bar.inc(read as u64);
    }
    let outcome = session.finish(&mut output);
    listing.take(&input.name, &mut output.reports)?;
    outcome.map_err(|error| Failure::of(&input.name, &error))
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
    fn take(&mut self, file: &str, reports: &mut Vec<Report>) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        for report in reports.drain(..) {
            self.tally.count(file, &report);
            match self.form {
                OutputForm::Table => self.table.add(file, &report),
                OutputForm::Json => {
                    let mut line = serde_json::to_vec(&self.line(file, &report)).map_err(Failure::input)?;
                    line.push(b'\n');
                    out.write_all(&line).map_err(|error| Failure::input(format!("standard output: {error}")))?;
                }
            }
        }
        Ok(())
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
        if self.form == OutputForm::Table {
            let mut out = anstream::stdout().lock();
            let table = self.table.render().map_or_else(String::new, |table| table + "\n");
            writeln!(out, "{table}{}", self.tally.summary())
                .map_err(|error| Failure::input(format!("standard output: {error}")))?;
        }
        Ok(())
    }
}
