//! The chain of one class while it is written: its number, its hash, the segment that is open.

use super::TrailError;
use super::class::Class;
use super::disk::{Disk, Ink};
use super::hash::Hash;
use super::head::Head;
use super::line::{self, New};
use super::mark::{Begun, Cause, Checkpoint, Sealed};
use super::options::Settings;
use super::record::Content;
use super::segment::SegmentName;
use pii_core::time::{Date, Moment};
use std::io;

/// A chain that is written.
pub(crate) struct Chain {
    class: Class,
    prefix: String,
    /// The number of the next line.
    pub(crate) next: u64,
    /// The hash of the last one.
    pub(crate) last: Hash,
    segment: Option<Open>,
    /// Lines that are not written yet.
    lines: Vec<u8>,
    /// Whether lines were added since the last checkpoint.
    is_unsigned: bool,
    /// Whether the last line says that the writer ended in order.
    is_ended: bool,
}

/// A segment that is written.
struct Open {
    ink: Box<dyn Ink>,
    name: SegmentName,
    day: Date,
    hash: super::hash::HashAlgorithm,
    /// How long it is with all that was said to be on the disk.
    kept_bytes: u64,
    written_bytes: u64,
}

/// Where a chain goes on.
pub(crate) struct Place {
    pub(crate) next: u64,
    pub(crate) last: Hash,
    /// The segment that goes on: its name, its length, when its last line was written, its hash.
    pub(crate) segment: Option<(SegmentName, u64, Moment, super::hash::HashAlgorithm)>,
}

impl Chain {
    pub(crate) fn new(class: Class, settings: &Settings, place: Place, disk: &mut dyn Disk) -> io::Result<Self> {
        let segment = match place.segment {
            None => None,
            Some((name, length, at, hash)) => Some(Open {
                ink: disk.go_on(name)?,
                name,
                day: at.day_in_china(),
                hash,
                kept_bytes: length,
                written_bytes: length,
            }),
        };
        let prefix = line::prefix(&settings.node, class);
        Ok(Self {
            class,
            prefix,
            next: place.next,
            last: place.last,
            segment,
            lines: Vec::new(),
            is_unsigned: false,
            is_ended: true,
        })
    }

    /// Sees to it that a segment is open that may take more: of today, not too long. It may write to the disk.
    pub(crate) fn ready(&mut self, settings: &Settings, now: Moment, disk: &mut dyn Disk) -> io::Result<()> {
        let today = now.day_in_china();
        // Not where the clock went back: the day that a segment is of only ever moves on.
        let is_full = |open: &Open| open.written_bytes >= settings.segment_bytes || open.day < today;
        if self.segment.as_ref().is_some_and(is_full) {
            self.checkpoint(settings, now, Cause::Seal)?;
            self.seal(now)?;
        }
        if self.segment.is_none() {
            let name = SegmentName { class: self.class, first: self.next };
            let ink = disk.create(name)?;
            let hash = settings.hash;
            self.segment = Some(Open { ink, name, day: today, hash, kept_bytes: 0, written_bytes: 0 });
            let signer = settings.signer.as_ref().map(|key| key.id());
            let begun = Begun { hash, previous: self.last, signer };
            self.mark(Content::Begun(begun), now)?;
        }
        Ok(())
    }

    fn seal(&mut self, now: Moment) -> io::Result<()> {
        let first = self.segment.as_ref().map_or(self.next, |open| open.name.first);
        self.mark(Content::Sealed(Sealed { lines: self.next - first + 1 }), now)?;
        self.write()?;
        self.sync()?;
        self.segment = None;
        Ok(())
    }

    /// Adds a line. It is written later.
    pub(crate) fn push(&mut self, at: &line::Time, content: &[u8]) -> io::Result<()> {
        let open = self.segment.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let new = New { prefix: &self.prefix, seq: self.next, at, content };
        self.last = line::write(&mut self.lines, &new, open.hash, &self.last);
        self.next += 1;
        (self.is_unsigned, self.is_ended) = (true, false);
        Ok(())
    }

    fn mark(&mut self, content: Content, now: Moment) -> io::Result<()> {
        let content = line::content(&content).map_err(io::Error::other)?;
        self.push(&line::time(now), &content)
    }

    /// Adds a checkpoint. It is written later. Without a key only the end is marked.
    pub(crate) fn checkpoint(&mut self, settings: &Settings, now: Moment, cause: Cause) -> io::Result<()> {
        if self.segment.is_none() || (settings.signer.is_none() && cause != Cause::Close) {
            return Ok(());
        }
        let signed = match (&settings.signer, self.head(settings, now)) {
            (Some(key), Some(head)) => head.sign(key).signed,
            _ => None,
        };
        self.mark(Content::Checkpoint(Checkpoint { cause, signed }), now)?;
        (self.is_unsigned, self.is_ended) = (false, cause == Cause::Close);
        Ok(())
    }

    /// How far it is. `None` where it has not begun.
    fn head(&self, settings: &Settings, at: Moment) -> Option<Head> {
        let seq = self.next.checked_sub(1).filter(|seq| *seq > 0)?;
        let node = settings.node.clone();
        Some(Head { node, class: self.class, seq, chain: self.last, at, signed: None })
    }

    /// Writes what was added.
    pub(crate) fn write(&mut self) -> io::Result<()> {
        let open = self.segment.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        open.ink.write(&self.lines)?;
        open.written_bytes += self.lines.len() as u64;
        self.lines.clear();
        Ok(())
    }

    /// Sees to it that what was written is on the disk.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        let open = self.segment.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        open.ink.sync()?;
        open.kept_bytes = open.written_bytes;
        Ok(())
    }

    /// Takes back what never got to the disk, as far as that can be done, so that nobody reads it for recorded.
    pub(crate) fn give_up(&mut self) {
        if let Some(open) = &mut self.segment {
            let _ = open.ink.cut(open.kept_bytes);
        }
    }

    /// Whether something was added that is not written yet.
    pub(crate) fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Whether a checkpoint would say something new.
    pub(crate) fn is_due(&self, cause: Cause) -> bool {
        self.is_unsigned || (cause == Cause::Close && !self.is_ended)
    }
}

/// A failure of the disk, as callers are told.
pub(crate) fn stopped(error: &io::Error) -> TrailError {
    TrailError::stopped(&error.to_string())
}
