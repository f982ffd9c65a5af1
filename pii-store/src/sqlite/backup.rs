//! Copies of a store's file, and putting one back.

use super::{Sqlite, failed, schema};
use crate::StoreError;
use crate::ledger::{Head, verify};
use crate::owner_only;
use rusqlite::backup::{Backup, StepResult};
use std::fs::File;
use std::path::Path;

/// What a copy holds: the head of its ledger, to be compared with what is known elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The last entry of the ledger.
    pub ledger: Head,
}

impl Sqlite {
    /// Copies the store, as it is at one moment, into a new file for its owner alone, and checks the copy as
    /// [`Sqlite::restore`] will. Others may go on reading and writing. The copy has what the store has: whoever reads it
    /// needs the keyring too.
    ///
    /// # Errors
    /// There is something at `to` already, or it cannot be written; the copy is not sound ([`StoreError::is_corrupt`]).
    pub fn back_up(&mut self, to: &Path) -> Result<Copied, StoreError> {
        owner_only::create_new(to)?;
        let name = to.to_str().ok_or_else(|| StoreError::unusable("the path of a copy has to be UTF-8"))?;
        self.connection.execute("VACUUM INTO ?1", [name]).map_err(|error| failed(&error))?;
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync(to).and_then(|()| sync(folder)).map_err(|error| StoreError::file(to, "write it to the disk", &error))?;
        Self::checked(to).map(|(_, copied)| copied)
    }

    /// Puts a copy in the place of the store at `to`, in one step, after it was checked: each page, each index, and the
    /// digests of the ledger. What the store had is gone. What was erased since the copy was made is there again, and has
    /// to be erased again. Withdrawals of consent since then are gone, so the consents are in force again: enter them again, out
    /// of the trail, before nodes are started. Nodes that followed the store stay silent until they are.
    ///
    /// # Errors
    /// The copy is not sound, or no store of this version: nothing is changed. Somebody has the store open
    /// ([`StoreError::is_busy`]). The store that is there is damaged: move its file and the `-wal` and `-shm` beside it away.
    pub fn restore(from: &Path, to: &Path) -> Result<Copied, StoreError> {
        let (copy, copied) = Self::checked(from)?;
        drop(Self::open_or_begin(to)?);
        let mut store = Self::connected(to)?;
        // Asked before the log is first looked at, this takes the file for one connection alone, or fails.
        let alone = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT;";
        store.connection.execute_batch(alone).map_err(|error| failed(&error))?;
        {
            // What it borrows is free again behind this block.
            let pages = Backup::new(&copy.connection, &mut store.connection).map_err(|error| failed(&error))?;
            match pages.step(-1).map_err(|error| failed(&error))? {
                StepResult::Done => {}
                _ => return Err(StoreError::busy()),
            }
        }
        store.set_up()?;
        schema::bring_up(&mut store)?;
        // Nodes of then are not those of now.
        store.connection.execute("DELETE FROM ledger_node", []).map_err(|error| failed(&error))?;
        store.empty_log()?;
        if verify(&mut store)? == copied.ledger { Ok(copied) } else { Err(StoreError::corrupt("the restored ledger")) }
    }

    /// Opens a copy to read it, after everything about it that can be checked without keys was. It is not changed: one of
    /// an older version is brought up where it is restored.
    fn checked(path: &Path) -> Result<(Self, Copied), StoreError> {
        owner_only::check_all(path)?;
        let mut copy = Self::connected(path)?;
        schema::look(&copy.connection, schema::Empty::IsAnError)?;
        copy.check()?;
        let ledger = if schema::has_ledger(&copy.connection)? { verify(&mut copy)? } else { Head::default() };
        Ok((copy, Copied { ledger }))
    }
}
