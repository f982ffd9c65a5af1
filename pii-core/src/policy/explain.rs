//! Why a decision is as it is: every rule in turn, and what became of it.

use super::flow::{Decision, Flow, Query};
use super::load::Policy;
use super::scope::Scope;

/// A decision and how it came about.
#[derive(Clone, Debug)]
pub struct Explanation<'p> {
    /// The answer, the same as [`Policy::decide`] gives.
    pub decision: Decision<'p>,
    /// What the flow's purpose lets it carry.
    pub scope: Scope<'p>,
    /// Every rule, in the order in which they are written.
    pub steps: Vec<Step<'p>>,
}

/// What became of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'p> {
    /// The rule: an index into [`Policy::rules`].
    pub rule: usize,
    /// The file it stands in.
    pub file: &'p str,
    /// The line it begins on, from 1.
    pub line: usize,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It applies, and no later one does.
    Won,
    /// It applies, but a later one does too.
    Overruled,
    /// It does not apply: this key of it says something else (`expires`: its last day is over).
    Differs(&'static str),
}

impl Policy {
    /// Answers as [`Policy::decide`] does, and says of every rule what became of it.
    #[must_use]
    pub fn explain(&self, flow: &Flow<'_>, item: &Query<'_>) -> Explanation<'_> {
        let channels = self.channels_of(flow);
        let mut winner = None;
        let mut steps: Vec<Step<'_>> = Vec::with_capacity(self.rules().len());
        for (index, rule) in self.rules().iter().enumerate() {
            let differs = rule
                .differs_from_flow(flow, &channels)
                .or_else(|| rule.differs_from_item(item))
                .or_else(|| rule.differs_in_field(item.field).then_some("field"));
            if differs.is_none()
                && let Some(before) = winner.replace(index)
            {
                steps[before].outcome = Outcome::Overruled;
            }
            let outcome = differs.map_or(Outcome::Won, Outcome::Differs);
            steps.push(Step { rule: index, file: rule.file(), line: rule.line(), outcome });
        }
        let scope = self.scope(flow);
        Explanation { decision: self.decision(winner, scope, item), scope, steps }
    }
}
