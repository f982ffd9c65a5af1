//! What is known of an upstream that is asked regularly how it is.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is known of an upstream. At first it is taken to be up.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// Failures since it last answered.
    failures: AtomicU32,
    is_down: AtomicBool,
    /// When it was asked last.
    asked: Mutex<Option<Instant>>,
}

impl Health {
    pub(crate) fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }

    /// It failed. Whether it has gone down by that: so many failures in a row are too many.
    pub(crate) fn failed(&self, most: u32) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        failures >= most && !self.is_down.swap(true, Ordering::Relaxed)
    }

    /// It answered. Whether it has come back by that.
    pub(crate) fn answered(&self) -> bool {
        self.failures.store(0, Ordering::Relaxed);
        self.is_down.swap(false, Ordering::Relaxed)
    }

    /// Whether it is time to ask it again; then it counts as asked.
    pub(crate) fn is_due(&self, now: Instant, every: Duration) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = asked.is_none_or(|asked| now.saturating_duration_since(asked) >= every);
        if is_due {
            *asked = Some(now);
        }
        is_due
    }

    /// Goes on with what was known under the configuration before.
    pub(crate) fn take_over(&self, before: &Self) {
        self.failures.store(before.failures.load(Ordering::Relaxed), Ordering::Relaxed);
        self.is_down.store(before.is_down(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_failures_in_a_row_are_down_and_one_answer_is_up() {
        let health = Health::default();
        assert!(!health.failed(2) && !health.answered() && !health.failed(2) && !health.is_down());
        assert!(health.failed(2) && health.is_down());
        assert!(!health.failed(2), "it was down already");
        let next = Health::default();
        next.take_over(&health);
        assert!(next.is_down() && next.answered() && !next.is_down());
    }

    #[test]
    fn it_is_asked_at_once_and_then_in_its_time() {
        let (health, begun, every) = (Health::default(), Instant::now(), Duration::from_secs(10));
        assert!(health.is_due(begun, every) && !health.is_due(begun + every / 2, every));
        assert!(health.is_due(begun + every, every));
    }
}
