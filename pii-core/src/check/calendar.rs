//! Dates as they stand in identifiers: real days of the Gregorian calendar from 1800 to 2099.
//!
//! The years reach back to 1800 because centenarians had numbers in the 1980s, and because test data are given birth
//! years before 1900 on purpose. No clock is asked, so a date in the future is as good as any.

use super::digits;
use super::verdict::Verdict;

/// Eight digits (`YYYYMMDD`) or six (`YYMMDD`). Chance passes the eight once in about 900 tries and the six once in 27.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.len() {
        8 if is_full_date(value) => Verdict::Valid,
        6 if is_short_date(value) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// Whether the bytes are `YYYYMMDD` and a real day from 1800 to 2099.
#[must_use]
pub fn is_full_date(value: &[u8]) -> bool {
    value.len() == 8
        && digits::number(value).is_some_and(|n| {
            let year = n / 10_000;
            (1800..=2099).contains(&year) && is_day(year, n / 100 % 100, n % 100)
        })
}

/// Whether the bytes are `YYMMDD` and a real day in 18YY, 19YY or 20YY.
///
/// 29 February counts in a year that is a leap year in any of the three centuries, so it counts in 00 (2000).
#[must_use]
pub fn is_short_date(value: &[u8]) -> bool {
    value.len() == 6 && digits::number(value).is_some_and(|n| is_day(2000 + n / 10_000, n / 100 % 100, n % 100))
}

/// Whether the day exists in the Gregorian calendar.
#[must_use]
pub fn is_day(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Whether the year has a 29 February.
#[must_use]
pub fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_pass() {
        let table: &[(&[u8], Verdict)] = &[
            (b"18870228", Verdict::Valid),
            (b"18880229", Verdict::Valid),
            (b"20000229", Verdict::Valid),
            (b"20991231", Verdict::Valid),
            (b"18001231", Verdict::Valid),
            (b"19000229", Verdict::Invalid),
            (b"18870229", Verdict::Invalid),
            (b"18870231", Verdict::Invalid),
            (b"18870431", Verdict::Invalid),
            (b"18871301", Verdict::Invalid),
            (b"18870001", Verdict::Invalid),
            (b"18870100", Verdict::Invalid),
            (b"17991231", Verdict::Invalid),
            (b"21000101", Verdict::Invalid),
            (b"870228", Verdict::Likely),
            (b"000229", Verdict::Likely),
            (b"870229", Verdict::Invalid),
            (b"871332", Verdict::Invalid),
            (b"1887022", Verdict::Invalid),
            (b"1887022A", Verdict::Invalid),
            (b"", Verdict::Invalid),
        ];
        for (value, verdict) in table {
            assert_eq!(check(value), *verdict, "{}", value.escape_ascii());
        }
    }

    #[test]
    fn a_year_has_as_many_days_as_it_should() {
        for (year, days) in [(1887, 365), (1888, 366), (1900, 365), (2000, 366)] {
            let counted = (0..=13).flat_map(|m| (0..=32).map(move |d| (m, d))).filter(|&(m, d)| is_day(year, m, d));
            assert_eq!(counted.count(), days, "{year}");
        }
    }
}
