//! What becomes of the findings of a record that has closed.

use crate::record::{Closed, Found, Replacement};
use crate::report::{Parts, Report};
use pii_core::policy::{Action, FlowPolicy};
use pii_core::{Engine, Item, Judgement, Token};
use std::collections::HashSet;

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
        let mut decided = Decided { replacements: Vec::new(), reports: Vec::new(), blocked: None };
        let counts = |found: &Found| !self.engine.is_exempt(&self.policy, &found.finding, found.value());
        if mode == Mode::Scan {
            let counted = closed.founds.iter().filter(|found| counts(found));
            decided.reports = counted.map(|found| self.report(closed, found, None)).collect();
            return decided;
        }
        let counted: Vec<bool> = closed.founds.iter().map(counts).collect();
        let items: Vec<Item<'_>> =
            closed.founds.iter().zip(&counted).filter(|(_, counts)| **counts).map(|(found, _)| item(found)).collect();
        let mut keys = HashSet::new();
        let mut judgements = self.engine.judge(&self.policy, &items, closed.aside, closed.cut_short).into_iter();
        for (found, counts) in closed.founds.iter().zip(counted) {
            let Some(judgement) = counts.then(|| judgements.next()).flatten() else {
                decided.replacements.push(None);
                continue;
            };
            // Two keys of an object that come out alike would make one of two fields.
            let collides = found.place.token == Token::JsonKey && !keys.insert(judgement.replacement.clone());
            if (judgement.action == Action::Block || collides) && decided.blocked.is_none() {
                decided.blocked = Some(found.finding.kind().as_str());
            }
            decided.reports.push(self.report(closed, found, Some(&judgement)));
            decided.replacements.push(match judgement.replacement {
                Some(_) if judgement.json_null => Some(Replacement::JsonNull),
                text => text.map(Replacement::Text),
            });
        }
        decided
    }

    fn report(&self, closed: &Closed, found: &Found, judgement: Option<&Judgement>) -> Report {
        let why = self.engine.explain(&found.finding);
        let (explanation, action) = match judgement {
            None => (why, ""),
            Some(judgement) => (format!("{why}; {}", judgement.explanation), judgement.action.as_str()),
        };
        Report::from(Parts {
            finding: &found.finding,
            pieces: closed.input_pieces(found),
            path: &found.path,
            explanation,
            action,
            value: found.value(),
        })
    }
}

fn item(found: &Found) -> Item<'_> {
    Item {
        finding: &found.finding,
        value: found.value(),
        path: &found.path,
        place: found.place,
        width_bytes: found.width(),
    }
}
