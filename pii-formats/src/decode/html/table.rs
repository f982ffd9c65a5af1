//! The cells around a cell: what a table's headings and label cells say about the values beside and below them.

use crate::decode::markup::label::LABEL_LIMIT_BYTES;

/// Headings beyond this column say nothing.
const COLUMN_LIMIT: usize = 256;

/// Rows of headings above these say nothing.
const HEADING_ROW_LIMIT: usize = 3;

/// A table whose end has not been met.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// The headings: the last rows made of `th` alone, the nearest first, or else the first row of several cells.
    headings: Vec<Vec<Vec<u8>>>,
    /// Whether a row of `th` alone was met that is no title.
    has_heading_row: bool,
    row: Vec<Vec<u8>>,
    row_has_data: bool,
    is_in_headings: bool,
    had_data: bool,
    /// The column of the cell that is open, from 0.
    column: usize,
    /// The text of the cell that is open.
    cell: Vec<u8>,
    /// How many columns that cell spans. 0: none is open.
    span: usize,
}

impl Table {
    /// A row begins; the one before it ends.
    pub(super) fn start_row(&mut self) {
        self.end_row();
        self.column = 0;
    }

    /// A cell begins that spans `columns`; the one before it ends.
    pub(super) fn start_cell(&mut self, is_heading: bool, columns: usize) {
        self.end_cell();
        self.span = columns.max(1);
        self.row_has_data |= !is_heading;
    }

    /// The cell ends, if one is open.
    pub(super) fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        self.column = self.column.saturating_add(self.span);
        if std::mem::take(&mut self.span) > 0 && self.column <= COLUMN_LIMIT {
            self.row.resize(self.column - 1, Vec::new());
            self.row.push(cell);
        }
    }

    /// Whether a cell is open.
    pub(super) fn is_in_cell(&self) -> bool {
        self.span > 0
    }

    /// The row ends, if one is open.
    pub(super) fn end_row(&mut self) {
        self.end_cell();
        let row = std::mem::take(&mut self.row);
        let has_data = std::mem::take(&mut self.row_has_data);
        if row.is_empty() {
            return;
        }
        let is_title = row.iter().filter(|cell| !cell.is_empty()).count() < 2;
        if !has_data {
            self.add_headings(row, is_title);
        } else if !is_title && !std::mem::replace(&mut self.had_data, true) && !self.has_heading_row {
            self.headings = vec![row];
        }
        self.is_in_headings = !has_data;
    }

    /// A row of `th` alone. Headings of several rows stand together, because a cell that spans rows is in the first of them
    /// only; one cell above all columns is the table's title.
    fn add_headings(&mut self, row: Vec<Vec<u8>>, is_title: bool) {
        if !self.is_in_headings {
            self.headings.clear();
        }
        self.headings.insert(0, row);
        self.headings.truncate(HEADING_ROW_LIMIT);
        self.has_heading_row |= !is_title;
    }

    /// Text of the cell that is open, without its markup. Only so much is kept as a label may have.
    pub(super) fn add_text(&mut self, text: &[u8]) {
        let text = text.trim_ascii();
        if self.is_in_cell() && self.cell.len() <= LABEL_LIMIT_BYTES {
            // One byte over the limit tells a longer cell.
            let room = (LABEL_LIMIT_BYTES + 1).saturating_sub(self.cell.len());
            self.cell.extend_from_slice(&text[..text.len().min(room)]);
        }
    }

    /// What may name the value in the open cell, the likelier first: its column's headings, when there is a row of them; the
    /// cell before it; the cell of the first row above it.
    pub(super) fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let above = self.headings.iter().map(|row| row.get(self.column).map_or(&[][..], Vec::as_slice));
        let before = self.row.last().map_or(&[][..], Vec::as_slice);
        let [first, last] = if self.has_heading_row { [None, Some(before)] } else { [Some(before), None] };
        first.into_iter().chain(above).chain(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rows: &[&[&str]]) -> Vec<String> {
        let mut table = Table::default();
        let mut last = Vec::new();
        for row in rows {
            table.start_row();
            for cell in *row {
                table.start_cell(cell.starts_with('#'), 1);
                last = table.labels().map(|l| String::from_utf8(l.to_vec()).unwrap()).collect();
                table.add_text(cell.trim_start_matches('#').as_bytes());
                table.end_cell();
            }
        }
        last
    }

    #[test]
    fn headings_come_first_and_then_the_neighbour() {
        assert_eq!(labels(&[&["#姓名", "#证件"], &["张三", "1"]]), ["证件", "张三"]);
        assert_eq!(labels(&[&["#证件", "1"]]), ["证件"]);
        assert_eq!(labels(&[&["姓名", "证件"], &["张三", "1"]]), ["张三", "证件"]);
        assert_eq!(labels(&[&["#a", "#b"], &["#c", "#d"], &["1"]]), ["c", "a", ""]);
        assert_eq!(labels(&[&["#a"], &["1"]]), ["", "a"]);
        assert_eq!(labels(&[&["1"]]), [""]);
        // Titles above the headings.
        assert_eq!(labels(&[&["资料"], &["姓名", "证件"], &["张三", "1"]]), ["张三", "证件"]);
        assert_eq!(labels(&[&["#资料"], &["姓名", "证件"], &["张三", "1"]]), ["张三", "证件"]);
    }

    #[test]
    fn long_cells_and_wide_rows_are_bounded() {
        let mut table = Table::default();
        table.start_row();
        table.start_cell(true, usize::MAX);
        table.add_text(&[b'x'; 1000]);
        assert_eq!(table.cell.len(), LABEL_LIMIT_BYTES + 1);
        table.end_cell();
        assert!(table.row.is_empty());
        table.start_cell(true, usize::MAX);
        table.end_cell();
        assert!(table.row.is_empty());
    }
}
