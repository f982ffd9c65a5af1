//! `pii mask`: writes the inputs with what is personal in them masked.

use crate::arguments::{EncodingArgument, Mask};
use crate::exit::Failure;
use crate::input::{self, Input};
use crate::output::Sink;
use crate::tally::Tally;
use crate::{progress, setup};
use indicatif::ProgressBar;
use pii_formats::{Masker, Mode, Options, Output, Report, Session};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 256 << 10;

pub(crate) fn run(arguments: &Mask) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.reading.rules.as_deref())?;
    let policy = setup::policy(arguments.policy.as_deref(), &rules)?;
    let masker = setup::masker(rules, &policy, &setup::flow(arguments.channel.as_deref())?)?;
    let inputs = input::collect(&arguments.reading.paths)?;
    let several = input::are_several(&arguments.reading.paths);
    let folder = folder(arguments, several)?;
    let bar = progress::bar(inputs.iter().map(Input::size).sum());
    let work = Work { arguments, masker: &masker, bar: &bar, folder };
    let outcome = work.all(&inputs);
    bar.finish_and_clear();
    let (tally, failure) = outcome;
    if let Some(path) = &arguments.report {
        tally.write(path)?;
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// The folder that several inputs go to.
fn folder(arguments: &Mask, several: bool) -> Result<Option<&Path>, Failure> {
    match arguments.out.as_deref() {
        Some(out) if several && out.exists() && !out.is_dir() => {
            Err(Failure::usage(format!("{}: several inputs need a folder as OUT", out.display())))
        }
        Some(out) if several => Ok(Some(out)),
        None if several => Err(Failure::usage("several inputs need a folder to write to: add `-o FOLDER`")),
        _ => Ok(None),
    }
}

struct Work<'a> {
    arguments: &'a Mask,
    masker: &'a Masker,
    bar: &'a ProgressBar,
    folder: Option<&'a Path>,
}

impl Work<'_> {
    /// Masks all inputs, several at a time. What was masked is counted even when another input fails.
    fn all(&self, inputs: &[Input]) -> (Tally, Option<Failure>) {
        let jobs = self
            .arguments
            .reading
            .jobs
            .map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
        let next = AtomicUsize::new(0);
        let total = Mutex::new((Tally::default(), None::<Failure>));
        thread::scope(|scope| {
            for _ in 0..jobs.min(inputs.len()) {
                scope.spawn(|| {
                    while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let mut tally = Tally::default();
                        let outcome = self.one(input, &mut tally);
                        let mut total = total.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        total.0.add(tally);
                        if let Err(failure) = outcome {
                            total.1 = Some(match total.1.take() {
                                None => failure,
                                Some(earlier) => earlier.worse(failure),
                            });
                        }
                    }
                });
            }
        });
        total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn one(&self, input: &Input, tally: &mut Tally) -> Result<(), Failure> {
        let mut sink = self.sink(input)?;
        let mut session = self.masker.session(Mode::Mask, self.options(input));
        let mut check = self.arguments.verify.then(|| Check::new(self, input));
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
            if let Err(error) = outcome {
                self.deliver(input, &mut output, &mut sink, check.as_mut(), tally)?;
                return self.stopped(sink, Failure::of(&input.name, &error));
            }
            self.deliver(input, &mut output, &mut sink, check.as_mut(), tally)?;
            self.bar.inc(read as u64);
        }
        let outcome = session.finish(&mut output);
        self.deliver(input, &mut output, &mut sink, check.as_mut(), tally)?;
        if let Err(error) = outcome {
            return self.stopped(sink, Failure::of(&input.name, &error));
        }
        check.map_or(Ok(()), Check::finish)?;
        sink.finish()
    }

    /// An output that could not be finished: what went to a pipe stays, a file never appears.
    fn stopped(&self, sink: Sink, failure: Failure) -> Result<(), Failure> {
        drop(sink);
        Err(failure)
    }

    fn deliver(
        &self,
        input: &Input,
        output: &mut Output,
        sink: &mut Sink,
        check: Option<&mut Check<'_>>,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        for report in output.reports.drain(..) {
            tally.count(&input.name, &report);
            if self.arguments.explain {
                explain(&input.name, &report);
            }
        }
        if let Some(check) = check {
            check.push(&output.bytes)?;
        }
        sink.write(&output.bytes)?;
        output.bytes.clear();
        Ok(())
    }

    fn sink(&self, input: &Input) -> Result<Sink, Failure> {
        match (self.folder, &self.arguments.out) {
            (Some(folder), _) => Sink::file(&folder.join(&input.below)),
            (None, Some(out)) if out.is_dir() => Sink::file(&out.join(&input.below)),
            (None, Some(out)) if out.as_os_str() != "-" => Sink::file(out),
            _ => Ok(Sink::standard()),
        }
    }

    fn options(&self, input: &Input) -> Options {
        Options {
            format: self.arguments.reading.format.format(),
            charset: self.arguments.reading.encoding.map(EncodingArgument::charset),
            name: input.path.as_ref().map(|path: &PathBuf| path.display().to_string()),
        }
    }
}

fn explain(file: &str, report: &Report) {
    let place = if report.path.is_empty() { format!("byte {}", report.start) } else { report.path.clone() };
    anstream::eprintln!(
        "{file}:{}: {} at {place}: {}: {}",
        report.line,
        report.kind,
        report.action,
        report.explanation
    );
}

/// The output, read afresh: nothing may be left in it that the policy does not pass.
struct Check<'m> {
    session: Session<'m>,
    name: String,
    output: Output,
}

impl<'m> Check<'m> {
    fn new(work: &Work<'m>, input: &Input) -> Self {
        Self {
            session: work.masker.session(Mode::Mask, work.options(input)),
            name: input.name.clone(),
            output: Output::default(),
        }
    }

    fn push(&mut self, masked: &[u8]) -> Result<(), Failure> {
        let outcome = self.session.push(masked, &mut self.output);
        self.judge()?;
        outcome.map_err(|error| Failure::of(&self.name, &error))
    }

    fn finish(self) -> Result<(), Failure> {
        let Self { session, name, mut output } = self;
        let outcome = session.finish(&mut output);
        leftover(&name, &output)?;
        outcome.map_err(|error| Failure::of(&name, &error))
    }

    fn judge(&mut self) -> Result<(), Failure> {
        leftover(&self.name, &self.output)?;
        self.output.reports.clear();
        self.output.bytes.clear();
        Ok(())
    }
}

fn leftover(name: &str, output: &Output) -> Result<(), Failure> {
    match output.reports.iter().find(|report| report.action != "pass") {
        None => Ok(()),
        Some(report) => {
            let what = format!(
                "{name}: the output still holds {} on line {}; the output ends before it",
                report.kind, report.line
            );
            Err(Failure::blocked(what))
        }
    }
}
