//! Lines that sources signed, many at once.
//!
//! A step takes lines of as many subjects, so that none of its lines is about what another changes; signatures are checked by
//! all processors. A line whose record is there already is passed over, so an import that was stopped is begun again.

use super::count::{Imported, Progress};
use super::error::{ConsentError, LineFault};
use super::identity::IDENTITY_LIMIT_BYTES;
use super::line::{Checked, HandedIn};
use super::spread;
use super::subject::Leads;
use super::{Aliases, Consents, Step, Wait};
use pii_core::consent::{
    Actor, AliasDigest, Body, Book, Code, Entry, Fault, RECEIPT_LIMIT_BYTES, Source, State, SubjectId,
};
use pii_core::time::Moment;
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Read as _};

/// Texts are escaped in a line.
const LINE_LIMIT_BYTES: usize = 2 * (RECEIPT_LIMIT_BYTES + IDENTITY_LIMIT_BYTES);

/// How many lines are read before their signatures are checked, and their memory in bytes.
const READ_LINES: usize = 4096;
const READ_BYTES: usize = 32 << 20;

/// How many lines go into one step: decisions wait while these are weighed.
const STEP_LINES: usize = 1024;

type Numbered<T> = (u64, Result<T, LineFault>);

/// What a line comes to, held against a book.
enum Outcome {
    Taken(Vec<Entry>),
    There,
    Refused(LineFault),
}

impl Consents {
    /// Takes lines of JSON, one object each: `{"source", "receipt", "signature"}`, with `"identity"` and
    /// `"identity_signature"` where the subject is new or has a new phone or account, or with these alone. Blank lines count as
    /// none. `now` is the ledger's clock. `tell` hears of each line that was not taken, and how far the others are kept.
    ///
    /// # Errors
    /// Input, store or trail cannot be used. What was told to be kept is. A wrong line is no error.
    pub fn import(
        &self,
        input: &mut dyn BufRead,
        now: &dyn Fn() -> Moment,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Imported, ConsentError> {
        let (mut so_far, mut number) = (Imported::default(), 0);
        loop {
            let lines = read(input, &mut number)?;
            if lines.is_empty() {
                return Ok(so_far);
            }
            let mut step = Vec::new();
            let (mut subjects, mut aliases) = (HashSet::new(), HashSet::new());
            for (line, checked) in self.checked(lines)? {
                so_far.lines += 1;
                let checked = match checked {
                    Ok(checked) => checked,
                    Err(why) => {
                        so_far.refused += 1;
                        tell(Progress::Refused { line, why });
                        continue;
                    }
                };
                if step.len() == STEP_LINES || meets(&checked, &subjects, &aliases) {
                    self.keep(std::mem::take(&mut step), now, &mut so_far, tell)?;
                    (subjects, aliases) = (HashSet::new(), HashSet::new());
                }
                subjects.extend(checked.subject());
                aliases.extend(checked.identity.iter().flat_map(|identity| identity.aliases.all()));
                step.push((line, checked));
            }
            self.keep(step, now, &mut so_far, tell)?;
        }
    }

    /// Checks the signatures of lines, in their order.
    fn checked(&self, lines: Vec<Numbered<HandedIn>>) -> Result<Vec<Numbered<Checked>>, ConsentError> {
        let names: HashSet<&Code> = lines.iter().filter_map(|(_, line)| Some(line.as_ref().ok()?.source())).collect();
        let sources: HashMap<Code, Source> = self.look(|folded| {
            let source = |code: &&Code| Some(((*code).clone(), folded.book.source(code.as_str())?.clone()));
            names.iter().filter_map(source).collect()
        })?;
        let check = |(number, line): Numbered<HandedIn>| {
            (number, line.and_then(|line| line.checked(&sources, &self.sources, &self.digests)))
        };
        Ok(spread::each(lines, check)?)
    }

    fn keep(
        &self,
        step: Vec<(u64, Checked)>,
        now: &dyn Fn() -> Moment,
        so_far: &mut Imported,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<(), ConsentError> {
        if step.is_empty() {
            return Ok(());
        }
        let mut outcomes = Vec::new();
        let make = |book: &Book| {
            let at = now();
            outcomes = step.iter().map(|(_, line)| weigh(line, book, at)).collect();
            let entries = outcomes.iter_mut().filter_map(|outcome| match outcome {
                Outcome::Taken(entries) => Some(std::mem::take(entries)),
                Outcome::There | Outcome::Refused(_) => None,
            });
            Ok(Step::from(entries.flatten().collect::<Vec<_>>()))
        };
        self.write(Wait::No, &Aliases::default(), make)?;
        for ((line, _), outcome) in step.iter().zip(&outcomes) {
            match outcome {
                Outcome::Taken(_) => so_far.taken += 1,
                Outcome::There => so_far.there += 1,
                Outcome::Refused(why) => {
                    so_far.refused += 1;
                    tell(Progress::Refused { line: *line, why: *why });
                }
            }
        }
        tell(Progress::Kept(*so_far));
        Ok(())
    }
}

/// Whether a line is about somebody whom a step is about already.
fn meets(line: &Checked, subjects: &HashSet<SubjectId>, aliases: &HashSet<AliasDigest>) -> bool {
    line.subject().is_some_and(|subject| subjects.contains(&subject))
        || line.identity.iter().flat_map(|identity| identity.aliases.all()).any(|alias| aliases.contains(&alias))
}

fn weigh(line: &Checked, book: &Book, at: Moment) -> Outcome {
    match entries(line, book, at) {
        Ok(entries) if entries.is_empty() => Outcome::There,
        Ok(entries) => Outcome::Taken(entries),
        Err(why) => Outcome::Refused(why),
    }
}

/// What a line adds. Nothing where all of it is there.
fn entries(line: &Checked, book: &Book, at: Moment) -> Result<Vec<Entry>, LineFault> {
    let Some(subject) = line.subject() else { return Err(LineFault::Form) };
    let mut entries = Vec::new();
    if let Some(identity) = &line.identity {
        match identity.aliases.lead(book) {
            Leads::ToNobody => {}
            Leads::To(other) | Leads::PartlyTo(other) if other == subject => {}
            Leads::To(_) | Leads::PartlyTo(_) | Leads::Astray => return Err(LineFault::SomebodyElse),
        }
        for alias in identity.aliases.new_to(book) {
            entries.push(book.add_alias(subject, alias, at).map_err(LineFault::Rules)?);
        }
    }
    let is_there = line.receipt.as_ref().is_some_and(|signed| {
        let receipt = signed.receipt();
        let record = book.records_of(subject).find(|record| record.id == receipt.header.record);
        record.is_some_and(|record| record.state != State::Notified && record.answered_at == receipt.event.at)
    });
    let is_new = !entries.is_empty() || (line.receipt.is_some() && !is_there);
    if let Some(age) = line.identity.as_ref().and_then(|identity| identity.age).filter(|_| is_new) {
        let by = Actor::Subject { source: line.source.clone() };
        entries.extend(Entry::of(subject, at, Body::Age { age, by }));
    }
    if let Some(receipt) = line.receipt.as_ref().filter(|_| !is_there) {
        let answer = &receipt.receipt().event;
        let is_yes = answer.state != pii_core::consent::AnswerState::Refused;
        let is_child = line.identity.as_ref().is_some_and(|who| who.needs_guardian(answer.given_by, answer.at));
        if is_yes && is_child {
            return Err(LineFault::Rules(Fault::NoGuardian));
        }
        entries.extend(book.answer(receipt.clone(), at).map_err(LineFault::Rules)?);
    }
    Ok(entries)
}

/// Reads as many lines as are checked together. None at the end.
fn read(input: &mut dyn BufRead, number: &mut u64) -> Result<Vec<Numbered<HandedIn>>, ConsentError> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    let mut line = zeroize::Zeroizing::new(Vec::new());
    while lines.len() < READ_LINES && bytes < READ_BYTES {
        line.clear();
        let limit = LINE_LIMIT_BYTES as u64 + 1;
        let length =
            (&mut *input).take(limit).read_until(b'\n', &mut line).map_err(|error| ConsentError::input(&error))?;
        if length == 0 {
            break;
        }
        *number += 1;
        bytes += length;
        if length > LINE_LIMIT_BYTES && line.last() != Some(&b'\n') {
            skip_line(input)?;
            lines.push((*number, Err(LineFault::TooLong)));
        } else if !line.trim_ascii().is_empty() {
            lines.push((*number, HandedIn::parse(&line)));
        }
    }
    Ok(lines)
}

fn skip_line(input: &mut dyn BufRead) -> Result<(), ConsentError> {
    loop {
        let buffer = input.fill_buf().map_err(|error| ConsentError::input(&error))?;
        let (used, is_end) = match buffer.iter().position(|&byte| byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if is_end {
            return Ok(());
        }
    }
}
