//! Legal entity identifiers (ISO 17442-1): 18 characters and two check digits (ISO 7064 MOD 97-10).

use super::verdict::Verdict;
use super::{digits, iso7064};

/// 20 characters with the right check digits. A number without any letter is [`Verdict::Likely`] only, because 20 digits
/// with a rest of 1 are one order number in 97.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    let form = value.len() == 20 && digits::all(&value[18..]);
    if !form || iso7064::mod_97(value.iter().copied()) != Some(1) {
        Verdict::Invalid
    } else if digits::all(value) {
        Verdict::Likely
    } else {
        Verdict::Valid
    }
}

/// The two check digits for the first 18 characters. `None` for anything else.
#[must_use]
pub fn check_digits(body: &[u8]) -> Option<[u8; 2]> {
    if body.len() == 18 { iso7064::mod_97_10(body) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_codes() {
        let table: &[(&[u8], Verdict)] = &[
            // The letters stand where the check digits should.
            (b"3003000000000000AB40", Verdict::Valid),
            (b"254900OPPU84GM83MG36", Verdict::Valid),
            (b"300300000000000000AB", Verdict::Invalid),
            (b"254900OPPU84GM83MG37", Verdict::Invalid),
            (b"254900OPPU84GM83MG3", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
        let digits = [b"300300000000000000".as_slice(), &check_digits(b"300300000000000000").unwrap()].concat();
        assert_eq!(check(&digits), Verdict::Likely);
    }

    proptest! {
        #[test]
        fn one_wrong_character_is_found(body in "[0-9]{4}00[0-9A-Z]{12}", at in 0usize..20, other in b'0'..=b'9') {
            let mut value = body.into_bytes();
            value.extend(check_digits(&value).unwrap());
            let was = std::mem::replace(&mut value[at], other);
            // A digit in a letter's place shifts the digits behind it, which MOD 97-10 does not promise to see.
            prop_assume!(was.is_ascii_digit());
            prop_assert_eq!(check(&value) == Verdict::Invalid, was != other);
        }
    }
}
