//! Several inputs at the same time, and what comes of them in the order in which they were given.

use crate::exit::{DONE, Failure};
use crate::input::Input;
use indicatif::ProgressBar;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Batches of one input that may wait for their turn.
const BATCHES_LIMIT: usize = 8;

/// Inputs that may be begun ahead of the one that is being listened to.
const AHEAD_LIMIT: usize = 64;

/// The number of inputs to work on at the same time.
pub(crate) fn jobs(asked: Option<u16>) -> usize {
    asked.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from)
}

/// Where the work on one input sends what has come of it so far.
pub(crate) struct Reply<T>(SyncSender<T>);

impl<T> Reply<T> {
    /// Waits while too much has not been listened to.
    ///
    /// # Errors
    /// Nobody listens any more: the work is for nothing. This failure is for the worker, and nobody hears it either.
    pub(crate) fn send(&self, batch: T) -> Result<(), Failure> {
        self.0.send(batch).map_err(|_| Failure::input("nobody listens"))
    }
}

/// Works on `inputs`, `jobs` at a time, and hands what each replies to `take`, input by input. An error of `take` ends it.
///
/// What waits for its turn is bounded: a worker that is ahead waits until it is listened to.
pub(crate) fn in_order<T: Send>(
    inputs: &[Input],
    jobs: usize,
    work: impl Fn(&Input, &Reply<T>) + Sync,
    mut take: impl FnMut(&Input, T) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (begin, begun) = mpsc::sync_channel::<(&Input, Receiver<T>)>(AHEAD_LIMIT);
    // One lock around both, so that inputs are begun and announced in the same order.
    let rest = Mutex::new((inputs.iter(), begin));
    let (rest, work) = (&rest, &work);
    // The receiver goes in, so that it is gone before the workers are waited for: nobody listens then, and they end.
    thread::scope(move |scope| {
        let begun = begun;
        for _ in 0..jobs.min(inputs.len()) {
            scope.spawn(move || {
                while let Some((input, reply)) = next(rest) {
                    work(input, &reply);
                }
            });
        }
        for _ in 0..inputs.len() {
            // An error: all workers have panicked, outside the work on an input. The scope passes that on.
            let Ok((input, replies)) = begun.recv() else { break };
            for batch in replies {
                take(input, batch)?;
            }
        }
        Ok(())
    })
}

type Rest<'i, T> = (std::slice::Iter<'i, Input>, SyncSender<(&'i Input, Receiver<T>)>);

fn next<'i, T>(rest: &Mutex<Rest<'i, T>>) -> Option<(&'i Input, Reply<T>)> {
    let mut rest = rest.lock().unwrap_or_else(PoisonError::into_inner);
    let input = rest.0.next()?;
    let (reply, replies) = mpsc::sync_channel(BATCHES_LIMIT);
    // Where nobody listens any more there is nothing more to begin.
    rest.1.send((input, replies)).ok()?;
    Some((input, Reply(reply)))
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
            let work = |input: &Input, reply: &Reply<String>| {
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
        let work = |_: &Input, reply: &Reply<u8>| while reply.send(1).is_ok() {};
        let outcome = in_order(&inputs(1000), 4, work, |_, _| Err(Failure::usage("enough")));
        assert!(outcome.is_err());
    }
}
