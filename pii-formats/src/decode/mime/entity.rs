//! A message or a part of one: its header and its body (RFC 2045 §2.4).
//!
//! All of it is told: names, parameters, file names, the text around boundaries. Only what transport writes and signs
//! (`Received`, signatures) is passed over, and of message identifiers what stands behind the `@`, which is a host's name.

use super::boundary::{Parts, split};
use super::fields::{self, Field, find, trimmed};
use super::media::{Treatment, media_type, treatment};
use super::parameters::Parameterised;
use super::tell::{Path, Teller};
use super::transfer::{Transfer, base64_body, quoted_printable};
use super::{addresses, headers};
use crate::Format;
use crate::decode::run::Run;
use crate::decode::whole::{broken, over};
use crate::sink::{Content, Draft, Nested, RecordId, Sink, SyntaxError, Text};
use pii_core::{Coding, Evidence, Place};
use std::ops::Range;

/// How deep parts and messages may stand in each other.
pub(crate) const DEPTH_LIMIT: usize = 16;

/// How many parts there may be in all.
pub(crate) const PART_LIMIT: usize = 1000;

/// What a body is a part of, which decides how strict the reading is and what its parts are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A message. What stands after a missing last boundary is read.
    Mail,
    /// An HTTP body. Parts are fields, called by their names, and every boundary must be there.
    Form,
}

/// Reads messages and parts and tells a sink about them.
pub(crate) struct Walk<'a, S> {
    teller: Teller<'a, S>,
    setting: Setting,
    parts_left: usize,
}

/// What a header says about the body below it.
struct Head {
    media_type: String,
    content_type: Parameterised,
    disposition: Parameterised,
    transfer: Transfer,
    has_type: bool,
}

/// A body and what it is called.
struct Body<'p> {
    range: Range<usize>,
    path: Path<'p>,
    evidence: Evidence,
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
        let evidence = field_name.map_or(Evidence::none(), |name| self.teller.sink.field(name).evidence);
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
            match headers::class(name) {
                headers::Class::Trace | headers::Class::Parameterised => {}
                headers::Class::Addresses => self.addresses(field.value.clone(), path)?,
                headers::Class::Identifiers => self.identifiers(field.value.clone(), path)?,
                headers::Class::Text => {
                    let evidence = self.evidence_of(name);
                    self.teller.text(field.value.clone(), evidence, path)?;
                }
            }
        }
        self.parameters(&head.content_type, prefix, &["boundary", "charset"])?;
        let is_form = self.setting == Setting::Form;
        self.parameters(&head.disposition, prefix, if is_form { &["name"] } else { &[] })
    }

    fn parameters(&mut self, value: &Parameterised, prefix: &str, passed_over: &[&str]) -> Result<(), SyntaxError> {
        for parameter in &value.parameters {
            if !passed_over.iter().any(|name| name.as_bytes() == parameter.name) {
                let path = Path { prefix, name: &parameter.name, suffix: "" };
                self.teller.value(&parameter.value, Evidence::none(), path)?;
            }
        }
        Ok(())
    }

    fn addresses(&mut self, value: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        let evidence = self.evidence_of(path.name);
        for (role, range) in addresses::read(self.teller.input, value) {
            let suffix = match role {
                addresses::Role::Address => "",
                addresses::Role::Name => "/name",
                addresses::Role::Comment => "/comment",
            };
            let path = Path { suffix, ..path };
            match &self.teller.input[range.clone()] {
                [b'"', inside @ .., b'"'] if !inside.contains(&b'"') => {
                    self.teller.quoted(range.start + 1..range.end - 1, evidence, path)?;
                }
                _ => self.teller.text(range, evidence, path)?,
            }
        }
        Ok(())
    }

    /// `<20260105.1234@host>`: each identifier without its host, so that it is not taken for an address.
    fn identifiers(&mut self, value: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        let mut at = value.start;
        for word in self.teller.input[value].split(|b| b.is_ascii_whitespace() || matches!(b, b'<' | b'>' | b',')) {
            let local = memchr::memrchr(b'@', word).unwrap_or(word.len());
            self.teller.text(at..at + local, Evidence::none(), path)?;
            at += word.len() + 1;
        }
        Ok(())
    }

    /// What a header field's name says about it: something only when a rule knows it.
    fn evidence_of(&mut self, name: &[u8]) -> Evidence {
        let field = self.teller.sink.field(name);
        if field.is_labelled { field.evidence } else { Evidence::none() }
    }

    fn body(&mut self, head: &Head, body: Body<'_>, prefix: &str, depth: usize) -> Result<(), SyntaxError> {
        let file_name = head.disposition.text("filename").or_else(|| head.content_type.text("name"));
        match treatment(&head.media_type, file_name) {
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
            Treatment::Message => self.leaf(head, body, Format::Eml),
            Treatment::Read(format) => self.leaf(head, body, format),
            Treatment::Leave => {
                self.teller.sink.uninspected(body.range, &head.media_type);
                Ok(())
            }
        }
    }

    fn leaf(&mut self, head: &Head, body: Body<'_>, format: Format) -> Result<(), SyntaxError> {
        let input = self.teller.input;
        if trimmed(input, body.range.clone()).is_empty() {
            return Ok(());
        }
        // A field's value without a type may be anything, JSON for example.
        let format = (self.setting == Setting::Mail || head.has_type).then_some(format);
        let mut run = Run::default();
        let (source, content, place) = match head.transfer {
            Transfer::Unknown => {
                self.teller.sink.uninspected(body.range, &head.media_type);
                return Ok(());
            }
            Transfer::Identity if format.is_none() && str::from_utf8(&input[body.range.clone()]).is_ok() => {
                return self.field_value(body);
            }
            Transfer::Identity => (body.range, Content::InPlace(Text::Same), Place::plain()),
            Transfer::QuotedPrintable => {
                quoted_printable(&mut run, input, body.range);
                let place = Place::plain().inside(Coding::QuotedPrintable);
                let place = place.expect("one coding is within the limit of eight");
                (run.source(), Content::InPlace(run.text()), place)
            }
            Transfer::Base64 => {
                let decoded = base64_body(input, body.range)?;
                let content = Content::Carried { bytes: decoded.bytes, codec: decoded.codec };
                (decoded.source, content, Place::plain())
            }
        };
        let charset = head.charset().filter(|charset| !(is_ascii(charset) && has_high_bytes(input, &source, &content)));
        self.teller.sink.nested(Nested {
            source,
            content,
            format,
            charset,
            place,
            evidence: body.evidence,
            path: &body.path,
            record: self.teller.record,
        })
    }

    /// The value of a form's field that is written as it is.
    fn field_value(&mut self, body: Body<'_>) -> Result<(), SyntaxError> {
        self.teller.sink.segment(Draft {
            source: body.range,
            text: Text::Same,
            place: Place::plain(),
            evidence: body.evidence,
            path: &body.path,
            record: self.teller.record,
            lines_are_records: false,
        })
    }

    /// Text before the first boundary or behind the last.
    fn around(&mut self, source: Range<usize>, path: Path<'_>) -> Result<(), SyntaxError> {
        if trimmed(self.teller.input, source.clone()).is_empty() {
            return Ok(());
        }
        self.teller.sink.nested(Nested {
            source,
            content: Content::InPlace(Text::Same),
            format: Some(Format::Text),
            charset: None,
            place: Place::plain(),
            evidence: Evidence::none(),
            path: &path,
            record: self.teller.record,
        })
    }
}

impl Head {
    fn read(input: &[u8], fields: &[Field], default: &str) -> Result<Self, SyntaxError> {
        let parameterised = |name: &str| match find(input, fields, name) {
            Some(value) => Parameterised::read(input, value),
            None => Ok(Parameterised::default()),
        };
        for name in ["content-type", "content-disposition", "content-transfer-encoding"] {
            // Some readers take the first and some the last.
            if let Some(second) = fields::find_second(input, fields, name) {
                return Err(broken(second, "header field about the body is given twice"));
            }
        }
        let content_type = parameterised("content-type")?;
        let written = media_type(&input[content_type.main.clone()]);
        let transfer = find(input, fields, "content-transfer-encoding").map_or(&[][..], |value| &input[value]);
        Ok(Self {
            has_type: written.is_some(),
            media_type: written.unwrap_or_else(|| default.to_owned()),
            disposition: parameterised("content-disposition")?,
            transfer: Transfer::named(transfer),
            content_type,
        })
    }

    fn charset(&self) -> Option<&[u8]> {
        let written = self.content_type.text("charset")?.trim_ascii();
        let end = written.iter().position(|b| b.is_ascii_whitespace() || *b == b'(').unwrap_or(written.len());
        (end > 0).then_some(&written[..end])
    }
}

/// Whether a charset is the one that a sender declares who has not thought about it.
fn is_ascii(charset: &[u8]) -> bool {
    charset.eq_ignore_ascii_case(b"us-ascii") || charset.eq_ignore_ascii_case(b"ascii")
}

fn has_high_bytes(input: &[u8], source: &Range<usize>, content: &Content<'_>) -> bool {
    !match content {
        Content::InPlace(Text::Same) => input[source.clone()].is_ascii(),
        Content::InPlace(Text::Decoded { text, .. }) => text.is_ascii(),
        Content::Carried { bytes, .. } => bytes.is_ascii(),
    }
}
