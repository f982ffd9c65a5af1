//! What becomes of the findings of a record that has closed.

mod keys;

use crate::record::{Closed, Found, Replacement};
use crate::report::{Parts, Report};
use pii_core::policy::{Action, FlowPolicy};
use pii_core::transform::Transform;
use pii_core::{Engine, Item, Judgement, Scratch};
use std::fmt;
use std::sync::Arc;

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Find and report.
    Scan,
    /// Find, report, and write the input with what was found masked.
    Mask,
    /// Find in what was masked, decide and report what is left. Makes nothing with keys and writes nothing.
    Check,
    /// Find, decide, and report what would become of it. Makes nothing with keys and writes nothing, and what the policy blocks is
    /// reported like anything else.
    Decide,
}

impl Mode {
    pub(crate) fn writes(self) -> bool {
        self == Self::Mask
    }
}

/// An engine, and a policy as it stands for one flow.
#[derive(Clone)]
pub(crate) struct Decider {
    pub(crate) engine: Engine,
    pub(crate) policy: FlowPolicy,
    /// Who does what takes keys.
    pub(crate) keys: Option<Arc<dyn Transform>>,
}

impl fmt::Debug for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, policy, keys } = self;
        let keys = keys.as_ref().map_or("none", |_| "there");
        f.debug_struct("Decider").field("engine", engine).field("policy", policy).field("keys", &keys).finish()
    }
}

/// What may not go, and why where it is not the policy that says so.
#[derive(Clone)]
pub(crate) struct Blocked {
    pub(crate) kind: &'static str,
    pub(crate) refused: Option<String>,
}

/// What becomes of the findings of a record.
#[derive(Default)]
pub(crate) struct Decided {
    /// One for each finding; `None` leaves it as it is. Empty when only scanning.
    pub(crate) replacements: Vec<Option<Replacement>>,
    pub(crate) reports: Vec<Report>,
    /// The first finding that may not go.
    pub(crate) blocked: Option<Blocked>,
}

impl Decider {
    /// Decides about a record that has closed. The values go from it into the reports.
    pub(crate) fn decide(&self, closed: &mut Closed, mode: Mode, scratch: &mut Scratch) -> Decided {
        let founds = &closed.founds;
        // In every mode: what is exempt when it is masked has to be so when the output is searched again.
        let keys = self.keys.as_deref();
        let counts = |found: &Found| !self.engine.is_exempt(&self.policy, keys, &found.finding, found.value());
        let counted = founds.iter().enumerate().filter(|(_, found)| counts(found));
        let counted: Vec<Counted> =
            counted.map(|(nth, found)| Counted { nth, path: found.path.shown(&self.engine, scratch) }).collect();
        let mut decided = Decided::default();
        if mode == Mode::Scan {
            decided.reports = counted.into_iter().map(|counted| report(closed, counted, None)).collect();
            return decided;
        }
        let items: Vec<Item<'_>> = counted.iter().map(|counted| counted.item(founds)).collect();
        let keys = keys.filter(|_| mode.writes());
        let judgements = self.engine.judge(&self.policy, keys, &items, closed.aside, closed.cut_short);
        decided.replacements.resize(founds.len(), None);
        decided.reports.reserve(counted.len());
        for (counted, judgement) in counted.into_iter().zip(judgements) {
            let nth = counted.nth;
            if judgement.action == Action::Block && mode != Mode::Decide && decided.blocked.is_none() {
                let kind = closed.founds[nth].finding.kind().as_str();
                decided.blocked = Some(Blocked { kind, refused: judgement.refused.clone() });
            }
            decided.reports.push(report(closed, counted, Some((&judgement, mode))));
            let (token, is_keyed) = (judgement.token, judgement.action.needs_keys());
            decided.replacements[nth] = judgement.replacement.map(|text| Replacement { text, token, is_keyed });
        }
        let collision = || {
            let found = keys::collision(closed, &decided.replacements)?;
            Some(Blocked { kind: found.finding.kind().as_str(), refused: None })
        };
        if mode.writes() && decided.blocked.is_none() {
            decided.blocked = collision();
        }
        decided
    }
}

/// A finding that is not exempt.
struct Counted {
    /// Its place among those of its record.
    nth: usize,
    path: String,
}

impl Counted {
    fn item<'a>(&'a self, founds: &'a [Found]) -> Item<'a> {
        let found = &founds[self.nth];
        Item {
            finding: &found.finding,
            value: found.value(),
            path: &self.path,
            place: found.place,
            width_bytes: found.width(),
        }
    }
}

fn report(closed: &mut Closed, counted: Counted, judged: Option<(&Judgement, Mode)>) -> Report {
    let judgement = judged.map(|(judgement, _)| judgement);
    // Without keys nobody knows what they would make of it.
    let is_shown = |(judgement, mode): &(&Judgement, Mode)| *mode == Mode::Decide && !judgement.action.needs_keys();
    let replacement = judged.filter(is_shown).and_then(|(judgement, _)| judgement.replacement.as_deref());
    let value = closed.founds[counted.nth].take_value();
    let found = &closed.founds[counted.nth];
    Report::from(Parts {
        finding: found.finding.clone(),
        pieces: closed.input_pieces(found),
        path: counted.path,
        why: judgement.map(|judgement| judgement.why),
        action: judgement.map_or("", |judgement| judgement.action.as_str()),
        replacement: replacement.map(Box::from),
        value,
    })
}
