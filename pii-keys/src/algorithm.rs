//! Which algorithm a key is for.

use crate::Purpose;
use pii_core::fpe;
use pii_core::key::{Described, MacAlgorithm, Suite};
use pii_core::seal::SealAlgorithm;
use pii_core::sign::SignAlgorithm;
use std::fmt;

/// The algorithm that a version of a key is for. A key is used with one algorithm and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// The block cipher under FF1.
    Fpe(fpe::Algorithm),
    /// The keyed hash of tokens and digests.
    Mac(MacAlgorithm),
    /// The authenticated encryption that keys are wrapped with.
    Seal(SealAlgorithm),
    /// The signature.
    Sign(SignAlgorithm),
}

impl KeyAlgorithm {
    const ALL: [Self; 11] = [
        Self::Fpe(fpe::Algorithm::Aes128),
        Self::Fpe(fpe::Algorithm::Aes192),
        Self::Fpe(fpe::Algorithm::Aes256),
        Self::Fpe(fpe::Algorithm::Sm4),
        Self::Mac(MacAlgorithm::HmacSha256),
        Self::Mac(MacAlgorithm::HmacSm3),
        Self::Seal(SealAlgorithm::Aes256Gcm),
        Self::Seal(SealAlgorithm::Aes256GcmSiv),
        Self::Seal(SealAlgorithm::Sm4Gcm),
        Self::Sign(SignAlgorithm::Ed25519),
        Self::Sign(SignAlgorithm::Sm2),
    ];

    /// What a new key of a purpose is for where nothing else is said.
    #[must_use]
    pub fn usual(purpose: Purpose, suite: Suite) -> Self {
        match (purpose, suite) {
            (Purpose::Fpe, Suite::Any) => Self::Fpe(fpe::Algorithm::Aes256),
            (Purpose::Fpe, Suite::Sm) => Self::Fpe(fpe::Algorithm::Sm4),
            (Purpose::Token | Purpose::Hash, Suite::Any) => Self::Mac(MacAlgorithm::HmacSha256),
            (Purpose::Token | Purpose::Hash, Suite::Sm) => Self::Mac(MacAlgorithm::HmacSm3),
            (Purpose::Seal | Purpose::Subject, suite) => Self::Seal(wrapping(suite)),
            (Purpose::Sign, Suite::Any) => Self::Sign(SignAlgorithm::Ed25519),
            (Purpose::Sign, Suite::Sm) => Self::Sign(SignAlgorithm::Sm2),
        }
    }

    /// The names that [`KeyAlgorithm::parse`] reads.
    #[must_use]
    pub fn names() -> [&'static str; 11] {
        Self::ALL.map(|algorithm| algorithm.described().name)
    }

    /// Reads the name that [`Described::name`] has.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.described().name == name)
    }

    /// Whether keys of a purpose can be for this algorithm.
    #[must_use]
    pub fn serves(self, purpose: Purpose) -> bool {
        match self {
            Self::Fpe(_) => purpose == Purpose::Fpe,
            Self::Mac(_) => matches!(purpose, Purpose::Token | Purpose::Hash),
            Self::Seal(_) => matches!(purpose, Purpose::Seal | Purpose::Subject),
            Self::Sign(_) => purpose == Purpose::Sign,
        }
    }

    /// How many bytes a key has.
    #[must_use]
    pub fn key_bytes(self) -> usize {
        match self {
            Self::Fpe(algorithm) => algorithm.key_bytes(),
            Self::Mac(algorithm) => algorithm.key_bytes(),
            Self::Seal(algorithm) => algorithm.key_bytes(),
            Self::Sign(algorithm) => algorithm.key_bytes(),
        }
    }

    /// Name and standards, for an inventory.
    #[must_use]
    pub fn described(self) -> Described {
        match self {
            Self::Fpe(algorithm) => {
                // FF1 is no mode that a Chinese standard names, over whichever cipher: the standard is the cipher's.
                let is_commercial = algorithm == fpe::Algorithm::Sm4;
                let standard =
                    if is_commercial { "GB/T 32907-2016 (FF1: NIST SP 800-38G)" } else { "FIPS 197, NIST SP 800-38G" };
                Described { name: algorithm.name(), standard, is_commercial }
            }
            Self::Mac(algorithm) => algorithm.described(),
            Self::Seal(algorithm) => algorithm.described(),
            Self::Sign(algorithm) => algorithm.described(),
        }
    }
}

/// What keys are wrapped with. GCM-SIV where any algorithm may be used, because random nonces may meet by chance.
pub(crate) fn wrapping(suite: Suite) -> SealAlgorithm {
    match suite {
        Suite::Any => SealAlgorithm::Aes256GcmSiv,
        Suite::Sm => SealAlgorithm::Sm4Gcm,
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.described().name)
    }
}
