//! A sealed value, and how it is written.

use super::algorithm::SealAlgorithm;
use super::cipher::{NONCE_BYTES, TAG_BYTES};
use super::error::OpenError;
use super::sealer::VALUE_LIMIT_BYTES;
use crate::hex::Hex;
use crate::surrogate::{self, Mark};
use std::fmt;

/// The version of what is written here and of envelopes.
pub(super) const VERSION: u8 = 1;

/// Version and algorithm, then the nonce: data key and counter.
pub(super) const HEADER_BYTES: usize = 1 + NONCE_BYTES;

/// The name of a data key: eight random bytes. It is no secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataKeyId(pub(super) [u8; 8]);

impl DataKeyId {
    /// The bytes, as a store may keep them.
    #[must_use]
    pub fn bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for DataKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for DataKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKeyId({self})")
    }
}

/// A sealed value: version, algorithm, data key, counter, cipher text, tag. Its text is a surrogate (`pis_…`).
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    algorithm: SealAlgorithm,
    bytes: Vec<u8>,
}

impl Sealed {
    /// Takes over what [`Sealed::header`] begins.
    pub(super) fn new(algorithm: SealAlgorithm, bytes: Vec<u8>) -> Self {
        Self { algorithm, bytes }
    }

    /// The first bytes of a value of this algorithm with this nonce.
    pub(super) fn header(algorithm: SealAlgorithm, nonce: [u8; NONCE_BYTES]) -> [u8; HEADER_BYTES] {
        let mut header = [VERSION << 4 | algorithm.code(); HEADER_BYTES];
        for (place, byte) in header.iter_mut().skip(1).zip(nonce) {
            *place = byte;
        }
        header
    }

    /// Reads the text of a sealed value, the whole of it.
    ///
    /// # Errors
    /// It is none of this version.
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        // Longer than what the longest value is written with, and then it is not even decoded.
        if text.len() > (VALUE_LIMIT_BYTES + HEADER_BYTES + TAG_BYTES) * 2 {
            return Err(OpenError);
        }
        surrogate::read(Mark::Sealed, text.as_bytes()).ok_or(OpenError).and_then(Self::from_bytes)
    }

    /// Reads the bytes of a sealed value, where a column or store can hold bytes.
    ///
    /// # Errors
    /// They are none of this version.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, OpenError> {
        let range = HEADER_BYTES + TAG_BYTES..=HEADER_BYTES + TAG_BYTES + VALUE_LIMIT_BYTES;
        let first = *bytes.first().ok_or(OpenError)?;
        if !range.contains(&bytes.len()) || first >> 4 != VERSION {
            return Err(OpenError);
        }
        Ok(Self { algorithm: SealAlgorithm::from_code(first & 15).ok_or(OpenError)?, bytes })
    }

    /// The bytes that the text stands for.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says that it was sealed with.
    #[must_use]
    pub fn algorithm(&self) -> SealAlgorithm {
        self.algorithm
    }

    /// The data key that it says it was sealed with: the envelope to look for.
    #[must_use]
    pub fn data_key_id(&self) -> DataKeyId {
        DataKeyId(self.nonce().first_chunk().copied().unwrap_or_default())
    }

    pub(super) fn nonce(&self) -> [u8; NONCE_BYTES] {
        self.bytes.get(1..).and_then(|rest| rest.first_chunk().copied()).unwrap_or_default()
    }

    /// Header, then cipher text with tag.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        self.bytes.split_at_checked(HEADER_BYTES).unwrap_or_default()
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&surrogate::write(Mark::Sealed, &self.bytes))
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {} bytes)", self.data_key_id(), self.bytes.len())
    }
}
