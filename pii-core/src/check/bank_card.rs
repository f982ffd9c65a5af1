//! Bank card numbers (ISO/IEC 7812-1): the issuer's prefix (BIN), the length that goes with it, and Luhn.

use super::verdict::Verdict;
use super::{digits, foreign_permanent_resident, luhn, residence_permit, resident_id, uscc};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

const DATA: &str = include_str!("../../data/bank_identification_numbers.txt");

/// Lengths of card numbers. 20 counts only where the list of BINs says so.
pub(crate) const LENGTHS: RangeInclusive<usize> = 15..=20;

/// Prefixes shorter than this are too short to be more than a hint: `888` begins one order number in a thousand.
const TELLING_PREFIX_DIGITS: u32 = 4;

/// Luhn must pass. Then a known BIN with its length is [`Verdict::Valid`]; a known BIN with another length, and a number
/// in a range that cards have (62, 9 and the international schemes' own), are [`Verdict::Likely`].
///
/// A number that may be an identity document is no card: of the valid 18-digit resident IDs, one in ten passes Luhn.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    if !LENGTHS.contains(&value.len()) || !luhn::passes(value) || is_resident(value) {
        return Verdict::Invalid;
    }
    match known_prefix_digits(value) {
        Some(TELLING_PREFIX_DIGITS..) if value.len() != 15 || resident_id::check(value) == Verdict::Invalid => {
            Verdict::Valid
        }
        Some(_) => Verdict::Likely,
        None if has_card_form(value) && !is_another_document(value) => Verdict::Likely,
        None => Verdict::Invalid,
    }
}

/// The check digit for all digits but the last.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    luhn::check_char(body)
}

/// The known BINs of six digits or more, cut to six, of cards with this many digits: in ascending order, each once.
pub(crate) fn six_digit_prefixes(lengths: RangeInclusive<usize>) -> Vec<u32> {
    let of_these = entries().filter(|(length, _)| lengths.contains(&usize::from(*length)));
    let mut six: Vec<u32> = of_these.filter_map(|(_, prefix)| digits::number(prefix.as_bytes().get(..6)?)).collect();
    six.sort_unstable();
    six.dedup();
    six
}

/// A mistyped resident ID stays one.
fn is_resident(value: &[u8]) -> bool {
    value.len() == 18
        && (resident_id::check(value) >= Verdict::NearMiss || residence_permit::check(value) >= Verdict::NearMiss)
}

/// Two kinds that begin with 9 and can be nothing but digits. Only a known BIN speaks louder than they do.
fn is_another_document(value: &[u8]) -> bool {
    value.starts_with(b"9")
        && (foreign_permanent_resident::check(value) == Verdict::Valid || uscc::check(value) == Verdict::Valid)
}

/// The ranges of ISO/IEC 7812 issuers: UnionPay and old domestic cards, Visa, Mastercard, JCB, American Express.
fn is_in_a_card_range(value: &[u8]) -> bool {
    let four = value.get(..4).and_then(digits::number);
    match (value.len(), four) {
        (16..=19, Some(6200..=6299 | 9000..=9999)) => true,
        (16, Some(2221..=2720 | 3528..=3589 | 4000..=5599)) => !matches!(four, Some(5000..=5099)),
        (15, Some(3400..=3499 | 3700..=3799)) => resident_id::check(value) == Verdict::Invalid,
        _ => false,
    }
}

/// Six digits that the list has with another length also count: issuers change lengths, and the list is old.
fn has_card_form(value: &[u8]) -> bool {
    let known_issuer = || (15..=20).any(|length| is_listed(length, &value[..6]));
    is_in_a_card_range(value) || (16..=19).contains(&value.len()) && known_issuer()
}

/// How many digits the longest BIN has that the number begins with, among those of its length.
fn known_prefix_digits(value: &[u8]) -> Option<u32> {
    let length = u8::try_from(value.len()).ok()?;
    let digits = (3..=10).rev().find(|&digits| is_listed(length, &value[..digits]))?;
    u32::try_from(digits).ok()
}

fn is_listed(length: u8, prefix: &[u8]) -> bool {
    static PREFIXES: LazyLock<Vec<(u8, u8, u64)>> = LazyLock::new(|| {
        let mut prefixes: Vec<_> = entries().filter_map(|(length, prefix)| key(length, prefix.as_bytes())).collect();
        prefixes.sort_unstable();
        prefixes
    });
    key(length, prefix).is_some_and(|key| PREFIXES.binary_search(&key).is_ok())
}

/// What the list is sorted by: the number's length, the prefix's length, the prefix.
fn key(length: u8, prefix: &[u8]) -> Option<(u8, u8, u64)> {
    let number = prefix.iter().try_fold(0, |sum, &byte| Some(sum * 10 + u64::from(digits::digit(byte)?)))?;
    Some((length, u8::try_from(prefix.len()).ok()?, number))
}

/// The data file's entries: the length of the number, and its prefix.
fn entries() -> impl Iterator<Item = (u8, &'static str)> {
    DATA.lines().filter(|line| !line.starts_with('#')).flat_map(|line| {
        let mut words = line.split(' ');
        let length = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        words.map(move |prefix| (length, prefix))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn card(body: &str) -> Vec<u8> {
        let mut value = body.as_bytes().to_vec();
        value.push(check_char(&value).expect("digits"));
        value
    }

    #[test]
    fn the_list_is_whole() {
        assert!(entries().all(|(length, prefix)| {
            LENGTHS.contains(&usize::from(length)) && (3..=10).contains(&prefix.len()) && digits::all(prefix.as_bytes())
        }));
        let mut distinct: Vec<_> = entries().map(|(_, prefix)| prefix).collect();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 1767);
        let six = |lengths| six_digit_prefixes(lengths).len();
        assert_eq!((six(LENGTHS), six(16..=16), six(19..=19)), (1708, 1090, 329));
    }

    #[test]
    fn bin_length_and_luhn_count() {
        let table: &[(&[u8], Verdict)] = &[
            (b"6228480000000000216", Verdict::Valid),
            (b"6217000000000000020", Verdict::Valid),
            (b"9558800000000000018", Verdict::Valid),
            (b"3568270000000007", Verdict::Valid),
            (b"6250947000000014", Verdict::Likely),
            (b"6200000000000005", Verdict::Likely),
            (b"6228480000000000217", Verdict::Invalid),
            (b"6228480000000000", Verdict::Invalid),
            (b"4111111111111111", Verdict::Likely),
            (b"2221000000000009", Verdict::Likely),
            (b"378282246310005", Verdict::Likely),
            (b"5000000000000009", Verdict::Invalid),
            (b"7992739871300003", Verdict::Invalid),
            (b"", Verdict::Invalid),
            (b"622848000000000021X", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_bin_counts_with_its_own_length() {
        let table = [
            ("622848000000000021", Verdict::Valid),    // 19 digits, as the list says
            ("43674200000000002", Verdict::Likely),    // 16 and 19 are listed, 18 is not
            ("43000000000000002", Verdict::Invalid),   // 18, and no issuer
            ("62284800000000002", Verdict::Likely),    // 18
            ("6858000000000000021", Verdict::Valid),   // one of three BINs with 20 digits
            ("6228480000000000021", Verdict::Invalid), // 20
            ("888000000000002", Verdict::Likely),      // a BIN of three digits
        ];
        for (body, verdict) in table {
            assert_eq!(check(&card(body)), verdict, "{body}");
        }
    }

    #[test]
    fn a_resident_id_is_no_card_even_when_it_is_mistyped() {
        // 622102 is both a region in Gansu and the beginning of cards.
        let id = (0..1000)
            .map(|n| format!("62210218870228{n:03}"))
            .flat_map(|body| (0..10).map(move |last| format!("{body}{last}").into_bytes()))
            .filter(|value| luhn::passes(value));
        let mut seen = [false; 2];
        for value in id {
            seen[usize::from(resident_id::check(&value) == Verdict::Valid)] = true;
            assert_eq!(check(&value), Verdict::Invalid, "{}", value.escape_ascii());
        }
        assert_eq!(seen, [true, true], "both right and mistyped ones were tried");
    }

    #[test]
    fn a_card_is_not_taken_for_an_organisation() {
        // 62 is a category of credit codes too, and one string in 31 has their check character.
        let cards = (0..2000).map(|n| card(&format!("62220288{n:09}")));
        let both: Vec<_> = cards.filter(|value| uscc::check(value) > Verdict::Invalid).collect();
        assert!(!both.is_empty());
        for value in both {
            let verdicts = (check(&value), uscc::check(&value));
            assert_eq!(verdicts, (Verdict::Likely, Verdict::Likely), "{}", value.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(body in "622848[0-9]{12}", at in 0usize..19, other in b'0'..=b'9') {
            let mut value = card(&body);
            prop_assert_eq!(check(&value), Verdict::Valid);
            let was = std::mem::replace(&mut value[at], other);
            prop_assert_eq!(check(&value) == Verdict::Invalid, was != other);
        }
    }
}
