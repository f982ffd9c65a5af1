//! One round of a follower: ask for the newest entry, take what is missing, let the lease run.

use super::follower::{Shared, State};
use super::{Head, LedgerStorage, NodeId, PAGE_LIMIT_ENTRIES, StoredEntry};
use crate::StoreError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// How many entries are taken at once: whoever reads waits so long, which is far below a millisecond.
const AT_ONCE: usize = 256;

/// How many are read at once where nobody waits: all processors have some, and their memory is bounded.
const READ_AT_ONCE: usize = 2048;

/// What a follower has, and how it comes by more.
pub(super) struct Round<S> {
    shared: Arc<Shared<S>>,
    node: NodeId,
    head: Head,
    /// Which entry the table says that this node has.
    told: u64,
    /// Whether the store no longer holds the ledger that was followed.
    is_over: bool,
}

impl<S: State> Round<S> {
    pub(super) fn new(shared: Arc<Shared<S>>, node: NodeId) -> Self {
        Self { shared, node, head: Head::default(), told: 0, is_over: false }
    }

    pub(super) fn shared(&self) -> Arc<Shared<S>> {
        Arc::clone(&self.shared)
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// Whether a permit keeps the node from saying that it has all that it has.
    pub(super) fn is_held_back(&self) -> bool {
        self.told < self.head.seq
    }

    /// Whether it could say now that it has more than it said.
    pub(super) fn has_more_to_say(&self) -> bool {
        self.told < self.shared.permits.least(self.head.seq)
    }

    /// Whether another ledger is in the store's place. Nothing more is done then: what it lacks may be withdrawals, so
    /// nothing is decided on it until somebody has looked, and starts the node again.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Asks, takes, and renews the lease from the moment before it asked. Where something was taken, it asks once more, for
    /// somebody may wait to hear it. Not for as long as something comes: whoever waits for this follower would wait as long.
    pub(super) fn run(&mut self, storage: &mut dyn LedgerStorage) -> Result<(), StoreError> {
        for _ in 0..2 {
            let (asked, had) = (Instant::now(), self.head);
            let told = self.shared.permits.least(had.seq);
            let newest = storage.renew(&self.node, told)?;
            self.told = told;
            if !self.catch_up(storage, newest)? {
                self.is_over = true;
                self.shared.lease.revoke();
                return Err(StoreError::put_back());
            }
            self.shared.lease.grant(asked);
            if self.head == had {
                break;
            }
        }
        Ok(())
    }

    /// Takes entries up to `newest` at least. Says whether this is still the ledger that was followed.
    fn catch_up(&mut self, storage: &mut dyn LedgerStorage, newest: Head) -> Result<bool, StoreError> {
        if self.head.seq > newest.seq {
            return Ok(false);
        }
        while self.head.seq < newest.seq {
            let page = storage.after(self.head.seq, PAGE_LIMIT_ENTRIES)?;
            let Some(first) = page.first() else {
                return Ok(false);
            };
            if self.head.then(first).is_err() {
                return Ok(false);
            }
            for entries in page.chunks(AT_ONCE) {
                let panicked = || StoreError::unusable("a thread panicked: start the node again");
                let read = self.shared.state.read().map_err(|_| panicked())?.read(entries)?;
                let heads = heads(self.head, entries)?;
                let mut state = self.shared.state.write().map_err(|_| panicked())?;
                for ((entry, read), head) in entries.iter().zip(read).zip(heads) {
                    state.apply(entry, read);
                    self.head = head;
                    self.shared.applied.store(head.seq, Ordering::SeqCst);
                }
            }
        }
        Ok(self.head.seq > newest.seq || self.head == newest)
    }

    /// Takes all entries that there are now into `state`, which then takes the place of the empty one.
    pub(super) fn load(&mut self, storage: &mut dyn LedgerStorage, mut state: S) -> Result<(), StoreError> {
        let (newest, mut head) = (storage.head()?, Head::default());
        while head.seq < newest.seq {
            let page = storage.after(head.seq, PAGE_LIMIT_ENTRIES)?;
            if page.is_empty() {
                return Err(StoreError::corrupt("the ledger does not end with its last entry"));
            }
            for entries in page.chunks(READ_AT_ONCE) {
                let read = state.read(entries)?;
                for (entry, read) in entries.iter().zip(read) {
                    head = head.then(entry)?;
                    state.apply(entry, read);
                }
            }
        }
        let old = self.shared.state.write();
        *old.map_err(|_| StoreError::unusable("a thread panicked: start the node again"))? = state;
        self.head = head;
        self.shared.applied.store(head.seq, Ordering::SeqCst);
        Ok(())
    }

    /// Leaves the table of nodes. Where that fails, the next one to wait for all nodes waits a lease longer.
    pub(super) fn leave(&self, storage: &mut dyn LedgerStorage) {
        let _ = storage.forget(&self.node, None);
    }
}

/// What each of these entries makes of the head before it.
fn heads(mut head: Head, entries: &[StoredEntry]) -> Result<Vec<Head>, StoreError> {
    let next = |entry| {
        head = head.then(entry)?;
        Ok(head)
    };
    entries.iter().map(next).collect()
}
