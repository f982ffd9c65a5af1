//! What the system knows of standard input and output, and of files.

use std::fs::{File, Metadata};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt as _;

/// The metadata of what `stream` was taken from or goes to, if the system knows any.
pub(crate) fn metadata(stream: &impl AsFd) -> Option<Metadata> {
    let descriptor = stream.as_fd().try_clone_to_owned().ok()?;
    File::from(descriptor).metadata().ok()
}

/// Which file this is, whatever it is called. `None` for what is no regular file.
pub(crate) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}
