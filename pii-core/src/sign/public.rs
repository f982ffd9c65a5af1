//! Keys that tell signatures.

use super::error::Wrong;
use super::{SIGNATURE_BYTES, SignAlgorithm, SignError, USUAL_SIGNER};
use sm2::dsa::signature::Verifier as _;
use sm2::pkcs8::{DecodePublicKey, EncodePublicKey, LineEnding};
use std::fmt;

/// The longest PEM that is read, in bytes: several times what a key of either algorithm takes.
const PEM_LIMIT_BYTES: usize = 4096;

/// The public half of a key: no secret.
#[derive(Clone, PartialEq)]
pub struct VerifyingKey(Key);

#[derive(Clone, PartialEq)]
enum Key {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    Sm2(Box<sm2::PublicKey>),
}

impl VerifyingKey {
    pub(super) fn of_ed25519(key: ed25519_dalek::VerifyingKey) -> Self {
        Self(Key::Ed25519(Box::new(key)))
    }

    pub(super) fn of_sm2(key: sm2::PublicKey) -> Self {
        Self(Key::Sm2(Box::new(key)))
    }

    /// Reads a public key as `openssl pkey -pubout` writes it: SubjectPublicKeyInfo (RFC 5280) in PEM.
    ///
    /// # Errors
    /// It is none, is of another algorithm, or is one that verifies what anybody can make (a point of small order).
    pub fn from_pem(pem: &str) -> Result<Self, SignError> {
        let wrong = SignError(Wrong::Public);
        if pem.len() > PEM_LIMIT_BYTES {
            return Err(wrong);
        }
        let pem = pem.trim();
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_pem(pem) {
            return if key.is_weak() { Err(wrong) } else { Ok(Self::of_ed25519(key)) };
        }
        sm2::PublicKey::from_public_key_pem(pem).map(Self::of_sm2).map_err(|_| wrong)
    }

    /// Writes it as [`VerifyingKey::from_pem`] reads it.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let pem = match &self.0 {
            Key::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            Key::Sm2(key) => key.to_public_key_pem(LineEnding::LF),
        };
        // A key of fixed size fits its encoding.
        pem.unwrap_or_default()
    }

    /// How its owner signs.
    #[must_use]
    pub fn algorithm(&self) -> SignAlgorithm {
        match self.0 {
            Key::Ed25519(_) => SignAlgorithm::Ed25519,
            Key::Sm2(_) => SignAlgorithm::Sm2,
        }
    }

    /// Whether the owner of this key signed this message. A signature has [`SIGNATURE_BYTES`]; of SM2, the ASN.1 form that
    /// OpenSSL and GM/T 0009-2012 write is read too. Ed25519 is verified strictly, so that one signature has one reading.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Key::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Key::Sm2(key) => {
                let signature = match signature.len() {
                    SIGNATURE_BYTES => sm2::dsa::Signature::from_slice(signature),
                    _ => sm2::dsa::Signature::from_der(signature),
                };
                let key = sm2::dsa::VerifyingKey::new(USUAL_SIGNER, **key);
                matches!((key, signature), (Ok(key), Ok(signature)) if key.verify(message, &signature).is_ok())
            }
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.algorithm())
    }
}
