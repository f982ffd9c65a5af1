//! Resident identity numbers (GB 11643-1999): 18 characters, and the 15 digits that were given until 1999.
//!
//! A random string of 18 digits passes about once in two million tries.

use super::verdict::Verdict;
use super::{calendar, digits, iso7064};
use crate::region;

/// 18 characters: a real region (of today or of the past), a real date and the right check character are
/// [`Verdict::Valid`]; a wrong check character alone is a [`Verdict::NearMiss`]. 15 digits have no check character, so
/// they are [`Verdict::Likely`] at most.
///
/// Regions 810000, 820000 and 830000 are those of residence permits, which are another kind.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.len() {
        18 => check_18(value),
        15 => check_15(value),
        _ => Verdict::Invalid,
    }
}

/// The check character (`0` to `9` or `X`) for the first 17 digits. `None` for anything but 17 digits.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.len() == 17 { iso7064::mod_11_2(body) } else { None }
}

/// The 18 characters of the person whose 15 digits these are: the century is the twentieth, and the check character is the right
/// one. `None` for anything that [`check`] does not take for such a number.
#[must_use]
pub fn in_full(short: &[u8]) -> Option<[u8; 18]> {
    if short.len() != 15 || check_15(short) < Verdict::Likely {
        return None;
    }
    let mut number = [0; 18];
    number[..6].copy_from_slice(&short[..6]);
    number[6..8].copy_from_slice(b"19");
    number[8..17].copy_from_slice(&short[6..]);
    number[17] = check_char(&number[..17])?;
    Some(number)
}

fn check_18(value: &[u8]) -> Verdict {
    if has_region(value) && calendar::is_full_date(&value[6..14]) { last_character(value) } else { Verdict::Invalid }
}

/// What the check character of a number says whose region and date are known to be real.
pub(super) fn last_character(value: &[u8]) -> Verdict {
    let (last, body) = match value.split_last() {
        Some((last, body)) if last.is_ascii_digit() || *last == b'X' => (*last, body),
        _ => return Verdict::Invalid,
    };
    match check_char(body) {
        Some(right) if right == last => Verdict::Valid,
        Some(_) => Verdict::NearMiss,
        None => Verdict::Invalid,
    }
}

/// The century is not written. It is the twentieth, but for centenarians, whom the sequence numbers 996 to 999 marked;
/// 18YY has the same days as 19YY in every year, so one rule serves both.
fn check_15(value: &[u8]) -> Verdict {
    let date =
        digits::number(&value[6..12]).is_some_and(|n| calendar::is_day(1900 + n / 10_000, n / 100 % 100, n % 100));
    if has_region(value) && date && digits::all(&value[12..]) { Verdict::Likely } else { Verdict::Invalid }
}

fn has_region(value: &[u8]) -> bool {
    digits::number(&value[..6]).is_some_and(|code| region::exists(code) && !matches!(code, 810_000 | 820_000 | 830_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn region_date_and_check_character_all_count() {
        let table: &[(&[u8], Verdict)] = &[
            (b"11010519491231002X", Verdict::Valid),
            (b"440524188001010014", Verdict::Valid),
            (b"32010218881111001X", Verdict::Valid),
            (b"110105188702280020", Verdict::NearMiss),
            (b"11010518870228002X", Verdict::NearMiss),
            (b"110105188702310020", Verdict::Invalid),
            (b"990105188702280021", Verdict::Invalid),
            (b"11010518870228002Y", Verdict::Invalid),
            (b"1101051887022800X8", Verdict::Invalid),
            (b"810000190001010018", Verdict::Invalid),
            (b"11010518870228002x", Verdict::Invalid),
            (b"110105491231002", Verdict::Likely),
            (b"110105870228998", Verdict::Likely),
            (b"110105491331002", Verdict::Invalid),
            (b"110105000229998", Verdict::Invalid),
            (b"990105491231002", Verdict::Invalid),
            (b"11010549123100X", Verdict::Invalid),
            (b"1101054912310021", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_code_given_after_2019_is_real() {
        // 320613 (Chongchuan) was made in 2020: an older list would turn away children.
        let mut value = b"32061318870228001".to_vec();
        value.push(check_char(&value).unwrap());
        assert_eq!(check(&value), Verdict::Valid);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(sequence in "[0-9]{3}", at in 0usize..18, other in b'0'..=b'9') {
            let mut value = format!("44030518920815{sequence}").into_bytes();
            value.push(check_char(&value).unwrap());
            prop_assert_eq!(check(&value), Verdict::Valid);
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(check(&value) == Verdict::Valid, was == other);
        }

        #[test]
        fn swapped_neighbours_are_found(sequence in "[0-9]{3}", at in 0usize..17) {
            let mut value = format!("31011518990101{sequence}").into_bytes();
            value.push(check_char(&value).unwrap());
            value.swap(at, at + 1);
            prop_assert_eq!(check(&value) == Verdict::Valid, value[at] == value[at + 1]);
        }
    }
}
