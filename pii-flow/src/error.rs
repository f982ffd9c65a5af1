//! Why a flow cannot be set up, and how errors of the system are told.

use pii_keys::KeyringError;
use std::error::Error;
use std::fmt::{self, Display};
use std::io;
use std::path::Path;

/// Why something cannot be set up. Names files and options and what to do instead; holds no value, no key and no address of a
/// store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowError {
    kind: FlowErrorKind,
    message: String,
}

/// What is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FlowErrorKind {
    Usage,
    Input,
    Locked,
}

impl FlowError {
    /// Something is written wrongly, or a file that it names cannot be used.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self { kind: FlowErrorKind::Usage, message: message.to_string() }
    }

    /// What is rightly named cannot be read or written.
    pub(crate) fn input(message: impl Display) -> Self {
        Self { kind: FlowErrorKind::Input, message: message.to_string() }
    }

    /// Another process has it.
    pub(crate) fn locked(message: impl Display) -> Self {
        Self { kind: FlowErrorKind::Locked, message: message.to_string() }
    }

    /// What is wrong with the keyring at `path`, and that it is this one, where the error does not name a file itself.
    #[must_use]
    pub fn of_keyring(path: &Path, error: &KeyringError) -> Self {
        if error.is_file() || error.is_busy() {
            return Self::usage(error);
        }
        Self::usage(format!("{}: {error}", path.display()))
    }

    /// A file or folder that is named and that the system does not let be read.
    pub(crate) fn of_system(path: &Path, error: &io::Error) -> Self {
        Self::usage(told(path.display(), error))
    }

    /// Whether whoever wrote a command line or a configuration can put it right there, or in the file that it names. What else
    /// there is, is the fault of a store, a trail or the disk.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        self.kind == FlowErrorKind::Usage
    }

    /// Whether another process writes to the same trail.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.kind == FlowErrorKind::Locked
    }
}

impl Display for FlowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for FlowError {}

/// An error of the system about the file, folder or device `name`, and what to do about it where that is not plain from the
/// error itself.
#[must_use]
pub fn told(name: impl Display, error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::NotFound => "check how it is spelt",
        io::ErrorKind::PermissionDenied => "run this as a user who has that right, or have it granted",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room, or write to another place",
        io::ErrorKind::ReadOnlyFilesystem => "write to another place",
        io::ErrorKind::NotADirectory => "name a folder: this, or a part of the path, is a file",
        io::ErrorKind::IsADirectory => "name a file in this folder",
        _ => return format!("{name}: {error}"),
    };
    // An error without a number of the system's has been wrapped, with the path of a temporary file that says nothing.
    match error.raw_os_error() {
        Some(_) => format!("{name}: {error}; {advice}"),
        None => format!("{name}: {}; {advice}", error.kind()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_system_say_what_to_do() {
        let error = io::Error::from(io::ErrorKind::StorageFull);
        assert!(told("a.txt", &error).starts_with("a.txt: ") && told("a.txt", &error).ends_with("another place"));
    }
}
