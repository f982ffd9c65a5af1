//! What a system of the firm hands in when somebody answered: a receipt, signed.
//!
//! A receipt is a JSON text shaped after ISO/IEC TS 27560:2023 (header, processing, PII, parties, event). It is signed as the
//! bytes that it is, and kept so. What is imported is a line `{"receipt": "<the text>", "source": "…", "signature": "<Base64>"}`.

use super::id::{Code, RecordId, Sm3Digest, SubjectId};
use super::party::Source;
use super::sound::{DeclarationError, Parts, Sound, want, want_few, want_some, want_text, want_text_if_any};
use super::wire::Base64;
use crate::Kind;
use crate::purpose::Method;
use crate::time::{Moment, Period};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest receipt, in bytes.
pub const RECEIPT_LIMIT_BYTES: usize = 64 * 1024;

/// Checks signatures of sources.
pub trait VerifySource {
    /// Whether `signature` is that of `source` over exactly these bytes. What cannot be checked is not signed.
    fn is_signed(&self, source: &Source, message: &[u8], signature: &[u8]) -> bool;
}

/// What somebody answered to what, and how that can be shown.
pub type Receipt = Sound<ReceiptParts>;

/// What a receipt is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptParts {
    /// Header.
    pub header: Header,
    /// What is agreed to.
    pub processing: Processing,
    /// The kinds of data.
    pub pii: Vec<Pii>,
    /// Who processes: the controllers.
    pub party: Vec<Party>,
    /// The answer.
    pub event: Answer,
}

/// A receipt's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`RECEIPT_SCHEMA`].
    pub schema: String,
    /// The record.
    pub record: RecordId,
    /// The PII principal.
    pub subject: SubjectId,
}

/// The one schema that is read.
pub const RECEIPT_SCHEMA: &str = "iso27560-cn-1";

/// What is agreed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// The version of the notice that was shown.
    pub notice: NoticeRef,
    /// What for.
    pub purpose: Code,
    /// What is done with the data.
    pub methods: Vec<Method>,
    /// For which recipient, where it is about giving them to somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Code>,
    /// By which channel alone, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Code>,
    /// Where the data are stored.
    pub storage: Vec<String>,
    /// How long.
    pub retention: Period,
    /// `CN`.
    pub jurisdiction: String,
    /// How it is withdrawn.
    pub withdrawal: String,
}

/// A version of a notice, and the text that was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRef {
    /// The notice.
    pub id: Code,
    /// Which version.
    pub version: u32,
    /// In which language.
    pub language: String,
    /// The SM3 digest of its text.
    pub sm3: Sm3Digest,
}

/// A kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pii {
    /// Which.
    #[serde(rename = "type")]
    pub kind: Kind,
}

/// A controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name in short.
    pub id: Code,
    /// Its name.
    pub name: String,
    /// How it is reached.
    pub contact: String,
}

/// The answer: the time that the source claims, who gave it, and the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// When, as the source has it. The ledger keeps its own time beside it.
    pub at: Moment,
    /// Until when a consent counts, where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Moment>,
    /// What was said.
    pub state: AnswerState,
    /// By whom.
    pub given_by: GivenBy,
    /// What shows that a guardian or an agent is one: a document's name or number in the firm's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// The screen or form.
    pub screen: String,
    /// The SM3 digest of the words at the control.
    pub wording: Sm3Digest,
    /// What was used. There is no word for a box that was ticked before.
    pub control: Control,
    /// How many consents this one act gave. More than one is no separate consent.
    pub consents_in_act: u32,
    /// The session in the source's own logs; of a paper or a recorded call, its number in the firm's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
}

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerState {
    /// Yes, explicitly.
    Granted,
    /// Yes, by an act for this alone, or in writing.
    SeparatelyGranted,
    /// No.
    Refused,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenBy {
    /// The person.
    #[serde(rename = "self")]
    Person,
    /// Their guardian.
    Guardian,
    /// Somebody whom they authorised.
    Agent,
}

/// What an answer was given with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// A box that the person ticked.
    Checkbox,
    /// A button.
    Button,
    /// An electronic signature.
    Signature,
    /// A recorded call.
    Voice,
    /// A signed paper.
    Paper,
}

impl Parts for ReceiptParts {
    fn check(&self) -> Result<(), DeclarationError> {
        want(self.header.schema == RECEIPT_SCHEMA, "header.schema", "write iso27560-cn-1")?;
        want_some(&self.processing.methods, "processing.methods")?;
        want_few(&self.processing.storage, "processing.storage")?;
        want(self.processing.jurisdiction == "CN", "processing.jurisdiction", "write CN")?;
        want_text(&self.processing.withdrawal, "processing.withdrawal")?;
        want_some(&self.pii, "pii")?;
        want_some(&self.party, "party")?;
        let event = &self.event;
        want(event.valid_until.is_none_or(|end| end > event.at), "event.valid_until", "a consent ends after it began")?;
        want_text_if_any(event.proof.as_deref(), "event.proof")?;
        let by_another = event.given_by != GivenBy::Person;
        want(!by_another || event.proof.is_some(), "event.proof", "name what shows that they are guardian or agent")?;
        want_text(&event.screen, "event.screen")?;
        want_text_if_any(event.session.as_deref(), "event.session")?;
        let is_elsewhere = matches!(event.control, Control::Paper | Control::Voice);
        want(!is_elsewhere || event.session.is_some(), "event.session", "name the paper, or the recording")?;
        want(event.consents_in_act > 0, "event.consents_in_act", "count this one")?;
        let is_bundled = event.state == AnswerState::SeparatelyGranted && event.consents_in_act > 1;
        want(!is_bundled, "event.state", "what one act gave together with others is granted, not separately_granted")
    }
}

/// A line that a source handed in. Nothing in its receipt is read before its signature is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLine {
    receipt: String,
    source: Code,
    signature: Base64,
}

/// A receipt as the bytes that its source signed, as a ledger keeps it. It comes from a [`Signed`] one, or from an entry; of
/// one from an entry [`Claimed::is_signed`] says whether it still is what was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    line: ReceiptLine,
    receipt: Box<Receipt>,
}

/// A receipt whose signature was checked, with the key that it was checked with. Only with one can a consent be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T> {
    claimed: Claimed,
    key: (Code, Base64),
    what: std::marker::PhantomData<T>,
}

impl ReceiptLine {
    /// Reads such a line.
    ///
    /// # Errors
    /// It is none, or too long.
    pub fn parse(line: &str) -> Result<Self, ReceiptError> {
        if line.len() > RECEIPT_LIMIT_BYTES * 2 {
            return Err(ReceiptError::Limit);
        }
        serde_json::from_str(line).map_err(|_| ReceiptError::Line)
    }

    /// Who claims to have signed it.
    #[must_use]
    pub fn source(&self) -> &Code {
        &self.source
    }

    fn is_signed(&self, source: &Source, verify: &dyn VerifySource) -> bool {
        source.id == self.source && verify.is_signed(source, self.receipt.as_bytes(), self.signature.bytes())
    }

    /// Checks its signature, then reads its receipt.
    ///
    /// # Errors
    /// `source` did not sign it, or what it signed is no receipt.
    pub fn verified(self, source: &Source, verify: &dyn VerifySource) -> Result<Signed<Receipt>, ReceiptError> {
        if !self.is_signed(source, verify) {
            return Err(ReceiptError::Signature);
        }
        Ok(Signed { claimed: Claimed::of(self)?, key: source.key(), what: std::marker::PhantomData })
    }
}

impl Claimed {
    fn of(line: ReceiptLine) -> Result<Self, ReceiptError> {
        if line.receipt.len() > RECEIPT_LIMIT_BYTES {
            return Err(ReceiptError::Limit);
        }
        let parts: ReceiptParts = serde_json::from_str(&line.receipt).map_err(|_| ReceiptError::Json)?;
        let receipt = Box::new(Receipt::new(parts).map_err(ReceiptError::Content)?);
        Ok(Self { line, receipt })
    }

    /// Who claims to have signed it.
    #[must_use]
    pub fn source(&self) -> &Code {
        &self.line.source
    }

    /// What it says.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The bytes that are signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.line.receipt
    }

    /// Whether `source` signed it.
    #[must_use]
    pub fn is_signed(&self, source: &Source, verify: &dyn VerifySource) -> bool {
        self.line.is_signed(source, verify)
    }
}

impl Signed<Receipt> {
    /// Who signed it.
    #[must_use]
    pub fn source(&self) -> &Code {
        self.claimed.source()
    }

    /// What it says.
    #[must_use]
    pub fn receipt(&self) -> &Receipt {
        &self.claimed.receipt
    }

    /// Whether it was checked with the key of this source.
    pub(super) fn was_checked_with(&self, source: &Source) -> bool {
        *self.claimed.source() == source.id && self.key == source.key()
    }

    /// The text, its source and signature, to be kept.
    #[must_use]
    pub fn into_claimed(self) -> Claimed {
        self.claimed
    }
}

impl Serialize for Claimed {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.line.serialize(to)
    }
}

impl<'de> Deserialize<'de> for Claimed {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::of(ReceiptLine::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// Why a receipt is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptError {
    /// The line is not what a source hands in.
    Line,
    /// The text in it is no receipt.
    Json,
    /// Something in the receipt is wrong.
    Content(DeclarationError),
    /// It is too long.
    Limit,
    /// Its source did not sign it.
    Signature,
}

impl fmt::Display for ReceiptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line => f.write_str("a line has receipt, source and signature, and nothing else"),
            Self::Json => {
                f.write_str("the receipt is not JSON with header, processing, pii, party and event as documented")
            }
            Self::Content(error) => write!(f, "the receipt's {error}"),
            Self::Limit => write!(f, "a receipt has {RECEIPT_LIMIT_BYTES} bytes at most"),
            Self::Signature => {
                f.write_str("the signature is not the source's: sign the receipt's exact bytes with its key")
            }
        }
    }
}

impl std::error::Error for ReceiptError {}
