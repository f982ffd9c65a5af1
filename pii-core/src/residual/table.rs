//! Counting the values of one part of an identifier that fit what is shown, apart by what they add to its check sum.

use std::ops::Range;

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
            // What adds up to the modulus and more begins again at 0.
            let (low, high) = other.by_residue[..self.modulus].split_at(self.modulus - one);
            let (begun_again, sums) = product.by_residue[..self.modulus].split_at_mut(one);
            sums.iter_mut()
                .zip(low)
                .chain(begun_again.iter_mut().zip(high))
                .for_each(|(sum, twos)| *sum += ones * twos);
        }
        product
    }

    /// How many values of the one followed by a value of the other have this residue together.
    pub(super) fn times_with_residue(&self, other: &Self, residue: u32) -> f64 {
        let residue = residue as usize % self.modulus;
        let rest = |one: usize| if one <= residue { residue - one } else { self.modulus + residue - one };
        self.by_residue[..self.modulus].iter().enumerate().map(|(one, ones)| ones * other.by_residue[rest(one)]).sum()
    }

    /// Every value followed by something that adds each residue once.
    pub(super) fn evened(&self) -> Self {
        let mut all = Self::none(self.modulus);
        all.by_residue[..self.modulus].fill(self.total());
        all
    }

    /// Every value followed by something that adds `residue`.
    pub(super) fn turned(mut self, residue: u32) -> Self {
        self.by_residue[..self.modulus].rotate_right(residue as usize % self.modulus);
        self
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
    /// When nothing is shown.
    all: Group,
    /// When the first character is shown and nothing else, which is what masks show most often.
    by_first: Vec<(u8, Group)>,
}

/// Values that are counted once and for all.
#[derive(Clone, Debug)]
struct Group {
    counts: Counts,
    /// How many beginnings of so many characters they have.
    beginnings: [u32; LENGTH_LIMIT + 1],
    last: Option<u64>,
}

/// The most characters of a part: they fit a word.
const LENGTH_LIMIT: usize = 8;

impl Group {
    fn none(modulus: usize) -> Self {
        Self { counts: Counts::none(modulus), beginnings: [0; LENGTH_LIMIT + 1], last: None }
    }

    /// Values come in order.
    fn add(&mut self, packed: u64, length: usize, residue: u8) {
        self.counts.by_residue[usize::from(residue)] += 1.0;
        for (characters, count) in self.beginnings[..=length].iter_mut().enumerate() {
            let cut = 8 * (length - characters) as u32;
            *count += u32::from(self.last.is_none_or(|last| last.checked_shr(cut) != packed.checked_shr(cut)));
        }
        self.last = Some(packed);
    }
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
        let packed = |value: &String| value.bytes().fold(0, |sum, byte| sum << 8 | u64::from(byte));
        let packed: Vec<u64> = values.iter().map(packed).collect();
        let length = values.first().map_or(0, String::len);
        debug_assert!(length <= LENGTH_LIMIT && values.iter().all(|value| value.len() == length), "values fit a word");
        let mut all = Group::none(modulus);
        let mut by_first: Vec<(u8, Group)> = Vec::new();
        for ((value, packed), residue) in values.iter().zip(&packed).zip(&residues) {
            let first = value.as_bytes().first().copied().unwrap_or(0);
            if by_first.last().is_none_or(|(known, _)| *known != first) {
                by_first.push((first, Group::none(modulus)));
            }
            let own = by_first.last_mut().map(|(_, group)| group);
            for group in std::iter::once(&mut all).chain(own) {
                group.add(*packed, length, *residue);
            }
        }
        Self { modulus, length, packed, residues, all, by_first }
    }

    /// How many characters a value has.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// The values that fit, none if none does.
    pub(super) fn fitting(&self, shown: &[Option<u8>]) -> Counts {
        debug_assert_eq!(shown.len(), self.length, "the part's own places");
        if let Some(group) = self.counted(shown) {
            return group.map_or_else(|| Counts::none(self.modulus), |group| group.counts.clone());
        }
        let (mask, want) = mask_of(shown);
        let range = self.range(shown, want);
        let mut by_residue = [0_u32; MODULUS_LIMIT];
        for (value, residue) in self.packed[range.clone()].iter().zip(&self.residues[range]) {
            by_residue[usize::from(*residue)] += u32::from(value & mask == want);
        }
        Counts { modulus: self.modulus, by_residue: by_residue.map(f64::from) }
    }

    /// How many beginnings of `characters` characters the values have that fit, at least 1.
    pub(super) fn beginnings(&self, shown: &[Option<u8>], characters: usize) -> f64 {
        let characters = characters.min(self.length);
        if let Some(group) = self.counted(shown) {
            return f64::from(group.map_or(1, |group| group.beginnings[characters].max(1)));
        }
        let (mask, want) = mask_of(shown);
        let cut = 8 * (self.length - characters);
        let values = self.packed[self.range(shown, want)].iter();
        let fitting = values.filter(|&&value| value & mask == want).map(|value| value >> cut);
        // The values are in order, so equal beginnings stand together.
        let (_, count) =
            fitting.fold((None, 0_u32), |(last, count), next| (Some(next), count + u32::from(last != Some(next))));
        f64::from(count.max(1))
    }

    /// The values that fit, where they are counted already: `Some(None)` if none does.
    fn counted(&self, shown: &[Option<u8>]) -> Option<Option<&Group>> {
        let (first, rest) = shown.split_first().map_or((None, shown), |(first, rest)| (*first, rest));
        if rest.iter().any(Option::is_some) {
            return None;
        }
        let Some(first) = first else { return Some(Some(&self.all)) };
        Some(self.by_first.iter().find(|(byte, _)| *byte == first).map(|(_, group)| group))
    }

    /// Where the values stand that begin with what is shown at the beginning: they are in order.
    fn range(&self, shown: &[Option<u8>], want: u64) -> Range<usize> {
        let hidden_tail = shown.iter().position(Option::is_none).map_or(0, |first| 8 * (shown.len() - first));
        let head = want >> hidden_tail;
        let from = self.packed.partition_point(|value| value >> hidden_tail < head);
        from..self.packed.partition_point(|value| value >> hidden_tail <= head)
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
