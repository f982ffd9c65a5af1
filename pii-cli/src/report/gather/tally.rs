//! Counts by name, of so many names at most.

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

    /// What is counted for a name of one or several parts.
    pub(super) fn of(&mut self, parts: &[&str]) -> &mut V {
        // Most names are known, and looking them up by their parts takes no copy of them only where there is one part; trails
        // have few different names, so the copy is what it costs.
        let key: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        let is_room = self.0.len() < NAME_LIMIT || self.0.contains_key(&key);
        self.0.entry(if is_room { key } else { vec![OTHERS.to_owned(); parts.len()] }).or_default()
    }

    /// All of it, the largest first by `size`, then by name.
    pub(super) fn sorted(self, size: impl Fn(&V) -> u64) -> Vec<(Vec<String>, V)> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_by_key(|(_, value)| std::cmp::Reverse(size(value)));
        all
    }
}
