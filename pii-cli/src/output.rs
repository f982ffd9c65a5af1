//! Where masked bytes go. A regular file appears whole or not at all.

use crate::exit::Failure;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An output being written.
pub(crate) enum Sink {
    Standard(io::StdoutLock<'static>),
    /// A pipe or a device: written directly.
    Direct(File, String),
    /// A regular file: written beside its place, then renamed.
    Whole(BufWriter<NamedTempFile>, PathBuf),
}

impl Sink {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self::Standard(io::stdout().lock())
    }

    /// The file at `path`; folders on the way are made.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let wrong = |error: io::Error| Failure::input(format!("{}: {error}", path.display()));
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let file = OpenOptions::new().write(true).open(path).map_err(wrong)?;
            return Ok(Self::Direct(file, path.display().to_string()));
        }
        if path.is_dir() {
            return Err(Failure::usage(format!("{}: is a folder; name a file in it", path.display())));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(wrong)?;
        let temporary = tempfile::Builder::new().prefix(".pii-").tempfile_in(folder).map_err(wrong)?;
        Ok(Self::Whole(BufWriter::with_capacity(1 << 18, temporary), path.to_owned()))
    }

    /// Writes `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard(out) => out.write_all(bytes).map_err(|error| named("standard output", &error)),
            Self::Direct(file, name) => file.write_all(bytes).map_err(|error| named(name, &error)),
            Self::Whole(file, path) => {
                file.write_all(bytes).map_err(|error| named(&path.display().to_string(), &error))
            }
        }
    }

    /// Says that everything has been written: a regular file takes its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(mut out) => out.flush().map_err(|error| named("standard output", &error)),
            Self::Direct(mut file, name) => file.flush().map_err(|error| named(&name, &error)),
            Self::Whole(file, path) => {
                let name = path.display().to_string();
                let file = file.into_inner().map_err(|error| named(&name, error.error()))?;
                readable_as_usual(&file, &path).map_err(|error| named(&name, &error))?;
                file.persist(&path).map_err(|error| named(&name, &error.error))?;
                Ok(())
            }
        }
    }
}

/// A temporary file is its owner's alone. The result gets the rights of the file that it replaces, if there is one.
fn readable_as_usual(file: &NamedTempFile, path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(old) => file.as_file().set_permissions(old.permissions()),
        Err(_) => Ok(()),
    }
}

fn named(name: &str, error: &io::Error) -> Failure {
    Failure::input(format!("{name}: {error}"))
}
