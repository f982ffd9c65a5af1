//! What happens to one consent record.

use super::id::{Code, RecordId, Sm3Digest};
use super::receipt::{AnswerState, Claimed, NoticeRef};
use super::sound::{DeclarationError, Parts, Sound, want_some};
use super::state::State;
use crate::Kind;
use crate::purpose::Method;
use serde::{Deserialize, Serialize};

/// An event of a consent record. A record's events are numbered from 1 and each holds the digest of the entry before it, so
/// that none can be left out, and of two that were written at once one does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentEvent {
    /// The record.
    pub record: RecordId,
    /// Which of the record's events it is, from 1.
    pub number: u32,
    /// The SM3 digest of the entry with the event before. None for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Sm3Digest>,
    /// What happened.
    pub act: ConsentAct,
}

/// What happens to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum ConsentAct {
    /// The person was told and asked.
    Requested {
        /// For what.
        scope: Scope,
        /// With which notice.
        notice: NoticeRef,
    },
    /// They answered: granted, separately granted or refused. Only a receipt says so, and for a yes there is no other way.
    Answered(Claimed),
    /// They said no, and somebody wrote that down.
    Refused {
        /// Who did.
        by: Actor,
    },
    /// They took it back.
    Withdrawn {
        /// Through whom.
        by: Actor,
        /// What they said of it, if anything. Never a value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Its time is over, or its purpose is met.
    Expired,
    /// Something changed, or another record took its place.
    Superseded {
        /// The record that did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_record: Option<RecordId>,
    },
    /// It turned out that it never counted.
    Invalidated {
        /// Who found that.
        by: Actor,
        /// Why. Never a value.
        reason: String,
    },
    /// It was given for a child who is one no longer.
    NeedsReconfirm,
}

/// That somebody took back all that they consented to, or all for a purpose or a recipient: what is there, and what was said
/// before and comes later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// For this purpose alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Code>,
    /// For this recipient alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// Through whom.
    pub by: Actor,
    /// What they said of it, if anything. Never a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Actor {
    /// The person, in a system of the firm.
    Subject {
        /// Which system.
        source: Code,
    },
    /// Somebody of the firm.
    Operator {
        /// Who, as the firm knows them. Never an investor.
        name: Code,
    },
    /// The ledger itself.
    System,
}

/// What a consent is for.
pub type Scope = Sound<ScopeParts>;

/// What a scope is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeParts {
    /// The purpose.
    pub purpose: Code,
    /// The kinds of data.
    pub kinds: Vec<Kind>,
    /// What is done with them.
    pub methods: Vec<Method>,
    /// For whom, where it is about giving them to somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// By which channel alone, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Code>,
}

impl Parts for ScopeParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.kinds, "scope.kinds")?;
        want_some(&self.methods, "scope.methods")
    }
}

impl ConsentAct {
    /// The state that the record comes into.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::Requested { .. } => State::Notified,
            Self::Answered(claimed) => match claimed.receipt().event.state {
                AnswerState::Granted => State::Granted,
                AnswerState::SeparatelyGranted => State::SeparatelyGranted,
                AnswerState::Refused => State::Refused,
            },
            Self::Refused { .. } => State::Refused,
            Self::Withdrawn { .. } => State::Withdrawn,
            Self::Expired => State::Expired,
            Self::Superseded { .. } => State::Superseded,
            Self::Invalidated { .. } => State::Invalid,
            Self::NeedsReconfirm => State::NeedsReconfirm,
        }
    }
}
