//! The beginning of a table: its header, and what a sample says of its columns.

use super::row::{Cell, Reader, Step};
use super::titles::{Titles, is_number};
use crate::sink::{Sink, SyntaxError};
use pii_core::Evidence;

/// So many rows are a sample.
const SAMPLE_ROWS: usize = 1000;

/// A sample is no longer than this, in bytes.
const SAMPLE_BYTES: usize = 1 << 20;

/// Fewer rows without a header say nothing of their columns.
const ROWS_AT_LEAST: usize = 3;

/// Rows that are looked at to find out whether cells name the cells beside them.
const SIDEWAYS_ROWS: usize = 100;

/// Rows that are looked at to find the header: titles and empty lines may stand above it.
const HEADER_ROWS: usize = 10;

/// What is known of a table's columns.
#[derive(Clone, PartialEq)]
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
    /// Whether the rows are too few to say what their columns hold, and no header says it.
    pub(super) is_short: bool,
    /// Where the rows begin.
    pub(super) rows_from: usize,
}

/// What is known of a column.
#[derive(Clone, PartialEq)]
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
                Column::new(name, &cells, sink)
            })
            .collect();
        let is_short = header.is_none() && !is_sideways && data.len() < ROWS_AT_LEAST;
        let beyond = sink.judge_column(None, &[]);
        Ok(Self { columns, beyond, header, is_sideways, is_one, is_short, rows_from: from })
    }

    /// Takes other titles for what follows. A column whose title stays is what it was.
    pub(super) fn rename<'a, S: Sink>(&mut self, titles: impl Iterator<Item = &'a [u8]>, sink: &mut S) {
        let mut old = std::mem::take(&mut self.columns).into_iter();
        let stays = |column: &Column, title: &[u8]| column.name.as_ref().is_some_and(|name| name.as_bytes() == title);
        self.columns = titles
            .map(|title| {
                let before = old.next().filter(|column| stays(column, title));
                before.unwrap_or_else(|| Column::new(Some(title), &[], sink))
            })
            .collect();
    }
}

impl Column {
    fn new<S: Sink>(name: Option<&[u8]>, cells: &[&[u8]], sink: &mut S) -> Self {
        let evidence = sink.judge_column(name, cells);
        let name = name.map(|name| String::from_utf8_lossy(name).into_owned()).filter(|name| !name.is_empty());
        Self { name, evidence }
    }
}

/// How many cells are names that rules know.
struct Labels {
    /// In the row that has most of them.
    across: usize,
    /// In the column that has most of them, without those that stand in rows of titles.
    down: usize,
    /// Which one that is, from 0.
    column: usize,
    /// In how many rows there are any, without rows of titles.
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
        let mut titles = Titles::default();
        for row in self.rows.iter().take(SIDEWAYS_ROWS) {
            down.resize(row.len().max(down.len()), 0);
            let names_columns = titles.are(row.iter().map(|cell| self.text(cell)), sink);
            let mut in_row = 0;
            for (index, cell) in row.iter().enumerate() {
                let is_label = sink.field(self.text(cell)).is_labelled;
                down[index] += usize::from(is_label && !names_columns);
                in_row += usize::from(is_label);
            }
            across = across.max(in_row);
            rows += usize::from(in_row > 0 && !names_columns);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::RecordingSink;

    fn head(input: &str) -> Head {
        let mut sink = RecordingSink::default();
        sink.labelled.extend(["姓名", "资金账号", "手机"].map(str::as_bytes));
        Head::read(input.as_bytes(), 0, input.len(), b',', true, &mut sink).expect("well-formed")
    }

    #[test]
    fn headers_and_tables_that_lie_sideways_are_told_apart() {
        for (input, header, is_sideways, is_one) in [
            ("姓名,资金账号\n张三,1\n", Some(0), false, false),
            ("姓名,资金账号\n张三,1\n姓名,资金账号\n李四,2\n", Some(0), false, false),
            ("姓名,备注\n张三,x\n姓名,备注\n李四,y\n姓名,备注\n", Some(0), false, false),
            ("姓名,资金账号\n张三,1\n\n姓名,手机,备注\n李四,2,x\n", Some(0), false, false),
            ("客户资料,\n\n姓名,资金账号\n张三,1\n", Some(2), false, false),
            ("姓名,张三\n手机,13800138000\n", None, true, true),
            ("项目,内容\n姓名,张三\n手机,13800138000\n", None, true, true),
            ("1,姓名,张三\n2,手机,13800138000\n", None, true, false),
            ("x,y\n1,2\n", Some(0), false, false),
            ("x,y\nz,w\n", None, false, false),
            ("13800138000,x\n13800138001,y\n", None, false, false),
        ] {
            let head = head(input);
            assert_eq!((head.header, head.is_sideways, head.is_one), (header, is_sideways, is_one), "{input}");
        }
    }

    #[test]
    fn titles_further_down_hold_from_there_on() {
        let mut head = head("姓名,备注\n张三,x\n");
        head.rename(["姓名", "", "手机"].map(str::as_bytes).into_iter(), &mut RecordingSink::default());
        let names: Vec<_> = head.columns.iter().map(|column| column.name.as_deref()).collect();
        assert_eq!(names, [Some("姓名"), None, Some("手机")]);
    }
}
