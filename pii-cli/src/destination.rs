//! Where the output of each input goes.

use crate::exit::Failure;
use crate::input::{self, Input};
use crate::output::Sink;
use crate::place::{self, Place, Way};
use crate::standard::{self, STANDARD_OUTPUT};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Where outputs go.
#[derive(Debug)]
pub(crate) enum Destination<'a> {
    Standard,
    /// One input's own file, pipe or device.
    File(&'a Path),
    /// A folder, in which each input has a place.
    Folder(&'a Path),
}

impl<'a> Destination<'a> {
    /// Where `out` says that the outputs of the inputs in `paths` go. A name with a slash behind it is a folder's, also
    /// where nothing is there yet.
    pub(crate) fn new(out: Option<&'a Path>, paths: &[PathBuf]) -> Result<Self, Failure> {
        let several = input::are_several(paths);
        let is_folder = |out: &Path| out.is_dir() || out.as_os_str().as_bytes().ends_with(b"/");
        match out.filter(|out| !is_standard_output(out)) {
            Some(out) if several && out.exists() && !out.is_dir() => {
                Err(Failure::usage(format!("{}: is a file, and several inputs need a folder", out.display())))
            }
            Some(out) if several || is_folder(out) => Ok(Self::Folder(out)),
            Some(out) => Ok(Self::File(out)),
            None if several => Err(Failure::usage("several inputs need a folder to write to: add `-o FOLDER`")),
            None => Ok(Self::Standard),
        }
    }

    pub(crate) fn is_standard_output(&self) -> bool {
        matches!(self, Self::Standard)
    }

    /// Refuses what would get in its own way: inputs, outputs and the report.
    pub(crate) fn takes(&self, inputs: &[Input], report: Option<&Path>) -> Result<(), Failure> {
        let ways: Vec<Way> = inputs.iter().map(|input| self.way(input)).collect();
        let report_place = report.filter(|report| !is_standard_output(report)).map(Place::at);
        match place::collision(&ways, report_place.as_ref()) {
            Some(collision) => Err(collision.failure(&ways, report)),
            None => Ok(()),
        }
    }

    fn way(&self, input: &Input) -> Way {
        let from = match &input.path {
            Some(path) => Place::at(path),
            None => Place::stream(input.metadata().as_ref()),
        };
        let (to, is_direct) = match self.path(input) {
            None => (Place::stream(standard::metadata(&io::stdout()).as_ref()), true),
            Some(path) if standard::descriptor(&path).is_some() => (Place::at(&path), true),
            Some(path) => (Place::at(&path), false),
        };
        Way { name: input.name.clone(), from, to, is_direct }
    }

    /// Where the output of `input` stands. `None`: on standard output.
    pub(crate) fn path(&self, input: &Input) -> Option<PathBuf> {
        match self {
            Self::Standard => None,
            Self::File(path) => Some(path.to_path_buf()),
            Self::Folder(folder) => Some(folder.join(&input.below)),
        }
    }

    /// Opens the output for `input`.
    pub(crate) fn sink(&self, input: &Input) -> Result<Sink, Failure> {
        self.path(input).map_or_else(|| Ok(Sink::standard()), |path| Sink::file(&path))
    }
}

/// Whether a path that somebody names as an output is standard output: `-`, `/dev/stdout`.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == "-" || standard::descriptor(path) == Some(STANDARD_OUTPUT)
}
