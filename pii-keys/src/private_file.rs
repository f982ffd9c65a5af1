//! Files that others than their owner must not read or change, and that are whole or not there.

use crate::KeyringError;
use pii_core::key::{EntropyError, Secret};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// How names of files end that are still being written.
const UNFINISHED: &str = ".tmp";

/// How many random hexadecimal digits stand before that.
const RANDOM_DIGITS: usize = 16;

/// The longest secret in a file of its own.
const SECRET_LIMIT_BYTES: usize = 4096;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner alone: it holds a secret in clear.
    Owner,
    /// Anybody, because its secrets are sealed. Nobody else may write it.
    Anybody,
}

/// A secret in a file of its own: a passphrase, a token, a PIN. The end of its last line is no part of it.
///
/// # Errors
/// The file cannot be read, others than its owner can read it too, or it has more than 4,096 bytes.
pub fn secret_in(path: &Path) -> Result<Secret, KeyringError> {
    let mut bytes = read(path, Readers::Owner, SECRET_LIMIT_BYTES)?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
        if bytes.ends_with(b"\r") {
            bytes.pop();
        }
    }
    Ok(Secret::copy_of(&bytes))
}

/// The text of a file that decides something and that nobody but its owner may change: rights, wrapped data keys.
///
/// # Errors
/// The file cannot be read, others can change it, it has more than `limit_bytes`, or it is not UTF-8.
pub fn guarded_text(path: &Path, limit_bytes: usize) -> Result<Zeroizing<String>, KeyringError> {
    let mut bytes = read(path, Readers::Anybody, limit_bytes)?;
    let text = String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new);
    text.map_err(|_| KeyringError::format(format!("{}: this is not UTF-8; save the file as UTF-8", path.display())))
}

/// Refuses a file that others than its owner can read or change, by what was seen of it. For whoever opens it by other means
/// than this crate.
///
/// # Errors
/// They can, it belongs to somebody else, or it is no regular file.
pub fn check_private(path: &Path, metadata: &Metadata) -> Result<(), KeyringError> {
    check(path, metadata, Readers::Owner)
}

/// Refuses a folder that others than its owner can change, by what was seen of it: they could put anything in the place of what
/// is in it.
///
/// # Errors
/// They can, or it belongs to somebody else.
pub fn check_folder(path: &Path, metadata: &Metadata) -> Result<(), KeyringError> {
    check_rights(path, metadata, Readers::Anybody)
}

/// Reads a file of at most `limit_bytes`, after its permissions and owner were looked at (on the opened file, so that
/// nobody can put another one in its place in between).
pub(crate) fn read(path: &Path, readers: Readers, limit_bytes: usize) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let cannot = |error| KeyringError::file(path, "read it", &error);
    let mut file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    check(path, &metadata, readers)?;
    // Of the whole length at once: a vector that grows leaves bytes behind. One more byte shows that a file goes on.
    let expected = usize::try_from(metadata.len()).unwrap_or(limit_bytes).min(limit_bytes);
    let mut bytes = Zeroizing::new(vec![0; expected + 1]);
    let mut length = 0;
    while let Some(room) = bytes.get_mut(length..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(cannot(error)),
        }
    }
    if length > limit_bytes {
        return Err(KeyringError::format(format!("{}: more than {limit_bytes} bytes", path.display())));
    }
    if length > expected {
        return Err(KeyringError::busy(path));
    }
    bytes.truncate(length);
    Ok(bytes)
}

#[cfg(unix)]
fn check(path: &Path, metadata: &Metadata, readers: Readers) -> Result<(), KeyringError> {
    if !metadata.is_file() {
        return Err(KeyringError::rights(format!("{}: this is no regular file", path.display())));
    }
    check_rights(path, metadata, readers)
}

#[cfg(unix)]
fn check_rights(path: &Path, metadata: &Metadata, readers: Readers) -> Result<(), KeyringError> {
    use std::os::unix::fs::MetadataExt as _;
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    let me = rustix::process::geteuid().as_raw();
    let (forbidden, who, right) = match readers {
        Readers::Owner => (0o077, "read or change", "chmod 600"),
        Readers::Anybody => (0o022, "change", "chmod go-w"),
    };
    let path = path.display();
    if owner != me && owner != 0 {
        return Err(KeyringError::rights(format!("{path}: it belongs to user {owner}: chown it to user {me}")));
    }
    if mode & forbidden != 0 {
        let message = format!("{path}: mode {mode:04o} lets others {who} it: {right} {path}");
        return Err(KeyringError::rights(message));
    }
    Ok(())
}

/// Where permissions are not those of Unix, the folder's have to do.
#[cfg(not(unix))]
fn check(_: &Path, _: &Metadata, _: Readers) -> Result<(), KeyringError> {
    Ok(())
}

#[cfg(not(unix))]
fn check_rights(_: &Path, _: &Metadata, _: Readers) -> Result<(), KeyringError> {
    Ok(())
}

/// Writes a new file, for its owner alone. It is written under another name in `scratch` first, a folder of the same disk.
pub(crate) fn create(path: &Path, scratch: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let temporary = temporary(path, scratch)?;
    write_new(&temporary, bytes)?;
    let created = create_from(&temporary, path);
    if created.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    created.map_err(|error| KeyringError::file(path, "create it", &error))?;
    settled(path, bytes, sync_folder(path))
}

/// Gives a whole file its name, in one step and only where no file has it. A file that a killed process leaves behind has
/// one name then: the final one, or one that nothing is kept under.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn create_from(temporary: &Path, path: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, temporary, CWD, path, RenameFlags::NOREPLACE) {
        // A file system that does not have it, or a kernel.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => link_from(temporary, path),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn create_from(temporary: &Path, path: &Path) -> std::io::Result<()> {
    link_from(temporary, path)
}

/// The same by a link, which takes two steps.
fn link_from(temporary: &Path, path: &Path) -> std::io::Result<()> {
    fs::hard_link(temporary, path)?;
    fs::remove_file(temporary)
}

/// A file that has its name may be lost in a power cut where its folder could not be written to disk; but it stands. What
/// stands was done, and is not to be recorded as failed.
fn settled(path: &Path, bytes: &[u8], synced: Result<(), KeyringError>) -> Result<(), KeyringError> {
    match synced {
        Err(_) if fs::read(path).is_ok_and(|read| read == bytes) => Ok(()),
        synced => synced,
    }
}

/// Puts a file in the place of another, for whoever could read that: whoever opens it sees the old one or the new one.
pub(crate) fn replace(path: &Path, scratch: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let temporary = temporary(path, scratch)?;
    write_new(&temporary, bytes)?;
    as_readable_as(path, &temporary)?;
    fs::rename(&temporary, path).map_err(|error| {
        let _ = fs::remove_file(&temporary);
        KeyringError::file(path, "replace it", &error)
    })?;
    settled(path, bytes, sync_folder(path))
}

/// Gives a file the group of another and lets those read it who could read that one: nodes that mask go on reading a keyring
/// that was changed.
#[cfg(unix)]
fn as_readable_as(older: &Path, newer: &Path) -> Result<(), KeyringError> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let cannot = |error| KeyringError::file(newer, "let others read it as before", &error);
    let Ok(before) = fs::metadata(older) else { return Ok(()) };
    let group = fs::metadata(newer).map_err(cannot)?.gid();
    if group != before.gid() {
        chown(newer, None, Some(before.gid())).map_err(cannot)?;
    }
    fs::set_permissions(newer, fs::Permissions::from_mode(before.mode() & 0o644 | 0o600)).map_err(cannot)
}

#[cfg(not(unix))]
fn as_readable_as(_: &Path, _: &Path) -> Result<(), KeyringError> {
    Ok(())
}

/// Removes a file for good. `false` where there is none.
pub(crate) fn remove(path: &Path) -> Result<bool, KeyringError> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(KeyringError::file(path, "remove it", &error)),
    }
}

/// Removes what processes that ended early left of writing `path`: a copy of something that may be destroyed by now.
/// Nobody else may be writing it.
pub(crate) fn remove_unfinished(path: &Path, scratch: &Path) -> Result<(), KeyringError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let cannot = |error| KeyringError::file(scratch, "read it", &error);
    for entry in fs::read_dir(scratch).map_err(cannot)? {
        let other = entry.map_err(cannot)?.file_name();
        let other = other.to_string_lossy();
        // As `temporary` names them, and nothing else: `ring.backup.tmp` is somebody's own.
        let between = other.strip_prefix(&*name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(UNFINISHED));
        if between.is_some_and(|digits| digits.len() == RANDOM_DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        {
            remove(&scratch.join(&*other))?;
        }
    }
    Ok(())
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether there is a file. That it cannot be seen is an error, and no answer.
pub(crate) fn exists(path: &Path) -> Result<bool, KeyringError> {
    path.try_exists().map_err(|error| KeyringError::file(path, "look for it", &error))
}

/// Keeps others from changing what stands at `path`, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Locks `path` for one writer. The lock is on a file beside it, because the file itself is replaced at every save.
pub(crate) fn lock(path: &Path) -> Result<Lock, KeyringError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    owner_only(&mut options);
    let cannot = |error: std::io::Error| KeyringError::file(&beside, "lock it", &error);
    let file = options.open(&beside).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(fs::TryLockError::WouldBlock) => Err(KeyringError::busy(path)),
        Err(fs::TryLockError::Error(error)) => Err(cannot(error)),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), KeyringError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| {
        // A file that was there before is somebody else's.
        if error.kind() != ErrorKind::AlreadyExists {
            let _ = fs::remove_file(path);
        }
        KeyringError::file(path, "write it", &error)
    })
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut OpenOptions) {}

/// A name has to be on the disk as well as what it names.
fn sync_folder(path: &Path) -> Result<(), KeyringError> {
    let folder = folder(path);
    let synced = if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()) } else { Ok(()) };
    synced.map_err(|error| KeyringError::file(folder, "write it to disk", &error))
}

/// A name that nobody else writes at the same time. Drawn, because in containers every process has the same number.
fn temporary(path: &Path, scratch: &Path) -> Result<PathBuf, KeyringError> {
    let drawn = getrandom::u64().map_err(|_| EntropyError)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{drawn:016x}{UNFINISHED}"));
    Ok(scratch.join(name))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_others_can_read_or_change_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, folder.path(), b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for (mode, as_secret, as_sealed) in [
            (0o600, true, true),
            (0o400, true, true),
            (0o640, false, true),
            (0o604, false, true),
            (0o644, false, true),
            (0o620, false, false),
            (0o602, false, false),
            (0o666, false, false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(read(&path, Readers::Owner, 10).is_ok(), as_secret, "{mode:o}");
            assert_eq!(read(&path, Readers::Anybody, 10).is_ok(), as_sealed, "{mode:o}");
        }
        let said = read(&path, Readers::Owner, 10).unwrap_err();
        assert!(said.is_file() && said.to_string().contains("chmod 600"), "{said}");
        assert!(read(folder.path(), Readers::Anybody, 10).is_err());
    }

    #[test]
    fn sizes_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, folder.path(), b"secret").unwrap();
        assert_eq!(read(&path, Readers::Owner, 6).unwrap().as_slice(), b"secret");
        assert!(read(&path, Readers::Owner, 5).is_err_and(|error| error.is_format()));
    }

    #[test]
    fn a_file_is_created_once_replaced_whole_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, folder.path(), b"one").unwrap();
        assert!(create(&path, folder.path(), b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        replace(&path, folder.path(), b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o644, "who could read it still can, and nobody else can write it");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!((remove(&path), remove(&path)), (Ok(true), Ok(false)));
    }

    #[test]
    fn what_stands_was_done_though_its_folder_was_not_written_to_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let unsynced = || Err(KeyringError::file(folder.path(), "write it to disk", &ErrorKind::Other.into()));
        assert!(settled(&path, b"one", unsynced()).is_err(), "nothing stands");
        create(&path, folder.path(), b"one").unwrap();
        assert_eq!(settled(&path, b"one", unsynced()), Ok(()));
        assert!(settled(&path, b"two", unsynced()).is_err(), "another one stands");
    }

    #[test]
    fn a_file_is_given_its_name_in_either_way_and_keeps_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let [path, temporary] = ["key", "key.tmp"].map(|name| folder.path().join(name));
        for name_it in [create_from, link_from] {
            fs::write(&temporary, b"one").unwrap();
            name_it(&temporary, &path).unwrap();
            assert!(!temporary.exists() && fs::read(&path).unwrap() == b"one");
            fs::write(&temporary, b"two").unwrap();
            assert_eq!(name_it(&temporary, &path).unwrap_err().kind(), ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&path).unwrap(), b"one");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn what_was_left_unfinished_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let unfinished = "key.0123456789abcdef.tmp";
        for name in ["key", unfinished, "key.lock", "key.backup.tmp", "key.b.0123456789abcdef.tmp", "key.tmpx"] {
            fs::write(folder.path().join(name), b"").unwrap();
        }
        remove_unfinished(&path, folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
        assert!(!folder.path().join(unfinished).exists());
    }

    #[test]
    fn there_is_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let held = lock(&path).unwrap();
        assert!(lock(&path).is_err_and(|error| error.is_busy()));
        drop(held);
        assert!(lock(&path).is_ok());
    }
}
