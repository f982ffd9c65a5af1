//! `--report`: where the counts go, and what would go wrong there, before any work is begun.

use crate::destination::is_standard_output;
use crate::exit::Failure;
use crate::output::{self, Sink};
use crate::place;
use crate::standard;
use crate::tally::Tally;
use pii_flow::told;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Refuses a report that cannot be written, and changes nothing.
pub(crate) fn can_be_written(report: &Path) -> Result<(), Failure> {
    tried(report).map_err(|error| Failure::usage(told(report.display(), &error)))
}

fn tried(report: &Path) -> io::Result<()> {
    if is_standard_output(report) || standard::descriptor(report).is_some() {
        return Ok(());
    }
    match fs::metadata(report) {
        // A pipe waits for its reader when it is opened.
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Ok(()),
        Ok(_) => OpenOptions::new().append(true).open(report).map(drop),
        Err(error) if error.kind() == io::ErrorKind::NotFound => tempfile::tempfile_in(place::folder(report)).map(drop),
        Err(error) => Err(error),
    }
}

/// Writes the counts to `report` as JSON: behind what is there already where it is open, else whole in its place.
pub(crate) fn write(tally: &Tally, report: &Path) -> Result<(), Failure> {
    let wrong = |error: &io::Error| Failure::system(report.display(), error);
    let text = serde_json::to_string_pretty(tally).map_err(|error| wrong(&error.into()))?;
    if is_standard_output(report) {
        return output::print(text);
    }
    let line = text + "\n";
    match Sink::file(report) {
        Ok(mut sink) => sink.write(line.as_bytes()).and_then(|()| sink.finish()),
        // Its folder takes no other file, but this one is there and can be written.
        Err(_) if report.is_file() => fs::write(report, line).map_err(|error| wrong(&error)),
        Err(failure) => Err(failure),
    }
}
