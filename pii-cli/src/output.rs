//! Where masked bytes go. A regular file appears whole or not at all.

use crate::exit::Failure;
use crate::interrupt;
use crate::place;
use crate::standard::{self, Target};
use pii_flow::told;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const BUFFER_BYTES: usize = 256 << 10;

/// An output being written.
pub(crate) enum Sink {
    Standard(io::StdoutLock<'static>),
    /// A pipe or a device: written directly.
    Direct(File, String),
    /// A regular file: written beside its place, then renamed.
    Whole(Whole),
    /// What would be written directly, held back in a file without a name until all of it may go.
    Held(File, Box<Self>),
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

    /// The file at `path`; folders on the way are made, and a link is followed to the file that it stands for. What is open
    /// already (`/dev/stderr`, `/dev/fd/3`) is written as it is.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let wrong = |error: io::Error| Failure::system(&name, &error);
        let place = match standard::target(path).map_err(wrong)? {
            Target::Path(place) => place,
            Target::Descriptor(number) => {
                let closed = "nothing that can be written is open there; the shell opens it by";
                let wrong = |error| Failure::input(format!("{name}: {error}; {closed} `{number}> FILE`"));
                return Ok(Self::Direct(standard::open(number).map_err(wrong)?, name));
            }
        };
        match fs::metadata(&place) {
            Ok(metadata) if metadata.is_dir() => Err(Failure::usage(format!("{name}: is a folder; name a file in it"))),
            Ok(metadata) if !metadata.is_file() => {
                Ok(Self::Direct(OpenOptions::new().write(true).open(&place).map_err(wrong)?, name))
            }
            _ => Whole::begin(place, name).map(Self::Whole),
        }
    }

    /// The same, of which nothing goes before it is finished.
    pub(crate) fn held_back(self) -> Result<Self, Failure> {
        match self {
            Self::Standard(_) | Self::Direct(..) => {
                let folder = std::env::temp_dir();
                let wrong = |error: io::Error| Failure::system(folder.display(), &error);
                Ok(Self::Held(tempfile::tempfile_in(&folder).map_err(wrong)?, Box::new(self)))
            }
            whole => Ok(whole),
        }
    }

    /// Whether it is held back, and may go in part.
    pub(crate) fn is_held_back(&self) -> bool {
        matches!(self, Self::Held(..))
    }

    /// Writes `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Standard(out) => out.write_all(bytes).map_err(|error| Failure::standard_output(&error)),
            Self::Direct(file, name) => file.write_all(bytes).map_err(|error| Failure::system(name, &error)),
            Self::Whole(whole) => whole.write(bytes),
            Self::Held(file, _) => file.write_all(bytes).map_err(|error| Failure::system("a temporary file", &error)),
        }
    }

    /// Says that everything has been written: a regular file takes its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(mut out) => out.flush().map_err(|error| Failure::standard_output(&error)),
            Self::Direct(mut file, name) => file.flush().map_err(|error| Failure::system(&name, &error)),
            Self::Whole(whole) => whole.finish(),
            Self::Held(file, sink) => go(file, *sink),
        }
    }
}

/// Lets go what was held back.
fn go(mut file: File, mut sink: Sink) -> Result<(), Failure> {
    let wrong = |error: io::Error| Failure::system("a temporary file", &error);
    file.seek(SeekFrom::Start(0)).map_err(wrong)?;
    let mut bytes = vec![0; BUFFER_BYTES];
    loop {
        match file.read(&mut bytes).map_err(wrong)? {
            0 => return sink.finish(),
            count => sink.write(&bytes[..count])?,
        }
    }
}

impl Whole {
    fn begin(place: PathBuf, name: String) -> Result<Self, Failure> {
        let folder = place::folder(&place);
        if let Some(file) = folder.ancestors().find(|part| part.exists() && !part.is_dir()) {
            let what = format!("{} is a file, in which nothing can stand; write to another place", file.display());
            return Err(Failure::input(format!("{name}: {what}")));
        }
        let wrong = |error: io::Error| {
            let hint = "a file is written beside its place first, so this folder has to take one; or use `> FILE` in place \
                        of `-o`";
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

/// Prints `text` and a line break on standard output.
pub(crate) fn print(text: impl std::fmt::Display) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| Failure::standard_output(&error))
}
