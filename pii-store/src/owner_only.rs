//! Files that nobody but their owner can read.

use crate::StoreError;
use pii_keys::check_private;
use std::ffi::OsString;
use std::fs::{self, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What SQLite puts beside a file, with the file's own mode. A log that was copied there may have another.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Makes an empty file where there is none.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    match begin(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(StoreError::file(path, "create it", &error)),
        _ => Ok(()),
    }
}

/// Makes an empty file, and refuses one that is there.
pub(crate) fn create_new(path: &Path) -> Result<(), StoreError> {
    begin(path).map_err(|error| StoreError::file(path, "create it", &error))
}

fn begin(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    options.open(path).map(|_| ())
}

/// Refuses a file that others can read or change, or what stands beside it.
pub(crate) fn check_all(path: &Path) -> Result<(), StoreError> {
    check(path)?;
    for ending in BESIDE {
        let beside = beside(path, ending);
        match fs::metadata(&beside) {
            Ok(metadata) => judge(&beside, &metadata)?,
            // It comes and goes as other processes open and close the store.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::file(&beside, "look at it", &error)),
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn check(path: &Path) -> Result<(), StoreError> {
    let metadata = fs::metadata(path).map_err(|error| StoreError::file(path, "look at it", &error))?;
    judge(path, &metadata)
}

fn judge(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    check_private(path, metadata).map_err(|error| StoreError::unusable(error.to_string()))
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}
