//! What else than consent makes processing lawful, and what has to be looked into before.

use super::id::Code;
use super::sound::{DeclarationError, Parts, Sound, want, want_some, want_text};
use crate::Kind;
use crate::purpose::Method;
use crate::time::{Date, Period};
use serde::{Deserialize, Serialize};

/// A lawful basis that is not consent.
pub type OtherBasis = Sound<OtherBasisParts>;

/// What such a basis is made of. Declared again, it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherBasisParts {
    /// Its name.
    pub id: Code,
    /// Which of PIPL Art. 13 ¶1 (2) to (7).
    pub basis: BasisKind,
    /// The law and article that it rests on.
    pub article: String,
    /// The document that shows it: a contract's name, a file number.
    pub document: String,
    /// Why the processing is necessary for it.
    pub necessity: String,
    /// Who looked at it.
    pub reviewer: String,
    /// For which purpose.
    pub purpose: Code,
    /// For which kinds of data.
    pub kinds: Vec<Kind>,
    /// For which methods.
    pub methods: Vec<Method>,
    /// To whom the data go, where it is about giving them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// Its last day, in China.
    pub until: Date,
}

/// The bases of PIPL Art. 13 ¶1 that need no consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasisKind {
    /// (2) necessary for a contract with the person
    Contract,
    /// (3) necessary for a duty that a law sets
    StatutoryDuty,
    /// (4) public health, life and property in an emergency
    Emergency,
    /// (5) news in the public interest
    News,
    /// (6) data that the person made public, or that are public lawfully
    PublicData,
    /// (7) what another law provides
    OtherLaw,
}

impl BasisKind {
    /// Where the law has it.
    #[must_use]
    pub fn article(self) -> &'static str {
        match self {
            Self::Contract => "PIPL Art. 13 ¶1(2)",
            Self::StatutoryDuty => "PIPL Art. 13 ¶1(3)",
            Self::Emergency => "PIPL Art. 13 ¶1(4)",
            Self::News => "PIPL Art. 13 ¶1(5)",
            Self::PublicData => "PIPL Art. 13 ¶1(6)",
            Self::OtherLaw => "PIPL Art. 13 ¶1(7)",
        }
    }
}

impl Parts for OtherBasisParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_text(&self.article, "article")?;
        want_text(&self.document, "document")?;
        want_text(&self.necessity, "necessity")?;
        want_text(&self.reviewer, "reviewer")?;
        want_some(&self.kinds, "kinds")?;
        want_some(&self.methods, "methods")
    }
}

/// An assessment of the impact on personal information (PIPL Art. 55, 56).
pub type Assessment = Sound<AssessmentParts>;

/// What an assessment is made of. Declared again, it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentParts {
    /// Its name.
    pub id: Code,
    /// What made it necessary.
    pub trigger: Trigger,
    /// For which purpose.
    pub purpose: Code,
    /// For which kinds of data.
    pub kinds: Vec<Kind>,
    /// For which recipient, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// Whether purpose and method are lawful, legitimate and necessary.
    pub legality: String,
    /// What it does to the person, and the risks.
    pub impact: String,
    /// Whether the measures are lawful, effective and fit the risk.
    pub measures: String,
    /// Whether it may go on.
    pub is_acceptable: bool,
    /// Who approved it.
    pub approved_by: String,
    /// On which day, in China.
    pub approved_on: Date,
    /// The last day on which it counts, in China.
    pub until: Date,
}

/// What makes an assessment necessary (PIPL Art. 55 (1) to (5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// (1) sensitive data
    Sensitive,
    /// (2) automated decisions
    AutomatedDecision,
    /// (3) another processes for the firm
    Entrust,
    /// (3) data are given to another
    Provide,
    /// (3) data are published
    Publish,
    /// (4) data go overseas
    Export,
    /// (5) another great impact
    Other,
}

impl AssessmentParts {
    /// The last day on which it has to be kept: three years (PIPL Art. 56 ¶2) from when it ceased to count.
    #[must_use]
    pub fn keep_until(&self) -> Date {
        Period::years(3).map_or(Date::LAST, |three_years| three_years.from(self.until))
    }
}

impl Parts for AssessmentParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.kinds, "kinds")?;
        want_text(&self.legality, "legality")?;
        want_text(&self.impact, "impact")?;
        want_text(&self.measures, "measures")?;
        want_text(&self.approved_by, "approved_by")?;
        want(self.approved_on <= self.until, "until", "it counts from the day of its approval on")
    }
}

/// An assessment of the necessity and security of biometrics in authentication (Order 218 Art. 35).
pub type BiometricAssessment = Sound<BiometricAssessmentParts>;

/// What such an assessment is made of. That biometrics are the only factor, or forced, cannot be written in it: no
/// assessment makes that lawful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BiometricAssessmentParts {
    /// Its name.
    pub id: Code,
    /// The authentication's purpose.
    pub purpose: Code,
    /// The biometric kinds.
    pub kinds: Vec<Kind>,
    /// Why they are necessary.
    pub necessity: String,
    /// How they are secured.
    pub security: String,
    /// The ways that are offered to whoever does not want them.
    pub alternatives: Vec<String>,
    /// Who approved it.
    pub approved_by: String,
    /// The last day on which it counts, in China.
    pub until: Date,
}

impl Parts for BiometricAssessmentParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.kinds, "kinds")?;
        want_text(&self.necessity, "necessity")?;
        want_text(&self.security, "security")?;
        want_some(&self.alternatives, "alternatives")?;
        self.alternatives.iter().try_for_each(|text| want_text(text, "alternatives"))?;
        want_text(&self.approved_by, "approved_by")
    }
}

/// Why data may go overseas (PIPL Art. 38).
pub type ExportGround = Sound<ExportGroundParts>;

/// What such a ground is made of. Declared again, it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportGroundParts {
    /// Its name.
    pub id: Code,
    /// To whom the data go.
    pub recipient: Code,
    /// For which purposes. None is for no purpose.
    pub purposes: Vec<Code>,
    /// For which kinds of data: those that the assessment, certificate or contract names.
    pub kinds: Vec<Kind>,
    /// What it is.
    pub ground: ExportGroundKind,
    /// The decision, certificate, filing or clause, by its number.
    pub reference: String,
    /// Its last day, in China.
    pub until: Date,
}

/// Grounds for data to go overseas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportGroundKind {
    /// (1) passed the security assessment: no threshold of persons counts any more
    SecurityAssessment,
    /// (2) certified
    Certification,
    /// (3) the standard contract, filed
    StandardContract,
    /// an exemption of the Regulations on Network Data Security Art. 35: a contract with the person, a duty, an emergency
    Exemption,
    /// the approval to give data to a foreign court or authority (PIPL Art. 41)
    ForeignAuthority,
}

impl Parts for ExportGroundParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.purposes, "purposes")?;
        want_some(&self.kinds, "kinds")?;
        want_text(&self.reference, "reference")
    }
}
