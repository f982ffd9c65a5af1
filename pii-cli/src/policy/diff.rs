//! `pii policy diff`: what would become of a sample of inputs otherwise if another policy took the place of one. Shows no value.

mod change;
mod listing;

use super::{flows, whole};
use crate::arguments::{Diff, OutputForm, Way};
use crate::exit::{DONE, FOUND, Failure, say};
use crate::input::{self, Input};
use crate::place::Written;
use crate::work::Failed;
use crate::{output, setup};
use change::{Change, Direction};
use indicatif::ProgressBar;
use listing::{Listing, Place};
use pii_core::Engine;
use pii_core::policy::{Exemption, Flow, Policy};
use pii_flow::clock;
use pii_formats::{Masker, Report};
use std::collections::{HashMap, VecDeque};
use std::process::ExitCode;

pub(super) fn run(arguments: &Diff) -> Result<ExitCode, Failure> {
    let rules = setup::rules(arguments.rules.as_deref())?;
    let old = setup::policy(Some(&arguments.old), &rules)?;
    let new = setup::policy(Some(&arguments.new), &rules)?;
    let engine = Engine::new(rules);
    let sides = flows::of(&arguments.way, &old, &new)?
        .into_iter()
        .map(|way| Sides::new(&engine, way, (&old, &new)))
        .collect::<Result<Vec<_>, _>>()?;
    let inputs = input::collect(&arguments.paths, &Written::default());
    let (mut failed, no_bar) = (Failed::default(), ProgressBar::hidden());
    inputs.failures.into_iter().for_each(|failure| failed.with(failure, &no_bar));
    let mut listing = Listing::new(sides.len());
    for input in &inputs.files {
        let compared = compare(arguments, input, &sides, &mut listing);
        // One file that cannot be read does not hide what would change in the others.
        compared.unwrap_or_else(|failure| failed.with(failure, &no_bar));
    }
    let told = match arguments.output.unwrap_or(OutputForm::Table) {
        OutputForm::Table => listing.table(),
        OutputForm::Json => listing.json(),
    };
    if !told.is_empty() {
        output::print(told)?;
    }
    listing.notice().into_iter().for_each(say);
    let unseen = new_digests(&old, &new);
    unseen.iter().for_each(say);
    let is_worse = arguments.fail && (listing.count(Direction::Less) > 0 || !unseen.is_empty());
    Ok(ExitCode::from(failed.code().unwrap_or(if is_worse { FOUND } else { DONE })))
}

/// What to say of values that only the new policy exempts, by digests. Without the key that made them nobody sees which they are,
/// and whether the sample holds them.
fn new_digests(old: &Policy, new: &Policy) -> Vec<String> {
    let is_new = |exemption: &&Exemption| {
        exemption.is_by_digest() && !old.exemptions().iter().any(|known| exemption.is_digest_within(known))
    };
    let told = |exemption: &Exemption| {
        let (file, line) = (exemption.file(), exemption.line());
        format!(
            "LESS PROTECTED: the value whose digest is in {file}:{line} is exempt; without its key no place of it is known"
        )
    };
    new.exemptions().iter().filter(is_new).map(told).collect()
}

/// A flow, and what either policy makes of it.
struct Sides {
    way: Way,
    old: Masker,
    new: Masker,
}

impl Sides {
    fn new(engine: &Engine, way: Way, (old, new): (&Policy, &Policy)) -> Result<Self, Failure> {
        let flow = Flow {
            channel: way.channel.as_deref(),
            recipient: way.recipient.as_deref(),
            purpose: way.purpose.as_deref(),
            today: clock::today()?,
        };
        let masker = |policy| Masker::deciding(engine.clone(), policy, &flow);
        let (old, new) = (masker(old), masker(new));
        Ok(Self { way, old, new })
    }
}

fn compare(arguments: &Diff, input: &Input, sides: &[Sides], listing: &mut Listing) -> Result<(), Failure> {
    let bytes = whole::bytes(input)?;
    let options = whole::options(arguments.format, arguments.encoding, input);
    for sides in sides {
        let decide =
            |masker: &Masker| masker.decide(&bytes, &options).map_err(|error| Failure::of(&input.name, &error));
        for (old, new) in paired(decide(&sides.old)?, decide(&sides.new)?) {
            let Some(report) = old.as_ref().or(new.as_ref()) else { continue };
            let change = Change::of((old.as_ref(), &sides.old), (new.as_ref(), &sides.new));
            listing.take(Place::of(input, report), &sides.way, report, change);
        }
    }
    Ok(())
}

/// The findings of both sides, those of one place together. What is missing on one side is exempt there.
fn paired(old: Vec<Report>, new: Vec<Report>) -> Vec<(Option<Report>, Option<Report>)> {
    let key = |report: &Report| (report.start, report.end, report.kind, report.path.clone());
    let mut others: HashMap<_, VecDeque<Report>> = HashMap::new();
    new.into_iter().for_each(|report| others.entry(key(&report)).or_default().push_back(report));
    let mut pairs: Vec<_> = old
        .into_iter()
        .map(|report| {
            let other = others.get_mut(&key(&report)).and_then(VecDeque::pop_front);
            (Some(report), other)
        })
        .collect();
    pairs.extend(others.into_values().flatten().map(|report| (None, Some(report))));
    pairs.sort_by_key(|(old, new)| old.as_ref().or(new.as_ref()).map(|report| report.start));
    pairs
}
