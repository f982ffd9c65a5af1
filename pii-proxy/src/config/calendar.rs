//! When there is trading: hours of the day in China, Monday to Friday, but for days on which the exchanges are closed, and on days that
//! count as trading days besides, as when the whole market tests on a Saturday.

use pii_core::policy::Date;
use pii_core::time::Moment;
use std::fmt;

const DAY_MINUTES: u64 = 24 * 60;

/// The exchanges do not trade on Saturdays and Sundays, whatever days are worked for a holiday.
const WEEKEND: [i64; 2] = [5, 6];

/// From a minute of the day to another one, which may be of the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: u64,
    to: u64,
}

/// From a day to a day, both of them in it.
pub type Days = (Date, Date);

/// When there is trading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    hours: Vec<Hours>,
    closed: Vec<Days>,
    open: Vec<Days>,
}

impl Hours {
    /// Reads `09:15-11:30`. What ends no later than it begins ends on the next day: `21:00-02:30`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Some(Self { from: minute(from)?, to: minute(to)? })
    }

    fn length(self) -> u64 {
        if self.to > self.from { self.to - self.from } else { DAY_MINUTES - self.from + self.to }
    }
}

fn minute(text: &str) -> Option<u64> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hour, minute): (u64, u64) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

impl Calendar {
    /// Hours of trading days, days on which there is no trading, and days that are trading days whatever they are.
    #[must_use]
    pub fn new(hours: Vec<Hours>, closed: Vec<Days>, open: Vec<Days>) -> Self {
        Self { hours, closed, open }
    }

    /// The hours that are under way. Those that go over midnight belong to the day on which they begin.
    #[must_use]
    pub fn session(&self, at: Moment) -> Option<Hours> {
        let today = at.day_in_china();
        let minute = (at.unix_seconds() / 60 + 8 * 60) % DAY_MINUTES;
        self.hours.iter().copied().find(|hours| {
            let began = |day: Option<Date>, minute: u64| {
                day.is_some_and(|day| self.is_trading_day(day))
                    && (hours.from..hours.from + hours.length()).contains(&minute)
            };
            began(Some(today), minute) || began(today.plus_days(-1), minute + DAY_MINUTES)
        })
    }

    fn is_trading_day(&self, day: Date) -> bool {
        // 1970-01-01 was a Thursday.
        let of_week = (day.unix_days() + 3).rem_euclid(7);
        let is_in = |days: &[Days]| days.iter().any(|(first, last)| (*first..=*last).contains(&day));
        is_in(&self.open) || (!WEEKEND.contains(&of_week) && !is_in(&self.closed))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        let hours = ["09:15-11:30", "13:00-15:00", "21:00-02:30"].map(|text| Hours::parse(text).expect("hours"));
        let day = |text| Date::parse(text).expect("a day");
        let (closed, open) = ((day("2026-10-01"), day("2026-10-08")), (day("2026-12-05"), day("2026-12-05")));
        Calendar::new(hours.to_vec(), vec![closed], vec![open])
    }

    fn session(at: &str) -> Option<String> {
        calendar().session(Moment::parse(at).expect("a moment")).map(|hours| hours.to_string())
    }

    #[test]
    fn hours_are_those_of_china_on_trading_days() {
        let morning = Some("09:15-11:30".to_owned());
        for (at, expected) in [
            // A Friday.
            ("2026-11-27T09:15:00+08:00", morning.clone()),
            ("2026-11-27T01:15:00Z", morning.clone()),
            ("2026-11-27T11:29:59+08:00", morning),
            ("2026-11-27T09:14:59+08:00", None),
            ("2026-11-27T11:30:00+08:00", None),
            ("2026-11-27T14:59:59+08:00", Some("13:00-15:00".to_owned())),
            ("2026-11-28T10:00:00+08:00", None),
            ("2026-11-29T10:00:00+08:00", None),
            ("2026-12-05T10:00:00+08:00", Some("09:15-11:30".to_owned())),
            ("2026-10-08T10:00:00+08:00", None),
            ("2026-10-09T10:00:00+08:00", Some("09:15-11:30".to_owned())),
            // The night of Friday ends on Saturday; that of Sunday is none.
            ("2026-11-28T02:29:00+08:00", Some("21:00-02:30".to_owned())),
            ("2026-11-28T02:30:00+08:00", None),
            ("2026-11-30T01:00:00+08:00", None),
        ] {
            assert_eq!(session(at), expected, "{at}");
        }
    }

    #[test]
    fn what_is_no_hour_is_refused() {
        for text in ["", "9:15-11:30", "09:15", "24:00-25:00", "09:60-10:00", "09:15–11:30", "+9:15-11:30"] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
        let always = Hours::parse("00:00-00:00").expect("hours");
        assert_eq!(always.length(), DAY_MINUTES);
    }
}
