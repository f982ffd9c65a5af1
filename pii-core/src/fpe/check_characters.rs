//! Check characters in their places: computed again, or made wrong on purpose.

use super::ff1::Direction;
use crate::check::{hkid, iban, luhn, organisation_code, taiwan_id, uscc, vin};
use crate::rule::CheckCharacters;
use std::ops::Range;

const DIGITS: &[u8] = b"0123456789";

/// How many steps the check character of a marked value is off.
const MARK_STEPS: usize = 1;

/// The check digits of an IBAN are numbers from 02 to 98.
const IBAN_CHECKS: Range<u32> = 2..99;

/// Writes the right check characters. `None` for what can have none, and then nothing is written.
pub(super) fn write(check: CheckCharacters, value: &mut [u8]) -> Option<()> {
    let places = check.places(value.len());
    let right: [u8; 2] = match check {
        CheckCharacters::Luhn | CheckCharacters::Imei => [luhn::check_char(value.get(..places.start)?)?; 2],
        CheckCharacters::Hkid => [hkid::check_char(value.get(..places.start)?)?; 2],
        CheckCharacters::TaiwanId => [taiwan_id::check_char(value.get(..places.start)?)?; 2],
        CheckCharacters::Vin => [vin::check_char(value)?; 2],
        CheckCharacters::Iban => iban::check_digits(value.first_chunk()?, value.get(places.end..)?)?,
        CheckCharacters::Uscc => {
            let inner = organisation_code::check_char(value.get(8..places.start)?)?;
            let mut body: [u8; 17] = value.get(..17)?.try_into().ok()?;
            body[16] = inner;
            [inner, uscc::check_char(&body)?]
        }
    };
    for (place, right) in value.get_mut(places)?.iter_mut().zip(right) {
        *place = right;
    }
    Some(())
}

/// Whether a value has check characters and all of them are right.
pub(super) fn are_right(check: CheckCharacters, value: &[u8]) -> bool {
    let mut other = value.to_vec();
    !check.places(value.len()).is_empty() && write(check, &mut other).is_some() && other == value
}

/// Makes right check characters wrong by one step of their alphabet, or wrong ones of that sort right again. `None` for
/// what has none.
pub(super) fn mark(check: CheckCharacters, direction: Direction, value: &mut [u8]) -> Option<()> {
    let places = check.places(value.len());
    let alphabet: &[u8] = match check {
        CheckCharacters::Luhn | CheckCharacters::Imei | CheckCharacters::TaiwanId => DIGITS,
        CheckCharacters::Hkid => b"0123456789A",
        CheckCharacters::Vin => b"0123456789X",
        CheckCharacters::Uscc => b"0123456789ABCDEFGHJKLMNPQRTUWXY",
        CheckCharacters::Iban => return mark_number(direction, value.get_mut(places)?),
    };
    shift(alphabet, direction, MARK_STEPS, value.get_mut(places)?.last_mut()?)
}

/// Moves a character some steps on in its alphabet, or as many back.
pub(super) fn shift(alphabet: &[u8], direction: Direction, steps: usize, place: &mut u8) -> Option<()> {
    let at = alphabet.iter().position(|known| known == place)?;
    let steps = match direction {
        Direction::Encrypt => steps % alphabet.len(),
        Direction::Decrypt => alphabet.len() - steps % alphabet.len(),
    };
    *place = *alphabet.get((at + steps) % alphabet.len())?;
    Some(())
}

/// How far a result's check character is from the right one, where the value's own was `off` steps from it: as far, or, of a
/// codec that marks what comes out, by the mark more or less. `None` for what a codec that marks does not take.
pub(super) fn off_after(is_marked: bool, direction: Direction, off: usize) -> Option<usize> {
    match (is_marked, direction) {
        (false, _) => Some(off),
        (true, Direction::Encrypt) => (off == 0).then_some(MARK_STEPS),
        (true, Direction::Decrypt) => (off == MARK_STEPS).then_some(0),
    }
}

/// How many steps lead from one character of an alphabet to another.
pub(super) fn steps(alphabet: &[u8], from: u8, to: u8) -> Option<usize> {
    let at = |byte| alphabet.iter().position(|&known| known == byte);
    Some((at(to)? + alphabet.len() - at(from)?) % alphabet.len())
}

fn mark_number(direction: Direction, places: &mut [u8]) -> Option<()> {
    let [tens, ones] = places else { return None };
    let number = DIGITS.iter().position(|d| d == tens)? * 10 + DIGITS.iter().position(|d| d == ones)?;
    let count = IBAN_CHECKS.len();
    let from_first = number.checked_sub(2).filter(|&from_first| from_first < count)?;
    let by = if direction == Direction::Encrypt { 1 } else { count - 1 };
    let number = (from_first + by) % count + 2;
    (*tens, *ones) = (*DIGITS.get(number / 10)?, *DIGITS.get(number % 10)?);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_are_right_and_marked_ones_are_not() {
        for (check, value) in [
            (CheckCharacters::Luhn, "6228480000000000216"),
            (CheckCharacters::Imei, "490154203237518"),
            (CheckCharacters::Hkid, "AB0000017"),
            (CheckCharacters::TaiwanId, "A123456789"),
            (CheckCharacters::Uscc, "91310000MA1FL0007C"),
            (CheckCharacters::Vin, "1M8GDM9AXKP042788"),
            (CheckCharacters::Iban, "GB29NWBK60161331926819"),
        ] {
            let mut marked = value.as_bytes().to_vec();
            assert!(are_right(check, &marked), "{value}");
            mark(check, Direction::Encrypt, &mut marked).unwrap();
            assert!(!are_right(check, &marked), "{value}");
            mark(check, Direction::Decrypt, &mut marked).unwrap();
            assert_eq!(marked, value.as_bytes());
        }
        assert!(!are_right(CheckCharacters::Imei, b"49015420323751"));
        let mut last = *b"DE98";
        mark_number(Direction::Encrypt, &mut last[2..]).unwrap();
        assert_eq!(&last, b"DE02");
    }
}
