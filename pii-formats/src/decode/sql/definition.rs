//! `CREATE TABLE` and `COMMENT ON COLUMN`: the columns of tables.

use super::schema::{self, COLUMNS_LIMIT};
use super::token::{Kind, Token};
use super::{Part, Sql, word};
use crate::sink::{Sink, SyntaxError};

/// Where in a table's definitions the next token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// Where a column's name or the word of a constraint may stand.
    First,
    /// In the definition of a column.
    OfColumn,
    /// In it, behind `COMMENT`.
    CommentOfColumn,
    /// In what is no column.
    Constraint,
}

impl Sql {
    /// A token behind `CREATE`.
    pub(super) fn create<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.span.clone()];
        match token.kind {
            Kind::Word if word::is(written, "TABLE") => {
                self.part = Part::CreateTable;
                self.table.clear();
                Ok(())
            }
            Kind::Word if word::is_of_create(written) => Ok(()),
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }

    /// A token behind `CREATE TABLE`.
    pub(super) fn create_table<S: Sink>(
        &mut self,
        input: &[u8],
        token: &Token,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let written = &input[token.span.clone()];
        match token.kind {
            Kind::Mark(b'(') if !self.table.is_empty() => {
                self.part = Part::Definitions(Element::First);
                self.depth = 1;
                self.columns.clear();
                Ok(())
            }
            Kind::Mark(b'.') => Ok(()),
            Kind::Word if word::is_of_create(written) => Ok(()),
            Kind::Word if word::is_other(written) || word::is(written, "LIKE") => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
            Kind::Word | Kind::Name | Kind::DoubleQuoted(_) => {
                self.table.clear();
                self.table.extend_from_slice(&input[token.inner.clone()]);
                self.tell_name(input, token, sink)
            }
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }

    /// A token in a table's definitions.
    pub(super) fn define<S: Sink>(
        &mut self,
        input: &[u8],
        token: &Token,
        element: Element,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let written = &input[token.inner.clone()];
        let next = match (token.kind, element) {
            (Kind::Mark(b'('), _) => {
                self.depth = self.depth.saturating_add(1);
                element
            }
            (Kind::Mark(b')'), _) => {
                self.depth -= 1;
                if self.depth == 0 {
                    self.schema.define(&self.table, std::mem::take(&mut self.columns));
                    self.part = Part::Other;
                    return Ok(());
                }
                element
            }
            (Kind::Mark(b','), _) if self.depth == 1 => Element::First,
            (Kind::Mark(_), _) => element,
            (Kind::Word, Element::First) if word::begins_constraint(written) => Element::Constraint,
            (Kind::Word | Kind::Name | Kind::DoubleQuoted(_), Element::First) => {
                if self.columns.len() < COLUMNS_LIMIT {
                    let column = self.schema.column(&[], written, sink);
                    self.columns.push(column);
                }
                self.tell_name(input, token, sink)?;
                Element::OfColumn
            }
            (Kind::Word, Element::OfColumn) if self.depth == 1 && word::is(written, "COMMENT") => {
                Element::CommentOfColumn
            }
            (Kind::Text(_) | Kind::DoubleQuoted(_), Element::CommentOfColumn) => {
                if let Some(column) = self.columns.last_mut() {
                    schema::note_comment(column, written, sink);
                }
                self.literal(input, token, sink)?;
                Element::OfColumn
            }
            (Kind::Word | Kind::Name, _) => {
                self.tell_name(input, token, sink)?;
                element
            }
            _ => {
                self.literal(input, token, sink)?;
                element
            }
        };
        self.part = Part::Definitions(next);
        Ok(())
    }

    /// A token behind `COMMENT`: `ON COLUMN schema.table.column IS '…'`.
    pub(super) fn comment_on<S: Sink>(&mut self, input: &[u8], token: &Token, sink: &mut S) -> Result<(), SyntaxError> {
        let written = &input[token.inner.clone()];
        let is_word = |known: &str| token.kind == Kind::Word && word::is(written, known);
        match token.kind {
            Kind::Mark(b'.') => Ok(()),
            _ if is_word("ON") || is_word("COLUMN") || is_word("IS") => Ok(()),
            Kind::Word | Kind::Name | Kind::DoubleQuoted(_) => {
                std::mem::swap(&mut self.outer_name, &mut self.table);
                self.table.clear();
                self.table.extend_from_slice(written);
                self.tell_name(input, token, sink)
            }
            Kind::Text(_) => {
                self.schema.comment(&self.outer_name, &self.table, written, sink);
                self.part = Part::Other;
                self.literal(input, token, sink)
            }
            _ => {
                self.part = Part::Other;
                self.other(input, token, sink)
            }
        }
    }
}
