//! Who takes part beside the firm and its investors: recipients and what was agreed with them, and the systems that consents
//! come from.

use super::id::Code;
use super::sound::{DeclarationError, Parts, Sound, want, want_few, want_some, want_text};
use super::wire::Base64;
use crate::Kind;
use crate::purpose::Method;
use crate::time::{Date, Moment};
use serde::{Deserialize, Serialize};

/// Whoever is given data.
pub type Recipient = Sound<RecipientParts>;

/// What a recipient is made of. Declared again, it is replaced; with another name, role or country it is another recipient, and
/// consents that were given for the one before do not count (PIPL Art. 23, 39).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientParts {
    /// The name that flows and consents use.
    pub id: Code,
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub contact: String,
    /// What it is to the firm.
    pub role: RecipientRole,
    /// Where it processes: two capital letters of ISO 3166-1. What is not known counts as overseas, and so do Hong Kong, Macao
    /// and Taiwan, which are outside the mainland's jurisdiction (境外).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The processor that it works for, where it is a processor's processor (PIPL Art. 21 ¶3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<Code>,
}

/// What a recipient is to the firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientRole {
    /// It processes for the firm and decides nothing (PIPL Art. 21): an SMS gateway, a mail service.
    Processor,
    /// It decides together with the firm (PIPL Art. 20).
    Joint,
    /// It decides for itself (PIPL Art. 23).
    Independent,
    /// An authority, or a body that a law makes the firm report to.
    Authority,
}

impl RecipientParts {
    /// Whether a consent for `before` is one for this: it is who it was, is the same to the firm, and processes where it did.
    pub(super) fn is_same_as(&self, before: &Self) -> bool {
        self.name == before.name && self.role == before.role && self.country == before.country
    }

    /// Whether data leave the mainland when they go there.
    #[must_use]
    pub fn is_overseas(&self) -> bool {
        self.country.as_deref() != Some("CN")
    }
}

impl Parts for RecipientParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_text(&self.name, "name")?;
        want_text(&self.contact, "contact")?;
        let is_country = |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        want(self.country.as_ref().is_none_or(is_country), "country", "write two capital letters: CN")?;
        let is_processor = self.role == RecipientRole::Processor;
        want(self.under.is_none() || is_processor, "under", "only a processor works for a processor")?;
        want(self.under.as_ref() != Some(&self.id), "under", "nobody works for itself")
    }
}

/// A contract with a recipient.
pub type Contract = Sound<ContractParts>;

/// What a contract is made of (PIPL Art. 21 ¶1; Regulations on Network Data Security Art. 12). Declared again, it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractParts {
    /// Its name.
    pub id: Code,
    /// With whom.
    pub recipient: Code,
    /// What the data are processed for.
    pub purposes: Vec<Code>,
    /// What is done with them.
    pub methods: Vec<Method>,
    /// The kinds of data.
    pub kinds: Vec<Kind>,
    /// How they are protected.
    pub protection: String,
    /// The rights and duties of the two.
    pub rights_and_duties: String,
    /// How they are given back or deleted at the end.
    pub at_end: String,
    /// The recipient's own processors, as far as the firm has agreed to them (PIPL Art. 21 ¶3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_processors: Vec<Code>,
    /// Its first day, in China.
    pub from: Date,
    /// Its last day, in China.
    pub until: Date,
}

impl Parts for ContractParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_some(&self.purposes, "purposes")?;
        want_some(&self.methods, "methods")?;
        want_some(&self.kinds, "kinds")?;
        want_text(&self.protection, "protection")?;
        want_text(&self.rights_and_duties, "rights_and_duties")?;
        want_text(&self.at_end, "at_end")?;
        want_few(&self.sub_processors, "sub_processors")?;
        want(self.from <= self.until, "until", "a contract ends after it begins")
    }
}

/// That the firm looked at how a processor works (PIPL Art. 21 ¶1).
pub type Supervision = Sound<SupervisionParts>;

/// What a supervision is made of. The last one of a recipient counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisionParts {
    /// Of whom.
    pub recipient: Code,
    /// On which day, in China.
    pub on: Date,
    /// By whom of the firm.
    pub by: String,
    /// Whether the processor keeps what was agreed.
    pub is_satisfactory: bool,
}

impl Parts for SupervisionParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_text(&self.by, "by")
    }
}

/// A system of the firm that consents come from, with the key that it signs them with.
pub type Source = Sound<SourceParts>;

/// What a source is made of. Declared again, it is replaced, and keeps its key; with `until`, it is ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceParts {
    /// Its name.
    pub id: Code,
    /// What it is.
    pub name: String,
    /// What its key is for: `ed25519`, `sm2`.
    pub algorithm: Code,
    /// The public key, as the algorithm's standard writes it.
    pub public_key: Base64,
    /// Who of the firm registered it, or ended it: whoever does so says whose yes counts.
    pub registered_by: Code,
    /// Until when its signatures are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

impl SourceParts {
    /// What it signs with.
    pub(super) fn key(&self) -> (Code, Base64) {
        (self.algorithm.clone(), self.public_key.clone())
    }
}

impl Parts for SourceParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want_text(&self.name, "name")
    }
}
