//! Whose signature a route's requests carry, and by whose they leave.

use super::ConfigError;
use super::file::{Place, Word};
use serde::Deserialize;
use std::path::PathBuf;

/// How requests are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Scheme {
    /// Alibaba Cloud, version 3.
    #[serde(rename = "acs3")]
    Acs3,
    /// Tencent Cloud, version 3.
    #[serde(rename = "tc3")]
    Tc3,
    /// Amazon Web Services, version 4.
    #[serde(rename = "aws4")]
    Aws4,
    /// Huawei Cloud's API gateway.
    #[serde(rename = "huawei")]
    Huawei,
}

/// Whose signature a route's requests carry, and by whose they leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignAt {
    /// How.
    pub scheme: Scheme,
    /// What an application signs with.
    pub taken: KeyAt,
    /// What the gateway knows. The same where the file names no other.
    pub given: KeyAt,
}

/// A key of an account with a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAt {
    /// What it is called, which is no secret.
    pub id: String,
    /// The file that holds its secret.
    pub secret_file: PathBuf,
}

/// `[route.sign]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignTable {
    scheme: Scheme,
    access_key: Word,
    secret_file: PathBuf,
    with: Option<WithTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithTable {
    access_key: Word,
    secret_file: PathBuf,
}

impl SignTable {
    pub(super) fn check(self, place: Place<'_>) -> Result<SignAt, ConfigError> {
        let taken = KeyAt { id: id(&self.access_key, place)?, secret_file: self.secret_file };
        let given = self.with.map(|with| {
            let id = id(&with.access_key, place)?;
            Ok(KeyAt { id, secret_file: with.secret_file })
        });
        let given = given.transpose()?.unwrap_or_else(|| taken.clone());
        Ok(SignAt { scheme: self.scheme, taken, given })
    }
}

/// It stands in a header, between signs that end it.
fn id(word: &Word, place: Place<'_>) -> Result<String, ConfigError> {
    let text = word.get_ref();
    let is_id = (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:@+".contains(&byte));
    let wrong = || {
        place.error(
            word.span().start,
            "write the id of an access key, as the provider shows it; its secret stands in secret_file",
        )
    };
    is_id.then(|| text.clone()).ok_or_else(wrong)
}
