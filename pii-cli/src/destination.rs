//! Where the output of each input goes, and what would go wrong there, before anything is written.

use crate::exit::Failure;
use crate::input::{self, Input};
use crate::output::Sink;
use crate::standard::{self, identity};
use std::collections::HashMap;
use std::io;
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
    /// Where `out` says that the outputs of the inputs in `paths` go.
    pub(crate) fn new(out: Option<&'a Path>, paths: &[PathBuf]) -> Result<Self, Failure> {
        let several = input::are_several(paths);
        match out.filter(|out| out.as_os_str() != "-") {
            Some(out) if several && out.exists() && !out.is_dir() => {
                Err(Failure::usage(format!("{}: is a file, and several inputs need a folder", out.display())))
            }
            Some(out) if several || out.is_dir() => Ok(Self::Folder(out)),
            Some(out) => Ok(Self::File(out)),
            None if several => Err(Failure::usage("several inputs need a folder to write to: add `-o FOLDER`")),
            None => Ok(Self::Standard),
        }
    }

    pub(crate) fn is_standard_output(&self) -> bool {
        matches!(self, Self::Standard)
    }

    /// Refuses inputs of which one would take another's place, and one that is read from where it is written to.
    pub(crate) fn takes(&self, inputs: &[Input]) -> Result<(), Failure> {
        match self {
            Self::Folder(folder) => each_has_its_place(folder, inputs),
            Self::Standard => inputs.iter().try_for_each(is_not_standard_output),
            Self::File(_) => Ok(()),
        }
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

fn each_has_its_place(folder: &Path, inputs: &[Input]) -> Result<(), Failure> {
    let mut taken: HashMap<&Path, &Input> = HashMap::with_capacity(inputs.len());
    for input in inputs {
        if let Some(other) = taken.insert(&input.below, input) {
            return Err(Failure::usage(format!(
                "{} and {} would both become {}; mask them one after the other, into folders of their own",
                other.name,
                input.name,
                folder.join(&input.below).display()
            )));
        }
    }
    Ok(())
}

/// A file that grows as it is read has no end.
fn is_not_standard_output(input: &Input) -> Result<(), Failure> {
    let output = standard::metadata(&io::stdout()).and_then(|metadata| identity(&metadata));
    if output.is_some() && output == input.metadata().and_then(|metadata| identity(&metadata)) {
        let what = "this input is also standard output; write `-o FILE` instead of `> FILE`";
        return Err(Failure::usage(format!("{}: {what}", input.name)));
    }
    Ok(())
}
