//! Foreign permanent residents' identity cards: the card of 2017 (15 characters) and that of 2023-12-01 (18 characters).
//! Both are in use.

use super::verdict::Verdict;
use super::{calendar, digits, icao, iso7064};
use crate::region;

/// 15 characters: nationality (three letters), place (four digits), date (`YYMMDD`), sequence, check digit (ICAO 7-3-1).
/// 18 characters: `9`, province, nationality (three digits), date, sequence, check character (MOD 11-2).
///
/// A nationality that ISO 3166-1 does not list (a stateless person, a state that is no more) makes a number
/// [`Verdict::Likely`]; 000 is none at all.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.len() {
        15 => check_2017(value),
        18 => check_2023(value),
        _ => Verdict::Invalid,
    }
}

/// The check character for the first 14 or the first 17 characters.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    match body.len() {
        14 => icao::check_char(body),
        17 => iso7064::mod_11_2(body),
        _ => None,
    }
}

fn check_2017(value: &[u8]) -> Verdict {
    let (nationality, place, date) = (&value[..3], &value[3..7], &value[7..13]);
    let form = nationality.iter().all(u8::is_ascii_uppercase)
        && digits::number(place).is_some_and(|code| region::province_exists(code / 100))
        && calendar::is_short_date(date)
        && value[13].is_ascii_digit();
    let known = || {
        region::country_of_letters(nationality) && digits::number(place).is_some_and(|code| region::exists(code * 100))
    };
    judge(form, known, value)
}

fn check_2023(value: &[u8]) -> Verdict {
    let (province, nationality, date) = (&value[1..3], &value[3..6], &value[6..14]);
    let nationality = digits::number(nationality).filter(|&code| code != 0);
    let form = value[0] == b'9'
        && digits::number(province).is_some_and(region::province_exists)
        && nationality.is_some()
        && calendar::is_full_date(date);
    judge(form, || nationality.is_some_and(region::country_of_number), value)
}

/// A wrong check character is a near miss only where everything else speaks for the card.
fn judge(form: bool, known: impl FnOnce() -> bool, value: &[u8]) -> Verdict {
    let Some((last, body)) = value.split_last() else { return Verdict::Invalid };
    let right = check_char(body);
    if !form || right.is_none() || !(last.is_ascii_digit() || *last == b'X') {
        return Verdict::Invalid;
    }
    match (right == Some(*last), known()) {
        (true, true) => Verdict::Valid,
        (true, false) => Verdict::Likely,
        (false, true) => Verdict::NearMiss,
        (false, false) => Verdict::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_cards() {
        let table: &[(&[u8], Verdict)] = &[
            (b"USA310100010118", Verdict::Valid),
            (b"GBR110001020326", Verdict::Valid),
            (b"USA310100010119", Verdict::NearMiss),
            (b"US1310100010118", Verdict::Invalid),
            (b"USA990100010118", Verdict::Invalid),
            (b"USA310100130118", Verdict::Invalid),
            (b"911840190001010017", Verdict::Valid),
            (b"931826190112310123", Verdict::Valid),
            (b"932682198501010017", Verdict::Valid),
            (b"911840190001010015", Verdict::NearMiss),
            (b"911000190001010011", Verdict::Invalid),
            (b"999840190001010017", Verdict::Invalid),
            (b"911840190013010017", Verdict::Invalid),
            (b"91184019000101001Y", Verdict::Invalid),
            (b"9", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_nationality_that_no_list_knows_is_likely() {
        for body in ["ZZZ31010001011", "91199918900101001"] {
            let last = check_char(body.as_bytes()).unwrap();
            let value = format!("{body}{}", last as char);
            assert_eq!(check(value.as_bytes()), Verdict::Likely, "{value}");
        }
    }

    #[test]
    fn one_wrong_digit_is_found() {
        for (valid, first) in [(&b"USA310100010118"[..], 3), (b"911840190001010017", 0)] {
            for at in first..valid.len() {
                for other in (b'0'..=b'9').filter(|&other| other != valid[at]) {
                    let mut value = valid.to_vec();
                    value[at] = other;
                    assert!(check(&value) < Verdict::Likely, "{}", value.escape_ascii());
                }
            }
        }
    }
}
