//! Answers questions: who got what about whom, on which basis, masked how; and the four that an auditor asks first.

mod withdrawn;

use super::TrailError;
use super::class::Class;
use super::hash::KeyedDigest;
use super::name::Name;
use super::read::{self, Entry, Go, Progress, Visit};
use super::record::{Basis, Content, Decision, Ending, Item, Position, Verdict};
use pii_core::Kind;
use pii_core::policy::Action;
use pii_core::time::Moment;
use std::collections::HashMap;
use std::path::Path;
use withdrawn::Withdrawals;

/// So many decisions are remembered whose outcome is not known yet, so that a refused one is not told of as sent.
const OPEN_LIMIT: usize = 1 << 20;

/// Which decisions are asked for. Every part that says something narrows it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
    /// About one of these: the subject's digest under each version of the key.
    pub subjects: Vec<KeyedDigest>,
    /// To this recipient.
    pub recipient: Option<Name>,
    /// On this channel.
    pub channel: Option<Name>,
    /// For this purpose.
    pub purpose: Option<Name>,
    /// With something of this kind.
    pub kind: Option<Kind>,
    /// With something that this was done to.
    pub action: Option<Action>,
    /// On this basis.
    pub basis: Option<Basis>,
    /// A ready question.
    pub question: Option<Question>,
}

/// The questions that have to be answered, most of them with none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Question {
    /// Messages that were sent on a consent that was withdrawn or had ended: there must be none.
    AfterWithdrawal,
    /// Messages that were sent with something in clear, each with its reason.
    InClear,
    /// Messages that were sent with personal data and no assessment behind it (PIPL Art. 55).
    WithoutAssessment,
    /// Messages with biometric data whose subject was offered no other way (Order 218 Art. 35).
    BiometricWithoutAlternative,
}

super::word::words!(Question:
    AfterWithdrawal = "after_withdrawal",
    InClear = "in_clear",
    WithoutAssessment = "without_assessment",
    BiometricWithoutAlternative = "biometric_without_alternative",
);

/// A decision that was asked for, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Where it stands.
    pub position: Position,
    /// When it was recorded.
    pub at: Moment,
    /// What was decided.
    pub decision: Decision,
    /// What came of it; `None` where nothing is recorded.
    pub outcome: Option<Ending>,
}

/// Asks a trail. Answers come once their outcome is known, or at the end where it never is; so their order is that of
/// outcomes.
///
/// # Errors
/// The trail cannot be read.
pub fn query(
    folder: &Path,
    filter: &Filter,
    mut each: impl FnMut(&Answer) -> Go,
    mut progress: impl FnMut(&Progress),
) -> Result<Progress, TrailError> {
    let withdrawals = match filter.question {
        Some(Question::AfterWithdrawal) => Some(Withdrawals::read(folder)?),
        _ => None,
    };
    let mut ask =
        Ask { filter, withdrawals, open: HashMap::new(), each: &mut each, progress: &mut progress, stopped: false };
    let read = read::all(folder, &Class::ALL, &mut ask)?;
    let mut left: Vec<Answer> = std::mem::take(&mut ask.open).into_values().collect();
    left.sort_unstable_by_key(|answer| answer.position);
    for answer in left {
        ask.tell(&answer);
    }
    Ok(read)
}

struct Ask<'a> {
    filter: &'a Filter,
    withdrawals: Option<Withdrawals>,
    open: HashMap<Position, Answer>,
    each: &'a mut dyn FnMut(&Answer) -> Go,
    progress: &'a mut dyn FnMut(&Progress),
    stopped: bool,
}

impl Ask<'_> {
    /// Tells of an answer, if it is one now that its outcome is known.
    fn tell(&mut self, answer: &Answer) {
        // What was refused did not leave, so no question about what was sent is about it.
        let is_of_question = self.filter.question.is_none() || answer.outcome != Some(Ending::Refused);
        if is_of_question && !self.stopped {
            self.stopped = (self.each)(answer) == Go::Stop;
        }
    }
}

impl Visit for Ask<'_> {
    fn wants(&self, kind: &str, at: Moment) -> bool {
        let is_late = self.filter.from.is_none_or(|from| at >= from);
        let is_early = self.filter.until.is_none_or(|until| at < until);
        (kind == "decision" && is_late && is_early) || (kind == "outcome" && is_late)
    }

    fn entry(&mut self, entry: Entry) -> Result<Go, TrailError> {
        match entry.content {
            Content::Decision(decision) => {
                let fits = self.filter.takes(&decision)
                    && self.withdrawals.as_ref().is_none_or(|withdrawn| withdrawn.forbids(&decision, entry.at));
                if fits {
                    let answer = Answer { position: entry.position, at: entry.at, decision: *decision, outcome: None };
                    if self.open.len() >= OPEN_LIMIT {
                        self.tell(&answer);
                    } else {
                        self.open.insert(entry.position, answer);
                    }
                }
            }
            Content::Outcome(outcome) => {
                if let Some(mut answer) = self.open.remove(&outcome.decision()) {
                    answer.outcome = Some(outcome.outcome);
                    self.tell(&answer);
                }
            }
            _ => {}
        }
        Ok(if self.stopped { Go::Stop } else { Go::On })
    }

    fn progress(&mut self, progress: &Progress) -> Go {
        (self.progress)(progress);
        Go::On
    }
}

impl Filter {
    /// Whether a decision is asked for, its time and its outcome aside.
    fn takes(&self, decision: &Decision) -> bool {
        let is = |wanted: &Option<Name>, got: Option<&Name>| wanted.as_ref().is_none_or(|wanted| got == Some(wanted));
        let has = |wanted: &dyn Fn(&Item) -> bool| decision.items.iter().any(wanted);
        is(&self.channel, Some(&decision.channel))
            && is(&self.recipient, decision.recipient.as_ref())
            && is(&self.purpose, decision.purpose.as_ref())
            && (self.subjects.is_empty() || self.subjects.iter().any(|subject| decision.subjects.contains(subject)))
            && self.kind.is_none_or(|kind| has(&|item| item.kind == kind))
            && self.action.is_none_or(|action| has(&|item| item.action == action))
            && self.basis.as_ref().is_none_or(|basis| decision.basis.as_ref() == Some(basis))
            && self.question.is_none_or(|question| question.is_about(decision))
    }
}

impl Question {
    /// Whether it is about a decision, as far as that says it alone.
    fn is_about(self, decision: &Decision) -> bool {
        let leaves = matches!(decision.verdict, Verdict::Send | Verdict::Observe);
        // A route that only observes sends all of it as it is.
        let in_clear = |item: &Item| item.action == Action::Pass || decision.verdict == Verdict::Observe;
        let shows = |item: &Item| !matches!(item.action, Action::Drop | Action::Block) || in_clear(item);
        let is_biometric = |item: &Item| item.kind.as_str().starts_with("biometric_");
        leaves
            && match self {
                Self::AfterWithdrawal => decision.basis.as_ref().is_some_and(Basis::is_consent),
                Self::InClear => decision.items.iter().any(in_clear),
                Self::WithoutAssessment => decision.assessment.is_none() && decision.items.iter().any(shows),
                Self::BiometricWithoutAlternative => {
                    decision.alternative != Some(true)
                        && decision.items.iter().any(|item| is_biometric(item) && shows(item))
                }
            }
    }
}
