//! How much a mask leaves open: the number of values that a reader has to choose from, in bits.
//!
//! A star hides less than it seems. A check character gives a digit away, a resident ID holds a date, and only a few
//! thousand regions exist: of `440305********0014` some two thousand numbers are left, and one when the birth date
//! stands beside it. This is counted from an identifier's own structure. What a reader may know about the person
//! otherwise is said by [`SideKnowledge`]; nothing else is assumed of them.
//!
//! ```
//! use pii_core::residual::{SideKnowledge, Structure, residual_bits};
//!
//! let shown: Vec<Option<u8>> = b"440305********0014".iter().map(|&b| (b != b'*').then_some(b)).collect();
//! let bits = residual_bits(&Structure::ResidentId18, &shown, SideKnowledge::default());
//! assert!(bits < 12.0);
//! ```

mod identity;
mod table;

use crate::check::{bank_card, luhn, phone, uscc};
use std::ops::RangeInclusive;
use std::sync::{LazyLock, OnceLock};
use table::{Counts, Table};

/// The years in which an investor may be born: 18 to 91 years old in 2026. People outside these years are few, so a
/// reader who guesses does not begin with them, and a wider range would make masks look stronger than they are.
pub const BIRTH_YEARS: RangeInclusive<u32> = 1935..=2008;

/// What is known of how an identifier is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Structure<'a> {
    /// Region, date, sequence, check character (GB 11643-1999).
    ResidentId18,
    /// Region, date without century, sequence.
    ResidentId15,
    /// As a resident ID, with one of three regions.
    ResidencePermit,
    /// The card of 2023: `9`, province, nationality, date, sequence, check character.
    ForeignPermanentResident18,
    /// The card of 2017: nationality, place, date without century, sequence, check digit.
    ForeignPermanentResident15,
    /// Eleven digits with a prefix that is in use.
    MobilePhone,
    /// A known BIN, any digits, Luhn's check digit.
    BankCard {
        /// Digits of the whole number.
        length: usize,
    },
    /// Any digits and Luhn's check digit.
    Luhn {
        /// Digits of the whole number.
        length: usize,
    },
    /// Category, region, organisation code, check character (GB 32100-2015).
    Uscc,
    /// Characters out of one alphabet.
    Uniform {
        /// Characters of the whole value.
        length: usize,
        /// How many characters each place can have.
        alphabet: u32,
        /// The number of check characters, if the last character is one: 11 for MOD 11, 10 for a digit.
        check: Option<u32>,
    },
    /// For each place, how many characters it can have.
    Places(&'a [u32]),
}

impl Structure<'static> {
    /// The structure of values that pass the check of this name. Without a check, or with one that says nothing of the
    /// structure, the values are strings of `length` characters out of `alphabet`.
    #[must_use]
    pub fn of(check: Option<&str>, alphabet: u32, length: usize) -> Self {
        let with_check = |check| Self::Uniform { length, alphabet, check: Some(check) };
        match (check.unwrap_or_default(), length) {
            ("resident_id", 18) => Self::ResidentId18,
            ("resident_id", 15) => Self::ResidentId15,
            ("residence_permit", 18) => Self::ResidencePermit,
            ("foreign_permanent_resident", 18) => Self::ForeignPermanentResident18,
            ("foreign_permanent_resident", 15) => Self::ForeignPermanentResident15,
            ("mobile_prefix", 11) => Self::MobilePhone,
            ("bank_card", 7..) => Self::BankCard { length },
            ("luhn" | "imei" | "bank_card", _) => Self::Luhn { length },
            ("uscc", 18) => Self::Uscc,
            ("hkid" | "organisation_code", _) => with_check(11),
            ("taiwan_id" | "cnaps" | "icao_731", _) => with_check(10),
            _ => Self::Uniform { length, alphabet, check: None },
        }
    }
}

impl Structure<'_> {
    /// How many characters a value has.
    #[must_use]
    pub fn length(&self) -> usize {
        match *self {
            Self::ResidentId18 | Self::ResidencePermit | Self::ForeignPermanentResident18 | Self::Uscc => 18,
            Self::ResidentId15 | Self::ForeignPermanentResident15 => 15,
            Self::MobilePhone => 11,
            Self::BankCard { length } | Self::Luhn { length } | Self::Uniform { length, .. } => length,
            Self::Places(sizes) => sizes.len(),
        }
    }
}

/// What stands beside a masked value, or can be looked up, and cuts the candidates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SideKnowledge {
    /// The day of birth.
    pub birth_date: bool,
    /// The age or the year of birth.
    pub age: bool,
    /// The sex, which the sequence's last digit holds.
    pub sex: bool,
    /// The place of the first registration, or an address that suggests it.
    pub region: RegionKnown,
}

/// How much is known of the place where a number was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegionKnown {
    /// Nothing.
    #[default]
    Hidden,
    /// The province.
    Province,
    /// Province and city.
    City,
    /// All of it.
    County,
}

/// How many bits a reader lacks: the base-2 logarithm of the number of values that fit what is shown, at least 0.
///
/// `shown` has an entry for each character of the value: `Some` when the mask shows it. If it has another length than
/// the structure, nothing can be promised and the answer is 0. Where side knowledge cuts, the mean over the candidates
/// counts. What no known value begins with (a region or a BIN that is on no list) counts as one candidate, so a strange
/// value never makes a mask look stronger.
#[must_use]
pub fn residual_bits(structure: &Structure<'_>, shown: &[Option<u8>], side: SideKnowledge) -> f64 {
    if shown.len() != structure.length() {
        return 0.0;
    }
    let candidates = match *structure {
        Structure::ResidentId18 => identity::RESIDENT.candidates(shown, side),
        Structure::ResidentId15 => identity::RESIDENT_15.candidates(shown, side),
        Structure::ResidencePermit => identity::PERMIT.candidates(shown, side),
        Structure::ForeignPermanentResident18 => identity::FOREIGN_18.candidates(shown, side),
        Structure::ForeignPermanentResident15 => identity::FOREIGN_15.candidates(shown, side),
        Structure::MobilePhone => mobile(shown),
        Structure::BankCard { .. } => bank_card(shown),
        Structure::Luhn { .. } => luhn(Counts::one(10), shown, 0),
        Structure::Uscc => organisation(shown),
        Structure::Uniform { alphabet, check, .. } => uniform(shown, alphabet, check),
        Structure::Places(sizes) => hidden_places(shown.iter().zip(sizes.iter().copied())),
    };
    candidates.max(1.0).log2()
}

/// Candidates for the prefix, times those for the other eight digits.
fn mobile(shown: &[Option<u8>]) -> f64 {
    static PREFIXES: LazyLock<Table> = LazyLock::new(|| {
        let known = (30..100_u8).filter(|two| phone::is_known_prefix(two / 10, two % 10));
        Table::new(known.map(|two| format!("1{two}")), 1, |_, _| 0)
    });
    let (prefix, rest) = shown.split_at(3);
    PREFIXES.matching(prefix).total() * hidden_places(rest.iter().zip(std::iter::repeat(10)))
}

fn bank_card(shown: &[Option<u8>]) -> f64 {
    static BINS: [OnceLock<Table>; LENGTHS] = [const { OnceLock::new() }; LENGTHS];
    let length = shown.len();
    match length.checked_sub(*bank_card::LENGTHS.start()).and_then(|at| BINS.get(at)) {
        Some(known) => luhn(known.get_or_init(|| bins(length)).matching(&shown[..BIN_DIGITS]), shown, BIN_DIGITS),
        None => luhn(Counts::one(10), shown, 0),
    }
}

const BIN_DIGITS: usize = 6;

/// How many lengths cards have.
const LENGTHS: usize = *bank_card::LENGTHS.end() - *bank_card::LENGTHS.start() + 1;

/// With fewer known BINs of one length (15, 17 and 20 digits), the list says little about who issues such cards, and all
/// BINs count.
const FEWEST_BINS: usize = 200;

/// The BINs of cards with this many digits. What they add to Luhn's sum depends on the length's parity.
fn bins(length: usize) -> Table {
    let mut bins = bank_card::six_digit_prefixes(length..=length);
    if bins.len() < FEWEST_BINS {
        bins = bank_card::six_digit_prefixes(bank_card::LENGTHS);
    }
    let bins = bins.iter().map(|bin| format!("{bin:06}"));
    Table::new(bins, 10, |at, byte| luhn::weigh(table::decimal(byte), length - 1 - at))
}

/// Candidates of a number whose first `from` digits are counted in `counts` already, and whose last is Luhn's.
fn luhn(mut counts: Counts, shown: &[Option<u8>], from: usize) -> f64 {
    let Some((check, body)) = shown.split_last() else { return 1.0 };
    for (at, place) in body.iter().enumerate().skip(from) {
        // In every place each digit has another weight.
        counts = match place {
            Some(digit) => counts.turned(luhn::weigh(table::decimal(*digit), body.len() - at)),
            None => counts.evened(),
        };
    }
    match check {
        Some(digit) => counts.with_residue((10 - table::decimal(*digit)) % 10),
        None => counts.total(),
    }
}

/// The parts' check characters are taken to cut evenly: nothing else here depends on them.
fn organisation(shown: &[Option<u8>]) -> f64 {
    let (category, rest) = shown.split_at(2);
    let (region, rest) = rest.split_at(6);
    let categories =
        if category.iter().any(Option::is_some) { CATEGORIES_OF_A_DEPARTMENT } else { uscc::CATEGORY_COUNT };
    let categories = if category.iter().all(Option::is_some) { 1 } else { categories };
    let regions = identity::counties().matching(region).total();
    let code = uniform(&rest[..9], USCC_ALPHABET, Some(11)).max(1.0);
    let check = if rest[9].is_some() { f64::from(USCC_ALPHABET) } else { 1.0 };
    categories as f64 * regions * code / check
}

const USCC_ALPHABET: u32 = 31;

/// Thirteen departments share 35 pairs, so a shown half leaves about three.
const CATEGORIES_OF_A_DEPARTMENT: usize = 3;

fn uniform(shown: &[Option<u8>], alphabet: u32, check: Option<u32>) -> f64 {
    let places = |shown: &[Option<u8>]| hidden_places(shown.iter().zip(std::iter::repeat(alphabet)));
    match (check, shown.split_last()) {
        (Some(check), Some((Some(_), body))) => places(body) / f64::from(check.max(1)),
        (Some(_), Some((None, body))) => places(body),
        _ => places(shown),
    }
}

/// The product of the alphabets of the hidden places.
fn hidden_places<'a>(places: impl Iterator<Item = (&'a Option<u8>, u32)>) -> f64 {
    places.filter(|(shown, _)| shown.is_none()).map(|(_, size)| f64::from(size.max(1))).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::resident_id;
    use proptest::prelude::*;

    /// `*` hides, anything else is shown.
    fn shown(mask: &str) -> Vec<Option<u8>> {
        mask.bytes().map(|byte| (byte != b'*').then_some(byte)).collect()
    }

    fn bits(structure: Structure<'_>, mask: &str) -> f64 {
        residual_bits(&structure, &shown(mask), SideKnowledge::default())
    }

    /// The mean number of candidates over all regions, the check character being one of eleven.
    fn resident_mean(first: usize, last: usize) -> f64 {
        let counties: Vec<u32> = region_codes().step_by(7).collect();
        let candidates = counties.iter().map(|code| {
            let id = resident(&format!("{code:06}19490307002"));
            let mask: Vec<_> = (0..18).map(|at| (at < first || at >= 18 - last).then_some(id[at])).collect();
            residual_bits(&Structure::ResidentId18, &mask, SideKnowledge::default()).exp2()
        });
        candidates.sum::<f64>() / counties.len() as f64
    }

    fn region_codes() -> impl Iterator<Item = u32> {
        crate::region::codes().iter().copied().filter(|code| code % 100 != 0)
    }

    fn resident(body: &str) -> Vec<u8> {
        let mut id = body.as_bytes().to_vec();
        id.push(resident_id::check_char(&id).expect("17 digits"));
        id
    }

    #[test]
    fn resident_ids_as_published() {
        // Characters shown first and last, and the candidates that were computed elsewhere by enumeration.
        let table = [
            (6, 4, 2.46e3),
            (6, 3, 2.46e4),
            (6, 2, 2.46e5),
            (3, 4, 2.5e5),
            (4, 4, 3.7e4),
            (2, 4, 7e5),
            (0, 4, 1.7e7),
            (1, 2, 3.2e8),
            (1, 1, 3.2e9),
            (0, 0, 1.84e11),
        ];
        for (first, last, published) in table {
            let mean = resident_mean(first, last);
            assert!((0.93..1.07).contains(&(mean / published)), "{first}+{last}: {mean:.4e} is not {published:e}");
        }
    }

    #[test]
    fn other_numbers_as_published() {
        let table = [
            (Structure::MobilePhone, "138****1234", 1e4),
            (Structure::MobilePhone, "138******34", 1e6),
            (Structure::MobilePhone, "*******1234", 5.9e5),
            (Structure::BankCard { length: 16 }, "622588******1234", 1e5),
            (Structure::BankCard { length: 19 }, "622848*********1234", 1e8),
            (Structure::BankCard { length: 16 }, "************1234", 1.09e8),
            (Structure::Luhn { length: 15 }, "86000000*****09", 1e4),
            (Structure::Uniform { length: 10, alphabet: 10, check: None }, "A*********", 1e9),
            (Structure::Uniform { length: 8, alphabet: 10, check: Some(11) }, "A*****03", 1e5 / 11.0),
            (Structure::Uniform { length: 8, alphabet: 10, check: Some(11) }, "A******3", 1e6 / 11.0),
            (Structure::Uniform { length: 8, alphabet: 10, check: Some(11) }, "A*****0*", 1e5),
            (Structure::Places(&[26, 10, 10]), "A**", 100.0),
        ];
        for (structure, mask, published) in table {
            let found = bits(structure, mask).exp2();
            assert!(
                (0.99..1.01).contains(&(found / published)),
                "{structure:?} {mask}: {found:e} is not {published:e}"
            );
        }
    }

    #[test]
    fn cards_of_one_network_as_published() {
        // The mean over BINs of a card of 19 digits, first four and last four shown: 1.8e9.
        let bins = bank_card::six_digit_prefixes(19..=19);
        let candidates = bins
            .iter()
            .map(|bin| bits(Structure::BankCard { length: 19 }, &format!("{}***********1234", bin / 100)).exp2());
        let mean = candidates.sum::<f64>() / bins.len() as f64;
        assert!((1.75e9..1.85e9).contains(&mean), "{mean:e}");
    }

    #[test]
    fn side_knowledge_cuts() {
        let known = |mask: &str, side| residual_bits(&Structure::ResidentId18, &shown(mask), side);
        let none = SideKnowledge::default();
        let (birth_date, age) = (SideKnowledge { birth_date: true, ..none }, SideKnowledge { age: true, ..none });
        let (sex, region) =
            (SideKnowledge { sex: true, ..none }, SideKnowledge { region: RegionKnown::County, ..none });
        let strict = "4****************4";
        assert_eq!(known("440305********0014", birth_date), 0.0, "one number is left");
        assert!((known(strict, none) - known(strict, sex) - 1.0).abs() < 1e-9, "half of them are men");
        assert!((known(strict, none) - known(strict, age) - 74_f64.log2()).abs() < 1e-9, "one year of 74");
        assert!(
            (known(strict, none) - known(strict, birth_date) - 27_029_f64.log2()).abs() < 1e-3,
            "one day of 74 years"
        );
        assert!(
            (known(strict, none) - known(strict, region) - 1652_f64.log2()).abs() < 1e-3,
            "one county of those in 4"
        );
        let place = |region| SideKnowledge { region, ..none };
        // What begins with 4 lies in one of six provinces, 41 to 46; the list of codes says in how many cities.
        let cities: std::collections::BTreeSet<u32> =
            region_codes().filter(|code| code / 100_000 == 4).map(|code| code / 100).collect();
        for (region, groups) in [(RegionKnown::Province, 6.0), (RegionKnown::City, cities.len() as f64)] {
            let cut = known(strict, none) - known(strict, place(region));
            assert!((cut - f64::log2(groups)).abs() < 1e-9, "{region:?} cuts {cut} bits");
        }
        assert_eq!(known("440305********0014", place(RegionKnown::City)), known("440305********0014", none), "shown");
        assert_eq!(known("*************00146", sex), known("*************00146", none), "the digit is shown");
        assert_eq!(known("******1949********", age), known("******1949********", none), "the year is shown");
    }

    #[test]
    fn everything_hidden_leaves_enough_and_everything_shown_nothing() {
        let table = [
            (Structure::ResidentId18, "440305189208153172", 37.0),
            (Structure::ResidentId15, "440305920815317", 37.0),
            (Structure::ResidencePermit, "810000190001010018", 26.0),
            (Structure::ForeignPermanentResident18, "911840190001010017", 37.0),
            (Structure::ForeignPermanentResident15, "USA310100010118", 34.0),
            (Structure::MobilePhone, "13800138000", 32.0),
            (Structure::BankCard { length: 16 }, "6225880000000005", 39.0),
            (Structure::BankCard { length: 5 }, "62258", 13.0),
            (Structure::Luhn { length: 15 }, "860000000000009", 46.0),
            (Structure::Uscc, "91310000MA1FL0007C", 50.0),
        ];
        for (structure, value, least) in table {
            assert_eq!(bits(structure, value), 0.0, "{structure:?}");
            let hidden = bits(structure, &"*".repeat(value.len()));
            assert!((least..least + 8.0).contains(&hidden), "{structure:?}: {hidden}");
        }
    }

    #[test]
    fn what_does_not_fit_its_structure_is_never_called_safe() {
        assert_eq!(bits(Structure::ResidentId18, "*****************"), 0.0, "17 characters");
        assert_eq!(bits(Structure::MobilePhone, ""), 0.0);
        assert_eq!(bits(Structure::Luhn { length: 0 }, ""), 0.0);
        assert_eq!(bits(Structure::ResidentId18, "*****************Z"), 0.0, "no check character");
        // A region, a prefix or a BIN on no list counts as one.
        assert_eq!(bits(Structure::MobilePhone, "154********"), bits(Structure::MobilePhone, "138********"));
        assert!((bits(Structure::ResidentId18, "990105********0014") - (27_029_f64 / 11.0).log2()).abs() < 0.1);
    }

    #[test]
    fn structures_are_named_by_their_checks() {
        let table = [
            (Some("resident_id"), 10, 18, Structure::ResidentId18),
            (Some("resident_id"), 10, 15, Structure::ResidentId15),
            (Some("bank_card"), 10, 19, Structure::BankCard { length: 19 }),
            (Some("imei"), 10, 15, Structure::Luhn { length: 15 }),
            (Some("hkid"), 10, 8, Structure::Uniform { length: 8, alphabet: 10, check: Some(11) }),
            (None, 10, 8, Structure::Uniform { length: 8, alphabet: 10, check: None }),
            (Some("mobile_prefix"), 10, 12, Structure::Uniform { length: 12, alphabet: 10, check: None }),
        ];
        for (check, alphabet, length, structure) in table {
            assert_eq!(Structure::of(check, alphabet, length), structure);
        }
    }

    #[test]
    fn the_count_is_quick() {
        let mask = shown("4*0*0*1***0*1*0*1*");
        let rounds: u32 = 200;
        let _tables_made = residual_bits(&Structure::ResidentId18, &mask, SideKnowledge::default());
        let begin = std::time::Instant::now();
        for _ in 0..rounds {
            std::hint::black_box(residual_bits(&Structure::ResidentId18, &mask, SideKnowledge::default()));
        }
        let each = begin.elapsed() / rounds;
        assert!(each.as_millis() < 5, "an order of magnitude is wrong: {each:?}");
    }

    proptest! {
        /// Showing one more character never leaves more.
        #[test]
        fn showing_more_leaves_less(
            region in 0usize..6816, year in 1940u32..2000, sequence in 0u32..1000, mask in any::<u32>(), more in 0usize..18,
        ) {
            let code = region_codes().nth(region).expect("a county");
            let id = resident(&format!("{code:06}{year}0307{sequence:03}"));
            let mut places: Vec<_> = (0..18).map(|at| (mask >> at & 1 == 1).then_some(id[at])).collect();
            let before = residual_bits(&Structure::ResidentId18, &places, SideKnowledge::default());
            places[more] = Some(id[more]);
            let after = residual_bits(&Structure::ResidentId18, &places, SideKnowledge::default());
            prop_assert!(after <= before + 1e-9, "{after} > {before}");
        }

        #[test]
        fn nothing_panics(mask in proptest::collection::vec(proptest::option::of(any::<u8>()), 0..24), length in 0usize..24) {
            let sizes = vec![10; length];
            for structure in [
                Structure::ResidentId18, Structure::ResidentId15, Structure::ResidencePermit, Structure::MobilePhone,
                Structure::ForeignPermanentResident18, Structure::ForeignPermanentResident15, Structure::Uscc,
                Structure::BankCard { length }, Structure::Luhn { length }, Structure::Places(&sizes),
                Structure::Uniform { length, alphabet: 0, check: Some(0) },
            ] {
                let side =
                    SideKnowledge { birth_date: true, age: true, sex: true, region: RegionKnown::County };
                let mut mask = mask.clone();
                mask.resize(structure.length(), None);
                prop_assert!(residual_bits(&structure, &mask, side) >= 0.0);
            }
        }
    }
}
