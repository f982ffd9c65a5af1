//! What is told of tokens, and how edits of them are written.

use super::literal;
use super::schema::Column;
use super::token::{Kind, Token};
use crate::decode::number;
use crate::path::{Path, Trail};
use crate::sink::{Draft, RecordId, Sink, SyntaxError, Text};
use pii_core::{Coding, Evidence, OffsetMap, Place, Token as Replaces};
use std::ops::Range;

/// What is known of the place of a value.
pub(super) struct Of<'a> {
    pub(super) table: &'a [u8],
    /// `None`: nothing names it.
    pub(super) column: Option<&'a Column>,
    /// Which value of its row it is, from 0. `None`: it is no single one.
    pub(super) index: Option<usize>,
}

impl Of<'_> {
    /// A value that nothing is known of.
    pub(super) const NOTHING: Of<'static> = Of { table: b"", column: None, index: None };
}

/// `khxx.zjzh`, `khxx.column 3`, `zjzh`.
impl Path for Of<'_> {
    fn write(&self, out: &mut Trail) {
        let position = self.index.map_or(1, |index| index as u64 + 1);
        if !self.table.is_empty() {
            out.name_or(self.table, "table ", 1);
        }
        if !self.table.is_empty() && (self.column.is_some() || self.index.is_some()) {
            out.text(".");
        }
        match (self.column, self.index) {
            (Some(column), _) => out.name_or(&column.name, "column ", position),
            (None, Some(_)) => {
                out.text("column ");
                out.number(position);
            }
            (None, None) => {}
        }
    }
}

/// Tells values; keeps memory for their texts.
#[derive(Default)]
pub(super) struct Teller {
    text: Vec<u8>,
    map: OffsetMap,
}

impl Teller {
    /// Tells of a string, a number, or anything else that stands where a value may.
    pub(super) fn value<S: Sink>(
        &mut self,
        input: &[u8],
        token: &Token,
        is_mysql: bool,
        (of, record): (&Of<'_>, RecordId),
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let source = token.inner.clone();
        if source.is_empty() {
            return Ok(());
        }
        let is_read = self.read(input, token);
        let text = if is_read { Text::Decoded { text: &self.text, map: &self.map } } else { Text::Same };
        let evidence = of.column.map_or_else(Evidence::none, |column| column.field.evidence);
        let place = place(token.kind, is_mysql);
        sink.segment(Draft { source, text, place, evidence, path: of, record, lines_are_records: false })
    }

    /// Reads a token's text where it differs from its bytes.
    fn read(&mut self, input: &[u8], token: &Token) -> bool {
        let raw = &input[token.inner.clone()];
        self.text.clear();
        self.map.clear();
        let (quote, backslash) = match token.kind {
            Kind::Text(backslash) => (b'\'', backslash),
            Kind::DoubleQuoted(backslash) => (b'"', backslash),
            Kind::Name => (b'`', literal::Backslash::Same),
            Kind::Number if number::write_out(raw, &mut self.text) => {
                self.map.push_unit(self.text.len(), token.inner.start, raw.len());
                return true;
            }
            _ => return false,
        };
        let has_escapes = literal::has_escapes(raw, quote, backslash);
        if has_escapes {
            literal::unescape(raw, quote, backslash, token.inner.start, &mut self.text, &mut self.map);
        }
        has_escapes
    }

    /// Tells of a cell of `COPY … FROM stdin`.
    pub(super) fn copied<S: Sink>(
        &mut self,
        input: &[u8],
        source: Range<usize>,
        (of, record): (&Of<'_>, RecordId),
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let raw = &input[source.clone()];
        if raw.is_empty() || raw == br"\N" {
            return Ok(());
        }
        let text = if memchr::memchr(b'\\', raw).is_some() {
            self.text.clear();
            self.map.clear();
            literal::unescape_copied(raw, source.start, &mut self.text, &mut self.map);
            Text::Decoded { text: &self.text, map: &self.map }
        } else {
            Text::Same
        };
        let evidence = of.column.map_or_else(Evidence::none, |column| column.field.evidence);
        let place = inside(&[Coding::BackslashEscapes]);
        sink.segment(Draft { source, text, place, evidence, path: of, record, lines_are_records: false })
    }

    /// Tells of the strings among `tokens` as one text: where no column says what the values of a row hold, they say it of
    /// each other, as they do on a line of text (a name beside a telephone number).
    pub(super) fn row<S: Sink>(
        &mut self,
        input: &[u8],
        tokens: &[Token],
        is_mysql: bool,
        (of, record): (&Of<'_>, RecordId),
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        const BETWEEN: &[u8] = b", ";
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        let mut source = None::<Range<usize>>;
        let mut count = 0;
        for token in tokens.iter().filter(|token| matches!(token.kind, Kind::Text(_)) && !token.inner.is_empty()) {
            let Range { start, end } = token.inner;
            if source.is_some() {
                // Written nowhere, so no edit can touch what is between two strings.
                text.extend_from_slice(BETWEEN);
                map.push_unit(BETWEEN.len(), start, 0);
            }
            let Kind::Text(backslash) = token.kind else { continue };
            literal::unescape(&input[start..end], b'\'', backslash, start, &mut text, &mut map);
            source = Some(source.map_or(start, |source| source.start)..end);
            count += 1;
        }
        let Some(source) = source.filter(|_| count > 1) else { return Ok(()) };
        sink.segment(Draft {
            source,
            text: Text::Decoded { text: &text, map: &map },
            place: place(Kind::Text(literal::Backslash::of_strings(is_mysql)), is_mysql),
            evidence: Evidence::none(),
            path: of,
            record,
            lines_are_records: false,
        })
    }
}

/// Tells of text whose lines are records of their own: a comment, a line that is no SQL, the body of a function.
pub(super) fn tell_lines<S: Sink>(
    input: &[u8],
    source: Range<usize>,
    coding: Coding,
    sink: &mut S,
) -> Result<(), SyntaxError> {
    if input[source.clone()].trim_ascii().is_empty() {
        return Ok(());
    }
    sink.lines_of_text(source, inside(&[coding]))
}

/// How an edit of a token is written.
fn place(kind: Kind, is_mysql: bool) -> Place {
    match kind {
        Kind::Text(backslash) if backslash.escapes() => inside(&[Coding::SqlString, Coding::BackslashEscapes]),
        Kind::Text(_) => inside(&[Coding::SqlString]),
        Kind::DoubleQuoted(backslash) if backslash.escapes() => inside(&[Coding::QuotedCell, Coding::BackslashEscapes]),
        Kind::DoubleQuoted(_) => inside(&[Coding::QuotedCell]),
        Kind::Number if is_mysql => {
            inside(&[Coding::SqlString, Coding::BackslashEscapes]).with_token(Replaces::SqlValue)
        }
        Kind::Number => inside(&[Coding::SqlString]).with_token(Replaces::SqlValue),
        Kind::Word => inside(&[Coding::SqlName]),
        _ => inside(&[Coding::Line]),
    }
}

fn inside(codings: &[Coding]) -> Place {
    codings.iter().fold(Place::plain(), |place, &coding| place.inside(coding).unwrap_or(place))
}
