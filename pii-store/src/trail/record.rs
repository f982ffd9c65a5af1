//! What is recorded: decisions on flows and what came of them, acts on keys, changes of consents, alarms.

mod ledger;

pub use ledger::{Change, LedgerChange};

use super::class::Class;
use super::hash::KeyedDigest;
use super::mark::{Begun, Checkpoint, Recovered, Removed, Sealed};
use super::name::{Name, Note, Version};
use super::word::{self, words};
use pii_core::Kind;
use pii_core::audit::{Event, Phase};
use pii_core::key::KeyId;
use pii_core::mask::Profile;
use pii_core::policy::Action;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most subjects' digests of one record: one under each version of the key that is in use.
pub const SUBJECT_LIMIT: usize = 8;

/// The most items of one decision.
pub const ITEM_LIMIT: usize = 128;

/// What a caller has recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A decision on a flow, before its bytes leave.
    Decision(Box<Decision>),
    /// What came of a decision.
    Outcome(Outcome),
    /// An act on a key, or with one.
    Key(KeyAct),
    /// A change of a consent.
    Ledger(Box<LedgerChange>),
    /// Something is wrong, or right again.
    Alarm(Alarm),
    /// A configuration took effect, or was refused.
    Configuration(Configuration),
}

/// What stands in a line: what callers have recorded, and what the trail says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// A decision on a flow.
    Decision(Box<Decision>),
    /// What came of a decision.
    Outcome(Outcome),
    /// An act on a key.
    Key(KeyAct),
    /// A change of a consent.
    Ledger(Box<LedgerChange>),
    /// An alarm.
    Alarm(Alarm),
    /// A change of the configuration.
    Configuration(Configuration),
    /// A segment begins.
    Begun(Begun),
    /// The chain up to here, signed.
    Checkpoint(Checkpoint),
    /// The writer was stopped in the middle; this is the first it wrote again.
    Recovered(Recovered),
    /// A segment that was kept long enough was removed.
    Removed(Removed),
    /// A segment ends.
    Sealed(Sealed),
}

/// Where a record stands: in which chain, and as which of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Its chain.
    pub class: Class,
    /// Its number in the chain, from 1.
    pub seq: u64,
}

/// What was decided on a message on its way out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What the message is called in its answer and in logs, where it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Name>,
    /// The way out.
    pub channel: Name,
    /// Who gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Name>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Name>,
    /// Whom it is about: the subject's digest, under each version of the key that is in use. At most [`SUBJECT_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<KeyedDigest>,
    /// What becomes of the message.
    #[serde(with = "word::one")]
    pub verdict: Verdict,
    /// What was found in it and what was done with that. At most [`ITEM_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// On which basis personal data leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The assessment of personal information protection impact that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Name>,
    /// With biometric data: whether the subject was offered another way (Order 218 Art. 35).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternative: Option<bool>,
    /// The policy in force.
    pub policy: Version,
    /// The rules in force.
    pub rules: Version,
    /// The version of the consent that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Version>,
    /// The version of the notice that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Version>,
    /// The last entry of the consent ledger that had been applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<u64>,
    /// The bytes as they came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<KeyedDigest>,
    /// The bytes as they are to leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<KeyedDigest>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is sent, changed where its items say so.
    Send,
    /// It is not sent.
    Block,
    /// It is sent unchanged, because the route only observes.
    Observe,
    /// A text without variables is sent in its place.
    Fallback,
}

words!(Verdict: Send = "send", Block = "block", Observe = "observe", Fallback = "fallback");

/// What was found of one kind, and what was done with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is.
    #[serde(rename = "is", with = "word::one")]
    pub kind: Kind,
    /// How many of it.
    pub count: u64,
    /// What was done.
    #[serde(with = "word::one")]
    pub action: Action,
    /// Under which profile it was masked.
    #[serde(with = "word::maybe", default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// How many bits are left to guess, whole ones, of the one that shows the most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual_bits: Option<u16>,
    /// Why it left in clear, or was declared and not inspected: the name of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Name>,
}

/// On which basis personal data leave (PIPL Art. 13, Order 218 Art. 33).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Consent.
    Consent,
    /// Separate consent.
    SeparateConsent,
    /// An article of a law or a rule that asks for it or allows it.
    Article(Name),
}

impl Basis {
    /// Whether it ends when consent is withdrawn.
    #[must_use]
    pub fn is_consent(&self) -> bool {
        !matches!(self, Self::Article(_))
    }
}

/// What came of a decision. It stands in the decision's chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    decision: u64,
    /// What came of it.
    #[serde(with = "word::one")]
    pub outcome: Ending,
    #[serde(skip, default = "unread")]
    class: Class,
}

/// Read from a line, an outcome's class is the line's.
fn unread() -> Class {
    Class::Business
}

impl Outcome {
    /// What came of the decision that was recorded there.
    #[must_use]
    pub fn of(decision: Position, outcome: Ending) -> Self {
        Self { decision: decision.seq, outcome, class: decision.class }
    }

    /// The decision that it came of.
    #[must_use]
    pub fn decision(&self) -> Position {
        Position { class: self.class, seq: self.decision }
    }

    pub(crate) fn set_class(&mut self, class: Class) {
        self.class = class;
    }
}

/// Whether a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It left, and the other side took it.
    Sent,
    /// It did not leave, or was not taken.
    Refused,
    /// Nobody can say: the connection broke in between.
    Unknown,
}

words!(Ending: Sent = "sent", Refused = "refused", Unknown = "unknown");

/// An act on a key, or with one: a [`pii_core::audit::Event`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAct {
    /// What is done, in the core's words.
    pub act: Name,
    /// `intended`, `done` or `failed`.
    pub phase: Name,
    /// The version of the key.
    #[serde(with = "word::maybe", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// Who does it.
    pub actor: Note,
    /// Why.
    pub reason: Note,
    /// What for, in the word that rights use. A word that is no [`Name`] is left out; its reason says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Name>,
    /// On how many things.
    pub count: u64,
    /// Of which kinds, where values are what it is about. At most [`ITEM_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Counted>,
    /// How many times the keyring was saved before the file that the act makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
}

/// How many values of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The kind.
    #[serde(rename = "is", with = "word::one")]
    pub kind: Kind,
    /// How many.
    pub count: u64,
}

impl KeyAct {
    /// What the core tells of an act.
    ///
    /// `None` where the core's word is no name, which none is.
    #[must_use]
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let phase = match event.phase {
            Phase::Intended => "intended",
            Phase::Done => "done",
            Phase::Failed => "failed",
        };
        Some(Self {
            act: Name::new(event.act.word())?,
            phase: Name::new(phase)?,
            key: event.key,
            actor: Note::new(event.actor),
            reason: Note::new(event.reason),
            purpose: Name::new(event.purpose),
            count: event.count,
            kinds: event.kinds.iter().take(ITEM_LIMIT).map(|&(kind, count)| Counted { kind, count }).collect(),
            generation: event.generation,
        })
    }
}

/// Something is wrong, or right again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// What: `witness`, `consent_store`, …
    pub about: Name,
    /// Whether it is over.
    pub over: bool,
    /// In words.
    pub note: Note,
}

/// A configuration took effect, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// What of: `policy`, `rules`, `routes`, `rights`, …
    pub part: Name,
    /// Which.
    pub version: Version,
    /// Whether it was taken.
    pub accepted: bool,
    /// By whom, and why.
    pub note: Note,
}

impl Record {
    /// How long it has to be kept at least: a decision, a key's act and a configuration are business log, consents are
    /// evidence of accounts, alarms are system log. An outcome stays with its decision.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Decision(_) | Self::Key(_) | Self::Configuration(_) => Class::Business,
            Self::Outcome(outcome) => outcome.class,
            Self::Ledger(_) => Class::Account,
            Self::Alarm(_) => Class::System,
        }
    }

    /// What is over a limit.
    pub(crate) fn over_limit(&self) -> Option<&'static str> {
        let (subjects, items) = match self {
            Self::Decision(decision) => (decision.subjects.len(), decision.items.len()),
            Self::Ledger(change) => (change.subjects.len(), 0),
            _ => (0, 0),
        };
        match () {
            () if subjects > SUBJECT_LIMIT => Some("a record has at most 8 digests of its subject"),
            () if items > ITEM_LIMIT => Some("a decision has at most 128 items"),
            () => None,
        }
    }
}

impl From<Record> for Content {
    fn from(record: Record) -> Self {
        match record {
            Record::Decision(it) => Self::Decision(it),
            Record::Outcome(it) => Self::Outcome(it),
            Record::Key(it) => Self::Key(it),
            Record::Ledger(it) => Self::Ledger(it),
            Record::Alarm(it) => Self::Alarm(it),
            Record::Configuration(it) => Self::Configuration(it),
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Consent => f.write_str("consent"),
            Self::SeparateConsent => f.write_str("separate_consent"),
            Self::Article(article) => write!(f, "{article}"),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.class, self.seq)
    }
}
