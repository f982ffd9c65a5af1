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

mod append;
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
pub use subject::{Aliases, SubjectDigests, canonical};
pub use wire::read as entry_of;
pub use write::Withdrawn;

use crate::StoreError;
use crate::ledger::{Follower, LedgerStorage, NodeId, Permit};
use crate::trail::Recorder;
use append::Step;
use folded::Folded;
use pii_core::consent::Book;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes connections, for whoever follows and whoever writes.
type Connect = Box<dyn FnMut() -> Result<Box<dyn LedgerStorage>, StoreError> + Send>;

/// A ledger of consents, and what it comes to in memory. It can be shared between threads; decisions wait for no writer's
/// disk.
pub struct Consents {
    /// None where the last connection failed: the next wish makes another.
    storage: Mutex<Option<Box<dyn LedgerStorage>>>,
    connect: Arc<Mutex<Connect>>,
    follower: Follower<Folded>,
    digests: SubjectDigests,
    sources: Arc<SourceKeys>,
    trail: Option<Recorder>,
    trusts_clock: bool,
}

impl Consents {
    /// Loads a ledger and follows it from then on. `connect` is asked for a connection that follows, for one that writes, and again
    /// whenever one has gone.
    ///
    /// # Errors
    /// No connection can be made, or the ledger cannot be read, is damaged, or holds what is no entry of consents.
    pub fn open(
        node: NodeId,
        digests: SubjectDigests,
        trail: Option<Recorder>,
        connect: impl FnMut() -> Result<Box<dyn LedgerStorage>, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let connect: Arc<Mutex<Connect>> = Arc::new(Mutex::new(Box::new(connect)));
        let storage = Mutex::new(None);
        let sources = Arc::new(SourceKeys::default());
        let (keys, again) = (Arc::clone(&sources), Arc::clone(&connect));
        let connect_again = move || (again.lock().unwrap_or_else(PoisonError::into_inner))();
        let follower = Follower::start(node, move || Folded::new(Arc::clone(&keys)), connect_again)?;
        Ok(Self { storage, connect, follower, digests, sources, trail, trusts_clock: false })
    }

    /// For a ledger into which nobody wrote for more than a year: its next entry is not taken for that of a clock that is wrong.
    #[must_use]
    pub fn trusting_clock(mut self, is_right: bool) -> Self {
        self.trusts_clock = is_right;
        self
    }

    /// Looks at what is known. `look` should take microseconds.
    ///
    /// # Errors
    /// What this node knows is older than its lease ([`StoreError::is_stale`]): nothing may be decided on it.
    pub fn decide<T>(&self, look: impl FnOnce(&Book) -> T) -> Result<T, StoreError> {
        self.follower.read(|folded| look(&folded.book))
    }

    /// Leave to act on what is decided from now on. Whoever sends takes one before [`Consents::decide`] and asks it right before
    /// bytes leave: a withdrawal on another node waits for it, and is not acknowledged while they may still leave.
    ///
    /// # Errors
    /// As [`Consents::decide`].
    pub fn permit(&self) -> Result<Permit, StoreError> {
        self.follower.permit()
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
}

impl fmt::Debug for Consents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Consents({:?})", self.follower)
    }
}
