//! Nodes, and how long what each knows may be decided on.

use crate::StoreError;
use pii_core::key::Entropy;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a node may decide on what it knew when it asked.
pub const LEASE: Duration = Duration::from_secs(2);

/// How often a node asks, if nothing wakes it.
pub const RENEWAL: Duration = Duration::from_millis(500);

/// The most that a node's name may take.
pub const NODE_LIMIT_BYTES: usize = 64;

/// One run of a node. Two that were given the same name by mistake are still two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeId {
    name: String,
    run: [u8; 16],
}

impl NodeId {
    /// A run of the node called `name`, for its operators to know it by.
    ///
    /// # Errors
    /// The name is empty, too long or has control characters ([`StoreError::is_limit`]), or no randomness is to be had.
    pub fn new(name: &str, entropy: &mut dyn Entropy) -> Result<Self, StoreError> {
        let mut run = [0; 16];
        entropy.fill(&mut run)?;
        Self::from_parts(name, run)
    }

    pub(crate) fn from_parts(name: &str, run: [u8; 16]) -> Result<Self, StoreError> {
        if name.is_empty() || name.len() > NODE_LIMIT_BYTES || name.contains(char::is_control) {
            let message = format!("a node's name has from 1 to {NODE_LIMIT_BYTES} bytes and no control characters");
            return Err(StoreError::limit(message));
        }
        Ok(Self { name: name.to_owned(), run })
    }

    /// What its operators call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells this run from all others.
    #[must_use]
    pub fn run(&self) -> &[u8; 16] {
        &self.run
    }
}

/// A node as it is in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which it is.
    pub id: NodeId,
    /// The number of the last entry that it has applied.
    pub applied: u64,
    /// How often it has renewed.
    pub renewals: u64,
}

/// Until when what is in memory may be decided on, by the monotonic clock of this process.
pub(super) struct Lease {
    base: Instant,
    /// In nanoseconds since `base`; 0 is never.
    until: AtomicU64,
    revocations: AtomicU64,
}

impl Lease {
    /// A lease that has run out.
    pub(super) fn new() -> Self {
        Self { base: Instant::now(), until: AtomicU64::new(0), revocations: AtomicU64::new(0) }
    }

    /// Lets it run from `asked` on, which is when the node asked for the newest entry, and no later.
    pub(super) fn grant(&self, asked: Instant) {
        let until = asked.saturating_duration_since(self.base) + LEASE;
        self.until.store(u64::try_from(until.as_nanos()).unwrap_or(0), Ordering::Release);
    }

    /// Ends it at once, and every permit under it.
    pub(super) fn revoke(&self) {
        self.until.store(0, Ordering::SeqCst);
        self.revocations.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it was ended.
    pub(super) fn revocations(&self) -> u64 {
        self.revocations.load(Ordering::SeqCst)
    }

    /// When it ends; `None` where it has ended.
    pub(super) fn until(&self) -> Option<Instant> {
        let until = self.base + Duration::from_nanos(self.until.load(Ordering::SeqCst));
        (Instant::now() < until).then_some(until)
    }

    pub(super) fn is_running(&self) -> bool {
        let now = self.base.elapsed().as_nanos();
        now < u128::from(self.until.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_runs_from_when_it_was_asked_for() {
        let lease = Lease::new();
        assert!(!lease.is_running());
        lease.grant(Instant::now());
        assert!(lease.is_running());
        lease.revoke();
        assert!(!lease.is_running());
        let lease = Lease { base: Instant::now().checked_sub(Duration::from_secs(10)).unwrap(), ..Lease::new() };
        // The answer took three seconds: there is nothing left.
        lease.grant(Instant::now().checked_sub(Duration::from_secs(3)).unwrap());
        assert!(!lease.is_running());
        lease.grant(Instant::now().checked_sub(Duration::from_millis(1990)).unwrap());
        assert!(lease.is_running());
        std::thread::sleep(Duration::from_millis(15));
        assert!(!lease.is_running());
    }
}
