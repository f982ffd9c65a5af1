//! Signatures: who wrote a record or gave a consent, so that nobody else can have.
//!
//! - A [`SigningKey`] signs, with Ed25519 or with SM2 over SM3. It is made of 32 secret bytes and wipes itself.
//! - A [`VerifyingKey`] says whether a signature is of the key that it belongs to. It is no secret, and is written as PEM.
//! - A [`SignAlgorithm`] says which of the two it is.
//!
//! ```
//! use pii_core::key::{KeyId, Secret};
//! use pii_core::sign::{SignAlgorithm, SigningKey, VerifyingKey};
//!
//! let id = KeyId::new(7).expect("below the limit");
//! let key = SigningKey::new(SignAlgorithm::Sm2, id, &Secret::copy_of(&[0x5A; 32])).expect("32 bytes");
//! let signature = key.sign(b"a head of the trail");
//! let public = VerifyingKey::from_pem(&key.verifying_key().to_pem()).expect("as it was written");
//! assert!(public.verify(b"a head of the trail", &signature));
//! assert!(!public.verify(b"another head", &signature));
//! ```
//!
//! What it does not know: whose key it is, and whether that one may sign anything.

mod error;
mod public;
mod secret;

pub use error::SignError;
pub use public::VerifyingKey;
pub use secret::SigningKey;

use crate::key::Described;
use std::fmt;

/// How many bytes a signature has, with either algorithm: R and S, or r and s.
pub const SIGNATURE_BYTES: usize = 64;

/// Whom SM2 names as the signer where nothing else was agreed (GM/T 0009-2012, 10). It goes into what is signed.
const USUAL_SIGNER: &str = "1234567812345678";

/// A way of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignAlgorithm {
    /// Ed25519.
    Ed25519,
    /// SM2 with SM3, and the usual name of a signer.
    Sm2,
}

impl SignAlgorithm {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::Sm2];

    /// How many secret bytes a key is made of.
    #[must_use]
    pub fn key_bytes(self) -> usize {
        32
    }

    /// Name and standards, for an inventory.
    #[must_use]
    pub fn described(self) -> Described {
        match self {
            Self::Ed25519 => Described { name: "Ed25519", standard: "RFC 8032, FIPS 186-5", is_commercial: false },
            Self::Sm2 => {
                Described { name: "SM2-SM3", standard: "GB/T 32918.2-2016, GB/T 32905-2016", is_commercial: true }
            }
        }
    }
}

impl fmt::Display for SignAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.described().name)
    }
}

#[cfg(test)]
mod tests;
