//! Findings as a table, for people.

use crate::exit::shown;
use comfy_table::{Cell, Color, ContentArrangement, Table, presets};
use pii_formats::{Masker, Report};

/// Rows that are shown together: a table is held until all its columns' widths are known, and an input may hold any
/// number of findings.
const ROWS_LIMIT: usize = 5_000;

/// Collects rows.
pub(crate) struct Findings<'m> {
    table: Table,
    show_values: bool,
    explaining: Option<&'m Masker>,
}

impl<'m> Findings<'m> {
    /// `explaining` is who says why something was found, if anybody asks.
    pub(crate) fn new(show_values: bool, explaining: Option<&'m Masker>) -> Self {
        Self { table: empty(show_values, explaining.is_some()), show_values, explaining }
    }

    pub(crate) fn add(&mut self, file: &str, report: &Report) {
        let color = match report.class.level() {
            4 => Color::Red,
            3 => Color::Yellow,
            2 => Color::Cyan,
            _ => Color::Reset,
        };
        let place = if report.path.is_empty() { format!("byte {}", report.start) } else { report.path.clone() };
        let mut row = vec![
            Cell::new(shown(file)),
            Cell::new(report.line),
            Cell::new(report.kind).fg(color),
            Cell::new(report.class),
            Cell::new(format!("{:.0} %", report.confidence * 100.0)),
            Cell::new(shown(&place)),
        ];
        if self.show_values {
            row.push(Cell::new(shown(report.dangerously_value())));
        }
        row.extend(self.explaining.map(|masker| Cell::new(masker.explain(report))));
        self.table.add_row(row);
    }

    /// The table, if there are as many rows in it as are shown together.
    pub(crate) fn full(&mut self) -> Option<String> {
        if self.table.row_count() < ROWS_LIMIT {
            return None;
        }
        let full = std::mem::replace(&mut self.table, empty(self.show_values, self.explaining.is_some()));
        Some(full.to_string())
    }

    /// The table, if there is anything in it.
    pub(crate) fn render(&self) -> Option<String> {
        (!self.table.is_empty()).then(|| self.table.to_string())
    }
}

/// A table with a header and no rows.
fn empty(show_values: bool, explain: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let mut header = vec!["file", "line", "kind", "class", "sure", "where"];
    if show_values {
        header.push("value");
    }
    if explain {
        header.push("why");
    }
    table.set_header(header);
    table
}
