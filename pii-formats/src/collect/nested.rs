//! Documents inside documents: the parts of a message, JSON in a string, base64 in anything.

use super::{Collector, DEPTH_LIMIT, Tools};
use crate::decode::Decoder;
use crate::decode::csv::delimiter;
use crate::frame::Frame;
use crate::nest::{Inner, InnerContent};
use crate::path::Path;
use crate::record::{Layer, Records};
use crate::sink::{Codec, Content, Decode as _, Draft, Nested, Reading, RecordId, SyntaxError, Text};
use crate::write::coding;
use crate::{Format, charset, detect};
use pii_core::{Engine, Evidence, OffsetMap, Place};
use std::ops::Range;

/// How a document is to be read, and what is known of it from outside.
#[derive(Clone, Copy)]
struct Inside<'a> {
    /// `None` finds out.
    reading: Option<Reading>,
    evidence: Evidence,
    path: &'a dyn Path,
    record: RecordId,
}

/// A carrier and where it stands.
struct Carrier<'a> {
    source: Range<usize>,
    codec: Codec,
    charset: Option<&'a [u8]>,
    place: Place,
}

impl Collector<'_> {
    /// Reads a document inside this one.
    pub(super) fn enter(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError> {
        let record = self.frame.record.unwrap_or(nested.record);
        let place = self.place(nested.place, nested.source.start)?;
        let inside = Inside { reading: nested.format, evidence: nested.evidence, path: nested.path, record };
        match nested.content {
            Content::InPlace(text) => {
                let identity;
                let (text, map) = match text {
                    Text::Same => {
                        identity = OffsetMap::identity(nested.source.start);
                        (&self.frame.input[nested.source.clone()], &identity)
                    }
                    Text::Decoded { text, map } => (text, map),
                };
                let charset =
                    nested.charset.and_then(charset::Charset::by_label).unwrap_or_else(|| charset::detect(text));
                let Some(coding) = coding(charset) else {
                    return self.document(text, map, place, inside);
                };
                let (mut decoded, mut units) = (Vec::new(), OffsetMap::default());
                charset::Transcoder::new(charset).push(text, true, &mut decoded, &mut units);
                let too_deep =
                    SyntaxError { at: nested.source.start, what: "encodings nested too deep", is_limit: true };
                let place = place.inside(coding).ok_or(too_deep)?;
                // A frame for the bytes between: a character that a soft line break cuts through is written in two places.
                let bytes = Frame { depth: self.frame.depth, ..self.frame.within(text, map, record) };
                let mut collector =
                    Collector { engine: self.engine, tools: self.tools, records: self.records, frame: bytes };
                collector.document(&decoded, &units, place, inside)
            }
            Content::Carried { bytes, codec } => {
                let carrier = Carrier { source: nested.source, codec, charset: nested.charset, place };
                self.carried(bytes, carrier, inside)
            }
        }
    }

    /// A text of several lines that is a table: an export in a JSON string.
    pub(super) fn table(&self, text: &[u8]) -> Option<Inner> {
        let knows = |name: &[u8]| self.engine.field_evidence(name).is_labelled();
        let reading = Some(Format::Csv.into());
        delimiter::has_titles(text, knows).then_some(Inner {
            source: 0..text.len(),
            content: InnerContent::Same,
            reading,
        })
    }

    /// Reads what `nest` found in a text.
    pub(super) fn explore(
        &mut self,
        inner: Vec<Inner>,
        text: &[u8],
        map: &OffsetMap,
        draft: &Draft<'_>,
        evidence: Evidence,
        record: RecordId,
    ) -> Result<(), SyntaxError> {
        for found in inner {
            // Positions in `found` are positions in `text`; the frame for it lies on a frame for `text`.
            let place = self.place(draft.place, draft.source.start)?;
            let outer = Frame { place, path: draft.path, evidence, ..self.frame.within(text, map, record) };
            let mut collector =
                Collector { engine: self.engine, tools: self.tools, records: self.records, frame: outer };
            let at = draft.source.start;
            collector.inside(found, evidence, record).map_err(|error| SyntaxError { at, ..error })?;
        }
        Ok(())
    }

    /// What `nest` found in this frame's text.
    fn inside(&mut self, found: Inner, evidence: Evidence, record: RecordId) -> Result<(), SyntaxError> {
        let inside = Inside { reading: found.reading, evidence, path: &"", record };
        match found.content {
            InnerContent::Same => {
                let map = OffsetMap::identity(found.source.start);
                let text = &self.frame.input[found.source];
                self.document(text, &map, self.frame.place, inside)
            }
            InnerContent::InPlace { text, map, coding } => {
                let place = self.place(Place::plain().inside(coding).unwrap_or_default(), found.source.start)?;
                self.document(&text, &map, place, inside)
            }
            InnerContent::Carried { bytes, codec } => {
                let carrier = Carrier { source: found.source, codec, charset: None, place: self.frame.place };
                self.carried(bytes, carrier, inside)
            }
            InnerContent::Unread => Ok(()),
        }
    }

    /// A document that is edited in place: `map` leads from its text to this frame's input.
    fn document(&mut self, text: &[u8], map: &OffsetMap, place: Place, inside: Inside<'_>) -> Result<(), SyntaxError> {
        if self.frame.depth >= DEPTH_LIMIT {
            return Ok(());
        }
        let Inside { reading, evidence, path, record } = inside;
        let frame = Frame { place, path, evidence, ..self.frame.within(text, map, record) };
        decode_all(self.engine, self.tools, self.records, frame, reading, record)
    }

    /// A document that is coded again as a whole.
    fn carried(&mut self, bytes: Vec<u8>, carrier: Carrier<'_>, inside: Inside<'_>) -> Result<(), SyntaxError> {
        if self.frame.depth >= DEPTH_LIMIT {
            return Ok(());
        }
        let Inside { reading, evidence, path, record } = inside;
        let mut pieces = Vec::new();
        self.frame.pieces(carrier.source.clone(), &mut pieces);
        let charset = carrier.charset.and_then(charset::Charset::by_label).unwrap_or_else(|| charset::detect(&bytes));
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        charset::Transcoder::new(charset).push(&bytes, true, &mut text, &mut map);
        let place = match coding(charset) {
            Some(coding) => Place::plain().inside(coding).unwrap_or_default(),
            None => Place::plain(),
        };
        let is_unpacked = self.frame.is_unpacked || matches!(carrier.codec, Codec::Packed { .. });
        let layer = self.records.add_layer(
            record,
            Layer {
                parent: self.frame.layer,
                pieces,
                place: carrier.place,
                codec: carrier.codec,
                bytes,
                original: self.frame.input[carrier.source].to_vec(),
            },
        );
        let path = self.path(path);
        let frame = Frame {
            input: &text,
            map: &map,
            base: 0,
            outer: None,
            layer,
            place,
            path: &path,
            record: Some(record),
            evidence,
            depth: self.frame.depth + 1,
            may_cut: false,
            key: self.frame.key.clone(),
            page: None,
            routing: None,
            is_unpacked,
            is_message: true,
        };
        decode_all(self.engine, self.tools, self.records, frame, reading, record)
    }
}

/// Reads a nested document. One that does not parse is read as text: what is inside a string owes nobody a format. Only a
/// message that is declared as one has to be one, because what its parts encode would pass unread. A limit is an error,
/// but where nobody says that a text is markup, many tags in a row (one line of a log) are no reason to refuse the rest.
fn decode_all(
    engine: &Engine,
    tools: &mut Tools,
    records: &mut Records,
    mut frame: Frame<'_>,
    reading: Option<Reading>,
    record: RecordId,
) -> Result<(), SyntaxError> {
    let is_message = reading == Some(Reading::Format(Format::Eml));
    let is_guessed = reading.is_none();
    let reading = reading.unwrap_or_else(|| detect::format(None, frame.input, engine).into());
    let may_be_text = is_guessed && matches!(reading, Reading::Format(Format::Xml | Format::Html));
    let mut decoder = Decoder::of(reading);
    frame.page = decoder.page();
    let mark = records.mark(record);
    let input = frame.input;
    let may_cut = frame.may_cut;
    // Any bytes are text, so what was found in them stays found.
    frame.may_cut &= reading.is_text();
    let mut collector = Collector { engine, tools, records, frame };
    let outcome = decoder.decode(input, true, &mut collector);
    match outcome {
        Err(error) if !is_message && (!error.is_limit || may_be_text) => {
            collector.records.rewind(record, &mark);
            collector.frame.may_cut = may_cut;
            collector.frame.page = None;
            Decoder::new(Format::Text).decode(input, true, &mut collector).map(|_| ())
        }
        other => other.map(|_| ()),
    }
}
