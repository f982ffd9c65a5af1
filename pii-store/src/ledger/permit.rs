//! What was read, for as long as it may be acted on.

use super::LEASE;
use super::lease::Lease;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Leave to act on what is read under it, until the lease of the moment at which it was taken runs out. Taken before the
/// read, asked right before bytes leave, and dropped behind that: while it lives, its node does not say that it has entries
/// that came since, and whoever waits for all nodes waits for this one, a lease at most.
#[must_use = "what it is taken for has to end before it is dropped"]
pub struct Permit {
    permits: Arc<Permits>,
    lease: Arc<Lease>,
    /// What was known at least when it was taken.
    applied: u64,
    revocations: u64,
    until: Instant,
}

/// The permits of a follower that live.
#[derive(Default)]
pub(super) struct Permits(Mutex<BTreeMap<u64, Living>>);

/// Those that were taken at the same entry.
struct Living {
    count: usize,
    /// When the last of them runs out.
    until: Instant,
}

impl Permit {
    /// Whether what was read under it may still be acted on.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        Instant::now() < self.until && self.lease.revocations() == self.revocations
    }

    /// Until when, if its follower does not stop before.
    #[must_use]
    pub fn until(&self) -> Instant {
        self.until
    }

    /// The number of an entry that was known when it was taken, and all before it.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.applied
    }
}

impl Permits {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Living>> {
        // No code that may panic runs under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A permit, if the lease runs. `applied` is asked under the lock: whoever asked for the least before has told of no more
    /// than what it then gives.
    pub(super) fn take(self: &Arc<Self>, lease: &Arc<Lease>, applied: impl FnOnce() -> u64) -> Option<Permit> {
        let mut living = self.lock();
        // In this order: one that is revoked in between is told by the number.
        let revocations = lease.revocations();
        let (until, applied) = (lease.until()?, applied());
        let of_entry = living.entry(applied).or_insert(Living { count: 0, until });
        of_entry.count += 1;
        of_entry.until = of_entry.until.max(until);
        Some(Permit { permits: Arc::clone(self), lease: Arc::clone(lease), applied, revocations, until })
    }

    /// The number of the last entry that a node may say it has, which has all up to `applied`.
    pub(super) fn least(&self, applied: u64) -> u64 {
        let now = Instant::now();
        // In order of their entries: the first one that may still be acted on is the least.
        let held = self.lock().iter().find(|(_, living)| now < living.until).map(|(seq, _)| *seq);
        held.map_or(applied, |held| held.min(applied))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut living = self.permits.lock();
        if let Some(of_entry) = living.get_mut(&self.applied) {
            of_entry.count -= 1;
            if of_entry.count == 0 {
                living.remove(&self.applied);
            }
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.until.saturating_duration_since(Instant::now()).min(LEASE);
        write!(f, "Permit(up to {}, for {left:?})", self.applied)
    }
}
