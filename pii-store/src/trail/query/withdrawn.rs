//! Which consents were withdrawn when, and what was decided afterwards, as the ledger's changes in trails have it.

use crate::trail::TrailError;
use crate::trail::class::Class;
use crate::trail::hash::KeyedDigest;
use crate::trail::name::Name;
use crate::trail::read::{self, Go};
use crate::trail::record::{Basis, Change, Content, Decision, LedgerChange};
use pii_core::time::Moment;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What happened to the consents of everybody who has a withdrawal, or whose consent ended, in all trails that were read.
///
/// What is held grows with those, and not with consents: changes are read twice, first who has one.
#[derive(Debug, Default)]
pub struct Withdrawals {
    steps: Vec<Step>,
    /// Which of them are about whom.
    of: HashMap<KeyedDigest, Vec<usize>>,
    /// What else somebody is known by: of a phone or an ID the person's own number, which all changes name.
    links: HashMap<KeyedDigest, Vec<KeyedDigest>>,
    /// How many changes of the ledger there were.
    changes: u64,
    /// How many lines were no records of this version: one may be a withdrawal.
    unread: u64,
}

/// How a decision stands to the end of a consent that it may rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was made afterwards: this entry of the ledger had ended the consent.
    After(u64),
    /// It was made before, and this entry is the next that ends it.
    Before(u64),
}

#[derive(Debug)]
struct Step {
    entry: u64,
    effective: Moment,
    is_granted: bool,
    subjects: Vec<KeyedDigest>,
    purpose: Option<Name>,
    recipient: Option<Name>,
}

impl Withdrawals {
    /// Reads the ledger's changes in some trails: those of the nodes that decide, and of whoever keeps the ledger.
    ///
    /// # Errors
    /// A trail cannot be read.
    pub fn read(trails: &[impl AsRef<Path>]) -> Result<Self, TrailError> {
        let (mut all, mut ended) = (Self::default(), HashSet::new());
        all.unread = each_change(trails, |change| {
            all.changes += 1;
            if matches!(change.change, Change::Withdrawn | Change::Refused | Change::Expired) {
                ended.extend(change.subjects.iter().copied());
            }
        })?;
        each_change(trails, |change| {
            if change.subjects.iter().any(|subject| ended.contains(subject)) {
                all.note(change);
            }
        })?;
        let mut order: Vec<usize> = (0..all.steps.len()).collect();
        order.sort_by_key(|&step| (all.steps[step].effective, all.steps[step].entry));
        for (place, &step) in order.iter().enumerate() {
            for subject in &all.steps[step].subjects {
                all.of.entry(*subject).or_default().push(place);
            }
        }
        let mut steps: Vec<Option<Step>> = all.steps.drain(..).map(Some).collect();
        all.steps = order.into_iter().filter_map(|step| steps[step].take()).collect();
        Ok(all)
    }

    /// How many changes of a ledger these trails have, and how many lines that this version cannot read.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.changes, self.unread)
    }

    fn note(&mut self, change: &LedgerChange) {
        let is_granted = match change.change {
            Change::Granted => true,
            Change::Withdrawn | Change::Refused | Change::Expired => false,
            Change::Declared => {
                // What leads to somebody comes first, and behind it who that is.
                if let Some((first, others)) = change.subjects.split_first() {
                    self.links.entry(*first).or_default().extend(others);
                }
                return;
            }
        };
        let (purpose, recipient) = (change.purpose.clone(), change.recipient.clone());
        let (entry, effective, subjects) = (change.entry, change.effective, change.subjects.clone());
        self.steps.push(Step { entry, effective, is_granted, subjects, purpose, recipient });
    }

    /// How a decision stands to the withdrawals of its subject. `None` where it has to do with none: it rests on an article, it
    /// names nobody, or nobody with a withdrawal that concerns it.
    ///
    /// What a decision does not say may be anything: one without a basis may rest on a consent, and one without a purpose or a
    /// recipient is concerned by each withdrawal of its subject.
    #[must_use]
    pub fn standing(&self, decision: &Decision, at: Moment) -> Option<Standing> {
        if !may_rest_on_consent(decision) {
            return None;
        }
        let linked = decision.subjects.iter().filter_map(|subject| self.links.get(subject)).flatten();
        let of = decision.subjects.iter().chain(linked).filter_map(|subject| self.of.get(subject));
        let mut places: Vec<usize> = of.flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        let steps = || places.iter().map(|place| &self.steps[*place]).filter(|step| step.concerns(decision));
        let mut ended: Vec<&Step> = Vec::new();
        for step in steps().take_while(|step| step.effective <= at) {
            if step.is_granted {
                ended.retain(|end| !step.gives_again(end, decision));
            } else {
                ended.push(step);
            }
        }
        if let Some(last) = ended.last() {
            return Some(Standing::After(last.entry));
        }
        let next = steps().find(|step| step.effective > at && !step.is_granted);
        next.map(|step| Standing::Before(step.entry))
    }
}

/// Whether a decision rests on a consent, or says of nothing else that it rests on that.
pub(super) fn may_rest_on_consent(decision: &Decision) -> bool {
    decision.basis.as_ref().is_none_or(Basis::is_consent)
}

impl Step {
    /// Whether it may be about what was decided. What says nothing of purpose or recipient is about all of them.
    fn concerns(&self, decision: &Decision) -> bool {
        let may_be = |mine: &Option<Name>, its: &Option<Name>| mine.is_none() || its.is_none() || mine == its;
        may_be(&self.purpose, &decision.purpose) && may_be(&self.recipient, &decision.recipient)
    }

    /// Whether this consent, which concerns a decision, is surely of the same person as one that ended, and for what that was or
    /// what the decision says.
    fn gives_again(&self, end: &Self, decision: &Decision) -> bool {
        let is_for = |ended: &Option<Name>, mine: &Option<Name>, its: &Option<Name>| its.is_some() || mine == ended;
        // A consent that names no recipient is to the firm itself, and gives nobody back what was taken from them by name.
        let to_them = match &self.recipient {
            None => end.recipient.is_none(),
            mine => is_for(&end.recipient, mine, &decision.recipient),
        };
        (self.purpose.is_none() || is_for(&end.purpose, &self.purpose, &decision.purpose))
            && to_them
            && self.subjects.iter().any(|subject| end.subjects.contains(subject))
    }
}

/// Changes of consents are evidence of accounts, and stand in that chain.
fn each_change(trails: &[impl AsRef<Path>], mut each: impl FnMut(&LedgerChange)) -> Result<u64, TrailError> {
    let mut unread = 0;
    for trail in trails {
        let take = |entry: &read::Entry| {
            if let Content::Ledger(change) = &entry.content {
                each(change);
            }
            Go::On
        };
        unread += read::entries(trail.as_ref(), (&[Class::Account], &["ledger"]), take, |_| ())?.unread;
    }
    Ok(unread)
}
