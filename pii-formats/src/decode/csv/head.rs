//! The beginning of a table: its delimiter, its header, and what a sample says of its columns.

use super::row::{Cell, Reader, Step};
use crate::sink::{Sink, SyntaxError};
use pii_core::Evidence;

/// So many rows are a sample.
const SAMPLE_ROWS: usize = 1000;

/// A sample is no longer than this, in bytes.
const SAMPLE_BYTES: usize = 1 << 20;

/// Delimiters that are looked for, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Rows that are looked at to find the delimiter.
const DELIMITER_ROWS: usize = 20;

/// What is known of a table's columns.
pub(super) struct Head {
    pub(super) columns: Vec<Column>,
    /// Where the rows of data begin.
    pub(super) rows_from: usize,
}

/// What is known of a column.
pub(super) struct Column {
    pub(super) name: Option<String>,
    pub(super) evidence: Evidence,
}

/// The sample at the front of `input`: the first 1,000 lines, or 1 MiB. `None` while it has not all arrived.
pub(super) fn sample(input: &[u8], end: bool) -> Option<&[u8]> {
    let window = &input[..input.len().min(SAMPLE_BYTES)];
    if let Some(last) = memchr::memchr_iter(b'\n', window).nth(SAMPLE_ROWS - 1) {
        return Some(&window[..=last]);
    }
    (end || input.len() >= SAMPLE_BYTES).then_some(window)
}

/// The delimiter that cuts the first lines into the same number of cells, and into the most of them.
pub(super) fn delimiter(sample: &[u8]) -> u8 {
    let lines: Vec<&[u8]> =
        sample.split(|&b| b == b'\n').filter(|line| !line.is_empty()).take(DELIMITER_ROWS).collect();
    let score = |delimiter: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, delimiter)).collect();
        let first = counts.first().copied().unwrap_or(0);
        let alike = counts.iter().filter(|&&count| count == first && first > 0).count();
        (alike, first)
    };
    let best = DELIMITERS.iter().rev().max_by_key(|&&delimiter| score(delimiter));
    best.copied().filter(|&delimiter| score(delimiter).0 > 0).unwrap_or(b',')
}

fn outside_quotes(line: &[u8], delimiter: u8) -> usize {
    let (mut count, mut quoted) = (0, false);
    for &byte in line {
        match byte {
            b'"' => quoted = !quoted,
            _ if byte == delimiter && !quoted => count += 1,
            _ => {}
        }
    }
    count
}

impl Head {
    /// Reads the sample's rows and lets the sink judge the columns.
    pub(super) fn read<S: Sink>(
        input: &[u8],
        from: usize,
        sample_len: usize,
        delimiter: u8,
        end: bool,
        sink: &mut S,
    ) -> Result<Self, SyntaxError> {
        let sample_ends_input = end && sample_len == input.len();
        let reader = Reader { input: &input[..sample_len], delimiter, end: sample_ends_input };
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let (mut at, mut second_row) = (from, from);
        while at < sample_len && rows.len() < SAMPLE_ROWS {
            let mut cells = Vec::new();
            match reader.row(at, &mut cells)? {
                Step::Incomplete => break,
                Step::Row(next) => at = next,
            }
            rows.push(cells);
            if rows.len() == 1 {
                second_row = at;
            }
        }
        let has_header = rows.first().is_some_and(|first| is_header(input, first, &rows[1..], sink));
        let data = if has_header { &rows[1..] } else { &rows[..] };
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let columns = (0..width)
            .map(|index| {
                let header = rows.first().filter(|_| has_header).and_then(|first| first.get(index));
                let name = header.map(|cell| input[cell.span.clone()].trim_ascii());
                let cells: Vec<&[u8]> =
                    data.iter().filter_map(|row| row.get(index)).map(|cell| &input[cell.span.clone()]).collect();
                Column {
                    name: name.map(|name| String::from_utf8_lossy(name).into_owned()).filter(|name| !name.is_empty()),
                    evidence: sink.judge_column(name, &cells),
                }
            })
            .collect();
        Ok(Self { columns, rows_from: if has_header { second_row } else { from } })
    }
}

/// Whether the first row names the columns: a rule knows one of the names, or the names have no digits and what stands
/// below them has.
fn is_header<S: Sink>(input: &[u8], first: &[Cell], below: &[Vec<Cell>], sink: &mut S) -> bool {
    let text = |cell: &Cell| input[cell.span.clone()].trim_ascii();
    let is_number = |value: &[u8]| {
        value.iter().filter(|b| b.is_ascii_digit()).count() >= 4
            || value.iter().all(|b| b.is_ascii_digit() || *b == b'.')
    };
    if first.iter().any(|cell| !cell.span.is_empty() && is_number(text(cell))) {
        return false;
    }
    if first.iter().any(|cell| sink.field(text(cell)).is_labelled) {
        return true;
    }
    let Some(second) = below.first() else { return false };
    second.iter().any(|cell| !cell.span.is_empty() && is_number(text(cell)))
}
