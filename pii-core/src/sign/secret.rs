//! Keys that sign.

use super::error::Wrong;
use super::{SIGNATURE_BYTES, SignAlgorithm, SignError, USUAL_SIGNER, VerifyingKey};
use crate::key::{KeyId, Mac, MacAlgorithm, Secret};
use ed25519_dalek::Signer as _;
use std::fmt;

/// How often a private key of SM2 is looked for. One draw in four thousand million is none.
const DRAWS: u8 = 8;

/// A key that signs, with the id of the version of the key that it is. Wiped when dropped.
pub struct SigningKey {
    id: KeyId,
    key: Key,
}

enum Key {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Sm2),
}

/// The crate's own signing key is not wiped when dropped. So what is kept is the private key as a [`Secret`], and the
/// crate's is set up for each signature, which costs as much again as the signature does.
struct Sm2 {
    private: Secret,
    public: sm2::PublicKey,
}

impl SigningKey {
    /// Sets up a key made of 32 secret bytes. For Ed25519 these are the private key as RFC 8032 has it; for SM2 the private
    /// key is derived from them, because not every number of 256 bits is one.
    ///
    /// # Errors
    /// There are not 32 bytes.
    pub fn new(algorithm: SignAlgorithm, id: KeyId, secret: &Secret) -> Result<Self, SignError> {
        let wrong = SignError(Wrong::Length);
        let bytes: &[u8; 32] = secret.expose().try_into().map_err(|_| wrong)?;
        let key = match algorithm {
            SignAlgorithm::Ed25519 => Key::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(bytes))),
            SignAlgorithm::Sm2 => Key::Sm2(Sm2::derived(bytes).ok_or(wrong)?),
        };
        Ok(Self { id, key })
    }

    /// The version of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    #[must_use]
    pub fn algorithm(&self) -> SignAlgorithm {
        match self.key {
            Key::Ed25519(_) => SignAlgorithm::Ed25519,
            Key::Sm2(_) => SignAlgorithm::Sm2,
        }
    }

    /// Signs. Both algorithms are deterministic here (SM2 draws its nonce as RFC 6979 says, from key and message), so that no
    /// bad source of randomness can give the key away.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        match &self.key {
            Key::Ed25519(key) => key.sign(message).to_bytes(),
            Key::Sm2(key) => key.sign(message),
        }
    }

    /// What tells its signatures from others.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        match &self.key {
            Key::Ed25519(key) => VerifyingKey::of_ed25519(key.verifying_key()),
            Key::Sm2(key) => VerifyingKey::of_sm2(key.public),
        }
    }
}

impl Sm2 {
    fn derived(bytes: &[u8; 32]) -> Option<Self> {
        let mac = Mac::new(MacAlgorithm::HmacSm3, bytes)?;
        (0..DRAWS).find_map(|draw| {
            let private = mac.derive(&format!("pii-sm2-v1|{draw}"));
            let public = set_up(&private)?.verifying_key().clone().into();
            Some(Self { private, public })
        })
    }

    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let signature = set_up(&self.private).map(|key| -> sm2::dsa::Signature { key.sign(message) });
        // It was set up once when it was derived; zeros are no signature.
        signature.map_or([0; SIGNATURE_BYTES], |signature| signature.to_bytes().into())
    }
}

fn set_up(private: &Secret) -> Option<sm2::dsa::SigningKey> {
    sm2::dsa::SigningKey::from_slice(USUAL_SIGNER, private.expose()).ok()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.id, self.algorithm())
    }
}
