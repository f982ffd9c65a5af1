//! Lengths of time as laws and contracts say them: so many days, months or years.

use super::Date;
use std::fmt;

/// A length of time by the calendar, at least a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    count: u16,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Days,
    Months,
    Years,
}

impl Period {
    /// So many days. `None` for none.
    #[must_use]
    pub const fn days(count: u16) -> Option<Self> {
        Self::of(count, Unit::Days)
    }

    /// So many months. `None` for none.
    #[must_use]
    pub const fn months(count: u16) -> Option<Self> {
        Self::of(count, Unit::Months)
    }

    /// So many years. `None` for none.
    #[must_use]
    pub const fn years(count: u16) -> Option<Self> {
        Self::of(count, Unit::Years)
    }

    const fn of(count: u16, unit: Unit) -> Option<Self> {
        if count == 0 { None } else { Some(Self { count, unit }) }
    }

    /// Reads `5 years`, `6 months`, `1 day`, and what ISO 8601 has for these: `P5Y`, `P6M`, `P1D`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let iso = text.strip_prefix('P');
        let (digits, unit) = match iso {
            Some(rest) => rest.split_at_checked(rest.len().checked_sub(1)?)?,
            None => text.split_once(' ')?,
        };
        let unit = match (unit, iso.is_some()) {
            ("D", true) | ("day" | "days", false) => Unit::Days,
            ("M", true) | ("month" | "months", false) => Unit::Months,
            ("Y", true) | ("year" | "years", false) => Unit::Years,
            _ => return None,
        };
        digits
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()
            .and_then(|n| Self::of(n, unit))
    }

    /// As ISO 8601 writes it, and with it ISO/IEC TS 27560.
    #[must_use]
    pub fn iso(self) -> String {
        let unit = match self.unit {
            Unit::Days => 'D',
            Unit::Months => 'M',
            Unit::Years => 'Y',
        };
        format!("P{}{unit}", self.count)
    }

    /// The last day of it, if it begins on `first`: the same day of a later month or year, or the last day of a shorter month.
    /// The year 9999 at most.
    #[must_use]
    pub fn from(self, first: Date) -> Date {
        let end = match self.unit {
            Unit::Days => first.plus_days(i64::from(self.count)),
            Unit::Months => first.plus_months(u32::from(self.count)),
            Unit::Years => first.plus_months(u32::from(self.count) * 12),
        };
        end.unwrap_or(Date::LAST)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "day",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_are_read() {
        for (text, iso) in [("5 years", "P5Y"), ("6 months", "P6M"), ("1 day", "P1D"), ("180 days", "P180D")] {
            let period = Period::parse(text).expect("a period");
            assert_eq!((period.to_string().as_str(), period.iso().as_str()), (text, iso));
            assert_eq!(Period::parse(iso), Some(period));
        }
        for text in [
            "",
            "P",
            "PY",
            "5",
            "years",
            "0 days",
            "P0D",
            "5  years",
            "-5 years",
            "+5 years",
            "5 weeks",
            "P5W",
            "70000 days",
            "P５Y",
            "五年",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ends_by_the_calendar() {
        for (first, period, last) in [
            ("2026-11-27", "5 years", "2031-11-27"),
            ("2028-02-29", "1 year", "2029-02-28"),
            ("2026-08-31", "6 months", "2027-02-28"),
            ("2026-11-27", "14 months", "2028-01-27"),
            ("2026-12-31", "1 day", "2027-01-01"),
            ("9990-01-01", "20 years", "9999-12-31"),
        ] {
            let end = Period::parse(period).expect("a period").from(Date::parse(first).expect("a day"));
            assert_eq!(end.to_string(), last, "{period} from {first}");
        }
    }
}
