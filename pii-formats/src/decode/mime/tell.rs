//! Tells a sink about header text: as a segment, or as a carrier when it holds encoded words.

use super::declared;
use super::parameters::Value;
use super::unfold::{unfold, unquote};
use super::words::{self, Piece};
use crate::Format;
use crate::decode::run::Run;
use crate::sink::{Codec, Content, Draft, Nested, Reading, RecordId, Sink, SyntaxError};
use pii_core::{Coding, Evidence, Place};
use std::fmt;
use std::ops::Range;

/// Where a text stands: `part 2/filename`.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    /// Empty, or ending with a slash.
    pub(crate) prefix: &'a str,
    /// A header field's name as written, or a parameter's.
    pub(crate) name: &'a [u8],
    /// Empty, or beginning with a slash.
    pub(crate) suffix: &'static str,
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.prefix, String::from_utf8_lossy(self.name), self.suffix)
    }
}

/// What goes with a text: its path, what its field says about it, and how it is read.
#[derive(Clone, Copy)]
pub(crate) struct Label<'a> {
    pub(crate) path: Path<'a>,
    pub(crate) evidence: Evidence,
    pub(crate) reading: Reading,
}

impl<'a> Label<'a> {
    /// For text of which nothing is known but what `evidence` says.
    pub(crate) fn text(path: Path<'a>, evidence: Evidence) -> Self {
        Self { path, evidence, reading: Format::Text.into() }
    }
}

/// Tells `sink` about texts in `input` that belong to one record.
pub(crate) struct Teller<'a, S> {
    pub(crate) input: &'a [u8],
    pub(crate) sink: &'a mut S,
    pub(crate) record: RecordId,
}

impl<S: Sink> Teller<'_, S> {
    /// Tells the header text at `range`, which may be folded and may hold encoded words.
    pub(crate) fn text(&mut self, range: Range<usize>, label: Label<'_>) -> Result<(), SyntaxError> {
        self.pieces(range, label, unfold)
    }

    /// As [`text`](Self::text), for the inside of a quoted string.
    pub(crate) fn quoted(&mut self, range: Range<usize>, label: Label<'_>) -> Result<(), SyntaxError> {
        self.pieces(range, label, unquote)
    }

    /// Tells a parameter's value.
    pub(crate) fn value(&mut self, value: &Value, label: Label<'_>) -> Result<(), SyntaxError> {
        match value {
            // Encoded words do not belong in quotes (RFC 2047 §5), but many programs write them there and all read them.
            Value::Plain { source, is_single: true, run } if memchr::memmem::find(run.bytes(), b"=?").is_some() => {
                self.quoted(source.clone(), label)
            }
            Value::Plain { run, .. } => self.run(run, label),
            Value::Extended { source, charset, language, bytes } => {
                let written = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
                let codec = Codec::ExtendedValue { charset: written(charset), language: written(language) };
                let content = Content::Carried { bytes: bytes.clone(), codec };
                self.carrier(source.clone(), content, charset, label)
            }
        }
    }

    /// Tells text that has been read already.
    fn run(&mut self, run: &Run, label: Label<'_>) -> Result<(), SyntaxError> {
        if run.is_blank() {
            return Ok(());
        }
        if label.reading == Format::Text.into() && str::from_utf8(run.bytes()).is_ok() {
            return self.sink.segment(Draft {
                source: run.source(),
                text: run.text(),
                place: line(),
                evidence: label.evidence,
                path: &label.path,
                record: self.record,
                lines_are_records: false,
            });
        }
        // It may be bytes of a charset that the header does not name.
        self.carrier(run.source(), Content::InPlace(run.text()), &[], label)
    }

    fn pieces(
        &mut self,
        range: Range<usize>,
        label: Label<'_>,
        read: fn(&mut Run, &[u8], Range<usize>),
    ) -> Result<(), SyntaxError> {
        for piece in words::read(self.input, range)? {
            match piece {
                Piece::Plain(range) => {
                    let mut run = Run::default();
                    read(&mut run, self.input, range);
                    self.run(&run, label)?;
                }
                Piece::Coded(coded) => {
                    let charset = String::from_utf8_lossy(&coded.charset).into_owned();
                    let codec = Codec::EncodedWord { charset, letter: coded.letter };
                    let content = Content::Carried { bytes: coded.bytes.clone(), codec };
                    self.carrier(coded.source.clone(), content, coded.charset_name(), label)?;
                }
            }
        }
        Ok(())
    }

    fn carrier(
        &mut self,
        source: Range<usize>,
        content: Content<'_>,
        charset: &[u8],
        label: Label<'_>,
    ) -> Result<(), SyntaxError> {
        let (place, charset) = match &content {
            Content::InPlace(_) => (line(), None),
            Content::Carried { bytes, .. } => (Place::plain(), declared::charset(charset, bytes, source.start)?),
        };
        self.sink.nested(Nested {
            source,
            content,
            format: Some(label.reading),
            charset,
            place,
            evidence: label.evidence,
            path: &label.path,
            record: self.record,
        })
    }
}

fn line() -> Place {
    Place::plain().inside(Coding::Line).expect("one coding is within the limit of eight")
}
