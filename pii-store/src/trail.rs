//! The audit trail: what was decided, done and changed, on the disk before anything leaves, and hard to change unseen.
//!
//! - A [`Trail`] is a folder that one process writes. A [`Record`] is given to it, and the [`Ticket`] that comes back says
//!   when it is on the disk and where it stands. Whoever waits at the same time goes to the disk together.
//! - A record is one line of JSON with a number, a time and a hash over the line before it and itself. Lines are in segments,
//!   files that end by size and by day. Each [`Class`] of retention has its own chain, so what was kept long enough is
//!   removed from the beginning of a chain, and a record of that keeps its last hash.
//! - Every few seconds the chains are signed, and their [`Head`]s sent to a [`witness`] outside.
//! - [`verify()`] walks all of it and says what was removed, changed, reordered or cut off, and how far the end is provable.
//!   [`prove()`] says what became of one message, [`query()`] who got what; a [`plan`] says what is old enough to be removed,
//!   [`export_lines`] and [`export_csv`] write it out.
//!
//! No value in clear gets in: fields are kinds, counts, digests and [`Name`]s, and no name has room for a number of a person's.
//!
//! What it does not know: what a decision means, where digests come from, who may read it; the clock (the caller has it).

mod chain;
mod class;
mod disk;
mod error;
mod export;
mod hash;
mod head;
mod line;
mod mark;
mod name;
mod options;
mod prove;
mod query;
mod queue;
mod read;
mod record;
mod recorder;
mod recover;
mod retain;
mod segment;
#[cfg(test)]
mod tests;
mod verify;
mod watch;
pub mod witness;
mod word;
mod writer;

pub use class::Class;
pub use error::TrailError;
pub use export::{CSV_COLUMNS, export_csv, export_lines};
pub use hash::{Hash, HashAlgorithm, KeyedDigest};
pub use head::{Head, Signature, VerifyingKeys};
pub use line::LINE_LIMIT_BYTES;
pub use mark::{Begun, Cause, Checkpoint, Recovered, Removed, Sealed};
pub use name::{NAME_DIGIT_LIMIT, NAME_DIGIT_RUN_LIMIT, NAME_LIMIT_BYTES, NOTE_LIMIT_BYTES, Name, Note, Version};
pub use options::{HEADS_AT_LEAST_EVERY, Options, SEGMENT_LEAST_BYTES, SEGMENT_LIMIT_BYTES};
pub use prove::{Proof, Proofs, prove};
pub use query::{Answer, Filter, OPEN_LIMIT, Question, Standing, Withdrawals, query};
pub use queue::Ticket;
pub use read::{Entry, Go, Progress, entries, node_of};
pub use record::{
    Alarm, Basis, Change, Configuration, Content, Counted, Decision, Ending, ITEM_LIMIT, Item, KeyAct, LedgerChange,
    Outcome, Position, Record, SUBJECT_LIMIT, Verdict,
};
pub use recorder::Recorder;
pub use retain::{Due, Kept, Plan, plan};
pub use verify::{ChainReport, Fault, FaultKind, Report, Tail, WitnessHeads, verify, verify_and_read};
pub use watch::{Health, WitnessHealth};

use chain::Chain;
use disk::{Disk, Folder};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use watch::Watched;
use writer::{Shared, Writer};

/// A trail that this process writes. See the [module](self).
///
/// Dropping it closes it: what was given to it is written, and its heads are sent once more.
pub struct Trail {
    folder: PathBuf,
    shared: Arc<Shared>,
    watched: Option<Arc<Watched>>,
    writing: Option<JoinHandle<()>>,
    watching: Option<JoinHandle<()>>,
    _lock: File,
}

impl Trail {
    /// Opens a folder, or makes it, and goes on where it ends. A line that was cut short is left out, and that is recorded.
    ///
    /// # Errors
    /// Another process writes it ([`TrailError::is_locked`]); it cannot be read or written, or others may write it; its last
    /// segment is not what was written ([`TrailError::is_damaged`]).
    pub fn open(folder: &Path, options: Options) -> Result<Self, TrailError> {
        Self::on(folder, options, Box::new(Folder(folder.to_owned())))
    }

    fn on(folder: &Path, options: Options, mut disk: Box<dyn Disk>) -> Result<Self, TrailError> {
        let Options { settings, witness } = options;
        disk::folder(folder)?;
        let lock = disk::lock(folder)?;
        let (mut chains, mut cuts, mut tips) = (Vec::new(), Vec::new(), [None; Class::ALL.len()]);
        for class in Class::ALL {
            let found = recover::recover(folder, class, &settings.node)?;
            tips[class.index()] = (found.place.next > 1).then(|| (found.place.next - 1, found.place.last));
            cuts.extend(found.cut_bytes.map(|bytes| (class, bytes)));
            let chain = Chain::new(class, &settings, found.place, disk.as_mut());
            chains.push(chain.map_err(|error| TrailError::file(folder, "go on in it", &error))?);
        }
        let Ok(chains) = <[Chain; Class::ALL.len()]>::try_from(chains) else {
            return Err(TrailError::damaged("a chain is missing"));
        };
        let shared = Arc::new(Shared::new(settings, tips));
        let wrong = |error| TrailError::file(folder, "begin a thread to write it", &error);
        let writer = Writer { shared: Arc::clone(&shared), disk, chains };
        let writing = thread::Builder::new().name("trail".to_owned()).spawn(move || writer.run()).map_err(wrong)?;
        let mut trail = Self {
            folder: folder.to_owned(),
            shared,
            watched: None,
            writing: Some(writing),
            watching: None,
            _lock: lock,
        };
        for (class, cut_bytes) in cuts {
            let recovered = Content::Recovered(Recovered { cut_bytes });
            trail.recorder().push(class, &recovered, true, true)?.wait()?;
        }
        if let Some(witness) = witness {
            let (shared, watched) = (Arc::clone(&trail.shared), Arc::new(Watched::new()));
            trail.watched = Some(Arc::clone(&watched));
            let watch = move || watch::run(&shared, &watched, witness);
            trail.watching = Some(thread::Builder::new().name("witness".to_owned()).spawn(watch).map_err(wrong)?);
        }
        Ok(trail)
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What its clock says.
    pub(crate) fn now(&self) -> pii_core::time::Moment {
        (self.shared.settings.clock)()
    }

    /// A hand to give records to it, for another thread or for whoever tells of acts on keys.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        Recorder::new(Arc::clone(&self.shared), self.watched.clone())
    }

    /// Gives it a record: [`Recorder::append`].
    ///
    /// # Errors
    /// As there.
    pub fn append(&self, record: Record) -> Result<Ticket, TrailError> {
        self.recorder().append(record)
    }

    /// Waits until its witness has taken the heads that it had when it was opened. So what earlier runs left unproven does not
    /// grow where each of them is shorter than a witness may be silent. Without a witness there is nothing to wait for.
    ///
    /// # Errors
    /// It takes none for so long ([`TrailError::is_witness`]).
    pub fn wait_for_witness(&self, limit: std::time::Duration) -> Result<(), TrailError> {
        self.watched.as_ref().map_or(Ok(()), |watched| watched.wait_for_heads(limit))
    }

    /// Whether it still records, and how its witness is.
    #[must_use]
    pub fn health(&self) -> Health {
        let fail_after = self.shared.settings.fail_after;
        let is_late = |watched: &Arc<Watched>| fail_after.is_some_and(|limit| watched.check(limit).is_err());
        Health {
            awaits_witness: self.watched.as_ref().is_some_and(is_late),
            stopped: self.shared.queue.failure(),
            stalled_for: self.shared.queue.stalled_for(),
            witness: self.watched.as_ref().map(|watched| watched.health()),
        }
    }

    /// Closes it, and says whether all was written that was given to it. It waits for a disk that hangs, as dropping it does.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn close(mut self) -> Result<(), TrailError> {
        self.end();
        self.shared.queue.failure().map_or(Ok(()), Err)
    }

    /// Closes it, and says whether its witness has taken the last heads.
    ///
    /// # Errors
    /// Something could not be written, now or before.
    pub fn close_and_ask_witness(mut self) -> Result<Option<WitnessHealth>, TrailError> {
        self.end();
        match self.shared.queue.failure() {
            Some(error) => Err(error),
            None => Ok(self.watched.as_ref().map(|watched| watched.health())),
        }
    }

    fn end(&mut self) {
        self.shared.queue.close();
        // Whoever waited for a thread that panicked was told by what it dropped.
        let _ = self.writing.take().map(JoinHandle::join);
        if let Some(watched) = &self.watched {
            watched.end();
        }
        let _ = self.watching.take().map(JoinHandle::join);
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trail({}, {:?})", self.folder.display(), self.shared.settings)
    }
}
