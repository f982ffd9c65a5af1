//! A keyed permutation as a table, for domains that are too small for FF1.
//!
//! The table is one cycle through all numbers (Sattolo, 1986), so that no number stands for itself; each of the
//! (size − 1)! cycles is equally likely. Whoever knows some entries learns nothing of the others but that. Small sizes
//! are weak whatever the cipher: of 2 numbers each stands for the other, and 1,000 are soon listed.

use super::LEAST_FF1_DOMAIN;
use super::cipher::{Block, Cipher};
use super::error::{FpeError, Reason};
use super::tweak::Tweak;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// What the key is derived for. FF1's first block begins with the bytes 1, 2, 1, this with others, and both tell how long
/// the whole is: so no chained input begins with another, which is what CBC needs to be a pseudorandom function.
const LABEL: [u8; 15] = *b"pii-sattolo-v1|";

/// How many blocks of the stream are made at a time.
const BLOCKS: usize = 64;

/// A permutation of the numbers below a size of 2 to 999,999 without fixed points. From a million on FF1 does it, without
/// a table ([`super::Ranks`]).
///
/// It takes 4 bytes of memory for each number, and as many again from the first [`Permutation::decrypt`] on: 8 MB at most.
/// Both tables are wiped when it is dropped.
pub struct Permutation {
    forward: Zeroizing<Vec<u32>>,
    back: OnceLock<Zeroizing<Vec<u32>>>,
}

impl Permutation {
    /// Makes the table of a key, a meaning and a size; any other of the three gives an unrelated one.
    ///
    /// # Errors
    /// A size of 0 or 1 ([`FpeError::is_small_domain`]), or a million and more ([`FpeError::is_limit`]).
    pub fn new(cipher: &Cipher, tweak: &Tweak, size: u32) -> Result<Self, FpeError> {
        if size < 2 {
            return Err(FpeError::new(Reason::SmallDomain));
        }
        if u64::from(size) >= LEAST_FF1_DOMAIN {
            return Err(FpeError::new(Reason::LargeDomain));
        }
        let mut stream = Stream::new(cipher, tweak, size)?;
        let mut forward: Zeroizing<Vec<u32>> = Zeroizing::new((0..size).collect());
        // Sattolo's shuffle: as Fisher and Yates's, but a number never stays in its place.
        for last in (1..size).rev() {
            let other = stream.below(last);
            if let (Ok(one), Ok(other)) = (usize::try_from(last), usize::try_from(other)) {
                forward.swap(one, other);
            }
        }
        Ok(Self { forward, back: OnceLock::new() })
    }

    /// The size: how many numbers there are.
    #[must_use]
    pub fn size(&self) -> usize {
        self.forward.len()
    }

    /// What stands for a number. Never the number itself.
    ///
    /// # Errors
    /// The number is not below the size ([`FpeError::is_value`]).
    pub fn encrypt(&self, number: u32) -> Result<u32, FpeError> {
        entry(&self.forward, number)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Permutation::encrypt`].
    pub fn decrypt(&self, number: u32) -> Result<u32, FpeError> {
        entry(self.back.get_or_init(|| inverse(&self.forward)), number)
    }
}

impl fmt::Debug for Permutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permutation({})", self.forward.len())
    }
}

fn entry(table: &[u32], number: u32) -> Result<u32, FpeError> {
    let at = usize::try_from(number).ok();
    at.and_then(|at| table.get(at)).copied().ok_or(FpeError::new(Reason::Outside))
}

fn inverse(forward: &[u32]) -> Zeroizing<Vec<u32>> {
    let mut back = Zeroizing::new(vec![0; forward.len()]);
    for (from, &to) in (0..).zip(forward) {
        if let Some(place) = usize::try_from(to).ok().and_then(|to| back.get_mut(to)) {
            *place = from;
        }
    }
    back
}

/// Pseudorandom numbers: the same cipher in counter mode, under a key of its own.
struct Stream {
    cipher: Cipher,
    counter: u128,
    blocks: Zeroizing<[[u8; 16]; BLOCKS]>,
    /// The next word of the blocks.
    next: usize,
}

impl Stream {
    /// The key is derived from the cipher's as SP 800-108 does it in counter mode, with CBC over three blocks as the
    /// function: label and number of the part, then SHA-256 of size and tweak.
    fn new(cipher: &Cipher, tweak: &Tweak, size: u32) -> Result<Self, FpeError> {
        let mut hash = Sha256::new();
        hash.update(size.to_be_bytes());
        hash.update(tweak.as_bytes());
        let context: [u8; 32] = hash.finalize().0;
        let mut key = Zeroizing::new([0; 32]);
        for (part, bytes) in (1..).zip(key.as_chunks_mut::<16>().0) {
            let mut label = [part; 16];
            label[..15].copy_from_slice(&LABEL);
            let [one, two] = [0, 16].map(|at| context[at..].first_chunk().copied().unwrap_or_default());
            *bytes = cipher.chain([label, one, two]).to_be_bytes();
        }
        let algorithm = cipher.algorithm();
        let cipher = Cipher::new(algorithm, key.get(..algorithm.key_bytes()).unwrap_or_default())?;
        Ok(Self { cipher, counter: 0, blocks: Zeroizing::new([[0; 16]; BLOCKS]), next: 4 * BLOCKS })
    }

    /// A number from 0 to `bound` − 1, each as likely as any other.
    ///
    /// Lemire, "Fast random integer generation in an interval" (2019): the upper half of a product, with the few products
    /// turned down that would make some numbers likelier.
    fn below(&mut self, bound: u32) -> u32 {
        let uneven = u64::from(bound.wrapping_neg() % bound);
        loop {
            let product = u64::from(self.word()) * u64::from(bound);
            if product & 0xFFFF_FFFF >= uneven {
                return u32::try_from(product >> 32).unwrap_or(0);
            }
        }
    }

    fn word(&mut self) -> u32 {
        if self.next >= 4 * BLOCKS {
            self.fill();
            self.next = 0;
        }
        let words = self.blocks.get(self.next / 4).map_or(&[][..], |block| block.as_chunks::<4>().0);
        let word = words.get(self.next % 4).copied().unwrap_or_default();
        self.next += 1;
        u32::from_be_bytes(word)
    }

    fn fill(&mut self) {
        let mut blocks = [Block::default(); BLOCKS];
        for block in &mut blocks {
            *block = Block::from(self.counter.to_be_bytes());
            self.counter += 1;
        }
        self.cipher.encrypt_blocks(&mut blocks);
        for (stored, block) in self.blocks.iter_mut().zip(blocks) {
            *stored = block.0;
        }
    }
}
