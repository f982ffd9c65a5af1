//! Files that lines are added to: records, wrapped data keys.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Opens a file that lines are added to, or makes it for nobody else to read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)
}

/// Adds a line, which is on the disk when this returns: all of it, or, where that fails, nothing. Of several processes that
/// add lines, one waits for the other. What is left of a line that somebody could not finish does not take this one with it.
pub(crate) fn append(file: &mut File, line: &str) -> io::Result<()> {
    file.lock()?;
    let length = file.seek(SeekFrom::End(0))?;
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
    }
    let start = if last == [b'\n'] { "" } else { "\n" };
    let added = file.write_all(format!("{start}{line}\n").as_bytes()).and_then(|()| file.sync_data());
    if added.is_err() {
        // There may be no room to say so; the next line begins anew in any case.
        let _ = file.set_len(length);
    }
    let unlocked = file.unlock();
    added.and(unlocked)
}
