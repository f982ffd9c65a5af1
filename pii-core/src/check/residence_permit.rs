//! Residence permits for residents of Hong Kong (810000), Macao (820000) and Taiwan (830000): built like a resident
//! identity number (State Council, 2018-09-01).
//!
//! The check character can be `X`, although some published validators say that it cannot.

use super::calendar;
use super::resident_id;
use super::verdict::Verdict;

/// 18 characters with one of the three regions and a real date: [`Verdict::Valid`] with the right check character, and
/// [`Verdict::NearMiss`] with a wrong one. The check character is [`resident_id::check_char`].
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    let region = matches!(value.get(..6), Some(b"810000" | b"820000" | b"830000"));
    if region && value.len() == 18 && calendar::is_full_date(&value[6..14]) {
        resident_id::last_character(value)
    } else {
        Verdict::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_regions_a_date_and_a_check_character() {
        let table: &[(&[u8], Verdict)] = &[
            (b"810000190001010018", Verdict::Valid),
            (b"820000190002020025", Verdict::Valid),
            (b"830000190003030032", Verdict::Valid),
            (b"820000190002020021", Verdict::NearMiss),
            (b"840000190001010010", Verdict::Invalid),
            (b"810000190013010018", Verdict::Invalid),
            (b"81000019000101001Z", Verdict::Invalid),
            (b"81000019000101001", Verdict::Invalid),
            (b"8100", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn x_occurs() {
        let x = (0..1000)
            .map(|n| format!("83000018900101{n:03}"))
            .find(|body| resident_id::check_char(body.as_bytes()) == Some(b'X'));
        let value = format!("{}X", x.expect("one body in eleven"));
        assert_eq!(check(value.as_bytes()), Verdict::Valid);
    }
}
