//! Organisation codes (GB 11714-1997): eight digits or capital letters and a check character.
//!
//! It detects a wrong digit in the place of a digit; letters that are eleven apart change places unseen.

use super::digits;
use super::verdict::Verdict;

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Nine characters with the right one last. One string in eleven passes by chance: [`Verdict::Likely`] at most.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.split_last() {
        Some((last, body)) if check_char(body) == Some(*last) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// The check character (`0` to `9` or `X`) for the first eight characters. `None` for anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let terms = body.iter().zip(WEIGHTS).map(|(&byte, weight)| Some(digits::base36(byte)? * weight));
    let sum = terms.sum::<Option<u32>>()?;
    Some(b"0X987654321"[(sum % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_codes() {
        for valid in [&b"000000000"[..], b"MA1FL0007", b"D2143569X"] {
            assert_eq!(check(valid), Verdict::Likely, "{}", valid.escape_ascii());
        }
        for invalid in [&b"000000005"[..], b"D21435691", b"D2143569", b"D2143569-X", b"d2143569X", b""] {
            assert_eq!(check(invalid), Verdict::Invalid, "{}", invalid.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(body in "[0-9]{8}", at in 0usize..8, other in b'0'..=b'9') {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(check(&value) == Verdict::Likely, was == other);
        }
    }
}
