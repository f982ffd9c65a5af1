//! The lines of data behind `COPY … FROM stdin;` (PostgreSQL), up to `\.`.

use super::token::{Kind, Lexer};
use super::{Of, Part, Read, Sql, tell_lines, word};
use crate::sink::{Sink, SyntaxError};
use memchr::memchr;
use pii_core::Coding;
use std::ops::Range;

/// How the lines are written, as far as the statement has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It has not said that there are any.
    NotYet,
    /// Cells between tabs.
    Tabbed,
    /// In another way, which is read as text.
    Other,
}

impl Shape {
    /// A word behind `FROM`.
    pub(super) fn said(self, word: &[u8]) -> Self {
        match self {
            Self::NotYet if word::is(word, "STDIN") => Self::Tabbed,
            Self::Tabbed if ["CSV", "BINARY", "DELIMITER", "NULL"].iter().any(|known| word::is(word, known)) => {
                Self::Other
            }
            shape => shape,
        }
    }

    /// Something else behind it: strings say what separates cells.
    pub(super) fn with_option(self, kind: Kind) -> Self {
        if self == Self::Tabbed && matches!(kind, Kind::Text(_)) { Self::Other } else { self }
    }
}

impl Sql {
    /// Reads a line: the rest of the statement's own, a row, or the last one.
    pub(super) fn copied_line<S: Sink>(&mut self, lexer: Lexer<'_>, at: usize, sink: &mut S) -> Read {
        let shape = self.copied.unwrap_or(Shape::NotYet);
        if shape == Shape::NotYet {
            self.end_copied();
            return Ok(Some(at));
        }
        let Some(line) = lexer.line(at)? else { return Ok(None) };
        let behind = (line.end + 1).min(lexer.input.len());
        let line = line.start..line.start + without_return(&lexer.input[line.clone()]);
        if self.part == Part::BeforeCopied {
            self.part = Part::Copied;
            if self.columns.is_empty() {
                self.columns = self.schema.columns(&self.table);
            }
            tell_lines(lexer.input, line, Coding::Line, sink)?;
        } else if &lexer.input[line.clone()] == br"\." {
            self.end_copied();
        } else if shape == Shape::Tabbed {
            self.copied_row(lexer.input, line, sink)?;
        } else {
            tell_lines(lexer.input, line, Coding::Line, sink)?;
        }
        Ok(Some(behind))
    }

    fn end_copied(&mut self) {
        self.copied = None;
        self.part = Part::Start;
    }

    fn copied_row<S: Sink>(&mut self, input: &[u8], line: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
        let record = sink.open_record();
        let mut at = line.start;
        for index in 0.. {
            let end = memchr(b'\t', &input[at..line.end]).map_or(line.end, |len| at + len);
            let of = Of { table: &self.table, column: self.columns.get(index), index: Some(index) };
            self.teller.copied(input, at..end, (&of, record), sink)?;
            if end == line.end {
                break;
            }
            at = end + 1;
        }
        sink.reached(line.end);
        sink.close_record(record);
        Ok(())
    }
}

/// The length of a line without the carriage return at its end.
fn without_return(line: &[u8]) -> usize {
    line.strip_suffix(b"\r").unwrap_or(line).len()
}
