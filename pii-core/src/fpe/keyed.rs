//! A pseudorandom function of a cipher: for what is chosen and not enciphered (a shift of days, another name).

use super::cipher::Cipher;
use super::tweak::Tweak;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What the function is for. FF1's first block begins with the bytes 1, 2, 1 and that of a
/// [`Permutation`](super::Permutation) with its own label, and all inputs that begin with this one have three blocks: so
/// no chained input begins with another, which is what CBC needs to be a pseudorandom function.
const LABEL: [u8; 16] = *b"pii-replace-v1|\0";

/// Numbers that only the key tells, by what they are for.
#[derive(Clone)]
pub(super) struct Keyed {
    cipher: Cipher,
    tweak: Tweak,
}

impl Keyed {
    pub(super) fn new(cipher: &Cipher, tweak: &Tweak) -> Self {
        Self { cipher: cipher.clone(), tweak: tweak.clone() }
    }

    /// A number from 0 to `bound` − 1 (0 where the bound is 0). Of 2^128 numbers each rest is as likely as any other but
    /// for less than 2^-64.
    pub(super) fn number(&self, purpose: &str, parts: &[&[u8]], bound: u64) -> u64 {
        let mut hash = Sha256::new();
        for part in [self.tweak.as_bytes(), purpose.as_bytes()].iter().chain(parts) {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().0;
        let [one, two] = [0, 16].map(|at| digest[at..].first_chunk().copied().unwrap_or_default());
        let number = self.cipher.chain([LABEL, one, two]);
        u64::try_from(number % u128::from(bound.max(1))).unwrap_or(0)
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyed({:?})", self.cipher)
    }
}
