//! A token of a statement, wherever it stands in it.

use super::token::{Kind, Token};
use super::{Of, Part, Sql, copy, tell_lines, word};
use crate::sink::{RecordId, Sink, SyntaxError};
use pii_core::Coding;

impl Sql {
    /// Whether `first` begins a statement.
    pub(super) fn begin_statement(&mut self, first: &[u8]) -> bool {
        if !word::begins_statement(first) {
            return false;
        }
        self.part = Part::Other;
        self.copied = None;
        self.awaits_table = word::is(first, "UPDATE") || word::is(first, "DELETE");
        self.goes_on = self.awaits_table;
        self.table.clear();
        if word::is(first, "INSERT") || word::is(first, "REPLACE") || word::is(first, "COPY") {
            self.begin_into();
            self.copied = word::is(first, "COPY").then_some(copy::Shape::NotYet);
        } else if word::is(first, "CREATE") {
            self.part = Part::Create;
        } else if word::is(first, "COMMENT") {
            self.part = Part::Comment;
            self.outer_name.clear();
        }
        true
    }

    fn begin_into(&mut self) {
        self.part = Part::Into;
        self.table.clear();
        self.columns.clear();
        self.goes_on = true;
        self.awaits_rows = true;
        self.is_filled_by_query = false;
        self.naming.end();
    }

    /// Reads a token by where it stands.
    pub(super) fn of_statement<S: Sink>(
        &mut self,
        input: &[u8],
        token: &Token,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        match self.part {
            Part::Into => self.into(input, token, sink),
            Part::Columns => self.column(input, token, sink),
            Part::AfterColumns => self.after_columns(input, token, sink),
            Part::Rows => self.between_rows(input, token, sink),
            Part::Row => self.in_row(input, token, sink),
            Part::Selected => self.selected(input, token, sink),
            Part::Create => self.create(input, token, sink),
            Part::CreateTable => self.create_table(input, token, sink),
            Part::Definitions(element) => self.define(input, token, element, sink),
            Part::Comment => self.comment_on(input, token, sink),
            Part::Start | Part::Other | Part::BeforeCopied | Part::Copied => self.other(input, token, sink),
        }
    }

    /// A token where the name of the table stands.
    fn into<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.inner.clone()];
        match token.kind {
            Kind::Mark(b'.') => {
                self.goes_on = true;
                Ok(())
            }
            Kind::Mark(b'(') => {
                self.part = Part::Columns;
                self.depth = 1;
                Ok(())
            }
            Kind::Word if word::is_before_table(written) => Ok(()),
            Kind::Word if word::is_values(written) || word::is_other(written) => self.after_columns(input, token, sink),
            Kind::Word | Kind::Name | Kind::DoubleQuoted(_) => {
                // What follows a name without a dot is another name for it.
                if std::mem::take(&mut self.goes_on) {
                    self.table.clear();
                    self.table.extend_from_slice(written);
                }
                self.tell_name(input, token, sink)
            }
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }

    /// A token in the list of columns.
    fn column<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.inner.clone()];
        let is_query = word::is(written, "SELECT") || word::is(written, "WITH");
        match token.kind {
            Kind::Mark(b')') => {
                self.part = Part::AfterColumns;
                self.depth = 0;
                Ok(())
            }
            // The name behind a dot is the column's.
            Kind::Mark(b'.') => {
                self.columns.pop();
                Ok(())
            }
            Kind::Mark(b',') => Ok(()),
            Kind::Word | Kind::Name | Kind::DoubleQuoted(_) | Kind::Text(_) if !is_query => {
                if self.columns.len() < super::schema::COLUMNS_LIMIT {
                    let column = self.schema.column(&self.table, written, sink);
                    self.columns.push(column);
                }
                self.tell_name(input, token, sink)
            }
            _ => {
                self.part = Part::Other;
                self.columns.clear();
                self.other(input, token, sink)
            }
        }
    }

    /// A token behind the table's name and columns.
    fn after_columns<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        self.part = Part::AfterColumns;
        let written = &input[token.span.clone()];
        match token.kind {
            Kind::Word if word::is_values(written) => {
                self.begin_rows();
                Ok(())
            }
            Kind::Word if self.copied.is_none() && word::is(written, "SELECT") => {
                self.begin_rows();
                self.begin_selected(sink);
                Ok(())
            }
            Kind::Word if self.copied.is_some() && word::is(written, "FROM") => Ok(()),
            Kind::Word if self.copied.is_some() => {
                self.copied = self.copied.map(|shape| shape.said(written));
                Ok(())
            }
            Kind::Mark(b'(' | b')' | b',') | Kind::Text(_) if self.copied.is_some() => {
                self.copied = self.copied.map(|shape| shape.with_option(token.kind));
                self.literal_if_any(input, token, sink)
            }
            Kind::Word if !word::is_other(written) => self.tell_name(input, token, sink),
            // The brackets before were a partition's.
            Kind::Mark(b'(') => {
                self.part = Part::Columns;
                self.depth = 1;
                self.columns.clear();
                Ok(())
            }
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }

    fn begin_rows(&mut self) {
        self.part = Part::Rows;
        self.depth = 0;
        self.awaits_rows = false;
        if self.columns.is_empty() {
            self.columns = self.schema.columns(&self.table);
        }
    }

    fn literal_if_any<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        if matches!(token.kind, Kind::Mark(_)) { Ok(()) } else { self.literal(input, token, sink) }
    }

    /// A token where no row, column or definition is.
    pub(super) fn other<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.inner.clone()];
        match token.kind {
            Kind::Mark(b'(') => {
                self.depth = self.depth.saturating_add(1);
                self.naming.open();
            }
            Kind::Mark(b')') => {
                self.depth = self.depth.saturating_sub(1);
                self.naming.close(self.depth);
            }
            Kind::Mark(b',') => self.naming.comma(self.depth),
            Kind::Mark(b'.') => self.goes_on = self.awaits_table,
            Kind::Mark(b'=' | b'<' | b'>' | b'!' | b'~') => self.naming.compare(self.depth),
            Kind::Word => return self.other_word(input, token, sink),
            // In double quotes stands a column's name, but behind an operator MySQL has a string there.
            Kind::DoubleQuoted(_) if self.naming.subject().is_empty() => {
                self.name_table(written);
                self.naming.name(written);
                return self.tell_name(input, token, sink);
            }
            Kind::Name => {
                self.name_table(written);
                self.naming.name(written);
                return self.tell_name(input, token, sink);
            }
            Kind::Verbatim if self.naming.subject().is_empty() => {
                return tell_lines(input, token.inner.clone(), Coding::Line, sink);
            }
            Kind::Text(_) | Kind::DoubleQuoted(_) | Kind::Verbatim | Kind::Number => {
                return self.literal(input, token, sink);
            }
            Kind::Mark(_) | Kind::Space | Kind::LineComment | Kind::BlockComment => {}
        }
        Ok(())
    }

    /// Behind `UPDATE` and `DELETE FROM`: the name of the table, which may have others before it.
    fn name_table(&mut self, written: &[u8]) {
        if self.awaits_table && std::mem::take(&mut self.goes_on) {
            self.table.clear();
            self.table.extend_from_slice(written);
        }
    }

    fn other_word<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.span.clone()];
        if word::is(written, "INSERT") || word::is(written, "INTO") {
            self.begin_into();
        } else if word::is(written, "CREATE") && self.depth == 0 {
            self.part = Part::Create;
        } else if word::is_values(written) && self.awaits_rows {
            self.begin_rows();
        } else if self.is_filled_by_query && self.depth == 0 && word::is(written, "SELECT") {
            self.begin_selected(sink);
        } else if word::compares(written) {
            self.naming.compare(self.depth);
        } else if word::is_other(written) {
            self.awaits_rows &= !word::is(written, "SET");
            self.awaits_table &= !word::is(written, "SET") && !word::is(written, "WHERE");
            self.naming.end();
        } else if !word::is_beside(written) {
            self.name_table(written);
            self.naming.name(written);
            return self.tell_name(input, token, sink);
        }
        Ok(())
    }

    /// Tells of a string or number outside rows, with the name that it is compared with.
    pub(super) fn literal<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let record = self.statement_record(sink);
        let name = self.naming.subject();
        if name.is_empty() {
            return self.teller.value(input, token, self.is_mysql, (&Of::NOTHING, record), sink);
        }
        let column = self.schema.column(&self.table, name, sink);
        let of = Of { table: &[], column: Some(&column), index: None };
        self.teller.value(input, token, self.is_mysql, (&of, record), sink)
    }

    /// Tells of a name if it may itself be somebody's data.
    pub(super) fn tell_name<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let name = &input[token.inner.clone()];
        if !may_hold_data(name) || self.schema.field(name, sink).is_labelled {
            return Ok(());
        }
        let record = self.statement_record(sink);
        self.teller.value(input, token, self.is_mysql, (&Of::NOTHING, record), sink)
    }

    fn statement_record<S: Sink>(&mut self, sink: &mut S) -> RecordId {
        *self.record.get_or_insert_with(|| sink.open_record())
    }
}

/// Whether a name may be a number, a person's name or an address.
pub(super) fn may_hold_data(name: &[u8]) -> bool {
    // `@x` is a variable.
    let name = name.strip_prefix(b"@").unwrap_or(name);
    let digits = name.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 6 || name.iter().any(|&b| !b.is_ascii() || b == b'@')
}
