//! A ledger's entries, folded into a book.

use super::source_key::SourceKeys;
use super::spread;
use super::wire::{self, Fences};
use crate::StoreError;
use crate::ledger::{Keeps, State, StoredEntry};
use pii_core::consent::{Body, Book, ConsentAct, Entry, Fault};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many entries that were not taken are remembered: more than a step has.
const LATELY_LIMIT: usize = 16_384;

/// A book, and what whoever appends has to know beside it.
pub(super) struct Folded {
    pub(super) book: Book,
    pub(super) fences: Fences,
    /// Entries that the rules do not allow. Their records count for nothing.
    pub(super) refused: u64,
    /// Entries without effect because another node was faster, each of them by the rules.
    pub(super) outrun: u64,
    pub(super) blank: Blanks,
    /// The last entries that were not taken, for whoever wrote them.
    lately: BTreeMap<u64, Fault>,
    /// Receipts whose source did not sign them: somebody wrote them into the store. They count for nothing, too.
    pub(super) unsigned: u64,
    /// Receipts that were taken.
    pub(super) receipts: u64,
    keys: Arc<SourceKeys>,
}

impl Folded {
    pub(super) fn new(keys: Arc<SourceKeys>) -> Self {
        let (fences, blank, lately) = (Fences::default(), Blanks::default(), BTreeMap::new());
        Self { book: Book::new(), fences, refused: 0, outrun: 0, unsigned: 0, receipts: 0, blank, lately, keys }
    }
}

/// Entries of which nothing is left, as a deletion leaves them.
#[derive(Clone, Copy, Default)]
pub(super) struct Blanks {
    last: u64,
    last_deletion: u64,
}

impl Blanks {
    fn pass(&mut self, stored: &StoredEntry, read: Option<&Entry>) {
        if stored.keeps == Keeps::Nothing {
            self.last = stored.seq;
        }
        if matches!(read.map(Entry::body), Some(Body::Erased { .. })) {
            self.last_deletion = stored.seq;
        }
    }

    /// Whether one is there that no deletion can have left: each stands before the entry that says that somebody was deleted.
    pub(super) fn are_unexplained(self) -> bool {
        self.last > self.last_deletion
    }
}

impl Folded {
    fn refuse(&mut self, seq: u64, fault: Fault) {
        match fault {
            Fault::NotSigned => self.unsigned += 1,
            fault if is_of_a_race(fault) => self.outrun += 1,
            _ => self.refused += 1,
        }
        if self.lately.len() >= LATELY_LIMIT {
            self.lately.pop_first();
        }
        self.lately.insert(seq, fault);
    }

    /// What was not taken behind this number, as far back as [`LATELY_LIMIT`].
    pub(super) fn refused_behind(&self, seq: u64) -> BTreeMap<u64, Fault> {
        self.lately.range(seq + 1..).map(|(seq, fault)| (*seq, *fault)).collect()
    }
}

/// Whether two nodes can bring this about that wrote at once, each of them by the rules.
fn is_of_a_race(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::OlderThanRefusal | Fault::AskedTooSoon | Fault::Erased | Fault::NoSuchRequest | Fault::NoGuardian
    )
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
        self.blank.pass(stored, read.as_ref());
        let Some(entry) = read else { return };
        let is_receipt = matches!(entry.consent().map(|event| &event.act), Some(ConsentAct::Answered(_)));
        match self.book.apply(&entry, &*self.keys) {
            Ok(()) => self.receipts += u64::from(is_receipt),
            Err(fault) => self.refuse(stored.seq, fault),
        }
    }
}
