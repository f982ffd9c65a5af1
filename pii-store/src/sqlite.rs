//! A store in one file of SQLite.
//!
//! | setting | why |
//! |---|---|
//! | write-ahead log, `synchronous=FULL` | readers do not wait for a writer; what was promised is on the disk |
//! | a busy time-out of ten seconds | several processes share a file; a writer waits for its turn |
//! | 32 MiB of pages kept in memory at most, for each connection | twice as fast at a million values as SQLite's usual 2 MB |
//! | `secure_delete` | what is deleted is overwritten in the file, and the log is emptied behind it |
//! | file, log and index of the log for their owner alone | refused where others can read them, as an SSH key is |
//!
//! The version of the tables is in the file, and an older one is brought up when it is opened. A network file system has
//! no locks that SQLite could trust.
//!
//! A backup is made with [`Sqlite::back_up`] and put back with [`Sqlite::restore`], not by copying a file that is in use.
//! Where an older one is put back, values that came since get other tokens, the quotas of this hour count from what they
//! were then, and what was erased since is there again.

mod backup;
mod ledger;
mod quota;
mod schema;
mod vault;

pub use backup::Copied;

use crate::StoreError;
use crate::owner_only;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a process waits for its turn.
const BUSY_LIMIT: Duration = Duration::from_secs(10);

/// Up to this size a store is read whole before the first new values go in, which takes less than a second. A damaged index
/// would not find a value that is there, and then it would have two tokens. A larger one is checked when its operators ask
/// ([`Sqlite::check`]).
const CHECKED_AT_ONCE_BYTES: u64 = 64 << 20;

/// A store in one file: a connection to it. A process may have several, and several processes may.
pub struct Sqlite {
    path: PathBuf,
    connection: Connection,
    is_checked: bool,
}

impl Sqlite {
    /// Opens a store that is there. Where a path is mistyped or a disk is not mounted, this is an error; a new store in its
    /// place would give known values other tokens.
    ///
    /// # Errors
    /// There is none; others can read or change it ([`StoreError::is_file`], which says what to do); it is no store or one of a
    /// newer version ([`StoreError::is_format`]); or it is damaged ([`StoreError::is_corrupt`]).
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        owner_only::check_all(path)?;
        Self::connected(path)?.brought_up(schema::Empty::IsAnError)
    }

    /// Opens a store, or begins one, for its owner alone, where there is no file or an empty one. Several processes may at
    /// the same time.
    ///
    /// # Errors
    /// As [`Sqlite::open`], or the file cannot be made.
    pub fn open_or_begin(path: &Path) -> Result<Self, StoreError> {
        owner_only::create(path)?;
        owner_only::check_all(path)?;
        Self::connected(path)?.brought_up(schema::Empty::IsBegun)
    }

    fn connected(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
        connection.busy_timeout(BUSY_LIMIT).map_err(|error| failed(&error))?;
        Ok(Self { path: path.to_owned(), connection, is_checked: false })
    }

    fn brought_up(mut self, empty: schema::Empty) -> Result<Self, StoreError> {
        schema::look(&self.connection, empty)?;
        self.set_up()?;
        schema::bring_up(&mut self)?;
        Ok(self)
    }

    fn set_up(&self) -> Result<(), StoreError> {
        let settings = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; \
                        PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; \
                        PRAGMA synchronous = FULL;";
        self.connection.execute_batch(settings).map_err(|error| failed(&error))?;
        let begun = Instant::now();
        loop {
            match self.connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0)) {
                // Two processes that turn the log on at the same time: SQLite calls no busy handler here.
                Err(error) if is_busy(&error) && begun.elapsed() < BUSY_LIMIT => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(failed(&error)),
                Ok(mode) if mode == "wal" => return Ok(()),
                Ok(_) => {
                    let what = "this file system has no write-ahead log: put the store on a local disk";
                    return Err(StoreError::unusable(what));
                }
            }
        }
    }

    /// Reads the whole file and says whether it is sound: every page, and every row in every index. Takes about a second
    /// for 300,000 rows.
    ///
    /// # Errors
    /// It is damaged ([`StoreError::is_corrupt`]).
    pub fn check(&mut self) -> Result<(), StoreError> {
        let said: String = self
            .connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|error| failed(&error))?;
        // What it says otherwise may quote what is stored.
        self.is_checked = said == "ok";
        if self.is_checked { Ok(()) } else { Err(StoreError::corrupt("its pages contradict each other")) }
    }

    /// [`Sqlite::check`] once, if the store is small.
    fn check_if_small(&mut self) -> Result<(), StoreError> {
        if self.is_checked {
            return Ok(());
        }
        let metadata = std::fs::metadata(&self.path);
        let metadata = metadata.map_err(|error| StoreError::file(&self.path, "look at it", &error))?;
        if metadata.len() <= CHECKED_AT_ONCE_BYTES { self.check() } else { Ok(()) }
    }

    /// Runs a step whole or not at all, alone among writers.
    fn step<T>(&mut self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let run = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = act(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(|error| failed(&error))
    }

    /// Reads, in one view of the store.
    fn look<T>(&mut self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let run = || {
            let transaction = self.connection.transaction()?;
            let seen = act(&transaction)?;
            transaction.commit()?;
            Ok(seen)
        };
        run().map_err(|error: rusqlite::Error| failed(&error))
    }

    /// Moves what is in the log into the file and empties the log, so that nothing deleted stays in it. Where a reader
    /// holds it, the next one to come does that.
    fn empty_log(&self) -> Result<(), StoreError> {
        let done = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        done.map_err(|error| failed(&error))
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// What went wrong, in words of ours: SQLite's own may quote what is stored.
fn failed(error: &rusqlite::Error) -> StoreError {
    use rusqlite::Error as E;
    match error {
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::InvalidColumnType(..)
        | E::Utf8Error(..)
        | E::QueryReturnedNoRows => StoreError::corrupt("a row is not what this version writes"),
        E::SqliteFailure(inner, _) => match inner.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::busy(),
            ErrorCode::DatabaseCorrupt => StoreError::corrupt("its pages do not fit together"),
            ErrorCode::NotADatabase => StoreError::format("this is no SQLite file: give another path"),
            ErrorCode::ConstraintViolation => StoreError::corrupt("two rows that exclude each other"),
            ErrorCode::DiskFull => StoreError::unusable("the disk is full"),
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied => {
                StoreError::unusable("the store, its log or its folder cannot be written: look at owner and mode")
            }
            _ => StoreError::unusable(format!("SQLite failed with its code {}: look at the disk", inner.extended_code)),
        },
        _ => StoreError::unusable("SQLite refused a statement of this version"),
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sqlite({})", self.path.display())
    }
}
