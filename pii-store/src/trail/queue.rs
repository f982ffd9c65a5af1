//! What waits to be written, and who waits for it.
//!
//! Records are gathered while the disk is busy with those before them, and go to it together: the more wait, the more go at
//! once, and nobody waits for a timer.

use super::TrailError;
use super::class::Class;
use super::line::Time;
use super::record::Position;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// Between those who record and the one who writes.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Something to write, or an end.
    filled: Condvar,
    /// Room again, or an end.
    emptied: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Waiting,
    /// What is on its way to the disk, and since when.
    writing: Option<(Arc<Batch>, Instant)>,
    failed: Option<TrailError>,
    is_closed: bool,
}

/// Records that go to the disk together.
#[derive(Default)]
pub(crate) struct Waiting {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    counts: [u64; Class::ALL.len()],
    /// Whether a checkpoint is to follow them at once.
    pub(crate) wants_checkpoint: bool,
    batch: Arc<Batch>,
}

struct Entry {
    class: Class,
    at: Time,
    content: Range<usize>,
}

/// What came of records that went together.
#[derive(Default)]
struct Batch {
    state: Mutex<BatchState>,
    done: Condvar,
}

#[derive(Default)]
struct BatchState {
    /// For each class the number of the first record.
    result: Option<Result<[u64; Class::ALL.len()], TrailError>>,
    wakers: Vec<Waker>,
    /// Whether somebody waits for it no longer.
    is_given_up: bool,
}

/// What the writer finds.
pub(crate) enum Work {
    /// Records to be written; none where it was only time.
    Write(Waiting),
    /// The last ones.
    Close(Waiting),
}

/// A record that is on its way to the disk. It is recorded once this says so, and not before.
#[must_use = "a record is on the disk once `wait` has returned"]
pub struct Ticket {
    batch: Arc<Batch>,
    class: Class,
    index: u64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code that may panic runs under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// Puts a record in. Where `limit_bytes` wait already, it waits too, or refuses.
    pub(crate) fn push(&self, new: &NewEntry<'_>, limit_bytes: usize, may_wait: bool) -> Result<Ticket, TrailError> {
        let mut state = locked(&self.state);
        loop {
            if let Some(failed) = &state.failed {
                return Err(failed.clone());
            }
            if state.is_closed {
                return Err(TrailError::stopped("it was closed"));
            }
            if state.waiting.bytes.len() < limit_bytes {
                break;
            }
            if !may_wait {
                return Err(TrailError::busy());
            }
            state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let waiting = &mut state.waiting;
        let from = waiting.bytes.len();
        waiting.bytes.extend_from_slice(new.content);
        waiting.entries.push(Entry { class: new.class, at: new.at, content: from..waiting.bytes.len() });
        waiting.wants_checkpoint |= new.wants_checkpoint;
        let count = &mut waiting.counts[new.class.index()];
        let ticket = Ticket { batch: Arc::clone(&waiting.batch), class: new.class, index: *count };
        *count += 1;
        let is_first = waiting.entries.len() == 1;
        drop(state);
        // The writer takes all there is: it is woken once for them.
        if is_first {
            self.filled.notify_one();
        }
        Ok(ticket)
    }

    /// Waits for something to write, at most until `until`.
    pub(crate) fn take(&self, until: Instant) -> Work {
        let mut state = locked(&self.state);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if !state.waiting.entries.is_empty() || state.is_closed || left == Duration::ZERO {
                break;
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let waiting = std::mem::take(&mut state.waiting);
        let is_closed = state.is_closed;
        state.writing = Some((Arc::clone(&waiting.batch), Instant::now()));
        drop(state);
        self.emptied.notify_all();
        if is_closed { Work::Close(waiting) } else { Work::Write(waiting) }
    }

    /// What was taken is on the disk, or failed.
    pub(crate) fn answered(&self) {
        locked(&self.state).writing = None;
    }

    /// For how long the disk has not answered, where somebody no longer waits for it.
    pub(crate) fn stalled_for(&self) -> Option<Duration> {
        let state = locked(&self.state);
        let (batch, since) = state.writing.as_ref()?;
        let is_given_up = |batch: &Batch| locked(&batch.state).is_given_up;
        (is_given_up(batch) || is_given_up(&state.waiting.batch)).then(|| since.elapsed())
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        locked(&self.state).is_closed = true;
        self.filled.notify_all();
        self.emptied.notify_all();
    }

    /// Takes nothing more, because what was taken could not be written.
    pub(crate) fn fail(&self, error: &TrailError) {
        let waiting = {
            let mut state = locked(&self.state);
            (state.failed, state.writing) = (Some(error.clone()), None);
            std::mem::take(&mut state.waiting)
        };
        waiting.tell(Err(error.clone()));
        self.emptied.notify_all();
    }

    /// Why nothing more is taken.
    pub(crate) fn failure(&self) -> Option<TrailError> {
        locked(&self.state).failed.clone()
    }
}

/// What is put into the queue.
pub(crate) struct NewEntry<'a> {
    pub(crate) class: Class,
    pub(crate) at: Time,
    pub(crate) content: &'a [u8],
    pub(crate) wants_checkpoint: bool,
}

impl Waiting {
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Class, &Time, &[u8])> {
        self.entries.iter().map(|entry| (entry.class, &entry.at, &self.bytes[entry.content.clone()]))
    }

    /// Tells those who wait.
    pub(crate) fn tell(self, result: Result<[u64; Class::ALL.len()], TrailError>) {
        self.settle(result);
    }

    fn settle(&self, result: Result<[u64; Class::ALL.len()], TrailError>) {
        let wakers = {
            let mut state = locked(&self.batch.state);
            state.result.get_or_insert(result);
            std::mem::take(&mut state.wakers)
        };
        self.batch.done.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// Nobody waits for ever for what was lost.
impl Drop for Waiting {
    fn drop(&mut self) {
        self.settle(Err(TrailError::stopped("a record was lost")));
    }
}

impl Ticket {
    /// Waits until the record is on the disk, and says where it stands.
    ///
    /// # Errors
    /// It could not be written: nothing may leave.
    pub fn wait(self) -> Result<Position, TrailError> {
        let mut state = locked(&self.batch.state);
        loop {
            if let Some(position) = self.position(&state) {
                return position;
            }
            state = self.batch.done.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// As [`Ticket::wait`], but not for longer than this: for whoever has an answer to give in time, on a disk that may hang.
    ///
    /// # Errors
    /// As [`Ticket::wait`]; and [`TrailError::is_late`] as of [`Ticket::give_up`].
    pub fn wait_for(self, limit: Duration) -> Result<Position, TrailError> {
        let begun = Instant::now();
        let mut state = locked(&self.batch.state);
        loop {
            if let Some(position) = self.position(&state) {
                return position;
            }
            let Some(left) = limit.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) else {
                drop(state);
                return Err(self.give_up());
            };
            state = self.batch.done.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits no longer. Whether the record will be on the disk nobody can say, so what it is about must not be done: nothing may
    /// leave. Until the disk answers, [`Health::stalled_for`](super::Health::stalled_for) says so. For whoever waits for a
    /// ticket as a future, with a time limit of their own.
    #[must_use = "what the record is about must not be done"]
    pub fn give_up(self) -> TrailError {
        locked(&self.batch.state).is_given_up = true;
        TrailError::late()
    }

    fn position(&self, state: &BatchState) -> Option<Result<Position, TrailError>> {
        let first = match state.result.as_ref()? {
            Ok(firsts) => firsts[self.class.index()],
            Err(error) => return Some(Err(error.clone())),
        };
        Some(Ok(Position { class: self.class, seq: first + self.index }))
    }
}

/// As [`Ticket::wait`], for those who wait for many things at once.
impl Future for Ticket {
    type Output = Result<Position, TrailError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = locked(&self.batch.state);
        match self.position(&state) {
            Some(position) => Poll::Ready(position),
            None => {
                state.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket({})", self.class)
    }
}
