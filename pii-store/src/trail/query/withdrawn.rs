//! Which consents were withdrawn when, as the ledger's changes in the trail have it.

use crate::trail::TrailError;
use crate::trail::class::Class;
use crate::trail::hash::KeyedDigest;
use crate::trail::name::Name;
use crate::trail::read::{self, Entry, Go, Visit};
use crate::trail::record::{Change, Content, Decision, LedgerChange};
use pii_core::time::Moment;
use std::collections::HashMap;
use std::path::Path;

/// The changes of each subject's consents, by time.
#[derive(Default)]
pub(super) struct Withdrawals(HashMap<KeyedDigest, Vec<Step>>);

struct Step {
    entry: u64,
    effective: Moment,
    is_granted: bool,
    purpose: Option<Name>,
    recipient: Option<Name>,
}

impl Withdrawals {
    pub(super) fn read(folder: &Path) -> Result<Self, TrailError> {
        let mut all = Self::default();
        read::all(folder, &Class::ALL, &mut all)?;
        for steps in all.0.values_mut() {
            steps.sort_by_key(|step| (step.effective, step.entry));
        }
        Ok(all)
    }

    fn note(&mut self, change: &LedgerChange) {
        let is_granted = match change.change {
            Change::Granted => true,
            Change::Withdrawn | Change::Expired => false,
            Change::Declared => return,
        };
        for subject in &change.subjects {
            let (purpose, recipient) = (change.purpose.clone(), change.recipient.clone());
            let step = Step { entry: change.entry, effective: change.effective, is_granted, purpose, recipient };
            self.0.entry(*subject).or_default().push(step);
        }
    }

    /// Whether the consent that a decision rests on had ended when it was made: the last change that concerns it took it away.
    pub(super) fn forbids(&self, decision: &Decision, at: Moment) -> bool {
        let steps = decision.subjects.iter().filter_map(|subject| self.0.get(subject));
        let last = |steps: &Vec<Step>| {
            steps.iter().rev().find(|step| step.effective <= at && step.concerns(decision)).map(|it| it.is_granted)
        };
        steps.filter_map(last).any(|is_granted| !is_granted)
    }
}

impl Step {
    /// What says nothing of purpose or recipient concerns all of them.
    fn concerns(&self, decision: &Decision) -> bool {
        let covers = |mine: &Option<Name>, its: &Option<Name>| mine.is_none() || mine == its;
        covers(&self.purpose, &decision.purpose) && covers(&self.recipient, &decision.recipient)
    }
}

impl Visit for Withdrawals {
    fn wants(&self, kind: &str, _: Moment) -> bool {
        kind == "ledger"
    }

    fn entry(&mut self, entry: Entry) -> Result<Go, TrailError> {
        if let Content::Ledger(change) = &entry.content {
            self.note(change);
        }
        Ok(Go::On)
    }
}
