//! Rights of data subjects (PIPL Art. 44 to 50) and incidents (Art. 57).

use super::id::Code;
use super::sound::{DeclarationError, Parts, Sound, want, want_few, want_some, want_text, want_text_if_any};
use crate::Kind;
use crate::time::{Date, Moment};
use serde::{Deserialize, Serialize};

/// A request of a data subject. It is the entry's subject who makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsRequest {
    /// Its name.
    pub id: Code,
    /// Which right.
    pub right: Right,
    /// The last day to answer, in China: 15 working days is what the recommended standard GB/T 35273-2020 has.
    pub due: Date,
}

/// What a data subject can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To see the data (Art. 45).
    Access,
    /// To have a copy (Art. 45).
    Copy,
    /// To have them sent elsewhere (Art. 45 ¶3).
    Port,
    /// To have them corrected (Art. 46).
    Correct,
    /// To have them deleted (Art. 47).
    Delete,
    /// To limit or refuse processing (Art. 44).
    Restrict,
    /// To withdraw consent (Art. 15).
    Withdraw,
    /// To have the rules explained (Art. 48).
    Explain,
    /// To close the account.
    Close,
}

/// The answer to a request.
pub type RightsAnswer = Sound<RightsAnswerParts>;

/// What an answer is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RightsAnswerParts {
    /// To which request.
    pub id: Code,
    /// Whether it was refused, and then why (Art. 50 ¶1). Never a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_because: Option<String>,
}

impl Parts for RightsAnswerParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_text_if_any(self.refused_because.as_deref(), "refused_because")
    }
}

/// An incident.
pub type Incident = Sound<IncidentParts>;

/// What an incident is made of: what PIPL Art. 57 ¶1 has told to authority and persons. Reported again, it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentParts {
    /// Its name.
    pub id: Code,
    /// When it was found.
    pub found_at: Moment,
    /// The kinds of data.
    pub kinds: Vec<Kind>,
    /// What caused it.
    pub cause: String,
    /// What harm it may do.
    pub harm: String,
    /// What was done against it, and what persons can do.
    pub measures: String,
    /// How the firm is reached.
    pub contact: String,
    /// How many persons it touches, as far as is known.
    pub persons: u64,
    /// When the authority was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority_told_at: Option<Moment>,
    /// When the persons were told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons_told_at: Option<Moment>,
    /// Why they were not, where the measures avoid the harm (Art. 57 ¶2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons_not_told_because: Option<String>,
}

impl Parts for IncidentParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.kinds, "kinds")?;
        want_few(&self.kinds, "kinds")?;
        want_text(&self.cause, "cause")?;
        want_text(&self.harm, "harm")?;
        want_text(&self.measures, "measures")?;
        want_text(&self.contact, "contact")?;
        want_text_if_any(self.persons_not_told_because.as_deref(), "persons_not_told_because")?;
        let both = self.persons_told_at.is_some() && self.persons_not_told_because.is_some();
        want(!both, "persons_not_told_because", "they were told")
    }
}
