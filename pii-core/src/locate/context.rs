//! What stands around a candidate: the nearest label before it, the unit behind it, the field that it is in.

use super::bridge;
use crate::evidence::Evidence;
use crate::finding::Support;
use crate::rule::{Label, Labels, WordHit};

/// How far back, in bytes, a label of the same clause may stand.
const NEAR_LIMIT_BYTES: usize = 48;

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
    /// A label that stands in the same clause.
    pub(super) near: Option<&'a Label>,
    /// A unit stands behind it (元, 股).
    pub(super) unit: bool,
    /// The rule that its column is of.
    pub(super) column: Option<u16>,
}

impl Surroundings<'_> {
    /// Whether the label beside it names a kind.
    pub(super) fn names_a_kind(&self) -> bool {
        self.label.is_some_and(|(label, _)| !label.kinds.is_empty())
    }

    /// Whether what stands beside it says that it is harmless and nothing says what it is.
    pub(super) fn contradicted(&self) -> bool {
        self.label.is_some_and(|(label, _)| label.harmless && label.kinds.is_empty())
            || (self.unit && self.label.is_none())
    }
}

impl<'a> Context<'a> {
    /// What is said about the candidate at `start..end`. `inherited` is the label of the value before it in a list.
    pub(super) fn around(&self, start: usize, end: usize, inherited: Option<&'a Label>) -> Surroundings<'a> {
        let before = self.before(start);
        let adjacent = before.filter(|hit| bridge::spans(self.text, hit.end, start));
        let word = adjacent.and_then(|hit| {
            let support = if hit.is_field { Support::Field } else { Support::Word };
            hit.label.before.map(|id| (self.labels.get(id), support))
        });
        let field = || self.evidence.field.map(|id| (self.labels.get(id), Support::Field));
        let near = before.filter(|hit| self.same_clause(hit.end, start)).and_then(|hit| hit.label.before);
        Surroundings {
            label: word.or_else(|| inherited.map(|label| (label, Support::Word))).or_else(field),
            near: near.map(|id| self.labels.get(id)),
            unit: self.unit_behind(end),
            column: self.evidence.column,
        }
    }

    /// Where a Chinese word for what follows ends inside a token: 沪A in 沪A0100000001.
    pub(super) fn end_of_han_word_in(&self, token: std::ops::Range<usize>) -> Option<usize> {
        let hit = self.hits.get(self.hits.partition_point(|hit| hit.end <= token.start))?;
        let is_word = hit.label.before.is_some() && hit.start < token.start && hit.end < token.end;
        is_word.then_some(hit.end)
    }

    /// The last word for what follows that ends before `start`.
    fn before(&self, start: usize) -> Option<&'a WordHit> {
        let index = self.hits.partition_point(|hit| hit.end <= start);
        self.hits[..index].iter().rev().take(4).find(|hit| hit.label.before.is_some())
    }

    fn same_clause(&self, from: usize, to: usize) -> bool {
        let gap = &self.text[from..to];
        gap.len() <= NEAR_LIMIT_BYTES
            && !gap.iter().any(|b| matches!(b, b',' | b';' | b'!' | b'?' | b'\n' | b'|' | b'{' | b'}'))
            && !["，", "。", "；", "！", "？"].iter().any(|mark| memchr::memmem::find(gap, mark.as_bytes()).is_some())
    }

    /// Whether a unit of harmless numbers stands right behind `end`, a space between them or not.
    pub(super) fn unit_behind(&self, end: usize) -> bool {
        let at = end + usize::from(self.text.get(end) == Some(&b' '));
        let index = self.hits.partition_point(|hit| hit.start < end);
        let hit = self.hits[index..].first().filter(|hit| hit.start == end || hit.start == at);
        hit.and_then(|hit| hit.label.after).is_some_and(|id| self.labels.get(id).harmless)
    }
}
