//! The one who writes: takes what waits, chains it, puts it on the disk, and tells those who wait.

use super::TrailError;
use super::chain::{Chain, stopped};
use super::class::Class;
use super::disk::Disk;
use super::hash::Hash;
use super::mark::Cause;
use super::options::Settings;
use super::queue::{Queue, Waiting, Work};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// For each class: the number and the hash of the last record that is on the disk.
pub(crate) type Tips = [Option<(u64, Hash)>; Class::ALL.len()];

/// What writer and witness share with whoever records.
pub(crate) struct Shared {
    pub(crate) queue: Queue,
    pub(crate) settings: Settings,
    tips: Mutex<Tips>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, tips: Tips) -> Self {
        Self { queue: Queue::default(), settings, tips: Mutex::new(tips) }
    }

    /// How far the chains are on the disk.
    pub(crate) fn tips(&self) -> Tips {
        *self.tips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one who writes.
pub(crate) struct Writer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) disk: Box<dyn Disk>,
    pub(crate) chains: [Chain; Class::ALL.len()],
}

impl Writer {
    /// Writes until the trail is closed, or something cannot be written. Then nothing is ever written again: after a failure
    /// nobody can say what is on the disk.
    pub(crate) fn run(mut self) {
        let every = self.shared.settings.every;
        let mut due = Instant::now() + every;
        loop {
            let (waiting, is_last) = match self.shared.queue.take(due) {
                Work::Write(waiting) => (waiting, false),
                Work::Close(waiting) => (waiting, true),
            };
            let cause = match () {
                () if is_last => Some(Cause::Close),
                () if waiting.wants_checkpoint => Some(Cause::Removal),
                () if Instant::now() >= due => Some(Cause::Interval),
                () => None,
            };
            if cause.is_some() {
                due = Instant::now() + every;
            }
            match self.write(&waiting, cause) {
                Ok(firsts) => {
                    // In this order: whoever is told finds the trail well.
                    self.shared.queue.answered();
                    waiting.tell(Ok(firsts));
                }
                Err(error) => {
                    self.chains.iter_mut().for_each(Chain::give_up);
                    let error = stopped(&error);
                    // In this order: whoever is told, and tries again, finds the trail stopped.
                    self.shared.queue.fail(&error);
                    waiting.tell(Err(error));
                    return;
                }
            }
            if is_last {
                return;
            }
        }
    }

    /// Writes records and the checkpoints that are due, and returns when all of it is on the disk.
    fn write(&mut self, waiting: &Waiting, cause: Option<Cause>) -> io::Result<[u64; Class::ALL.len()]> {
        let Self { shared, disk, chains } = self;
        let settings = &shared.settings;
        let now = (settings.clock)();
        let mut firsts = [0; Class::ALL.len()];
        for (class, at, content) in waiting.entries() {
            let (chain, first) = (&mut chains[class.index()], &mut firsts[class.index()]);
            if *first == 0 {
                chain.ready(settings, now, disk.as_mut())?;
                *first = chain.next;
            }
            chain.push(at, content)?;
        }
        if let Some(cause) = cause {
            for chain in chains.iter_mut().filter(|chain| chain.is_due(cause)) {
                chain.checkpoint(settings, now, cause)?;
            }
        }
        let mut changed = Vec::new();
        for (chain, class) in chains.iter_mut().zip(Class::ALL) {
            if chain.has_lines() {
                chain.write()?;
                changed.push(class);
            }
        }
        for class in &changed {
            chains[class.index()].sync()?;
        }
        let mut tips = shared.tips.lock().unwrap_or_else(PoisonError::into_inner);
        for class in changed {
            let chain = &chains[class.index()];
            tips[class.index()] = Some((chain.next - 1, chain.last));
        }
        Ok(firsts)
    }
}

/// Whoever records learns of it if the writer is gone otherwise than it should.
impl Drop for Writer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.shared.queue.fail(&TrailError::stopped("a fault of its own"));
        }
    }
}
