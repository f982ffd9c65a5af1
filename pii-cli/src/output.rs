//! Where masked bytes go. A regular file appears whole or not at all.

use crate::exit::{Failure, told};
use crate::interrupt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const BUFFER_BYTES: usize = 256 << 10;

/// How many links a path may lead over before it counts as a circle.
const LINKS_LIMIT: usize = 40;

/// An output being written.
pub(crate) enum Sink {
    Standard(io::StdoutLock<'static>),
    /// A pipe or a device: written directly.
    Direct(File, String),
    /// A regular file: written beside its place, then renamed.
    Whole(Whole),
}

/// A regular file that is being written beside its place.
pub(crate) struct Whole {
    /// `None` once it has taken its place.
    file: Option<BufWriter<NamedTempFile>>,
    temporary: PathBuf,
    place: PathBuf,
    name: String,
}

impl Sink {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self::Standard(io::stdout().lock())
    }

    /// The file at `path`; folders on the way are made, and a link is followed to the file that it stands for.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let wrong = |error: io::Error| Failure::system(&name, &error);
        let place = followed(path).map_err(wrong)?;
        match fs::metadata(&place) {
            Ok(metadata) if metadata.is_dir() => Err(Failure::usage(format!("{name}: is a folder; name a file in it"))),
            Ok(metadata) if !metadata.is_file() => {
                Ok(Self::Direct(OpenOptions::new().write(true).open(&place).map_err(wrong)?, name))
            }
            _ => Whole::begin(place, name).map(Self::Whole),
        }
    }

    /// Writes `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard(out) => out.write_all(bytes).map_err(|error| Failure::standard_output(&error)),
            Self::Direct(file, name) => file.write_all(bytes).map_err(|error| Failure::system(name, &error)),
            Self::Whole(whole) => whole.write(bytes),
        }
    }

    /// Says that everything has been written: a regular file takes its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(mut out) => out.flush().map_err(|error| Failure::standard_output(&error)),
            Self::Direct(mut file, name) => file.flush().map_err(|error| Failure::system(&name, &error)),
            Self::Whole(whole) => whole.finish(),
        }
    }
}

impl Whole {
    fn begin(place: PathBuf, name: String) -> Result<Self, Failure> {
        let folder = match place.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let wrong = |error: io::Error| {
            let hint =
                "a file is written beside its place first, and this folder takes none: use `> FILE` in place of `-o`";
            Failure::input(format!("{}; {hint}", told(folder.display(), &error)))
        };
        fs::create_dir_all(folder).map_err(|error| Failure::system(folder.display(), &error))?;
        let file = interrupt::begin(|| {
            let file = usual_rights(tempfile::Builder::new().prefix(".pii-")).tempfile_in(folder)?;
            let path = file.path().to_owned();
            Ok((file, path))
        });
        let file = file.map_err(wrong)?;
        let temporary = file.path().to_owned();
        Ok(Self { file: Some(BufWriter::with_capacity(BUFFER_BYTES, file)), temporary, place, name })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(|error| Failure::system(&self.name, &error))
    }

    fn finish(mut self) -> Result<(), Failure> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let persist = || -> io::Result<()> {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            if let Ok(old) = fs::metadata(&self.place) {
                file.as_file().set_permissions(old.permissions())?;
            }
            file.persist(&self.place)?;
            Ok(())
        };
        interrupt::end(&self.temporary, persist).map_err(|error| Failure::system(&self.name, &error))
    }
}

impl Drop for Whole {
    /// What was not finished is removed: dropping a temporary file does that, without trying to write the rest.
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            interrupt::end(&self.temporary, || drop(file.into_parts()));
        }
    }
}

/// A temporary file is its owner's alone; this one becomes a file like any other, as the umask has it.
fn usual_rights<'b, 'n>(builder: &'b mut tempfile::Builder<'n, 'static>) -> &'b mut tempfile::Builder<'n, 'static> {
    builder.permissions(Permissions::from_mode(0o666))
}

/// Where links lead from `path`, also where nothing is there yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut at = path.to_owned();
    for _ in 0..LINKS_LIMIT {
        match fs::read_link(&at) {
            Ok(target) => at = at.parent().unwrap_or(Path::new("")).join(target),
            // No link, or nothing there.
            Err(_) => return Ok(at),
        }
    }
    Err(io::Error::other("links lead in a circle"))
}

/// Prints `text` and a line break on standard output.
pub(crate) fn print(text: impl std::fmt::Display) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| Failure::standard_output(&error))
}
