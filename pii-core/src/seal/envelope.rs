//! A data key under a key-encryption key.

use super::algorithm::SealAlgorithm;
use super::bound::framed;
use super::cipher::{Aead, NONCE_BYTES, TAG_BYTES};
use super::error::{OpenError, SealError};
use super::sealed::{DataKeyId, VERSION};
use super::sealer::Opener;
use crate::key::{Entropy, KeyId, Secret};
use crate::surrogate::{self, Mark};
use std::fmt;

/// Version, both algorithms, wrapping key, data key.
const HEADER_BYTES: usize = 1 + 1 + 3 + 8;

/// More than any envelope is written with.
const TEXT_LIMIT_BYTES: usize = 256;

const ENVELOPE_USE: &[u8] = b"pii envelope 1";
const SECRET_USE: &[u8] = b"pii wrapped secret 1";

/// A data key, wrapped. Its text is a surrogate (`pie_…`), one word that goes into a manifest or a store.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    header: [u8; HEADER_BYTES],
    /// Nonce, cipher text, tag.
    wrapped: Vec<u8>,
}

impl Envelope {
    /// Reads the text of an envelope, the whole of it.
    ///
    /// # Errors
    /// It is none of this version.
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        if text.len() > TEXT_LIMIT_BYTES {
            return Err(OpenError);
        }
        let bytes = surrogate::read(Mark::Envelope, text.as_bytes()).ok_or(OpenError)?;
        let (header, wrapped) = bytes.split_first_chunk().ok_or(OpenError)?;
        let envelope = Self { header: *header, wrapped: wrapped.to_vec() };
        let [version, algorithms, top, ..] = *header;
        let is_right = version == VERSION
            && top < 16
            && SealAlgorithm::from_code(algorithms & 15).is_some()
            && envelope.data_key_algorithm().is_some_and(|algorithm| envelope.wraps(algorithm.key_bytes()));
        if is_right { Ok(envelope) } else { Err(OpenError) }
    }

    /// The version of the key that it is wrapped with.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        let [_, _, top, middle, low, ..] = self.header;
        KeyId::new(u32::from_be_bytes([0, top & 15, middle, low])).expect("20 bits are below the limit")
    }

    /// The data key in it.
    #[must_use]
    pub fn data_key_id(&self) -> DataKeyId {
        DataKeyId(self.header.last_chunk().copied().unwrap_or_default())
    }

    fn data_key_algorithm(&self) -> Option<SealAlgorithm> {
        let [_, algorithms, ..] = self.header;
        SealAlgorithm::from_code(algorithms >> 4)
    }

    fn wraps(&self, key_bytes: usize) -> bool {
        self.wrapped.len() == NONCE_BYTES + key_bytes + TAG_BYTES
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.header.to_vec();
        bytes.extend_from_slice(&self.wrapped);
        f.write_str(&surrogate::write(Mark::Envelope, &bytes))
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Envelope({} under {})", self.data_key_id(), self.key_id())
    }
}

/// A key-encryption key: a version of a keyring's key, or a data subject's.
pub struct WrappingKey {
    id: KeyId,
    aead: Aead,
}

impl WrappingKey {
    /// Sets up a key.
    ///
    /// # Errors
    /// The key has another length than [`SealAlgorithm::key_bytes`].
    pub fn new(algorithm: SealAlgorithm, id: KeyId, key: &[u8]) -> Result<Self, SealError> {
        Ok(Self { id, aead: Aead::new(algorithm, key)? })
    }

    /// The version of the key.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// What it wraps with.
    #[must_use]
    pub fn algorithm(&self) -> SealAlgorithm {
        self.aead.algorithm()
    }

    pub(super) fn wrap(
        &self,
        algorithm: SealAlgorithm,
        id: DataKeyId,
        key: &Secret,
        entropy: &mut dyn Entropy,
    ) -> Result<Envelope, SealError> {
        let [_, top, middle, low] = self.id.number().to_be_bytes();
        let mut header =
            [VERSION, algorithm.code() << 4 | self.algorithm().code(), top, middle, low, 0, 0, 0, 0, 0, 0, 0, 0];
        header.iter_mut().skip(HEADER_BYTES - 8).zip(id.0).for_each(|(place, byte)| *place = byte);
        let wrapped = self.wrap_bytes(&framed(&[ENVELOPE_USE, &header]), key, entropy)?;
        Ok(Envelope { header, wrapped })
    }

    /// What opens the values of an envelope's batch.
    ///
    /// # Errors
    /// The envelope was not wrapped with this key, or was changed since.
    pub fn open(&self, envelope: &Envelope) -> Result<Opener, OpenError> {
        let (algorithm, key) = self.unwrapped(envelope)?;
        let aead = Aead::new(algorithm, key.expose()).map_err(|_| OpenError)?;
        Ok(Opener::new(envelope.data_key_id(), aead))
    }

    /// The same data key under a newer key. Sealed values stay as they are.
    ///
    /// # Errors
    /// As [`WrappingKey::open`], also where there is no randomness to be had.
    pub fn rewrap(&self, envelope: &Envelope, newer: &Self, entropy: &mut dyn Entropy) -> Result<Envelope, OpenError> {
        let (algorithm, key) = self.unwrapped(envelope)?;
        newer.wrap(algorithm, envelope.data_key_id(), &key, entropy).map_err(|_| OpenError)
    }

    /// Wraps a secret that is no data key, such as another key. `context` is what it is, and has to be said again.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn wrap_secret(
        &self,
        context: &[u8],
        secret: &Secret,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        self.wrap_bytes(&framed(&[SECRET_USE, context]), secret, entropy)
    }

    /// The secret that was wrapped.
    ///
    /// # Errors
    /// It was not wrapped with this key and context, or was changed since.
    pub fn unwrap_secret(&self, context: &[u8], wrapped: &[u8]) -> Result<Secret, OpenError> {
        self.unwrap_bytes(&framed(&[SECRET_USE, context]), wrapped)
    }

    fn unwrapped(&self, envelope: &Envelope) -> Result<(SealAlgorithm, Secret), OpenError> {
        let algorithm = envelope.data_key_algorithm().ok_or(OpenError)?;
        let key = self.unwrap_bytes(&framed(&[ENVELOPE_USE, &envelope.header]), &envelope.wrapped)?;
        Ok((algorithm, key))
    }

    fn wrap_bytes(&self, context: &[u8], secret: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        // Of its final length from the start: a vector that grows leaves bytes behind.
        let mut out = Vec::with_capacity(NONCE_BYTES + secret.len() + TAG_BYTES);
        out.extend_from_slice(&nonce);
        self.aead.seal(nonce, context, secret.expose(), &mut out)?;
        Ok(out)
    }

    fn unwrap_bytes(&self, context: &[u8], wrapped: &[u8]) -> Result<Secret, OpenError> {
        let (nonce, body) = wrapped.split_first_chunk().ok_or(OpenError)?;
        let mut plain = self.aead.open(*nonce, context, body)?;
        Ok(Secret::new(std::mem::take(&mut *plain)))
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappingKey({}, {})", self.id, self.algorithm().described().name)
    }
}
