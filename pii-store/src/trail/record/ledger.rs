//! Changes of a consent ledger, as a trail records them.

use super::super::hash::{Hash, KeyedDigest};
use super::super::name::Name;
use super::super::word::{self, words};
use pii_core::time::Moment;
use serde::{Deserialize, Serialize};

/// A change of a consent, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerChange {
    /// The ledger's number of the entry.
    pub entry: u64,
    /// The hash of the entry, so that the ledger itself is held to what it said.
    pub digest: Hash,
    /// What changed.
    #[serde(with = "word::one")]
    pub change: Change,
    /// From when on.
    #[serde(with = "word::one")]
    pub effective: Moment,
    /// Whose consent: as [`super::Decision::subjects`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<KeyedDigest>,
    /// For which purpose; for all of them where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Name>,
    /// For which recipient; for all of them where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Name>,
}

/// What changed in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Consent was given.
    Granted,
    /// Consent was withdrawn.
    Withdrawn,
    /// Somebody who was asked said no.
    Refused,
    /// Consent ended by itself.
    Expired,
    /// Something else was declared: a purpose, a recipient, a notice, an assessment.
    Declared,
}

words!(Change: Granted = "granted", Withdrawn = "withdrawn", Refused = "refused", Expired = "expired", Declared = "declared");
