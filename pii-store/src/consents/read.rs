//! What is read from the ledger itself: a person's entries, receipts.

use super::Consents;
use super::wire;
use crate::StoreError;
use crate::ledger::PAGE_LIMIT_ENTRIES;
use pii_core::consent::{Entry, SubjectId};

impl Consents {
    /// All that the ledger has of a subject, in its order (PIPL Art. 45). `take` may fail, and ends it.
    ///
    /// # Errors
    /// The store cannot be read, or `take` failed.
    pub fn entries_of<E: From<StoreError>>(
        &self,
        subject: SubjectId,
        mut take: impl FnMut(&Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after = 0;
        loop {
            let page = self.with_storage(|storage| storage.of_subject(&subject.bytes(), after, PAGE_LIMIT_ENTRIES))?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for stored in &page {
                if let Some(entry) = wire::read(stored)? {
                    take(&entry)?;
                }
            }
        }
    }

    /// All entries that are not erased, in their order.
    ///
    /// # Errors
    /// As [`Consents::entries_of`].
    pub fn entries<E: From<StoreError>>(&self, mut take: impl FnMut(&Entry) -> Result<(), E>) -> Result<(), E> {
        let mut after = 0;
        loop {
            let page = self.with_storage(|storage| storage.after(after, PAGE_LIMIT_ENTRIES))?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for stored in &page {
                if let Some(entry) = wire::read(stored)? {
                    take(&entry)?;
                }
            }
        }
    }
}
