//! From what decoders tell to what was found, with the way back to the bytes.

mod again;

use crate::decode::Decoder;
use crate::frame::Frame;
use crate::nest::{self, Inner, InnerContent};
use crate::path::{Path, Trail};
use crate::record::{Checksum, Found, Key, Layer, LayerId, Records};
use crate::sink::{
    Codec, Content, Decode as _, Draft, Nested, ObjectId, Reading, RecordId, Sink, Skipped, SyntaxError, Text,
};
use crate::write::coding;
use crate::{Format, charset, detect};
use pii_core::{Engine, Evidence, Finding, OffsetMap, Place, Scratch, Segment, Token};
use std::ops::Range;
use std::sync::Arc;

/// How many documents may lie inside each other, decoded text inside text included.
pub(crate) const DEPTH_LIMIT: usize = 8;

/// Memory that is used again.
#[derive(Default)]
pub(crate) struct Tools {
    scratch: Scratch,
    findings: Vec<Finding>,
}

/// The sink that decoders tell: finds, and puts what it finds with its record.
pub(crate) struct Collector<'c> {
    pub(crate) engine: &'c Engine,
    pub(crate) tools: &'c mut Tools,
    pub(crate) records: &'c mut Records,
    pub(crate) frame: Frame<'c>,
}

impl Sink for Collector<'_> {
    fn evidence_of(&mut self, field_name: &[u8]) -> Evidence {
        self.engine.field_evidence(field_name)
    }

    fn judge_column(&mut self, header: Option<&[u8]>, cells: &[&[u8]]) -> Evidence {
        self.engine.column_evidence(header, cells)
    }

    fn is_title(&mut self, text: &[u8]) -> bool {
        self.engine.is_title(text, &mut self.tools.scratch)
    }

    fn open_record(&mut self) -> RecordId {
        self.frame.record.unwrap_or_else(|| self.records.open())
    }

    fn close_record(&mut self, record: RecordId) {
        if self.frame.record.is_none() {
            self.records.close(record);
        }
    }

    fn reached(&mut self, at: usize) {
        if self.frame.depth == 0 {
            let position = self.frame.map.source_span(at..at).start;
            self.records.reached(self.frame.base + position as u64);
        }
    }

    fn segment(&mut self, draft: Draft<'_>) -> Result<(), SyntaxError> {
        self.reached(draft.source.start);
        let identity;
        let (text, map) = match draft.text {
            Text::Same => {
                identity = OffsetMap::identity(draft.source.start);
                (&self.frame.input[draft.source.clone()], &identity)
            }
            Text::Decoded { text, map } => (text, map),
        };
        if draft.lines_are_records {
            return self.lines(text, map, &draft);
        }
        self.read(text, map, &draft, draft.record)
    }

    fn key(&mut self, draft: Draft<'_>, object: ObjectId) -> Result<(), SyntaxError> {
        let text = match draft.text {
            Text::Same => &self.frame.input[draft.source.clone()],
            Text::Decoded { text, .. } => text,
        };
        let key = Key { object, nth: self.records.new_object().0, text: text.into() };
        let around = self.frame.key.replace(Arc::new(key));
        let outcome = self.segment(draft);
        self.frame.key = around;
        outcome
    }

    fn new_object(&mut self) -> ObjectId {
        self.records.new_object()
    }

    fn keys(&mut self, record: RecordId, object: ObjectId, hashes: Option<&[u64]>) {
        self.records.keys(self.frame.record.unwrap_or(record), object, hashes);
    }

    fn nested(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError> {
        // Positions inside mean nothing out here.
        let at = nested.source.start;
        self.reached(at);
        self.enter(nested).map_err(|error| SyntaxError { at, ..error })
    }

    fn uninspected(&mut self, skipped: Skipped<'_>) {
        let mut pieces = Vec::new();
        self.frame.pieces(skipped.source, &mut pieces);
        let record = self.frame.record.unwrap_or(skipped.record);
        let path = self.path(skipped.path).shown(self.engine, &mut self.tools.scratch);
        self.records.skip(record, self.frame.layer, &pieces, skipped.media_type, path);
    }

    fn checksum(&mut self, covered: Range<usize>, field: Range<usize>, more: u8) {
        if self.frame.outer.is_none() && self.frame.layer == LayerId::ROOT {
            let base = self.frame.base;
            let absolute = |range: Range<usize>| {
                let span = self.frame.map.source_span(range);
                base + span.start as u64..base + span.end as u64
            };
            self.records.checksums.push(Checksum { covered: absolute(covered), field: absolute(field), more });
        }
    }
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
    fn enter(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError> {
        let record = self.frame.record.unwrap_or(nested.record);
        let place = self.place(nested.place, nested.source.start)?;
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
                let charset = nested.charset.and_then(charset::by_label).unwrap_or_else(|| charset::detect(text));
                let Some(coding) = coding(charset) else {
                    return self.document(text, map, place, nested.format, nested.evidence, nested.path, record);
                };
                let (mut decoded, mut units) = (Vec::new(), OffsetMap::default());
                charset::Transcoder::new(charset).push(text, true, &mut decoded, &mut units);
                let too_deep =
                    SyntaxError { at: nested.source.start, what: "encodings nested too deep", is_limit: true };
                let place = place.inside(coding).ok_or(too_deep)?;
                let map = map.then(&units);
                self.document(&decoded, &map, place, nested.format, nested.evidence, nested.path, record)
            }
            Content::Carried { bytes, codec } => {
                let carrier = Carrier { source: nested.source, codec, charset: nested.charset, place };
                self.carried(bytes, carrier, nested.format, nested.evidence, nested.path, record)
            }
        }
    }

    /// Text whose lines are records of their own.
    fn lines(&mut self, text: &[u8], map: &OffsetMap, draft: &Draft<'_>) -> Result<(), SyntaxError> {
        let mut start = 0;
        while start < text.len() {
            let end = memchr::memchr(b'\n', &text[start..]).map_or(text.len(), |n| start + n);
            if end > start {
                let line = map.then(&OffsetMap::identity(start));
                let record = self.open_record();
                self.read(&text[start..end], &line, draft, record)?;
                self.close_record(record);
            }
            start = end + 1;
        }
        Ok(())
    }

    /// Finds in one text, then looks for what is encoded inside it.
    fn read(&mut self, text: &[u8], map: &OffsetMap, draft: &Draft<'_>, record: RecordId) -> Result<(), SyntaxError> {
        let evidence = if draft.evidence.is_labelled() { draft.evidence } else { self.inherited(draft.evidence) };
        let too_long = SyntaxError { at: draft.source.start, what: "a text of more than 64 MiB", is_limit: true };
        let segment = Segment::new(text, evidence).ok_or(too_long)?;
        let mut findings = std::mem::take(&mut self.tools.findings);
        self.engine.find(segment, &mut self.tools.scratch, &mut findings);
        let mut inner = Vec::new();
        if draft.place.token != Token::JsonValue && self.frame.depth < DEPTH_LIMIT {
            nest::explore(text, true, &mut inner);
        }
        // A line of text that encodes nothing is all of its record.
        let is_alone = draft.lines_are_records && self.frame.record.is_none() && inner.is_empty();
        if !is_alone {
            self.find_again(text, map, draft, record, &mut findings)?;
        }
        // An age or a sex matters beside a finding only; in a field of its own it stands beside those of the record.
        if !findings.is_empty() || draft.evidence.tells_aside() {
            self.records.note(record, self.engine.aside(text, draft.evidence));
        }
        let outcome = self.keep(&mut findings, text, map, draft, record);
        self.tools.findings = findings;
        outcome?;
        self.explore(inner, text, map, draft, evidence, record)
    }

    /// What is known of a document's field holds for what stands alone in it.
    fn inherited(&self, own: Evidence) -> Evidence {
        if self.frame.evidence.is_labelled() { self.frame.evidence } else { own }
    }

    fn keep(
        &mut self,
        findings: &mut Vec<Finding>,
        text: &[u8],
        map: &OffsetMap,
        draft: &Draft<'_>,
        record: RecordId,
    ) -> Result<(), SyntaxError> {
        for finding in findings.drain(..) {
            let span = finding.span();
            let mut pieces = Vec::with_capacity(1);
            if draft.place.token == Token::JsonValue {
                pieces = self.token_pieces(draft);
            } else {
                for piece in map.source_pieces(span.clone()) {
                    self.frame.pieces(piece, &mut pieces);
                }
            }
            if let Some(piece) = pieces.first().filter(|_| self.frame.may_cut) {
                self.records.reached(piece.start);
            }
            let place = self.place(draft.place, draft.source.start)?;
            let path = self.path(draft.path);
            let mut found = Found::new(finding, &text[span.clone()], pieces, self.frame.layer, place, path);
            let in_key = (draft.place.token == Token::JsonKey).then_some(span);
            found.key = self.frame.key.clone().map(|key| (key, in_key));
            self.records.add(record, found);
        }
        Ok(())
    }

    fn explore(
        &mut self,
        inner: Vec<Inner>,
        text: &[u8],
        map: &OffsetMap,
        draft: &Draft<'_>,
        evidence: Evidence,
        record: RecordId,
    ) -> Result<(), SyntaxError> {
        for inside in inner {
            // Positions in `inside` are positions in `text`; the frame for it lies on a frame for `text`.
            let place = self.place(draft.place, draft.source.start)?;
            let outer = Frame {
                input: text,
                map,
                base: 0,
                outer: Some(&self.frame),
                layer: self.frame.layer,
                place,
                path: draft.path,
                record: Some(record),
                evidence,
                depth: self.frame.depth + 1,
                may_cut: self.frame.may_cut,
                key: self.frame.key.clone(),
            };
            let mut collector =
                Collector { engine: self.engine, tools: self.tools, records: self.records, frame: outer };
            let at = draft.source.start;
            collector.inside(inside, evidence, record).map_err(|error| SyntaxError { at, ..error })?;
        }
        Ok(())
    }

    /// What `nest` found in this frame's text.
    fn inside(&mut self, inside: Inner, evidence: Evidence, record: RecordId) -> Result<(), SyntaxError> {
        let format = inside.format.map(Into::into);
        match inside.content {
            InnerContent::Same => {
                let map = OffsetMap::identity(inside.source.start);
                let text = &self.frame.input[inside.source];
                self.document(text, &map, self.frame.place, format, evidence, &"", record)
            }
            InnerContent::InPlace { text, map, coding } => {
                let place = self.place(Place::plain().inside(coding).unwrap_or_default(), inside.source.start)?;
                self.document(&text, &map, place, format, evidence, &"", record)
            }
            InnerContent::Carried { bytes, codec } => {
                let carrier = Carrier { source: inside.source, codec, charset: None, place: self.frame.place };
                self.carried(bytes, carrier, format, evidence, &"", record)
            }
        }
    }

    /// A document that is edited in place: `map` leads from its text to this frame's input.
    #[allow(clippy::too_many_arguments, reason = "each says one thing about the document, and two callers give them")]
    fn document(
        &mut self,
        text: &[u8],
        map: &OffsetMap,
        place: Place,
        format: Option<Reading>,
        evidence: Evidence,
        path: &dyn Path,
        record: RecordId,
    ) -> Result<(), SyntaxError> {
        if self.frame.depth >= DEPTH_LIMIT {
            return Ok(());
        }
        let frame = Frame {
            input: text,
            map,
            base: 0,
            outer: Some(&self.frame),
            layer: self.frame.layer,
            place,
            path,
            record: Some(record),
            evidence,
            depth: self.frame.depth + 1,
            may_cut: self.frame.may_cut,
            key: self.frame.key.clone(),
        };
        decode_all(self.engine, self.tools, self.records, frame, format, record)
    }

    /// A document that is coded again as a whole.
    fn carried(
        &mut self,
        bytes: Vec<u8>,
        carrier: Carrier<'_>,
        format: Option<Reading>,
        evidence: Evidence,
        path: &dyn Path,
        record: RecordId,
    ) -> Result<(), SyntaxError> {
        if self.frame.depth >= DEPTH_LIMIT {
            return Ok(());
        }
        let mut pieces = Vec::new();
        self.frame.pieces(carrier.source.clone(), &mut pieces);
        let charset = carrier.charset.and_then(charset::by_label).unwrap_or_else(|| charset::detect(&bytes));
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        charset::Transcoder::new(charset).push(&bytes, true, &mut text, &mut map);
        let place = match coding(charset) {
            Some(coding) => Place::plain().inside(coding).unwrap_or_default(),
            None => Place::plain(),
        };
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
        };
        decode_all(self.engine, self.tools, self.records, frame, format, record)
    }

    /// The frame's codings with `inner` inside them.
    fn place(&self, inner: Place, at: usize) -> Result<Place, SyntaxError> {
        let mut place = self.frame.place.with_room(inner.room).with_token(inner.token);
        for coding in inner.codings() {
            place =
                place.inside(coding).ok_or(SyntaxError { at, what: "encodings nested too deep", is_limit: true })?;
        }
        Ok(place)
    }

    /// The whole path.
    fn path(&self, last: &dyn Path) -> Trail {
        let mut path = Trail::default();
        self.frame.write_path(&mut path);
        last.write(&mut path);
        path
    }
}

/// Reads a nested document. One that does not parse is read as text: what is inside a string owes nobody a format. Only a
/// message that is declared as one has to be one, because what its parts encode would pass unread.
fn decode_all(
    engine: &Engine,
    tools: &mut Tools,
    records: &mut Records,
    mut frame: Frame<'_>,
    format: Option<Reading>,
    record: RecordId,
) -> Result<(), SyntaxError> {
    let is_message = format == Some(Reading::Format(Format::Eml));
    let reading = format.unwrap_or_else(|| detect::format(None, frame.input).into());
    let mark = records.mark(record);
    let input = frame.input;
    let may_cut = frame.may_cut;
    // Any bytes are text, so what was found in them stays found.
    frame.may_cut &= reading.is_text();
    let mut collector = Collector { engine, tools, records, frame };
    let outcome = Decoder::of(reading).decode(input, true, &mut collector);
    match outcome {
        Err(error) if !error.is_limit && !is_message => {
            collector.records.rewind(record, &mark);
            collector.frame.may_cut = may_cut;
            Decoder::new(Format::Text).decode(input, true, &mut collector).map(|_| ())
        }
        other => other.map(|_| ()),
    }
}
