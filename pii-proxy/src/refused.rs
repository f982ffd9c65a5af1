//! Connections that came to nothing before a request of theirs had a route. Each is counted; of each sort one a second is logged, so
//! that whoever knocks fast fills no disk.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Of each sort one line in so long is logged.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a connection came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The system gives no connection: too many files are open.
    Accept,
    /// The handshake of TLS failed or took too long.
    Tls,
    /// Not a byte came.
    Silent,
    /// A head began and did not end.
    SlowHead,
    /// The framing of a head is at fault.
    Framing,
    /// Nothing of an answer was taken.
    Unread,
}

/// When each sort was logged last.
#[derive(Debug, Default)]
pub(crate) struct Seldom([Mutex<Logged>; Refused::ALL.len()]);

#[derive(Debug, Default)]
struct Logged {
    last: Option<Instant>,
    left_out: u64,
}

impl Refused {
    /// All of them, in the order of the variants.
    pub const ALL: [Self; 6] = [Self::Accept, Self::Tls, Self::Silent, Self::SlowHead, Self::Framing, Self::Unread];

    /// The word in metrics and logs, for good.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Tls => "tls",
            Self::Silent => "silent",
            Self::SlowHead => "slow-head",
            Self::Framing => "framing",
            Self::Unread => "unread",
        }
    }
}

impl Seldom {
    /// Whether one of this sort is logged `now`, and how many before it were not.
    pub(crate) fn admits(&self, sort: Refused, now: Instant) -> Option<u64> {
        // No code that may panic runs under this lock.
        let mut logged = self.0[sort as usize].lock().unwrap_or_else(PoisonError::into_inner);
        if logged.last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            logged.left_out += 1;
            return None;
        }
        logged.last = Some(now);
        Some(std::mem::take(&mut logged.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_second_of_each_sort_and_the_others_are_counted() {
        let (seldom, begun) = (Seldom::default(), Instant::now());
        assert_eq!(seldom.admits(Refused::Tls, begun), Some(0));
        assert_eq!(seldom.admits(Refused::Framing, begun), Some(0), "of another sort");
        for _ in 0..5 {
            assert_eq!(seldom.admits(Refused::Tls, begun + PAUSE / 2), None);
        }
        assert_eq!(seldom.admits(Refused::Tls, begun + PAUSE), Some(5));
        assert_eq!(seldom.admits(Refused::Tls, begun + 2 * PAUSE), Some(0));
    }

    #[test]
    fn they_stand_in_their_order() {
        for (at, sort) in Refused::ALL.into_iter().enumerate() {
            assert_eq!(sort as usize, at);
        }
    }
}
