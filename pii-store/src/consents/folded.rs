//! A ledger's entries, folded into a book.

use super::source_key::SourceKeys;
use super::spread;
use super::wire::{self, Fences};
use crate::StoreError;
use crate::ledger::{State, StoredEntry};
use pii_core::consent::{Book, ConsentAct, Entry, Fault};
use std::sync::Arc;

/// A book, and what whoever appends has to know beside it.
pub(super) struct Folded {
    pub(super) book: Book,
    pub(super) fences: Fences,
    /// Entries that the rules do not allow. Their records count for nothing.
    pub(super) refused: u64,
    /// Receipts whose source did not sign them: somebody wrote them into the store. They count for nothing, too.
    pub(super) unsigned: u64,
    /// Receipts that were taken.
    pub(super) receipts: u64,
    keys: Arc<SourceKeys>,
}

impl Folded {
    pub(super) fn new(keys: Arc<SourceKeys>) -> Self {
        let book = Book::new();
        Self { book, fences: Fences::default(), refused: 0, unsigned: 0, receipts: 0, keys }
    }
}

impl State for Folded {
    /// None for what says nothing to the book.
    type Read = Option<Entry>;

    /// By all processors, since a signature takes longer than all else. The keys remember what they checked, and the book asks
    /// them again. A source that is declared among these entries is not known yet: the book has its signatures checked then.
    fn read(&self, entries: &[StoredEntry]) -> Result<Vec<Option<Entry>>, StoreError> {
        let read = |stored: &StoredEntry| {
            let entry = wire::read(stored)?;
            if let Some(ConsentAct::Answered(claimed)) = entry.as_ref().and_then(Entry::consent).map(|event| &event.act)
                && let Some(source) = self.book.source(claimed.source().as_str())
            {
                let _ = claimed.is_signed(source, &*self.keys);
            }
            Ok(entry)
        };
        spread::each(entries.iter().collect(), read)?.into_iter().collect()
    }

    fn apply(&mut self, stored: &StoredEntry, read: Option<Entry>) {
        self.fences.pass(stored);
        let Some(entry) = read else { return };
        let is_receipt = matches!(entry.consent().map(|event| &event.act), Some(ConsentAct::Answered(_)));
        match self.book.apply(&entry, &*self.keys) {
            Ok(()) => self.receipts += u64::from(is_receipt),
            Err(Fault::NotSigned) => self.unsigned += 1,
            Err(_) => self.refused += 1,
        }
    }
}
