//! FF1 on integers.

use super::super::cipher::Cipher;
use super::super::error::{FpeError, Reason};
use super::super::tweak::Tweak;
use super::least_length;
use super::packed::{Direction, LANES, Lane, Packed};
use std::fmt;

/// The longest tweak, in bytes, where a part of the value goes behind it.
const KEEPING_TWEAK_LIMIT_BYTES: usize = 8;

/// FF1 on the integers below radix^length: a number is the string that it is in that radix, leading zeros included.
///
/// With radix 2 these are strings of bits, the highest first. Nothing is allocated.
#[derive(Clone)]
pub struct Numbers {
    cipher: Cipher,
    packed: Packed,
    greatest: u128,
}

/// A number, and what of its context is kept and goes into the tweak behind the rest.
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Value {
    pub(in super::super) number: u128,
    /// Below 2^24.
    pub(in super::super) kept: u32,
}

impl Numbers {
    /// Sets up the integers below `radix` (2 to 65536) to the power of `length`.
    ///
    /// # Errors
    /// Fewer than [`LEAST_FF1_DOMAIN`](super::super::LEAST_FF1_DOMAIN) numbers ([`FpeError::is_small_domain`]); another
    /// radix, or halves of the string that do not fit 64 bits each ([`FpeError::is_limit`]).
    pub fn new(cipher: &Cipher, radix: u32, length: usize, tweak: &Tweak) -> Result<Self, FpeError> {
        Self::set_up(cipher, radix, length, tweak, false)
    }

    /// The same with room in the tweak for what is kept of each value: three bytes behind the others, of which there may be
    /// eight, as [`Tweak::of`] makes them. Then all of it is in the one block that every round enciphers anyway.
    pub(in super::super) fn keeping(
        cipher: &Cipher,
        radix: u32,
        length: usize,
        tweak: &Tweak,
    ) -> Result<Self, FpeError> {
        if tweak.as_bytes().len() > KEEPING_TWEAK_LIMIT_BYTES {
            return Err(FpeError::new(Reason::TweakTooLong { limit_bytes: KEEPING_TWEAK_LIMIT_BYTES }));
        }
        Self::set_up(cipher, radix, length, tweak, true)
    }

    fn set_up(cipher: &Cipher, radix: u32, length: usize, tweak: &Tweak, has_kept: bool) -> Result<Self, FpeError> {
        if length < least_length(radix)? {
            return Err(FpeError::new(Reason::SmallDomain));
        }
        let too_large = || FpeError::new(Reason::LargeDomain);
        let packed = Packed::new(cipher, radix, length, tweak.as_bytes(), has_kept).ok_or_else(too_large)?;
        Ok(Self { cipher: cipher.clone(), greatest: packed.greatest(), packed })
    }

    /// Enciphers a number.
    ///
    /// # Errors
    /// It is not below radix^length ([`FpeError::is_value`]).
    pub fn encrypt(&self, number: u128) -> Result<u128, FpeError> {
        self.check(number)?;
        Ok(self.run(Direction::Encrypt, Value { number, kept: 0 }))
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Numbers::encrypt`].
    pub fn decrypt(&self, number: u128) -> Result<u128, FpeError> {
        self.check(number)?;
        Ok(self.run(Direction::Decrypt, Value { number, kept: 0 }))
    }

    /// Enciphers many numbers: several times as fast as one by one, in batches of 64.
    ///
    /// # Errors
    /// As for [`Numbers::encrypt`], and then no number has changed.
    pub fn encrypt_each(&self, numbers: &mut [u128]) -> Result<(), FpeError> {
        self.check_and_run_each(Direction::Encrypt, numbers)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Numbers::encrypt_each`].
    pub fn decrypt_each(&self, numbers: &mut [u128]) -> Result<(), FpeError> {
        self.check_and_run_each(Direction::Decrypt, numbers)
    }

    /// One number that is known to be below radix^length.
    #[inline]
    pub(in super::super) fn run(&self, direction: Direction, value: Value) -> u128 {
        let lane = Lane { kept: value.kept, halves: self.packed.split(value.number) };
        self.packed.join(self.packed.run(&self.cipher, direction, lane))
    }

    /// Many numbers that are known to be below radix^length.
    pub(in super::super) fn run_each(&self, direction: Direction, values: &mut [Value]) {
        let mut lanes = [Lane::default(); LANES];
        for values in values.chunks_mut(LANES) {
            let Some(lanes) = lanes.get_mut(..values.len()) else { continue };
            for (value, lane) in values.iter().zip(&mut *lanes) {
                *lane = Lane { kept: value.kept, halves: self.packed.split(value.number) };
            }
            self.packed.run_each(&self.cipher, direction, lanes);
            for (value, lane) in values.iter_mut().zip(lanes) {
                value.number = self.packed.join(lane.halves);
            }
        }
    }

    fn check_and_run_each(&self, direction: Direction, numbers: &mut [u128]) -> Result<(), FpeError> {
        numbers.iter().try_for_each(|&number| self.check(number))?;
        let mut values = [Value { number: 0, kept: 0 }; LANES];
        for numbers in numbers.chunks_mut(LANES) {
            for (value, number) in values.iter_mut().zip(numbers.iter()) {
                value.number = *number;
            }
            self.run_each(direction, values.get_mut(..numbers.len()).unwrap_or_default());
            for (value, number) in values.iter().zip(numbers) {
                *number = value.number;
            }
        }
        Ok(())
    }

    fn check(&self, number: u128) -> Result<(), FpeError> {
        if number <= self.greatest { Ok(()) } else { Err(FpeError::new(Reason::Outside)) }
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Numbers({:?}, up to {})", self.cipher, self.greatest)
    }
}
