//! Bank cards: issuer, length and Luhn's digit hold.

use super::cipher::Cipher;
use super::error::{FpeError, Reason};
use super::ff1::{Direction, Numbers, Value, read_number, write_number};
use super::tweak::Tweak;
use crate::check::{Verdict, bank_card};
use std::fmt;

/// The digits of the issuer (BIN) that stay.
pub(super) const ISSUER_DIGITS: usize = 6;

/// Lengths of the body between the issuer and the check digit: cards of 15 to 20 digits.
const BODIES: std::ops::RangeInclusive<usize> = 8..=13;

/// How many values go through a batch together.
const BATCH: usize = 64;

/// The codec for bank cards: the first six digits stay and go into the tweak, the last is computed again, those between
/// are enciphered (8 to 13 digits, 26.5 bits at least).
///
/// A result that the engine would not take for a card, such as 18 digits that are a resident ID, is enciphered again, until
/// it would: cards map to cards one to one. That is rare, but for the 24 issuers in the list who share their first six
/// digits with others and are told by a seventh to tenth: what comes of their cards may be another issuer's.
pub struct BankCard(Vec<Numbers>);

impl BankCard {
    /// Sets up the codec.
    ///
    /// # Errors
    /// A tweak of more than 8 bytes ([`FpeError::is_limit`]).
    pub fn new(cipher: &Cipher, tweak: &Tweak) -> Result<Self, FpeError> {
        BODIES.map(|digits| Numbers::keeping(cipher, 10, digits, tweak)).collect::<Result<_, _>>().map(Self)
    }

    /// Enciphers a card in place. On error it is as it was.
    ///
    /// # Errors
    /// It is no card: no digits, another length, a wrong check digit, no issuer's range ([`FpeError::is_value`]).
    pub fn encrypt(&self, card: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Encrypt, card)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`BankCard::encrypt`].
    pub fn decrypt(&self, card: &mut [u8]) -> Result<(), FpeError> {
        self.run(Direction::Decrypt, card)
    }

    /// Enciphers many cards, each in place, and puts what came of each behind `results`: several times as fast as one by
    /// one. What is no card stays as it was.
    pub fn encrypt_each<T: AsMut<[u8]>>(&self, cards: &mut [T], results: &mut Vec<Result<(), FpeError>>) {
        self.run_each(Direction::Encrypt, cards, results);
    }

    /// The way back.
    pub fn decrypt_each<T: AsMut<[u8]>>(&self, cards: &mut [T], results: &mut Vec<Result<(), FpeError>>) {
        self.run_each(Direction::Decrypt, cards, results);
    }

    fn run(&self, direction: Direction, card: &mut [u8]) -> Result<(), FpeError> {
        let (numbers, mut value) = self.read(card)?;
        value.number = numbers.run(direction, value);
        write_card(numbers, direction, value, card);
        Ok(())
    }

    fn run_each<T: AsMut<[u8]>>(&self, direction: Direction, cards: &mut [T], results: &mut Vec<Result<(), FpeError>>) {
        for cards in cards.chunks_mut(BATCH) {
            let mut is_valid = [false; BATCH];
            for (card, is_valid) in cards.iter_mut().zip(&mut is_valid) {
                let read = self.read(card.as_mut()).map(|_| ());
                *is_valid = read.is_ok();
                results.push(read);
            }
            for (numbers, digits) in self.0.iter().zip(BODIES) {
                let of_length = |card: &[u8]| card.len() == ISSUER_DIGITS + digits + 1;
                let these = cards.iter_mut().map(AsMut::as_mut).zip(is_valid);
                let mut these: Vec<&mut [u8]> =
                    these.filter(|(card, is_valid)| *is_valid && of_length(card)).map(|(card, _)| card).collect();
                let mut values = [Value::default(); BATCH];
                for (value, card) in values.iter_mut().zip(&these) {
                    *value = body_of(card);
                }
                numbers.run_each(direction, values.get_mut(..these.len()).unwrap_or_default());
                for (value, card) in values.into_iter().zip(&mut these) {
                    write_card(numbers, direction, value, card);
                }
            }
        }
    }

    /// What enciphers cards of this length, and the card's body.
    fn read(&self, card: &[u8]) -> Result<(&Numbers, Value), FpeError> {
        let digits = card.len().checked_sub(ISSUER_DIGITS + 1);
        let at = digits.and_then(|digits| digits.checked_sub(*BODIES.start()));
        match at.and_then(|at| self.0.get(at)) {
            Some(numbers) if is_card(card) => Ok((numbers, body_of(card))),
            _ => Err(FpeError::new(Reason::NotValid { kind: "bank_card" })),
        }
    }
}

/// The digits between issuer and check digit, and the issuer as what is kept: six digits are less than 2^24.
fn body_of(card: &[u8]) -> Value {
    let body = card.get(ISSUER_DIGITS..card.len().saturating_sub(1)).unwrap_or_default();
    let issuer = card.get(..ISSUER_DIGITS).map_or(0, read_number);
    Value { number: read_number(body).into(), kept: u32::try_from(issuer).unwrap_or(0) }
}

/// Writes a body and its check digit into a card; a body that makes none goes through the cipher again.
fn write_card(numbers: &Numbers, direction: Direction, mut value: Value, card: &mut [u8]) {
    loop {
        if let Some((last, front)) = card.split_last_mut() {
            let body = front.get_mut(ISSUER_DIGITS..).unwrap_or_default();
            write_number(u64::try_from(value.number).unwrap_or(0), body);
            *last = bank_card::check_char(front).unwrap_or(*last);
        }
        if is_card(card) {
            return;
        }
        // This ends: a permutation leads every body back to itself, and with that one it was a card.
        value.number = numbers.run(direction, value);
    }
}

fn is_card(digits: &[u8]) -> bool {
    bank_card::check(digits) >= Verdict::Likely
}

impl fmt::Debug for BankCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankCard")
    }
}
