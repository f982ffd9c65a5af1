//! What the system knows of standard input and output.

use std::fs::{File, Metadata};
use std::os::fd::AsFd;

/// The metadata of what `stream` was taken from or goes to, if the system knows any.
pub(crate) fn metadata(stream: &impl AsFd) -> Option<Metadata> {
    let descriptor = stream.as_fd().try_clone_to_owned().ok()?;
    File::from(descriptor).metadata().ok()
}
