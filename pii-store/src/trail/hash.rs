//! The hash that chains records, and keyed digests of what must not stand in one.

use super::word::{self, words};
use pii_core::hex::{Hex, digits, unhex};
use pii_core::key::KeyId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;
use std::fmt;

/// What a chain is hashed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SM3 (GB/T 32905-2016).
    Sm3,
}

words!(HashAlgorithm: Sha256 = "sha256", Sm3 = "sm3");

/// 32 bytes of a hash, written as 64 hexadecimal digits in small letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands in front of the first record of a chain.
    pub(crate) const BEFORE_ALL: Self = Self([0; 32]);

    /// A hash that was made elsewhere.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        unhex(hex.as_bytes()).map(Self)
    }

    /// The hash of some bytes, such as a policy's file: what `sha256sum` says of it, or `openssl dgst -sm3`.
    #[must_use]
    pub fn of(algorithm: HashAlgorithm, bytes: &[u8]) -> Self {
        match algorithm {
            HashAlgorithm::Sha256 => Self(Sha256::digest(bytes).into()),
            HashAlgorithm::Sm3 => Self(Sm3::digest(bytes).into()),
        }
    }

    /// The hash of a record: over the 64 digits of the record before it, and its own line up to `,"chain"`. Of digits and not
    /// of bytes, so that whoever has a shell can do it again: `printf '%s%s' "$before" "$line" | sha256sum`.
    pub(crate) fn of_record(algorithm: HashAlgorithm, before: &Self, line: &[u8]) -> Self {
        let before = before.hex();
        match algorithm {
            HashAlgorithm::Sha256 => Self(Sha256::new().chain_update(before).chain_update(line).finalize().into()),
            HashAlgorithm::Sm3 => Self(Sm3::new().chain_update(before).chain_update(line).finalize().into()),
        }
    }

    pub(crate) fn hex(&self) -> [u8; 64] {
        let mut hex = [0; 64];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&digits(byte));
        }
        hex
    }
}

/// A keyed digest of a data subject or of the bytes of a message, with the version of the key: `k7hm:` and 64 digits.
///
/// It remains personal information for whoever has the key: who may read a trail is to be controlled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedDigest {
    /// The version of the key, of purpose `hash`.
    pub key: KeyId,
    /// The HMAC.
    pub mac: [u8; 32],
}

impl KeyedDigest {
    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (key, mac) = text.split_once(':')?;
        Some(Self { key: KeyId::parse(key)?, mac: unhex(mac.as_bytes())? })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Hex(&self.0), f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for KeyedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, Hash(self.mac))
    }
}

impl fmt::Debug for KeyedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyedDigest({})", self.key)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word::read(deserializer, Self::parse)
    }
}

impl Serialize for KeyedDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyedDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        word::read(deserializer, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_can_be_hashed_again_in_a_shell() {
        // printf '%064d{"v":1' 0 | sha256sum, and openssl dgst -sm3.
        let line = br#"{"v":1"#;
        let sha = Hash::of_record(HashAlgorithm::Sha256, &Hash::BEFORE_ALL, line);
        let sm3 = Hash::of_record(HashAlgorithm::Sm3, &Hash::BEFORE_ALL, line);
        assert_eq!(sha.to_string(), "66a1be650ec552d4d66eb11ccc710fa448b20c31365b9bf0c57b5b8995a0436e");
        assert_eq!(sm3.to_string(), "ff0e5c017e6ba4f58c785a9f4cca828cab60e1248ef57108030e71b78403353b");
        assert_eq!(Hash::parse(&sha.to_string()), Some(sha));
        assert_eq!(Hash::parse(&sha.to_string().to_uppercase()), None);
    }
}
