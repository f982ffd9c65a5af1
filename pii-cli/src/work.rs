//! Several inputs, and several pieces of one, at the same time, and what comes of them in the order in which they were given.
//!
//! A worker that takes an input leads the work on it: it reads, cuts pieces, and takes what comes of them in order. The
//! pieces lie where all workers find them, and one that would otherwise wait works on them: leaders too. So the pieces of
//! the inputs that were begun come before inputs that were not.

use crate::exit::{DONE, Failure};
use crate::input::Input;
use indicatif::ProgressBar;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Batches of one input that may wait for their turn.
const BATCHES_LIMIT: usize = 8;

/// Inputs that may be begun ahead of the one that is being listened to.
const AHEAD_LIMIT: usize = 64;

/// Pieces under way for each worker: one that is worked on, and one that waits for it, or for those before it.
const PIECES_OF_A_WORKER: usize = 2;

/// The length of a piece, and how much is read at a time, in bytes. Tests take short ones.
pub(crate) const PIECE_BYTES: usize = if cfg!(test) { 400 } else { 256 << 10 };

/// The number of workers: as many as were asked for, but no more than there can be work for.
pub(crate) fn jobs(asked: Option<u16>, inputs: &[Input]) -> usize {
    let workers = asked.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    // A pipe may bring any number of pieces.
    let pieces = |input: &Input| input.size().map_or(workers as u64, |size| size / PIECE_BYTES as u64 + 1);
    let mut most = 0u64;
    for input in inputs {
        most = most.saturating_add(pieces(input));
        if most >= workers as u64 {
            return workers;
        }
    }
    usize::try_from(most).unwrap_or(workers).max(1)
}

/// Work on a piece. It waits for nobody, and ends without a panic.
pub(crate) type Task<'e> = Box<dyn FnOnce() + Send + 'e>;

/// The workers on a list of inputs.
pub(crate) struct Crew<'e, T> {
    workers: usize,
    state: Mutex<State<'e, T>>,
    /// Idle workers wait for this: there is something to be done.
    work: Condvar,
    /// Leaders and the listener wait for this: something was done.
    news: Condvar,
}

struct State<'e, T> {
    inputs: std::slice::Iter<'e, Input>,
    /// What came of the inputs that were begun and have not been listened to, the first of which is number `heard`.
    replies: VecDeque<Replies<T>>,
    heard: usize,
    tasks: VecDeque<Task<'e>>,
    /// Pieces under way: waiting, worked on, or done and not taken.
    pieces: usize,
    leaders: usize,
    idle: usize,
    /// Nobody listens any more.
    is_over: bool,
}

struct Replies<T> {
    batches: VecDeque<T>,
    /// There will be no more.
    is_whole: bool,
}

/// A worker that leads the work on one input, and sends what has come of it so far.
pub(crate) struct Leader<'c, 'e, T> {
    crew: &'c Crew<'e, T>,
    /// Which input it is.
    nth: usize,
}

/// Works on `inputs` with `workers` threads, each led by `lead`, and hands what is sent to `take`, input by input. An error of
/// `take` ends it.
///
/// What waits for its turn is bounded: a leader that is ahead waits until it is listened to.
pub(crate) fn in_order<'e, T: Send>(
    inputs: &'e [Input],
    workers: usize,
    lead: impl Fn(&'e Input, &Leader<'_, 'e, T>) + Sync,
    take: impl FnMut(&'e Input, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let crew = Crew::new(inputs, workers);
    thread::scope(|scope| {
        // Whatever ends the listening ends the work.
        let _over = Over(&crew);
        for _ in 0..workers {
            scope.spawn(|| crew.work_on(&lead));
        }
        crew.listen(inputs, take)
    })
}

impl<'e, T> Crew<'e, T> {
    fn new(inputs: &'e [Input], workers: usize) -> Self {
        let (replies, tasks) = (VecDeque::new(), VecDeque::new());
        let inputs = inputs.iter();
        let state = State { inputs, replies, heard: 0, tasks, pieces: 0, leaders: 0, idle: 0, is_over: false };
        Self { workers, state: Mutex::new(state), work: Condvar::new(), news: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State<'e, T>> {
        // Nothing that can panic is done under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker's day.
    fn work_on(&self, lead: &impl Fn(&'e Input, &Leader<'_, 'e, T>)) {
        let _over = OverIfPanicking(self);
        let mut state = self.lock();
        loop {
            if let Some(task) = state.tasks.pop_front() {
                state = self.do_task(state, task);
                continue;
            }
            let is_ahead = state.replies.len() > AHEAD_LIMIT;
            if state.is_over || (state.leaders == 0 && state.inputs.len() == 0) {
                return;
            }
            match if is_ahead { None } else { state.inputs.next() } {
                Some(input) => {
                    let nth = state.heard + state.replies.len();
                    state.replies.push_back(Replies { batches: VecDeque::new(), is_whole: false });
                    state.leaders += 1;
                    drop(state);
                    // It stops leading when it is dropped, come what may.
                    lead(input, &Leader { crew: self, nth });
                    state = self.lock();
                }
                None => {
                    state.idle += 1;
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.idle -= 1;
                }
            }
        }
    }

    fn do_task<'s>(&'s self, state: MutexGuard<'s, State<'e, T>>, task: Task<'e>) -> MutexGuard<'s, State<'e, T>> {
        drop(state);
        task();
        let state = self.lock();
        self.news.notify_all();
        state
    }

    /// What a worker does that waits for something which others do.
    fn help_or_wait<'s>(&'s self, mut state: MutexGuard<'s, State<'e, T>>) -> MutexGuard<'s, State<'e, T>> {
        match state.tasks.pop_front() {
            Some(task) => self.do_task(state, task),
            None => self.news.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn listen(
        &self,
        inputs: &'e [Input],
        mut take: impl FnMut(&'e Input, T) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        for input in inputs {
            while let Some(batch) = self.next_batch() {
                take(input, batch)?;
            }
        }
        Ok(())
    }

    /// The next batch of the input that is listened to. `None`: there was the last.
    fn next_batch(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(replies) = state.replies.front_mut() {
                if let Some(batch) = replies.batches.pop_front() {
                    // Its leader may wait for room.
                    self.news.notify_all();
                    return Some(batch);
                }
                if replies.is_whole {
                    state.replies.pop_front();
                    state.heard += 1;
                    self.work.notify_all();
                    return None;
                }
            }
            if state.is_over {
                return None;
            }
            state = self.news.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self) {
        self.lock().is_over = true;
        self.work.notify_all();
        self.news.notify_all();
    }
}

impl<'e, T> Leader<'_, 'e, T> {
    /// Whether others can help.
    pub(crate) fn is_alone(&self) -> bool {
        self.crew.workers == 1
    }

    /// Sends a batch. Waits while too much has not been listened to.
    ///
    /// # Errors
    /// Nobody listens any more: the work is for nothing. This failure is for the worker, and nobody hears it either.
    pub(crate) fn send(&self, batch: T) -> Result<(), Failure> {
        let mut state = self.crew.lock();
        loop {
            if state.is_over {
                return Err(Failure::input("nobody listens"));
            }
            let nth = self.nth - state.heard;
            let batches = &mut state.replies[nth].batches;
            if batches.len() < BATCHES_LIMIT {
                batches.push_back(batch);
                self.crew.news.notify_all();
                return Ok(());
            }
            state = self.crew.help_or_wait(state);
        }
    }

    /// Takes a piece on, if so many are not under way. A leader that has none, of `own`, can always have one.
    pub(crate) fn take_on(&self, own: usize) -> bool {
        let mut state = self.crew.lock();
        let has_room = own == 0 || state.pieces < PIECES_OF_A_WORKER * self.crew.workers;
        state.pieces += usize::from(has_room);
        has_room
    }

    /// Lays a task out, for any worker.
    pub(crate) fn lay_out(&self, task: Task<'e>) {
        let mut state = self.crew.lock();
        state.tasks.push_back(task);
        if state.idle > 0 { self.crew.work.notify_one() } else { self.crew.news.notify_all() }
    }

    /// What `ready` gives once it is there. Helps meanwhile.
    pub(crate) fn wait_for<R>(&self, mut ready: impl FnMut() -> Option<R>) -> R {
        let mut state = self.crew.lock();
        loop {
            if let Some(ready) = ready() {
                return ready;
            }
            state = self.crew.help_or_wait(state);
        }
    }

    /// So many pieces are no longer under way.
    pub(crate) fn hand_in(&self, pieces: usize) {
        self.crew.lock().pieces -= pieces;
    }
}

impl<T> Drop for Leader<'_, '_, T> {
    fn drop(&mut self) {
        let mut state = self.crew.lock();
        state.leaders -= 1;
        let nth = self.nth - state.heard;
        state.replies[nth].is_whole = true;
        self.crew.news.notify_all();
        self.crew.work.notify_all();
    }
}

struct Over<'c, 'e, T>(&'c Crew<'e, T>);

impl<T> Drop for Over<'_, '_, T> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A worker that has panicked leaves nobody waiting for it: the scope passes the panic on.
struct OverIfPanicking<'c, 'e, T>(&'c Crew<'e, T>);

impl<T> Drop for OverIfPanicking<'_, '_, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.end();
        }
    }
}

/// What went wrong: told as it happens, and remembered as the worst exit code.
#[derive(Debug, Default)]
pub(crate) struct Failed(u8);

impl Failed {
    /// Tells `failure`, with `bar` out of the way.
    pub(crate) fn with(&mut self, failure: Failure, bar: &ProgressBar) {
        self.0 = self.0.max(bar.suspend(|| failure.tell()));
    }

    /// The worst exit code so far.
    pub(crate) fn code(&self) -> Option<u8> {
        (self.0 != DONE).then_some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn inputs(count: usize) -> Vec<Input> {
        (0..count).map(|n| Input { name: n.to_string(), path: None, below: PathBuf::new() }).collect()
    }

    #[test]
    fn replies_come_in_the_order_of_inputs() {
        let inputs = inputs(200);
        for jobs in [1, 3, 16] {
            let mut heard = Vec::new();
            let work = |input: &Input, reply: &Leader<'_, '_, String>| {
                // The earlier ones take longer.
                let nth: usize = input.name.parse().expect("a number");
                thread::sleep(std::time::Duration::from_micros(200usize.saturating_sub(nth) as u64));
                (0..nth % 20).for_each(|batch| reply.send(format!("{nth}.{batch}")).expect("the listener is there"));
            };
            in_order(&inputs, jobs, work, |input, batch| {
                heard.push((input.name.clone(), batch));
                Ok(())
            })
            .expect("nothing fails");
            let expected: Vec<_> = (0..200usize)
                .flat_map(|nth| (0..nth % 20).map(move |batch| (nth.to_string(), format!("{nth}.{batch}"))))
                .collect();
            assert_eq!(heard, expected, "{jobs} jobs");
        }
    }

    #[test]
    fn an_error_of_the_listener_ends_the_work() {
        // An input that never ends, but for that nobody listens.
        let work = |_: &Input, reply: &Leader<'_, '_, u8>| while reply.send(1).is_ok() {};
        let outcome = in_order(&inputs(1000), 4, work, |_, _| Err(Failure::usage("enough")));
        assert!(outcome.is_err());
    }
}
