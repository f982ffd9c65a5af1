//! A ledger's entries, folded into a book.

use super::wire::{self, Fences};
use crate::StoreError;
use crate::ledger::{State, StoredEntry};
use pii_core::consent::Book;

/// A book, and what whoever appends has to know beside it.
#[derive(Default)]
pub(super) struct Folded {
    pub(super) book: Book,
    pub(super) fences: Fences,
    /// Entries that the rules do not allow. Their records count for nothing.
    pub(super) refused: u64,
}

impl State for Folded {
    fn apply(&mut self, entry: &StoredEntry) -> Result<(), StoreError> {
        self.fences.pass(entry);
        if let Some(entry) = wire::read(entry)?
            && self.book.apply(&entry).is_err()
        {
            self.refused += 1;
        }
        Ok(())
    }
}
