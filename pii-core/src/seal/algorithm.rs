//! Authenticated encryptions.

use crate::key::Described;

/// An authenticated encryption with a nonce of 12 bytes and a tag of 16.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SealAlgorithm {
    /// AES-256 in Galois/Counter Mode.
    Aes256Gcm,
    /// AES-256 in GCM-SIV, which a nonce used twice harms little.
    Aes256GcmSiv,
    /// SM4 in Galois/Counter Mode.
    Sm4Gcm,
}

impl SealAlgorithm {
    /// How many bytes a key has.
    #[must_use]
    pub fn key_bytes(self) -> usize {
        match self {
            Self::Aes256Gcm | Self::Aes256GcmSiv => 32,
            Self::Sm4Gcm => 16,
        }
    }

    /// Name and standards, for an inventory.
    #[must_use]
    pub fn described(self) -> Described {
        let (name, standard, is_commercial) = match self {
            Self::Aes256Gcm => ("AES-256-GCM", "NIST SP 800-38D, FIPS 197", false),
            Self::Aes256GcmSiv => ("AES-256-GCM-SIV", "RFC 8452, FIPS 197", false),
            // GB/T 17964-2021 has no GCM among its modes; GB/T 36624-2018 has, under authenticated encryption.
            Self::Sm4Gcm => ("SM4-GCM", "GB/T 36624-2018, GB/T 32907-2016, RFC 8998", true),
        };
        Described { name, standard, is_commercial }
    }

    /// The number that headers have, for good.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::Aes256GcmSiv => 2,
            Self::Sm4Gcm => 3,
        }
    }

    pub(super) fn from_code(code: u8) -> Option<Self> {
        [Self::Aes256Gcm, Self::Aes256GcmSiv, Self::Sm4Gcm].into_iter().find(|algorithm| algorithm.code() == code)
    }
}
