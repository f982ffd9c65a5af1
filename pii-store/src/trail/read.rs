//! Reads what is recorded, line by line, for those who ask. What is no record is left to [`verify`](super::verify()).

use super::TrailError;
use super::class::Class;
use super::line::Line;
use super::name::Name;
use super::record::{Content, Position};
use super::segment::{self, Piece, Reader, SegmentName};
use pii_core::time::Moment;
use std::path::Path;

/// A record as it stands in a trail.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Whose trail.
    pub node: String,
    /// Where it stands.
    pub position: Position,
    /// When it was written, by its node's clock.
    pub at: Moment,
    /// What it says.
    pub content: Content,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many bytes were read.
    pub bytes: u64,
    /// Of how many, when reading began.
    pub of_bytes: u64,
    /// How many lines were no record of this version: [`verify`](super::verify()) says which. What they hold nobody knows, so an
    /// answer is complete only where there are none.
    pub unread: u64,
    /// How many decisions that a question about withdrawals is about name no subject: nobody can say whether there was one.
    pub unnamed: u64,
    /// How many changes of a consent ledger there were, where the question is about withdrawals: without any it has no answer.
    pub changes: u64,
    /// How many answers were given without their outcome, because more than [`OPEN_LIMIT`](super::OPEN_LIMIT) waited for theirs.
    pub early: u64,
}

/// Whether reading is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    /// Yes.
    On,
    /// No.
    Stop,
}

/// How many lines are read between two calls of a progress callback.
const LINES_A_CALL: u64 = 4096;

/// What is done with each line.
pub(crate) trait Visit {
    /// Whether a line of this kind is to be read at all.
    fn wants(&self, kind: &str, at: Moment) -> bool;

    /// A record.
    fn entry(&mut self, entry: Entry) -> Result<Go, TrailError>;

    /// How far it is.
    fn progress(&mut self, _: &Progress) -> Go {
        Go::On
    }
}

/// Whose trail a folder holds, by the first line of the first segment that has one. `None` where nothing is recorded there.
///
/// # Errors
/// The folder or its segments cannot be read.
pub fn node_of(folder: &Path) -> Result<Option<Name>, TrailError> {
    for name in segment::all(folder)? {
        if let Some(Piece::Line(bytes)) = Reader::open(&name.path(folder))?.next()?
            && let Some(node) = Line::parse(bytes).and_then(|line| Name::new(line.node))
        {
            return Ok(Some(node));
        }
    }
    Ok(None)
}

/// The segments of some classes.
pub(crate) fn names(folder: &Path, classes: &[Class]) -> Result<Vec<SegmentName>, TrailError> {
    Ok(segment::all(folder)?.into_iter().filter(|name| classes.contains(&name.class)).collect())
}

/// How long they are.
pub(crate) fn bytes(folder: &Path, classes: &[Class]) -> Result<u64, TrailError> {
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok(names(folder, classes)?.iter().map(|name| length(&name.path(folder))).sum())
}

/// Reads the chains of some classes, one behind the other, each from its beginning.
pub(crate) fn all(folder: &Path, classes: &[Class], visit: &mut dyn Visit) -> Result<Progress, TrailError> {
    let mut progress = Progress { of_bytes: bytes(folder, classes)?, ..Progress::default() };
    let mut count = 0_u64;
    for name in names(folder, classes)? {
        let (mut reader, before) = (Reader::open(&name.path(folder))?, progress.bytes);
        while let Some(piece) = reader.next()? {
            let go = match piece {
                // The end of a trail that is being written.
                Piece::Torn(_) => Go::On,
                Piece::Line(bytes) => line(bytes, visit, &mut progress)?,
            };
            progress.bytes = before + reader.read_bytes;
            count += 1;
            let is_call = count.is_multiple_of(LINES_A_CALL);
            if go == Go::Stop || (is_call && visit.progress(&progress) == Go::Stop) {
                return Ok(progress);
            }
        }
    }
    visit.progress(&progress);
    Ok(progress)
}

/// Gives the records of some classes that are of one of these kinds, chain by chain, each from its beginning: `ledger`,
/// `alarm`, `configuration`, and so on, as lines name them. Those of other kinds are passed over and cost little.
///
/// # Errors
/// The trail cannot be read.
pub fn entries(
    folder: &Path,
    (classes, kinds): (&[Class], &[&str]),
    mut each: impl FnMut(&Entry) -> Go,
    mut progress: impl FnMut(&Progress),
) -> Result<Progress, TrailError> {
    let mut given = Given { kinds, each: &mut each, progress: &mut progress };
    all(folder, classes, &mut given)
}

/// Gives what is wanted to a closure.
struct Given<'g> {
    kinds: &'g [&'g str],
    each: &'g mut dyn FnMut(&Entry) -> Go,
    progress: &'g mut dyn FnMut(&Progress),
}

impl Visit for Given<'_> {
    fn wants(&self, kind: &str, _: Moment) -> bool {
        self.kinds.contains(&kind)
    }

    fn entry(&mut self, entry: Entry) -> Result<Go, TrailError> {
        Ok((self.each)(&entry))
    }

    fn progress(&mut self, progress: &Progress) -> Go {
        (self.progress)(progress);
        Go::On
    }
}

fn line(bytes: &[u8], visit: &mut dyn Visit, progress: &mut Progress) -> Result<Go, TrailError> {
    let Some(line) = Line::parse(bytes) else {
        progress.unread += 1;
        return Ok(Go::On);
    };
    if !visit.wants(line.kind, line.at) {
        return Ok(Go::On);
    }
    match entry(&line) {
        Some(entry) => visit.entry(entry),
        None => {
            progress.unread += 1;
            Ok(Go::On)
        }
    }
}

/// The record that a line is. `None` where it is none of this version.
pub(super) fn entry(line: &Line<'_>) -> Option<Entry> {
    let mut content = line.record()?;
    if let Content::Outcome(outcome) = &mut content {
        outcome.set_class(line.class);
    }
    let position = Position { class: line.class, seq: line.seq };
    Some(Entry { node: line.node.to_owned(), position, at: line.at, content })
}
