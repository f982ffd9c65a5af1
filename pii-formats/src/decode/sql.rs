//! SQL: dumps of a data base (`mysqldump`, `pg_dump`, exports as `INSERT`), scripts, a statement that a log shows.
//!
//! Statements are read token by token, in all dialects at once, and nothing is kept of them but the names of columns: a value
//! of a row is told with its column, another literal with the name that it is compared with. A row is a record, and so is the
//! rest of a statement. What is no statement is read as a line of text.

mod copy;
mod definition;
mod detect;
mod literal;
mod naming;
mod row;
mod schema;
mod statement;
mod tell;
#[cfg(test)]
mod tests;
mod token;
mod word;

use crate::decode::whole::broken;
use crate::sink::{Decode, RecordId, Sink, SyntaxError};
pub(crate) use detect::{Statement, looks_like_sql, statement};
use naming::Naming;
use pii_core::Coding;
use schema::{Column, Schema};
use tell::{Of, Teller, tell_lines};
use token::{Kind, Lexer, Token};

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Heads of dumps in whose strings a backslash escapes.
const MYSQL_HEADS: [&[u8]; 2] = [b"MySQL", b"MariaDB"];

/// The decoder.
#[derive(Default)]
pub(crate) struct Sql {
    is_started: bool,
    /// Whether something has shown that this is MySQL's dialect.
    is_mysql: bool,
    part: Part,
    /// How many brackets are open in the statement.
    depth: u32,
    /// The record of the statement, once something of it was told.
    record: Option<RecordId>,
    /// The record of the row.
    row: Option<RecordId>,
    /// Which value of the row is read, from 0.
    index: usize,
    /// The last part of the name of the table that the statement is about.
    table: Vec<u8>,
    /// Before a comment on a column: the part of its name before the last.
    outer_name: Vec<u8>,
    /// Whether the name that is read goes on behind a dot.
    goes_on: bool,
    /// Whether the name of the table that is changed is still to be read.
    awaits_table: bool,
    columns: Vec<Column>,
    naming: Naming,
    /// Whether rows may follow: behind them `VALUES` means something else.
    awaits_rows: bool,
    /// Whether queries of the statement fill the columns: another may follow behind `UNION`.
    is_filled_by_query: bool,
    /// Whether lines of data follow the statement, and how they are to be read.
    copied: Option<copy::Shape>,
    schema: Schema,
    teller: Teller,
}

/// Where in a statement the next token stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// Before one.
    #[default]
    Start,
    /// Where no row, column or definition is.
    Other,
    /// Behind `INSERT`, `INTO` or `COPY`: the name of the table.
    Into,
    /// In the list of columns behind it.
    Columns,
    /// Behind that list.
    AfterColumns,
    /// Behind `VALUES`, between rows.
    Rows,
    /// In a row.
    Row,
    /// In the list of what a query gives to the columns: `INSERT INTO t (a, b) SELECT 'x', 1 FROM …`.
    Selected,
    /// Behind `CREATE`, then behind `CREATE TABLE`, then in its definitions.
    Create,
    CreateTable,
    Definitions(definition::Element),
    /// Behind `COMMENT`.
    Comment,
    /// On the rest of the line behind `COPY …;`, then in the lines of data.
    BeforeCopied,
    Copied,
}

/// The position after what was read, or `None` while it is not all there.
type Read = Result<Option<usize>, SyntaxError>;

impl Decode for Sql {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let Some(mut at) = self.start(input, end) else { return Ok(0) };
        while at < input.len() {
            let lexer = Lexer { input, is_end: end, is_mysql: self.is_mysql };
            let next = match self.part {
                Part::Start => self.begin(lexer, at, sink)?,
                Part::BeforeCopied | Part::Copied => self.copied_line(lexer, at, sink)?,
                _ => self.next(lexer, at, sink)?,
            };
            let Some(next) = next else { break };
            at = next;
        }
        if end {
            if self.part == Part::Row {
                return Err(broken(at, "expected ')' at the end of the row"));
            }
            self.end_statement(at, sink);
        }
        Ok(at)
    }
}

impl Sql {
    /// Where to begin in this call's input. `None` while the first bytes may become a byte order mark.
    fn start(&mut self, input: &[u8], end: bool) -> Option<usize> {
        if self.is_started {
            return Some(0);
        }
        let seen = &input[..input.len().min(BYTE_ORDER_MARK.len())];
        if BYTE_ORDER_MARK.starts_with(seen) && seen.len() < BYTE_ORDER_MARK.len() && !end {
            return None;
        }
        self.is_started = true;
        Some(if seen == BYTE_ORDER_MARK { seen.len() } else { 0 })
    }

    /// Reads what stands where a statement may begin: a word that begins one, or a line of text.
    fn begin<S: Sink>(&mut self, lexer: Lexer<'_>, at: usize, sink: &mut S) -> Read {
        let byte = lexer.input[at];
        if byte.is_ascii_whitespace() || byte == b';' {
            return Ok(Some(at + 1));
        }
        if matches!(byte, b'-' | b'/' | b'#') {
            let Some(token) = Lexer { is_mysql: lexer.is_mysql || byte == b'#', ..lexer }.token(at)? else {
                return Ok(None);
            };
            if matches!(token.kind, Kind::LineComment | Kind::BlockComment) {
                self.comment(lexer.input, &token, sink)?;
                return Ok(Some(token.span.end));
            }
        }
        if byte == b'(' {
            self.part = Part::Other;
            return Ok(Some(at));
        }
        if token::is_of_word(byte) {
            let Some(first) = lexer.bare_word(at)? else { return Ok(None) };
            if self.begin_statement(&lexer.input[first.span.clone()]) {
                return Ok(Some(first.span.end));
            }
        }
        let Some(line) = lexer.line(at)? else { return Ok(None) };
        // Only clients of MySQL let one change what ends a statement.
        self.is_mysql |= word::is(&lexer.input[line.start..line.end.min(line.start + 9)], "DELIMITER");
        // The star of a mask behind a slash would begin a comment.
        let coding = if byte == b'/' { Coding::SqlComment } else { Coding::Line };
        tell_lines(lexer.input, line.clone(), coding, sink)?;
        Ok(Some(line.end))
    }

    /// Reads the next token of a statement.
    fn next<S: Sink>(&mut self, lexer: Lexer<'_>, at: usize, sink: &mut S) -> Read {
        if self.part == Part::Rows && lexer.input[at] == b'(' && !self.begin_row(lexer, at, sink)? {
            return Ok(None);
        }
        let Some(token) = lexer.token(at)? else { return Ok(None) };
        match token.kind {
            Kind::Space => {}
            Kind::LineComment | Kind::BlockComment => self.comment(lexer.input, &token, sink)?,
            Kind::Mark(b';') if self.part == Part::Row => return Err(broken(at, "expected ')' before ';'")),
            Kind::Mark(b';') => self.end_statement(at, sink),
            Kind::Word if self.part != Part::Row && word::is(&lexer.input[token.span.clone()], "GO") => {
                self.end_statement(at, sink);
            }
            _ => self.of_statement(lexer.input, &token, sink)?,
        }
        // Only MySQL writes names in grave accents.
        self.is_mysql |= lexer.input[at] == b'`';
        Ok(Some(token.span.end))
    }

    fn comment<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let text = &input[token.inner.clone()];
        let head = text.trim_ascii_start();
        self.is_mysql |= MYSQL_HEADS.iter().any(|known| head.starts_with(known));
        // `/*!40101 … */` is what MySQL runs and others pass over.
        self.is_mysql |= token.kind == Kind::BlockComment && text.first() == Some(&b'!');
        let coding = if token.kind == Kind::LineComment { Coding::Line } else { Coding::SqlComment };
        tell_lines(input, token.inner.clone(), coding, sink)
    }

    fn end_statement<S: Sink>(&mut self, at: usize, sink: &mut S) {
        for record in [self.row.take(), self.record.take()].into_iter().flatten() {
            sink.reached(at);
            sink.close_record(record);
        }
        self.is_filled_by_query = false;
        self.part = if self.copied.is_some() { Part::BeforeCopied } else { Part::Start };
        self.depth = 0;
        self.awaits_rows = false;
        self.awaits_table = false;
        self.naming.end();
    }
}
