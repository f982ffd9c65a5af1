//! A message or a part of one: its header and its body (RFC 2045 §2.4).
//!
//! All of it is told: names, parameters, file names, the text around boundaries. Only what transport writes and signs
//! (signatures, `Received` but for the mailboxes in it) is passed over, and of message identifiers what stands behind the
//! `@`, which is a host's name.

use super::boundary::{Parts, split};
use super::fields::{self, Field, trimmed};
use super::head::{Body, Head, Setting};
use super::media::{Treatment, is_word, treatment};
use super::parameters::Parameterised;
use super::tell::{Label, Path, Teller};
use super::transfer::Transfer;
use super::{addresses, headers, leaf};
use crate::Format;
use crate::decode::form::field_of;
use crate::decode::whole::{broken, over};
use crate::sink::{Content, Nested, Reading, RecordId, Sink, SyntaxError, Text};
use pii_core::{Evidence, Place};
use std::ops::Range;

/// How deep parts and messages may stand in each other.
pub(crate) const DEPTH_LIMIT: usize = 16;

/// How many parts there may be in all.
pub(crate) const PART_LIMIT: usize = 1000;

/// Reads messages and parts and tells a sink about them.
pub(crate) struct Walk<'a, S> {
    teller: Teller<'a, S>,
    setting: Setting,
    parts_left: usize,
}

impl<'a, S: Sink> Walk<'a, S> {
    pub(crate) fn new(input: &'a [u8], sink: &'a mut S, record: RecordId, setting: Setting) -> Self {
        Self { teller: Teller { input, sink, record }, setting, parts_left: PART_LIMIT }
    }

    /// Reads a message: its header and its body.
    pub(crate) fn message(&mut self, range: Range<usize>, prefix: &str, depth: usize) -> Result<(), SyntaxError> {
        let (fields, body) = fields::read(self.teller.input, range.clone())?;
        let head = Head::read(self.teller.input, &fields, "text/plain")?;
        self.header(&fields, &head, prefix)?;
        let path = Path { prefix, name: b"body", suffix: "" };
        self.body(&head, Body { range: body..range.end, path, evidence: Evidence::none() }, prefix, depth)
    }

    /// Reads the part with the number `nth`. `default` is its media type when its header says none.
    fn part(
        &mut self,
        range: Range<usize>,
        outer: &str,
        nth: usize,
        default: &str,
        depth: usize,
    ) -> Result<(), SyntaxError> {
        let (fields, body) = fields::read(self.teller.input, range.clone())?;
        let head = Head::read(self.teller.input, &fields, default)?;
        let field_name = head.disposition.text("name").filter(|_| self.setting == Setting::Form);
        let prefix = match field_name {
            Some(name) => format!("{outer}{}/", String::from_utf8_lossy(name)),
            None => format!("{outer}part {nth}/"),
        };
        self.header(&fields, &head, &prefix)?;
        let evidence = field_name.map_or(Evidence::none(), |name| field_of(name, self.teller.sink).evidence);
        let path = match field_name {
            Some(name) => Path { prefix: outer, name, suffix: "" },
            None => Path { prefix: &prefix, name: b"body", suffix: "" },
        };
        self.body(&head, Body { range: body..range.end, path, evidence }, &prefix, depth)
    }

    /// Reads the parts of a multipart body.
    pub(crate) fn parts(
        &mut self,
        body: Range<usize>,
        boundary: &[u8],
        prefix: &str,
        default: &str,
        depth: usize,
    ) -> Result<(), SyntaxError> {
        let input = self.teller.input;
        let Parts { preamble, parts, epilogue, is_closed } = split(input, body, boundary, self.parts_left)?;
        self.parts_left -= parts.len();
        if self.setting == Setting::Form {
            if !is_closed {
                return Err(broken(epilogue.start, "last boundary is missing"));
            }
            if !trimmed(input, epilogue.clone()).is_empty() {
                return Err(broken(epilogue.start, "text behind the last boundary"));
            }
        }
        self.around(preamble, Path { prefix, name: b"preamble", suffix: "" })?;
        for (nth, part) in parts.into_iter().enumerate() {
            self.part(part, prefix, nth + 1, default, depth)?;
        }
        self.around(epilogue, Path { prefix, name: b"epilogue", suffix: "" })
    }

    fn header(&mut self, fields: &[Field], head: &Head, prefix: &str) -> Result<(), SyntaxError> {
        let input = self.teller.input;
        for field in fields {
            let name = &input[field.name.clone()];
            let path = Path { prefix, name, suffix: "" };
            self.word(field.name.clone(), Path { suffix: "/field", ..path })?;
            match headers::class(name) {
                headers::Class::Trace | headers::Class::Parameterised => {}
                headers::Class::Received => {
                    for mailbox in headers::mailboxes(input, field.value.clone()) {
                        self.teller.text(mailbox, Label::text(path, Evidence::none()))?;
                    }
                }
                headers::Class::Addresses => self.addresses(field.value.clone(), path)?,
                headers::Class::Identifiers => self.identifiers(field.value.clone(), path)?,
                headers::Class::Text => {
                    let evidence = self.evidence_of(name);
                    self.teller.text(field.value.clone(), Label::text(path, evidence))?;
                }
            }
        }
        self.word(head.content_type.main.clone(), Path { prefix, name: b"Content-Type", suffix: "" })?;
        self.word(head.disposition.main.clone(), Path { prefix, name: b"Content-Disposition", suffix: "" })?;
        self.parameters(&head.content_type, prefix)?;
        self.parameters(&head.disposition, prefix)
    }

    /// Tells a word of the protocol, such as a field's name or a media type, when it is none: when it holds a number or more
    /// than ASCII, somebody may have put a value there.
    fn word(&mut self, range: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        if is_word(&self.teller.input[range.clone()]) {
            return Ok(());
        }
        self.teller.text(range, Label::text(path, Evidence::none()))
    }

    fn parameters(&mut self, value: &Parameterised, prefix: &str) -> Result<(), SyntaxError> {
        for parameter in &value.parameters {
            let name = parameter.name.as_slice();
            // An edit of the boundary would break the message, and so would one of a charset's name.
            if name == b"boundary" || (name == b"charset" && is_word(parameter.value.bytes())) {
                continue;
            }
            let is_file = name == b"filename" || (name == b"name" && self.setting == Setting::Mail);
            let reading = if is_file { Reading::FileName } else { Format::Text.into() };
            let path = Path { prefix, name, suffix: "" };
            self.teller.value(&parameter.value, Label { path, evidence: Evidence::none(), reading })?;
        }
        Ok(())
    }

    fn addresses(&mut self, value: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        let of_address = self.evidence_of(path.name);
        let of_name = self.evidence_of(b"name");
        for (role, range) in addresses::read(self.teller.input, value) {
            let (suffix, evidence) = match role {
                addresses::Role::Address => ("", of_address),
                addresses::Role::Name => ("/name", of_name),
                addresses::Role::Comment => ("/comment", of_name),
            };
            let label = Label::text(Path { suffix, ..path }, evidence);
            match &self.teller.input[range.clone()] {
                [b'"', inside @ .., b'"'] if !inside.contains(&b'"') => {
                    self.teller.quoted(range.start + 1..range.end - 1, label)?;
                }
                _ => self.teller.text(range, label)?,
            }
        }
        Ok(())
    }

    /// `<20260105.1234@host>`: each identifier without its host, so that it is not taken for an address.
    fn identifiers(&mut self, value: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        let mut at = value.start;
        for word in self.teller.input[value].split(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b',')) {
            let local = memchr::memrchr(b'@', word).unwrap_or(word.len());
            self.teller.text(at..at + local, Label::text(path, Evidence::none()))?;
            at += word.len() + 1;
        }
        Ok(())
    }

    /// What a header field's name says about it: something only when a rule knows it, with or without its `X-`.
    fn evidence_of(&mut self, name: &[u8]) -> Evidence {
        let bare = name.get(..2).filter(|start| start.eq_ignore_ascii_case(b"x-")).map(|_| &name[2..]);
        let known = [Some(name), bare].into_iter().flatten().map(|name| self.teller.sink.field(name));
        known.filter(|field| field.is_labelled).map(|field| field.evidence).next().unwrap_or_default()
    }

    fn body(&mut self, head: &Head, body: Body<'_>, prefix: &str, depth: usize) -> Result<(), SyntaxError> {
        match treatment(&head.media_type, head.file_name()) {
            _ if depth == DEPTH_LIMIT => Err(over(body.range.start, "parts are nested more than 16 deep")),
            // A coding may not be declared for what has parts (RFC 2045 §6.4). Where it is, the boundary tells the truth.
            Treatment::Multipart => {
                let boundary = head.content_type.text("boundary");
                let boundary = boundary.ok_or_else(|| broken(body.range.start, "multipart without a boundary"))?;
                let is_digest = head.media_type == "multipart/digest";
                let default = if is_digest { "message/rfc822" } else { "text/plain" };
                self.parts(body.range, boundary.trim_ascii_end(), prefix, default, depth + 1)
            }
            Treatment::Message if head.transfer == Transfer::Identity => self.message(body.range, prefix, depth + 1),
            treatment => leaf::tell(&mut self.teller, self.setting, head, &body, treatment),
        }
    }

    /// Text before the first boundary or behind the last.
    fn around(&mut self, source: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        if trimmed(self.teller.input, source.clone()).is_empty() {
            return Ok(());
        }
        self.teller.sink.nested(Nested {
            source,
            content: Content::InPlace(Text::Same),
            format: Some(Format::Text.into()),
            charset: None,
            place: Place::plain(),
            evidence: Evidence::none(),
            path: &path,
            record: self.teller.record,
        })
    }
}
