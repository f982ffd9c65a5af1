//! What a source says of who a subject is.

use super::error::LineFault;
use super::subject::{Aliases, SubjectDigests};
use pii_core::Kind;
use pii_core::consent::{Age, SubjectId};
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The longest text of an identity, in bytes.
pub const IDENTITY_LIMIT_BYTES: usize = 8 << 10;

/// How many aliases an identity has at most.
const ALIAS_LIMIT: usize = 16;

/// The longest value of an alias, in bytes.
const VALUE_LIMIT_BYTES: usize = 256;

/// Who a subject is, with digests in place of values.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) subject: SubjectId,
    pub(super) aliases: Aliases,
    pub(super) age: Option<Age>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    subject: SubjectId,
    #[serde(default)]
    aliases: BTreeMap<Kind, String>,
    #[serde(default)]
    age: Option<Age>,
}

impl Identity {
    /// Reads a text whose signature was checked, and leaves digests of it.
    pub(super) fn read(text: &str, digests: &SubjectDigests) -> Result<Self, LineFault> {
        if text.len() > IDENTITY_LIMIT_BYTES {
            return Err(LineFault::TooLong);
        }
        let read: Read = serde_json::from_str(text).map_err(|_| LineFault::Identity)?;
        let values: Vec<(Kind, Zeroizing<String>)> =
            read.aliases.into_iter().map(|(kind, value)| (kind, Zeroizing::new(value))).collect();
        let says = |value: &Zeroizing<String>| !value.trim().is_empty() && value.len() <= VALUE_LIMIT_BYTES;
        if values.len() > ALIAS_LIMIT || !values.iter().map(|(_, value)| value).all(says) {
            return Err(LineFault::Identity);
        }
        if digests.is_empty() && !values.is_empty() {
            return Err(LineFault::NoKey);
        }
        let aliases = digests.aliases(values.iter().map(|(kind, value)| (*kind, value.as_str())));
        Ok(Self { subject: read.subject, aliases, age: read.age })
    }
}
