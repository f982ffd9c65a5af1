//! Enciphering the integers below any bound: the place of a value among the valid ones.
//!
//! FF1 works on radix^length values, which is rarely the bound. The radix here is the least whose fourth power covers it:
//! two numerals in each half, so the halves are equally large. What comes out at or over the bound is enciphered again
//! (cycle walking, Black and Rogaway 2002) until it is below; because FF1 is a permutation, so is that.

use super::LEAST_FF1_DOMAIN;
use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::ff1::{Direction, Numbers, Value};
use super::tweak::Tweak;

/// How many numerals stand for a rank.
const LENGTH: usize = 4;

/// A permutation of the integers below a bound of at least [`LEAST_FF1_DOMAIN`].
///
/// A call of FF1 lands below the bound with chance bound / radix^4, so on average it takes less than
/// (1 + 1/(radix − 1))^4 calls: 1.05 for a million, 1.005 for resident IDs of one century (radix 722). Powers of two would take up to 2, powers of ten up to 10.
#[derive(Clone, Debug)]
pub struct Ranks {
    numbers: Numbers,
    bound: u64,
}

/// A rank, and what of its value is kept and goes into the tweak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rank {
    pub(super) rank: u64,
    /// Below 2^24.
    pub(super) kept: u32,
}

impl Ranks {
    /// Sets up the integers below `bound`.
    ///
    /// # Errors
    /// A bound under a million ([`FpeError::is_small_domain`]) or over 65536^4 − 1.
    pub fn new(cipher: &Cipher, tweak: &Tweak, bound: u64) -> Result<Self, FpeError> {
        let (radix, length) = shape(bound)?;
        Ok(Self { numbers: Numbers::new(cipher, radix, length, tweak)?, bound })
    }

    /// The same, with what is kept of each value in the tweak.
    pub(super) fn keeping(cipher: &Cipher, tweak: &Tweak, bound: u64) -> Result<Self, FpeError> {
        let (radix, length) = shape(bound)?;
        Ok(Self { numbers: Numbers::keeping(cipher, radix, length, tweak)?, bound })
    }

    /// Enciphers a rank.
    ///
    /// # Errors
    /// The rank is not below the bound ([`FpeError::is_value`]).
    pub fn encrypt(&self, rank: u64) -> Result<u64, FpeError> {
        self.run(Direction::Encrypt, Rank { rank, kept: 0 })
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Ranks::encrypt`].
    pub fn decrypt(&self, rank: u64) -> Result<u64, FpeError> {
        self.run(Direction::Decrypt, Rank { rank, kept: 0 })
    }

    /// The bound: how many ranks there are.
    #[must_use]
    pub fn bound(&self) -> u64 {
        self.bound
    }

    /// How much there is to guess, in bits.
    #[must_use]
    pub fn bits(&self) -> f64 {
        bits(self.bound)
    }

    pub(super) fn run(&self, direction: Direction, rank: Rank) -> Result<u64, FpeError> {
        if rank.rank >= self.bound {
            return Err(FpeError::new(Reason::Outside));
        }
        let mut value = Value { number: u128::from(rank.rank), kept: rank.kept };
        loop {
            // This ends: a permutation leads every number back to itself, and this one is below the bound.
            value.number = self.numbers.run(direction, value);
            if let Some(rank) = self.below(value.number) {
                return Ok(rank);
            }
        }
    }

    /// Many ranks at once, each in place. Those that are not below the bound stay as they are, and come back so.
    pub(super) fn run_each(&self, direction: Direction, ranks: &mut [&mut Rank]) {
        let mut values = [Value { number: 0, kept: 0 }; 64];
        for ranks in ranks.chunks_mut(values.len()) {
            for (value, rank) in values.iter_mut().zip(ranks.iter()) {
                let number = if rank.rank < self.bound { u128::from(rank.rank) } else { 0 };
                *value = Value { number, kept: rank.kept };
            }
            self.numbers.run_each(direction, values.get_mut(..ranks.len()).unwrap_or_default());
            for (value, rank) in values.iter_mut().zip(ranks).filter(|(_, rank)| rank.rank < self.bound) {
                // Few have further to go, so they go alone.
                rank.rank = loop {
                    match self.below(value.number) {
                        Some(rank) => break rank,
                        None => value.number = self.numbers.run(direction, *value),
                    }
                };
            }
        }
    }

    fn below(&self, number: u128) -> Option<u64> {
        u64::try_from(number).ok().filter(|&rank| rank < self.bound)
    }
}

/// How much there is to guess among so many, in bits.
#[allow(clippy::cast_precision_loss, reason = "a logarithm is an estimate")]
pub(super) fn bits(count: u64) -> f64 {
    (count.max(1) as f64).log2()
}

/// The least radix whose fourth power covers the bound, and the length 4.
fn shape(bound: u64) -> Result<(u32, usize), FpeError> {
    if bound < LEAST_FF1_DOMAIN {
        return Err(FpeError::new(Reason::SmallDomain));
    }
    let covers = |radix: u32| u128::from(radix).pow(LENGTH as u32) >= u128::from(bound);
    // The square root of the square root is that radix or one less, and one more at the top.
    let root = bound.isqrt().isqrt();
    let near = (root..=root + 1).find_map(|radix| u32::try_from(radix).ok().filter(|&radix| covers(radix)));
    Ok((near.ok_or(FpeError::new(Reason::LargeDomain))?, LENGTH))
}
