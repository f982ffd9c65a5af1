//! Seals the values of one batch, and opens them.

use super::algorithm::SealAlgorithm;
use super::bound::Bound;
use super::cipher::{Aead, NONCE_BYTES, TAG_BYTES};
use super::envelope::{Envelope, WrappingKey};
use super::error::{OpenError, Reason, SealError};
use super::sealed::{DataKeyId, HEADER_BYTES, Sealed};
use crate::key::{Entropy, Secret};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// The most values that one data key seals: as many as the nonce's counter has numbers.
///
/// Together with [`VALUE_LIMIT_BYTES`] that is at most 2^48 blocks, with which the best attack on a cipher of 128 bits in
/// counter mode tells cipher text from random bytes with a chance below 2^-32.
pub const MESSAGE_LIMIT: u64 = 1 << 32;

/// The longest value that is sealed, in bytes.
pub const VALUE_LIMIT_BYTES: usize = 1 << 20;

/// Seals the values of one batch with a data key of their own. Several threads may share one.
///
/// There is no other way to one than [`Sealer::begin`]: a data key that was wrapped never seals again, and so its counter
/// never starts anew.
pub struct Sealer {
    id: DataKeyId,
    aead: Aead,
    sealed: AtomicU64,
}

impl Sealer {
    /// Begins a batch: draws a data key, and wraps it. The envelope has to be kept, or nothing opens again.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn begin(
        wrapping: &WrappingKey,
        algorithm: SealAlgorithm,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Envelope), SealError> {
        let key = Secret::random(algorithm.key_bytes(), entropy)?;
        let mut id = DataKeyId([0; 8]);
        entropy.fill(&mut id.0)?;
        let envelope = wrapping.wrap(algorithm, id, &key, entropy)?;
        let aead = Aead::new(algorithm, key.expose())?;
        Ok((Self { id, aead, sealed: AtomicU64::new(0) }, envelope))
    }

    /// Seals a value and binds it to its place.
    ///
    /// # Errors
    /// The value is longer than [`VALUE_LIMIT_BYTES`], or [`MESSAGE_LIMIT`] values were sealed already.
    pub fn seal(&self, value: &[u8], bound: &Bound<'_>) -> Result<Sealed, SealError> {
        if value.len() > VALUE_LIMIT_BYTES {
            return Err(SealError(Reason::TooLong { limit_bytes: VALUE_LIMIT_BYTES }));
        }
        let nonce = self.next_nonce()?;
        let header = Sealed::header(self.aead.algorithm(), nonce);
        let mut bytes = Vec::with_capacity(HEADER_BYTES + value.len() + TAG_BYTES);
        bytes.extend_from_slice(&header);
        self.aead.seal(nonce, &bound.associated_data(&header), value, &mut bytes)?;
        Ok(Sealed::new(self.aead.algorithm(), bytes))
    }

    /// A nonce that this data key has not had. It is used up even where sealing then fails.
    fn next_nonce(&self) -> Result<[u8; NONCE_BYTES], SealError> {
        // No other memory hangs on the counter, so its own order is enough.
        let next = |count: u64| (count < MESSAGE_LIMIT).then_some(count + 1);
        let used_up = SealError(Reason::UsedUp { limit: MESSAGE_LIMIT });
        let count = self.sealed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).map_err(|_| used_up)?;
        let counter = u32::try_from(count).map_err(|_| used_up)?;
        let mut nonce = [0; NONCE_BYTES];
        let parts = self.id.0.into_iter().chain(counter.to_be_bytes());
        nonce.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        Ok(nonce)
    }

    /// The data key that this batch is sealed with.
    #[must_use]
    pub fn data_key_id(&self) -> DataKeyId {
        self.id
    }

    /// How many values were sealed.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.sealed.load(Ordering::Relaxed)
    }

    /// As if so many values were sealed already.
    #[cfg(test)]
    pub(super) fn having_sealed(self, count: u64) -> Self {
        Self { sealed: AtomicU64::new(count), ..self }
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({}, {} sealed)", self.id, self.count())
    }
}

/// Opens the values of one batch.
pub struct Opener {
    id: DataKeyId,
    aead: Aead,
}

impl Opener {
    pub(super) fn new(id: DataKeyId, aead: Aead) -> Self {
        Self { id, aead }
    }

    /// The data key whose values it opens.
    #[must_use]
    pub fn data_key_id(&self) -> DataKeyId {
        self.id
    }

    /// The value that was sealed, if it was sealed with this data key for this place and not changed since.
    ///
    /// # Errors
    /// It was not.
    pub fn open(&self, sealed: &Sealed, bound: &Bound<'_>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        if sealed.data_key_id() != self.id || sealed.algorithm() != self.aead.algorithm() {
            return Err(OpenError);
        }
        let (header, body) = sealed.parts();
        self.aead.open(sealed.nonce(), &bound.associated_data(header), body)
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opener({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{EntropyError, KeyId};

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            for byte in bytes {
                self.0 = self.0.wrapping_add(1);
                *byte = self.0;
            }
            Ok(())
        }
    }

    #[test]
    fn a_data_key_ends_at_its_limit() {
        let wrapping = WrappingKey::new(SealAlgorithm::Sm4Gcm, KeyId::new(1).unwrap(), &[7; 16]).unwrap();
        let (sealer, _) = Sealer::begin(&wrapping, SealAlgorithm::Sm4Gcm, &mut Counting(0)).unwrap();
        let sealer = sealer.having_sealed(MESSAGE_LIMIT - 2);
        let bound = Bound { record: "", field: "", purpose: "" };
        let nonces: Vec<_> = (0..2).map(|_| sealer.seal(b"", &bound).unwrap().nonce()).collect();
        assert_eq!((&nonces[0][8..], &nonces[1][8..]), (&[255, 255, 255, 254][..], &[255; 4][..]));
        for _ in 0..3 {
            assert!(sealer.seal(b"", &bound).is_err_and(SealError::is_used_up));
            assert_eq!(sealer.count(), MESSAGE_LIMIT);
        }
    }
}
