//! What stands around a candidate: the nearest label before it, the unit behind it, the field that it is in.

use super::bridge;
use crate::evidence::Evidence;
use crate::finding::{Role, Support};
use crate::rule::{Label, Labels, WordHit};

/// How far back, in bytes, a label of the same clause may stand.
const NEAR_LIMIT_BYTES: usize = 48;

/// How far back, in bytes, a label of any sort may stand.
pub(super) const REACH_BYTES: usize =
    if NEAR_LIMIT_BYTES > bridge::LIMIT_BYTES { NEAR_LIMIT_BYTES } else { bridge::LIMIT_BYTES };

/// The most digits of a quantity.
const QUANTITY_DIGITS: usize = 15;

/// The surroundings of one line of text.
pub(super) struct Context<'a> {
    pub(super) text: &'a [u8],
    /// Sorted by position, without overlaps.
    pub(super) hits: &'a [WordHit],
    pub(super) evidence: Evidence,
    pub(super) labels: &'a Labels,
}

/// What the surroundings say about one candidate.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Surroundings<'a> {
    /// The label that it stands beside, and how.
    pub(super) label: Option<(&'a Label, Support)>,
    /// The second label of its field, where the field's name stands for two and no word says better.
    pub(super) also: Option<&'a Label>,
    /// A label that stands in the same clause and names a kind.
    pub(super) near: Option<&'a Label>,
    /// The rule that its column is of.
    pub(super) column: Option<u16>,
}

impl Surroundings<'_> {
    /// What the labels beside it say for a value of `rule`.
    pub(super) fn says(&self, rule: u16) -> Option<(Support, Role)> {
        let also = self.also.map(|label| (label, Support::Field));
        self.label.into_iter().chain(also).find_map(|(label, support)| Some((support, label.role_for(rule)?)))
    }

    /// Whether anything says something of it.
    pub(super) fn says_something(&self) -> bool {
        self.label.is_some() || self.also.is_some() || self.near.is_some() || self.column.is_some()
    }

    /// Whether the label beside it names a kind.
    pub(super) fn names_a_kind(&self) -> bool {
        self.label.is_some_and(|(label, _)| !label.kinds.is_empty())
    }
}

impl<'a> Context<'a> {
    /// What is said about the candidate that begins at `start`. `inherited` is the label of the value before it in a list.
    pub(super) fn around(&self, start: usize, inherited: Option<&'a Label>) -> Surroundings<'a> {
        self.around_behind(self.hits.partition_point(|hit| hit.end <= start), start, inherited)
    }

    /// Whether anything can be said about a value that begins at `start`, where the first `passed` hits end before it and
    /// it inherits no label.
    pub(super) fn may_say(&self, passed: usize, start: usize) -> bool {
        self.evidence.is_labelled() || self.hits[..passed].last().is_some_and(|hit| start - hit.end <= REACH_BYTES)
    }

    /// The same as [`Self::around`] where the first `passed` of the hits are known to be those that end before `start`.
    pub(super) fn around_behind(&self, passed: usize, start: usize, inherited: Option<&'a Label>) -> Surroundings<'a> {
        let before = self.hits[..passed].iter().rev().take(4).find_map(|hit| Some((hit, hit.label.before?)));
        let before = before.filter(|(hit, _)| start - hit.end <= REACH_BYTES);
        let before = before.map(|(hit, id)| (hit, self.labels.get(id)));
        let word = before
            .filter(|(hit, _)| bridge::spans(self.text, hit.end, start))
            .map(|(hit, label)| (label, if hit.is_field { Support::Field } else { Support::Word }));
        let near = before.filter(|(hit, label)| !label.kinds.is_empty() && self.same_clause(hit.end, start));
        let field = || self.evidence.field.map(|id| (self.labels.get(id), Support::Field));
        let said = word.or_else(|| inherited.map(|label| (label, Support::Word)));
        Surroundings {
            label: said.or_else(field),
            also: self.evidence.also.filter(|_| said.is_none()).map(|id| self.labels.get(id)),
            near: near.map(|(_, label)| label),
            column: self.evidence.column,
        }
    }

    /// Whether what stands beside a value that ends at `end` says that it is harmless and nothing says what it is.
    pub(super) fn contradicts(&self, around: &Surroundings<'_>, end: usize) -> bool {
        match around.label {
            Some((label, _)) => label.harmless && label.kinds.is_empty(),
            None => self.unit_behind(end),
        }
    }

    /// Where a Chinese word for what follows ends inside a token: 沪A in 沪A0100000001.
    pub(super) fn end_of_han_word_in(&self, token: std::ops::Range<usize>) -> Option<usize> {
        let hit = self.hits.get(self.hits.partition_point(|hit| hit.end <= token.start))?;
        let is_word = hit.label.before.is_some() && hit.start < token.start && hit.end < token.end;
        is_word.then_some(hit.end)
    }

    fn same_clause(&self, from: usize, to: usize) -> bool {
        let gap = &self.text[from..to];
        gap.len() <= NEAR_LIMIT_BYTES
            && !gap.iter().enumerate().any(|(at, byte)| match byte {
                b',' | b';' | b'!' | b'?' | b'\n' | b'|' | b'{' | b'}' => true,
                // ，；！？ and 。 in UTF-8.
                0xEF => matches!(gap[at..], [_, 0xBC, 0x8C | 0x9B | 0x81 | 0x9F, ..]),
                0xE3 => matches!(gap[at..], [_, 0x80, 0x82, ..]),
                _ => false,
            })
    }

    /// Whether a unit of harmless numbers stands right behind `end`, a space between them or not. Nobody counts in numbers
    /// as long as a bank card's: what stands behind one only looks like a unit (` %31` of something encoded).
    fn unit_behind(&self, end: usize) -> bool {
        let digits = self.text[..end].iter().rev().take(QUANTITY_DIGITS + 1).take_while(|b| b.is_ascii_digit()).count();
        if digits > QUANTITY_DIGITS {
            return false;
        }
        let at = end + usize::from(self.text.get(end) == Some(&b' '));
        let index = self.hits.partition_point(|hit| hit.start < end);
        let hit = self.hits[index..].first().filter(|hit| hit.start == end || hit.start == at);
        // `bp+zhang@example.com` is a mailbox and no number of basis points.
        let goes_on = |hit: &&WordHit| match self.text.get(hit.end..) {
            Some([b'+' | b'_' | b'-' | b'.' | b'@', next, ..]) => next.is_ascii_alphanumeric(),
            _ => false,
        };
        hit.filter(|hit| !goes_on(hit)).and_then(|hit| hit.label.after).is_some_and(|id| self.labels.get(id).harmless)
    }
}
