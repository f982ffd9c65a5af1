//! What a vault and quotas need of a database, and no more: SQLite ([`crate::Sqlite`]) and PostgreSQL
//! ([`crate::Postgres`]) have it.
//!
//! Nothing here opens, seals or decides. What passes is cipher text, keyed hashes, tokens and names.

use crate::StoreError;
use std::fmt;

/// A keyed hash of kind, scope and value, or of a subject: what a row is found by.
pub type BlindIndex = [u8; 32];

/// How long [`Row::check`] is.
pub const CHECK_BYTES: usize = 16;

/// A value that is kept: everything but the value in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is found by. No two rows have the same.
    pub index: BlindIndex,
    /// What stands in its place, in small letters. No two rows have the same.
    pub token: String,
    /// The kind's name.
    pub kind: String,
    /// The scope.
    pub scope: String,
    /// The sealed value.
    pub sealed: Vec<u8>,
    /// A keyed hash over index and token, by which a damaged pair is told from one that was written.
    pub check: [u8; CHECK_BYTES],
}

/// A wrapped data key: its name, and the envelope's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEnvelope {
    /// The name of the data key.
    pub data_key: [u8; 8],
    /// The envelope.
    pub text: String,
}

/// The key of the blind index, wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIndexKey {
    /// The number of the wrapping key's id.
    pub key_id: u32,
    /// The name of the keyed hash, which stays what it was when the vault began.
    pub algorithm: String,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// A token as it was found, with its [`Row::check`].
pub type FoundToken = (String, [u8; CHECK_BYTES]);

/// Rows that are new, all of one envelope.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The envelope, which may be kept already.
    pub envelope: &'a StoredEnvelope,
    /// The rows, each with another index.
    pub rows: &'a [Row],
}

/// Whom a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The subject.
    pub subject: BlindIndex,
    /// The row. One that is not there any more is passed over.
    pub row: BlindIndex,
}

/// What a vault is kept in. Every call is one step that is done whole or not at all, and is on the disk when it returns.
pub trait VaultStorage: Send + fmt::Debug {
    /// The key of the index, if the vault has begun.
    ///
    /// # Errors
    /// The storage cannot be read or written, or is damaged. So with every method here.
    fn index_key(&mut self) -> Result<Option<StoredIndexKey>, StoreError>;

    /// Keeps `key` if there is none yet, and gives the one that is kept now.
    fn begin(&mut self, key: &StoredIndexKey) -> Result<StoredIndexKey, StoreError>;

    /// The tokens of rows, in the order asked for; `None` where there is no row.
    fn tokens(&mut self, indexes: &[BlindIndex]) -> Result<Vec<Option<FoundToken>>, StoreError>;

    /// Keeps new rows with the envelope that they are sealed under, if there are any, and notes which rows belong to which
    /// subject. Says the tokens that the new rows have now, in order: where somebody else was faster, theirs.
    fn keep(&mut self, new: Option<New<'_>>, holders: &[Holder]) -> Result<Vec<FoundToken>, StoreError>;

    /// The row of a token.
    fn row(&mut self, token: &str) -> Result<Option<Row>, StoreError>;

    /// The envelope of a data key.
    fn envelope(&mut self, data_key: [u8; 8]) -> Result<Option<StoredEnvelope>, StoreError>;

    /// All envelopes. There is one for each time that a vault was opened and took new values.
    fn envelopes(&mut self) -> Result<Vec<StoredEnvelope>, StoreError>;

    /// Puts envelopes in the place of those of the same data keys, and the index's key too where one is given.
    fn replace(&mut self, envelopes: &[StoredEnvelope], index_key: Option<&StoredIndexKey>) -> Result<(), StoreError>;

    /// Removes rows, and says how many there were. What they held is overwritten as far as this storage can.
    fn remove(&mut self, which: Which<'_>) -> Result<u64, StoreError>;
}

/// The rows to remove.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of these tokens.
    Tokens(&'a [String]),
    /// Those of these values.
    Indexes(&'a [BlindIndex]),
    /// Those that belong to this subject and to no other.
    Subject(&'a BlindIndex),
}

/// What quotas are kept in.
pub trait QuotaStorage: Send + fmt::Debug {
    /// Counts `count` more for an actor and act in an hour (since 1970), if at most `limit` are counted then; says whether
    /// it did. An hour before the last one counted in is that last one. One step between all processes.
    ///
    /// # Errors
    /// It cannot be read or written. Nothing may then be done.
    fn spend(&mut self, actor: &str, act: &str, hour: u64, count: u64, limit: u64) -> Result<bool, StoreError>;
}
