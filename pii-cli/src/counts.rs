//! Where `--report` goes, and what would go wrong there, before any work is begun.

use crate::destination::Destination;
use crate::exit::{Failure, told};
use crate::input::Input;
use crate::standard::identity;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Refuses a report that would take the place of an input or an output, or that cannot be written.
pub(crate) fn have_their_place(report: &Path, inputs: &[Input], destination: &Destination<'_>) -> Result<(), Failure> {
    let wrong = |what: &str| Err(Failure::usage(format!("{}: {what}; name another file", report.display())));
    let existing = fs::metadata(report).ok();
    // A pipe or a device takes several things one after the other.
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return Ok(());
    }
    let file = existing.and_then(|metadata| identity(&metadata));
    let is_file = |input: &Input| input.metadata().and_then(|metadata| identity(&metadata)) == file;
    if file.is_some() && inputs.iter().any(is_file) {
        return wrong("this report is also an input, which it would replace");
    }
    let place = whole(report);
    if inputs.iter().filter_map(|input| destination.path(input)).any(|output| whole(&output) == place) {
        return wrong("this report is also an output, which it would replace");
    }
    can_be_written(report).map_err(|error| Failure::usage(told(report.display(), &error)))
}

/// Tries whether a file can be written, and changes nothing.
fn can_be_written(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(_) => OpenOptions::new().append(true).open(path).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => tempfile::tempfile_in(folder(path)).map(drop),
        Err(error) => Err(error),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A path to compare with others: without links, as far as it leads to something.
fn whole(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let beside = || fs::canonicalize(folder(path)).map(|folder| folder.join(name));
    fs::canonicalize(path).or_else(|_| beside()).unwrap_or_else(|_| path.to_owned())
}
