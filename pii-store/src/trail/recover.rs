//! Where a chain goes on when its trail is opened, whatever became of the process that wrote it.

use super::TrailError;
use super::chain::Place;
use super::class::Class;
use super::disk;
use super::hash::{Hash, HashAlgorithm};
use super::line::Line;
use super::mark::Cause;
use super::name::Name;
use super::record::Content;
use super::segment::{self, Piece, Reader, SegmentName};
use pii_core::time::Moment;
use std::path::Path;

/// Where a chain goes on.
pub(crate) struct Found {
    pub(crate) place: Place,
    /// Where its writer had not ended in order: how many bytes of a line that was cut short were left out.
    pub(crate) cut_bytes: Option<u64>,
}

/// What the last segment holds.
struct Tail {
    last: Hash,
    next: u64,
    at: Moment,
    hash: HashAlgorithm,
    whole_bytes: u64,
    torn_bytes: u64,
    end: End,
}

#[derive(PartialEq, Eq)]
enum End {
    /// The writer ended in order.
    Closed,
    /// Another segment follows.
    Sealed,
    /// The writer was stopped.
    Open,
}

/// Finds the end of a chain, and puts its last segment in order where its writer could not.
///
/// # Errors
/// The segment cannot be read or written, or is not what this node wrote.
pub(crate) fn recover(folder: &Path, class: Class, node: &Name) -> Result<Found, TrailError> {
    let mut cut_bytes = None;
    let mut names = segment::of_class(folder, class)?;
    while let Some(name) = names.pop() {
        let path = name.path(folder);
        disk::remove_half_written(&path)?;
        let Some(tail) = read(&path, name, node)? else {
            // It was made, and its writer stopped before its first line was whole. Or somebody cut it back to that.
            let length = std::fs::metadata(&path).map_err(|error| TrailError::file(&path, "look at it", &error))?.len();
            disk::put_aside(&path)?;
            cut_bytes = Some(cut_bytes.unwrap_or(0) + length);
            continue;
        };
        if tail.end != End::Closed || tail.torn_bytes > 0 {
            disk::rewrite(&path, tail.whole_bytes)?;
            cut_bytes = Some(cut_bytes.unwrap_or(0) + tail.torn_bytes);
        }
        let segment = (tail.end != End::Sealed).then_some((name, tail.whole_bytes, tail.at, tail.hash));
        return Ok(Found { place: Place { next: tail.next, last: tail.last, segment }, cut_bytes });
    }
    Ok(Found { place: Place { next: 1, last: Hash::BEFORE_ALL, segment: None }, cut_bytes })
}

/// Reads a segment to its end. `None` where not even its first line is whole.
fn read(path: &Path, name: SegmentName, node: &Name) -> Result<Option<Tail>, TrailError> {
    let mut reader = Reader::open(path)?;
    let mut tail: Option<Tail> = None;
    let mut torn = false;
    loop {
        let number = tail.as_ref().map_or(1, |tail| tail.next - name.first + 1);
        let wrong = || TrailError::damaged(format!("{}:{number}: this is not what was written", path.display()));
        match reader.next()? {
            None => return Ok(tail),
            // Only the last one may be cut short.
            Some(_) if torn => return Err(wrong()),
            Some(Piece::Torn(bytes)) => {
                torn = true;
                if let Some(tail) = &mut tail {
                    tail.torn_bytes = bytes;
                }
            }
            Some(Piece::Line(bytes)) => {
                let length = bytes.len() as u64 + 1;
                let line = Line::parse(bytes).filter(|line| line.node == node.as_str() && line.class == name.class);
                let line = line.ok_or_else(wrong)?;
                match &mut tail {
                    None => tail = Some(begin(&line, name, length).ok_or_else(wrong)?),
                    Some(tail) => go_on(tail, &line, length).ok_or_else(wrong)?,
                }
            }
        }
    }
}

fn begin(line: &Line<'_>, name: SegmentName, length: u64) -> Option<Tail> {
    let Some(Content::Begun(begun)) = line.record() else {
        return None;
    };
    let fits = line.seq == name.first && line.hash(begun.hash, &begun.previous) == line.chain;
    let (last, next, at, hash) = (line.chain, line.seq.checked_add(1)?, line.at, begun.hash);
    fits.then_some(Tail { last, next, at, hash, whole_bytes: length, torn_bytes: 0, end: End::Open })
}

fn go_on(tail: &mut Tail, line: &Line<'_>, length: u64) -> Option<()> {
    let fits = line.seq == tail.next && line.hash(tail.hash, &tail.last) == line.chain && tail.end != End::Sealed;
    tail.end = match line.kind {
        "sealed" => End::Sealed,
        "checkpoint" => match line.record() {
            Some(Content::Checkpoint(checkpoint)) if checkpoint.cause == Cause::Close => End::Closed,
            _ => End::Open,
        },
        _ => End::Open,
    };
    (tail.last, tail.next, tail.at) = (line.chain, line.seq.checked_add(1)?, tail.at.max(line.at));
    tail.whole_bytes += length;
    fits.then_some(())
}
