//! The words and names of fields that lead to values.

use crate::locate::{Buffers, Searcher};
use crate::rule::{LabelKind, WordHit};

/// The words and names of fields that lead to values. Those of kinds that patterns alone describe lead to none: a word
/// beside one makes it surer, and the pattern is looked for in any case.
#[derive(Clone, Copy)]
pub(super) struct Spoken<'s> {
    pub(super) searcher: &'s Searcher<'s>,
}

impl Spoken<'_> {
    /// In their normal form.
    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        self.searcher.rules.labels().fields().filter(|(_, id)| self.searcher.leads_to_values(*id)).map(|(name, _)| name)
    }

    /// In small letters and simplified characters.
    pub(super) fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.searcher.rules.labels().words().filter(|(_, label)| self.counts(*label)).map(|(word, _)| word)
    }

    /// Whether a word or name that stands in a line is one of them and leads to something there.
    pub(super) fn leads(&self, line: &[u8], hit: WordHit, buffers: &mut Buffers) -> bool {
        self.counts(hit.label) && self.searcher.leads_somewhere(line, hit, buffers)
    }

    /// Whether a word is one of them.
    fn counts(&self, label: LabelKind) -> bool {
        label.before.into_iter().chain(label.after).any(|id| self.searcher.leads_to_values(id))
    }
}
