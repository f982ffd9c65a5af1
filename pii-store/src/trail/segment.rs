//! Segments: files of lines, named for their class and the number of their first line.

use super::TrailError;
use super::class::Class;
use super::line::LINE_LIMIT_BYTES;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

const ENDING: &str = ".jsonl";

/// As many digits as the greatest number has.
const DIGITS: usize = 20;

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// The name of a segment's file: `business-00000000000000000017.jsonl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) class: Class,
    pub(crate) first: u64,
}

impl SegmentName {
    pub(crate) fn file(self) -> String {
        format!("{}-{:0DIGITS$}{ENDING}", self.class, self.first)
    }

    pub(crate) fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.file())
    }

    fn parse(name: &str) -> Option<Self> {
        let (class, first) = name.strip_suffix(ENDING)?.split_once('-')?;
        let digits = first.len() == DIGITS && first.bytes().all(|b| b.is_ascii_digit());
        let first = first.parse().ok().filter(|first| digits && *first > 0)?;
        Some(Self { class: Class::parse(class)?, first })
    }
}

/// A number in a line: digits, the first of them no 0.
pub(crate) fn number(digits: &str) -> Option<u64> {
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    is_number.then(|| digits.parse().ok())?
}

/// The segments of a folder, by class and first number.
pub(crate) fn all(folder: &Path) -> Result<Vec<SegmentName>, TrailError> {
    let wrong = |error| TrailError::file(folder, "read this folder", &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let name = entry.map_err(wrong)?.file_name();
        names.extend(name.to_str().and_then(SegmentName::parse));
    }
    names.sort_unstable();
    Ok(names)
}

/// Those of one class.
pub(crate) fn of_class(folder: &Path, class: Class) -> Result<Vec<SegmentName>, TrailError> {
    Ok(all(folder)?.into_iter().filter(|name| name.class == class).collect())
}

/// Reads a segment line by line.
pub(crate) struct Reader {
    path: PathBuf,
    file: BufReader<File>,
    line: Vec<u8>,
    /// How many bytes were read.
    pub(crate) read_bytes: u64,
}

/// A line, or what is left where one should be.
pub(crate) enum Piece<'r> {
    /// A line without its end.
    Line(&'r [u8]),
    /// Bytes without an end of line, the last of the file; or more of them than a line may have.
    Torn(u64),
}

impl Reader {
    pub(crate) fn open(path: &Path) -> Result<Self, TrailError> {
        let file = File::open(path).map_err(|error| TrailError::file(path, "open it", &error))?;
        let file = BufReader::with_capacity(BUFFER_BYTES, file);
        Ok(Self { path: path.to_owned(), file, line: Vec::new(), read_bytes: 0 })
    }

    /// The next line. `None` at the end. Behind something that is too long for a line it goes on at the next one.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'_>>, TrailError> {
        self.line.clear();
        let limit = LINE_LIMIT_BYTES as u64;
        let wrong = |error| TrailError::file(&self.path, "read it", &error);
        let count = (&mut self.file).take(limit).read_until(b'\n', &mut self.line).map_err(wrong)?;
        self.read_bytes += count as u64;
        if count == 0 {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            return Ok(Some(Piece::Line(&self.line)));
        }
        let rest = if count as u64 == limit { skip_line(&mut self.file).map_err(wrong)? } else { 0 };
        self.read_bytes += rest;
        Ok(Some(Piece::Torn(count as u64 + rest)))
    }
}

/// Goes behind the next end of line, and says how far that was.
fn skip_line(file: &mut impl BufRead) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = file.fill_buf()?;
        let end = buffer.iter().position(|b| *b == b'\n');
        let count = end.map_or(buffer.len(), |at| at + 1);
        file.consume(count);
        skipped += count as u64;
        if count == 0 || end.is_some() {
            return Ok(skipped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_named_in_one_way() {
        let name = SegmentName { class: Class::Business, first: 17 };
        assert_eq!(name.file(), "business-00000000000000000017.jsonl");
        assert_eq!(SegmentName::parse(&name.file()), Some(name));
        for bad in
            ["business-17.jsonl", "other-00000000000000000017.jsonl", "business-00000000000000000000.jsonl", "lock"]
        {
            assert_eq!(SegmentName::parse(bad), None, "{bad}");
        }
        assert_eq!((number("17"), number("017"), number(""), number("1 ")), (Some(17), None, None, None));
    }
}
