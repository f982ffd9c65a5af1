//! Secret bytes.

use super::{Entropy, EntropyError};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Secret bytes, wiped when dropped. Neither `Debug` nor an error shows them, and they are compared in constant time.
///
/// What a compiler leaves in registers and on the stack is out of reach and not wiped.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes bytes over. They must not have grown in place: a vector that was moved leaves its old bytes behind.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A copy of `bytes`, which the caller goes on answering for.
    #[must_use]
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }

    /// So many random bytes.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn random(length_bytes: usize, entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Self::new(vec![0; length_bytes]);
        entropy.fill(&mut secret.0)?;
        Ok(secret)
    }

    /// The bytes, for a cipher and nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Secret {
    /// Takes the same time wherever two secrets of one length differ.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_says_the_length_alone() {
        assert_eq!(format!("{:?}", Secret::copy_of(&[0xA5; 32])), "Secret(32 bytes)");
    }

    #[test]
    fn equal_bytes_are_equal() {
        assert_eq!(Secret::copy_of(b"ab"), Secret::copy_of(b"ab"));
        assert_ne!(Secret::copy_of(b"ab"), Secret::copy_of(b"ac"));
        assert_ne!(Secret::copy_of(b"ab"), Secret::copy_of(b"abc"));
    }
}
