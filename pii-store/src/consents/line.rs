//! A line of an import: what a source signed.

use super::error::LineFault;
use super::identity::Identity;
use super::source_key::SourceKeys;
use super::subject::SubjectDigests;
use crate::ledger::BODY_LIMIT_BYTES;
use pii_core::consent::{Base64, Code, Receipt, ReceiptLine, Signed, Source, SubjectId, VerifySource as _};
use serde::Deserialize;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// What an entry takes beside the receipt in it: names, numbers, digests and a signature.
const FRAME_BYTES: usize = 8 << 10;

/// A line as it was handed in. Its texts are not read before their signatures are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedIn {
    source: Code,
    #[serde(default)]
    receipt: Option<String>,
    #[serde(default)]
    signature: Option<Base64>,
    #[serde(default)]
    identity: Option<String>,
    #[serde(default)]
    identity_signature: Option<Base64>,
}

/// A line whose signatures were checked.
#[derive(Clone)]
pub(super) struct Checked {
    pub(super) source: Code,
    pub(super) receipt: Option<Signed<Receipt>>,
    pub(super) identity: Option<Identity>,
}

impl HandedIn {
    pub(super) fn parse(line: &[u8]) -> Result<Self, LineFault> {
        let read: Self = serde_json::from_slice(line).map_err(|_| LineFault::Form)?;
        let is_whole = read.receipt.is_some() == read.signature.is_some()
            && read.identity.is_some() == read.identity_signature.is_some()
            && (read.receipt.is_some() || read.identity.is_some());
        if is_whole { Ok(read) } else { Err(LineFault::Form) }
    }

    pub(super) fn source(&self) -> &Code {
        &self.source
    }

    /// Checks both signatures, and reads what they are of.
    pub(super) fn checked(
        self,
        sources: &HashMap<Code, Source>,
        keys: &SourceKeys,
        digests: &SubjectDigests,
    ) -> Result<Checked, LineFault> {
        let source = sources.get(&self.source).ok_or(LineFault::Rules(pii_core::consent::Fault::UnknownSource))?;
        let identity = self.identity.map(Zeroizing::new);
        let identity = match (identity, &self.identity_signature) {
            (Some(text), Some(signature)) => {
                if !keys.is_signed(source, text.as_bytes(), signature.bytes()) {
                    return Err(LineFault::IdentitySignature);
                }
                Some(Identity::read(&text, digests)?)
            }
            _ => None,
        };
        let receipt = match (self.receipt, self.signature) {
            (Some(receipt), Some(signature)) => {
                if escaped_bytes(&receipt) > BODY_LIMIT_BYTES - FRAME_BYTES {
                    return Err(LineFault::TooLong);
                }
                let line = serde_json::json!({ "receipt": receipt, "source": self.source, "signature": signature });
                let line = ReceiptLine::deserialize(line).map_err(|_| LineFault::Form)?;
                Some(line.verified(source, keys).map_err(LineFault::Receipt)?)
            }
            _ => None,
        };
        let checked = Checked { source: self.source, receipt, identity };
        let subjects = [checked.identity.as_ref().map(|identity| identity.subject), checked.receipt_subject()];
        match subjects {
            [Some(one), Some(other)] if one != other => Err(LineFault::AnotherSubject),
            _ => Ok(checked),
        }
    }
}

/// How long a text is in JSON: quotes and backslashes take two bytes, what cannot stand there six.
fn escaped_bytes(text: &str) -> usize {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => 2,
        0..=0x1F => 6,
        _ => 1,
    };
    text.bytes().map(one).sum()
}

impl Checked {
    fn receipt_subject(&self) -> Option<SubjectId> {
        self.receipt.as_ref().map(|receipt| receipt.receipt().header.subject)
    }

    /// Whom it is about. There always is one: a line has a receipt or an identity.
    pub(super) fn subject(&self) -> Option<SubjectId> {
        self.receipt_subject().or(self.identity.as_ref().map(|identity| identity.subject))
    }
}
