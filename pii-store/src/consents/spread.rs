//! Work on many things by all processors.

use crate::StoreError;
use std::num::NonZeroUsize;
use std::thread;

/// Below this many things a thread costs more than it saves.
const WORTH_A_THREAD: usize = 64;

/// What `work` makes of each, in their order.
///
/// # Errors
/// A thread panicked.
pub(super) fn each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Result<Vec<R>, StoreError> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = items.len().div_ceil(workers).max(WORTH_A_THREAD);
    if items.len() <= share {
        return Ok(items.into_iter().map(work).collect());
    }
    let (mut items, work) = (items.into_iter(), &work);
    let done = thread::scope(|scope| {
        let mut running = Vec::with_capacity(workers);
        while items.len() > 0 {
            let part: Vec<T> = items.by_ref().take(share).collect();
            running.push(scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>()));
        }
        running.into_iter().map(thread::ScopedJoinHandle::join).collect::<Result<Vec<_>, _>>()
    });
    let done = done.map_err(|_| StoreError::unusable("a thread panicked: report it"))?;
    Ok(done.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_stays_whatever_the_number() {
        for count in [0_usize, 1, WORTH_A_THREAD, WORTH_A_THREAD + 1, 1000, 1001] {
            let doubled = each((0..count).collect(), |n| n * 2).expect("no panic");
            assert_eq!(doubled, (0..count).map(|n| n * 2).collect::<Vec<_>>());
        }
    }
}
