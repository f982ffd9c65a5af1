//! Vehicle identification numbers (GB 16735-2019, ISO 3779): 17 characters without I, O and Q; the ninth is the check
//! character. Makers outside China and North America may leave the check out, so a label counts for more.

use super::digits;
use super::verdict::Verdict;

const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// The right check character is [`Verdict::Valid`], or [`Verdict::Likely`] in a number without any letter, which is
/// more often something else.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    if value.len() != WEIGHTS.len() || check_char(value) != Some(value[8]) {
        Verdict::Invalid
    } else if digits::all(value) {
        Verdict::Likely
    } else {
        Verdict::Valid
    }
}

/// The check character (`0` to `9` or `X`) for 17 characters, whatever stands in the ninth place, which is where it
/// belongs. `None` if they are not 17 or one of the others is not in the alphabet.
#[must_use]
pub fn check_char(value: &[u8]) -> Option<u8> {
    if value.len() != WEIGHTS.len() {
        return None;
    }
    let others = value.iter().zip(WEIGHTS).filter(|&(_, weight)| weight != 0);
    let sum = others.map(|(&byte, weight)| Some(value_of(byte)? * weight)).sum::<Option<u32>>()?;
    Some(b"0123456789X"[(sum % 11) as usize])
}

/// GB 16735-2019, table A.1: letters count 1 to 9, row by row.
fn value_of(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => digits::digit(byte),
        b'A'..=b'H' => Some(u32::from(byte - b'A') + 1),
        b'J'..=b'N' => Some(u32::from(byte - b'J') + 1),
        b'P' => Some(7),
        b'R' => Some(9),
        b'S'..=b'Z' => Some(u32::from(byte - b'S') + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_numbers() {
        let table: &[(&[u8], Verdict)] = &[
            (b"LSVAA0009A0000000", Verdict::Valid),
            (b"1M8GDM9AXKP042788", Verdict::Valid),
            (b"11111111111111111", Verdict::Likely),
            (b"LSVAA0001A0000000", Verdict::Invalid),
            (b"LSVAAIO00A0000000", Verdict::Invalid),
            (b"LSVAA0009A000000", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(
            head in "[A-HJ-NPR-Z0-9]{8}", tail in "[0-9]{7}", at in 9usize..17, other in b'0'..=b'9',
        ) {
            let mut value = format!("{head}0A{tail}").into_bytes();
            value[8] = check_char(&value).unwrap();
            prop_assert_eq!(check(&value), Verdict::Valid);
            prop_assume!(at != 9);
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(check(&value) == Verdict::Valid, was == other);
        }
    }
}
