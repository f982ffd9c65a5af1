//! One round of a follower: ask for the newest entry, take what is missing, let the lease run.

use super::follower::{Shared, State};
use super::{Head, LedgerStorage, NodeId, PAGE_LIMIT_ENTRIES};
use crate::StoreError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// How many entries are taken at once: whoever reads waits so long, which is far below a millisecond.
const AT_ONCE: usize = 256;

/// What a follower has, and how it comes by more.
pub(super) struct Round<S> {
    shared: Arc<Shared<S>>,
    node: NodeId,
    empty: Box<dyn Fn() -> S + Send>,
    head: Head,
}

impl<S: State> Round<S> {
    pub(super) fn new(shared: Arc<Shared<S>>, node: NodeId, empty: Box<dyn Fn() -> S + Send>) -> Self {
        Self { shared, node, empty, head: Head::default() }
    }

    pub(super) fn shared(&self) -> Arc<Shared<S>> {
        Arc::clone(&self.shared)
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// Asks, takes, and renews the lease from the moment before it asked. Says to the table what it has now.
    pub(super) fn run(&mut self, storage: &mut dyn LedgerStorage) -> Result<(), StoreError> {
        let mut is_read_again = false;
        loop {
            let (asked, had) = (Instant::now(), self.head);
            let newest = storage.renew(&self.node, had.seq)?;
            if !self.catch_up(storage, newest)? {
                // The storage was put back, or replaced: what is known is of another ledger.
                self.shared.lease.revoke();
                if is_read_again {
                    return Err(StoreError::corrupt("the ledger does not end with its last entry"));
                }
                self.load(storage)?;
                is_read_again = true;
                continue;
            }
            self.shared.lease.grant(asked);
            // Somebody may wait to hear it.
            if self.head == had {
                return Ok(());
            }
        }
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
                let state = self.shared.state.write();
                let mut state = state.map_err(|_| StoreError::unusable("a thread panicked: start the node again"))?;
                for entry in entries {
                    let head = self.head.then(entry)?;
                    state.apply(entry)?;
                    self.head = head;
                    self.shared.applied.store(head.seq, Ordering::Release);
                }
            }
        }
        Ok(self.head.seq > newest.seq || self.head == newest)
    }

    /// Takes all entries from the first on, into another state that then takes the old one's place.
    pub(super) fn load(&mut self, storage: &mut dyn LedgerStorage) -> Result<(), StoreError> {
        let (mut state, mut head) = ((self.empty)(), Head::default());
        loop {
            let page = storage.after(head.seq, PAGE_LIMIT_ENTRIES)?;
            if page.is_empty() {
                break;
            }
            for entry in &page {
                head = head.then(entry)?;
                state.apply(entry)?;
            }
        }
        let old = self.shared.state.write();
        *old.map_err(|_| StoreError::unusable("a thread panicked: start the node again"))? = state;
        self.head = head;
        self.shared.applied.store(head.seq, Ordering::Release);
        Ok(())
    }

    /// Leaves the table of nodes. Where that fails, the next one to wait for all nodes waits a lease longer.
    pub(super) fn leave(&self, storage: &mut dyn LedgerStorage) {
        let _ = storage.forget(&self.node, None);
    }
}
