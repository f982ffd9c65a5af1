//! Heads: how far a chain has come, signed, for a witness to keep.

use super::class::Class;
use super::hash::Hash;
use super::name::Name;
use super::word;
use pii_core::hex::{Hex, unhex};
use pii_core::key::KeyId;
use pii_core::sign::{SIGNATURE_BYTES, SigningKey, VerifyingKey};
use pii_core::time::Moment;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// The longest line that a head is read from, in bytes.
const LINE_LIMIT_BYTES: usize = 1024;

/// How far a chain had come at a time. Signed, nobody else can have said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose trail.
    pub node: Name,
    /// Which chain of it.
    #[serde(with = "word::one")]
    pub class: Class,
    /// The number of its last record on the disk.
    pub seq: u64,
    /// That record's hash.
    pub chain: Hash,
    /// When that was so.
    #[serde(with = "word::one")]
    pub at: Moment,
    /// The signature.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
}

/// A signature with the version of its key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The version of the key.
    #[serde(with = "word::one")]
    pub key: KeyId,
    /// R and S in hexadecimal.
    #[serde(with = "hexadecimal")]
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Keys that tell signatures, by the version that signed.
#[derive(Clone, Debug, Default)]
pub struct VerifyingKeys(BTreeMap<KeyId, VerifyingKey>);

impl VerifyingKeys {
    /// No key: signatures cannot be told.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, id: KeyId, key: VerifyingKey) -> Self {
        self.0.insert(id, key);
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The versions that there are keys for.
    pub fn ids(&self) -> impl Iterator<Item = KeyId> + '_ {
        self.0.keys().copied()
    }
}

impl Head {
    /// Signs it.
    #[must_use]
    pub fn sign(mut self, key: &SigningKey) -> Self {
        let signature = key.sign(self.message().as_bytes());
        self.signed = Some(Signature { key: key.id(), signature });
        self
    }

    /// Whether one of these keys signed it.
    #[must_use]
    pub fn is_signed_by(&self, keys: &VerifyingKeys) -> bool {
        let Some(signed) = &self.signed else {
            return false;
        };
        keys.0.get(&signed.key).is_some_and(|key| key.verify(self.message().as_bytes(), &signed.signature))
    }

    /// Its line, without an end.
    #[must_use]
    pub fn to_line(&self) -> String {
        // Nothing in it can fail to be written: it has no map with keys that are no strings.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a line that [`Head::to_line`] wrote.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        (line.len() <= LINE_LIMIT_BYTES).then(|| serde_json::from_str(line).ok())?
    }

    /// What is signed. Named for its use, so that a signature of something else is never one of a head.
    fn message(&self) -> String {
        format!("pii-trail-head-v1\n{}\n{}\n{}\n{}\n{}", self.node, self.class, self.seq, self.chain, self.at)
    }
}

mod hexadecimal {
    use super::{Deserializer, Hex, SIGNATURE_BYTES, Serializer, unhex, word};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; SIGNATURE_BYTES], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hex(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; SIGNATURE_BYTES], D::Error> {
        word::read(from, |text| unhex(text.as_bytes()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::key::Secret;
    use pii_core::sign::SignAlgorithm;

    #[test]
    fn a_head_is_its_signers() {
        for algorithm in SignAlgorithm::ALL {
            let id = KeyId::new(7).expect("below the limit");
            let key = SigningKey::new(algorithm, id, &Secret::copy_of(&[3; 32])).expect("32 bytes");
            let keys = VerifyingKeys::new().with(id, key.verifying_key());
            let at = Moment::from_unix_seconds(1_795_428_000).expect("a moment");
            let node = Name::new("n1").expect("a name");
            let head = Head { node, class: Class::Business, seq: 9, chain: Hash::new([5; 32]), at, signed: None };
            assert!(!head.is_signed_by(&keys));
            let head = head.sign(&key);
            assert!(head.is_signed_by(&keys));
            assert!(!head.is_signed_by(&VerifyingKeys::new()));
            assert_eq!(Head::parse(&head.to_line()), Some(head.clone()));
            for changed in [
                Head { seq: 10, ..head.clone() },
                Head { class: Class::System, ..head.clone() },
                Head { chain: Hash::new([6; 32]), ..head.clone() },
                Head { node: Name::new("n2").expect("a name"), ..head.clone() },
                Head { at: at.plus_millis(1).expect("a moment"), ..head.clone() },
            ] {
                assert!(!changed.is_signed_by(&keys), "{changed:?}");
            }
        }
        assert_eq!(Head::parse("{}"), None);
    }
}
