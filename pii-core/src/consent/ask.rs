//! What is asked of a book, and what it answers.

use super::ground::BasisKind;
use super::id::{AliasDigest, RecordId, SubjectId};
use super::reason::{Reason, ReasonList};
use crate::Kind;
use crate::purpose::Method;
use crate::time::Moment;

/// A question about one flow. Kinds are asked for together only where they rest on one basis.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Whose data.
    pub who: Who<'a>,
    /// What for.
    pub purpose: &'a str,
    /// Which data.
    pub kinds: &'a [Kind],
    /// What is done with them.
    pub method: Method,
    /// To whom they go, if to anybody.
    pub recipient: Option<&'a str>,
    /// By which channel.
    pub channel: Option<&'a str>,
    /// When it is done: for a message the time of sending, not that of queueing.
    pub at: Moment,
}

/// Whose data.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// Whoever all of these lead to. Name only what identifies the person.
    Aliases(&'a [AliasDigest]),
    /// This subject.
    Subject(SubjectId),
}

/// A step of an authentication that uses biometrics.
#[derive(Clone, Copy, Debug)]
pub struct Authentication<'a> {
    /// Who logs in, for which purpose, with which biometric kinds.
    pub ask: Ask<'a>,
    /// How many other factors are checked beside them.
    pub other_factors: u8,
    /// How many other ways are offered at the same step.
    pub alternatives: u8,
    /// Whether nobody comes in without giving them.
    pub is_forced: bool,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It may be done.
    Allow,
    /// It may be done with masked data.
    AllowMasked,
    /// It may not be done.
    Deny,
}

/// A decision and what it rests on. It borrows from the book and allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'b> {
    outcome: Outcome,
    reasons: ReasonList,
    basis: Option<Basis<'b>>,
}

/// What makes it lawful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis<'b> {
    /// A consent.
    Consent {
        /// The record.
        record: RecordId,
        /// Its last event's number.
        number: u32,
        /// The notice that it was given with.
        notice: &'b str,
        /// The notice's version.
        notice_version: u32,
        /// Whether it is a separate one.
        is_separate: bool,
    },
    /// Another basis.
    Other {
        /// Its name.
        id: &'b str,
        /// The law and article that it was declared with.
        law: &'b str,
        /// Which of PIPL Art. 13 ¶1 (2) to (7) it is.
        kind: BasisKind,
    },
    /// The purpose is necessary for its service.
    Necessary,
}

impl Basis<'_> {
    /// Where the law has it.
    #[must_use]
    pub fn article(&self) -> &'static str {
        match self {
            Self::Consent { .. } => "PIPL Art. 13 ¶1(1)",
            Self::Other { kind, .. } => kind.article(),
            Self::Necessary => "Order 218 Art. 31 ¶2",
        }
    }
}

impl<'b> Decision<'b> {
    /// Denied where a reason denies or nothing makes it lawful, else as `if_allowed`.
    pub(super) fn new(mut reasons: ReasonList, basis: Option<Basis<'b>>, if_allowed: Outcome) -> Self {
        if basis.is_none() && !reasons.denies() {
            reasons.push(Reason::NoConsent);
        }
        let outcome = if reasons.denies() { Outcome::Deny } else { if_allowed };
        let basis = basis.filter(|_| outcome != Outcome::Deny);
        Self { outcome, reasons, basis }
    }

    /// For a question that asks nothing of this kind: there is nothing to deny, and no basis is needed.
    pub(super) fn not_concerned() -> Self {
        Self { outcome: Outcome::Allow, reasons: ReasonList::default(), basis: None }
    }

    /// Both have to hold: the stricter outcome, all reasons, and the basis of `self`, or else of `other`.
    pub(super) fn and(self, other: Self) -> Self {
        let mut reasons = self.reasons;
        reasons.extend(&other.reasons);
        let outcome = self.outcome.max(other.outcome);
        let basis = self.basis.or(other.basis).filter(|_| outcome != Outcome::Deny);
        Self { outcome, reasons, basis }
    }

    /// What may be done.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether it may be done at all.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome != Outcome::Deny
    }

    /// Why not, and notes. Each has its article.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        self.reasons.as_slice()
    }

    /// What makes it lawful, where it is allowed.
    #[must_use]
    pub fn basis(&self) -> Option<Basis<'b>> {
        self.basis
    }

    /// The articles that it rests on: of its basis, and of its reasons. One may come twice.
    pub fn articles(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.basis.iter().map(Basis::article).chain(self.reasons().iter().map(|reason| reason.article()))
    }
}
