//! Keys of sources: how they are declared, and what they signed.

use super::error::ConsentError;
use pii_core::consent::{Base64, Code, Source, SourceParts, VerifySource};
use pii_core::sign::{SignAlgorithm, VerifyingKey};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// How many characters of Base64 a line of PEM has (RFC 7468, 2).
const PEM_COLUMNS: usize = 64;

/// How many keys are kept read. A firm has few sources.
const KEPT_LIMIT: usize = 1024;

/// How many signatures that were found good are remembered: those of a line that is imported are asked for again when its
/// entry is taken.
const GOOD_LIMIT: usize = 1 << 16;

/// Checks signatures with the keys that sources were declared with: Ed25519, and SM2 with SM3. A key is read once, and what was
/// found good lately is not checked again.
#[derive(Default)]
pub struct SourceKeys {
    read: RwLock<HashMap<Vec<u8>, Option<VerifyingKey>>>,
    good: Mutex<HashSet<[u8; 32]>>,
}

/// The declaration of a source from its public key in PEM, as `openssl pkey -pubout` writes it.
///
/// # Errors
/// It is no such key, or the name says nothing.
pub fn source_of(id: Code, name: &str, pem: &str, registered_by: Code) -> Result<Source, ConsentError> {
    let key = VerifyingKey::from_pem(pem).map_err(|_| ConsentError::KEY)?;
    let pem = key.to_pem();
    let text: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let public_key = Base64::parse(&text).ok_or(ConsentError::KEY)?;
    let algorithm = Code::new(word(key.algorithm())).ok_or(ConsentError::KEY)?;
    Ok(Source::new(SourceParts { id, name: name.to_owned(), algorithm, public_key, registered_by, until: None })?)
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

/// All that a signature is of, each part with its length.
fn digest(parts: [&[u8]; 4]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

impl SourceKeys {
    fn good(&self) -> MutexGuard<'_, HashSet<[u8; 32]>> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verify(&self, source: &Source, message: &[u8], signature: &[u8]) -> bool {
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

impl VerifySource for SourceKeys {
    fn is_signed(&self, source: &Source, message: &[u8], signature: &[u8]) -> bool {
        let (algorithm, key) = (source.algorithm.as_str().as_bytes(), source.public_key.bytes());
        let digest = digest([algorithm, key, message, signature]);
        if self.good().contains(&digest) {
            return true;
        }
        let is_signed = self.verify(source, message, signature);
        if is_signed {
            let mut good = self.good();
            if good.len() >= GOOD_LIMIT {
                good.clear();
            }
            good.insert(digest);
        }
        is_signed
    }
}

/// How many keys, and none of them.
impl fmt::Debug for SourceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceKeys({})", self.read.read().unwrap_or_else(PoisonError::into_inner).len())
    }
}
