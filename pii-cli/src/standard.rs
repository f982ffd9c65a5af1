//! What the system knows of standard input and output, of open descriptors, and of files.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The descriptor of standard output.
pub(crate) const STANDARD_OUTPUT: u32 = 1;
const STANDARD_ERROR: u32 = 2;

/// The folders in which the system lists what this process has open.
const DESCRIPTORS: [&str; 2] = ["/proc/self/fd", "/dev/fd"];

/// How many links a path may lead over before it counts as a circle.
const LINKS_LIMIT: usize = 40;

/// Where a path leads.
pub(crate) enum Target {
    /// What this process has open under this number: `/dev/stderr`, `/dev/fd/3`.
    Descriptor(u32),
    /// A file, pipe or device, or a place at which nothing is yet.
    Path(PathBuf),
}

/// The metadata of what `stream` was taken from or goes to, if the system knows any.
pub(crate) fn metadata(stream: &impl AsFd) -> Option<Metadata> {
    let descriptor = stream.as_fd().try_clone_to_owned().ok()?;
    File::from(descriptor).metadata().ok()
}

/// Which file this is, whatever it is called. `None` for what is no regular file.
pub(crate) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}

/// The number of the open descriptor that `path` stands for, if it is one.
pub(crate) fn descriptor(path: &Path) -> Option<u32> {
    match target(path) {
        Ok(Target::Descriptor(number)) => Some(number),
        _ => None,
    }
}

/// Where links lead from `path`, also where nothing is there yet.
pub(crate) fn target(path: &Path) -> io::Result<Target> {
    let mut at = path.to_owned();
    for _ in 0..LINKS_LIMIT {
        // Asked at every step: what lies behind such a link is the open file's own name, and a pipe has none.
        if let Some(number) = open_as(&at) {
            return Ok(Target::Descriptor(number));
        }
        match fs::read_link(&at) {
            Ok(target) => at = at.parent().unwrap_or(Path::new("")).join(target),
            // No link, or nothing there.
            Err(_) => return Ok(Target::Path(at)),
        }
    }
    Err(io::Error::other("links lead in a circle"))
}

fn open_as(path: &Path) -> Option<u32> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let folder = fs::canonicalize(path.parent()?).ok()?;
    let is_listed = |listed: &str| fs::canonicalize(listed).is_ok_and(|listed| listed == folder);
    DESCRIPTORS.iter().any(|listed| is_listed(listed)).then_some(number)
}

/// Opens a descriptor to be written, behind what is in its file already.
pub(crate) fn open(number: u32) -> io::Result<File> {
    match number {
        STANDARD_OUTPUT => Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?)),
        STANDARD_ERROR => Ok(File::from(io::stderr().as_fd().try_clone_to_owned()?)),
        // The system opens the file anew, at its beginning.
        _ => OpenOptions::new().append(true).open(format!("/dev/fd/{number}")),
    }
}
