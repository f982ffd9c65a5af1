//! How many persons' data went overseas this year.

use super::people::Person;
use crate::time::Moment;

/// Persons, each once a year, counted by the calendar year in China.
#[derive(Default)]
pub(crate) struct Exports {
    year: u16,
    persons: u64,
    sensitive_persons: u64,
}

impl Exports {
    pub(crate) fn count(&mut self, person: &mut Person, is_sensitive: bool, at: Moment) {
        let year = at.day_in_china().year();
        // A clock that went back counts into the year that had begun: rather one too many.
        if year > self.year {
            *self = Self { year, ..Self::default() };
        }
        if person.exported != self.year {
            person.exported = self.year;
            self.persons += 1;
        }
        if is_sensitive && person.exported_sensitive != self.year {
            person.exported_sensitive = self.year;
            self.sensitive_persons += 1;
        }
    }

    /// How many, and how many with sensitive data, if this person's went too. Nobody known counts as one more.
    pub(crate) fn with(&self, person: Option<&Person>, is_sensitive: bool, at: Moment) -> (u64, u64) {
        if at.day_in_china().year() > self.year {
            return (1, u64::from(is_sensitive));
        }
        let is_new = person.is_none_or(|person| person.exported != self.year);
        let is_new_sensitive = person.is_none_or(|person| person.exported_sensitive != self.year);
        (self.persons + u64::from(is_new), self.sensitive_persons + u64::from(is_sensitive && is_new_sensitive))
    }

    /// The year, and the persons of it.
    pub(crate) fn totals(&self) -> (u16, u64, u64) {
        (self.year, self.persons, self.sensitive_persons)
    }
}
