//! Rows of `INSERT … VALUES (…), (…)`.

use super::token::{Kind, Lexer, Token};
use super::{Of, Part, Sql, word};
use crate::sink::{Sink, SyntaxError};

/// The values of a longer row don't speak for each other, in bytes.
const LINE_LIMIT_BYTES: usize = 4 << 10;
/// What a token may have to be told by that stands behind it, in bytes.
const AHEAD_BYTES: usize = 256;

impl Sql {
    /// A row begins with the bracket at `at`. `false` while more of it has to arrive.
    pub(super) fn begin_row<S: Sink>(
        &mut self,
        lexer: Lexer<'_>,
        at: usize,
        sink: &mut S,
    ) -> Result<bool, SyntaxError> {
        let mut tokens = Vec::new();
        if self.columns.is_empty() && !is_short_row(lexer, at, &mut tokens) {
            return Ok(false);
        }
        let record = sink.open_record();
        self.row = Some(record);
        self.index = 0;
        let of = Of { table: &self.table, column: None, index: None };
        self.teller.row(lexer.input, &tokens, lexer.is_mysql, (&of, record), sink)?;
        Ok(true)
    }

    /// A token between rows.
    pub(super) fn between_rows<S: Sink>(
        &mut self,
        input: &[u8],
        token: &Token,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        match token.kind {
            Kind::Mark(b'(') => {
                self.part = Part::Row;
                self.depth = 1;
                Ok(())
            }
            Kind::Mark(b',') => Ok(()),
            Kind::Word if is_between_rows(&input[token.span.clone()]) => Ok(()),
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }

    /// A token in a row.
    pub(super) fn in_row<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        match token.kind {
            Kind::Mark(b'(') => self.depth = self.depth.saturating_add(1),
            Kind::Mark(b')') => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.part = Part::Rows;
                    if let Some(record) = self.row.take() {
                        sink.reached(token.span.end);
                        sink.close_record(record);
                    }
                }
            }
            Kind::Mark(b',') if self.depth == 1 => self.index += 1,
            Kind::Mark(_) => {}
            Kind::Word | Kind::Name if !super::statement::may_hold_data(&input[token.inner.clone()]) => {}
            _ => {
                let Some(record) = self.row else { return Ok(()) };
                let of = Of { table: &self.table, column: self.columns.get(self.index), index: Some(self.index) };
                self.teller.value(input, token, self.is_mysql, (&of, record), sink)?;
            }
        }
        Ok(())
    }

    /// What a query gives to the columns begins: each of its rows is like one of `VALUES`.
    pub(super) fn begin_selected<S: Sink>(&mut self, sink: &mut S) {
        self.part = Part::Selected;
        self.is_filled_by_query = true;
        self.index = 0;
        self.depth = 1;
        self.row = Some(sink.open_record());
    }

    /// A token of it.
    pub(super) fn selected<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let is_over = token.kind == Kind::Word && self.depth == 1 && word::ends_list(&input[token.span.clone()]);
        // In double quotes stands a column's name here; a string of MySQL is a value.
        if matches!(token.kind, Kind::DoubleQuoted(_)) && !self.is_mysql {
            return self.tell_name(input, token, sink);
        }
        if !is_over {
            self.in_row(input, token, sink)?;
            // A bracket around the query has closed.
            if self.part == Part::Rows {
                self.part = Part::Other;
            }
            return Ok(());
        }
        if let Some(record) = self.row.take() {
            sink.reached(token.span.start);
            sink.close_record(record);
        }
        self.part = Part::Other;
        self.depth = 0;
        self.other(input, token, sink)
    }
}

/// `VALUES ROW(1), ROW(2)` in MySQL, `OVERRIDING SYSTEM VALUE VALUES` in PostgreSQL.
fn is_between_rows(word: &[u8]) -> bool {
    word::is(word, "ROW") || word::is_values(word)
}

/// Reads the tokens of the row at `at` as long as it is short; none of a longer one. `false` while it may be short and is
/// not all there.
fn is_short_row(lexer: Lexer<'_>, at: usize, tokens: &mut Vec<Token>) -> bool {
    let limit = at + LINE_LIMIT_BYTES;
    let (mut from, mut depth) = (at, 0_u32);
    while from < limit {
        let token = if from < lexer.input.len() { lexer.token(from) } else { Ok(None) };
        match token {
            Ok(None) if !lexer.is_end && lexer.input.len() < limit + AHEAD_BYTES => return false,
            Ok(Some(token)) if token.span.end <= limit => {
                match token.kind {
                    Kind::Mark(b'(') => depth += 1,
                    Kind::Mark(b')') => depth = depth.saturating_sub(1),
                    _ => {}
                }
                from = token.span.end;
                let is_over = depth == 0;
                tokens.push(token);
                if is_over {
                    return true;
                }
            }
            // It is longer, or broken, which is said when it is read.
            _ => break,
        }
    }
    tokens.clear();
    true
}
