//! International bank account numbers (ISO 13616-1). China issues none; investors abroad have them.

use super::verdict::Verdict;
use super::{digits, iso7064};

const LENGTHS: &str = include_str!("../../data/iban_lengths.txt");

/// The check digits must be right. A country with its own length is [`Verdict::Valid`]; a country of which no length is
/// known is [`Verdict::Likely`] with 15 to 34 characters.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    let form =
        (15..=34).contains(&value.len()) && value[..2].iter().all(u8::is_ascii_uppercase) && digits::all(&value[2..4]);
    if !form {
        return Verdict::Invalid;
    }
    // 00, 01 and 99 leave the same rest as 97, 98 and 02, and are never given out.
    let given_out = !matches!(&value[2..4], b"00" | b"01" | b"99");
    let rearranged = value[4..].iter().chain(&value[..4]).copied();
    if !given_out || iso7064::mod_97(rearranged) != Some(1) {
        return Verdict::Invalid;
    }
    match length_of(&value[..2]) {
        Some(length) if length == value.len() => Verdict::Valid,
        Some(_) => Verdict::Invalid,
        None => Verdict::Likely,
    }
}

/// The two check digits for a country and what follows them (the BBAN). `None` if either is badly spelt.
#[must_use]
pub fn check_digits(country: &[u8; 2], account: &[u8]) -> Option<[u8; 2]> {
    if !country.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    let body: Vec<u8> = account.iter().chain(country).copied().collect();
    iso7064::mod_97_10(&body)
}

/// The length of the whole number in this country. The file has 17 lines and is read only when the check digits are
/// right, one string in 97.
fn length_of(country: &[u8]) -> Option<usize> {
    let line = LENGTHS.lines().find(|line| line.split(' ').skip(1).any(|known| known.as_bytes() == country))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn countries_have_their_lengths() {
        let table: &[(&[u8], Verdict)] = &[
            (b"GB29NWBK60161331926819", Verdict::Valid),
            (b"DE89370400440532013000", Verdict::Valid),
            (b"NO9386011117947", Verdict::Valid),
            (b"GB29NWBK60161331926818", Verdict::Invalid),
            (b"GB29", Verdict::Invalid),
            (b"", Verdict::Invalid),
            (b"GB29NWBK6016133192681\xff", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
        for (country, account, verdict) in [
            (b"GB", "NWBK6016133192681", Verdict::Invalid), // one short
            (b"CN", "NWBK60161331926819", Verdict::Likely),
        ] {
            let check_digits = check_digits(country, account.as_bytes()).unwrap();
            let value = [country.as_slice(), &check_digits, account.as_bytes()].concat();
            assert_eq!(check(&value), verdict, "{}", value.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_character_and_swapped_neighbours_are_found(
            account in "[0-9]{18}", at in 4usize..21, other in b'0'..=b'9', swap: bool,
        ) {
            let digits = check_digits(b"DE", account.as_bytes()).unwrap();
            let valid = [b"DE".as_slice(), &digits, account.as_bytes()].concat();
            prop_assert_eq!(check(&valid), Verdict::Valid);
            let mut value = valid.clone();
            if swap { value.swap(at, at + 1) } else { value[at] = other }
            prop_assert_eq!(check(&value) == Verdict::Valid, value == valid);
        }
    }
}
