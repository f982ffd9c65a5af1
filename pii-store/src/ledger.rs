//! An append-only log that several nodes follow, each with what it says in memory.
//!
//! | part | |
//! |---|---|
//! | [`LedgerStorage`] | entries in the order in which they became final, without gaps: SQLite ([`crate::Sqlite`]) and PostgreSQL ([`crate::Postgres`]) |
//! | [`Follower`] | a thread that folds new entries into a [`State`] and hands out reads of it, within a lease |
//! | [`append_and_wait`] | returns once no node can still decide on what was before |
//! | [`export_to`], [`import_from`] | entries as lines of JSON, for either storage |
//!
//! **What it does not know**: what an entry says. Its body is a text of whoever writes it, JSON as a rule.
//!
//! # Leases
//! A node may decide on what it has in memory for [`LEASE`] from before the moment at which it asked for the newest
//! entry, if it has all up to that one. It measures with its own monotonic clock, and so does whoever waits for the nodes:
//! a lease that was asked for before an entry became final has run out [`LEASE`] after that, whatever a wall clock says. No
//! time of day is stored or compared. The table of nodes only makes the wait shorter, when all of them say sooner that
//! they have the entry.
//!
//! What takes longer than a look, such as sending what was read, is done under a [`Permit`]: as long as one lives, its node
//! does not say that it has what came since, so whoever waits waits for it too.
//!
//! A machine that sleeps stops its monotonic clock: a node must not run where machines are suspended and go on.
//!
//! # Digests
//! Each entry's digest is SM3 (GB/T 32905-2016) over the digest before it, its number, the hash of its alias and the hash of
//! the rest of it. So a copy that lost, changed or reordered entries is told from one that did not, and two nodes compare all
//! they know by one digest. Somebody who may write to the store can make another chain: an outside witness of heads tells that.
//!
//! # Erasing
//! What a [`Removal`] takes is blanked where it is, and its hash stays, so that all that is left is checked as before and no
//! digest changes. A blank entry proves that something was appended there, when in the order of all, and, to whoever still has
//! the words elsewhere, which; it does not prove that blanking it was lawful. Somebody who may write to the store can blank any
//! entry, as an erasure does, and not put other words in its place: erasures are held against their own records in the trail.

mod chain;
mod entry;
mod follower;
mod lease;
mod permit;
mod portable;
mod round;
mod wait;

pub use chain::{Head, verify};
pub(crate) use entry::check;
pub use entry::{
    Alias, BATCH_LIMIT_ENTRIES, BODY_LIMIT_BYTES, Keeps, NewEntry, RECORD_LIMIT_BYTES, RecordNumber, Removal,
    StoredEntry, Subject,
};
pub use follower::{Follower, State};
pub use lease::{LEASE, NODE_LIMIT_BYTES, Node, NodeId, RENEWAL};
pub use permit::Permit;
pub use portable::{export_to, import_from};
pub use wait::{Acknowledged, append_and_wait, wait_for};

use crate::StoreError;
use std::fmt;
use std::time::Duration;

/// How many entries a call of [`LedgerStorage::after`] gives at most.
pub const PAGE_LIMIT_ENTRIES: usize = 10_000;

/// How many bytes the bodies of a page have together, apart from the one that goes beyond.
pub(crate) const PAGE_LIMIT_BYTES: usize = 8 << 20;

/// What a ledger is kept in. Every call is one step that is done whole or not at all, and is on the disk when it returns.
pub trait LedgerStorage: Send + fmt::Debug {
    /// Makes removals, and then appends entries behind the last one. Says which is the last one now.
    ///
    /// # Errors
    /// A number of a record is there already ([`StoreError::is_conflict`]): nothing is done. Too many at once, or a record's
    /// number twice ([`StoreError::is_limit`]). The connection went while the step was made final
    /// ([`StoreError::is_unknown_outcome`]): look for the entry, and where it is there wait for the nodes with [`wait_for`]. The
    /// storage cannot be read or written, or is damaged; so with every method here.
    fn append(&mut self, entries: &[NewEntry], removals: &[Removal]) -> Result<Head, StoreError>;

    /// Entries behind number `seq`, in order: `limit` of them, or [`PAGE_LIMIT_ENTRIES`] if that is less, and fewer where their
    /// bodies come to more than 8 MiB. None only where there are none.
    fn after(&mut self, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// As [`LedgerStorage::after`], of one subject.
    fn of_subject(&mut self, subject: &Subject, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// The subjects that any of these aliases leads to, each once.
    fn subjects_of(&mut self, aliases: &[Alias]) -> Result<Vec<Subject>, StoreError>;

    /// The last entry's number and digest.
    fn head(&mut self) -> Result<Head, StoreError>;

    /// Notes which entry a node has applied, and gives the last one. One after the other with
    /// [`LedgerStorage::append`]: either the appended entry is seen here, or the node is seen by whoever appended it.
    fn renew(&mut self, node: &NodeId, applied: u64) -> Result<Head, StoreError>;

    /// The nodes that have renewed and not left.
    fn nodes(&mut self) -> Result<Vec<Node>, StoreError>;

    /// Forgets a node, if it has renewed no more than so often, or whatever it has done. A node that is still there comes
    /// back with its next [`LedgerStorage::renew`].
    fn forget(&mut self, node: &NodeId, unless_more_than: Option<u64>) -> Result<(), StoreError>;

    /// Returns as soon as something is behind `seq`, or when `at_most` has gone. Says whether something is.
    fn wait(&mut self, seq: u64, at_most: Duration) -> Result<bool, StoreError>;

    /// Takes entries as they were elsewhere. The first must follow the last one that is here.
    ///
    /// # Errors
    /// They do not follow ([`StoreError::is_corrupt`]): nothing is done.
    fn adopt(&mut self, entries: &[StoredEntry]) -> Result<(), StoreError>;
}
