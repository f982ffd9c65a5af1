//! What data subjects are told (PIPL Art. 17, 23, 30, 39; Order 218 Art. 33; Regulations on Network Data Security Art. 21).

use super::id::{Code, Sm3Digest};
use super::sound::{DeclarationError, Parts, Sound, want, want_few, want_some, want_text, want_text_if_any};
use crate::Kind;
use crate::purpose::Method;
use crate::time::{Moment, Period};
use serde::{Deserialize, Serialize};

/// A version of a notice. Versions never change: another wording is another version.
pub type Notice = Sound<NoticeParts>;

/// What a version of a notice is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeParts {
    /// The notice's name, the same for all versions and languages.
    pub id: Code,
    /// Which version, from 1.
    pub version: u32,
    /// The language, as BCP 47 writes it: `zh-CN`.
    pub language: String,
    /// The SM3 digest of the text that was shown.
    pub sm3: Sm3Digest,
    /// How it is shown.
    pub form: NoticeForm,
    /// When it was published.
    pub published_at: Moment,
    /// From when on it holds.
    pub valid_from: Moment,
    /// Who processes: the firm's name.
    pub controller: String,
    /// How the firm is reached.
    pub contact: String,
    /// How rights are exercised, and consent withdrawn.
    pub rights: String,
    /// What happens to the data when they need not be kept any longer.
    pub at_expiry: String,
    /// Why sensitive data are necessary (PIPL Art. 30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive_necessity: Option<String>,
    /// What the processing of sensitive data does to the person (PIPL Art. 30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitive_impact: Option<String>,
    /// The SM3 digests of the words at its controls, as they were approved. Where any are here, a yes with other words is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wordings: Vec<Sm3Digest>,
    /// What the data are processed for.
    pub purposes: Vec<NoticePurpose>,
    /// Whom they are given to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<Disclosure>,
}

/// How a notice is shown (GB/T 42574-2023).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeForm {
    /// 一般告知
    General,
    /// 增强告知
    Enhanced,
    /// 即时提示
    JustInTime,
}

/// A purpose, as a notice tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePurpose {
    /// Which purpose.
    pub purpose: Code,
    /// The kinds of data.
    pub kinds: Vec<Kind>,
    /// What is done with them.
    pub methods: Vec<Method>,
    /// How long they are kept.
    pub retention: Period,
}

/// What a notice tells of one recipient. Parts may be missing: then a decision says which, and denies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Which recipient.
    pub recipient: Code,
    /// Its name as it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What it processes the data for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Code>,
    /// What it does with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<Method>,
    /// The kinds of data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// How long it keeps them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Period>,
    /// How it protects them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<String>,
    /// The rights and duties of the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights_and_duties: Option<String>,
    /// How rights are exercised against it, where it is overseas (PIPL Art. 39).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights_overseas: Option<String>,
}

/// What has to be told of a recipient: six by Order 218 Art. 33, name and contact by PIPL Art. 23, and how rights are
/// exercised overseas by PIPL Art. 39.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// Its name.
    Name,
    /// How it is reached.
    Contact,
    /// What for.
    Purpose,
    /// What it does with the data.
    Methods,
    /// Which data.
    Kinds,
    /// How long.
    Retention,
    /// How they are protected.
    Protection,
    /// Rights and duties of the two.
    RightsAndDuties,
    /// How rights are exercised overseas.
    RightsOverseas,
}

impl Disclosure {
    /// What it does not tell, of the eight items that every recipient takes; `overseas` adds the ninth.
    pub fn missing(&self, overseas: bool) -> impl Iterator<Item = Item> + '_ {
        [
            (Item::Name, self.name.is_none()),
            (Item::Contact, self.contact.is_none()),
            (Item::Purpose, self.purpose.is_none()),
            (Item::Methods, self.methods.is_empty()),
            (Item::Kinds, self.kinds.is_empty()),
            (Item::Retention, self.retention.is_none()),
            (Item::Protection, self.protection.is_none()),
            (Item::RightsAndDuties, self.rights_and_duties.is_none()),
            (Item::RightsOverseas, overseas && self.rights_overseas.is_none()),
        ]
        .into_iter()
        .filter_map(|(item, missing)| missing.then_some(item))
    }

    fn check(&self) -> Result<(), DeclarationError> {
        want_text_if_any(self.name.as_deref(), "disclosures.name")?;
        want_text_if_any(self.contact.as_deref(), "disclosures.contact")?;
        want_few(&self.methods, "disclosures.methods")?;
        want_few(&self.kinds, "disclosures.kinds")?;
        want_text_if_any(self.protection.as_deref(), "disclosures.protection")?;
        want_text_if_any(self.rights_and_duties.as_deref(), "disclosures.rights_and_duties")?;
        want_text_if_any(self.rights_overseas.as_deref(), "disclosures.rights_overseas")
    }
}

impl NoticeParts {
    /// What is told of this purpose.
    #[must_use]
    pub fn purpose(&self, code: &str) -> Option<&NoticePurpose> {
        self.purposes.iter().find(|told| told.purpose.as_str() == code)
    }

    /// What is told of this recipient for this purpose, or without a purpose.
    #[must_use]
    pub fn disclosure(&self, recipient: &str, purpose: &str) -> Option<&Disclosure> {
        let of = |told: &&Disclosure| {
            told.recipient.as_str() == recipient && told.purpose.as_ref().is_none_or(|code| code.as_str() == purpose)
        };
        self.disclosures.iter().find(of)
    }

    /// Whether it tells why sensitive data are necessary and what that does (PIPL Art. 30).
    #[must_use]
    pub fn tells_of_sensitive(&self) -> bool {
        self.sensitive_necessity.is_some() && self.sensitive_impact.is_some()
    }
}

impl Parts for NoticeParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want(self.version > 0, "version", "count from 1")?;
        let is_tag = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        want((2..=35).contains(&self.language.len()) && self.language.bytes().all(is_tag), "language", "write zh-CN")?;
        want(self.valid_from >= self.published_at, "valid_from", "a notice holds once it is published, not before")?;
        want_text(&self.controller, "controller")?;
        want_text(&self.contact, "contact")?;
        want_text(&self.rights, "rights")?;
        want_text(&self.at_expiry, "at_expiry")?;
        want_text_if_any(self.sensitive_necessity.as_deref(), "sensitive_necessity")?;
        want_text_if_any(self.sensitive_impact.as_deref(), "sensitive_impact")?;
        want_few(&self.wordings, "wordings")?;
        want_some(&self.purposes, "purposes")?;
        for (at, told) in self.purposes.iter().enumerate() {
            want_some(&told.kinds, "purposes.kinds")?;
            want_some(&told.methods, "purposes.methods")?;
            let again = self.purposes[..at].iter().any(|other| other.purpose == told.purpose);
            want(!again, "purposes.purpose", "name each purpose once")?;
        }
        want_few(&self.disclosures, "disclosures")?;
        self.disclosures.iter().try_for_each(Disclosure::check)
    }
}
