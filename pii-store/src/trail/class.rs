//! How long a record is kept, and why.

use super::word::words;
use pii_core::time::{Date, Period};

/// What a record is evidence of: the law says how long each is kept at least. Each has a chain of its own, so that what has
/// been kept long enough is removed from the beginning of a chain and nothing is left out in its middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// System log: 6 months (Order 218 Art. 18 ¶2; Cybersecurity Law).
    System,
    /// Providing to and entrusting others: 3 years (Regulations on Network Data Security Art. 12).
    Provision,
    /// Business log of an important system: 5 years (Order 218 Art. 18 ¶2).
    Business,
    /// Evidence of client accounts and of the consents behind them: 20 years (Securities Law Art. 137 ¶2).
    Account,
}

words!(Class: System = "system", Provision = "provision", Business = "business", Account = "account");

impl Class {
    /// How long it is kept at least.
    #[must_use]
    pub fn period(self) -> Period {
        let period = match self {
            Self::System => Period::months(6),
            Self::Provision => Period::years(3),
            Self::Business => Period::years(5),
            Self::Account => Period::years(20),
        };
        period.expect("none of these is 0")
    }

    /// The first day on which a record of `last` may be removed: the one after its period.
    #[must_use]
    pub fn free_from(self, last: Date) -> Date {
        self.period().from(last).plus_days(1).unwrap_or(Date::LAST)
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Self::System => 0,
            Self::Provision => 1,
            Self::Business => 2,
            Self::Account => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_of_the_law() {
        let last = Date::new(2026, 11, 27).expect("a day");
        let free: Vec<String> = Class::ALL.iter().map(|class| class.free_from(last).to_string()).collect();
        assert_eq!(free, ["2027-05-28", "2029-11-28", "2031-11-28", "2046-11-28"]);
        let places: Vec<usize> = Class::ALL.iter().map(|class| class.index()).collect();
        assert_eq!(places, [0, 1, 2, 3]);
    }
}
