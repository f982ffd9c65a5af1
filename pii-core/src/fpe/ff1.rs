//! FF1 (NIST SP 800-38G, algorithms 7 and 8): a string of numerals becomes another of the same radix and length.
//!
//! Strings whose halves fit 64 bits (38 decimal digits, 128 bits, 24 letters and digits) go the short way of [`packed`],
//! without allocation; all others go through the crate `fpe`, which is exact and tens of times slower.

mod digits;
mod long;
mod modulus;
mod numbers;
mod packed;

pub use digits::Digits;
pub use numbers::Numbers;

pub(super) use digits::{read_number, write_number};
pub(super) use numbers::Value;
pub(super) use packed::Direction;

use super::LEAST_FF1_DOMAIN;
use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::tweak::Tweak;
use packed::{Halves, Lane, Packed};
use std::fmt;

/// The longest string, in numerals. The time for a long string grows with the square of its length, so that one without a
/// limit would be a way to keep a processor busy. The standard's own limit is 2^32.
pub const LENGTH_LIMIT: usize = 256;

/// FF1 for one radix and tweak, on strings of all lengths that give at least [`LEAST_FF1_DOMAIN`] values.
#[derive(Clone)]
pub struct Ff1 {
    cipher: Cipher,
    radix: u32,
    tweak: Tweak,
    least_length: usize,
    /// The lengths from the least on, as far as their halves fit.
    packed: Box<[Packed]>,
}

impl Ff1 {
    /// Sets up a radix of 2 to 65536. This runs the cipher a few times for each length, so keep what it returns.
    ///
    /// # Errors
    /// Another radix ([`FpeError::is_limit`]).
    pub fn new(cipher: &Cipher, radix: u32, tweak: &Tweak) -> Result<Self, FpeError> {
        let least_length = least_length(radix)?;
        let set_up = |length| Packed::new(cipher, radix, length, tweak.as_bytes(), false);
        let packed = (least_length..=LENGTH_LIMIT).map_while(set_up).collect();
        Ok(Self { cipher: cipher.clone(), radix, tweak: tweak.clone(), least_length, packed })
    }

    /// Enciphers numerals in place; the first is the most significant. On error they are as they were.
    ///
    /// # Errors
    /// A numeral that the radix does not have ([`FpeError::is_value`]), too few for a safe domain
    /// ([`FpeError::is_small_domain`]), or more than [`LENGTH_LIMIT`].
    pub fn encrypt(&self, numerals: &mut [u16]) -> Result<(), FpeError> {
        self.run(Direction::Encrypt, numerals)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Ff1::encrypt`].
    pub fn decrypt(&self, numerals: &mut [u16]) -> Result<(), FpeError> {
        self.run(Direction::Decrypt, numerals)
    }

    fn run(&self, direction: Direction, numerals: &mut [u16]) -> Result<(), FpeError> {
        let packed = self.packed(numerals.len())?;
        if numerals.iter().any(|&numeral| u32::from(numeral) >= self.radix) {
            return Err(FpeError::new(Reason::Numeral));
        }
        let Some(packed) = packed else {
            return long::run(&self.cipher, direction, self.radix, self.tweak.as_bytes(), numerals);
        };
        let (first, second) = numerals.split_at_mut(numerals.len() / 2);
        let halves = Halves { a: number(self.radix, first), b: number(self.radix, second) };
        let result = packed.run(&self.cipher, direction, Lane { kept: 0, halves });
        write(self.radix, result.a, first);
        write(self.radix, result.b, second);
        Ok(())
    }

    /// What is set up for a length: nothing where it takes the long way.
    fn packed(&self, length: usize) -> Result<Option<&Packed>, FpeError> {
        let above_least = length.checked_sub(self.least_length).ok_or(FpeError::new(Reason::SmallDomain))?;
        if length > LENGTH_LIMIT {
            return Err(FpeError::new(Reason::TooLong { limit: LENGTH_LIMIT }));
        }
        Ok(self.packed.get(above_least))
    }
}

/// FF1 once on one string, with a tweak that no other string may have: nothing that is set up is kept.
pub(super) fn run_once(
    cipher: &Cipher,
    direction: Direction,
    radix: u32,
    tweak: &[u8],
    numerals: &mut [u16],
) -> Result<(), FpeError> {
    let set_up = Packed::new(cipher, radix, numerals.len(), tweak, false);
    let Some(packed) = set_up else { return long::run(cipher, direction, radix, tweak, numerals) };
    let (first, second) = numerals.split_at_mut(numerals.len() / 2);
    let halves = Halves { a: number(radix, first), b: number(radix, second) };
    let result = packed.run(cipher, direction, Lane { kept: 0, halves });
    write(radix, result.a, first);
    write(radix, result.b, second);
    Ok(())
}

/// NUM(X), of a half.
fn number(radix: u32, numerals: &[u16]) -> u64 {
    numerals.iter().fold(0, |sum, &numeral| sum * u64::from(radix) + u64::from(numeral))
}

/// STR(x), of a half.
fn write(radix: u32, mut number: u64, numerals: &mut [u16]) {
    for numeral in numerals.iter_mut().rev() {
        // Below a radix of at most 2^16.
        *numeral = u16::try_from(number % u64::from(radix)).unwrap_or(0);
        number /= u64::from(radix);
    }
}

/// How many numerals it takes for a domain that FF1 may serve.
fn least_length(radix: u32) -> Result<usize, FpeError> {
    if !(2..=1 << 16).contains(&radix) {
        return Err(FpeError::new(Reason::Radix));
    }
    let is_enough = |&length: &u32| u64::from(radix).pow(length) >= LEAST_FF1_DOMAIN;
    (2..=20).find(is_enough).and_then(|length| usize::try_from(length).ok()).ok_or(FpeError::new(Reason::SmallDomain))
}

impl fmt::Debug for Ff1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ff1({:?}, radix {})", self.cipher, self.radix)
    }
}
