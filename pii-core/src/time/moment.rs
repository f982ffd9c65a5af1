//! Points in time.

use super::Date;
use std::fmt;

const DAY_MILLIS: u64 = 86_400_000;

/// 10000-01-01: the first that cannot be written with four digits of year.
const END_MILLIS: u64 = 2_932_897 * DAY_MILLIS;

/// A point in time, to the millisecond, from 1970 to 9999, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    unix_millis: u64,
}

impl Moment {
    /// So many seconds after the beginning of 1970. `None` after the year 9999.
    #[must_use]
    pub const fn from_unix_seconds(seconds: u64) -> Option<Self> {
        match seconds.checked_mul(1000) {
            Some(millis) => Self::from_unix_millis(millis),
            None => None,
        }
    }

    /// So many milliseconds after the beginning of 1970. `None` after the year 9999.
    #[must_use]
    pub const fn from_unix_millis(unix_millis: u64) -> Option<Self> {
        if unix_millis < END_MILLIS { Some(Self { unix_millis }) } else { None }
    }

    /// Seconds since the beginning of 1970, the started one not counted.
    #[must_use]
    pub const fn unix_seconds(self) -> u64 {
        self.unix_millis / 1000
    }

    /// Milliseconds since the beginning of 1970.
    #[must_use]
    pub const fn unix_millis(self) -> u64 {
        self.unix_millis
    }

    /// The day in China, where the law's days are counted: UTC+8, without summer time since 1992.
    #[must_use]
    pub fn day_in_china(self) -> Date {
        day(self.unix_millis + 8 * 3_600_000)
    }

    /// The day in UTC: how a moment is written, and nothing that a rule, a right or the law counts.
    fn day_in_utc(self) -> Date {
        day(self.unix_millis)
    }

    /// The beginning of a day in UTC. `None` before 1970.
    #[must_use]
    pub fn beginning_of(day: Date) -> Option<Self> {
        Self::from_unix_millis(u64::try_from(day.unix_days()).ok()?.checked_mul(DAY_MILLIS)?)
    }

    /// So many milliseconds on. `None` after the year 9999.
    #[must_use]
    pub const fn plus_millis(self, millis: u64) -> Option<Self> {
        match self.unix_millis.checked_add(millis) {
            Some(millis) => Self::from_unix_millis(millis),
            None => None,
        }
    }

    /// How many milliseconds it is after `earlier`; 0 where it is before.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> u64 {
        self.unix_millis.saturating_sub(earlier.unix_millis)
    }

    /// Reads what [`fmt::Display`] writes, and what RFC 3339 allows besides: other parts of a second (what is finer than a
    /// millisecond is left out), another zone (`+08:00`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = (text.get(..10)?, text.get(10..)?.strip_prefix(['T', 't', ' '])?);
        let (time, rest) = (rest.get(..8)?, rest.get(8..)?);
        let number = |from: usize| {
            let digits = time.get(from..from + 2)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
        };
        let (hour, minute, second) = (number(0)?, number(3)?, number(6)?);
        let colons = time.as_bytes()[2] == b':' && time.as_bytes()[5] == b':';
        if !colons || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (millis, zone) = fraction(rest)?;
        let seconds = Date::parse(date)?.unix_days() * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
        Self::from_unix_millis(u64::try_from(seconds).ok()?.checked_mul(1000)?.checked_add(millis)?)
    }
}

fn day(millis: u64) -> Date {
    let days = i64::try_from(millis / DAY_MILLIS).unwrap_or(i64::MAX);
    // Only the last eight hours of 9999 are a day later in China.
    Date::from_unix_days(days).unwrap_or(Date::LAST)
}

/// Reads `.25` in front of a zone: milliseconds, and the zone.
fn fraction(text: &str) -> Option<(u64, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let digits = rest[..length].bytes().chain(*b"000").take(3);
    let millis = digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    (1..=9).contains(&length).then_some((millis, &rest[length..]))
}

/// Reads a zone: how many seconds it is before UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let number = |digits: &str, most: i64| {
        let fits = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|number| fits && *number <= most)
    };
    Some(sign * (number(hours, 23)? * 3600 + number(minutes, 59)? * 60))
}

/// As RFC 3339 writes it: `2026-11-27T08:15:30.250Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.unix_millis % DAY_MILLIS;
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", self.day_in_utc())
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_rfc_3339_writes_it() {
        for (text, millis) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2026-11-27T08:15:30.250Z", 1_795_767_330_250),
            ("9999-12-31T23:59:59.999Z", END_MILLIS - 1),
        ] {
            let moment = Moment::from_unix_millis(millis).expect("in range");
            assert_eq!((moment.to_string().as_str(), Moment::parse(text)), (text, Some(moment)));
        }
        assert_eq!(Moment::from_unix_millis(END_MILLIS), None);
        assert_eq!(Moment::from_unix_seconds(u64::MAX), None);
    }

    #[test]
    fn other_zones_and_parts_of_a_second() {
        let same = Moment::parse("2026-11-27T08:15:30.250Z");
        assert!(same.is_some());
        for text in ["2026-11-27T16:15:30.25+08:00", "2026-11-27 08:15:30.2509z", "2026-11-26T22:45:30.250-09:30"] {
            assert_eq!(Moment::parse(text), same, "{text}");
        }
        for text in [
            "2026-11-27T08:15:30",
            "2026-11-27T08:15:60Z",
            "2026-11-27T24:00:00Z",
            "2026-11-27T08:15:30.Z",
            "2026-11-27T08:15:30+8:00",
            "2026-11-27T08:15:30+08:60",
            "2026-11-27T+8:15:30Z",
            "1969-12-31T23:59:59Z",
            "2026-11-27T08:15:30Z ",
            "２０２６-11-27T08:15:30Z",
            "",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_in_china_begin_eight_hours_earlier() {
        let evening = Moment::parse("2026-11-27T16:00:00Z").expect("a moment");
        assert_eq!(
            (evening.day_in_utc(), evening.day_in_china()),
            (Date::new(2026, 11, 27).expect("a day"), Date::new(2026, 11, 28).expect("a day"))
        );
        let last = Moment::parse("9999-12-31T23:00:00Z").expect("a moment");
        assert_eq!(last.day_in_china(), Date::LAST);
        assert_eq!(
            Moment::beginning_of(evening.day_in_utc()).map(|from| evening.millis_since(from)),
            Some(16 * 3_600_000)
        );
    }
}
