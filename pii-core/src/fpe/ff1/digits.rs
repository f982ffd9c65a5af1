//! FF1 on decimal text.

use super::super::cipher::Cipher;
use super::super::error::{FpeError, Reason};
use super::super::tweak::Tweak;
use super::Ff1;
use super::packed::{Direction, Halves, LANES, Lane};
use std::fmt;

/// FF1 on ASCII digits, 6 to [`LENGTH_LIMIT`](super::LENGTH_LIMIT) of them. Up to 38 digits nothing is allocated.
#[derive(Clone)]
pub struct Digits(Ff1);

impl Digits {
    /// Sets up all lengths for a tweak. This runs the cipher a few times for each, so keep what it returns.
    ///
    /// # Errors
    /// None today: radix 10 is within [`Ff1`]'s limits.
    pub fn new(cipher: &Cipher, tweak: &Tweak) -> Result<Self, FpeError> {
        Ff1::new(cipher, 10, tweak).map(Self)
    }

    /// Enciphers digits in place. On error they are as they were.
    ///
    /// # Errors
    /// A byte that is no digit ([`FpeError::is_value`]), fewer than six ([`FpeError::is_small_domain`]) or more than
    /// [`LENGTH_LIMIT`](super::LENGTH_LIMIT).
    pub fn encrypt(&self, digits: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Encrypt, digits)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Digits::encrypt`].
    pub fn decrypt(&self, digits: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Decrypt, digits)
    }

    /// Enciphers many values, of any lengths, each in place: several times as fast as one by one, in batches of 64.
    ///
    /// # Errors
    /// As for [`Digits::encrypt`], and then no value has changed.
    pub fn encrypt_each<T: AsMut<[u8]>>(&self, values: &mut [T]) -> Result<(), FpeError> {
        self.run_each(Direction::Encrypt, values)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`Digits::encrypt_each`].
    pub fn decrypt_each<T: AsMut<[u8]>>(&self, values: &mut [T]) -> Result<(), FpeError> {
        self.run_each(Direction::Decrypt, values)
    }

    fn run(&self, direction: Direction, digits: &mut [u8]) -> Result<(), FpeError> {
        let packed = self.0.packed(digits.len())?;
        check(digits)?;
        match packed {
            Some(packed) => {
                let lane = Lane { kept: 0, halves: read(digits) };
                write(packed.run(&self.0.cipher, direction, lane), digits);
                Ok(())
            }
            None => self.run_long(direction, digits),
        }
    }

    fn run_long(&self, direction: Direction, digits: &mut [u8]) -> Result<(), FpeError> {
        let mut numerals: Vec<u16> = digits.iter().map(|digit| u16::from(digit - b'0')).collect();
        self.0.run(direction, &mut numerals)?;
        for (digit, numeral) in digits.iter_mut().zip(numerals) {
            *digit = b'0' + u8::try_from(numeral).unwrap_or(0);
        }
        Ok(())
    }

    fn run_each<T: AsMut<[u8]>>(&self, direction: Direction, values: &mut [T]) -> Result<(), FpeError> {
        for value in values.iter_mut() {
            let digits = value.as_mut();
            self.0.packed(digits.len())?;
            check(digits)?;
        }
        for values in values.chunks_mut(LANES) {
            // The values of each length go together; most tables have but one.
            let mut last = 0;
            let next = |values: &mut [T], last| values.iter_mut().map(|v| v.as_mut().len()).filter(|l| *l > last).min();
            while let Some(length) = next(values, last) {
                self.run_length(direction, values, length)?;
                last = length;
            }
        }
        Ok(())
    }

    /// Those of at most [`LANES`] values that have this length. All are known to be digits.
    fn run_length<T: AsMut<[u8]>>(
        &self,
        direction: Direction,
        values: &mut [T],
        length: usize,
    ) -> Result<(), FpeError> {
        let mut of_length = values.iter_mut().map(AsMut::as_mut).filter(|digits| digits.len() == length);
        let Some(packed) = self.0.packed(length)? else {
            return of_length.try_for_each(|digits| self.run_long(direction, digits));
        };
        let mut lanes = [Lane::default(); LANES];
        let mut used = 0;
        for (lane, digits) in lanes.iter_mut().zip(of_length) {
            (lane.halves, used) = (read(digits), used + 1);
        }
        let lanes = lanes.get_mut(..used).unwrap_or_default();
        packed.run_each(&self.0.cipher, direction, lanes);
        let of_length = values.iter_mut().map(AsMut::as_mut).filter(|digits| digits.len() == length);
        for (lane, digits) in lanes.iter().zip(of_length) {
            write(lane.halves, digits);
        }
        Ok(())
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({:?})", self.0.cipher)
    }
}

fn check(digits: &[u8]) -> Result<(), FpeError> {
    if digits.iter().all(u8::is_ascii_digit) { Ok(()) } else { Err(FpeError::new(Reason::Numeral)) }
}

/// At most 38 digits as two numbers, each of at most 19 digits.
fn read(digits: &[u8]) -> Halves {
    let (first, second) = digits.split_at(digits.len() / 2);
    Halves { a: read_number(first), b: read_number(second) }
}

/// The number that at most 19 digits are: eight of them at a time.
#[inline]
pub(in super::super) fn read_number(digits: &[u8]) -> u64 {
    let (first, eights) = digits.as_rchunks::<8>();
    let first = first.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit & 15));
    eights.iter().fold(first, |sum, eight| sum * 100_000_000 + read_eight(*eight))
}

/// Neighbours are joined to pairs, pairs to fours, fours to eight, all of a size in one multiplication.
fn read_eight(digits: [u8; 8]) -> u64 {
    let digits = u64::from_le_bytes(digits) & 0x0F0F_0F0F_0F0F_0F0F;
    let pairs = digits.wrapping_mul(10 * 256 + 1) >> 8 & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100 * 65_536 + 1) >> 16 & 0x0000_FFFF_0000_FFFF;
    fours.wrapping_mul(10_000 * (1 << 32) + 1) >> 32
}

fn write(halves: Halves, digits: &mut [u8]) {
    let (first, second) = digits.split_at_mut(digits.len() / 2);
    write_number(halves.a, first);
    write_number(halves.b, second);
}

/// Writes a number of as many decimal digits as there is room for, eight at a time.
#[inline]
pub(in super::super) fn write_number(mut number: u64, digits: &mut [u8]) {
    let (first, eights) = digits.as_rchunks_mut::<8>();
    for eight in eights.iter_mut().rev() {
        *eight = write_eight(number % 100_000_000);
        number /= 100_000_000;
    }
    for digit in first.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

/// The other way: eight to fours, fours to pairs, pairs to digits. A quotient by 100 or 10 is a product shifted, exact for
/// numbers this small, and a remainder is the number less the quotient's share.
fn write_eight(number: u64) -> [u8; 8] {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let pairs = hundreds | ((fours - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    let digits = tens | ((pairs - 10 * tens) << 8);
    (digits + 0x3030_3030_3030_3030).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_four_digits_are_read_and_written() {
        for number in 0..10_000u64 {
            for number in [number, number * 10_000, number * 10_001, 99_999_999 - number] {
                let text = format!("{number:08}");
                assert_eq!(read_eight(*text.as_bytes().first_chunk().unwrap()), number);
                assert_eq!(write_eight(number), text.as_bytes());
            }
        }
    }

    #[test]
    fn a_number_has_as_many_digits_as_there_is_room_for() {
        for length in 0..=19usize {
            for number in [0, 7, 12_345_678, 1_234_567_890_123_456_789, 9_999_999_999_999_999_999] {
                let number = number % 10u64.pow(u32::try_from(length).unwrap());
                let mut text = vec![0; length];
                write_number(number, &mut text);
                let expected = if length == 0 { String::new() } else { format!("{number:0length$}") };
                assert_eq!(text, expected.as_bytes());
                assert_eq!(read_number(&text), number);
            }
        }
    }
}
