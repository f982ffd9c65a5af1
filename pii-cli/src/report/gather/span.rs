//! The days that a report is about, as China counts them.

use pii_core::time::{Date, Moment};

/// China is so far ahead of UTC, without summer time since 1992.
const CHINA_AHEAD_MILLIS: u64 = 8 * 3_600_000;

/// Some days, or all of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    from: Option<Date>,
    to: Option<Date>,
}

impl Span {
    /// From the beginning of one day to the end of another. `None` where the second comes first.
    pub(crate) fn new(from: Option<Date>, to: Option<Date>) -> Option<Self> {
        let is_turned = from.zip(to).is_some_and(|(from, to)| from > to);
        (!is_turned).then_some(Self { from, to })
    }

    pub(crate) fn from(&self) -> Option<Date> {
        self.from
    }

    pub(crate) fn to(&self) -> Option<Date> {
        self.to
    }

    /// Its first moment.
    pub(super) fn begin(&self) -> Option<Moment> {
        self.from.and_then(beginning)
    }

    /// The first moment behind it.
    pub(super) fn end(&self) -> Option<Moment> {
        self.to.and_then(|to| to.plus_days(1)).and_then(beginning)
    }

    pub(super) fn holds(&self, at: Moment) -> bool {
        self.begin().is_none_or(|begin| at >= begin) && self.end().is_none_or(|end| at < end)
    }
}

fn beginning(day: Date) -> Option<Moment> {
    let in_utc = Moment::beginning_of(day)?.unix_millis();
    Moment::from_unix_millis(in_utc.saturating_sub(CHINA_AHEAD_MILLIS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_begins_at_16_oclock_utc() {
        let day = Date::new(2026, 11, 23);
        let span = Span::new(day, day).expect("a day");
        let at = |text: &str| Moment::parse(text).expect("a moment");
        assert!(!span.holds(at("2026-11-22T15:59:59.999Z")) && span.holds(at("2026-11-22T16:00:00Z")));
        assert!(span.holds(at("2026-11-23T15:59:59.999Z")) && !span.holds(at("2026-11-23T16:00:00Z")));
        assert!(Span::new(day, Date::new(2026, 11, 22)).is_none());
    }
}
