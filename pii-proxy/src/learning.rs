//! What requests look like, for whoever is to write a route for them: hosts, paths, types, in which fields what was found and what
//! stopped them. For some minutes, when an operator says so; no value is kept, and nothing of what leaves is changed by it.

mod shape;

pub use shape::{ANY, Finding, Learned, Seen, Shape, Stopping, Taken};

use crate::config::Route;
use crate::message::{self, Bounds, Came, Prepared};
use crate::stop::Stop;
use hyper::Method;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most minutes: reading messages once more takes time that they wait for.
pub const LEARNED_MINUTES: u64 = 60;

/// So many kinds of requests are told apart; of others it is only counted how many there were.
const SHAPES: usize = 256;

/// In each of them, so many findings and faults.
const PLACES: usize = 128;

/// So many messages a second are looked into closely; of the others it is known that they came.
const CLOSELY: u32 = 50;

/// What was seen since an operator said so.
#[derive(Debug, Default)]
pub struct Learning {
    lesson: Mutex<Option<Lesson>>,
    /// Most of the time there is none, and no message waits for a lock.
    is_on: AtomicBool,
}

#[derive(Debug)]
struct Lesson {
    until: Instant,
    messages: u64,
    left_out: u64,
    shapes: BTreeMap<Shape, Seen>,
    /// The second that is counted, and how many were looked into in it.
    second: (Instant, u32),
}

impl Learning {
    /// Begins anew, for so many minutes.
    pub fn begin(&self, minutes: u64, now: Instant) {
        let until = now + Duration::from_secs(60 * minutes.min(LEARNED_MINUTES));
        *self.lock() = Some(Lesson { until, messages: 0, left_out: 0, shapes: BTreeMap::new(), second: (now, 0) });
        self.is_on.store(true, Ordering::Relaxed);
    }

    /// What was seen so far. `None`: nobody has had it learn.
    #[must_use]
    pub fn learned(&self, now: Instant) -> Option<Learned> {
        let lesson = self.lock();
        let lesson = lesson.as_ref()?;
        Some(Learned {
            seconds_left: lesson.until.saturating_duration_since(now).as_secs(),
            messages: lesson.messages,
            left_out: lesson.left_out,
            shapes: shape::told(&lesson.shapes),
        })
    }

    /// Whether somebody wants to know.
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    /// A request that no route takes.
    pub(crate) fn unrouted(&self, host: &str, path: &str, method: &Method) {
        if self.is_on() {
            self.seen(Shape::of(host, path, method, None), Instant::now(), |seen| seen.messages += 1);
        }
    }

    /// A request of this shape, and what becomes of it.
    pub(crate) fn message(
        &self,
        shape: &Shape,
        (came, route): (&Came<'_>, &Route),
        (prepared, bounds): (&Prepared, Bounds),
        stop: Option<&Stop>,
    ) {
        let now = Instant::now();
        let explained = if self.is_close(now) { message::explained(came, route, prepared, bounds) } else { Vec::new() };
        self.seen(shape.clone(), now, |seen| {
            seen.messages += 1;
            seen.longest = seen.longest.max(came.body.len());
            for one in &explained {
                seen.find(one, PLACES);
            }
            if let Some(stop) = stop {
                seen.stop(stop, PLACES);
            }
        });
    }

    /// Whether a message is looked into closely.
    fn is_close(&self, now: Instant) -> bool {
        let mut lesson = self.lock();
        let Some(lesson) = lesson.as_mut() else { return false };
        if now.saturating_duration_since(lesson.second.0) >= Duration::from_secs(1) {
            lesson.second = (now, 0);
        }
        lesson.second.1 += 1;
        lesson.second.1 <= CLOSELY
    }

    fn seen(&self, shape: Shape, now: Instant, note: impl FnOnce(&mut Seen)) {
        let mut lesson = self.lock();
        let Some(lesson) = lesson.as_mut() else { return };
        if now >= lesson.until {
            self.is_on.store(false, Ordering::Relaxed);
            return;
        }
        lesson.messages += 1;
        if lesson.shapes.len() >= SHAPES && !lesson.shapes.contains_key(&shape) {
            lesson.left_out += 1;
            return;
        }
        note(lesson.shapes.entry(shape).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, Option<Lesson>> {
        // No code that may panic runs under this lock.
        self.lesson.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_learns_for_some_minutes_and_only_so_much() {
        let (learning, now) = (Learning::default(), Instant::now());
        learning.unrouted("a.example", "/send", &Method::POST);
        assert_eq!(learning.learned(now), None, "nobody has had it learn");
        learning.begin(1, now);
        for nth in 0..SHAPES + 10 {
            learning.unrouted(&format!("h{nth}.example"), "/send", &Method::POST);
        }
        let learned = learning.learned(now).expect("it learns");
        assert_eq!((learned.messages, learned.left_out), (SHAPES as u64 + 10, 10));
        let later = now + Duration::from_secs(61);
        learning.seen(Shape::of("a.example", "/", &Method::GET, None), later, |seen| seen.messages += 1);
        let learned = learning.learned(later).expect("what was learned stays");
        assert_eq!((learned.messages, learned.seconds_left), (SHAPES as u64 + 10, 0));
        assert!(!learning.is_on.load(Ordering::Relaxed));
    }

    #[test]
    fn a_second_has_only_so_many_that_are_looked_into() {
        let (learning, now) = (Learning::default(), Instant::now());
        learning.begin(1, now);
        let close = |at: Instant| (0..CLOSELY + 5).filter(|_| learning.is_close(at)).count();
        assert_eq!(close(now), CLOSELY as usize);
        assert_eq!(close(now + Duration::from_secs(1)), CLOSELY as usize);
    }
}
