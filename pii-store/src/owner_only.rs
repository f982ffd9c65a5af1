//! Files that nobody but their owner can read.

use crate::StoreError;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What SQLite puts beside a file, with the file's own mode. A log that was copied there may have another.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Makes an empty file where there is none.
pub(crate) fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    match options.open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(StoreError::file(path, "create it", &error)),
        _ => Ok(()),
    }
}

/// Refuses a file that others can read or change, or what stands beside it.
pub(crate) fn check_all(path: &Path) -> Result<(), StoreError> {
    check(path)?;
    for ending in BESIDE {
        let beside = beside(path, ending);
        match check(&beside) {
            // Gone again is as good as never there: another process may be closing the store.
            Err(error) if beside.exists() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(unix)]
fn check(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).map_err(|error| StoreError::file(path, "look at it", &error))?;
    let (mode, owner, me) = (metadata.mode() & 0o7777, metadata.uid(), rustix::process::geteuid().as_raw());
    let path = path.display();
    if !metadata.is_file() {
        return Err(StoreError::unusable(format!("{path}: this is no regular file")));
    }
    if owner != me && owner != 0 {
        return Err(StoreError::unusable(format!("{path}: it belongs to user {owner}: chown it to user {me}")));
    }
    if mode & 0o077 != 0 {
        let message = format!("{path}: mode {mode:04o} lets others read or change it: chmod 600 {path}");
        return Err(StoreError::unusable(message));
    }
    Ok(())
}

/// Where permissions are not those of Unix, the folder's have to do.
#[cfg(not(unix))]
fn check(path: &Path) -> Result<(), StoreError> {
    fs::metadata(path).map(|_| ()).map_err(|error| StoreError::file(path, "look at it", &error))
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}
