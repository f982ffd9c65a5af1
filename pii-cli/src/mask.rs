//! `pii mask`: writes the inputs with what is personal in them masked.

use crate::arguments::Mask;
use crate::destination::Destination;
use crate::exit::{Failure, say};
use crate::input::{self, Input};
use crate::keys::AtWork;
use crate::passage::Course;
use crate::place::Written;
use crate::tally::{Counts, Tally};
use crate::trail::Recording;
use crate::work::{self, Failed, Leader};
use crate::{counts, fault, keys, progress, setup, stream};
use indicatif::ProgressBar;
use pii_core::{Engine, Kind, Rule};
use pii_flow::{Items, Sources};
use pii_formats::{Masker, Mode, Output, Report};
use std::path::Path;
use std::process::ExitCode;

pub(crate) fn run(arguments: &Mask) -> Result<ExitCode, Failure> {
    let sources = Sources::read(arguments.reading.rules.as_deref(), arguments.policy.as_deref())?;
    let rules = sources.rule_set()?;
    let policy = sources.policy(&rules)?;
    let flow = setup::flow(&arguments.way, &policy)?;
    let destination = Destination::new(arguments.out.as_deref(), &arguments.reading.paths)?;
    let outputs: Vec<&Path> = [&arguments.out, &arguments.report].into_iter().filter_map(Option::as_deref).collect();
    let written: Vec<&Path> = outputs.iter().copied().chain(arguments.trail.trail.as_deref()).collect();
    let inputs = input::collect(&arguments.reading.paths, &Written::at(&written));
    let own = keys::own_files(&arguments.keyring);
    let read = inputs.files.iter().filter_map(|input| input.path.as_deref());
    outputs.iter().copied().chain(read).try_for_each(|path| keys::refuse_same(&own, path))?;
    destination.takes(&inputs.files, arguments.report.as_deref())?;
    arguments.report.as_deref().map_or(Ok(()), counts::can_be_written)?;
    // Only once nothing stands in the way: a data key is kept, a token counted for work that is done.
    let kinds: Vec<Kind> = rules.rules().iter().map(Rule::kind).collect();
    let at_work = AtWork::new(arguments, &sources, &policy, &flow, &kinds)?;
    let masker = match setup::masker(Engine::new(rules), &policy, &flow, at_work.transform()) {
        Ok(masker) => masker,
        Err(failure) => return at_work.end().and(Err(failure)),
    };
    let bar = progress::bar(&inputs.files, destination.is_standard_output());
    let mut failed = Failed::default();
    inputs.failures.into_iter().for_each(|failure| failed.with(failure, &bar));
    let recording = at_work.recording();
    let digest = |name: &str, output: &mut Output| {
        let items = recording.map(|_| Items::of(output, &masker)).unwrap_or_default();
        Batch { items, ..Batch::of(name, output, arguments.explain.then_some(&masker)) }
    };
    let course = Course::new(&masker, Mode::Mask, arguments.verify, Box::new(digest));
    let work = Work { arguments, course: &course, bar: &bar, destination: &destination, recording };
    let tally = work.all(&inputs.files, &mut failed);
    bar.finish_and_clear();
    drop(course);
    at_work.end()?;
    let tally = tally?;
    if let Some(path) = &arguments.report
        && let Err(failure) = counts::write(&tally, path)
    {
        failed.with(failure, &bar);
    }
    Ok(failed.code().map_or(ExitCode::SUCCESS, ExitCode::from))
}

struct Work<'a, 'm> {
    arguments: &'a Mask,
    course: &'a Course<'m, Batch>,
    bar: &'a ProgressBar,
    destination: &'a Destination<'a>,
    recording: Option<&'a Recording>,
}

/// What comes out of a piece of an input.
struct Batch {
    counts: Counts,
    /// The counts for a trail; none where there is none.
    items: Items,
    /// Lines of `--explain`.
    explained: String,
    bytes: Vec<u8>,
}

/// What comes of one input.
enum Told {
    /// Lines of `--explain`.
    Explained(String),
    /// All of it has been written.
    Done(Tally),
    /// It was not, and this is what was counted before.
    Failed(Tally, Failure),
}

impl Batch {
    /// `explaining` is who explains, if anybody asks.
    fn of(name: &str, output: &mut Output, explaining: Option<&Masker>) -> Self {
        let counts = Counts::of(output);
        let explain = |masker| output.reports.iter().map(|report| explained(name, report, masker)).collect();
        let explained = explaining.map(explain).unwrap_or_default();
        output.reports.clear();
        output.uninspected.clear();
        Self { counts, items: Items::default(), explained, bytes: std::mem::take(&mut output.bytes) }
    }
}

impl<'a> Work<'a, '_> {
    /// Masks all inputs. What was masked is counted even when another input fails.
    fn all(&self, inputs: &'a [Input], failed: &mut Failed) -> Result<Tally, Failure> {
        let mut total = Tally::default();
        let lead = |input: &'a Input, leader: &Leader<'_, 'a, Told>| {
            let mut tally = Tally::default();
            let _ = leader.send(match fault::contained(&input.name, || self.one(input, &mut tally, leader)) {
                Ok(()) => Told::Done(tally),
                Err(failure) => Told::Failed(tally, failure),
            });
        };
        work::in_order(inputs, work::jobs(self.arguments.reading.jobs, inputs), lead, |_, told| {
            let (tally, failure) = match told {
                Told::Explained(lines) => {
                    self.bar.suspend(|| say(lines.trim_end()));
                    return Ok(());
                }
                Told::Done(tally) => (tally, None),
                Told::Failed(tally, failure) => (tally, Some(failure)),
            };
            tally.notices().for_each(|notice| self.bar.suspend(|| say(notice)));
            total.add(tally);
            failure.into_iter().for_each(|failure| failed.with(failure, self.bar));
            Ok(())
        })?;
        Ok(total)
    }

    fn one(&self, input: &'a Input, tally: &mut Tally, leader: &Leader<'_, 'a, Told>) -> Result<(), Failure> {
        let options = setup::options(&self.arguments.reading, input);
        let mut sink = self.destination.sink(input)?;
        let (mut came, mut left) = self.recording.map(Recording::begin).unzip();
        if left.is_some() {
            // What is decided is recorded before anything of it goes.
            sink = sink.held_back()?;
        }
        let seen = |bytes: &[u8]| came.iter_mut().for_each(|came| came.saw(bytes));
        let masked = stream::through(self.course, input, &options, (leader, self.bar), seen, |batch: Batch| {
            tally.take(&input.name, batch.counts);
            if let Some(left) = &mut left {
                left.made(&batch.bytes, batch.items);
            }
            if !batch.explained.is_empty() {
                leader.send(Told::Explained(batch.explained))?;
            }
            sink.write(&batch.bytes)
        });
        // Only here: an output that could not be finished never takes its place.
        match (self.recording, came.zip(left)) {
            (Some(recording), Some(gathered)) => {
                let is_held_back = sink.is_held_back();
                recording.conclude(gathered, masked, is_held_back, || sink.finish())
            }
            _ => masked.and_then(|()| sink.finish()),
        }
    }
}

fn explained(file: &str, report: &Report, masker: &Masker) -> String {
    let place = if report.path.is_empty() { format!("byte {}", report.start) } else { report.path.clone() };
    format!("{file}:{}: {} at {place}: {}: {}\n", report.line, report.kind, report.action, masker.explain(report))
}
