//! The ledger's entries: everything that happens, one after the other, never changed.

use super::TEXT_LIMIT_BYTES;
use super::event::{Actor, ConsentAct, ConsentEvent, Withdrawal};
use super::ground::{Assessment, BiometricAssessment, ExportGround, OtherBasis};
use super::id::{AliasDigest, Code, Sm3Digest, SubjectId};
use super::notice::Notice;
use super::party::{Contract, Recipient, Source, Supervision};
use super::published::Published;
use super::rights::{Incident, RightsAnswer, RightsRequest};
use super::settings::Settings;
use crate::Kind;
use crate::time::Moment;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version of the entries' form.
pub const ENTRY_SCHEMA: u32 = 1;

/// The longest entry, in bytes of JSON.
pub const ENTRY_LIMIT_BYTES: usize = 1024 * 1024;

/// Something that happened, when, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    subject: Option<SubjectId>,
    at: Moment,
    body: Body,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Body {
    /// The firm declared something.
    Declared(Box<Declaration>),
    /// A subject's age became known, or is known better.
    Age {
        /// What is known of it.
        age: Age,
        /// Who says so: the person in a system that showed their document, or somebody of the firm.
        by: Actor,
    },
    /// Something leads to a subject.
    AliasAdded(AliasDigest),
    /// It does so no longer.
    AliasRemoved(AliasDigest),
    /// An event of a consent record.
    Consent(Box<ConsentEvent>),
    /// The subject took back more than one consent, or whatever they consented to.
    Withdrawn(Withdrawal),
    /// Only storage and protection are left (PIPL Art. 47 ¶2).
    Restricted {
        /// Who did it.
        by: Actor,
        /// Why. Never a value.
        reason: String,
    },
    /// That ended.
    RestrictionLifted {
        /// Who did it.
        by: Actor,
        /// Why. Never a value.
        reason: String,
    },
    /// The subject's data are deleted. Of what led to them it is known that they are, and nothing else.
    Erased {
        /// Who did it.
        by: Actor,
        /// Why. Never a value.
        reason: String,
    },
    /// The subject makes use of a right.
    RequestReceived(RightsRequest),
    /// They got an answer.
    RequestAnswered(RightsAnswer),
    /// Data leaked, were changed or lost (PIPL Art. 57).
    Incident(Box<Incident>),
    /// Persons whose data went overseas in a year, and who are deleted: the year's count keeps them, and nothing else does.
    Counted {
        /// The year, in China.
        year: u16,
        /// How many.
        persons: u64,
        /// How many of them with sensitive data.
        sensitive_persons: u64,
    },
    /// The subject's data were given to a recipient, as far as the ledger counts that.
    Provided {
        /// Who got them.
        recipient: Code,
        /// What for.
        purpose: Code,
        /// Which.
        kinds: Vec<Kind>,
    },
}

/// What a firm declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is what its type says")]
pub enum Declaration {
    Notice(Notice),
    Purpose(Published),
    Recipient(Recipient),
    Source(Source),
    Contract(Contract),
    Supervision(Supervision),
    Assessment(Assessment),
    BiometricAssessment(BiometricAssessment),
    OtherBasis(OtherBasis),
    ExportGround(ExportGround),
    Settings(Settings),
}

/// What is known of somebody's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Age {
    /// The year of birth. In the year in which they turn 14 they count as under 14, since the day is not known.
    BornIn(u16),
    /// Under 14.
    Under14,
    /// 14 or older.
    From14,
    /// Nothing.
    Unknown,
}

impl Age {
    /// Whether it is one of under 14 at that time, by what is known (PIPL Art. 31). The day of birth is not: until the year is over
    /// in which somebody turns 14, they may be 13.
    #[must_use]
    pub fn is_child_at(self, at: Moment) -> bool {
        match self {
            Self::Under14 => true,
            Self::From14 | Self::Unknown => false,
            Self::BornIn(year) => at.day_in_china().year() <= year.saturating_add(14),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    schema: u32,
    at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectId>,
    body: &'a Body,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    schema: u32,
    at: Moment,
    #[serde(default)]
    subject: Option<SubjectId>,
    body: Body,
}

impl Body {
    /// Whether it happens to a subject.
    #[must_use]
    pub fn has_subject(&self) -> bool {
        !matches!(self, Self::Declared(_) | Self::Incident(_) | Self::Counted { .. })
    }

    /// Whether its reason, if it has one, is no longer than other texts: [`TEXT_LIMIT_BYTES`].
    pub(super) fn is_bounded(&self) -> bool {
        let reason = match self {
            Self::Restricted { reason, .. } | Self::RestrictionLifted { reason, .. } | Self::Erased { reason, .. } => {
                Some(reason)
            }
            Self::Withdrawn(withdrawal) => withdrawal.reason.as_ref(),
            Self::Consent(event) => match &event.act {
                ConsentAct::Withdrawn { reason, .. } => reason.as_ref(),
                ConsentAct::Invalidated { reason, .. } => Some(reason),
                _ => None,
            },
            _ => None,
        };
        reason.is_none_or(|reason| reason.len() <= TEXT_LIMIT_BYTES)
    }
}

impl Entry {
    /// Something that happened to a subject. `None` if this happens to nobody, or its reason is too long.
    #[must_use]
    pub fn of(subject: SubjectId, at: Moment, body: Body) -> Option<Self> {
        (body.has_subject() && body.is_bounded()).then_some(Self { subject: Some(subject), at, body })
    }

    /// Something that the firm declared.
    #[must_use]
    pub fn declared(at: Moment, declaration: Declaration) -> Self {
        Self { subject: None, at, body: Body::Declared(Box::new(declaration)) }
    }

    /// An incident.
    #[must_use]
    pub fn incident(at: Moment, incident: Incident) -> Self {
        Self { subject: None, at, body: Body::Incident(Box::new(incident)) }
    }

    /// What a year's count keeps of somebody who is deleted.
    pub(super) fn counted(at: Moment, year: u16, is_sensitive: bool) -> Self {
        let body = Body::Counted { year, persons: 1, sensitive_persons: u64::from(is_sensitive) };
        Self { subject: None, at, body }
    }

    /// For what is known to happen to somebody.
    pub(super) fn to(subject: SubjectId, at: Moment, body: Body) -> Self {
        debug_assert!(body.has_subject());
        Self { subject: Some(subject), at, body }
    }

    /// To whom it happened.
    #[must_use]
    pub fn subject(&self) -> Option<SubjectId> {
        self.subject
    }

    /// When, by the ledger's clock.
    #[must_use]
    pub fn at(&self) -> Moment {
        self.at
    }

    /// What happened.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The consent event that it is, if it is one.
    #[must_use]
    pub fn consent(&self) -> Option<&ConsentEvent> {
        match &self.body {
            Body::Consent(event) => Some(event),
            _ => None,
        }
    }

    /// The one way in which it is written, in one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written { schema: ENTRY_SCHEMA, at: self.at, subject: self.subject, body: &self.body };
        // Every key is a text, and no type's serialisation fails.
        serde_json::to_string(&written).expect("an entry is always JSON")
    }

    /// Reads what [`Entry::to_json`] writes.
    ///
    /// # Errors
    /// It is no entry of this schema: a field or word is unknown, missing or wrong.
    pub fn parse(json: &str) -> Result<Self, EntryError> {
        if json.len() > ENTRY_LIMIT_BYTES {
            return Err(EntryError { place: None });
        }
        // What serde says of the text may hold what is in it; its place does not.
        let read: Read = serde_json::from_str(json).map_err(|error| EntryError { place: Some(error.column()) })?;
        let fits =
            read.schema == ENTRY_SCHEMA && read.body.has_subject() == read.subject.is_some() && read.body.is_bounded();
        fits.then_some(Self { subject: read.subject, at: read.at, body: read.body })
            .ok_or(EntryError { place: Some(0) })
    }

    /// The SM3 digest of [`Entry::to_json`]: what the next event of a record holds.
    #[must_use]
    pub fn digest(&self) -> Sm3Digest {
        Sm3Digest::of(self.to_json().as_bytes())
    }
}

/// A text is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryError {
    place: Option<usize>,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            None => write!(f, "an entry has {ENTRY_LIMIT_BYTES} bytes at most"),
            Some(0) => write!(
                f,
                "not an entry of schema {ENTRY_SCHEMA}, its subject is missing or too many, or its reason too long"
            ),
            Some(column) => write!(f, "not an entry of schema {ENTRY_SCHEMA}: wrong at column {column}"),
        }
    }
}

impl std::error::Error for EntryError {}
