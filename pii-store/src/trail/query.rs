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
use std::collections::BTreeMap;
use std::path::Path;
pub use withdrawn::{Standing, Withdrawals};

/// So many decisions are remembered whose outcome was not read yet, so that a refused one is not told of as sent. An outcome
/// stands a few records behind its decision, unless a process was stopped in between, and then there is none.
pub const OPEN_LIMIT: usize = 1 << 16;

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
    /// Messages that were sent on a consent that was withdrawn or had ended, or may have been ([`Withdrawals::standing`]): there
    /// must be none.
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
    /// In whose trail.
    pub node: String,
    /// Where it stands there.
    pub position: Position,
    /// When it was recorded.
    pub at: Moment,
    /// What was decided.
    pub decision: Decision,
    /// What came of it; `None` where nothing is recorded.
    pub outcome: Option<Ending>,
}

/// Asks some trails, one behind the other; what one has of withdrawals counts for what another has of decisions. Answers come
/// once their outcome is known, or at the end of their trail where it never is; so their order is that of outcomes. Where more
/// than [`OPEN_LIMIT`] wait for theirs, the oldest comes without it, and [`Progress::early`] counts that.
///
/// # Errors
/// A trail cannot be read.
pub fn query(
    trails: &[impl AsRef<Path>],
    filter: &Filter,
    mut each: impl FnMut(&Answer) -> Go,
    mut progress: impl FnMut(&Progress),
) -> Result<Progress, TrailError> {
    let withdrawals = match filter.question {
        Some(Question::AfterWithdrawal) => Some(Withdrawals::read(trails)?),
        _ => None,
    };
    let all_bytes = trails.iter().map(|trail| read::bytes(trail.as_ref(), &Class::ALL));
    let of_bytes = all_bytes.sum::<Result<u64, TrailError>>()?;
    let (changes, unread) = withdrawals.as_ref().map_or((0, 0), Withdrawals::counts);
    let mut done = Progress { of_bytes, changes, unread, ..Progress::default() };
    for trail in trails {
        let (open, counted) = (BTreeMap::new(), done);
        let mut ask = Ask {
            filter,
            withdrawals: withdrawals.as_ref(),
            open,
            counted,
            each: &mut each,
            progress: &mut progress,
            stopped: false,
        };
        let read = read::all(trail.as_ref(), &Class::ALL, &mut ask)?;
        for answer in std::mem::take(&mut ask.open).into_values() {
            ask.tell(&answer);
        }
        done = ask.with(&read);
        if ask.stopped {
            break;
        }
    }
    Ok(done)
}

struct Ask<'a> {
    filter: &'a Filter,
    withdrawals: Option<&'a Withdrawals>,
    /// By their places, so that the oldest is the first.
    open: BTreeMap<Position, Answer>,
    /// What the trails in front came to, and what this one has of what only questions count.
    counted: Progress,
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

    /// Waits for the outcome of a decision.
    fn wait(&mut self, answer: Answer) {
        self.open.insert(answer.position, answer);
        if self.open.len() > OPEN_LIMIT
            && let Some((_, oldest)) = self.open.pop_first()
        {
            self.counted.early += 1;
            self.tell(&oldest);
        }
    }

    /// With how far reading this trail has come.
    fn with(&self, read: &Progress) -> Progress {
        let Progress { bytes, unread, .. } = self.counted;
        Progress { bytes: bytes + read.bytes, unread: unread + read.unread, ..self.counted }
    }

    /// Whether a decision is asked for, its outcome aside: also whether the consent that it may rest on had ended, where that is
    /// the question.
    fn is_asked_for(&mut self, decision: &Decision, at: Moment) -> bool {
        if !self.filter.takes(decision) {
            return false;
        }
        let Some(withdrawals) = self.withdrawals else { return true };
        self.counted.unnamed += u64::from(decision.subjects.is_empty());
        matches!(withdrawals.standing(decision, at), Some(Standing::After(_)))
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
            Content::Decision(decision) if self.is_asked_for(&decision, entry.at) => {
                let (node, position, at) = (entry.node, entry.position, entry.at);
                self.wait(Answer { node, position, at, decision: *decision, outcome: None });
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
        let so_far = self.with(progress);
        (self.progress)(&so_far);
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
                Self::AfterWithdrawal => withdrawn::may_rest_on_consent(decision),
                Self::InClear => decision.items.iter().any(in_clear),
                Self::WithoutAssessment => decision.assessment.is_none() && decision.items.iter().any(shows),
                Self::BiometricWithoutAlternative => {
                    decision.alternative != Some(true)
                        && decision.items.iter().any(|item| is_biometric(item) && shows(item))
                }
            }
    }
}
