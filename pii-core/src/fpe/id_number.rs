//! Resident IDs and residence permits: number the valid ones, encipher the number, write the one that has it.
//!
//! Enciphering digits in their places would make days that do not exist. Here region, day and sequence together are one
//! rank, so that every result has a real region, a real day and the right check character.
//!
//! **The domain is part of the cipher**: the list of regions (`data/division_codes.txt`, 7,403 codes for resident IDs), the
//! days from 1800 to 2099 and the sequences 000 to 999. A code more or less changes every result, so a change of that list
//! takes a new [`ID_NUMBER_DOMAIN`], which belongs in the record of what was enciphered. Days of the twentieth century stay
//! among themselves, so that a number of 15 digits, which has no others, and the one of 18 digits that the same person has
//! today come out as one person's again. So do days from 2000 to 2029 and all others, because a birth in 1803 or 2090
//! breaks what is to be tested with it.

use super::calendar::{self, DayClass, FIRST_YEAR, YEARS};
use super::cipher::Cipher;
use super::domain::OneSize;
use super::error::{FpeError, Reason};
use super::ff1::{Direction, read_number, write_number};
use super::rank::Rank;
use super::tweak::Tweak;
use crate::check::{Check, Verdict, residence_permit, resident_id};
use crate::region;
use std::fmt;
use std::sync::LazyLock;

/// Which values [`IdNumber`] numbers, and how. The same key and tweak give the same results for as long as this is the same.
pub const ID_NUMBER_DOMAIN: &str = "id-number-v2";

/// How many characters a number has.
const LENGTH: usize = 18;

/// How many sequences a region has on a day: three digits, the last of them odd for men and even for women.
const SEQUENCES: u32 = 1000;

/// Residence permits have these regions, of Hong Kong, Macao and Taiwan, and resident IDs all others.
const PERMIT_REGIONS: [u32; 3] = [810_000, 820_000, 830_000];

/// How many values go through a batch together.
const BATCH: usize = 64;

/// What of a number stays as it is. Less is left to guess then: [`IdNumber::bits`] says how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// The six digits of the region.
    pub region: bool,
    /// The year of birth.
    pub birth_year: bool,
    /// Whether the sequence is odd (a man) or even (a woman).
    pub sex: bool,
}

/// The codec for numbers of 18 characters with region, day, sequence and check character.
///
/// What is kept goes into the tweak, so that two people in two regions whose numbers differ in nothing else do not come out
/// alike but for the region. One number in as many as there are maps to itself.
pub struct IdNumber {
    kind: &'static str,
    check: Check,
    regions: &'static [u32],
    keep: Keep,
    /// The classes of days, in their order; where the year is kept, a common year and a leap year.
    ranks: Vec<OneSize>,
}

/// A number's parts, each counted from 0.
#[derive(Clone, Copy, Default)]
struct Parts {
    /// The place in the list of regions.
    region: u32,
    /// Since 1800.
    year: u32,
    /// Since 1 January.
    day_of_year: u32,
    sequence: u32,
}

impl IdNumber {
    /// The codec for resident IDs (GB 11643-1999). Those of 15 digits are none: they have no check character.
    ///
    /// # Errors
    /// A tweak of more than 8 bytes ([`FpeError::is_limit`]).
    pub fn resident(cipher: &Cipher, tweak: &Tweak, keep: Keep) -> Result<Self, FpeError> {
        static REGIONS: LazyLock<Vec<u32>> =
            LazyLock::new(|| region::codes().iter().copied().filter(|code| !PERMIT_REGIONS.contains(code)).collect());
        Self::new("resident_id", resident_id::check, &REGIONS, cipher, tweak, keep)
    }

    /// The codec for residence permits of people from Hong Kong, Macao and Taiwan.
    ///
    /// # Errors
    /// As for [`IdNumber::resident`].
    pub fn residence_permit(cipher: &Cipher, tweak: &Tweak, keep: Keep) -> Result<Self, FpeError> {
        Self::new("residence_permit", residence_permit::check, &PERMIT_REGIONS, cipher, tweak, keep)
    }

    fn new(
        kind: &'static str,
        check: Check,
        regions: &'static [u32],
        cipher: &Cipher,
        tweak: &Tweak,
        keep: Keep,
    ) -> Result<Self, FpeError> {
        let days = if keep.birth_year { vec![365, 366] } else { DayClass::ALL.map(DayClass::days).to_vec() };
        let regions_left = if keep.region { 1 } else { u64::try_from(regions.len()).unwrap_or(u64::MAX) };
        let bound = |days: u32| regions_left * u64::from(days) * u64::from(keep.sequences());
        let set_up = |days| OneSize::new(cipher, tweak, bound(days));
        let ranks = days.into_iter().map(set_up).collect::<Result<_, _>>()?;
        Ok(Self { kind, check, regions, keep, ranks })
    }

    /// How much of a number is left to guess for who sees the result and knows nothing else, in bits.
    #[must_use]
    pub fn bits(&self) -> f64 {
        self.ranks.iter().map(OneSize::bits).fold(f64::INFINITY, f64::min)
    }

    /// Enciphers a number of 18 characters; the last may be a small `x`, the result's is a capital `X`.
    ///
    /// # Errors
    /// It is no valid number: another length, an unknown region, no day, a wrong check character
    /// ([`FpeError::is_value`]).
    pub fn encrypt(&self, number: &[u8]) -> Result<[u8; LENGTH], FpeError> {
        self.run(Direction::Encrypt, number)
    }

    /// The way back.
    ///
    /// # Errors
    /// As for [`IdNumber::encrypt`].
    pub fn decrypt(&self, number: &[u8]) -> Result<[u8; LENGTH], FpeError> {
        self.run(Direction::Decrypt, number)
    }

    /// Enciphers many numbers and puts what comes of each behind `results`, in their order: several times as fast as one by
    /// one.
    pub fn encrypt_each(&self, numbers: &[&[u8]], results: &mut Vec<Result<[u8; LENGTH], FpeError>>) {
        self.run_each(Direction::Encrypt, numbers, results);
    }

    /// The way back.
    pub fn decrypt_each(&self, numbers: &[&[u8]], results: &mut Vec<Result<[u8; LENGTH], FpeError>>) {
        self.run_each(Direction::Decrypt, numbers, results);
    }

    fn run(&self, direction: Direction, number: &[u8]) -> Result<[u8; LENGTH], FpeError> {
        let parts = self.read(number)?;
        let (which, rank) = self.rank(parts);
        let ranks = self.ranks.get(which).ok_or(FpeError::new(Reason::Outside))?;
        let rank = ranks.run(direction, rank)?;
        self.write(self.unrank(which, rank, parts))
    }

    fn run_each(&self, direction: Direction, numbers: &[&[u8]], results: &mut Vec<Result<[u8; LENGTH], FpeError>>) {
        results.reserve(numbers.len());
        for numbers in numbers.chunks(BATCH) {
            let mut read = [Err(FpeError::new(Reason::NotValid { kind: self.kind })); BATCH];
            for (slot, number) in read.iter_mut().zip(numbers) {
                *slot = self.read(number).map(|parts| (self.rank(parts), parts));
            }
            let read = read.get_mut(..numbers.len()).unwrap_or_default();
            for (which, ranks) in self.ranks.iter().enumerate() {
                let of_this = read.iter_mut().flatten().filter(|((of, _), _)| *of == which);
                let mut together: Vec<&mut Rank> = of_this.map(|((_, rank), _)| rank).collect();
                ranks.run_each(direction, &mut together);
            }
            results.extend(read.iter().map(|read| {
                let ((which, rank), parts) = (*read)?;
                self.write(self.unrank(which, rank.rank, parts))
            }));
        }
    }

    /// The parts of a valid number.
    fn read(&self, number: &[u8]) -> Result<Parts, FpeError> {
        let not_valid = FpeError::new(Reason::NotValid { kind: self.kind });
        let mut number: [u8; LENGTH] = number.try_into().map_err(|_| not_valid)?;
        number[LENGTH - 1] = number[LENGTH - 1].to_ascii_uppercase();
        if (self.check)(&number) != Verdict::Valid {
            return Err(not_valid);
        }
        // At most six digits.
        let part = |from: usize, to: usize| u32::try_from(read_number(&number[from..to])).unwrap_or(u32::MAX);
        let region = self.regions.binary_search(&part(0, 6)).ok().and_then(|at| u32::try_from(at).ok());
        let year = part(6, 10);
        Ok(Parts {
            region: region.ok_or(not_valid)?,
            year: year.checked_sub(FIRST_YEAR).ok_or(not_valid)?,
            day_of_year: calendar::day_of_year(year, part(10, 12), part(12, 14)),
            sequence: part(14, 17),
        })
    }

    /// Which domain a number is in, and its place there. All parts that are kept make up a number below
    /// 7,403 × 300 × 2, which is less than 2^24.
    fn rank(&self, parts: Parts) -> (usize, Rank) {
        let Keep { region, birth_year, sex } = self.keep;
        let kept = |is_kept: bool, part: u32| if is_kept { part } else { 0 };
        let (which, day, days) = self.day(parts);
        let sequence = if sex { parts.sequence / 2 } else { parts.sequence };
        let by_region = u64::from(kept(!region, parts.region)) * u64::from(days) + u64::from(day);
        let rank = Rank {
            rank: by_region * u64::from(self.keep.sequences()) + u64::from(sequence),
            kept: (kept(region, parts.region) * YEARS + kept(birth_year, parts.year)) * 2
                + kept(sex, parts.sequence % 2),
        };
        (which, rank)
    }

    /// Which domain a day is in, its place there, and how many days that has.
    fn day(&self, parts: Parts) -> (usize, u32, u32) {
        let year = FIRST_YEAR + parts.year;
        if self.keep.birth_year {
            let days = calendar::days_in(year);
            return (usize::from(days == 366), parts.day_of_year, days);
        }
        let (class, place) = DayClass::of(calendar::days_before(year) + parts.day_of_year);
        (class as usize, place, class.days())
    }

    /// The parts of the number at a rank, with those parts of the original that are kept.
    fn unrank(&self, which: usize, rank: u64, original: Parts) -> Parts {
        let Keep { region, birth_year, sex } = self.keep;
        let split = |number: u64, by: u32| {
            // Both are below the bound's factors, which have 32 bits.
            let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
            (number / u64::from(by), narrow(number % u64::from(by)))
        };
        let class = DayClass::ALL.get(which).copied().unwrap_or(DayClass::Other);
        let days = if birth_year { calendar::days_in(FIRST_YEAR + original.year) } else { class.days() };
        let (by_day, sequence) = split(rank, self.keep.sequences());
        let (by_region, day) = split(by_day, days);
        let (year, day_of_year) = if birth_year { (original.year, day) } else { year_and_day(class.day(day)) };
        Parts {
            region: if region { original.region } else { u32::try_from(by_region).unwrap_or(u32::MAX) },
            year,
            day_of_year,
            sequence: if sex { sequence * 2 + original.sequence % 2 } else { sequence },
        }
    }

    fn write(&self, parts: Parts) -> Result<[u8; LENGTH], FpeError> {
        let not_valid = FpeError::new(Reason::NotValid { kind: self.kind });
        let region = usize::try_from(parts.region).ok().and_then(|at| self.regions.get(at)).ok_or(not_valid)?;
        let year = FIRST_YEAR + parts.year;
        let (month, day) = calendar::month_and_day(year, parts.day_of_year);
        let body = [*region, year, month, day, parts.sequence]
            .into_iter()
            .zip([1_000_000, 10_000, 100, 100, 1000])
            .fold(0, |sum, (part, size)| sum * size + u64::from(part));
        let mut number = [0; LENGTH];
        write_number(body, &mut number[..LENGTH - 1]);
        number[LENGTH - 1] = resident_id::check_char(&number[..LENGTH - 1]).ok_or(not_valid)?;
        Ok(number)
    }
}

impl Keep {
    /// How many sequences there are among which to choose.
    fn sequences(self) -> u32 {
        if self.sex { SEQUENCES / 2 } else { SEQUENCES }
    }
}

/// The year since 1800 and the day of it, of a day counted from 1800-01-01.
fn year_and_day(day: u32) -> (u32, u32) {
    let year = calendar::year_of(day);
    (year - FIRST_YEAR, day - calendar::days_before(year))
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({}, {:?})", self.kind, self.keep)
    }
}
