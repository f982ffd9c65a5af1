//! How many persons' data went overseas in a year.

use super::super::fault::Fault;
use super::people::Person;
use crate::time::Moment;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Persons, each once a year, counted by the calendar year in China. Years are kept apart, so that an entry that is dated in
/// another year takes nothing away from this one's count.
#[derive(Default)]
pub(crate) struct Exports {
    years: BTreeMap<u16, Year>,
}

/// A year's count.
struct Year {
    /// Its bit in [`Person::exported`].
    bit: u64,
    persons: u64,
    sensitive_persons: u64,
}

impl Exports {
    /// Counts a person for the entry's year, and for each later one that was seen: where a clock goes back it is not known in
    /// which of them data really went, and rather one too many is counted.
    ///
    /// # Errors
    /// A year too many: one bit each is kept of a person, which is enough for 64.
    pub(crate) fn count(&mut self, person: &mut Person, is_sensitive: bool, at: Moment) -> Result<(), Fault> {
        let year = at.day_in_china().year();
        self.year(year)?;
        for row in self.years.range_mut(year..).map(|(_, row)| row) {
            row.persons += u64::from(person.exported & row.bit == 0);
            person.exported |= row.bit;
            if is_sensitive {
                row.sensitive_persons += u64::from(person.exported_sensitive & row.bit == 0);
                person.exported_sensitive |= row.bit;
            }
        }
        Ok(())
    }

    /// The years in which a person's data went, and whether sensitive ones did.
    pub(crate) fn of(&self, person: &Person) -> impl Iterator<Item = (u16, bool)> {
        let years = self.years.iter().filter(|(_, row)| person.exported & row.bit != 0);
        years.map(|(year, row)| (*year, person.exported_sensitive & row.bit != 0))
    }

    /// Takes a person out of all counts: what the ledger keeps of them is counted by itself.
    pub(crate) fn forget(&mut self, person: &mut Person) {
        for row in self.years.values_mut() {
            row.persons -= u64::from(person.exported & row.bit != 0);
            row.sensitive_persons -= u64::from(person.exported_sensitive & row.bit != 0);
        }
        (person.exported, person.exported_sensitive) = (0, 0);
    }

    /// Counts persons who are deleted.
    ///
    /// # Errors
    /// As [`Exports::count`].
    pub(crate) fn add(&mut self, year: u16, persons: u64, sensitive_persons: u64) -> Result<(), Fault> {
        let row = self.year(year)?;
        row.persons = row.persons.saturating_add(persons);
        row.sensitive_persons = row.sensitive_persons.saturating_add(sensitive_persons);
        Ok(())
    }

    fn year(&mut self, year: u16) -> Result<&mut Year, Fault> {
        let seen = u32::try_from(self.years.len()).unwrap_or(u32::MAX);
        match self.years.entry(year) {
            Entry::Occupied(row) => Ok(row.into_mut()),
            Entry::Vacant(place) => {
                let bit = 1_u64.checked_shl(seen).ok_or(Fault::WrongYear)?;
                Ok(place.insert(Year { bit, persons: 0, sensitive_persons: 0 }))
            }
        }
    }

    /// How many, and how many with sensitive data, if this person's went too: the most of the years from `at` to the newest
    /// that was seen. Nobody known counts as one more.
    pub(crate) fn with(&self, person: Option<&Person>, is_sensitive: bool, at: Moment) -> (u64, u64) {
        let year = at.day_in_china().year();
        let (mut persons, mut sensitive) = (1, u64::from(is_sensitive));
        for row in self.years.range(year..).map(|(_, row)| row) {
            let is_new = person.is_none_or(|person| person.exported & row.bit == 0);
            let is_new_sensitive = person.is_none_or(|person| person.exported_sensitive & row.bit == 0);
            persons = persons.max(row.persons + u64::from(is_new));
            sensitive = sensitive.max(row.sensitive_persons + u64::from(is_sensitive && is_new_sensitive));
        }
        (persons, sensitive)
    }

    /// The last year, and the persons of it.
    pub(crate) fn totals(&self) -> (u16, u64, u64) {
        self.years.last_key_value().map_or((0, 0, 0), |(year, row)| (*year, row.persons, row.sensitive_persons))
    }
}
