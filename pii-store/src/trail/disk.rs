//! The folder that segments are written to. A trait, so that tests can have a disk that is full or lies.

use super::TrailError;
use super::segment::SegmentName;
use pii_keys::check_folder;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where segments are written.
pub(crate) trait Disk: Send {
    /// Makes a segment's file, which is not there yet, and sees to it that its name is on the disk.
    fn create(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>>;

    /// Opens a segment's file to go on at its end.
    fn go_on(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>>;
}

/// A segment's file.
pub(crate) trait Ink: Send {
    /// Adds bytes.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when all that was added is on the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts the file back.
    fn cut(&mut self, length_bytes: u64) -> io::Result<()>;
}

/// A folder of the file system.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Disk for Folder {
    fn create(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>> {
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        owner_only(&mut options);
        let file = options.open(name.path(&self.0))?;
        sync_folder(&self.0)?;
        Ok(Box::new(file))
    }

    fn go_on(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>> {
        Ok(Box::new(OpenOptions::new().append(true).open(name.path(&self.0))?))
    }
}

impl Ink for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length_bytes: u64) -> io::Result<()> {
        self.set_len(length_bytes)
    }
}

/// The file that says who writes a folder. It is let go when the process ends, however it does.
pub(crate) fn lock(folder: &Path) -> Result<File, TrailError> {
    let path = folder.join("lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    owner_only(&mut options);
    let file = options.open(&path).map_err(|error| TrailError::file(&path, "open it", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(TrailError::locked(folder)),
        Err(fs::TryLockError::Error(error)) => Err(TrailError::file(&path, "lock it", &error)),
    }
}

/// Makes a trail's folder where there is none, for nobody else to read.
pub(crate) fn folder(path: &Path) -> Result<(), TrailError> {
    let made = make(path, sync_folder);
    made.map_err(|error| TrailError::file(path, "make this folder", &error))?;
    let metadata = fs::metadata(path).map_err(|error| TrailError::file(path, "look at it", &error))?;
    // Others could put anything in the place of a segment.
    check_folder(path, &metadata).map_err(|error| TrailError::unusable(error.to_string()))
}

/// Makes a folder and those on the way to it, and has `sync` see to it that each new name is on the disk: what stands in a
/// folder whose own name is not there is not there either.
fn make(path: &Path, mut sync: impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // From the inside out.
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    builder.create(path)?;
    missing.iter().filter_map(|folder| folder.parent()).try_for_each(|parent| {
        // Of a path without folders in front it is the one that the process is in.
        sync(if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
    })
}

/// Puts the first `length_bytes` of a file in its place, and sees to it that they are on the disk. A file whose writer
/// was stopped is not taken as it is: after a write that failed, a system may show bytes that it never wrote.
pub(crate) fn rewrite(path: &Path, length_bytes: u64) -> Result<(), TrailError> {
    let wrong = |error: &io::Error| TrailError::file(path, "write what is left of it anew", error);
    let anew = path.with_extension("anew");
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        owner_only(&mut options);
        let mut to = options.open(&anew)?;
        let mut from = io::Read::take(File::open(path)?, length_bytes);
        if io::copy(&mut from, &mut to)? != length_bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        to.sync_all()?;
        fs::rename(&anew, path)?;
        sync_folder(path.parent().unwrap_or(Path::new(".")))
    };
    write().map_err(|error| wrong(&error))
}

/// Removes a file, and sees to it that it is gone from the disk.
pub(crate) fn remove(path: &Path) -> Result<(), TrailError> {
    let gone = fs::remove_file(path).and_then(|()| sync_folder(path.parent().unwrap_or(Path::new("."))));
    gone.map_err(|error| TrailError::file(path, "remove it", &error))
}

/// Puts a file aside, beside where it was, under a name that is no segment's: it may be evidence.
pub(crate) fn put_aside(path: &Path) -> Result<(), TrailError> {
    let free = (1..=u32::MAX).map(|number| path.with_extension(format!("torn-{number}"))).find(|to| !to.exists());
    let to = free.unwrap_or_else(|| path.with_extension("torn"));
    let moved = fs::rename(path, to).and_then(|()| sync_folder(path.parent().unwrap_or(Path::new("."))));
    moved.map_err(|error| TrailError::file(path, "put it aside", &error))
}

/// Removes what [`rewrite`] left when it was stopped.
pub(crate) fn remove_half_written(path: &Path) -> Result<(), TrailError> {
    let anew = path.with_extension("anew");
    if anew.exists() { remove(&anew) } else { Ok(()) }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened to be synchronised.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(crate) fn owner_only(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
pub(crate) fn owner_only(_: &mut OpenOptions) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_new_folders_are_put_on_the_disk_each_in_its_parent() {
        let root = tempfile::tempdir().expect("a folder");
        let (outer, inner) = (root.path().join("a"), root.path().join("a/b/c"));
        let mut synced = Vec::new();
        let mut note = |folder: &Path| {
            assert!(inner.is_dir(), "nothing is put on the disk before it is there");
            synced.push(folder.to_owned());
            Ok(())
        };
        make(&inner, &mut note).expect("made");
        assert_eq!(synced, [outer.join("b"), outer.clone(), root.path().to_owned()]);
        // What was there has its name on the disk.
        make(&inner, |_| panic!("nothing is new")).expect("it is there");
        make(&outer.join("d"), |folder| if folder == outer { Err(io::ErrorKind::Other.into()) } else { Ok(()) })
            .expect_err("a name that may not be on the disk is a failure");
    }
}
