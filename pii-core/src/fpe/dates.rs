//! Dates, shifted by as many days as all dates of one person: their order and the time between them hold, and so does the age
//! in whole years to within one.

use super::calendar::{self, DAYS, FIRST_YEAR, YEARS};
use super::date_text::{DateText, Parts};
use super::error::{FpeError, Reason};
use super::ff1::Direction;
use super::keyed::Keyed;
use super::written::Written;

/// The longest shift: with a year at most, the age in whole years changes by one at most.
pub const SHIFT_LIMIT_DAYS: u16 = 365;

/// The days of a leap year, for a day without its year.
const LEAP_YEAR: u32 = 2000;

/// The mean length of a month, in hundredths of a day.
const MONTH_HUNDREDTHS: i64 = 3044;

/// The codec for dates.
pub(super) struct Dates {
    keyed: Keyed,
    days: u16,
}

impl Dates {
    /// # Errors
    /// A shift of no days, or of more than [`SHIFT_LIMIT_DAYS`].
    pub(super) fn new(keyed: Keyed, days: u16) -> Result<Self, FpeError> {
        if (1..=SHIFT_LIMIT_DAYS).contains(&days) {
            Ok(Self { keyed, days })
        } else {
            Err(FpeError::new(Reason::ShiftDays { limit: SHIFT_LIMIT_DAYS }))
        }
    }

    /// Shifts a date as all of its person's dates are.
    ///
    /// Without a day it is shifted by whole months, without a month by a year, without a year within a year of 366 days.
    ///
    /// # Errors
    /// No date that is written in one of the ways that are known; one that would leave the years 1800 to 2099.
    pub(super) fn run(&self, direction: Direction, subject: &str, text: &str) -> Result<String, FpeError> {
        let not_valid = FpeError::new(Reason::NotValid { kind: "date_of_birth" });
        let written = Written::of(text);
        let mut date = DateText::parse(written.plain()).ok_or(not_valid)?;
        let shift = self.shift(subject);
        let shift = if direction == Direction::Encrypt { shift } else { -shift };
        date.parts = shifted(date.parts, shift).ok_or(not_valid)?;
        Ok(written.like(&date.to_string()))
    }

    /// From −`days` to `days`, and never 0.
    fn shift(&self, subject: &str) -> i64 {
        let days = i64::from(self.days);
        let number = self.keyed.number("days", &[subject.as_bytes()], u64::from(self.days) * 2);
        let from_least = i64::try_from(number).unwrap_or(0) - days;
        if from_least < 0 { from_least } else { from_least + 1 }
    }
}

/// A day as year, month and day of the month.
pub(crate) type Day = [u32; 3];

/// The date that `text` is with another day in its place, written in the same way. `None` where it is not the day `from`, as far
/// as it says one.
pub(crate) fn moved(text: &str, from: Day, to: Day) -> Option<String> {
    let written = Written::of(text);
    let mut date = DateText::parse(written.plain())?;
    let Parts { year, month, day } = date.parts;
    let is_from = [year, month, day].iter().zip(from).all(|(part, from)| part.is_none_or(|part| part == from));
    let of = |part: Option<u32>, to: u32| part.map(|_| to);
    date.parts = Parts { year: of(year, to[0]), month: of(month, to[1]), day: of(day, to[2]) };
    is_from.then(|| written.like(&date.to_string()))
}

fn shifted(parts: Parts, shift: i64) -> Option<Parts> {
    Some(match parts {
        Parts { year: Some(year), month: Some(month), day: Some(day) } => {
            let number = calendar::days_before(year) + calendar::day_of_year(year, month, day);
            let number = u32::try_from(i64::from(number) + shift).ok().filter(|&number| number < DAYS)?;
            let year = calendar::year_of(number);
            let (month, day) = calendar::month_and_day(year, number - calendar::days_before(year));
            Parts { year: Some(year), month: Some(month), day: Some(day) }
        }
        Parts { year: Some(year), month: Some(month), day: None } => {
            let months = i64::from((year - FIRST_YEAR) * 12 + month - 1) + months(shift);
            let months = u32::try_from(months).ok().filter(|&months| months < YEARS * 12)?;
            Parts { year: Some(FIRST_YEAR + months / 12), month: Some(months % 12 + 1), day: None }
        }
        Parts { year: Some(year), month: None, .. } => {
            let year = year.checked_add_signed(if shift < 0 { -1 } else { 1 })?;
            let is_counted = (FIRST_YEAR..FIRST_YEAR + YEARS).contains(&year);
            Parts { year: Some(year).filter(|_| is_counted), ..parts }
        }
        Parts { year: None, month, day } => {
            let days = i64::from(calendar::days_in(LEAP_YEAR));
            let number = i64::from(calendar::day_of_year(LEAP_YEAR, month?, day?)) + shift;
            let number = u32::try_from(number.rem_euclid(days)).ok()?;
            let (month, day) = calendar::month_and_day(LEAP_YEAR, number);
            Parts { year: None, month: Some(month), day: Some(day) }
        }
    })
}

/// The whole months nearest to a shift of days, and one at least.
fn months(shift: i64) -> i64 {
    let nearest = (shift.abs() * 100 + MONTH_HUNDREDTHS / 2) / MONTH_HUNDREDTHS;
    nearest.max(1) * shift.signum()
}
