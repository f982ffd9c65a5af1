//! A thread that keeps what a ledger says in memory, and the reads of it.

use super::lease::Lease;
use super::permit::{Permit, Permits};
use super::round::Round;
use super::{LedgerStorage, NodeId, RENEWAL, StoredEntry};
use crate::StoreError;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long to wait before a connection is tried again, at first and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(1)];

/// How long to wait at once, so that a follower that is to stop does so soon.
const WAIT: Duration = Duration::from_millis(100);

/// The same while somebody may wait to hear that a permit has gone.
const WAIT_WHILE_HELD: Duration = Duration::from_millis(10);

/// What a ledger's entries come to, in memory.
pub trait State: Send + Sync + 'static {
    /// An entry that was read.
    type Read: Send;

    /// Reads the entries that come next, before any of them is taken. Whoever looks at the state is not kept waiting meanwhile:
    /// all that takes long belongs here. A blank one ([`super::Keeps::Nothing`]) stands where something was erased.
    ///
    /// # Errors
    /// One cannot be understood. The node then decides nothing more, rather than pass over something: it may be a withdrawal.
    fn read(&self, entries: &[StoredEntry]) -> Result<Vec<Self::Read>, StoreError>;

    /// Takes the next entry.
    fn apply(&mut self, entry: &StoredEntry, read: Self::Read);
}

/// What a ledger says, in memory, for as long as it is known to be new enough. Dropped, it stops and leaves the table of
/// nodes.
pub struct Follower<S: State> {
    shared: Arc<Shared<S>>,
    node: NodeId,
    thread: Option<JoinHandle<()>>,
}

pub(super) struct Shared<S> {
    pub(super) state: RwLock<S>,
    pub(super) lease: Arc<Lease>,
    pub(super) permits: Arc<Permits>,
    pub(super) applied: AtomicU64,
    problem: Mutex<Option<StoreError>>,
    is_stopping: AtomicBool,
}

impl<S: State> Follower<S> {
    /// Loads the whole ledger, and follows it from then on in a thread with its own connection. `empty` is a state before
    /// the first entry. `connect` is asked again whenever the connection has gone.
    ///
    /// # Errors
    /// No connection can be made, or the ledger cannot be read, is damaged, or holds what the state does not understand.
    pub fn start(
        node: NodeId,
        empty: impl Fn() -> S + Send + 'static,
        mut connect: impl FnMut() -> Result<Box<dyn LedgerStorage>, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let shared = Arc::new(Shared {
            state: RwLock::new(empty()),
            lease: Arc::new(Lease::new()),
            permits: Arc::default(),
            applied: AtomicU64::new(0),
            problem: Mutex::new(None),
            is_stopping: AtomicBool::new(false),
        });
        let mut round = Round::new(Arc::clone(&shared), node.clone());
        let mut storage = connect()?;
        round.load(&mut *storage, empty())?;
        round.run(&mut *storage)?;
        let follow = move || follow(round, storage, connect);
        let thread = std::thread::Builder::new().name("ledger".to_owned()).spawn(follow);
        let thread =
            thread.map_err(|_| StoreError::unusable("no thread can be started: look at the limits of processes"))?;
        Ok(Self { shared, node, thread: Some(thread) })
    }

    /// Looks at the state. `look` should take microseconds: entries that come in wait for it, and other looks behind them.
    /// One step's entries are seen one after the other.
    ///
    /// # Errors
    /// The lease has run out ([`StoreError::is_stale`]): the store does not answer, or says what cannot be understood.
    /// [`Follower::problem`] says which.
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> Result<T, StoreError> {
        let state = self.shared.state.read().map_err(|_| StoreError::stale())?;
        // Behind the lock: what a wait for it took counts too.
        if self.shared.lease.is_running() { Ok(look(&state)) } else { Err(StoreError::stale()) }
    }

    /// Leave to act on what is read from now on, until the lease runs out. See [`Permit`].
    ///
    /// # Errors
    /// As [`Follower::read`].
    pub fn permit(&self) -> Result<Permit, StoreError> {
        let shared = &self.shared;
        let applied = || shared.applied.load(Ordering::SeqCst);
        shared.permits.take(&shared.lease, applied).ok_or_else(StoreError::stale)
    }

    /// Whether [`Follower::read`] would read now.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.shared.lease.is_running()
    }

    /// The number of the last entry that is in the state.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.shared.applied.load(Ordering::Acquire)
    }

    /// What went wrong last, if nothing has gone well since. Where the store was put back, or replaced, it stays until the node
    /// is started again.
    #[must_use]
    pub fn problem(&self) -> Option<StoreError> {
        self.shared.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Which run of which node it is.
    #[must_use]
    pub fn node(&self) -> &NodeId {
        &self.node
    }
}

/// Until it is told to stop.
fn follow<S: State>(
    mut round: Round<S>,
    storage: Box<dyn LedgerStorage>,
    mut connect: impl FnMut() -> Result<Box<dyn LedgerStorage>, StoreError>,
) {
    let shared = round.shared();
    let mut storage = Some(storage);
    let mut pause = PAUSES[0];
    while !shared.is_stopping() {
        if round.is_over() {
            shared.sleep(PAUSES[1]);
            continue;
        }
        let connected = storage.take().map_or_else(&mut connect, Ok);
        let done = connected.and_then(|mut connected| {
            round.run(&mut *connected)?;
            // All is well, though nothing may come for some time.
            shared.note(None);
            idle(&shared, &round, &mut *connected)?;
            Ok(connected)
        });
        match done {
            Ok(connected) => (storage, pause) = (Some(connected), PAUSES[0]),
            Err(problem) => {
                shared.note(Some(problem));
                shared.sleep(pause);
                pause = (pause * 2).min(PAUSES[1]);
            }
        }
    }
    // In this order: a node that is not in the table must have no lease.
    shared.lease.revoke();
    if let Some(mut storage) = storage {
        round.leave(&mut *storage);
    }
}

/// Waits for something new, or until it is time to renew.
fn idle<S: State>(shared: &Shared<S>, round: &Round<S>, storage: &mut dyn LedgerStorage) -> Result<(), StoreError> {
    let begun = Instant::now();
    while !shared.is_stopping() && !round.has_more_to_say() {
        let left = RENEWAL.saturating_sub(begun.elapsed());
        let at_most = if round.is_held_back() { WAIT_WHILE_HELD } else { WAIT };
        if left.is_zero() || storage.wait(round.head().seq, left.min(at_most))? {
            break;
        }
    }
    Ok(())
}

impl<S> Shared<S> {
    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    fn note(&self, problem: Option<StoreError>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    fn sleep(&self, pause: Duration) {
        let begun = Instant::now();
        while !self.is_stopping() && begun.elapsed() < pause {
            std::thread::sleep(WAIT.min(pause.saturating_sub(begun.elapsed())));
        }
    }
}

impl<S: State> Drop for Follower<S> {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        self.shared.lease.revoke();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has no lease that goes on.
            let _ = thread.join();
        }
    }
}

impl<S: State> fmt::Debug for Follower<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Follower({}, up to {})", self.node.name(), self.applied())
    }
}
