//! Counts by name, of so many names at most. What says whether something is a breach is kept beyond them.

use std::collections::BTreeMap;

/// The most names that are told apart; a trail's names are a firm's vocabulary, so more are a mistake of somebody's.
const NAME_LIMIT: usize = 4096;

/// Stands for all names beyond the limit.
pub(super) const OTHERS: &str = "*";

/// Something counted for each name.
#[derive(Debug)]
pub(super) struct Tally<V>(BTreeMap<Vec<String>, V>);

impl<V: Default> Tally<V> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// What is counted for a name of one part.
    pub(super) fn of(&mut self, name: &str) -> &mut V {
        self.of_parts(&[name], &[OTHERS])
    }

    /// What is counted for a name of several parts. Beyond the limit it is counted as `beyond`, which has to say all that
    /// conclusions are drawn from, and of which there must be few.
    pub(super) fn of_parts(&mut self, parts: &[&str], beyond: &[&str]) -> &mut V {
        // Most names are known, and looking them up by their parts takes no copy of them only where there is one part; trails
        // have few different names, so the copy is what it costs.
        let owned = |parts: &[&str]| -> Vec<String> { parts.iter().map(|&part| part.to_owned()).collect() };
        let key = owned(parts);
        let is_room = self.0.len() < NAME_LIMIT || self.0.contains_key(&key);
        self.0.entry(if is_room { key } else { owned(beyond) }).or_default()
    }

    /// All of it, the largest first by `size`, then by name.
    pub(super) fn sorted(self, size: impl Fn(&V) -> u64) -> Vec<(Vec<String>, V)> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_by_key(|(_, value)| std::cmp::Reverse(size(value)));
        all
    }
}
