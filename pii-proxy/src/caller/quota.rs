//! How much a caller may ask for: buckets that fill again as time goes by, with a minute's amount in them at most.
//!
//! The crates for this (`governor` is the best kept) bring maps of keys, clocks and randomness; here there is one bucket a caller, which
//! is a number and a moment.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// What is left of a caller's requests and bytes.
pub struct Quota(Mutex<[Bucket; 2]>);

/// Something of which so much comes in a minute.
struct Bucket {
    per_minute: f64,
    /// What is left: less than nothing after a long body.
    left: f64,
    at: Instant,
}

impl Quota {
    /// Full.
    #[must_use]
    pub fn new(requests_per_minute: u32, bytes_per_minute: usize) -> Self {
        let now = Instant::now();
        Self(Mutex::new([
            Bucket::full(f64::from(requests_per_minute), now),
            Bucket::full(as_f64(bytes_per_minute), now),
        ]))
    }

    /// Takes one request, where one is left and any byte is.
    ///
    /// # Errors
    /// None is; and after how long the next may come.
    pub fn take(&self, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.lock();
        let [requests, bytes] = &mut *buckets;
        requests.fill(now);
        bytes.fill(now);
        let wait = requests.until(1.0).max(bytes.until(1.0));
        if wait > Duration::ZERO {
            return Err(wait);
        }
        requests.left -= 1.0;
        Ok(())
    }

    /// Takes the bytes of a body. It has come already, so it is taken even where less was left: whoever sends long bodies waits
    /// longer for the next.
    pub fn spend(&self, bytes: usize) {
        self.lock()[1].left -= as_f64(bytes);
    }

    fn lock(&self) -> MutexGuard<'_, [Bucket; 2]> {
        // No code that may panic runs under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    fn full(per_minute: f64, at: Instant) -> Self {
        Self { per_minute, left: per_minute, at }
    }

    fn fill(&mut self, now: Instant) {
        let gone = now.saturating_duration_since(self.at);
        self.left = (self.left + self.per_minute * (gone.as_secs_f64() / MINUTE.as_secs_f64())).min(self.per_minute);
        self.at = now;
    }

    /// How long until so much is left.
    fn until(&self, wanted: f64) -> Duration {
        let missing = (wanted - self.left).max(0.0);
        Duration::try_from_secs_f64(missing / self.per_minute * MINUTE.as_secs_f64()).unwrap_or(Duration::MAX)
    }
}

/// No configuration comes near 2^53 bytes, up to which a float counts exactly.
fn as_f64(bytes: usize) -> f64 {
    bytes as f64
}

impl fmt::Debug for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quota(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_s_worth_and_then_as_it_comes_back() {
        let (quota, begun) = (Quota::new(60, 1000), Instant::now());
        for _ in 0..60 {
            assert_eq!(quota.take(begun), Ok(()));
        }
        let wait = quota.take(begun).expect_err("none is left");
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        let later = begun + Duration::from_secs(1);
        assert_eq!((quota.take(later), quota.take(later).is_err()), (Ok(()), true));
    }

    #[test]
    fn a_long_body_is_waited_for() {
        let (quota, begun) = (Quota::new(1000, 600), Instant::now());
        assert_eq!(quota.take(begun), Ok(()));
        quota.spend(1200);
        let wait = quota.take(begun).expect_err("less than nothing is left");
        assert!(wait > Duration::from_secs(59) && wait < Duration::from_secs(62), "{wait:?}");
        assert_eq!(quota.take(begun + Duration::from_secs(61)), Ok(()));
        // What comes back is no more than a minute's amount.
        quota.spend(600);
        assert!(quota.take(begun + Duration::from_secs(3600)).is_ok());
        quota.spend(600);
        assert!(quota.take(begun + Duration::from_secs(3600)).is_err());
    }
}
