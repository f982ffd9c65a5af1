//! Unified social credit codes (GB 32100-2015): 18 characters out of 31 (no I, O, S, V, Z).

use super::digits;
use super::verdict::Verdict;
use crate::region;

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Department and category that are given out together (GB 32100-2015, table 1, as extended since).
const CATEGORIES: [&[u8; 2]; 34] = [
    b"11", b"12", b"13", b"19", b"21", b"29", b"31", b"33", b"34", b"35", b"39", b"41", b"49", b"51", b"52", b"53",
    b"59", b"61", b"62", b"69", b"71", b"72", b"79", b"81", b"89", b"91", b"92", b"93", b"A1", b"A9", b"N1", b"N2",
    b"N3", b"N9",
];

/// A category, a province and the right check character are [`Verdict::Valid`].
///
/// Nothing but digits with 62 first is [`Verdict::Likely`]: a bank card of 18 digits begins like that far more often than
/// a code of this rare category, and a card taken for an organisation would pass unmasked. The whole region is not asked
/// for: 100000 (the State) and codes of development zones occur.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    let form = value.len() == 18 && has_category(value) && has_region(value);
    if !form || check_char(&value[..17]) != Some(value[17]) {
        Verdict::Invalid
    } else if value.starts_with(b"62") && digits::all(value) {
        Verdict::Likely
    } else {
        Verdict::Valid
    }
}

/// The check character for the first 17 characters. `None` for anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.len() != 17 {
        return None;
    }
    let (mut sum, mut weight) = (0, 1);
    for &byte in body {
        sum += ALPHABET.iter().position(|&known| known == byte)? * weight;
        weight = weight * 3 % 31;
    }
    Some(ALPHABET[(31 - sum % 31) % 31])
}

/// How many pairs of department and category there are.
pub(crate) const CATEGORY_COUNT: usize = CATEGORIES.len() + 1;

fn has_category(value: &[u8]) -> bool {
    value.starts_with(b"Y1") || CATEGORIES.iter().any(|pair| value.starts_with(*pair))
}

fn has_region(value: &[u8]) -> bool {
    digits::number(&value[2..8]).is_some_and(|code| code / 10_000 == 10 || region::province_exists(code / 10_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn category_region_and_check_character() {
        let table: &[(&[u8], Verdict)] = &[
            (b"91310000MA1FL0007C", Verdict::Valid),
            (b"91440300000000000E", Verdict::Valid),
            (b"1211000040000000XT", Verdict::Valid),
            (b"91350100M000100Y43", Verdict::Valid),
            (b"91310000MA1FL00070", Verdict::Invalid),
            (b"91310000MA1FL000IO", Verdict::Invalid),
            (b"99310000MA1FL00000", Verdict::Invalid),
            (b"91310000MA1FL0007", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
        for body in ["99310000MA1FL0007", "91990000MA1FL0007"] {
            let last = check_char(body.as_bytes()).unwrap();
            assert_eq!(check(format!("{body}{}", last as char).as_bytes()), Verdict::Invalid, "{body}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_found(body in "91440300[0-9A-HJ-NPQRTUWXY]{9}", at in 0usize..18, other in 0usize..31) {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            prop_assert_eq!(check(&value), Verdict::Valid);
            let was = std::mem::replace(&mut value[at], ALPHABET[other]);
            prop_assert_eq!(check(&value) == Verdict::Valid, was == ALPHABET[other]);
        }

        #[test]
        fn swapped_neighbours_are_found(body in "91440300[0-9A-HJ-NPQRTUWXY]{9}", at in 0usize..17) {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            value.swap(at, at + 1);
            prop_assert_eq!(check(&value) == Verdict::Valid, value[at] == value[at + 1]);
        }
    }
}
