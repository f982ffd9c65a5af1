//! How a wish becomes entries: held against what is newest, appended, applied, told.

use super::error::ConsentError;
use super::folded::Folded;
use super::{Aliases, Consents, told, wire};
use crate::StoreError;
use crate::ledger::{Acknowledged, Head, LedgerStorage, NewEntry, Removal, StoredEntry, append_and_wait};
use pii_core::consent::{AnswerState, Body, Book, ConsentAct, Entry, Fault};
use pii_core::time::Moment;
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

/// How often a wish is held against what is newest, where others write to the same records.
const TRIES: usize = 8;

/// How long it may take this node to apply what is in the ledger already.
const CATCH_UP_LIMIT: Duration = Duration::from_secs(10);

/// How much later than the last entry the next one may be: a ledger that is in use has one a year.
const AHEAD_LIMIT_MILLIS: u64 = 366 * 86_400_000;

const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// The same for a lease.
const FRESH_AGAIN: Duration = Duration::from_millis(5);

/// What is to be written in one step.
#[derive(Default)]
pub(super) struct Step {
    pub(super) entries: Vec<Entry>,
    pub(super) removals: Vec<Removal>,
}

impl From<Vec<Entry>> for Step {
    fn from(entries: Vec<Entry>) -> Self {
        Self { entries, removals: Vec::new() }
    }
}

/// What a step that was written came to.
#[derive(Default)]
pub(super) struct Written {
    /// How many of its entries are of records of consent, and count.
    pub(super) records: usize,
    /// Which of its entries the book did not take, by their places: another node was faster.
    pub(super) outrun: BTreeMap<usize, Fault>,
    pub(super) acknowledged: Option<Acknowledged>,
}

/// An error that may be the store's.
pub(super) trait OfStore: From<StoreError> {
    /// Whether it is, and not that of a wish.
    fn is_of_store(&self) -> bool;
}

impl OfStore for StoreError {
    fn is_of_store(&self) -> bool {
        true
    }
}

impl OfStore for ConsentError {
    fn is_of_store(&self) -> bool {
        self.is_store()
    }
}

impl Consents {
    /// Does something with the connection that writes. After an error of the store another is made: what the old one would say
    /// next may be the answer to something else.
    pub(super) fn with_storage<T, E: OfStore>(
        &self,
        act: impl FnOnce(&mut dyn LedgerStorage) -> Result<T, E>,
    ) -> Result<T, E> {
        // Each step is made whole or not at all: a thread that panicked left no half of one.
        let mut kept = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        let mut storage = match kept.take() {
            Some(storage) => storage,
            None => (self.connect.lock().unwrap_or_else(PoisonError::into_inner))()?,
        };
        let done = act(&mut *storage);
        if !done.as_ref().is_err_and(OfStore::is_of_store) {
            *kept = Some(storage);
        }
        done
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
    pub(super) fn look<T>(&self, mut look: impl FnMut(&Folded) -> T) -> Result<T, StoreError> {
        let begun = Instant::now();
        loop {
            match self.follower.read(&mut look) {
                Err(error) if error.is_stale() && begun.elapsed() < CATCH_UP_LIMIT => thread::sleep(FRESH_AGAIN),
                Err(error) if error.is_stale() => return Err(self.follower.problem().unwrap_or(error)),
                other => return other,
            }
        }
    }

    /// Writes what `make` wants, held against what is newest. `make` may be asked several times, and the last answer counts. Where
    /// it takes something away from what may be done, no node decides on what was before when this returns.
    pub(super) fn write(
        &self,
        about: &Aliases,
        mut make: impl FnMut(&Book) -> Result<Step, ConsentError>,
    ) -> Result<Written, ConsentError> {
        self.with_storage(|storage| {
            for _ in 0..TRIES {
                self.catch_up(storage)?;
                let seen = self.look(|folded| (make(&folded.book), folded.fences, folded.book.latest()))?;
                let (step, fences, latest) = seen;
                let Step { entries, removals } = step?;
                if entries.is_empty() {
                    return Ok(Written::default());
                }
                if !self.trusts_clock && latest.is_some_and(|latest| is_far_ahead(&entries, latest)) {
                    return Err(ConsentError::CLOCK);
                }
                let new = wire::written(&entries, fences)?;
                let appended = if entries.iter().any(takes_away) {
                    append_and_wait(storage, &new, &removals).map(|done| (done.head, Some(done)))
                } else {
                    storage.append(&new, &removals).map(|head| (head, None))
                };
                let (head, acknowledged) = match appended {
                    Err(error) if error.is_conflict() => continue,
                    other => other?,
                };
                self.catch_up(storage)?;
                let refused = self.look(|folded| folded.refused_behind(head.seq - new.len() as u64))?;
                self.tell(storage, &new, head, (about, &refused))?;
                return Ok(written(&entries, new.len(), head, &refused, acknowledged));
            }
            Err(StoreError::conflict().into())
        })
    }

    /// The same, where all of it has to be taken.
    pub(super) fn write_whole(
        &self,
        about: &Aliases,
        make: impl FnMut(&Book) -> Result<Step, ConsentError>,
    ) -> Result<Written, ConsentError> {
        let written = self.write(about, make)?;
        match written.outrun.first_key_value() {
            Some((_, fault)) => Err((*fault).into()),
            None => Ok(written),
        }
    }

    /// Tells the audit trail, if there is one, of what took effect.
    fn tell(
        &self,
        storage: &mut dyn LedgerStorage,
        new: &[NewEntry],
        head: Head,
        (about, refused): (&Aliases, &BTreeMap<u64, Fault>),
    ) -> Result<(), ConsentError> {
        let Some(trail) = &self.trail else { return Ok(()) };
        let mut seq = head.seq - new.len() as u64;
        while seq < head.seq {
            let left = usize::try_from(head.seq - seq).unwrap_or(usize::MAX);
            let stored = storage.after(seq, left)?;
            let Some(last) = stored.last() else { break };
            seq = last.seq;
            let taken: Vec<StoredEntry> =
                stored.into_iter().filter(|entry| !refused.contains_key(&entry.seq)).collect();
            let of_record = |record| {
                let scope = |book: &Book| book.record(record).map(|record| record.scope.names());
                Ok(self.look(|folded| scope(&folded.book))?.unwrap_or_default())
            };
            told::changes(trail, &taken, (&about.all(), &self.digests), of_record)?;
        }
        Ok(())
    }
}

/// What became of entries that are the last of `new`: a fence may stand before them.
fn written(
    entries: &[Entry],
    new: usize,
    head: Head,
    refused: &BTreeMap<u64, Fault>,
    acknowledged: Option<Acknowledged>,
) -> Written {
    let first = head.seq + 1 - entries.len().min(new) as u64;
    let fault = |at: usize| refused.get(&(first + at as u64)).copied();
    let outrun: BTreeMap<usize, Fault> = (0..entries.len()).filter_map(|at| Some((at, fault(at)?))).collect();
    let counts = |(at, entry): &(usize, &Entry)| entry.consent().is_some() && !outrun.contains_key(at);
    let records = entries.iter().enumerate().filter(counts).count();
    Written { records, outrun, acknowledged }
}

/// Whether this would be written by a clock that is years ahead: whatever ends by time would be over for good, since a clock that
/// goes back revives nothing.
fn is_far_ahead(entries: &[Entry], latest: Moment) -> bool {
    entries.iter().any(|entry| entry.at().millis_since(latest) > AHEAD_LIMIT_MILLIS)
}

/// Whether less may be done behind an entry than before it.
fn takes_away(entry: &Entry) -> bool {
    match entry.body() {
        Body::Withdrawn(_) | Body::Restricted { .. } | Body::Erased { .. } | Body::AliasRemoved(_) => true,
        Body::Consent(event) => match &event.act {
            ConsentAct::Answered(claimed) => claimed.receipt().event.state == AnswerState::Refused,
            ConsentAct::Refused { .. } | ConsentAct::Withdrawn { .. } | ConsentAct::Invalidated { .. } => true,
            _ => false,
        },
        _ => false,
    }
}
