//! Comma- and tab-separated values (RFC 4180 and what people make of it).
//!
//! A column's name and a sample of its cells say what the rest of its cells are, so the first rows wait until the sample
//! is whole: 1,000 rows or 1 MiB, whichever comes first. From then on rows are read one by one and nothing is kept.
//!
//! Rows are records. In a table that lies sideways (姓名,张三 on one line, 手机,… on the next) a cell is named by the one on
//! its left, and all of it is one record, because all of it is about one customer.

pub(crate) mod delimiter;
mod head;
mod row;
mod titles;

use super::Fork;
use super::number;
use crate::path::{Path, Trail};
use crate::sink::{Decode, Draft, Field, RecordId, Sink, SyntaxError, Text};
use head::Head;
use pii_core::{Coding, Evidence, OffsetMap, Place};
use row::{Cell, Reader, Step};
use titles::Titles;

/// The most columns of a table.
const COLUMNS_LIMIT: usize = 4096;

/// A longer row is no line of a few cells that speak for each other, in bytes.
const LINE_LIMIT_BYTES: usize = 4 << 10;

/// Reads tables.
pub(crate) struct Table {
    /// `None` until the sample has shown it.
    delimiter: Option<u8>,
    head: Option<Head>,
    /// The titles of the table that the rows belong to: another may begin below it.
    titles: Titles,
    /// How many rows have been told.
    rows: usize,
    /// How much of the input of the last call the rows are that were told.
    told: usize,
    /// The record of all rows, if they are about the same thing.
    record: Option<RecordId>,
    cells: Vec<Cell>,
    unquoted: Vec<u8>,
    map: OffsetMap,
}

impl Table {
    /// Commas, or another delimiter that the first rows show.
    pub(crate) fn delimited() -> Self {
        Self::with(None)
    }

    /// Tabs.
    pub(crate) fn tabbed() -> Self {
        Self::with(Some(b'\t'))
    }

    fn with(delimiter: Option<u8>) -> Self {
        Self {
            delimiter,
            head: None,
            titles: Titles::default(),
            rows: 0,
            told: 0,
            record: None,
            cells: Vec::new(),
            unquoted: Vec::new(),
            map: OffsetMap::default(),
        }
    }
}

impl Decode for Table {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let mut done = 0;
        self.told = 0;
        if self.head.is_none() {
            let Some(sample) = head::sample(input, end) else { return Ok(0) };
            let mark = if input.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let rows = &sample[mark.min(sample.len())..];
            let found = || delimiter::likeliest(rows, |name| sink.field(name).is_labelled);
            let delimiter = self.delimiter.unwrap_or_else(found);
            self.delimiter = Some(delimiter);
            let head = Head::read(input, mark, sample.len(), delimiter, end, sink)?;
            done = head.rows_from;
            self.head = Some(head);
        }
        let delimiter = self.delimiter.unwrap_or(b',');
        let reader = Reader { input, delimiter, end };
        while done < input.len() {
            match reader.row(done, &mut self.cells)? {
                Step::Incomplete => break,
                Step::Row(next) => {
                    self.tell(input, sink)?;
                    done = next;
                    self.told = done;
                }
            }
        }
        if end && let Some(record) = self.record.take() {
            sink.reached(done);
            sink.close_record(record);
        }
        Ok(done)
    }
}

/// Once the sample is read, all that counts for a row is what is known of the columns. A table that is one record is read in
/// one go, and the rows above the header are.
impl Fork for Table {
    fn fork(&self) -> Option<Self> {
        let head = self.head.as_ref().filter(|head| !head.is_one && head.header.is_none_or(|nth| self.rows > nth))?;
        let (head, titles) = (Some(head.clone()), self.titles.clone());
        Some(Self { delimiter: self.delimiter, head, titles, rows: self.rows, ..Self::with(None) })
    }

    fn reads_as(&self, other: &Self) -> bool {
        let is_below =
            |table: &Self| table.head.as_ref().is_some_and(|head| head.header.is_none_or(|n| table.rows > n));
        is_below(self)
            && self.record.is_none()
            && (self.delimiter, &self.head, &self.titles) == (other.delimiter, &other.head, &other.titles)
    }

    fn cut(&self, window: &[u8]) -> Option<usize> {
        row::last_end(window, self.delimiter?)
    }
}

impl Table {
    /// How much of the input of the last call is settled, where that call ended in an error.
    pub(crate) fn told(&self) -> usize {
        self.told
    }

    /// Tells the sink about a row.
    fn tell<S: Sink>(&mut self, input: &[u8], sink: &mut S) -> Result<(), SyntaxError> {
        let Some(mut head) = self.head.take() else { return Ok(()) };
        let cells = std::mem::take(&mut self.cells);
        let record = self.record.unwrap_or_else(|| sink.open_record());
        self.record = head.is_one.then_some(record);
        let is_header = self.names_columns(input, &cells, &mut head, sink);
        let is_above = head.header.is_some_and(|header| self.rows <= header);
        let mut label: Option<(&[u8], Evidence)> = None;
        for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.span.is_empty()) {
            let text = input[cell.span.clone()].trim_ascii();
            // The names of the columns are told where they may be something else.
            if is_header && sink.is_title(text) {
                continue;
            }
            let mut column = Column { name: None, index, evidence: head.beyond };
            let own = if head.is_sideways { sink.field(text) } else { Field::default() };
            if own.is_labelled {
                label = Some((text, own.evidence));
            } else if let Some((name, evidence)) = label {
                column = Column { name: std::str::from_utf8(name).ok(), index, evidence };
            } else if let Some(known) = head.columns.get(index).filter(|_| !is_above) {
                column = Column { name: known.name.as_deref(), index, evidence: known.evidence };
            }
            self.tell_cell(input, cell, &column, record, sink)?;
        }
        if head.is_short {
            tell_as_line(&cells, record, sink)?;
        }
        if !head.is_one {
            sink.close_record(record);
        }
        (self.cells, self.head) = (cells, Some(head));
        self.rows += 1;
        Ok(())
    }

    /// Whether a row names the columns: the header does, and so does one of titles further down, which hold from there on.
    fn names_columns<S: Sink>(&mut self, input: &[u8], cells: &[Cell], head: &mut Head, sink: &mut S) -> bool {
        let texts = cells.iter().map(|cell| input[cell.span.clone()].trim_ascii());
        if head.header == Some(self.rows) {
            self.titles.set(texts);
            return true;
        }
        let is_below = head.header.is_none_or(|header| self.rows > header);
        if head.is_sideways || !is_below || !self.titles.are(texts.clone(), sink) {
            return false;
        }
        head.rename(texts, sink);
        true
    }

    fn tell_cell<S: Sink>(
        &mut self,
        input: &[u8],
        cell: &Cell,
        column: &Column<'_>,
        record: RecordId,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let coding = if cell.quoted { Coding::QuotedCell } else { Coding::BareCell };
        let text = if cell.doubled {
            row::undouble(input, cell, &mut self.unquoted, &mut self.map);
            Text::Decoded { text: &self.unquoted, map: &self.map }
        } else if self.write_out(input, cell) {
            Text::Decoded { text: &self.unquoted, map: &self.map }
        } else {
            Text::Same
        };
        sink.segment(Draft {
            source: cell.span.clone(),
            text,
            place: Place::plain().inside(coding).unwrap_or_default(),
            evidence: column.evidence,
            path: column,
            record,
            lines_are_records: false,
        })
    }

    /// Whether the cell is a long number in scientific notation, which is then what is read.
    fn write_out(&mut self, input: &[u8], cell: &Cell) -> bool {
        self.unquoted.clear();
        self.map.clear();
        let is_written = number::write_out(&input[cell.span.clone()], &mut self.unquoted);
        if is_written {
            self.map.push_unit(self.unquoted.len(), cell.span.start, cell.span.len());
        }
        is_written
    }
}

/// Tells the sink about a row as one text: where no column says what its cells hold, they say it of each other, as they do
/// on a line of text (a name beside a telephone number).
fn tell_as_line<S: Sink>(cells: &[Cell], record: RecordId, sink: &mut S) -> Result<(), SyntaxError> {
    let [first, .., last] = cells else { return Ok(()) };
    if last.span.end - first.span.start > LINE_LIMIT_BYTES {
        return Ok(());
    }
    sink.segment(Draft {
        source: first.span.start..last.span.end,
        text: Text::Same,
        place: Place::plain().inside(Coding::BareCell).unwrap_or_default(),
        evidence: Evidence::none(),
        path: &"row",
        record,
        lines_are_records: false,
    })
}

/// What is known of the place of a cell.
struct Column<'a> {
    name: Option<&'a str>,
    index: usize,
    evidence: Evidence,
}

/// The name of a column, or its number.
impl Path for Column<'_> {
    fn write(&self, out: &mut Trail) {
        let position = self.index as u64 + 1;
        match self.name {
            Some(name) => out.name_or(name.as_bytes(), "column ", position),
            None => {
                out.text("column ");
                out.number(position);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::{RecordingSink, record_into, segments};
    use proptest::prelude::*;

    fn texts(table: Table, input: &str) -> Vec<(String, String)> {
        texts_cut(table, input, &[])
    }

    fn texts_cut(table: Table, input: &str, cuts: &[usize]) -> Vec<(String, String)> {
        let mut sink = RecordingSink::default();
        sink.labelled.push("姓名".as_bytes());
        record_into(&mut sink, table, input.as_bytes(), cuts).expect("it is well-formed");
        segments(&sink.events).iter().map(|segment| (segment.path.clone(), segment.text_str())).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn cells_are_told_with_their_columns() {
        let expected = pairs(&[("姓名", "张三"), ("备注", "a\"b"), ("姓名", "李四"), ("备注", "x\ny")]);
        assert_eq!(texts(Table::delimited(), "姓名,备注\r\n张三,\"a\"\"b\"\r\n李四,\"x\ny\"\r\n"), expected);
    }

    #[test]
    fn delimiters_are_found_out() {
        for delimiter in [",", ";", "|", "\t"] {
            let input = ["a", "b", "c\n1", "2", "3\n4", "5", "6\n"].join(delimiter);
            let expected = pairs(&[("a", "1"), ("b", "2"), ("c", "3"), ("a", "4"), ("b", "5"), ("c", "6")]);
            assert_eq!(texts(Table::delimited(), &input), expected, "{input}");
        }
    }

    #[test]
    fn a_table_without_a_header_has_numbered_columns() {
        let rows = |count| (0..count).map(|nth| format!("1380013800{nth},x\n")).collect::<String>();
        let cells =
            |nth| [("column 1".to_owned(), format!("1380013800{nth}")), ("column 2".to_owned(), "x".to_owned())];
        let line = |nth| ("row".to_owned(), format!("1380013800{nth},x"));
        assert_eq!(texts(Table::delimited(), &rows(3)), (0..3).flat_map(cells).collect::<Vec<_>>());
        // Too few rows say nothing of their columns, and are told as lines as well.
        let with_lines = |nth| cells(nth).into_iter().chain([line(nth)]);
        assert_eq!(texts(Table::delimited(), &rows(2)), (0..2).flat_map(with_lines).collect::<Vec<_>>());
    }

    #[test]
    fn what_stands_above_a_header_is_no_header() {
        let expected =
            pairs(&[("column 1", "客户资料导出"), ("姓名", "李四"), ("备注", "x"), ("姓名", "王五"), ("备注", "y")]);
        for above in ["客户资料导出\n", "客户资料导出,\n", "\n客户资料导出\r\n\n"] {
            assert_eq!(texts(Table::delimited(), &format!("{above}姓名,备注\n李四,x\n王五,y\n")), expected, "{above}");
        }
    }

    #[test]
    fn a_row_of_titles_begins_another_table() {
        for (input, expected) in [
            (
                "姓名,备注\n李四,x\n姓名,备注\n王五,y\n",
                &[("姓名", "李四"), ("备注", "x"), ("姓名", "王五"), ("备注", "y")][..],
            ),
            (
                "姓名,备注\n李四,x\n\n备注,姓名\ny,王五\n",
                &[("姓名", "李四"), ("备注", "x"), ("备注", "y"), ("姓名", "王五")],
            ),
            (
                "13800138000,x\n姓名\n\n姓名,备注\n李四,y\n",
                &[
                    ("column 1", "13800138000"),
                    ("column 2", "x"),
                    ("column 1", "姓名"),
                    ("姓名", "李四"),
                    ("备注", "y"),
                ],
            ),
        ] {
            assert_eq!(texts(Table::delimited(), input), pairs(expected), "{input}");
        }
    }

    #[test]
    fn cells_may_be_named_by_the_cell_on_their_left() {
        let mut sink = RecordingSink::default();
        sink.labelled.extend(["姓名".as_bytes(), "手机".as_bytes(), "客户号".as_bytes()]);
        let input = "项目,内容\n姓名,李四\n手机,1,2,姓名,3\n";
        record_into(&mut sink, Table::delimited(), input.as_bytes(), &[]).expect("well-formed");
        let found: Vec<_> = segments(&sink.events).iter().map(|s| (s.path.clone(), s.text_str())).collect();
        for expected in pairs(&[("姓名", "李四"), ("手机", "1"), ("手机", "2"), ("姓名", "3")]) {
            assert!(found.contains(&expected), "{found:?}");
        }
        assert_eq!(segments(&sink.events).iter().filter(|s| s.record == segments(&sink.events)[0].record).count(), 9);
    }

    #[test]
    fn text_is_read_without_what_protects_it() {
        let input = "x,y,姓名\n=\"a1\",\"=\"\"b2\"\"\",'c3'\n`d4,=\"e\"\"5\",=\"\"\n1.3800138E+10,\"1E+6\",1.5E-3\n";
        let found: Vec<String> = texts(Table::delimited(), input).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["a1", "b2", "c3", "d4", "=\"e\"\"5\"", "13800138000", "1000000", "1.5E-3"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_is_an_error() {
        let outcome = record_into(&mut RecordingSink::default(), Table::delimited(), b"a,b\n1,\"2\n3,4\n", &[]);
        let error = outcome.expect_err("it is not closed");
        assert_eq!((error.at, error.is_limit), (6, false));
    }

    proptest! {
        #[test]
        fn where_the_input_is_cut_makes_no_difference(
            rows in prop::collection::vec(prop::collection::vec("[a-c0-9 \"张]{0,5}", 1..4), 0..8),
            cut in 0usize..200,
        ) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let input: String = rows.iter().map(|row| row.iter().map(quote).collect::<Vec<_>>().join(",") + "\r\n").collect();
            let whole = texts(Table::delimited(), &input);
            prop_assert_eq!(texts_cut(Table::delimited(), &input, &[cut.min(input.len())]), whole);
        }

        #[test]
        fn cells_are_what_the_library_reads(
            rows in prop::collection::vec(prop::collection::vec("[a-c0-9 ,\n\"张]{1,5}", 3), 2..6),
        ) {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            writer.write_record(["h", "i", "j"]).expect("memory");
            rows.iter().for_each(|row| writer.write_record(row).expect("memory"));
            let input = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
            let ours: Vec<String> = texts(Table { delimiter: Some(b','), ..Table::delimited() }, &input).into_iter().map(|(_, text)| text).collect();
            let body: Vec<String> = ours.into_iter().skip_while(|cell| ["h", "i", "j"].contains(&cell.as_str())).collect();
            let trimmed: Vec<String> = rows.concat();
            prop_assert_eq!(body, trimmed);
        }
    }
}
