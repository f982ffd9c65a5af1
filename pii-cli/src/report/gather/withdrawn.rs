//! Withdrawals, and whether anything was sent on a consent afterwards.
//!
//! How a decision stands to a withdrawal the trail itself says ([`pii_store::trail::Withdrawals`]), so that a report and an
//! auditor's question never say different things.

use super::span::Span;
use crate::report::model;
use pii_core::time::Moment;
use pii_store::trail::{
    self, Change, Class, Content, Decision, Go, KeyedDigest, LedgerChange, Standing, TrailError, entries,
};
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// So many of those that were sent on are told of one by one.
const TOLD_LIMIT: usize = 20;

/// What happened to consents that were withdrawn at some time.
pub(super) struct Withdrawals {
    known: trail::Withdrawals,
    /// By the ledger's number.
    ended: BTreeMap<u64, Ended>,
    /// Entries of one act, by the act's first: one withdrawal ends each of a person's consents, and says that it ends all.
    acts: HashMap<u64, u64>,
}

/// A consent that ended.
struct Ended {
    is_withdrawn: bool,
    effective: Moment,
    recorded: Moment,
    last_before: Option<Moment>,
    sent_after: u64,
    last_after: Option<Moment>,
}

impl Withdrawals {
    pub(super) fn read(trails: &[PathBuf]) -> Result<Self, TrailError> {
        let known = trail::Withdrawals::read(trails)?;
        let mut all = Self { known, ended: BTreeMap::new(), acts: HashMap::new() };
        let mut firsts: HashMap<(Moment, Vec<KeyedDigest>), u64> = HashMap::new();
        each_change(trails, |change, recorded| {
            let is_withdrawn = match change.change {
                Change::Withdrawn => true,
                Change::Refused | Change::Expired => false,
                Change::Granted | Change::Declared => return,
            };
            let effective = change.effective;
            let new = Ended { is_withdrawn, effective, recorded, last_before: None, sent_after: 0, last_after: None };
            let mut whose = change.subjects.clone();
            whose.sort_unstable();
            if is_withdrawn && !whose.is_empty() {
                let first = *firsts.entry((effective, whose)).or_insert(change.entry);
                if first != change.entry {
                    all.acts.insert(change.entry, first);
                    return;
                }
            }
            all.ended.entry(change.entry).or_insert(new);
        })?;
        Ok(all)
    }

    /// Takes a decision that left, or may have.
    pub(super) fn sent(&mut self, decision: &Decision, at: Moment) {
        let (entry, is_after) = match self.known.standing(decision, at) {
            Some(Standing::After(entry)) => (entry, true),
            Some(Standing::Before(entry)) => (entry, false),
            None => return,
        };
        let act = self.acts.get(&entry).unwrap_or(&entry);
        let Some(ended) = self.ended.get_mut(act) else { return };
        if is_after {
            ended.sent_after += 1;
            ended.last_after = Some(ended.last_after.map_or(at, |last| last.max(at)));
        } else {
            ended.last_before = Some(ended.last_before.map_or(at, |last| last.max(at)));
        }
    }

    /// Puts all of it into the report.
    pub(super) fn tell(self, span: &Span) -> model::Withdrawals {
        let mut told = model::Withdrawals::default();
        let (mut recorded_after, mut late) = (Vec::new(), Vec::new());
        for (entry, ended) in self.ended {
            told.sent_after += ended.sent_after;
            if ended.is_withdrawn && span.holds(ended.effective) {
                told.count += 1;
                told.at_once += u64::from(ended.sent_after == 0);
                recorded_after.push(ended.recorded.millis_since(ended.effective).div_ceil(1000));
                let before = ended.last_before.map(|before| ended.effective.millis_since(before) / 1000);
                told.last_sent_before_seconds = told.last_sent_before_seconds.into_iter().chain(before).min();
            }
            if let Some(last) = ended.last_after {
                late.push((last.millis_since(ended.effective).div_ceil(1000), entry, ended));
            }
        }
        recorded_after.sort_unstable();
        told.recorded_after_seconds_median = recorded_after.get(recorded_after.len() / 2).copied();
        told.recorded_after_seconds_longest = recorded_after.last().copied();
        late.sort_by_key(|(seconds, ..)| std::cmp::Reverse(*seconds));
        told.longest_after_seconds = late.first().map(|(seconds, ..)| *seconds);
        let one = |(_, entry, ended): (u64, u64, Ended)| model::Withdrawal {
            entry,
            effective: ended.effective.to_string(),
            sent_after: ended.sent_after,
            last_sent_after: ended.last_after.map(|at| at.to_string()),
        };
        told.slowest = late.into_iter().take(TOLD_LIMIT).map(one).collect();
        told
    }
}

fn each_change(trails: &[PathBuf], mut each: impl FnMut(&LedgerChange, Moment)) -> Result<(), TrailError> {
    for trail in trails {
        let take = |entry: &pii_store::trail::Entry| {
            if let Content::Ledger(change) = &entry.content {
                each(change, entry.at);
            }
            Go::On
        };
        entries(trail, (&[Class::Account], &["ledger"]), take, |_| {})?;
    }
    Ok(())
}
