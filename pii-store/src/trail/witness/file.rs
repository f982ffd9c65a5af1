//! A file on another mount: one that this node may add to, and nothing else.

use super::Witness;
use crate::trail::TrailError;
use crate::trail::disk::owner_only;
use crate::trail::head::Head;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Adds heads to a file. It is worth as much as what keeps this node from changing it: a mount that is append-only, or
/// another machine's.
#[derive(Debug)]
pub struct FileWitness(PathBuf);

impl FileWitness {
    /// This file. It is opened anew each time, so that a mount that went away and came back is found again.
    ///
    /// # Errors
    /// It cannot be opened to add to it.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self, TrailError> {
        let path = path.into();
        open(&path)?;
        Ok(Self(path))
    }
}

impl Witness for FileWitness {
    fn send(&mut self, heads: &[Head]) -> Result<(), TrailError> {
        let lines: String = heads.iter().map(|head| head.to_line() + "\n").collect();
        let mut file = open(&self.0)?;
        let written = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
        written.map_err(|error| TrailError::file(&self.0, "add heads to it", &error))
    }
}

fn open(path: &Path) -> Result<File, TrailError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    owner_only(&mut options);
    options.open(path).map_err(|error| TrailError::file(path, "open it to add heads", &error))
}
