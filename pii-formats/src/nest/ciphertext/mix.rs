//! Of what sorts of characters a run is made.

use super::is_line_end;

/// What a block is made of.
#[derive(Default)]
pub(super) struct Mix {
    upper: usize,
    lower: usize,
    digits: usize,
    signs: usize,
    /// How many letters and digits stand next to one of another sort.
    changes: usize,
    distinct: usize,
    /// How many different signs.
    distinct_signs: usize,
}

/// So many different signs stand in a block of base85, which has 23 or 28 of them. Programs and documents have fewer.
const SIGNS_OF_BASE85: usize = 13;

impl Mix {
    pub(super) fn of(block: &[u8]) -> Self {
        let mut mix = Self::default();
        let (mut seen, mut signs) = (0_u128, 0_u128);
        let mut before = 0;
        for &byte in block.iter().filter(|b| !is_line_end(**b)) {
            seen |= 1 << (byte & 0x7F);
            let sort = match byte {
                b'A'..=b'Z' => 1,
                b'a'..=b'z' => 2,
                b'0'..=b'9' => 3,
                _ => 0,
            };
            match sort {
                1 => mix.upper += 1,
                2 => mix.lower += 1,
                3 => mix.digits += 1,
                _ => {
                    mix.signs += 1;
                    signs |= 1 << (byte & 0x7F);
                }
            }
            mix.changes += usize::from(before != 0 && sort != 0 && before != sort);
            before = sort;
        }
        mix.distinct = seen.count_ones() as usize;
        mix.distinct_signs = signs.count_ones() as usize;
        mix
    }

    fn is_percent(&self, count: usize, percent: usize) -> bool {
        count * 100 >= (self.upper + self.lower + self.digits + self.signs) * percent
    }

    /// In random base64 two of five are capitals, as many small letters, one of six a digit, and two of three stand next to one
    /// of another sort; in words joined by capitals or signs hardly any digit does.
    pub(super) fn is_of_base64(&self) -> bool {
        self.is_percent(self.upper, 10)
            && self.is_percent(self.lower, 10)
            && self.is_percent(self.digits, 4)
            && self.is_percent(self.changes, 45)
            && self.distinct >= 24
    }

    /// Base64, or hexadecimal and Base32, in random ones of which half or a third stand next to one of another sort.
    pub(super) fn is_of_code(&self) -> bool {
        let Self { upper, lower, digits, signs, changes, distinct, .. } = *self;
        if self.is_percent(upper, 10) && self.is_percent(lower, 10) {
            return self.is_of_base64();
        }
        let is_of_one_case = signs == 0 && (upper == 0 || lower == 0);
        is_of_one_case
            && self.is_percent(digits, 6)
            && self.is_percent(upper + lower, 15)
            && self.is_percent(changes, 22)
            && distinct >= 10
    }

    /// In random base85 a quarter or a third are signs, nearly as many capitals and small letters each, and one of eight a digit.
    pub(super) fn is_of_base85(&self) -> bool {
        self.distinct_signs >= SIGNS_OF_BASE85
            && self.is_percent(self.signs, 12)
            && self.is_percent(self.upper, 15)
            && self.is_percent(self.lower, 12)
            && self.is_percent(self.digits, 3)
    }
}
