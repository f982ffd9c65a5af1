//! What becomes of one finding under two policies, and whether that protects it less.

use pii_core::mask::Shape;
use pii_core::policy::{Action, Decision, Reason};
use pii_formats::{Masker, Report};
use std::cmp::Ordering;

/// Whether a value is protected less, more or otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Less,
    Otherwise,
    More,
    Same,
}

impl Direction {
    /// What can change.
    pub(super) const CHANGES: [Self; 3] = [Self::Less, Self::More, Self::Otherwise];

    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Less => "less protected",
            Self::Otherwise => "otherwise",
            Self::More => "more protected",
            Self::Same => "the same",
        }
    }
}

/// What becomes of a finding under two policies.
pub(super) struct Change {
    pub(super) direction: Direction,
    /// What is done: `mask strict`, `pass`, `exempt` …
    pub(super) old: String,
    pub(super) new: String,
    /// Which rule decides.
    pub(super) old_rule: String,
    pub(super) new_rule: String,
}

impl Change {
    pub(super) fn of(old: (Option<&Report>, &Masker), new: (Option<&Report>, &Masker)) -> Self {
        let (old, new) = (Side::of(old), Side::of(new));
        Self {
            direction: direction(&old, &new),
            old: old.done(),
            new: new.done(),
            old_rule: old.rule(),
            new_rule: new.rule(),
        }
    }
}

/// One side of a change.
struct Side<'a> {
    /// `None`: exempt.
    report: Option<&'a Report>,
    decision: Option<Decision<'a>>,
    masker: &'a Masker,
}

impl<'a> Side<'a> {
    fn of((report, masker): (Option<&'a Report>, &'a Masker)) -> Self {
        Self { report, decision: report.and_then(|report| masker.decision(report)), masker }
    }

    /// What is done; not always what a rule says.
    fn action(&self) -> Action {
        let done = self.report.and_then(|report| Action::ALL.into_iter().find(|one| one.as_str() == report.action));
        done.unwrap_or(Action::Pass)
    }

    /// How far a value is from leaving in clear: of two that are changed neither is further.
    fn distance(&self) -> u8 {
        match self.action() {
            Action::Pass => 0,
            Action::Mask | Action::Fpe | Action::Token | Action::Seal | Action::Hash => 1,
            Action::Drop => 2,
            Action::Block => 3,
        }
    }

    /// How many letters and digits a mask shows.
    fn shown(&self) -> Option<usize> {
        let text = self.report?.replacement()?;
        let hiding = match self.decision?.shape {
            Shape::Word(_) => return Some(0),
            Shape::Char(c) => Some(*c),
            Shape::Stars | Shape::TailOnly => None,
        };
        Some(text.chars().filter(|c| c.is_alphanumeric() && Some(*c) != hiding).count())
    }

    fn done(&self) -> String {
        let Some(decision) = &self.decision else { return "exempt".to_owned() };
        let action = self.action();
        let profile = if action == Action::Mask { format!(" {}", decision.profile) } else { String::new() };
        let beyond = if decision.reason == Reason::OutOfScope { ", out of scope" } else { "" };
        format!("{action}{profile}{beyond}")
    }

    fn rule(&self) -> String {
        let Some(decision) = &self.decision else { return "an [[exempt]]".to_owned() };
        match decision.rule.and_then(|rule| self.masker.policy().policy().rules().get(rule)) {
            Some(rule) => format!("{}:{}", rule.file(), rule.line()),
            None => "no rule".to_owned(),
        }
    }
}

fn direction(old: &Side<'_>, new: &Side<'_>) -> Direction {
    let by = |ordering| match ordering {
        Ordering::Less => Direction::Less,
        Ordering::Greater => Direction::More,
        Ordering::Equal => Direction::Otherwise,
    };
    match new.distance().cmp(&old.distance()) {
        Ordering::Equal => {}
        apart => return by(apart),
    }
    match (old.action(), new.action()) {
        (Action::Mask, Action::Mask) => {
            let text = |side: &Side<'_>| side.report.and_then(Report::replacement).map(str::to_owned);
            if text(old) == text(new) { Direction::Same } else { by(old.shown().cmp(&new.shown())) }
        }
        (was, is) if was == is && !is.needs_keys() => Direction::Same,
        (was, is) if was == is => kept(old, new),
        _ => Direction::Otherwise,
    }
}

/// Of two results of one keyed action: the one that keeps more of the value protects it less.
fn kept(old: &Side<'_>, new: &Side<'_>) -> Direction {
    let (Some(old), Some(new)) = (old.decision, new.decision) else { return Direction::Otherwise };
    if old.terms == new.terms {
        return Direction::Same;
    }
    let adds = |to: &Decision<'_>, of: &Decision<'_>| of.terms.keep.iter().any(|part| !to.terms.keeps(*part));
    match (adds(&old, &new), adds(&new, &old)) {
        (true, _) => Direction::Less,
        (false, true) => Direction::More,
        (false, false) => Direction::Otherwise,
    }
}
