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

/// Rows that are looked at to find out whether cells name the cells beside them.
const SIDEWAYS_ROWS: usize = 100;

/// Rows that are looked at to find the header: titles and empty lines may stand above it.
const HEADER_ROWS: usize = 10;

/// What is known of a table's columns.
pub(super) struct Head {
    pub(super) columns: Vec<Column>,
    /// What is known of cells that stand in none of the columns.
    pub(super) beyond: Evidence,
    /// Which row names the columns.
    pub(super) header: Option<usize>,
    /// Whether cells name the cells on their right: 姓名,张三.
    pub(super) is_sideways: bool,
    /// Whether all rows are about the same thing, because the first cell of each says what about it.
    pub(super) is_one: bool,
    /// Where the rows begin.
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

/// The delimiter that cuts most of the first lines into the same number of cells, and into the most of them.
pub(super) fn delimiter(sample: &[u8]) -> u8 {
    let lines: Vec<&[u8]> =
        sample.split(|&b| b == b'\n').filter(|line| !line.is_empty()).take(DELIMITER_ROWS).collect();
    let score = |delimiter: u8| {
        let mut counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, delimiter)).collect();
        counts.sort_unstable();
        let alike = counts.chunk_by(|a, b| a == b).filter(|alike| alike[0] > 0);
        alike.map(|alike| (alike.len(), alike[0])).max().unwrap_or_default()
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

/// The first rows of a table.
struct Sample<'a> {
    input: &'a [u8],
    rows: Vec<Vec<Cell>>,
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
        let sample = Sample::read(&reader, from)?;
        let labels = sample.labels(sink);
        let is_sideways = labels.down > 1 && (labels.down > labels.across || labels.rows * 2 >= labels.of_rows);
        let is_one = is_sideways && labels.column == 0;
        let header = if is_one { None } else { sample.header(sink) };
        let data = &sample.rows[header.map_or(0, |header| header + 1)..];
        let width = sample.rows.iter().map(Vec::len).max().unwrap_or(0);
        let columns = (0..width)
            .map(|index| {
                let name = header.and_then(|header| sample.rows[header].get(index)).map(|cell| sample.text(cell));
                let cells: Vec<&[u8]> =
                    data.iter().filter_map(|row| row.get(index)).map(|cell| sample.text(cell)).collect();
                Column {
                    name: name.map(|name| String::from_utf8_lossy(name).into_owned()).filter(|name| !name.is_empty()),
                    evidence: sink.judge_column(name, &cells),
                }
            })
            .collect();
        Ok(Self { columns, beyond: sink.judge_column(None, &[]), header, is_sideways, is_one, rows_from: from })
    }
}

/// How many cells are names that rules know.
struct Labels {
    /// In the row that has most of them.
    across: usize,
    /// In the column that has most of them.
    down: usize,
    /// Which one that is, from 0.
    column: usize,
    /// In how many rows there are any.
    rows: usize,
    /// Of how many.
    of_rows: usize,
}

impl<'a> Sample<'a> {
    fn read(reader: &Reader<'a>, from: usize) -> Result<Self, SyntaxError> {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut at = from;
        while at < reader.input.len() && rows.len() < SAMPLE_ROWS {
            let mut cells = Vec::new();
            match reader.row(at, &mut cells)? {
                Step::Incomplete => break,
                Step::Row(next) => at = next,
            }
            rows.push(cells);
        }
        Ok(Self { input: reader.input, rows })
    }

    fn text(&self, cell: &Cell) -> &'a [u8] {
        self.input[cell.span.clone()].trim_ascii()
    }

    fn filled<'r>(&'r self, row: &'r [Cell]) -> impl Iterator<Item = &'a [u8]> + 'r {
        row.iter().map(|cell| self.text(cell)).filter(|text| !text.is_empty())
    }

    fn labels<S: Sink>(&self, sink: &mut S) -> Labels {
        let (mut across, mut down) = (0, Vec::new());
        let (mut rows, mut of_rows) = (0, 0);
        for row in self.rows.iter().take(SIDEWAYS_ROWS) {
            down.resize(row.len().max(down.len()), 0);
            let mut in_row = 0;
            for (index, cell) in row.iter().enumerate() {
                let is_label = sink.field(self.text(cell)).is_labelled;
                down[index] += usize::from(is_label);
                in_row += usize::from(is_label);
            }
            across = across.max(in_row);
            rows += usize::from(in_row > 0);
            of_rows += usize::from(self.filled(row).next().is_some());
        }
        let most = down.iter().copied().max().unwrap_or(0);
        let column = down.iter().position(|&count| count == most).unwrap_or(0);
        Labels { across, down: most, column, rows, of_rows }
    }

    /// The row that names the columns: the first that is more than a title, where its cells can be names.
    fn header<S: Sink>(&self, sink: &mut S) -> Option<usize> {
        let width = self.usual_width();
        let is_title = |row: &[Cell]| {
            let filled = self.filled(row).count();
            filled == 0 || (width > 1 && (filled == 1 || filled * 2 < width))
        };
        let first = self.rows.iter().take(HEADER_ROWS).position(|row| !is_title(row))?;
        self.is_header(first, sink).then_some(first)
    }

    /// How many cells most rows have that have several.
    fn usual_width(&self) -> usize {
        let mut widths: Vec<usize> = self.rows.iter().map(Vec::len).filter(|&width| width > 1).collect();
        widths.sort_unstable();
        widths.chunk_by(|a, b| a == b).max_by_key(|alike| alike.len()).map_or(1, |alike| alike[0])
    }

    /// Whether a row names the columns: a rule knows one of the names, or all of them can be names and have no digits,
    /// and what stands below them has. A row with a value in it names nothing, and no more does it once that is masked.
    fn is_header<S: Sink>(&self, nth: usize, sink: &mut S) -> bool {
        let row = &self.rows[nth];
        let mut holds_value = |row: &[Cell]| self.filled(row).any(|text| is_number(text) || sink.is_value(text));
        if holds_value(row) {
            return false;
        }
        let below = self.rows[nth + 1..].iter().find(|row| self.filled(row).next().is_some());
        let is_above_values = below.is_some_and(|row| holds_value(row));
        self.filled(row).any(|text| sink.field(text).is_labelled)
            || (is_above_values && self.filled(row).all(|text| sink.is_title(text)))
    }
}

fn is_number(value: &[u8]) -> bool {
    value.iter().filter(|b| b.is_ascii_digit()).count() >= 4 || value.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}
