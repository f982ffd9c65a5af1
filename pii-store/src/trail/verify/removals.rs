//! Whether segments that are gone were kept long enough.

use super::witnessed::OfChain;
use crate::trail::class::Class;
use crate::trail::hash::Hash;
use crate::trail::mark::Removed;
use pii_core::time::Moment;
use std::collections::BTreeMap;

/// So many removed segments may be told of in one chain. One a day is 7,300 in 20 years.
const LIMIT: usize = 1 << 20;

/// So many lines at the end of a segment the trail may have written of itself long after the last record in it: an interval's
/// checkpoint, one of closing, and those of sealing.
const MARKS_AT_END: u64 = 4;

/// What the lines say that are left of removed segments.
#[derive(Default)]
pub(super) struct Removals {
    /// By the number of the last line that was removed.
    by_last: BTreeMap<u64, Told>,
    /// Those that no signature covers yet.
    unsigned: Vec<u64>,
    /// When the last of them was written.
    latest: Option<Moment>,
}

/// A line that tells of a removed segment.
struct Told {
    removed: Removed,
    at: Moment,
    place: Place,
    is_signed: bool,
}

/// Where it stands.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) segment: String,
    pub(super) line: u64,
}

/// A removal that was not lawful: the numbers of its first and last line, and where that stands.
pub(super) struct Unlawful {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) place: Place,
}

impl Removals {
    pub(super) fn add(&mut self, removed: Removed, at: Moment, place: Place) {
        if self.by_last.len() < LIMIT {
            self.unsigned.push(removed.last);
            self.by_last.insert(removed.last, Told { removed, at, place, is_signed: false });
            self.latest = self.latest.max(Some(at));
        }
    }

    /// A signature covers all that was told so far.
    pub(super) fn signed(&mut self) {
        for last in self.unsigned.drain(..) {
            if let Some(told) = self.by_last.get_mut(&last) {
                told.is_signed = true;
            }
        }
    }

    /// When the last segment was removed, by the trail's clock. A clock that was put forward for that, and back, is behind it.
    pub(super) fn latest(&self) -> Option<Moment> {
        self.latest
    }

    /// The hash of the last line of a removed segment.
    pub(super) fn head(&self, last: u64) -> Option<Hash> {
        Some(self.by_last.get(&last)?.removed.head)
    }

    /// Those that were not lawful: too early by what they say themselves, or by what witnesses know; signed by nobody, if there
    /// are keys; other than what a witness has.
    pub(super) fn unlawful(&self, class: Class, has_keys: bool, heads: Option<&OfChain>) -> Vec<Unlawful> {
        let is_bad = |told: &&Told| {
            let is_early = !is_free(class, Moment::parse(&told.removed.latest), told.at);
            is_early || (has_keys && !told.is_signed) || heads.is_some_and(|heads| told.contradicts(class, heads))
        };
        let unlawful = |told: &Told| {
            let (first, last, place) = (told.removed.first, told.removed.last, told.place.clone());
            Unlawful { first, last, place }
        };
        self.by_last.values().filter(is_bad).map(unlawful).collect()
    }
}

impl Told {
    fn contradicts(&self, class: Class, heads: &OfChain) -> bool {
        let Removed { first, last, head, .. } = &self.removed;
        if first > last {
            return true;
        }
        heads.range(first..=last).any(|(seq, heads)| {
            let is_other = seq == last && heads.iter().any(|known| known.chain != *head);
            // Behind this line there was a record still, and it was written later than the witness took the head.
            let is_before_a_record = last - seq > MARKS_AT_END;
            is_other || (is_before_a_record && heads.iter().any(|known| !is_free(class, Some(known.at), self.at)))
        })
    }
}

/// Whether records of `written` were kept long enough at `at`.
fn is_free(class: Class, written: Option<Moment>, at: Moment) -> bool {
    written.is_some_and(|written| class.free_from(written.day_in_china()) <= at.day_in_china())
}
