//! Counting the values of one part of an identifier that fit what is shown, apart by what they add to its check sum.

/// The largest modulus of a check character that is counted exactly.
const MODULUS_LIMIT: usize = 11;

/// How many values there are for each residue of the check sum.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    modulus: usize,
    by_residue: [f64; MODULUS_LIMIT],
}

impl Counts {
    /// No value at all.
    pub(super) fn none(modulus: usize) -> Self {
        debug_assert!((1..=MODULUS_LIMIT).contains(&modulus), "larger moduli are not counted exactly");
        Self { modulus, by_residue: [0.0; MODULUS_LIMIT] }
    }

    /// The empty string: one value that adds nothing.
    pub(super) fn one(modulus: usize) -> Self {
        let mut counts = Self::none(modulus);
        counts.by_residue[0] = 1.0;
        counts
    }

    /// One digit, shown or not, with what each digit adds to the sum.
    pub(super) fn digit(modulus: usize, shown: Option<u8>, residue: impl Fn(u32) -> u32) -> Self {
        let mut counts = Self::none(modulus);
        let (first, last) = shown.map_or((0, 9), |byte| (decimal(byte), decimal(byte)));
        for digit in first..=last {
            counts.by_residue[residue(digit) as usize % modulus] += 1.0;
        }
        counts
    }

    pub(super) fn total(&self) -> f64 {
        self.by_residue.iter().sum()
    }

    /// How many values there are with this residue.
    pub(super) fn with_residue(&self, residue: u32) -> f64 {
        self.by_residue[residue as usize % self.modulus]
    }

    /// Both alternatives.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        for (sum, more) in self.by_residue.iter_mut().zip(other.by_residue) {
            *sum += more;
        }
        self
    }

    /// Every value of the one followed by every value of the other.
    pub(super) fn times(&self, other: &Self) -> Self {
        let mut product = Self::none(self.modulus);
        for (one, ones) in self.by_residue[..self.modulus].iter().enumerate().filter(|(_, ones)| **ones > 0.0) {
            for (two, twos) in other.by_residue[..self.modulus].iter().enumerate() {
                product.by_residue[(one + two) % self.modulus] += ones * twos;
            }
        }
        product
    }

    /// Where nothing fits, one value of which nothing is known.
    pub(super) fn or_a_stranger(mut self) -> Self {
        if self.total() == 0.0 {
            self.by_residue[..self.modulus].fill(1.0 / self.modulus as f64);
        }
        self
    }
}

/// All values that a part can have.
#[derive(Debug)]
pub(super) struct Table {
    modulus: usize,
    length: usize,
    /// The characters, the first in the highest byte; in ascending order.
    packed: Vec<u64>,
    /// What each value adds to the check sum.
    residues: Vec<u8>,
    /// The counts when nothing is shown.
    all: Counts,
    /// The counts when the first character is shown and nothing else, which is what masks show most often.
    by_first: Vec<(u8, Counts)>,
}

impl Table {
    /// `residue` says what a character in a place (from 0) adds to the check sum. Values have one length, up to 8.
    pub(super) fn new(
        values: impl Iterator<Item = String>,
        modulus: usize,
        residue: impl Fn(usize, u8) -> u32,
    ) -> Self {
        let mut values: Vec<String> = values.collect();
        values.sort_unstable();
        let residue_of = |value: &String| value.bytes().enumerate().map(|(at, byte)| residue(at, byte)).sum::<u32>();
        let residues: Vec<u8> = values.iter().map(|value| (residue_of(value) as usize % modulus) as u8).collect();
        let mut all = Counts::none(modulus);
        let mut by_first: Vec<(u8, Counts)> = Vec::new();
        for (value, residue) in values.iter().zip(&residues) {
            let first = value.as_bytes().first().copied().unwrap_or(0);
            if by_first.last().is_none_or(|(known, _)| *known != first) {
                by_first.push((first, Counts::none(modulus)));
            }
            let own = by_first.last_mut().map(|(_, counts)| counts);
            for counts in std::iter::once(&mut all).chain(own) {
                counts.by_residue[usize::from(*residue)] += 1.0;
            }
        }
        let packed = values.iter().map(|value| value.bytes().fold(0, |sum, byte| sum << 8 | u64::from(byte))).collect();
        let length = values.first().map_or(0, String::len);
        debug_assert!(length <= 8 && values.iter().all(|value| value.len() == length), "values fit a word");
        Self { modulus, length, packed, residues, all, by_first }
    }

    /// How many characters a value has.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The values that fit, none if none does.
    pub(super) fn fitting(&self, shown: &[Option<u8>]) -> Counts {
        debug_assert_eq!(shown.len(), self.length, "the part's own places");
        if shown.iter().all(Option::is_none) {
            return self.all.clone();
        }
        if let ([Some(first), rest @ ..], true) = (shown, self.by_first.len() > 1)
            && rest.iter().all(Option::is_none)
        {
            let known = self.by_first.iter().find(|(byte, _)| byte == first);
            return known.map_or_else(|| Counts::none(self.modulus), |(_, counts)| counts.clone());
        }
        let (mask, want) = mask_of(shown);
        // What is shown at the beginning bounds the search, because the values are in order.
        let hidden_tail = shown.iter().position(Option::is_none).map_or(0, |first| 8 * (shown.len() - first));
        let head = want >> hidden_tail;
        let from = self.packed.partition_point(|value| value >> hidden_tail < head);
        let until = self.packed.partition_point(|value| value >> hidden_tail <= head);
        let mut by_residue = [0_u32; MODULUS_LIMIT];
        for (value, residue) in self.packed[from..until].iter().zip(&self.residues[from..until]) {
            by_residue[usize::from(*residue)] += u32::from(value & mask == want);
        }
        Counts { modulus: self.modulus, by_residue: by_residue.map(f64::from) }
    }

    /// How many beginnings of `characters` characters the values have that fit, at least 1.
    pub(super) fn beginnings(&self, shown: &[Option<u8>], characters: usize) -> f64 {
        let (mask, want) = mask_of(shown);
        let cut = 8 * self.length.saturating_sub(characters);
        let fitting = self.packed.iter().filter(|&&value| value & mask == want).map(|value| value >> cut);
        // The values are in order, so equal beginnings stand together.
        let (_, count) =
            fitting.fold((None, 0_u32), |(last, count), next| (Some(next), count + u32::from(last != Some(next))));
        f64::from(count.max(1))
    }

    /// The values that fit; a stranger if none does.
    pub(super) fn matching(&self, shown: &[Option<u8>]) -> Counts {
        self.fitting(shown).or_a_stranger()
    }
}

/// What is shown, as a mask over packed values and what they have to be under it.
fn mask_of(shown: &[Option<u8>]) -> (u64, u64) {
    shown.iter().fold((0, 0), |(mask, want), place| {
        (mask << 8 | place.map_or(0, |_| 0xff), want << 8 | u64::from(place.unwrap_or(0)))
    })
}

/// A digit's value; what is no digit counts 0, because any one value will do for a character that has no meaning here.
pub(super) fn decimal(byte: u8) -> u32 {
    if byte.is_ascii_digit() { u32::from(byte - b'0') } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_table_counts_what_a_list_would(
            values in proptest::collection::btree_set("[0-3]{4}", 1..40),
            shown in proptest::collection::vec(proptest::option::of(b'0'..=b'3'), 4),
        ) {
            let weigh = |at: usize, byte: u8| (at as u32 + 3) * decimal(byte);
            let table = Table::new(values.iter().cloned(), 11, weigh);
            let counts = table.fitting(&shown);
            for residue in 0..11 {
                let fits = values.iter().filter(|value| {
                    value.bytes().zip(&shown).all(|(byte, place)| place.is_none_or(|shown| shown == byte))
                        && value.bytes().enumerate().map(|(at, byte)| weigh(at, byte)).sum::<u32>() % 11 == residue
                });
                prop_assert_eq!(counts.with_residue(residue), fits.count() as f64);
            }
        }
    }

    #[test]
    fn a_product_counts_pairs() {
        let two = Counts::digit(10, None, |digit| digit).times(&Counts::digit(10, None, |digit| 3 * digit));
        assert_eq!(two.total(), 100.0);
        assert_eq!(two.with_residue(7), 10.0);
        assert_eq!(Counts::none(10).or_a_stranger().with_residue(3), 0.1);
    }
}
