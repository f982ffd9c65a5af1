//! FF1 for rows that take more than 64 bits: the row as numerals of the least radix that covers it.
//!
//! Up to 128 bits a row is one integer and eight numerals; beyond, up to 512 bits, 32 numerals are what it is reckoned in.

use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::ff1::{self, Direction};
use super::tweak::Tweak;

/// How many numerals stand for a row of up to 128 bits, in halves of 64 each, and for a longer one.
const SHORT: usize = 8;
const LONG: usize = 32;

const GREATEST_RADIX: u32 = 1 << 16;

/// The permutation of the rows of some sizes.
pub(super) struct Large {
    cipher: Cipher,
    sizes: Vec<u32>,
    radix: u32,
    /// The greatest row, in numerals.
    greatest: Vec<u16>,
    /// The meaning, and behind it three bytes of what is kept.
    tweak: Vec<u8>,
}

impl Large {
    /// # Errors
    /// The sizes make more than 512 bits ([`FpeError::is_limit`]).
    pub(super) fn new(cipher: &Cipher, tweak: &Tweak, sizes: &[u32], kept: u32) -> Result<Self, FpeError> {
        let too_large = FpeError::new(Reason::LargeDomain);
        let last: Vec<u32> = sizes.iter().map(|size| size.saturating_sub(1)).collect();
        let (radix, greatest) = least_radix(sizes, &last).ok_or(too_large)?;
        let [_, kept @ ..] = kept.to_be_bytes();
        let tweak = tweak.as_bytes().iter().copied().chain(kept).collect();
        Ok(Self { cipher: cipher.clone(), sizes: sizes.to_vec(), radix, greatest, tweak })
    }

    /// Permutes a row in place. Each number is below its size.
    pub(super) fn run(&self, direction: Direction, row: &mut [u32]) -> Result<(), FpeError> {
        let mut value =
            numerals(self.radix, self.greatest.len(), &self.sizes, row).ok_or(FpeError::new(Reason::Outside))?;
        loop {
            // This ends: a permutation leads every value back to itself, and this one is no greater than the greatest.
            ff1::run_once(&self.cipher, direction, self.radix, &self.tweak, &mut value)?;
            if value <= self.greatest {
                break;
            }
        }
        for (place, &size) in row.iter_mut().zip(&self.sizes).rev() {
            *place = divide(self.radix, &mut value, size);
        }
        Ok(())
    }
}

/// The least radix of which so many numerals cover all rows, and the greatest row in it. A logarithm guesses it, and exact
/// numbers decide: the guess is rarely one off.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a guess, between 2 and 2^16")]
fn least_radix(sizes: &[u32], last: &[u32]) -> Option<(u32, Vec<u16>)> {
    let bits: f64 = sizes.iter().map(|&size| f64::from(size.max(1)).log2()).sum();
    let covers = |radix: u32, length: usize| numerals(radix, length, sizes, last);
    let (length, numerals_of_length) =
        if covers(GREATEST_RADIX, SHORT).is_some() { (SHORT, 8.0) } else { (LONG, 32.0) };
    let guess = (bits / numerals_of_length).exp2();
    let mut radix = (guess.clamp(2.0, f64::from(GREATEST_RADIX)) as u32).max(2);
    while radix > 2 && covers(radix - 1, length).is_some() {
        radix -= 1;
    }
    (radix..=GREATEST_RADIX).find_map(|radix| Some((radix, covers(radix, length)?)))
}

/// A row as numerals of a radix, the most significant first; `None` if it takes more of them.
fn numerals(radix: u32, length: usize, sizes: &[u32], row: &[u32]) -> Option<Vec<u16>> {
    let mut numerals = vec![0_u16; length];
    // Those in front are 0 at first, and so they stay until a carry comes.
    let mut used = 0;
    for (&number, &size) in row.iter().zip(sizes) {
        let mut carry = u64::from(number);
        for (at, numeral) in numerals.iter_mut().rev().enumerate() {
            if at >= used && carry == 0 {
                break;
            }
            used = used.max(at + 1);
            let sum = u64::from(*numeral) * u64::from(size) + carry;
            *numeral = u16::try_from(sum % u64::from(radix)).ok()?;
            carry = sum / u64::from(radix);
        }
        if carry > 0 {
            return None;
        }
    }
    Some(numerals)
}

/// Divides numerals in place, and returns the rest.
fn divide(radix: u32, numerals: &mut [u16], by: u32) -> u32 {
    let mut rest = 0_u64;
    for numeral in numerals.iter_mut().skip_while(|numeral| **numeral == 0) {
        let number = rest * u64::from(radix) + u64::from(*numeral);
        *numeral = u16::try_from(number / u64::from(by)).unwrap_or(0);
        rest = number % u64::from(by);
    }
    u32::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fpe::Algorithm;

    fn large(sizes: &[u32]) -> Large {
        let cipher = Cipher::new(Algorithm::Aes128, &[1; 16]).unwrap();
        Large::new(&cipher, &Tweak::new(b"tests").unwrap(), sizes, 7).unwrap()
    }

    #[test]
    fn the_radix_is_the_least_that_covers() {
        for sizes in
            [vec![26; 14], vec![26; 27], vec![26; 28], vec![26; 64], vec![1 << 16; 5], vec![1 << 16; 8], vec![36; 90]]
        {
            let last: Vec<u32> = sizes.iter().map(|size| size - 1).collect();
            let large = large(&sizes);
            let length = large.greatest.len();
            assert_eq!(numerals(large.radix, length, &sizes, &last), Some(large.greatest.clone()));
            assert_eq!(numerals(large.radix - 1, length, &sizes, &last), None, "{} too", large.radix - 1);
        }
    }

    #[test]
    fn rows_come_back_and_stay_below_their_sizes() {
        for sizes in [vec![26; 14], vec![10, 26, 26, 36, 1 << 16, 1 << 16, 1 << 16, 1 << 16], vec![26; 64]] {
            let large = large(&sizes);
            for n in 0..20 {
                let row: Vec<u32> = sizes.iter().map(|size| n * 7919 % size).collect();
                let mut other = row.clone();
                large.run(Direction::Encrypt, &mut other).unwrap();
                assert!(other != row && other.iter().zip(&sizes).all(|(number, size)| number < size));
                large.run(Direction::Decrypt, &mut other).unwrap();
                assert_eq!(other, row);
            }
        }
    }
}
