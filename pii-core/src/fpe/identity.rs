//! Resident IDs and residence permits in every form in which they stand in files: 18 characters, 15 digits, mistyped.

use super::check_characters::{off_after, shift, steps};
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::id_number::IdNumber;
use super::in_place::InPlaceCodec;
use super::written::Written;
use crate::check::{Check, Verdict, resident_id};

/// The characters of MOD 11-2, in the order of their values.
const CHECKS: &[u8] = b"0123456789X";

/// The codec for a kind of ID numbers.
pub(super) struct Identity {
    kind: &'static str,
    check: Check,
    number: IdNumber,
    /// For what is mistyped, where it can be told from other numbers.
    other: Option<InPlaceCodec>,
    is_marked: bool,
}

/// What stands where a number's check character should.
enum Last {
    /// Nothing: the 15 digits that were given until 1999.
    None,
    /// A character so many steps behind the right one; 0 is the right one.
    Off(usize),
}

impl Identity {
    pub(super) fn new(
        kind: &'static str,
        check: Check,
        number: IdNumber,
        other: Option<InPlaceCodec>,
        is_marked: bool,
    ) -> Self {
        Self { kind, check, number, other, is_marked }
    }

    pub(super) fn bits(&self) -> f64 {
        self.number.bits()
    }

    /// Plain numbers through a batch; `None` for what it does not take.
    pub(super) fn run_each(&self, direction: Direction, values: &[&str]) -> Vec<Option<String>> {
        if self.is_marked {
            return Vec::new();
        }
        // A small x comes out as a small one: those go alone.
        let numbers: Vec<&[u8]> =
            values.iter().map(|value| if value.ends_with('x') { &[][..] } else { value.as_bytes() }).collect();
        let mut results = Vec::new();
        match direction {
            Direction::Encrypt => self.number.encrypt_each(&numbers, &mut results),
            Direction::Decrypt => self.number.decrypt_each(&numbers, &mut results),
        }
        let text = |result: Result<[u8; 18], FpeError>| result.ok().and_then(|n| String::from_utf8(n.to_vec()).ok());
        results.into_iter().map(text).collect()
    }

    pub(super) fn run(&self, direction: Direction, text: &str) -> Result<String, FpeError> {
        let written = Written::of(text);
        let characters = characters(written.plain());
        match (self.whole(&characters), &self.other) {
            (Some((number, last)), _) => self.run_whole(direction, &written, &number, &last),
            (None, Some(other)) if !self.is_marked => other.run(direction, text, |value| self.whole(value).is_some()),
            (None, _) => Err(self.not_valid()),
        }
    }

    fn run_whole(
        &self,
        direction: Direction,
        written: &Written<'_>,
        number: &[u8; 18],
        last: &Last,
    ) -> Result<String, FpeError> {
        let off = match last {
            Last::None if self.is_marked => return Err(FpeError::new(Reason::NoMark)),
            Last::None => 0,
            Last::Off(off) => off_after(self.is_marked, direction, *off).ok_or_else(|| self.not_valid())?,
        };
        let mut result = match direction {
            Direction::Encrypt => self.number.encrypt(number)?,
            Direction::Decrypt => self.number.decrypt(number)?,
        };
        shift(CHECKS, Direction::Encrypt, off, &mut result[17]).ok_or_else(|| self.not_valid())?;
        let result = match last {
            Last::None => short(&result),
            Last::Off(_) => result.to_vec(),
        };
        Ok(written.with(&replaced(written.plain(), &result)))
    }

    /// The number with the right check character that these characters are or stand for: they have a region and a day that
    /// are real, and all that may be wrong is the last character. Otherwise they are mistyped: `None`.
    fn whole(&self, characters: &[u8]) -> Option<([u8; 18], Last)> {
        if characters.len() == 15 && (self.check)(characters) >= Verdict::Likely {
            return Some((resident_id::in_full(characters)?, Last::None));
        }
        if (self.check)(characters) < Verdict::NearMiss {
            return None;
        }
        let mut number: [u8; 18] = characters.try_into().ok()?;
        let right = resident_id::check_char(&number[..17])?;
        let off = steps(CHECKS, right, number[17])?;
        number[17] = right;
        Some((number, Last::Off(off)))
    }

    fn not_valid(&self) -> FpeError {
        FpeError::new(Reason::NotValid { kind: self.kind })
    }
}

/// The 15 digits again.
fn short(long: &[u8; 18]) -> Vec<u8> {
    [&long[..6], &long[8..17]].concat()
}

/// The letters and digits of a text, in capitals.
pub(super) fn characters(plain: &str) -> Vec<u8> {
    // Nearly all of a value are such characters, and a vector that grows as it is filled takes longer than to fill it.
    let mut characters = Vec::with_capacity(plain.len());
    characters.extend(plain.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()));
    characters
}

/// A text with other letters and digits, as many as it has.
pub(super) fn replaced(plain: &str, characters: &[u8]) -> Vec<u8> {
    let mut new = characters.iter();
    let replace = |old: u8| match new.next() {
        Some(new) if old.is_ascii_lowercase() => new.to_ascii_lowercase(),
        Some(new) => *new,
        None => old,
    };
    let mut replace = replace;
    plain.bytes().map(|b| if b.is_ascii_alphanumeric() { replace(b) } else { b }).collect()
}
