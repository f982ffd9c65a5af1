//! Drawing from a table in which some entries are likelier than others.

/// The weight of an entry that costs nothing.
const HEAVIEST: u64 = 1 << 40;

/// Entries and how likely they are.
pub(super) struct Weighted<T> {
    entries: Vec<T>,
    /// The sum of the weights up to each entry.
    sums: Vec<u64>,
}

impl<T: Copy> Weighted<T> {
    /// Entries with what they cost: each step makes one less likely by 0.4 nats, which is by a third.
    pub(super) fn new(entries: impl Iterator<Item = (T, u8)>) -> Self {
        let (mut kept, mut sums, mut sum) = (Vec::new(), Vec::new(), 0);
        for (entry, cost) in entries {
            // Whole numbers, so that every machine draws the same.
            let weight = (0..cost.min(64)).fold(HEAVIEST, |weight, _| weight / 100_000 * 67_032);
            sum += weight.max(1);
            kept.push(entry);
            sums.push(sum);
        }
        Self { entries: kept, sums }
    }

    /// The sum of all weights: a number below it draws an entry.
    pub(super) fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// The entry that a number below the total draws.
    pub(super) fn at(&self, number: u64) -> Option<T> {
        self.entries.get(self.sums.partition_point(|&sum| sum <= number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_drawn_as_often_as_it_weighs() {
        let all = Weighted::new([('a', 0), ('b', 1), ('c', 10)].into_iter());
        let total = all.total();
        assert_eq!(all.at(0), Some('a'));
        assert_eq!(all.at(total - 1), Some('c'));
        assert_eq!(all.at(total), None);
        let counts = ['a', 'b', 'c'].map(|entry| (0..1000).filter(|n| all.at(total / 1000 * n) == Some(entry)).count());
        assert!(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > 0, "{counts:?}");
    }
}
