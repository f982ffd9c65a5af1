//! Whether a ledger is what it was: its chain, its entries, and the signatures of all receipts.

use super::folded::Folded;
use super::source_key::SourceKeys;
use crate::StoreError;
use crate::ledger::{Head, LedgerStorage, PAGE_LIMIT_ENTRIES, State as _};
use std::sync::Arc;

/// What a ledger of consents was found to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Soundness {
    /// Its last entry.
    pub head: Head,
    /// Subjects.
    pub subjects: usize,
    /// Records of consent.
    pub records: usize,
    /// Entries that the rules do not allow. Their records count for nothing.
    pub refused: u64,
    /// Entries without effect, because another node was faster: two wrote at once, each of them by the rules.
    pub outrun: u64,
    /// Whether entries are blank that no deletion can have left: somebody took them out, perhaps withdrawals.
    pub has_unexplained_blanks: bool,
    /// Receipts that count.
    pub receipts: u64,
    /// Receipts whose source did not sign them: somebody wrote them into the store.
    pub unsigned: u64,
}

impl Soundness {
    /// Reads a whole ledger: each entry's digest, what it says, and each receipt's signature.
    ///
    /// # Errors
    /// It is damaged or cannot be read.
    pub fn of(storage: &mut dyn LedgerStorage) -> Result<Self, StoreError> {
        let (mut found, mut folded) = (Self::default(), Folded::new(Arc::new(SourceKeys::default())));
        loop {
            let page = storage.after(found.head.seq, PAGE_LIMIT_ENTRIES)?;
            if page.is_empty() {
                break;
            }
            for (stored, read) in page.iter().zip(folded.read(&page)?) {
                found.head = found.head.then(stored)?;
                folded.apply(stored, read);
            }
        }
        (found.subjects, found.records) = (folded.book.subject_count(), folded.book.record_count());
        (found.outrun, found.has_unexplained_blanks) = (folded.outrun, folded.blank.are_unexplained());
        (found.refused, found.unsigned, found.receipts) = (folded.refused, folded.unsigned, folded.receipts);
        Ok(found)
    }

    /// Whether all of it counts.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.refused == 0 && self.unsigned == 0 && !self.has_unexplained_blanks
    }
}
