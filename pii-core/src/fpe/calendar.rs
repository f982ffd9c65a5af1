//! The days from 1800-01-01 to 2099-12-31, counted: those that `check::calendar` takes for real.

use crate::check::calendar::is_leap;

pub(super) const FIRST_YEAR: u32 = 1800;

/// How many years are counted.
pub(super) const YEARS: u32 = 300;

/// The days of a common year before each month.
const BEFORE_MONTH: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// All days.
pub(super) const DAYS: u32 = days_before(FIRST_YEAR + YEARS);

/// Days that stay among themselves when one is enciphered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayClass {
    /// 1900 to 1999, the days that a short date can be.
    Twentieth,
    /// 2000 to 2029.
    Recent,
    /// Those of which nobody's birth is likely.
    Other,
}

const TWENTIETH: u32 = days_before(1900);
const RECENT: u32 = days_before(2000);
const LATER: u32 = days_before(2030);

impl DayClass {
    pub(super) const ALL: [Self; 3] = [Self::Twentieth, Self::Recent, Self::Other];

    /// How many days there are.
    pub(super) fn days(self) -> u32 {
        match self {
            Self::Twentieth => RECENT - TWENTIETH,
            Self::Recent => LATER - RECENT,
            Self::Other => DAYS - (LATER - TWENTIETH),
        }
    }

    /// The class of a day counted from 1800-01-01, and its place there.
    pub(super) fn of(day: u32) -> (Self, u32) {
        match day {
            _ if day < TWENTIETH => (Self::Other, day),
            _ if day < RECENT => (Self::Twentieth, day - TWENTIETH),
            _ if day < LATER => (Self::Recent, day - RECENT),
            _ => (Self::Other, day - (LATER - TWENTIETH)),
        }
    }

    /// The day at a place of the class, counted from 1800-01-01.
    pub(super) fn day(self, place: u32) -> u32 {
        match self {
            Self::Twentieth => place + TWENTIETH,
            Self::Recent => place + RECENT,
            Self::Other if place < TWENTIETH => place,
            Self::Other => place + (LATER - TWENTIETH),
        }
    }
}

/// How many days a year has.
pub(super) fn days_in(year: u32) -> u32 {
    if is_leap(year) { 366 } else { 365 }
}

/// The days from 1800-01-01 to the beginning of a year.
pub(super) const fn days_before(year: u32) -> u32 {
    // The leap years before a year: 436 of them before 1800.
    let last = year - 1;
    (year - FIRST_YEAR) * 365 + last / 4 - last / 100 + last / 400 - 436
}

/// The year in which a day lies, counted from 1800-01-01.
pub(super) fn year_of(day: u32) -> u32 {
    // No year has more than 366 days, so this is the year or, in three centuries, the one before it.
    let year = FIRST_YEAR + day / 366;
    if days_before(year + 1) <= day { year + 1 } else { year }
}

/// The day of a year, from 0, of a date that exists.
pub(super) fn day_of_year(year: u32, month: u32, day: u32) -> u32 {
    let at = usize::try_from(month.wrapping_sub(1)).unwrap_or(usize::MAX);
    let leap_day = u32::from(month > 2 && is_leap(year));
    (BEFORE_MONTH.get(at).copied().unwrap_or(0) + leap_day + day).saturating_sub(1)
}

/// The month and the day in it of a day of a year.
pub(super) fn month_and_day(year: u32, day_of_year: u32) -> (u32, u32) {
    // The leap day belongs before March: behind it all days are one later.
    let leap_day = u32::from(is_leap(year));
    let begins = |month: u32, before: u32| before + if month > 2 { leap_day } else { 0 };
    let months = (1..).zip(BEFORE_MONTH).map(|(month, before)| (month, begins(month, before)));
    let (month, first) = months.take_while(|(_, first)| *first <= day_of_year).last().unwrap_or((1, 0));
    (month, day_of_year - first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::calendar::is_day;

    #[test]
    fn every_day_has_its_number() {
        let mut number = 0;
        for year in FIRST_YEAR..FIRST_YEAR + YEARS {
            assert_eq!(days_before(year), number, "{year}");
            let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
            let mut of_year = 0;
            for (month, day) in days.filter(|&(month, day)| is_day(year, month, day)) {
                assert_eq!(day_of_year(year, month, day), of_year);
                assert_eq!(month_and_day(year, of_year), (month, day));
                assert_eq!(year_of(number), year);
                (of_year, number) = (of_year + 1, number + 1);
            }
            assert_eq!(days_in(year), of_year);
        }
        assert_eq!(number, 109_573);
    }

    #[test]
    fn every_day_has_its_place_in_one_class() {
        let mut counts = [0; 3];
        for day in 0..DAYS {
            let (class, place) = DayClass::of(day);
            assert_eq!(class.day(place), day);
            assert_eq!(place, counts[class as usize], "in order, each once");
            counts[class as usize] += 1;
        }
        assert_eq!(counts, DayClass::ALL.map(DayClass::days));
    }
}
