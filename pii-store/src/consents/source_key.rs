//! Keys of sources: how they are declared, and what they signed.

use super::error::ConsentError;
use pii_core::consent::{Base64, Code, Source, SourceParts, VerifySource};
use pii_core::sign::{SignAlgorithm, VerifyingKey};
use pii_core::time::Moment;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// How many characters of Base64 a line of PEM has (RFC 7468, 2).
const PEM_COLUMNS: usize = 64;

/// How many keys are kept read. A firm has few sources.
const KEPT_LIMIT: usize = 1024;

/// Checks signatures with the keys that sources were declared with: Ed25519, and SM2 with SM3. A key is read once.
#[derive(Debug, Default)]
pub struct SourceKeys {
    read: RwLock<HashMap<Vec<u8>, Option<VerifyingKey>>>,
}

/// The declaration of a source from its public key in PEM, as `openssl pkey -pubout` writes it.
///
/// # Errors
/// It is no such key, or the name says nothing.
pub fn source_of(id: Code, name: &str, pem: &str, until: Option<Moment>) -> Result<Source, ConsentError> {
    let key = VerifyingKey::from_pem(pem).map_err(|_| ConsentError::KEY)?;
    let pem = key.to_pem();
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let public_key = Base64::parse(&text).ok_or(ConsentError::KEY)?;
    let algorithm = Code::new(word(key.algorithm())).ok_or(ConsentError::KEY)?;
    Ok(Source::new(SourceParts { id, name: name.to_owned(), algorithm, public_key, until })?)
}

fn word(algorithm: SignAlgorithm) -> &'static str {
    match algorithm {
        SignAlgorithm::Ed25519 => "ed25519",
        SignAlgorithm::Sm2 => "sm2",
    }
}

fn read(source: &Source) -> Option<VerifyingKey> {
    let text = source.public_key.to_string();
    let mut pem = format!("{BEGIN}\n");
    for line in text.as_bytes().chunks(PEM_COLUMNS) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem.push_str(END);
    let key = VerifyingKey::from_pem(&pem).ok()?;
    (word(key.algorithm()) == source.algorithm.as_str()).then_some(key)
}

impl VerifySource for SourceKeys {
    fn is_signed(&self, source: &Source, message: &[u8], signature: &[u8]) -> bool {
        let name = [source.algorithm.as_str().as_bytes(), b":", source.public_key.bytes()].concat();
        if let Some(key) = self.read.read().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return key.as_ref().is_some_and(|key| key.verify(message, signature));
        }
        let key = read(source);
        let is_signed = key.as_ref().is_some_and(|key| key.verify(message, signature));
        let mut kept = self.read.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT_LIMIT {
            kept.insert(name, key);
        }
        is_signed
    }
}
