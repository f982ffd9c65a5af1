//! The folder that segments are written to. A trait, so that tests can have a disk that is full or lies.

use super::TrailError;
use super::segment::SegmentName;
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
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // From the inside out: what is in a folder that is not there yet is not there either.
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    let sync = || missing.iter().filter_map(|folder| folder.parent()).try_for_each(sync_name_in);
    let made = builder.create(path).and_then(|()| sync());
    made.map_err(|error| TrailError::file(path, "make this folder", &error))?;
    check(path)
}

/// Refuses a folder that others may write to: they could put anything in the place of a segment.
#[cfg(unix)]
fn check(path: &Path) -> Result<(), TrailError> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).map_err(|error| TrailError::file(path, "look at it", &error))?;
    let (mode, owner, me) = (metadata.mode() & 0o7777, metadata.uid(), rustix::process::geteuid().as_raw());
    let path = path.display();
    if owner != me && owner != 0 {
        return Err(TrailError::unusable(format!("{path}: it belongs to user {owner}: chown it to user {me}")));
    }
    if mode & 0o022 != 0 {
        return Err(TrailError::unusable(format!("{path}: mode {mode:04o} lets others change it: chmod go-w {path}")));
    }
    Ok(())
}

/// Where permissions are not those of Unix, the folder's have to do.
#[cfg(not(unix))]
fn check(_: &Path) -> Result<(), TrailError> {
    Ok(())
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

/// Of a path without folders in front it is the one that the process is in.
fn sync_name_in(folder: &Path) -> io::Result<()> {
    sync_folder(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
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
