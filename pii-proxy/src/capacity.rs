//! How much there may be at once: requests in flight and the bytes that they hold. A part is kept for critical routes, so that a
//! one-time code goes out while a mailing is turned away.

use crate::config::Limits;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes are counted by so many.
const UNIT_BYTES: usize = 1024;

/// Places of connections, of which a part is kept for listeners that are critical.
#[derive(Clone, Debug)]
pub(crate) struct Places(Share);

/// What is left.
#[derive(Clone, Debug)]
pub struct Capacity {
    requests: Share,
    units: Share,
    /// Long bodies that may be looked into at once: those of other routes, and those of critical ones.
    turns: [Arc<Semaphore>; 2],
}

/// Something of which a part is kept.
#[derive(Clone, Debug)]
struct Share {
    common: Arc<Semaphore>,
    kept: Arc<Semaphore>,
}

/// A request's place, and what it holds. Given back when it is dropped.
#[derive(Debug)]
pub struct Held {
    capacity: Capacity,
    is_critical: bool,
    _place: OwnedSemaphorePermit,
    bytes: Vec<OwnedSemaphorePermit>,
}

impl Capacity {
    /// All that the limits allow.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let units = |bytes: usize| bytes / UNIT_BYTES;
        // One core is left to what is short.
        let turns = std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
        Self {
            requests: Share::new(limits.requests, limits.critical_requests),
            units: Share::new(units(limits.memory_bytes), units(limits.critical_bytes)),
            turns: [turns, turns].map(|turns| Arc::new(Semaphore::new(turns))),
        }
    }

    /// A place for a request. `None`: there is none, and nobody waits for one, since who waits holds memory too.
    #[must_use]
    pub fn enter(&self, is_critical: bool) -> Option<Held> {
        let place = self.requests.take(1, is_critical)?;
        Some(Held { capacity: self.clone(), is_critical, _place: place, bytes: Vec::new() })
    }

    /// How many requests more could enter that are not critical.
    #[must_use]
    pub fn free_requests(&self) -> usize {
        self.requests.common.available_permits()
    }

    /// How many bytes more could be held by requests that are not critical.
    #[must_use]
    pub fn free_bytes(&self) -> usize {
        self.units.common.available_permits() * UNIT_BYTES
    }
}

impl Held {
    /// Waits until a long body may be looked into: those of critical routes wait for no others.
    pub async fn turn(&self) -> OwnedSemaphorePermit {
        let turns = &self.capacity.turns[usize::from(self.is_critical)];
        Arc::clone(turns).acquire_owned().await.expect("nobody closes it")
    }

    /// Room for so many bytes more.
    #[must_use]
    pub fn take(&mut self, bytes: usize) -> bool {
        let Ok(units) = u32::try_from(bytes.div_ceil(UNIT_BYTES)) else { return false };
        if units == 0 {
            return true;
        }
        let taken = self.capacity.units.take(units, self.is_critical);
        let is_there = taken.is_some();
        self.bytes.extend(taken);
        is_there
    }
}

impl Places {
    pub(crate) fn new(all: usize, kept: usize) -> Self {
        Self(Share::new(all, kept))
    }

    /// A place, once there is one. Whoever has not been accepted waits in the system's queue, and holds nothing here.
    pub(crate) async fn enter(&self, is_critical: bool) -> Option<OwnedSemaphorePermit> {
        let Share { common, kept } = &self.0;
        if !is_critical {
            return Arc::clone(common).acquire_owned().await.ok();
        }
        // The kept ones last: as long as there are others, they stay free.
        tokio::select! {
            biased;
            place = Arc::clone(common).acquire_owned() => place.ok(),
            place = Arc::clone(kept).acquire_owned() => place.ok(),
        }
    }
}

impl Share {
    fn new(all: usize, kept: usize) -> Self {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self { common: semaphore(all.saturating_sub(kept)), kept: semaphore(kept) }
    }

    fn take(&self, count: u32, is_critical: bool) -> Option<OwnedSemaphorePermit> {
        let from = |semaphore: &Arc<Semaphore>| Arc::clone(semaphore).try_acquire_many_owned(count).ok();
        from(&self.common).or_else(|| is_critical.then(|| from(&self.kept)).flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity() -> Capacity {
        let limits = Limits {
            requests: 3,
            critical_requests: 1,
            memory_bytes: 6 << 10,
            critical_bytes: 2 << 10,
            ..Limits::default()
        };
        Capacity::new(&limits)
    }

    #[test]
    fn a_place_is_kept_for_what_is_critical() {
        let capacity = capacity();
        let (one, two) = (capacity.enter(false), capacity.enter(false));
        assert!(one.is_some() && two.is_some() && capacity.enter(false).is_none());
        let critical = capacity.enter(true);
        assert!(critical.is_some() && capacity.enter(true).is_none());
        drop(one);
        assert!(capacity.enter(false).is_some());
    }

    #[tokio::test]
    async fn long_bodies_wait_for_each_other_and_critical_ones_for_no_others() {
        let capacity = Capacity { turns: [1, 1].map(|turns| Arc::new(Semaphore::new(turns))), ..capacity() };
        let [one, two] = [capacity.enter(false), capacity.enter(false)].map(|held| held.expect("there is room"));
        let critical = capacity.enter(true).expect("there is room");
        let turn = one.turn().await;
        let mut next = std::pin::pin!(two.turn());
        assert!(tokio::time::timeout(std::time::Duration::from_millis(20), &mut next).await.is_err());
        let _critical = critical.turn().await;
        drop(turn);
        drop(next.await);
    }

    #[tokio::test]
    async fn places_are_kept_for_listeners_that_are_critical() {
        let places = Places::new(2, 1);
        let one = places.enter(false).await;
        assert!(one.is_some());
        let soon = std::time::Duration::from_millis(20);
        assert!(tokio::time::timeout(soon, places.enter(false)).await.is_err(), "the last one is kept");
        let critical = places.enter(true).await;
        assert!(critical.is_some());
        drop(one);
        let common = places.enter(true).await;
        assert!(common.is_some() && tokio::time::timeout(soon, places.enter(false)).await.is_err());
        drop(common);
        assert!(places.enter(false).await.is_some());
    }

    #[test]
    fn bytes_are_given_back() {
        let capacity = capacity();
        let mut held = capacity.enter(false).expect("there is room");
        assert!(held.take(4 << 10) && !held.take(1) && capacity.free_bytes() == 0);
        let mut critical = capacity.enter(true).expect("there is room");
        assert!(critical.take(1) && !critical.take(2 << 10));
        drop(held);
        assert_eq!(capacity.free_bytes(), 4 << 10);
    }
}
