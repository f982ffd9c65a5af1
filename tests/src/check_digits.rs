//! Check characters, worked out from the standards a second time.
//!
//! The engine has checks of its own. These share no line with them: they construct the check character where the
//! engine verifies it, so that a misreading of a standard shows as a difference.

/// ISO 7064 MOD 11-2 over `body` (GB 11643-1999, the 18-character resident ID), by Horner's scheme: the remainder
/// doubles with every digit, and the check character brings the whole to 1 modulo 11.
#[must_use]
pub fn mod_11_2(body: &str) -> char {
    let remainder = digits(body).fold(0, |sum, digit| (sum + digit) * 2 % 11);
    match (12 - remainder) % 11 {
        10 => 'X',
        small => digit_char(small),
    }
}

/// The Luhn digit (ISO/IEC 7812-1, Annex B) that belongs after `body`: of bank cards, IMEI.
#[must_use]
pub fn luhn(body: &str) -> char {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let backwards: Vec<u32> = digits(body).collect::<Vec<_>>().into_iter().rev().collect();
    let sum: u32 = backwards.chunks(2).map(|pair| DOUBLED[pair[0] as usize] + pair.get(1).unwrap_or(&0)).sum();
    digit_char((10 - sum % 10) % 10)
}

/// True when the last digit of `number` is its Luhn digit.
#[must_use]
pub fn is_luhn(number: &str) -> bool {
    let all_digits = number.len() > 1 && number.bytes().all(|b| b.is_ascii_digit());
    all_digits && number.ends_with(luhn(&number[..number.len() - 1]))
}

/// The alphabet of GB 32100-2015: no I, O, S, V or Z.
pub const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The last character of a unified social credit code (GB 32100-2015): powers of 3 modulo 31.
#[must_use]
pub fn uscc(body: &str) -> char {
    let value = |c: char| USCC_ALPHABET.find(c).expect("a body is spelt in the alphabet of GB 32100");
    let mut weight = 1;
    let mut sum = 0;
    for c in body.chars() {
        sum += value(c) * weight;
        weight = weight * 3 % 31;
    }
    let check = (31 - sum % 31) % 31;
    char::from(USCC_ALPHABET.as_bytes()[check])
}

/// The last character of an organisation code (GB 11714-1997).
#[must_use]
pub fn organisation_code(body: &str) -> char {
    let sum: u32 = body.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, weight)| letter_value(c) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        small => digit_char(small),
    }
}

/// The last digit of the 2017 foreign permanent residence card: ICAO Doc 9303's weights 7, 3, 1.
#[must_use]
pub fn icao_731(body: &str) -> char {
    let sum: u32 = body.chars().zip([7, 3, 1].into_iter().cycle()).map(|(c, weight)| letter_value(c) * weight).sum();
    digit_char(sum % 10)
}

/// The bracketed check character of a Hong Kong identity card: modulo 11, a single letter counts as "blank + letter".
#[must_use]
pub fn hkid(body: &str) -> char {
    let letters = body.chars().take_while(char::is_ascii_uppercase).count();
    let blank = if letters == 1 { 36 * 9 } else { 0 };
    let first_weight = if letters == 1 { 8 } else { 9 };
    let sum: u32 = body.chars().zip((2..=first_weight).rev()).map(|(c, weight)| letter_value(c) * weight).sum();
    match (11 - (sum + blank) % 11) % 11 {
        10 => 'A',
        small => digit_char(small),
    }
}

/// The last digit of a Taiwan identity number: the letter stands for two digits, weights 1, 9, 8 … 1.
#[must_use]
pub fn taiwan(body: &str) -> char {
    // The letters in the order of their numbers 10 to 35, as the household registration rules list them.
    const ORDER: &str = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let letter = body.chars().next().and_then(|c| ORDER.find(c)).expect("a Taiwan number begins with a letter");
    let (tens, units) = (letter as u32 / 10 + 1, letter as u32 % 10);
    let rest: u32 = digits(&body[1..]).zip((1..=8).rev()).map(|(digit, weight)| digit * weight).sum();
    digit_char((10 - (tens + units * 9 + rest) % 10) % 10)
}

/// The two check digits of an IBAN (ISO 13616, ISO 7064 MOD 97-10).
#[must_use]
pub fn iban(country: &str, account: &str) -> String {
    let mut remainder = 0;
    for c in account.chars().chain(country.chars()).chain("00".chars()) {
        let value = letter_value(c);
        remainder = (remainder * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    format!("{:02}", 98 - remainder)
}

/// The ninth character of a VIN (GB 16735-2019), from all seventeen with any character at its place.
#[must_use]
pub fn vin(number: &str) -> char {
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = number.chars().zip(weights).map(|(c, weight)| vin_value(c) * weight).sum();
    match sum % 11 {
        10 => 'X',
        small => digit_char(small),
    }
}

/// The last digit of a CNAPS bank number: ISO 7064 MOD 11,10 (a hybrid system, not MOD 11-10).
#[must_use]
pub fn cnaps(body: &str) -> char {
    let product = digits(body).fold(10, |product, digit| match (product + digit) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    digit_char((11 - product) % 10)
}

fn vin_value(c: char) -> u32 {
    match c {
        '0'..='9' => c as u32 - '0' as u32,
        'A'..='H' => c as u32 - 'A' as u32 + 1,
        'J'..='N' => c as u32 - 'J' as u32 + 1,
        'P' => 7,
        'R' => 9,
        'S'..='Z' => c as u32 - 'S' as u32 + 2,
        _ => 0,
    }
}

/// 0 to 9 for digits, 10 to 35 for A to Z.
fn letter_value(c: char) -> u32 {
    c.to_digit(36).expect("check characters are worked out over digits and letters")
}

fn digits(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.chars().map(|c| c.to_digit(10).expect("a body of decimal digits"))
}

fn digit_char(value: u32) -> char {
    char::from_digit(value, 10).expect("a value below ten")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body and the character that the standard's example or a published number has after it.
    type Row = (fn(&str) -> char, &'static [&'static str]);

    #[test]
    fn published_numbers_end_in_their_check_character() {
        let rows: &[Row] = &[
            (mod_11_2, &["11010519491231002X", "440524188001010014", "110105188702280028", "440305189208153172"]),
            (mod_11_2, &["810000190001010018", "820000190002020025", "911840190001010017", "931826190112310123"]),
            (luhn, &["6228480000000000216", "6217000000000000020", "6250947000000014", "860000000000009"]),
            (uscc, &["91310000MA1FL0007C", "91440300000000000E", "1211000040000000XT", "91350100M000100Y43"]),
            (organisation_code, &["000000000", "MA1FL0007", "D2143569X"]),
            (icao_731, &["USA310100010118", "GBR110001020326"]),
            (hkid, &["A0000003", "AB0000017"]),
            (taiwan, &["A100000001", "A123456789"]),
            (cnaps, &["102100000005", "308584000013", "105290000002"]),
        ];
        for (check, numbers) in rows {
            for number in *numbers {
                let (body, last) = number.split_at(number.len() - 1);
                assert_eq!(check(body).to_string(), last, "{number}");
            }
        }
    }

    #[test]
    fn a_vin_has_its_check_in_the_ninth_place() {
        for number in ["LSVAA0009A0000000", "1M8GDM9AXKP042788"] {
            assert_eq!(Some(vin(number)), number.chars().nth(8), "{number}");
        }
    }

    #[test]
    fn an_iban_has_two_check_digits() {
        assert_eq!(iban("GB", "NWBK60161331926819"), "29");
        assert_eq!(iban("DE", "370400440532013000"), "89");
    }

    #[test]
    fn a_changed_digit_is_no_longer_luhn() {
        assert!(is_luhn("6228480000000000216"));
        assert!(!is_luhn("6228480000000000217"));
        assert!(!is_luhn("62284800000000002l6"));
    }
}
