//! Luhn's check digit (ISO/IEC 7812-1 Annex B): cards, IMEI.
//!
//! It detects every single substitution, and every swap of neighbours but that of 0 and 9. One string of digits in ten
//! passes by chance, so alone it proves little.

use super::digits;
use super::verdict::Verdict;

/// Two digits or more with the right last one. Never more than [`Verdict::Likely`].
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    if passes(value) { Verdict::Likely } else { Verdict::Invalid }
}

/// Whether the value is two digits or more and the last is their check digit.
#[must_use]
pub fn passes(value: &[u8]) -> bool {
    value.split_last().is_some_and(|(last, body)| check_char(body) == Some(*last))
}

/// The digit that belongs behind a body of digits. `None` if the body is empty or holds anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.is_empty() {
        return None;
    }
    let mut sum = 0;
    for (distance, &byte) in body.iter().rev().enumerate() {
        // At most 9 a digit, kept modulo 10, so that no length of input can overflow.
        sum = (sum + weigh(digits::digit(byte)?, distance + 1)) % 10;
    }
    u8::try_from((10 - sum) % 10).ok().map(|digit| b'0' + digit)
}

/// What a digit adds to the sum when it stands `distance` places before the check digit.
#[must_use]
pub(crate) fn weigh(digit: u32, distance: usize) -> u32 {
    match digit {
        _ if distance.is_multiple_of(2) => digit,
        0..=4 => digit * 2,
        _ => digit * 2 - 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_numbers() {
        assert_eq!(check_char(b"7992739871"), Some(b'3'));
        for passing in [&b"79927398713"[..], b"490154203237518", b"6228480000000000216", b"00"] {
            assert_eq!(check(passing), Verdict::Likely, "{}", passing.escape_ascii());
        }
        for failing in [&b"79927398710"[..], b"490154203237519", b"", b"0", b"7", b"7992739871X", b"\xff\xff"] {
            assert_eq!(check(failing), Verdict::Invalid, "{}", failing.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(body in "[0-9]{1,30}", at in 0usize..31, other in b'0'..=b'9') {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            prop_assert!(passes(&value));
            let at = at % value.len();
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(passes(&value), was == other);
        }

        #[test]
        fn swapped_neighbours_are_found_but_for_nought_and_nine(body in "[0-9]{1,30}", at in 0usize..30) {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            let at = at % (value.len() - 1);
            value.swap(at, at + 1);
            let pair = (value[at].min(value[at + 1]), value[at].max(value[at + 1]));
            prop_assert_eq!(passes(&value), pair.0 == pair.1 || pair == (b'0', b'9'));
        }
    }
}
