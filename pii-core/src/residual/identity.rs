//! Identity numbers that are made of a place, a date of birth, a sequence number and, mostly, a check character.

use super::table::{Counts, Table, decimal};
use super::{BIRTH_YEARS, RegionKnown, SideKnowledge};
use crate::check::calendar;
use crate::region;
use std::borrow::Cow;
use std::sync::LazyLock;

/// The longest number, in characters.
const LENGTH_LIMIT: usize = 18;

/// The parts of an identity number, in their order, with their tables.
#[derive(Debug)]
pub(super) struct Identity {
    /// Where the number was given, and for foreigners the nationality: one table after the other.
    places: Vec<Table>,
    years: [Table; 2],
    days: [Table; 2],
    /// Digits of the sequence number.
    sequence: usize,
    scheme: Scheme,
    /// The dates when nothing of them is shown, as masks mostly have it.
    unseen_dates: Dates,
    /// These dates and the sequence numbers when nothing of them is shown.
    unseen: Counts,
}

/// How the check character is computed.
#[derive(Clone, Copy, Debug)]
enum Scheme {
    /// There is none.
    None,
    /// ISO 7064 MOD 11-2 over 17 digits.
    Mod11,
    /// ICAO 7-3-1 over 14 characters.
    Icao,
}

/// A resident ID of 18 characters.
pub(super) static RESIDENT: LazyLock<Identity> =
    LazyLock::new(|| Identity::new(Scheme::Mod11, vec![county_names()], 4, 3));

/// A resident ID of 15 digits.
pub(super) static RESIDENT_15: LazyLock<Identity> =
    LazyLock::new(|| Identity::new(Scheme::None, vec![county_names()], 2, 3));

/// A residence permit.
pub(super) static PERMIT: LazyLock<Identity> = LazyLock::new(|| {
    let regions = ["810000", "820000", "830000"].map(String::from);
    Identity::new(Scheme::Mod11, vec![regions.to_vec()], 4, 3)
});

/// A foreign permanent resident's card of 2023: a 9 and the province, the nationality's number.
pub(super) static FOREIGN_18: LazyLock<Identity> = LazyLock::new(|| {
    let provinces = (0..100).filter(|&code| region::province_exists(code)).map(|code| format!("9{code:02}"));
    let countries = region::country_numbers().map(|number| format!("{number:03}"));
    Identity::new(Scheme::Mod11, vec![provinces.collect(), countries.collect()], 4, 3)
});

/// A foreign permanent resident's card of 2017: the nationality's letters, the city.
pub(super) static FOREIGN_15: LazyLock<Identity> = LazyLock::new(|| {
    let countries = region::country_letters().map(String::from);
    let cities = region::codes().iter().filter(|&code| code % 100 == 0 && code / 100 % 100 != 0);
    let cities = cities.map(|code| format!("{:04}", code / 100));
    Identity::new(Scheme::Icao, vec![countries.collect(), cities.collect()], 2, 1)
});

/// Counties, current and historical: a number is given there, and hardly ever at a code that stands for a whole city.
pub(super) fn counties() -> &'static Table {
    &RESIDENT.places[0]
}

fn county_names() -> Vec<String> {
    region::codes().iter().filter(|&code| code % 100 != 0).map(u32::to_string).collect()
}

impl Scheme {
    fn modulus(self) -> usize {
        match self {
            Self::None => 1,
            Self::Mod11 => 11,
            Self::Icao => 10,
        }
    }

    /// What a character adds to the check sum, by its place in the whole number.
    fn residue(self, at: usize, byte: u8) -> u32 {
        match self {
            Self::None => 0,
            // GB 11643-1999, table 1.
            Self::Mod11 => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3][at % 10] * decimal(byte),
            Self::Icao if byte.is_ascii_uppercase() => [7, 3, 1][at % 3] * (u32::from(byte - b'A') + 10),
            Self::Icao => [7, 3, 1][at % 3] * decimal(byte),
        }
    }

    /// The check sum that a shown check character stands for. Any other character stands for none.
    fn sum_of(self, check: u8) -> Option<u32> {
        let alphabet: &[u8] = match self {
            Self::None => b"",
            Self::Mod11 => b"10X98765432",
            Self::Icao => b"0123456789",
        };
        alphabet.iter().zip(0..).find_map(|(&known, sum)| (known == check).then_some(sum))
    }
}

impl Identity {
    fn new(scheme: Scheme, places: Vec<Vec<String>>, year_digits: usize, sequence: usize) -> Self {
        let table_at = |from: usize, values: Vec<String>| {
            Table::new(values.into_iter(), scheme.modulus(), |at, byte| scheme.residue(from + at, byte))
        };
        let mut year_at = 0;
        let places: Vec<Table> = places
            .into_iter()
            .map(|values| {
                let table = table_at(year_at, values);
                year_at += table.length();
                table
            })
            .collect();
        // Resident IDs of 15 digits were given until 1999; the foreigners' card has two digits for all years.
        let last = if matches!(scheme, Scheme::None) { 1999 } else { *BIRTH_YEARS.end() };
        let years = |leap: bool| {
            let years = (*BIRTH_YEARS.start()..=last).filter(|&year| calendar::is_leap(year) == leap);
            table_at(year_at, years.map(|year| year.to_string()[4 - year_digits..].to_string()).collect())
        };
        let days = |year: u32| {
            let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
            let real = days.filter(|&(month, day)| calendar::is_day(year, month, day));
            table_at(year_at + year_digits, real.map(|(month, day)| format!("{month:02}{day:02}")).collect())
        };
        let (years, days) = ([years(false), years(true)], [days(1887), days(1888)]);
        let unseen = Counts::one(scheme.modulus());
        let unseen_dates = Dates { counts: unseen.clone(), years: 1.0 };
        let mut identity = Self { years, days, places, sequence, scheme, unseen_dates, unseen };
        let hidden = [None; LENGTH_LIMIT];
        identity.unseen_dates = identity.counted_dates(&hidden[..year_digits + 4]);
        identity.unseen =
            identity.sequenced(&hidden[..sequence], year_at + year_digits + 4, &identity.unseen_dates.counts);
        identity
    }

    /// How many numbers fit. `shown` has the number's own length.
    pub(super) fn candidates(&self, shown: &[Option<u8>], side: SideKnowledge) -> f64 {
        let mut places: Option<Counts> = None;
        let mut rest = shown;
        for table in &self.places {
            let (place, behind) = rest.split_at(table.length());
            let matching = table.matching(place);
            places = Some(match places {
                None => matching,
                Some(before) => before.times(&matching),
            });
            rest = behind;
        }
        let places = places.unwrap_or_else(|| Counts::one(self.scheme.modulus()));
        let (body, check) = rest.split_at(rest.len() - usize::from(!matches!(self.scheme, Scheme::None)));
        let (date, sequence) = body.split_at(body.len() - self.sequence);
        let sequence_at = shown.len() - check.len() - self.sequence;
        let is_hidden = body.iter().all(Option::is_none);
        let counts = || match is_hidden {
            true => places.times(&self.unseen),
            false => self.sequenced(sequence, sequence_at, &places.times(&self.dates(date).counts)),
        };
        let all = match check {
            [Some(check)] => self.scheme.sum_of(*check).map_or(0.0, |sum| match is_hidden {
                true => places.times_with_residue(&self.unseen, sum),
                false => counts().with_residue(sum),
            }),
            _ => counts().total(),
        };
        all / self.cut(shown, date, sequence, side)
    }

    /// The birth dates that fit.
    fn dates(&self, shown: &[Option<u8>]) -> Cow<'_, Dates> {
        if shown.iter().all(Option::is_none) {
            return Cow::Borrowed(&self.unseen_dates);
        }
        Cow::Owned(self.counted_dates(shown))
    }

    fn counted_dates(&self, shown: &[Option<u8>]) -> Dates {
        let (year, day) = shown.split_at(self.years[0].length());
        let years = self.years.each_ref().map(|years| years.fitting(year));
        let days = self.days.each_ref().map(|days| days.fitting(day));
        let counts = years[0].times(&days[0]).plus(&years[1].times(&days[1])).or_a_stranger();
        Dates { counts, years: (years[0].total() + years[1].total()).max(1.0) }
    }

    /// `before` followed by the sequence numbers that fit; the first digit of one stands at `at`.
    fn sequenced(&self, shown: &[Option<u8>], at: usize, before: &Counts) -> Counts {
        shown.iter().zip(at..).fold(before.clone(), |counts, (digit, at)| {
            let residue = |digit: u32| self.scheme.residue(at, b'0' + digit as u8);
            counts.times(&Counts::digit(self.scheme.modulus(), *digit, residue))
        })
    }

    /// By how much side knowledge divides the candidates, in the mean.
    fn cut(&self, shown: &[Option<u8>], date: &[Option<u8>], sequence: &[Option<u8>], side: SideKnowledge) -> f64 {
        let date = match side {
            SideKnowledge { birth_date: true, .. } => self.dates(date).counts.total(),
            SideKnowledge { age: true, .. } => self.dates(date).years,
            _ => 1.0,
        };
        // The sequence number of a resident is odd for men; a card with one digit of sequence has no such rule.
        let sex = if side.sex && matches!(sequence, [_, _, None]) { 2.0 } else { 1.0 };
        self.regions(shown, side.region) * date * sex
    }

    /// How many places of the level that is known fit what is shown. The nationality is no place, so of a foreigner's
    /// number only the part that says where it was given counts.
    fn regions(&self, shown: &[Option<u8>], known: RegionKnown) -> f64 {
        let digits = match known {
            RegionKnown::Hidden => return 1.0,
            RegionKnown::Province => 2,
            RegionKnown::City => 4,
            RegionKnown::County => 6,
        };
        match (&self.places[..], self.scheme) {
            // Nationality, then province and city.
            ([nation, city], Scheme::Icao) => city.beginnings(&shown[nation.length()..][..city.length()], digits),
            // A 9 and the province, then the nationality.
            ([province, _], _) => province.beginnings(&shown[..province.length()], 1 + digits),
            ([region, ..], _) => region.beginnings(&shown[..region.length()], digits),
            ([], _) => 1.0,
        }
    }
}

/// The birth dates that fit what is shown.
#[derive(Clone, Debug)]
struct Dates {
    counts: Counts,
    /// How many years they lie in, at least 1.
    years: f64,
}
