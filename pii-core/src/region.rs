//! Division codes (GB/T 2260), of today and of the past, and the countries of ISO 3166-1.
//!
//! A resident ID keeps the region of its first coding for life, so a code counts whenever it was in force.

mod country;

pub use country::{letters_exist as country_of_letters, number_exists as country_of_number};

pub(crate) use country::{letters as country_letters, numbers as country_numbers};

use std::sync::LazyLock;

const DATA: &str = include_str!("../data/division_codes.txt");

/// Codes have six digits, and none begins with 9.
const CODE_LIMIT: usize = 900_000;

/// All 7,406 six-digit codes, in ascending order: provinces and cities (which end in 00) as well as counties.
#[must_use]
pub fn codes() -> &'static [u32] {
    static CODES: LazyLock<Vec<u32>> =
        LazyLock::new(|| DATA.lines().filter(|line| !line.starts_with('#')).flat_map(codes_of_line).collect());
    &CODES
}

/// Whether a region has or had this six-digit code.
#[must_use]
pub fn exists(code: u32) -> bool {
    // One bit for each number: 112 KB, made once, and one load for each question.
    static BITS: LazyLock<Vec<u64>> = LazyLock::new(|| bits(codes().iter().copied(), CODE_LIMIT));
    is_set(&BITS, code)
}

/// Whether these two digits are those of a province (11 to 65, 71, 81 to 83).
#[must_use]
pub fn province_exists(code: u32) -> bool {
    static BITS: LazyLock<Vec<u64>> = LazyLock::new(|| bits(codes().iter().map(|code| code / 10_000), 100));
    is_set(&BITS, code)
}

/// A line is four digits, then the last two of each code. A test reads the whole file, so that a word that is no
/// number cannot be passed over unseen.
fn codes_of_line(line: &str) -> impl Iterator<Item = u32> + '_ {
    let mut words = line.split(' ').map(|word| word.parse::<u32>().ok());
    let prefecture = words.next().flatten();
    words.filter_map(move |county| Some(prefecture? * 100 + county?))
}

fn bits(numbers: impl Iterator<Item = u32>, limit: usize) -> Vec<u64> {
    let mut bits = vec![0; limit.div_ceil(64)];
    for number in numbers {
        if let Some(word) = bits.get_mut(number as usize / 64) {
            *word |= 1 << (number % 64);
        }
    }
    bits
}

fn is_set(bits: &[u64], number: u32) -> bool {
    bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(codes().len(), 7406);
        assert!(codes().is_sorted_by(|one, two| one < two));
        assert_eq!(codes().iter().filter(|&code| code % 100 != 0).count(), 6816);
        let words = DATA.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').count() - 1);
        assert_eq!(words.sum::<usize>(), 7406, "no word is passed over");
    }

    #[test]
    fn exactly_the_listed_codes_exist() {
        let mut listed = codes().iter().copied().peekable();
        for code in 0..1_000_100 {
            assert_eq!(exists(code), listed.next_if_eq(&code).is_some(), "{code}");
        }
        assert!(!exists(u32::MAX));
    }

    #[test]
    fn old_and_new_codes_exist() {
        for code in [110_105, 440_524, 440_305, 310_115, 622_102, 320_613, 330_113, 810_000, 830_000] {
            assert!(exists(code), "{code}");
        }
        for code in [0, 990_105, 110_199, 840_000, 999_999] {
            assert!(!exists(code), "{code}");
        }
    }

    #[test]
    fn provinces() {
        let provinces: Vec<u32> = (0..200).filter(|&code| province_exists(code)).collect();
        let expected: Vec<u32> =
            [11..=15, 21..=23, 31..=37, 41..=46, 50..=54, 61..=65, 71..=71, 81..=83].into_iter().flatten().collect();
        assert_eq!(provinces, expected);
    }
}
