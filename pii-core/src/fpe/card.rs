//! Bank cards as they are written, mistyped ones too.

use super::bank_card::BankCard;
use super::check_characters::mark;
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::identity::{characters, replaced};
use super::in_place::InPlaceCodec;
use super::written::Written;
use crate::check::{Verdict, bank_card};
use crate::rule::CheckCharacters;

/// The codec for cards in any writing.
pub(super) struct Card {
    card: BankCard,
    /// For what is no card: a wrong check digit, another length.
    other: Option<InPlaceCodec>,
    is_marked: bool,
}

impl Card {
    pub(super) fn new(card: BankCard, other: Option<InPlaceCodec>, is_marked: bool) -> Self {
        Self { card, other, is_marked }
    }

    /// Plain cards through a batch; `None` for what it does not take.
    pub(super) fn run_each(&self, direction: Direction, values: &[&str]) -> Vec<Option<String>> {
        if self.is_marked {
            return Vec::new();
        }
        let mut cards: Vec<Vec<u8>> = values.iter().map(|value| value.as_bytes().to_vec()).collect();
        let mut results = Vec::with_capacity(cards.len());
        match direction {
            Direction::Encrypt => self.card.encrypt_each(&mut cards, &mut results),
            Direction::Decrypt => self.card.decrypt_each(&mut cards, &mut results),
        }
        let text = |(card, result): (Vec<u8>, Result<(), FpeError>)| result.ok().and(String::from_utf8(card).ok());
        cards.into_iter().zip(results).map(text).collect()
    }

    pub(super) fn run(&self, direction: Direction, text: &str) -> Result<String, FpeError> {
        let written = Written::of(text);
        let mut digits = characters(written.plain());
        let marks_before = self.is_marked && direction == Direction::Decrypt;
        if marks_before {
            mark(CheckCharacters::Luhn, direction, &mut digits).ok_or_else(not_valid)?;
        }
        if !is_card(&digits) {
            return self.other.as_ref().ok_or_else(not_valid)?.run(direction, text, is_card);
        }
        match direction {
            Direction::Encrypt => self.card.encrypt(&mut digits)?,
            Direction::Decrypt => self.card.decrypt(&mut digits)?,
        }
        if self.is_marked && !marks_before {
            mark(CheckCharacters::Luhn, direction, &mut digits).ok_or_else(not_valid)?;
        }
        Ok(written.with(&replaced(written.plain(), &digits)))
    }
}

pub(super) fn is_card(digits: &[u8]) -> bool {
    bank_card::check(digits) >= Verdict::Likely
}

fn not_valid() -> FpeError {
    FpeError::new(Reason::NotValid { kind: "bank_card" })
}
