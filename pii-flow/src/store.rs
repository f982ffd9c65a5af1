//! Where a store is, and connections to it.

use crate::FlowError;
use pii_keys::{check_private, guarded_text};
use pii_store::ledger::LedgerStorage;
use pii_store::{Postgres, PostgresOptions, Sqlite, StoreError};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// A connection string is a line.
const CONNECTION_LIMIT_BYTES: usize = 4096;

/// Whether a store is begun where there is none. One that is only read is not: its path is mistyped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// It is.
    Yes,
    /// It is not, and that there is none is an error.
    No,
}

/// Where a store is. In a configuration it is written as [`Store::of`] reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Store {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Box<PostgresOptions>),
}

impl Store {
    /// A file, or what begins as the addresses of PostgreSQL do; `@FILE` has that address in a file, since it may hold a
    /// password. What looks like another address is no file: opening it would say what stands in it.
    ///
    /// # Errors
    /// An address that is none, or a file with one that cannot be read, that others may change, or read although it has a
    /// password. No error shows the address.
    pub fn of(store: &str) -> Result<Self, FlowError> {
        if let Some(file) = store.strip_prefix('@').map(Path::new) {
            return Self::in_file(file);
        }
        if store.contains("://") || store.contains("password=") {
            return Self::postgres(store);
        }
        Ok(Self::File(PathBuf::from(store)))
    }

    fn postgres(address: &str) -> Result<Self, FlowError> {
        PostgresOptions::new(address).map(|options| Self::Postgres(Box::new(options))).map_err(FlowError::usage)
    }

    /// The address that a file holds. Nobody else may change it, and none that has a password may anybody else read.
    fn in_file(file: &Path) -> Result<Self, FlowError> {
        let address = guarded_text(file, CONNECTION_LIMIT_BYTES).map_err(FlowError::usage)?;
        let store = Self::postgres(address.trim())?;
        if matches!(&store, Self::Postgres(options) if options.has_password()) {
            let metadata = fs::metadata(file).map_err(|error| FlowError::of_system(file, &error))?;
            check_private(file, &metadata).map_err(FlowError::usage)?;
        }
        Ok(store)
    }

    /// Connects to it.
    ///
    /// # Errors
    /// It is not there and is not begun, cannot be read or reached, or is no store of this version.
    pub fn connect(&self, begin: Begin) -> Result<Box<dyn LedgerStorage>, StoreError> {
        Ok(match (self, begin) {
            (Self::File(path), Begin::Yes) => Box::new(Sqlite::open_or_begin(path)?),
            (Self::File(path), Begin::No) => Box::new(Sqlite::open(path)?),
            (Self::Postgres(options), Begin::Yes) => Box::new(Postgres::open_or_begin(options)?),
            (Self::Postgres(options), Begin::No) => Box::new(Postgres::open(options)?),
        })
    }
}

impl TryFrom<String> for Store {
    type Error = FlowError;

    fn try_from(store: String) -> Result<Self, FlowError> {
        Self::of(&store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_no_file_and_is_not_shown() {
        let is_file = |text: &str| matches!(Store::of(text), Ok(Store::File(_)));
        assert!(is_file("consents.db") && is_file("./a@b=c.db") && is_file("postgres"));
        assert!(matches!(Store::of("postgres://pii@db.example/pii"), Ok(Store::Postgres(_))));
        for wrong in [
            "postgress://pii:secret1880@db/pii",
            "POSTGRES://pii:secret1880@db/pii",
            "host=db pasword=1 password=secret1880 x",
        ] {
            let Err(said) = Store::of(wrong) else { panic!("{wrong}") };
            assert!(!format!("{said:?}").contains("secret1880"), "{said:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_password_in_a_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("store.txt");
        let of = |address: &str, mode: u32| {
            fs::write(&file, format!("{address}\n")).expect("written");
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("ours");
            Store::of(&format!("@{}", file.display()))
        };
        let (with, without) = ("postgres://pii:secret1880@db.example/pii", "postgres://pii@db.example/pii");
        assert!(of(with, 0o600).is_ok() && of(without, 0o644).is_ok());
        for (address, mode) in [(with, 0o640), (with, 0o604), (without, 0o666)] {
            let Err(said) = of(address, mode) else { panic!("{mode:o}") };
            let said = format!("{said:?}");
            assert!(said.contains("chmod") && !said.contains("secret1880"), "{said}");
        }
    }
}
