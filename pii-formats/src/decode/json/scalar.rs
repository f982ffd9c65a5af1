//! Strings, numbers, literals and keys: what is told of them.

use super::string::StringToken;
use super::titles;
use super::unescape::unescape;
use super::{Arrived, Expect, Json, Read, TOKEN_LIMIT_BYTES, digit_array, too_long, wrong};
use crate::decode::{naming, number};
use crate::sink::{Draft, Sink, SyntaxError, Text};
use pii_core::{Coding, Evidence, OffsetMap, Place, Token};
use std::ops::Range;

/// A longer text is the name of nothing, in bytes.
const NAME_LIMIT_BYTES: usize = 256;

/// A string or key: what is between its quotes.
struct Quoted {
    source: Range<usize>,
    has_escapes: bool,
    replaces: Token,
}

impl Json {
    pub(super) fn string_value<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, sink: &mut S) -> Read {
        let Some(token) = self.string_token(arrived, at)? else { return Ok(None) };
        let end = at + token.len;
        if self.held.is_none() && token.len > 2 {
            let evidence = self.stack.field().evidence;
            self.note_name(&arrived.input[at + 1..end - 1], token.has_escapes, sink);
            let text = Quoted { source: at + 1..end - 1, has_escapes: token.has_escapes, replaces: Token::Part };
            self.tell_string(arrived.input, text, evidence, sink)?;
        }
        self.after_value(sink);
        Ok(Some(end))
    }

    /// Of `{"key":"idNo","value":…}` the first value is the name of the second; of a list of titles all are names.
    fn note_name<S: Sink>(&mut self, raw: &[u8], has_escapes: bool, sink: &mut S) {
        let is_naming = self.stack.is_naming() && raw.len() <= NAME_LIMIT_BYTES;
        let title = self.stack.title_to_read();
        if !is_naming && title.is_none() {
            return;
        }
        if raw.len() > titles::LENGTH_LIMIT_BYTES {
            return self.stack.refuse_title();
        }
        self.text.clear();
        if has_escapes {
            unescape(raw, 0, &mut self.text, &mut OffsetMap::default());
        } else {
            self.text.extend_from_slice(raw);
        }
        let field = sink.field(naming::name_in(&self.text));
        if is_naming && field.is_labelled {
            self.stack.name_value(field);
        }
        match title {
            Some(_) if !field.is_labelled && !sink.is_title(&self.text) => self.stack.refuse_title(),
            Some(index) => self.stack.note_title(index, field),
            None => {}
        }
    }

    fn string_token(&mut self, arrived: Arrived<'_>, at: usize) -> Result<Option<StringToken>, SyntaxError> {
        let token = self.string.read(&arrived.input[at..]).map_err(|fault| fault.in_input(at))?;
        match token {
            Some(token) if token.len > TOKEN_LIMIT_BYTES => Err(too_long(at)),
            None if arrived.is_end => Err(wrong(arrived.input.len(), "expected the string to end")),
            token => Ok(token),
        }
    }

    fn tell_string<S: Sink>(
        &mut self,
        input: &[u8],
        string: Quoted,
        evidence: Evidence,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let Quoted { source, has_escapes, replaces } = string;
        let record = self.record(sink);
        let text = if has_escapes {
            self.text.clear();
            self.map.clear();
            unescape(&input[source.clone()], source.start, &mut self.text, &mut self.map);
            Text::Decoded { text: &self.text, map: &self.map }
        } else {
            Text::Same
        };
        let place = Place::plain().inside(Coding::JsonString).unwrap_or_default().with_token(replaces);
        let object = (replaces == Token::JsonKey).then(|| self.stack.object(sink));
        let draft = Draft { source, text, place, evidence, path: &self.stack, record, lines_are_records: false };
        match object {
            Some(object) => sink.key(draft, object),
            None => sink.segment(draft),
        }
    }

    pub(super) fn number_value<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, sink: &mut S) -> Read {
        let len = self.number.read(&arrived.input[at..], arrived.is_end).map_err(|fault| fault.in_input(at))?;
        let Some(len) = len else { return Ok(None) };
        if len > TOKEN_LIMIT_BYTES {
            return Err(too_long(at));
        }
        self.tell_value(arrived.input, at..at + len, sink)?;
        self.after_value(sink);
        Ok(Some(at + len))
    }

    /// Tells of a value that an edit replaces as a whole.
    pub(super) fn tell_value<S: Sink>(
        &mut self,
        input: &[u8],
        source: Range<usize>,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let token = &input[source.clone()];
        if self.held.is_some() {
            return Ok(());
        }
        let record = self.record(sink);
        self.text.clear();
        let text = if number::write_out(token, &mut self.text) || digit_array::write_out(token, &mut self.text) {
            self.map.clear();
            self.map.push_unit(self.text.len(), source.start, source.len());
            Text::Decoded { text: &self.text, map: &self.map }
        } else {
            Text::Same
        };
        sink.segment(Draft {
            source,
            text,
            place: Place::plain().with_token(Token::JsonValue),
            evidence: self.stack.field().evidence,
            path: &self.stack,
            record,
            lines_are_records: false,
        })
    }

    pub(super) fn literal<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, word: &[u8], sink: &mut S) -> Read {
        let seen = &arrived.input[at..];
        let wrong_letter = word.iter().zip(seen).position(|(expected, seen)| expected != seen);
        if let Some(nth) = wrong_letter {
            return Err(wrong(at + nth, "expected true, false or null"));
        }
        if seen.len() < word.len() {
            let cut_off = Err(wrong(arrived.input.len(), "expected true, false or null"));
            return if arrived.is_end { cut_off } else { Ok(None) };
        }
        self.after_value(sink);
        Ok(Some(at + word.len()))
    }

    pub(super) fn key<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, sink: &mut S) -> Read {
        let Some(token) = self.string_token(arrived, at)? else { return Ok(None) };
        let end = at + token.len;
        self.expect = Expect::Colon;
        if self.held.is_some() {
            return Ok(Some(end));
        }
        let raw = at + 1..end - 1;
        let key = self.keys.look_up(&arrived.input[raw.clone()], token.has_escapes, sink);
        let field = key.field_within(self.stack.named_field().unwrap_or(self.stack.outer_field()));
        self.stack.set_key(key.name(), key.hash, field, key.is_naming);
        if key.lists_titles {
            self.stack.begin_titles();
        }
        if key.may_hold_data {
            let text = Quoted { source: raw, has_escapes: token.has_escapes, replaces: Token::JsonKey };
            self.tell_string(arrived.input, text, Evidence::none(), sink)?;
        }
        Ok(Some(end))
    }
}
