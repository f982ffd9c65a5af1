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
use super::{Aliases, Consents, Step};
use pii_core::consent::{
    Actor, AliasDigest, AnswerState, Body, Book, Code, Entry, Fault, GivenBy, RECEIPT_LIMIT_BYTES, Receipt, Source,
    State, SubjectId,
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
    /// So many entries; and why a part of it was not taken, where a no was nevertheless.
    Taken(usize, Option<LineFault>),
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
                    self.keep(&std::mem::take(&mut step), now, &mut so_far, tell)?;
                    (subjects, aliases) = (HashSet::new(), HashSet::new());
                }
                subjects.extend(checked.subject());
                aliases.extend(checked.identity.iter().flat_map(|identity| identity.aliases.all()));
                step.push((line, checked));
            }
            self.keep(&step, now, &mut so_far, tell)?;
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

    /// Keeps lines in one step, or in several where they come to more entries than one may have.
    fn keep(
        &self,
        step: &[(u64, Checked)],
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
            let mut all = Vec::new();
            outcomes = step.iter().map(|(_, line)| weigh(line, book, at, &mut all)).collect();
            Ok(Step::from(all))
        };
        let written = match self.write(&Aliases::default(), make) {
            Err(error) if error.is_limit() && step.len() > 1 => {
                let (first, rest) = step.split_at(step.len() / 2);
                self.keep(first, now, so_far, tell)?;
                return self.keep(rest, now, so_far, tell);
            }
            written => written?,
        };
        let mut place = 0;
        for ((line, _), outcome) in step.iter().zip(&outcomes) {
            let why = match outcome {
                Outcome::Taken(count, in_part) => {
                    let outrun = written.outrun.range(place..place + count).next().map(|(_, fault)| *fault);
                    place += count;
                    outrun.map(LineFault::Rules).or(*in_part)
                }
                Outcome::There => {
                    so_far.there += 1;
                    continue;
                }
                Outcome::Refused(why) => Some(*why),
            };
            match why {
                None => so_far.taken += 1,
                Some(why) => {
                    so_far.refused += 1;
                    tell(Progress::Refused { line: *line, why });
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

/// What a line comes to. Its entries go to `all`.
fn weigh(line: &Checked, book: &Book, at: Moment, all: &mut Vec<Entry>) -> Outcome {
    let before = all.len();
    let (identity, receipt) = (of_identity(line, book, at), of_receipt(line, book, at));
    let is_no = line.receipt.as_ref().is_some_and(|signed| is_no(signed.receipt()));
    match (identity, receipt) {
        // A no counts, whoever the line says that they are known as.
        (Err(why), Ok(no)) if is_no && !no.is_empty() => {
            all.extend(no);
            Outcome::Taken(all.len() - before, Some(why))
        }
        (Err(why), _) | (_, Err(why)) => Outcome::Refused(why),
        (Ok(identity), Ok(receipt)) => {
            let age = of_age(line, book, at, !identity.is_empty() || !receipt.is_empty());
            all.extend(identity.into_iter().chain(age).chain(receipt));
            if all.len() == before { Outcome::There } else { Outcome::Taken(all.len() - before, None) }
        }
    }
}

fn is_no(receipt: &Receipt) -> bool {
    receipt.event.state == AnswerState::Refused
}

/// What leads to whom a line is about, as far as it is new.
fn of_identity(line: &Checked, book: &Book, at: Moment) -> Result<Vec<Entry>, LineFault> {
    let subject = line.subject().ok_or(LineFault::Form)?;
    let Some(identity) = &line.identity else { return Ok(Vec::new()) };
    // Whoever has the key of a source that was ended could otherwise say whose consents are whose.
    if book.source_in_force(line.source.as_str(), at).is_none() {
        return Err(LineFault::Rules(Fault::UnknownSource));
    }
    match identity.aliases.lead(book) {
        Leads::ToNobody => {}
        Leads::To(other) | Leads::PartlyTo(other) if other == subject => {}
        Leads::To(_) | Leads::PartlyTo(_) | Leads::Astray => return Err(LineFault::SomebodyElse),
    }
    let new = identity.aliases.new_to(book).map(|alias| book.add_alias(subject, alias, at));
    new.collect::<Result<_, _>>().map_err(LineFault::Rules)
}

/// What is said of their age, where that makes them a child who was taken for none, or comes with something new.
fn of_age(line: &Checked, book: &Book, at: Moment, is_new: bool) -> Option<Entry> {
    let (subject, age) = (line.subject()?, line.identity.as_ref()?.age?);
    let known = book.age(subject);
    let is_stricter = age.is_child_at(at) && !known.is_child_at(at);
    let by = Actor::Subject { source: line.source.clone() };
    (age != known && (is_new || is_stricter)).then(|| Entry::of(subject, at, Body::Age { age, by }))?
}

fn of_receipt(line: &Checked, book: &Book, at: Moment) -> Result<Vec<Entry>, LineFault> {
    let subject = line.subject().ok_or(LineFault::Form)?;
    let Some(signed) = &line.receipt else { return Ok(Vec::new()) };
    let receipt = signed.receipt();
    let record = book.records_of(subject).find(|record| record.id == receipt.header.record);
    let says_the_same = |state: State| match state {
        State::Notified => false,
        State::Refused => is_no(receipt),
        _ => !is_no(receipt),
    };
    if record.is_some_and(|record| record.answered_at == receipt.event.at && says_the_same(record.state)) {
        return Ok(Vec::new());
    }
    let answer = &receipt.event;
    let is_child = line.identity.as_ref().and_then(|who| who.age).is_some_and(|age| age.is_child_at(answer.at));
    if !is_no(receipt) && is_child && answer.given_by != GivenBy::Guardian {
        return Err(LineFault::Rules(Fault::NoGuardian));
    }
    match book.answer(signed.clone(), at) {
        // It ended what it was to when it was handed in first.
        Err(Fault::NotFromThisState) if is_no(receipt) && record.is_some_and(|record| record.state.is_over()) => {
            Ok(Vec::new())
        }
        answered => answered.map_err(LineFault::Rules),
    }
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
