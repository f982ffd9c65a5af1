//! Taiwan identity numbers: a letter, 1 or 2 (8 or 9 for residents from elsewhere, since 2021), seven digits, a check
//! digit.

use super::digits;
use super::verdict::Verdict;

/// What the letters from A to Z count, in the order in which the counties came, not that of the alphabet.
const LETTERS: [u32; 26] =
    [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33];

/// One string of this form in ten passes by chance: [`Verdict::Likely`] at most.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.split_last() {
        Some((last, body)) if check_char(body) == Some(*last) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// The check digit for the first nine characters. `None` for anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    let &[letter @ b'A'..=b'Z', ref number @ ..] = body else { return None };
    if number.len() != 8 || !matches!(number[0], b'1' | b'2' | b'8' | b'9') {
        return None;
    }
    let county = LETTERS[usize::from(letter - b'A')];
    let weighted = number.iter().zip((1..=8).rev());
    let sum = weighted.map(|(&byte, weight)| Some(digits::digit(byte)? * weight)).sum::<Option<u32>>()?;
    let check = (10 - (county / 10 + county % 10 * 9 + sum) % 10) % 10;
    u8::try_from(check).ok().map(|digit| b'0' + digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for valid in [&b"A100000001"[..], b"A123456789", b"A800000014"] {
            assert_eq!(check(valid), Verdict::Likely, "{}", valid.escape_ascii());
        }
        for invalid in [&b"A100000002"[..], b"A300000003", b"A12345678", b"0123456789", b"a123456789", b"", b"A"] {
            assert_eq!(check(invalid), Verdict::Invalid, "{}", invalid.escape_ascii());
        }
    }

    #[test]
    fn every_wrong_check_digit_is_found() {
        for other in (b'0'..=b'8').map(char::from) {
            assert_eq!(check(format!("A12345678{other}").as_bytes()), Verdict::Invalid, "{other}");
        }
    }
}
