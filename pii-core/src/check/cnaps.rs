//! Bank branch codes of the CNAPS payment system: three digits of bank, four of city, four of branch, and the check
//! digit of ISO 7064 MOD 11,10. They are no personal data; the check tells them from accounts behind 行号 or 联行号.

use super::iso7064;
use super::verdict::Verdict;

/// Twelve digits, no nought first, the right check digit last. One string in ten passes by chance, so without a label
/// it proves nothing: [`Verdict::Likely`] at most.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.split_last() {
        Some((last, body)) if body.first() != Some(&b'0') && check_char(body) == Some(*last) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// The check digit for the first eleven digits. `None` for anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.len() == 11 { iso7064::mod_11_10(body) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_codes() {
        for valid in [&b"102100000005"[..], b"308584000013", b"105290000002"] {
            assert_eq!(check(valid), Verdict::Likely, "{}", valid.escape_ascii());
        }
        let zero = [b"01234567890".as_slice(), &[check_char(b"01234567890").unwrap()]].concat();
        for invalid in [&b"102100000006"[..], b"10210000005", b"1021000000050", b"10210000000X", b"", &zero] {
            assert_eq!(check(invalid), Verdict::Invalid, "{}", invalid.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(body in "[1-9][0-9]{10}", at in 0usize..12, other in b'1'..=b'9') {
            let mut value = body.into_bytes();
            value.push(check_char(&value).unwrap());
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(check(&value) == Verdict::Likely, was == other);
        }
    }
}
