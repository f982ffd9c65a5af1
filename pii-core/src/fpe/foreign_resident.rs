//! Foreign permanent residents' cards: number the valid ones, encipher the number, write the one that has it.
//!
//! A wrong check character comes out wrong by as much; what has more wrong is no card.
//! The card of 2023 has province, nationality, day of birth and sequence; that of 2017 nationality, place, a day without its
//! century and one digit of sequence. A nationality or a place that no list knows stays as it is.

use super::calendar::{self, DayClass, FIRST_YEAR};
use super::check_characters::{off_after, shift, steps};
use super::domain::Domains;
use super::error::{FpeError, Reason};
use super::ff1::{Direction, read_number, write_number};
use super::id_number::Keep;
use super::identity::{characters, replaced};
use super::written::Written;
use crate::check::{Verdict, foreign_permanent_resident as card};
use crate::region;
use std::sync::LazyLock;

const KIND: &str = "foreign_permanent_resident_id";

/// What a part that stays counts in the number of what is kept: more than any list has entries.
const KEPT_LIMIT: u32 = 1 << 10;

/// The codec for both cards.
pub(super) struct ForeignResident {
    keep: Keep,
    domains: Domains,
    is_marked: bool,
}

/// The first of the provinces that give no cards: the rule finds none of theirs.
const TAIWAN: u32 = 71;

/// The lists that numbers count in.
struct Lists {
    provinces: Vec<u32>,
    places: Vec<u32>,
    countries: Vec<u32>,
    letters: Vec<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let in_order = |mut codes: Vec<u32>| {
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let prefectures = region::codes().iter().filter(|code| code.is_multiple_of(100)).map(|code| code / 100);
    let mut letters: Vec<&str> = region::country_letters().collect();
    letters.sort_unstable();
    Lists {
        provinces: in_order(region::codes().iter().map(|code| code / 10_000).filter(|&code| code < TAIWAN).collect()),
        places: in_order(prefectures.collect()),
        countries: in_order(region::country_numbers().collect()),
        letters,
    }
});

/// A part of a number: its place in its list and the list's size, or nothing where it stays.
type Part = Option<(u32, u32)>;

impl ForeignResident {
    pub(super) fn new(keep: Keep, domains: Domains, is_marked: bool) -> Self {
        Self { keep, domains, is_marked }
    }

    pub(super) fn run(&self, direction: Direction, text: &str) -> Result<String, FpeError> {
        let written = Written::of(text);
        let characters = characters(written.plain());
        let (mut number, off) = whole(&characters).ok_or_else(not_valid)?;
        let off = off_after(self.is_marked, direction, off).ok_or_else(not_valid)?;
        match number.len() {
            18 => self.run_2023(direction, &mut number)?,
            _ => self.run_2017(direction, &mut number)?,
        }
        let (last, body) = number.split_last_mut().ok_or_else(not_valid)?;
        *last = card::check_char(body).ok_or_else(not_valid)?;
        shift(alphabet(characters.len()), Direction::Encrypt, off, last).ok_or_else(not_valid)?;
        Ok(written.with(&replaced(written.plain(), &number)))
    }

    fn run_2023(&self, direction: Direction, number: &mut [u8]) -> Result<(), FpeError> {
        let year = part(number, 6..10);
        let day_of_year = calendar::day_of_year(year, part(number, 10..12), part(number, 12..14));
        let province = if self.keep.region { None } else { found(&LISTS.provinces, &part(number, 1..3)) };
        let country = found(&LISTS.countries, &part(number, 3..6));
        let (class, place) = DayClass::of(calendar::days_before(year) + day_of_year);
        let day = if self.keep.birth_year { (day_of_year, calendar::days_in(year)) } else { (place, class.days()) };
        let parts = [province, country, Some(day), Some((part(number, 14..17), 1000))];
        let years = if self.keep.birth_year { year - FIRST_YEAR } else { 0 };
        let kept = kept(&[(province, part(number, 1..3)), (country, part(number, 3..6))], years);
        let [province, country, day, sequence] = self.permute(direction, parts, kept)?;
        if let Some(code) = province.and_then(|at| LISTS.provinces.get(at)) {
            write_number(u64::from(*code), &mut number[1..3]);
        }
        if let Some(code) = country.and_then(|at| LISTS.countries.get(at)) {
            write_number(u64::from(*code), &mut number[3..6]);
        }
        let day = day.and_then(|at| u32::try_from(at).ok()).ok_or_else(not_valid)?;
        let (year, day) = if self.keep.birth_year {
            (year, day)
        } else {
            let day = class.day(day);
            (calendar::year_of(day), day - calendar::days_before(calendar::year_of(day)))
        };
        let (month, day) = calendar::month_and_day(year, day);
        write_number(u64::from(year * 10_000 + month * 100 + day), &mut number[6..14]);
        write_number(sequence.and_then(|n| u64::try_from(n).ok()).unwrap_or(0), &mut number[14..17]);
        Ok(())
    }

    fn run_2017(&self, direction: Direction, number: &mut [u8]) -> Result<(), FpeError> {
        // 29 February counts in 00, as in 2000.
        let year = 2000 + part(number, 7..9);
        let day_of_year = calendar::day_of_year(year, part(number, 9..11), part(number, 11..13));
        let first = calendar::days_before(2000);
        let letters = str::from_utf8(&number[..3]).unwrap_or_default();
        let country = found(&LISTS.letters, &letters);
        let place = if self.keep.region { None } else { found(&LISTS.places, &part(number, 3..7)) };
        let day = if self.keep.birth_year {
            (day_of_year, calendar::days_in(year))
        } else {
            (calendar::days_before(year) - first + day_of_year, calendar::days_before(2100) - first)
        };
        let years = if self.keep.birth_year { year - FIRST_YEAR } else { 0 };
        let code = letters.bytes().fold(0, |sum, b| sum * 26 + u32::from(b.wrapping_sub(b'A')));
        let kept = kept(&[(country, code), (place, part(number, 3..7))], years);
        let [country, place, day, sequence] =
            self.permute(direction, [country, place, Some(day), Some((part(number, 13..14), 10))], kept)?;
        if let Some(letters) = country.and_then(|at| LISTS.letters.get(at)) {
            number[..3].copy_from_slice(letters.as_bytes());
        }
        if let Some(code) = place.and_then(|at| LISTS.places.get(at)) {
            write_number(u64::from(*code), &mut number[3..7]);
        }
        let day = day.and_then(|at| u32::try_from(at).ok()).ok_or_else(not_valid)?;
        let (year, day) = if self.keep.birth_year {
            (year, day)
        } else {
            let year = calendar::year_of(first + day);
            (year, first + day - calendar::days_before(year))
        };
        let (month, day) = calendar::month_and_day(year, day);
        write_number(u64::from(year % 100 * 10_000 + month * 100 + day), &mut number[7..13]);
        write_number(sequence.and_then(|n| u64::try_from(n).ok()).unwrap_or(0), &mut number[13..14]);
        Ok(())
    }

    fn permute<const N: usize>(
        &self,
        direction: Direction,
        parts: [Part; N],
        kept: u32,
    ) -> Result<[Option<usize>; N], FpeError> {
        let (mut row, sizes): (Vec<u32>, Vec<u32>) = parts.iter().flatten().copied().unzip();
        self.domains.of(&sizes, kept)?.run(direction, &mut row)?;
        let mut row = row.into_iter();
        Ok(parts.map(|part| part.and_then(|_| row.next()).and_then(|at| usize::try_from(at).ok())))
    }
}

/// A card with the right check character, and how far the one that it has is from that; `None` where more is wrong.
fn whole(characters: &[u8]) -> Option<(Vec<u8>, usize)> {
    if card::check(characters) < Verdict::NearMiss {
        return None;
    }
    let mut number = characters.to_vec();
    let (last, body) = number.split_last_mut()?;
    let right = card::check_char(body)?;
    let off = steps(alphabet(characters.len()), right, *last)?;
    *last = right;
    Some((number, off))
}

/// What check characters a card has.
fn alphabet(length: usize) -> &'static [u8] {
    if length == 18 { b"0123456789X" } else { b"0123456789" }
}

/// What stays, as a number below 2^24.
fn kept(parts: &[(Part, u32); 2], years: u32) -> u32 {
    let stays = |(part, code): &(Part, u32)| if part.is_some() { 0 } else { code + 1 };
    parts.iter().fold(years, |sum, part| (sum * KEPT_LIMIT + stays(part)) % (1 << 24))
}

fn found<T: Ord>(list: &[T], entry: &T) -> Part {
    let at = u32::try_from(list.binary_search(entry).ok()?).ok()?;
    Some((at, u32::try_from(list.len()).ok()?))
}

fn part(number: &[u8], at: std::ops::Range<usize>) -> u32 {
    u32::try_from(read_number(number.get(at).unwrap_or_default())).unwrap_or(u32::MAX)
}

fn not_valid() -> FpeError {
    FpeError::new(Reason::NotValid { kind: KIND })
}
