//! One row: its cells and where it ends.

use super::COLUMNS_LIMIT;
use crate::sink::SyntaxError;
use pii_core::OffsetMap;
use std::ops::Range;

/// The longest cell, in bytes. A quote that is never closed must not make the rest of a file one cell.
const CELL_LIMIT_BYTES: usize = 32 << 20;

/// A cell's content: between its quotes, if it has any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) span: Range<usize>,
    pub(super) quoted: bool,
    /// Quotes in it are doubled.
    pub(super) doubled: bool,
}

impl Cell {
    /// The cell without what programs put around text so that spreadsheets don't take it for a number: `="…"`, or an
    /// apostrophe or grave accent in front or around it.
    fn unwrapped(mut self, input: &[u8]) -> Self {
        let text = &input[self.span.clone()];
        let quote: &[u8] = if self.quoted { b"\"\"" } else { b"\"" };
        let inner = text.strip_prefix(b"=").and_then(|text| text.strip_prefix(quote)?.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(&b'"')) {
            self.span = self.span.start + 1 + quote.len()..self.span.end - quote.len();
            debug_assert_eq!(self.span.len(), inner.len());
            self.doubled = false;
        } else if let [mark @ (b'\'' | b'`'), _, .., last] = text {
            self.span = self.span.start + 1..self.span.end - usize::from(mark == last);
        }
        self
    }
}

/// How far a row was read.
pub(super) enum Step {
    /// To its end: the next row begins here.
    Row(usize),
    /// More has to arrive.
    Incomplete,
}

/// Reads rows of one table.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) input: &'a [u8],
    pub(super) delimiter: u8,
    pub(super) end: bool,
}

impl Reader<'_> {
    /// Reads the row that begins at `from` into `cells`.
    pub(super) fn row(&self, from: usize, cells: &mut Vec<Cell>) -> Result<Step, SyntaxError> {
        cells.clear();
        let mut at = from;
        loop {
            let Some((cell, behind)) = self.cell(at)? else { return Ok(Step::Incomplete) };
            if cells.len() == COLUMNS_LIMIT {
                return Err(SyntaxError { at, what: "more than 4096 columns", is_limit: true });
            }
            cells.push(cell);
            match self.input.get(behind) {
                Some(&byte) if byte == self.delimiter => at = behind + 1,
                Some(b'\r') => match self.input.get(behind + 1) {
                    Some(b'\n') => return Ok(Step::Row(behind + 2)),
                    None if !self.end => return Ok(Step::Incomplete),
                    _ => return Ok(Step::Row(behind + 1)),
                },
                Some(_) => return Ok(Step::Row(behind + 1)),
                None if self.end => return Ok(Step::Row(behind)),
                None => return Ok(Step::Incomplete),
            }
        }
    }

    /// The cell that begins at `at` and the position of what ends it. `None`: more has to arrive.
    fn cell(&self, at: usize) -> Result<Option<(Cell, usize)>, SyntaxError> {
        let spaces = self.input[at..].iter().take_while(|&&b| b == b' ').count();
        if self.input.get(at + spaces) == Some(&b'"') {
            return self.quoted(at + spaces);
        }
        let behind = self.bare_end(at);
        let complete = behind < self.input.len() || self.end;
        let cell = Cell { span: at..behind, quoted: false, doubled: false }.unwrapped(self.input);
        Ok(complete.then_some((cell, behind)))
    }

    fn bare_end(&self, at: usize) -> usize {
        memchr::memchr3(self.delimiter, b'\n', b'\r', &self.input[at..]).map_or(self.input.len(), |n| at + n)
    }

    /// A cell whose opening quote stands at `open`.
    fn quoted(&self, open: usize) -> Result<Option<(Cell, usize)>, SyntaxError> {
        let mut doubled = false;
        let mut at = open + 1;
        loop {
            let Some(quote) = memchr::memchr(b'"', &self.input[at..]).map(|n| at + n) else {
                return self.unclosed(open);
            };
            match self.input.get(quote + 1) {
                Some(b'"') => {
                    doubled = true;
                    at = quote + 2;
                }
                None if !self.end => return Ok(None),
                _ => {
                    let behind = self.bare_end(quote + 1);
                    let complete = behind < self.input.len() || self.end;
                    let cell = match self.input[quote + 1..behind].trim_ascii() {
                        [] => Cell { span: open + 1..quote, quoted: true, doubled },
                        // Text behind the closing quote: no quoted cell then, but one that has quotes in it. Nothing of a
                        // row belongs to nobody.
                        _ => Cell { span: open..behind, quoted: false, doubled: false },
                    };
                    return Ok(complete.then_some((cell.unwrapped(self.input), behind)));
                }
            }
        }
    }

    fn unclosed(&self, open: usize) -> Result<Option<(Cell, usize)>, SyntaxError> {
        if self.input.len() - open > CELL_LIMIT_BYTES {
            return Err(SyntaxError { at: open, what: "a cell of more than 32 MiB", is_limit: true });
        }
        if self.end {
            return Err(SyntaxError {
                at: open,
                what: "the quote that begins this cell is never closed",
                is_limit: false,
            });
        }
        Ok(None)
    }
}

/// Where the last row in `window` ends that is whole and not blank. `window` begins with a row. What stands below a blank row
/// may be read in another way.
pub(super) fn last_end(window: &[u8], delimiter: u8) -> Option<usize> {
    if memchr::memchr(b'"', window).is_none() {
        return last_line_end(window, delimiter);
    }
    let reader = Reader { input: window, delimiter, end: false };
    let (mut cells, mut at, mut last) = (Vec::new(), 0, None);
    while let Ok(Step::Row(next)) = reader.row(at, &mut cells) {
        at = next;
        if cells.iter().any(|cell| !window[cell.span.clone()].trim_ascii().is_empty()) {
            last = Some(next);
        }
    }
    last
}

/// The same where no row runs over several lines.
fn last_line_end(window: &[u8], delimiter: u8) -> Option<usize> {
    let mut end = memchr::memrchr(b'\n', window)?;
    loop {
        let start = memchr::memrchr2(b'\n', b'\r', &window[..end]).map_or(0, |at| at + 1);
        let line = window[..end]
            .strip_suffix(b"\r")
            .map_or(start..end, |line| memchr::memrchr2(b'\n', b'\r', line).map_or(0, |at| at + 1)..line.len());
        if window[line].iter().any(|b| *b != delimiter && !b.is_ascii_whitespace()) {
            return Some(end + 1);
        }
        end = memchr::memrchr(b'\n', &window[..end])?;
    }
}

/// Writes a cell's text with its doubled quotes single, and where each piece came from.
pub(super) fn undouble(input: &[u8], cell: &Cell, text: &mut Vec<u8>, map: &mut OffsetMap) {
    text.clear();
    map.clear();
    let mut at = cell.span.start;
    while at < cell.span.end {
        let rest = &input[at..cell.span.end];
        let run = memchr::memchr(b'"', rest).unwrap_or(rest.len());
        text.extend_from_slice(&rest[..run]);
        map.push_same(run, at);
        at += run;
        if at < cell.span.end {
            text.push(b'"');
            map.push_unit(1, at, 2);
            at += 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_cut_behind_the_last_row_that_is_not_blank() {
        for (window, expected) in [
            ("a,b\nc,d", Some(4)),
            ("a,b\r\nc,d\r\n", Some(10)),
            ("a,b\nc,d\n\n", Some(8)),
            ("a,b\r\n,\r\n\r\n", Some(5)),
            ("a,\"b\nc\"\nd,\"e\nf", Some(8)),
            ("a,5\" pipe\nb,c\n", Some(14)),
            ("a,\"b\"\n\"\",\n", Some(6)),
            ("a\rb\nc", Some(4)),
            ("a,b", None),
            ("\n,\n", None),
            ("\"a\nb\n", None),
            ("", None),
        ] {
            assert_eq!(last_end(window.as_bytes(), b','), expected, "{window:?}");
        }
    }
}
