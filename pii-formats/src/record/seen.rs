//! What a record has said so far: its texts, and the values that the words around them have given away.
//!
//! What a label gives away in one place is no secret in another, before it or behind it: the account in a mail's subject
//! that only the body calls an account. So the texts of an open record are kept, up to the length at which the record is
//! not waited for anyway, and each value that becomes known is looked for in them once. What a carrier holds is waited for
//! whatever its length: of that the first texts are kept.

use super::LayerId;
use crate::path::{Stretch, Trail};
use crate::routing::Receivers;
use pii_core::{Finding, Occurrences, OffsetMap, Place, SHORTEST_VALUE_BYTES, Support};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// So many values of a record are looked for in its other texts.
const KNOWN_LIMIT: usize = 32;

/// So many findings of a text are looked through one by one.
const FEW: usize = 8;

/// Longer texts are not kept, in bytes: a record with one is not waited for.
const TEXT_LIMIT_BYTES: usize = super::RECORD_LIMIT_BYTES as usize;

/// No more of all texts is kept, in bytes: twice as much as a record has that is waited for, because text may be longer
/// than it was written (GBK).
const TEXTS_LIMIT_BYTES: usize = 2 * TEXT_LIMIT_BYTES;

/// Between two texts: part of no value, since the engine finds nothing across lines.
const SEPARATOR: u8 = b'\n';

/// What a record has said so far.
#[derive(Default)]
pub(crate) struct Seen {
    known: Vec<Known>,
    /// The texts, one behind the other.
    bytes: Vec<u8>,
    texts: Vec<Kept>,
    paths: Trail,
    /// What was found in the texts: where it begins in `bytes`, and where it ends.
    taken: BTreeMap<usize, usize>,
    /// The beginnings in `taken` in the order in which they came.
    taken_in_order: Vec<usize>,
}

/// A value that words around it have given away.
struct Known {
    finding: Finding,
    value: Box<[u8]>,
}

/// A text that is kept.
struct Kept {
    /// Where it begins in `bytes`.
    start: usize,
    path: Stretch,
    origin: Origin,
}

/// Where a text came from.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) layer: LayerId,
    pub(crate) place: Place,
    pub(crate) way: Way,
    /// The text itself, where it is all of a field that may say where the message goes.
    pub(crate) routing: Option<Arc<Receivers>>,
}

/// The way from positions in a text to the bytes of its layer.
#[derive(Clone)]
pub(crate) enum Way {
    /// The text is the layer's own bytes from here on.
    Straight(u64),
    /// Through one map after another; each counts from the position beside it.
    Through(Vec<(usize, OffsetMap)>, u64),
    /// Whatever is found in it, all of it is replaced.
    Whole(Vec<Range<u64>>),
}

impl Way {
    /// The stretches that `span` was written in.
    pub(crate) fn pieces(&self, span: Range<usize>) -> Vec<Range<u64>> {
        let mut out = Vec::with_capacity(1);
        match self {
            Self::Straight(base) => out.push(base + span.start as u64..base + span.end as u64),
            Self::Whole(pieces) => out.extend_from_slice(pieces),
            Self::Through(steps, base) => {
                through(steps, span, &mut |piece| out.push(base + piece.start as u64..base + piece.end as u64));
            }
        }
        out
    }
}

fn through(steps: &[(usize, OffsetMap)], span: Range<usize>, out: &mut dyn FnMut(Range<usize>)) {
    let Some(((from, map), rest)) = steps.split_first() else { return out(span) };
    for piece in map.source_pieces(span.start - from..span.end - from) {
        through(rest, piece, out);
    }
}

/// The same value at another place.
pub(crate) struct Again {
    pub(crate) finding: Finding,
    pub(crate) value: Box<[u8]>,
    pub(crate) path: Trail,
    pub(crate) origin: Origin,
}

/// A position in what was seen, to come back to.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    known: usize,
    bytes: usize,
    texts: usize,
    paths: (usize, usize),
    taken: usize,
}

impl Seen {
    /// Notes which of `findings` in `text` are given away by words around them. Returns from which one on they are new.
    pub(crate) fn learn(&mut self, findings: &[Finding], text: &[u8]) -> usize {
        let first_new = self.known.len();
        for finding in findings.iter().filter(|finding| finding.reasons().support > Support::Alone) {
            let value = &text[finding.span()];
            let is_new = self.known.iter().all(|known| *known.value != *value);
            if value.len() >= SHORTEST_VALUE_BYTES && self.known.len() < KNOWN_LIMIT && is_new {
                self.known.push(Known { finding: finding.clone(), value: value.into() });
            }
        }
        first_new
    }

    /// Appends to `findings` the places in `text` at which a known value stands once more.
    pub(crate) fn find_again(&self, text: &[u8], findings: &mut Vec<Finding>) {
        let direct = findings.len();
        let is_found = |findings: &[Finding], start| {
            direct <= FEW && findings[..direct].iter().any(|finding| finding.span().start == start)
        };
        // Laid out for looking up once there is something to look up: a value may recur in every word of a long text.
        let mut taken: Option<BTreeMap<usize, usize>> = None;
        for known in &self.known {
            for at in Occurrences::of(&known.value, text) {
                // Nearly always it is what made the value known.
                if is_found(findings, at) {
                    continue;
                }
                let span = at..at + known.value.len();
                let taken =
                    taken.get_or_insert_with(|| findings.iter().map(|f| (f.span().start, f.span().end)).collect());
                if is_free(taken, &span) && stands_alone(text, &span) {
                    taken.insert(span.start, span.end);
                    findings.push(known.finding.again_at(span));
                }
            }
        }
        if findings.len() > direct {
            findings.sort_by_key(|finding| finding.span().start);
        }
    }

    /// Where the values that are known from `first` on stand in the texts that are kept.
    pub(crate) fn look_back(&mut self, first: usize) -> Vec<Again> {
        let mut again = Vec::new();
        for nth in first..self.known.len() {
            let known = &self.known[nth];
            for at in Occurrences::of(&known.value, &self.bytes) {
                let span = at..at + known.value.len();
                if !stands_alone(&self.bytes, &span) || !is_free(&self.taken, &span) {
                    continue;
                }
                self.taken.insert(span.start, span.end);
                self.taken_in_order.push(span.start);
                let text = &self.texts[self.texts.partition_point(|text| text.start <= at) - 1];
                again.push(Again {
                    finding: known.finding.again_at(span.start - text.start..span.end - text.start),
                    value: known.value.clone(),
                    path: self.paths.stretch(&text.path),
                    origin: text.origin.clone(),
                });
            }
        }
        again
    }

    /// Whether a text in which `findings` were found is to be kept: it may hold a value that is given away elsewhere in its
    /// record, and there is room for it.
    pub(crate) fn is_worth_keeping(&self, text: &[u8], findings: &[Finding]) -> bool {
        let is_all = |finding: &Finding| finding.span() == (0..text.len());
        (SHORTEST_VALUE_BYTES..=TEXT_LIMIT_BYTES).contains(&text.len())
            && self.bytes.len() + text.len() <= TEXTS_LIMIT_BYTES
            && !findings.iter().any(is_all)
    }

    /// Keeps a text in which `findings` were found.
    pub(crate) fn keep(&mut self, text: &[u8], findings: &[Finding], path: impl FnOnce(&mut Trail), origin: Origin) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.bytes.push(SEPARATOR);
        for span in findings.iter().map(Finding::span) {
            self.taken.insert(start + span.start, start + span.end);
            self.taken_in_order.push(start + span.start);
        }
        self.texts.push(Kept { start, path: self.paths.append(path), origin });
    }

    /// Forgets everything but keeps the memory.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.forget_texts();
    }

    /// Forgets the texts; what is known stays known.
    pub(super) fn forget_texts(&mut self) {
        let known = self.known.len();
        self.rewind(Mark { known, ..Mark::default() });
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            known: self.known.len(),
            bytes: self.bytes.len(),
            texts: self.texts.len(),
            paths: self.paths.len(),
            taken: self.taken_in_order.len(),
        }
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.known.truncate(mark.known);
        self.bytes.truncate(mark.bytes);
        self.texts.truncate(mark.texts);
        self.paths.truncate(mark.paths);
        for start in self.taken_in_order.drain(mark.taken..) {
            self.taken.remove(&start);
        }
    }
}

fn is_free(taken: &BTreeMap<usize, usize>, span: &Range<usize>) -> bool {
    taken.range(..span.end).next_back().is_none_or(|(_, end)| *end <= span.start)
}

/// Whether the span is no piece of a longer run of letters and digits.
fn stands_alone(text: &[u8], span: &Range<usize>) -> bool {
    let joins = |a: Option<&u8>, b: Option<&u8>| {
        a.is_some_and(u8::is_ascii_alphanumeric) && b.is_some_and(u8::is_ascii_alphanumeric)
    };
    let before = span.start.checked_sub(1).and_then(|at| text.get(at));
    !joins(before, text.get(span.start)) && !joins(text.get(span.end - 1), text.get(span.end))
}
