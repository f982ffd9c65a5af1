//! What becomes of the findings of a record that has closed.

mod keys;

use crate::record::{Closed, Found, Replacement};
use crate::report::{Parts, Report};
use pii_core::policy::{Action, FlowPolicy};
use pii_core::{Engine, Item, Judgement, Scratch};

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Find and report.
    Scan,
    /// Find, report, and write the input with what was found masked.
    Mask,
}

impl Mode {
    pub(crate) fn writes(self) -> bool {
        self == Self::Mask
    }
}

/// An engine, and a policy as it stands for one flow.
#[derive(Clone, Debug)]
pub(crate) struct Decider {
    pub(crate) engine: Engine,
    pub(crate) policy: FlowPolicy,
}

/// What becomes of the findings of a record.
pub(crate) struct Decided {
    /// One for each finding; `None` leaves it as it is.
    pub(crate) replacements: Vec<Option<Replacement>>,
    pub(crate) reports: Vec<Report>,
    /// The kind of the first finding that may not go.
    pub(crate) blocked: Option<&'static str>,
}

impl Decider {
    /// Decides about a record that has closed.
    pub(crate) fn decide(&self, closed: &Closed, mode: Mode) -> Decided {
        let mut scratch = Scratch::default();
        let founds = &closed.founds;
        let paths: Vec<String> = founds.iter().map(|found| found.path.shown(&self.engine, &mut scratch)).collect();
        let counts = |found: &Found| !self.engine.is_exempt(&self.policy, &found.finding, found.value());
        let counted: Vec<usize> = (0..founds.len()).filter(|&nth| counts(&founds[nth])).collect();
        let mut decided = Decided { replacements: Vec::new(), reports: Vec::new(), blocked: None };
        if mode == Mode::Scan {
            decided.reports = counted.iter().map(|&nth| self.report(closed, nth, &paths[nth], None)).collect();
            return decided;
        }
        let items: Vec<Item<'_>> = counted.iter().map(|&nth| item(&founds[nth], &paths[nth])).collect();
        let judgements = self.engine.judge(&self.policy, &items, closed.aside, closed.cut_short);
        decided.replacements.resize(founds.len(), None);
        for (nth, judgement) in counted.into_iter().zip(judgements) {
            if judgement.action == Action::Block && decided.blocked.is_none() {
                decided.blocked = Some(founds[nth].finding.kind().as_str());
            }
            decided.reports.push(self.report(closed, nth, &paths[nth], Some(&judgement)));
            decided.replacements[nth] = match judgement.replacement {
                Some(_) if judgement.json_null => Some(Replacement::JsonNull),
                text => text.map(Replacement::Text),
            };
        }
        let collision = || keys::collision(closed, &decided.replacements).map(|found| found.finding.kind().as_str());
        decided.blocked = decided.blocked.or_else(collision);
        decided
    }

    fn report(&self, closed: &Closed, nth: usize, path: &str, judgement: Option<&Judgement>) -> Report {
        let found = &closed.founds[nth];
        let why = self.engine.explain(&found.finding);
        let (explanation, action) = match judgement {
            None => (why, ""),
            Some(judgement) => (format!("{why}; {}", judgement.explanation), judgement.action.as_str()),
        };
        Report::from(Parts {
            finding: &found.finding,
            pieces: closed.input_pieces(found),
            path,
            explanation,
            action,
            value: found.value(),
        })
    }
}

fn item<'a>(found: &'a Found, path: &'a str) -> Item<'a> {
    Item { finding: &found.finding, value: found.value(), path, place: found.place, width_bytes: found.width() }
}
