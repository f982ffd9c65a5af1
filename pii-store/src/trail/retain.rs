//! Removes what was kept long enough, and nothing before: whole segments from the beginning of a chain. A record of each, with
//! its last hash, is on the disk and signed before the file goes, so that the rest of the chain verifies as before.

use super::class::Class;
use super::disk;
use super::hash::Hash;
use super::line::Line;
use super::mark::Removed;
use super::record::{Content, Position};
use super::segment::{self, Piece, Reader, SegmentName};
use super::{Trail, TrailError};
use pii_core::time::{Date, Moment};
use std::path::{Path, PathBuf};

/// Which segments were kept long enough on a day. Only [`plan`] makes one.
#[derive(Clone, Debug)]
pub struct Plan {
    folder: PathBuf,
    due: Vec<Due>,
    kept: Vec<Kept>,
}

/// A segment that may be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    name: SegmentName,
    /// The number of its last line.
    pub last: u64,
    /// When the last of its records was written, by the latest time in it.
    pub latest: Moment,
    /// Since when it may be removed.
    pub free_from: Date,
    /// How long it is.
    pub bytes: u64,
    head: Hash,
}

/// The first segment of a chain that must stay, and with it all behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// In the chain of which class.
    pub class: Class,
    /// The number of its first line.
    pub first: u64,
    /// From when on it may be removed; `None` where it is still written.
    pub free_from: Option<Date>,
}

impl Due {
    /// Which class it is of.
    #[must_use]
    pub fn class(&self) -> Class {
        self.name.class
    }

    /// The number of its first line.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.name.first
    }

    /// The name of its file.
    #[must_use]
    pub fn file(&self) -> String {
        self.name.file()
    }
}

/// Looks which segments were kept long enough, and changes nothing. A segment that is not what was written is not removed: it
/// is evidence.
///
/// # Errors
/// Something cannot be read; a segment at the beginning of a chain was changed.
pub fn plan(folder: &Path, now: Moment) -> Result<Plan, TrailError> {
    let today = now.day_in_china();
    let mut plan = Plan { folder: folder.to_owned(), due: Vec::new(), kept: Vec::new() };
    for class in Class::ALL {
        let names = segment::of_class(folder, class)?;
        let Some((written, before)) = names.split_last() else {
            continue;
        };
        let mut first_kept = Kept { class, first: written.first, free_from: None };
        for name in before {
            let due = read(folder, *name)?;
            if today < due.free_from {
                first_kept = Kept { class, first: name.first, free_from: Some(due.free_from) };
                break;
            }
            plan.due.push(due);
        }
        plan.kept.push(first_kept);
    }
    Ok(plan)
}

/// Reads a segment, and sees to it that it is what was written.
fn read(folder: &Path, name: SegmentName) -> Result<Due, TrailError> {
    let path = name.path(folder);
    let mut reader = Reader::open(&path)?;
    let mut so_far: Option<(Hash, u64, Moment, super::HashAlgorithm)> = None;
    let mut is_sealed = false;
    while let Some(piece) = reader.next()? {
        let number = so_far.as_ref().map_or(1, |(_, seq, ..)| seq + 2 - name.first);
        let wrong = || TrailError::damaged(format!("{}:{number}: this is not what was written", path.display()));
        let Piece::Line(bytes) = piece else {
            return Err(wrong());
        };
        let line = Line::parse(bytes).filter(|line| line.class == name.class).ok_or_else(wrong)?;
        let (before, expected, latest, hash) = match so_far {
            Some((head, seq, latest, hash)) => (head, seq + 1, latest, hash),
            None => match line.record() {
                Some(Content::Begun(begun)) => (begun.previous, name.first, line.at, begun.hash),
                _ => return Err(wrong()),
            },
        };
        if line.seq != expected || line.hash(hash, &before) != line.chain || is_sealed {
            return Err(wrong());
        }
        is_sealed = line.kind == "sealed";
        // What the trail says of itself when a segment ends may be years younger than what is in it.
        let is_mark = matches!(line.kind, "sealed" | "checkpoint");
        let latest = if is_mark { latest } else { latest.max(line.at) };
        so_far = Some((line.chain, line.seq, latest, hash));
    }
    match so_far {
        Some((head, last, latest, _)) if is_sealed => {
            let free_from = name.class.free_from(latest.day_in_china());
            Ok(Due { name, last, latest, free_from, bytes: reader.read_bytes, head })
        }
        _ => Err(TrailError::damaged(format!("{}: its end is missing", path.display()))),
    }
}

impl Plan {
    /// What may be removed, in each chain from its beginning.
    #[must_use]
    pub fn due(&self) -> &[Due] {
        &self.due
    }

    /// What stays, for each chain its first segment.
    #[must_use]
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// The same for one file, which takes those in front of it along.
    ///
    /// # Errors
    /// It must still be kept ([`TrailError::is_early`]), or is none.
    pub fn through(&self, file: &str) -> Result<Self, TrailError> {
        let Some(name) = self.due.iter().find(|due| due.file() == file).map(|due| due.name) else {
            return Err(TrailError::early(format!(
                "{file} is no segment that was kept long enough: nothing is removed"
            )));
        };
        let due = self.due.iter().filter(|due| due.name.class == name.class && due.name <= name).cloned().collect();
        Ok(Self { folder: self.folder.clone(), due, kept: self.kept.clone() })
    }
}

impl Trail {
    /// Removes what a plan says, and returns where that is recorded. `each` is told of every segment when it is gone. Where
    /// it is stopped in between, the next plan has the rest.
    ///
    /// # Errors
    /// The plan is of another folder; by this trail's own clock it is too early; something cannot be written or removed.
    pub fn remove(&self, plan: &Plan, mut each: impl FnMut(&Due)) -> Result<Vec<Position>, TrailError> {
        if plan.folder != self.folder() {
            return Err(TrailError::limit("the plan is of another folder"));
        }
        let today = self.now().day_in_china();
        if let Some(early) = plan.due.iter().find(|due| today < due.free_from) {
            let message = format!("{} must be kept until {}: nothing is removed", early.file(), early.free_from);
            return Err(TrailError::early(message));
        }
        let mut positions = Vec::new();
        for due in &plan.due {
            let (first, last, head) = (due.name.first, due.last, due.head);
            let removed = Content::Removed(Removed { first, last, head, latest: due.latest.to_string() });
            positions.push(self.recorder().push(due.name.class, &removed, true, true)?.wait()?);
            disk::remove(&due.name.path(&plan.folder))?;
            each(due);
        }
        Ok(positions)
    }
}
