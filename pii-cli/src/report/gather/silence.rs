//! Of which nodes witnesses have heads, and times in which none of them got any.

use super::span::Span;
use crate::report::model::{Gap, Gaps};
use pii_core::time::Moment;
use pii_store::trail::TrailError;
use pii_store::trail::witness::heads_of;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::PathBuf;

/// So many times of silence are told of one by one.
const GAP_LIMIT: usize = 20;

/// Heads come every ten seconds at most. A node that sends none for longer than this was down, or cut off from its witness.
const SILENCE_SECONDS: u64 = 60;

/// The last head of a node that ends in order is made just behind the end. Where it did not get through, one before it, which is
/// at most so old, is the last.
const HEAD_BEHIND_END_MILLIS: u64 = 1_000;
const HEAD_BEFORE_END_MILLIS: u64 = 15_000;

/// When nodes ended in order.
pub(super) type Ends = BTreeMap<String, BTreeSet<Moment>>;

/// What all witnesses together heard of each node.
#[derive(Debug, Default)]
pub(super) struct Witnessed {
    nodes: BTreeMap<String, Heard>,
    heads_in_period: u64,
}

/// Times in which a node was heard of without a silence: when each began and ended.
#[derive(Debug, Default)]
struct Heard(BTreeMap<Moment, Moment>);

impl Witnessed {
    pub(super) fn read(witnesses: &[PathBuf], span: &Span) -> Result<Self, TrailError> {
        let mut all = Self::default();
        for path in witnesses {
            heads_of(path, |head| all.note(head.node.as_str(), head.at, span))?;
        }
        Ok(all)
    }

    fn note(&mut self, node: &str, at: Moment, span: &Span) {
        self.heads_in_period += u64::from(span.holds(at));
        match self.nodes.get_mut(node) {
            Some(heard) => heard.note(at),
            None => self.nodes.entry(node.to_owned()).or_default().note(at),
        }
    }

    /// The nodes whose trail is not among those of the given nodes.
    pub(super) fn without_trail(&self, given: &BTreeSet<&str>) -> Vec<String> {
        self.nodes.keys().filter(|node| !given.contains(node.as_str())).cloned().collect()
    }

    /// Times of silence that reach into the period. Where a node had ended in order, as a command does that is run now and then,
    /// it was not down. What is after the period, or has not come yet, nobody waited for.
    pub(super) fn gaps(&self, span: &Span, now: Moment, ends: &Ends) -> Gaps {
        let mut gaps = Gaps { heads: self.heads_in_period, ..Gaps::default() };
        let until = span.end().map_or(now, |end| end.min(now));
        for (node, heard) in &self.nodes {
            let again = heard.0.keys().skip(1).copied().map(Some).chain([None]);
            for (&last, again) in heard.0.values().zip(again) {
                let is_again = again.is_some_and(|again| again <= until);
                let to = again.map_or(until, |again| again.min(until));
                if !is_silence(last, to) || span.begin().is_some_and(|begin| to <= begin) {
                    continue;
                }
                if ended(ends, node, last) {
                    gaps.ended_in_order += u64::from(is_again);
                    continue;
                }
                let seconds = to.millis_since(last) / 1000;
                gaps.note(Gap { node: node.clone(), from: last.to_string(), to: to.to_string(), seconds });
            }
        }
        gaps
    }
}

impl Heard {
    /// Heads come in any order, of one witness after the other.
    fn note(&mut self, at: Moment) {
        let (mut begun, mut ended) = (at, at);
        if let Some((&first, &last)) = self.0.range(..=at).next_back()
            && !is_silence(last, at)
        {
            (begun, ended) = (first, last.max(at));
        }
        if let Some((&first, &last)) = self.0.range((Bound::Excluded(begun), Bound::Unbounded)).next()
            && !is_silence(ended, first)
        {
            self.0.remove(&first);
            ended = ended.max(last);
        }
        self.0.insert(begun, ended);
    }
}

/// Whether it is too long from one head to the next one.
fn is_silence(last: Moment, next: Moment) -> bool {
    next > last && next.millis_since(last) / 1000 > SILENCE_SECONDS
}

/// Whether a node ended in order with this head of it.
fn ended(ends: &Ends, node: &str, last: Moment) -> bool {
    let Some(ends) = ends.get(node) else { return false };
    let (before, behind) = (ends.range(..last).next_back(), ends.range(last..).next());
    before.is_some_and(|end| last.millis_since(*end) <= HEAD_BEHIND_END_MILLIS)
        || behind.is_some_and(|end| end.millis_since(last) <= HEAD_BEFORE_END_MILLIS)
}

impl Gaps {
    fn note(&mut self, gap: Gap) {
        self.count += 1;
        self.total_seconds += gap.seconds;
        self.longest.push(gap);
        self.longest.sort_by_key(|gap| std::cmp::Reverse(gap.seconds));
        self.longest.truncate(GAP_LIMIT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::time::Date;

    fn at(text: &str) -> Moment {
        Moment::parse(text).expect("a moment")
    }

    fn june() -> Span {
        Span::new(Date::new(2026, 6, 1), Date::new(2026, 6, 30)).expect("a month")
    }

    fn heard(of: &[(&str, &str)]) -> Witnessed {
        let mut all = Witnessed::default();
        of.iter().for_each(|(node, text)| all.note(node, at(text), &june()));
        all
    }

    /// The silences of June as `node from to`, as somebody sees them at this moment.
    fn silences(witnessed: &Witnessed, now: &str, ends: &Ends) -> Vec<String> {
        let gaps = witnessed.gaps(&june(), at(now), ends);
        assert_eq!(gaps.count, gaps.longest.len() as u64);
        gaps.longest.iter().map(|gap| format!("{} {} {}", gap.node, &gap.from[..19], &gap.to[..19])).collect()
    }

    const LATER: &str = "2026-08-01T00:00:00Z";

    #[test]
    fn a_node_is_waited_for_from_its_last_head_to_the_end_of_the_period() {
        let silent = heard(&[("n1", "2026-05-20T00:00:00Z")]);
        assert_eq!(silences(&silent, LATER, &Ends::new()), ["n1 2026-05-20T00:00:00 2026-06-30T16:00:00"]);
        let today = silences(&silent, "2026-06-10T00:00:00Z", &Ends::new());
        assert_eq!(today, ["n1 2026-05-20T00:00:00 2026-06-10T00:00:00"], "the rest of June has not come");
        assert!(silences(&silent, "2026-05-30T00:00:00Z", &Ends::new()).is_empty(), "June has not begun");
        let back =
            heard(&[("n1", "2026-05-20T00:00:00Z"), ("n1", "2026-05-31T15:00:00Z"), ("n1", "2026-07-02T00:00:00Z")]);
        assert_eq!(silences(&back, LATER, &Ends::new()), ["n1 2026-05-31T15:00:00 2026-06-30T16:00:00"]);
    }

    #[test]
    fn a_node_that_ended_in_order_is_not_waited_for() {
        let silent = heard(&[("n1", "2026-05-20T00:00:00Z")]);
        let ends = |moment: &str| Ends::from([("n1".to_owned(), BTreeSet::from([at(moment)]))]);
        assert!(silences(&silent, LATER, &ends("2026-05-19T23:59:59.500Z")).is_empty());
        assert_eq!(silences(&silent, LATER, &ends("2026-05-19T00:00:00Z")).len(), 1, "it began again");
    }

    #[test]
    fn one_outage_that_two_witnesses_saw_is_one_and_what_one_of_them_heard_is_heard() {
        let (from, to) = (("n1", "2026-06-30T14:00:00Z"), ("n1", "2026-06-30T15:59:30Z"));
        let both = heard(&[from, to, from, to]);
        assert_eq!(silences(&both, LATER, &Ends::new()), ["n1 2026-06-30T14:00:00 2026-06-30T15:59:30"]);
        let first = ["15:58:00", "15:59:00", "15:59:59"].map(|time| format!("2026-06-30T{time}Z"));
        let of = |text: &'static str| ("n1", text);
        let mut heard = heard(&[of("2026-06-30T15:57:10Z"), of("2026-06-30T15:59:59Z")]);
        assert_eq!(heard.gaps(&june(), at(LATER), &Ends::new()).count, 1);
        first.iter().rev().for_each(|text| heard.note("n1", at(text), &june()));
        assert_eq!(heard.gaps(&june(), at(LATER), &Ends::new()).count, 0, "the other witness heard it: {heard:?}");
    }

    #[test]
    fn nodes_whose_trail_was_not_given_are_named() {
        let two = heard(&[("n1", "2026-06-20T00:00:00Z"), ("n2", "2019-06-20T00:00:00Z")]);
        assert_eq!(two.without_trail(&BTreeSet::from(["n1"])), ["n2"]);
        assert!(two.without_trail(&BTreeSet::from(["n1", "n2"])).is_empty());
    }
}
