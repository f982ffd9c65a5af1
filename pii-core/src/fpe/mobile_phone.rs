//! Mobile numbers: the prefix stays, so that the result is a number that may be in use.

use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::ff1::{Direction, Numbers, Value, read_number, write_number};
use super::tweak::Tweak;
use crate::check::{Verdict, phone};
use std::fmt;

/// The digits that stay.
const PREFIX_DIGITS: usize = 3;

/// How many values go through a batch together.
const BATCH: usize = 64;

/// The codec for mobile numbers of 11 digits, without the country code: the first three stay and go into the tweak, the
/// other eight are enciphered. 26.5 bits are left to guess.
pub struct MobilePhone(Numbers);

impl MobilePhone {
    /// Sets up the codec.
    ///
    /// # Errors
    /// A tweak of more than 8 bytes ([`FpeError::is_limit`]).
    pub fn new(cipher: &Cipher, tweak: &Tweak) -> Result<Self, FpeError> {
        Numbers::keeping(cipher, 10, 8, tweak).map(Self)
    }

    /// Enciphers a number in place. On error it is as it was.
    ///
    /// # Errors
    /// It is no mobile number: 11 digits that begin with 13 to 19 ([`FpeError::is_value`]).
    pub fn encrypt(&self, number: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Encrypt, number)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`MobilePhone::encrypt`].
    pub fn decrypt(&self, number: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Decrypt, number)
    }

    /// Enciphers many numbers, each in place, and puts what came of each behind `results`: several times as fast as one by
    /// one. What is no number stays as it was.
    pub fn encrypt_each<T: AsMut<[u8]>>(&self, numbers: &mut [T], results: &mut Vec<Result<(), FpeError>>) {
        self.run_each(Direction::Encrypt, numbers, results);
    }

    /// The way back.
    pub fn decrypt_each<T: AsMut<[u8]>>(&self, numbers: &mut [T], results: &mut Vec<Result<(), FpeError>>) {
        self.run_each(Direction::Decrypt, numbers, results);
    }

    fn run(&self, direction: Direction, number: &mut [u8]) -> Result<(), FpeError> {
        let value = read(number)?;
        write(Value { number: self.0.run(direction, value), ..value }, number);
        Ok(())
    }

    fn run_each<T: AsMut<[u8]>>(
        &self,
        direction: Direction,
        numbers: &mut [T],
        results: &mut Vec<Result<(), FpeError>>,
    ) {
        for numbers in numbers.chunks_mut(BATCH) {
            let mut values = [Value::default(); BATCH];
            let mut used = 0;
            for number in numbers.iter_mut() {
                let read = read(number.as_mut());
                if let (Ok(value), Some(slot)) = (read, values.get_mut(used)) {
                    (*slot, used) = (value, used + 1);
                }
                results.push(read.map(|_| ()));
            }
            let values = values.get_mut(..used).unwrap_or_default();
            self.0.run_each(direction, values);
            let valid = numbers.iter_mut().map(AsMut::as_mut).filter(|number| read(number).is_ok());
            for (value, number) in values.iter().zip(valid) {
                write(*value, number);
            }
        }
    }
}

/// The eight digits, and the prefix as what is kept.
fn read(number: &[u8]) -> Result<Value, FpeError> {
    let not_valid = FpeError::new(Reason::NotValid { kind: "mobile_phone" });
    if phone::mobile(number) == Verdict::Invalid {
        return Err(not_valid);
    }
    let (prefix, rest) = number.split_at_checked(PREFIX_DIGITS).ok_or(not_valid)?;
    let kept = u32::try_from(read_number(prefix)).map_err(|_| not_valid)?;
    Ok(Value { number: read_number(rest).into(), kept })
}

fn write(value: Value, number: &mut [u8]) {
    if let (Ok(rest), Some(place)) = (u64::try_from(value.number), number.get_mut(PREFIX_DIGITS..)) {
        write_number(rest, place);
    }
}

impl fmt::Debug for MobilePhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MobilePhone({:?})", self.0)
    }
}
