//! Data subjects, and what leads to them.

use super::super::entry::Age;
use super::super::id::{AliasDigest, SubjectId};
use super::super::settings::UnknownAge;
use crate::time::Moment;
use std::collections::HashMap;

/// No record.
pub(crate) const NONE: u32 = u32::MAX;

/// All subjects.
#[derive(Default)]
pub(crate) struct People {
    numbers: HashMap<SubjectId, u32>,
    rows: Vec<Person>,
    aliases: HashMap<AliasDigest, u32>,
    /// Aliases of several subjects, which lead to none of them.
    shared: HashMap<AliasDigest, Vec<u32>>,
}

/// What is known of a subject.
pub(crate) struct Person {
    pub(crate) id: SubjectId,
    /// The newest of their records, from where each leads to the one before.
    pub(crate) newest: u32,
    pub(crate) age: Age,
    pub(crate) is_restricted: bool,
    pub(crate) is_erased: bool,
    /// The years in which their data went overseas, and their sensitive data, a bit each.
    pub(crate) exported: u64,
    pub(crate) exported_sensitive: u64,
}

/// Whom aliases lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// One subject.
    One(u32),
    /// Nobody, as far as is known.
    Nobody,
    /// Several, or it is not known whether one.
    Unclear,
}

impl People {
    pub(crate) fn number(&self, id: SubjectId) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    pub(crate) fn get(&self, number: u32) -> Option<&Person> {
        self.rows.get(number as usize)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Person> {
        self.rows.get_mut(number as usize)
    }

    pub(crate) fn id(&self, number: u32) -> Option<SubjectId> {
        self.get(number).map(|person| person.id)
    }

    pub(crate) fn find(&self, id: SubjectId) -> Option<&Person> {
        self.get(self.number(id)?)
    }

    /// The number of a subject, a new one where there is none.
    pub(crate) fn intern(&mut self, id: SubjectId) -> u32 {
        let next = u32::try_from(self.rows.len()).unwrap_or(NONE);
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.rows.push(Person {
                id,
                newest: NONE,
                age: Age::Unknown,
                is_restricted: false,
                is_erased: false,
                exported: 0,
                exported_sensitive: 0,
            });
        }
        number
    }

    pub(crate) fn add(&mut self, alias: AliasDigest, number: u32) {
        if let Some(all) = self.shared.get_mut(&alias) {
            if !all.contains(&number) {
                all.push(number);
            }
            return;
        }
        match self.aliases.insert(alias, number) {
            Some(other) if other != number => {
                self.aliases.remove(&alias);
                self.shared.insert(alias, vec![other, number]);
            }
            _ => {}
        }
    }

    pub(crate) fn remove(&mut self, alias: AliasDigest, number: u32) {
        if self.aliases.get(&alias) == Some(&number) {
            self.aliases.remove(&alias);
        }
        let Some(all) = self.shared.get_mut(&alias) else { return };
        all.retain(|other| *other != number);
        if let &mut [only] = all.as_mut_slice() {
            self.shared.remove(&alias);
            self.aliases.insert(alias, only);
        }
    }

    /// Takes away all that leads to a subject: the digests are taken out of the ledger too, so that whoever reads it afresh knows
    /// no more. It looks at all aliases: few subjects are erased.
    pub(crate) fn forget(&mut self, number: u32) {
        self.aliases.retain(|_, other| *other != number);
        let theirs: Vec<AliasDigest> =
            self.shared.iter().filter(|(_, all)| all.contains(&number)).map(|(alias, _)| *alias).collect();
        theirs.into_iter().for_each(|alias| self.remove(alias, number));
    }

    /// Whether this leads to this subject, alone or among others.
    pub(crate) fn leads_to(&self, alias: &AliasDigest, number: u32) -> bool {
        self.aliases.get(alias) == Some(&number) || self.shared.get(alias).is_some_and(|all| all.contains(&number))
    }

    /// Whom these lead to, all together. Where one leads to several, or beside one that leads to somebody another leads nowhere,
    /// it is not known whether all are one person's.
    pub(crate) fn resolve(&self, aliases: &[AliasDigest]) -> Found {
        let (mut found, mut is_unknown) = (None, false);
        for alias in aliases {
            match self.aliases.get(alias) {
                Some(number) if found.is_none_or(|other| other == *number) => found = Some(*number),
                Some(_) => return Found::Unclear,
                None if self.shared.contains_key(alias) => return Found::Unclear,
                None => is_unknown = true,
            }
        }
        match found {
            Some(_) if is_unknown => Found::Unclear,
            Some(number) => Found::One(number),
            None => Found::Nobody,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Person {
    /// Whether they count as under 14 by what is known, and not for want of it.
    pub(crate) fn is_known_child(&self, at: Moment) -> bool {
        self.is_child(at, UnknownAge::Adult)
    }

    /// Whether they count as under 14 (PIPL Art. 31).
    pub(crate) fn is_child(&self, at: Moment, unknown: UnknownAge) -> bool {
        match self.age {
            Age::Unknown => unknown == UnknownAge::Child,
            age => age.is_child_at(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyId;

    fn alias(byte: u8) -> AliasDigest {
        AliasDigest::new(KeyId::new(7).expect("in range"), [byte; 32])
    }

    #[test]
    fn a_shared_alias_leads_to_nobody_until_it_is_one_persons_again() {
        let mut people = People::default();
        let (one, two) = (people.intern(SubjectId::new([1; 16])), people.intern(SubjectId::new([2; 16])));
        people.add(alias(1), one);
        people.add(alias(1), one);
        assert_eq!(people.resolve(&[alias(1)]), Found::One(one));
        people.add(alias(1), two);
        assert_eq!(people.resolve(&[alias(1)]), Found::Unclear);
        people.remove(alias(1), one);
        assert_eq!(people.resolve(&[alias(1)]), Found::One(two));
        people.add(alias(2), one);
        assert_eq!(people.resolve(&[alias(1), alias(2)]), Found::Unclear);
        assert_eq!(people.resolve(&[alias(1), alias(3)]), Found::Unclear);
        assert_eq!(people.resolve(&[]), Found::Nobody);
        people.forget(two);
        assert_eq!(people.resolve(&[alias(1)]), Found::Nobody);
        assert_eq!(people.resolve(&[alias(1), alias(2)]), Found::Unclear);
        people.add(alias(1), one);
        assert_eq!(people.resolve(&[alias(1)]), Found::One(one), "a number that somebody else has now");
        people.add(alias(4), one);
        people.add(alias(4), two);
        people.forget(two);
        assert_eq!(people.resolve(&[alias(4)]), Found::One(one), "what a living person shared leads to them");
    }

    #[test]
    fn a_year_of_birth_leaves_the_day_open() {
        let mut people = People::default();
        let number = people.intern(SubjectId::new([1; 16]));
        let person = people.get_mut(number).expect("just made");
        let new_year = |year| Moment::parse(&format!("{year}-06-01T00:00:00Z")).expect("a moment");
        person.age = Age::BornIn(2010);
        for (year, is_child) in [(2023, true), (2024, true), (2025, false)] {
            assert_eq!(person.is_child(new_year(year), UnknownAge::Adult), is_child, "{year}");
        }
        person.age = Age::Unknown;
        assert!(person.is_child(new_year(2025), UnknownAge::Child));
        assert!(!person.is_child(new_year(2025), UnknownAge::Adult));
    }
}
