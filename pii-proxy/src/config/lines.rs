//! Where a route says what. Some faults show only with the rules and the policy at hand, when the file has been read long ago.

use super::file::{Place, Word};
use std::collections::BTreeMap;

/// The lines of a route's words. One that the command line made has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    file: String,
    table: usize,
    words: BTreeMap<(&'static str, String), usize>,
}

impl Lines {
    pub(super) fn new(place: Place<'_>, table: usize) -> Self {
        Self { file: place.name().to_owned(), table: place.line(table), words: BTreeMap::new() }
    }

    /// Notes where the words of a key stand.
    pub(super) fn note<'w>(&mut self, key: &'static str, words: impl IntoIterator<Item = &'w Word>, place: Place<'_>) {
        for word in words {
            self.words.entry((key, word.get_ref().clone())).or_insert_with(|| place.line(word.span().start));
        }
    }

    /// The file and the line of a word of a key, such as `proxy.toml:12`; of the route where the word stands nowhere.
    pub(crate) fn place(&self, key: &'static str, word: &str) -> Option<String> {
        let line = self.words.get(&(key, word.to_owned())).unwrap_or(&self.table);
        (!self.file.is_empty()).then(|| format!("{}:{line}", self.file))
    }

    /// Where the route begins.
    pub(super) fn table(&self) -> usize {
        self.table
    }
}
