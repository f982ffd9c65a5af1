//! International mobile equipment identities (3GPP TS 23.003, 6.2.1): 15 digits, Luhn.

use super::verdict::Verdict;
use super::{luhn, resident_id};

/// The first two digits: the body that gave the type allocation code (GSMA TS.06, current and historical).
const REPORTING_BODIES: [&[u8; 2]; 17] = [
    b"01", b"10", b"30", b"33", b"35", b"44", b"45", b"49", b"50", b"51", b"52", b"53", b"54", b"86", b"91", b"98",
    b"99",
];

/// Luhn and a known reporting body are [`Verdict::Valid`]; Luhn alone is [`Verdict::Likely`].
///
/// A number that is also an old resident ID (a real region and a real date) is likely at most: that one matters more.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    if value.len() != 15 || !luhn::passes(value) {
        return Verdict::Invalid;
    }
    let known = REPORTING_BODIES.iter().any(|body| value.starts_with(*body));
    if known && resident_id::check(value) == Verdict::Invalid { Verdict::Valid } else { Verdict::Likely }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_and_a_reporting_body() {
        let table: &[(&[u8], Verdict)] = &[
            (b"860000000000009", Verdict::Valid),
            (b"490154203237518", Verdict::Valid),
            (b"490154203237519", Verdict::Invalid),
            (b"000000000000000", Verdict::Likely),
            (b"49015420323751", Verdict::Invalid),
            (b"4901542032375180", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn what_may_be_a_resident_id_is_not_sure() {
        let mut value = b"35010287022899".to_vec();
        value.push(luhn::check_char(&value).unwrap());
        assert_eq!(resident_id::check(&value), Verdict::Likely);
        assert_eq!(check(&value), Verdict::Likely);
    }
}
