//! What people consented to, kept in a ledger and decided on in memory.
//!
//! - [`Consents`] is a store's ledger with its [`Book`] in memory: [`Consents::decide`] for the request path, calls that
//!   declare, import, withdraw and answer for everything that is written.
//! - [`SubjectDigests`] make keyed digests of what a person is known by, and [`Aliases`] are those of one person: a value in
//!   clear goes no further than that.
//! - [`Consents::import`] takes lines that sources signed, and says of each that was refused why.
//! - [`source_of`] makes a source's declaration from its public key; [`SourceKeys`] checks what it signed.
//!
//! Whoever writes reads first what is newest, holds the wish against it, and appends; where somebody else was faster, that is
//! done again. What took effect is told to the audit trail, if there is one, with the entry's number and digest.
//!
//! What it does not know: the clock (times come in), who somebody is (callers have found out), where keys lie.

mod count;
mod error;
mod evidence;
mod folded;
mod identity;
mod import;
mod line;
mod read;
mod source_key;
mod spread;
mod subject;
mod told;
mod wire;
mod write;

pub use count::{Imported, Progress};
pub use error::{ConsentError, LineFault};
pub use evidence::Soundness;
pub use identity::IDENTITY_LIMIT_BYTES;
pub use source_key::{SourceKeys, source_of};
pub use subject::{Aliases, SubjectDigests};
pub use write::Withdrawn;

use crate::StoreError;
use crate::ledger::{Acknowledged, Follower, Head, LedgerStorage, NodeId, Removal, append_and_wait};
use crate::trail::Recorder;
use folded::Folded;
use pii_core::consent::{Book, Entry};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a wish is held against what is newest, where others write to the same records.
const TRIES: usize = 8;

/// How long it may take this node to apply what is in the ledger already.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(10);

const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// The same for a lease.
const FRESH_AGAIN: Duration = Duration::from_millis(5);

/// A ledger of consents, and what it comes to in memory. It can be shared between threads; decisions wait for no writer's
/// disk.
pub struct Consents {
    storage: Mutex<Box<dyn LedgerStorage>>,
    follower: Follower<Folded>,
    digests: SubjectDigests,
    sources: Arc<SourceKeys>,
    trail: Option<Recorder>,
}

/// What is to be written in one step.
#[derive(Default)]
struct Step {
    entries: Vec<Entry>,
    removals: Vec<Removal>,
}

impl From<Vec<Entry>> for Step {
    fn from(entries: Vec<Entry>) -> Self {
        Self { entries, removals: Vec::new() }
    }
}

/// Whether whoever writes waits until no node decides on what was before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    No,
    ForAllNodes,
}

/// What a step that was written came to.
struct Written {
    /// How many of its entries are of records of consent.
    records: usize,
    acknowledged: Option<Acknowledged>,
}

impl Consents {
    /// Loads a ledger and follows it from then on. `connect` is asked for two connections, and again whenever one has gone.
    ///
    /// # Errors
    /// No connection can be made, or the ledger cannot be read, is damaged, or holds what is no entry of consents.
    pub fn open(
        node: NodeId,
        digests: SubjectDigests,
        trail: Option<Recorder>,
        mut connect: impl FnMut() -> Result<Box<dyn LedgerStorage>, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let storage = Mutex::new(connect()?);
        let sources = Arc::new(SourceKeys::default());
        let keys = Arc::clone(&sources);
        let follower = Follower::start(node, move || Folded::new(Arc::clone(&keys)), connect)?;
        Ok(Self { storage, follower, digests, sources, trail })
    }

    /// Looks at what is known. `look` should take microseconds.
    ///
    /// # Errors
    /// What this node knows is older than its lease ([`StoreError::is_stale`]): nothing may be decided on it.
    pub fn decide<T>(&self, look: impl FnOnce(&Book) -> T) -> Result<T, StoreError> {
        self.follower.read(|folded| look(&folded.book))
    }

    /// The number of the last entry that decisions rest on.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.follower.applied()
    }

    /// What makes digests of values.
    #[must_use]
    pub fn digests(&self) -> &SubjectDigests {
        &self.digests
    }

    fn storage(&self) -> MutexGuard<'_, Box<dyn LedgerStorage>> {
        // A connection has no half-done step to be found: each is made whole or not at all.
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until this node has applied all that is in the ledger now.
    fn catch_up(&self, storage: &mut dyn LedgerStorage) -> Result<(), StoreError> {
        let (newest, begun) = (storage.head()?.seq, Instant::now());
        while self.follower.applied() < newest {
            if begun.elapsed() > CATCH_UP_LIMIT {
                return Err(self.follower.problem().unwrap_or_else(StoreError::stale));
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(())
    }

    /// Looks at what is known, for whoever writes: where the lease has just run out, on a busy machine or after a short break of
    /// the store, they wait until it runs again. Nothing leaves on what they see.
    fn look<T>(&self, mut look: impl FnMut(&Folded) -> T) -> Result<T, StoreError> {
        let begun = Instant::now();
        loop {
            match self.follower.read(&mut look) {
                Err(error) if error.is_stale() && begun.elapsed() < CATCH_UP_LIMIT => thread::sleep(FRESH_AGAIN),
                Err(error) if error.is_stale() => return Err(self.follower.problem().unwrap_or(error)),
                other => return other,
            }
        }
    }

    /// Writes what `make` wants, held against what is newest. `make` may be asked several times, and the last answer counts.
    fn write(
        &self,
        wait: Wait,
        about: &Aliases,
        mut make: impl FnMut(&Book) -> Result<Step, ConsentError>,
    ) -> Result<Written, ConsentError> {
        let mut storage = self.storage();
        for _ in 0..TRIES {
            self.catch_up(&mut **storage)?;
            let (step, fences) = self.look(|folded| (make(&folded.book), folded.fences))?;
            let Step { entries, removals } = step?;
            if entries.is_empty() {
                return Ok(Written { records: 0, acknowledged: None });
            }
            let new = wire::written(&entries, fences)?;
            let appended: Result<(Head, _), _> = match wait {
                Wait::No => storage.append(&new, &removals).map(|head| (head, None)),
                Wait::ForAllNodes => {
                    append_and_wait(&mut **storage, &new, &removals).map(|done| (done.head, Some(done)))
                }
            };
            let (head, acknowledged) = match appended {
                Err(error) if error.is_conflict() => continue,
                other => other?,
            };
            self.catch_up(&mut **storage)?;
            if let Some(trail) = &self.trail {
                let first = head.seq - new.len() as u64;
                let stored = storage.after(first, new.len())?;
                let of_record = |record| {
                    let scope = |book: &Book| book.record(record).map(|record| record.scope.names());
                    Ok(self.look(|folded| scope(&folded.book))?.unwrap_or_default())
                };
                told::changes(trail, &stored, (&about.all(), &self.digests), of_record)?;
            }
            let records = entries.iter().filter(|entry| entry.consent().is_some()).count();
            return Ok(Written { records, acknowledged });
        }
        Err(StoreError::conflict().into())
    }
}

impl fmt::Debug for Consents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consents({:?})", self.follower)
    }
}
