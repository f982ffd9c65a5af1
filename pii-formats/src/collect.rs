//! From what decoders tell to what was found, with the way back to the bytes.

mod again;
mod lines;
mod nested;
mod unexplained;

use crate::allowance::Meter;
use crate::frame::Frame;
use crate::nest::{self, Inner};
use crate::path::{Path, Trail};
use crate::record::{Checksum, Found, Key, LayerId, Records, Way};
use crate::routing::Receivers;
use crate::sink::{Draft, Nested, ObjectId, RecordId, Sink, Skipped, SyntaxError, Text};
use pii_core::{Coding, Engine, Evidence, Finding, OffsetMap, Originals, Place, Scratch, Segment, Token};
use std::ops::Range;
use std::sync::Arc;

/// How many documents may lie inside each other, decoded text inside text included.
pub(crate) const DEPTH_LIMIT: usize = 8;

/// What collectors work with: memory that is used again, and values that are looked for.
#[derive(Default)]
pub(crate) struct Tools {
    scratch: Scratch,
    findings: Vec<Finding>,
    originals: Option<Originals>,
    meter: Meter,
}

impl Tools {
    pub(crate) fn new(meter: Meter) -> Self {
        Self { meter, ..Self::default() }
    }

    /// Whether reading was given up because its time was over.
    pub(crate) fn is_late(&self) -> bool {
        self.meter.is_late()
    }

    pub(crate) fn scratch(&mut self) -> &mut Scratch {
        &mut self.scratch
    }

    /// From here on these values are findings wherever they stand.
    pub(crate) fn look_for(&mut self, originals: Originals) {
        self.originals = Some(originals).filter(|originals| !originals.is_empty());
    }

    fn holds_original(&self, text: &[u8]) -> bool {
        self.originals.as_ref().is_some_and(|originals| originals.stand_in(text))
    }
}

/// The sink that decoders tell: finds, and puts what it finds with its record.
pub(crate) struct Collector<'c> {
    pub(crate) engine: &'c Engine,
    pub(crate) tools: &'c mut Tools,
    pub(crate) records: &'c mut Records,
    pub(crate) frame: Frame<'c>,
}

/// What is known of a text before it is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Nothing,
    /// It is a line that may hold something.
    MayHold,
    /// It holds nothing that is not encoded in it.
    MayHide,
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

    fn is_value(&mut self, text: &[u8]) -> bool {
        self.engine.is_value(text, &mut self.tools.scratch)
    }

    fn is_label_line(&mut self, line: &[u8]) -> bool {
        self.engine.label_line(line).is_some()
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
        self.read((text, 0..text.len()), map, &draft, draft.record, Known::Nothing)
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
        if self.frame.layer != LayerId::ROOT {
            return;
        }
        if let (Some(covered), Some(field)) = (self.as_written(covered), self.as_written(field)) {
            self.records.checksums.push(Checksum { covered, field, more });
        }
    }
}

impl Collector<'_> {
    /// Where a span of the frame's input stands in the layer, if it stands there in the same bytes.
    fn as_written(&self, span: Range<usize>) -> Option<Range<u64>> {
        let len = span.len() as u64;
        if let Way::Straight(start) = self.frame.way(&OffsetMap::identity(span.start), span.len()) {
            return (len > 0).then_some(start..start + len);
        }
        let mut pieces = Vec::new();
        self.frame.pieces(span, &mut pieces);
        pieces.pop().filter(|piece| pieces.is_empty() && piece.end - piece.start == len)
    }

    /// Finds in one text, a span of a whole one, then looks for what is encoded inside it.
    fn read(
        &mut self,
        (whole, span): (&[u8], Range<usize>),
        map: &OffsetMap,
        draft: &Draft<'_>,
        record: RecordId,
        known: Known,
    ) -> Result<(), SyntaxError> {
        let text = &whole[span.clone()];
        let evidence = if draft.evidence.is_labelled() { draft.evidence } else { self.inherited(draft) };
        let too_long = SyntaxError { at: draft.source.start, what: "a text of more than 64 MiB", is_limit: true };
        let segment = Segment::new(text, evidence).ok_or(too_long)?.cut_from(whole, span.start);
        let mut findings = std::mem::take(&mut self.tools.findings);
        match known {
            Known::Nothing => self.engine.find(segment, &mut self.tools.scratch, &mut findings),
            Known::MayHold => self.engine.find(segment.told(), &mut self.tools.scratch, &mut findings),
            Known::MayHide => {}
        }
        self.ask_page(segment, draft, &mut findings);
        if let Some(originals) = &self.tools.originals {
            originals.find(text, &mut findings);
        }
        let mut inner = Vec::new();
        if !draft.place.token.is_whole() && self.frame.depth < DEPTH_LIMIT {
            match (!draft.lines_are_records).then(|| self.table(text)).flatten() {
                Some(table) => inner.push(table),
                None => nest::explore(text, true, !self.frame.is_unpacked, &mut inner),
            }
        }
        let (unread, inner): (Vec<Inner>, Vec<Inner>) = inner.into_iter().partition(Inner::is_unread);
        let routing = self.routing_text(text, draft);
        // A line of text that encodes nothing is all of its record.
        let is_alone = draft.lines_are_records && self.frame.record.is_none() && inner.is_empty();
        if !is_alone {
            self.find_again(text, map, draft, record, routing.as_ref(), &mut findings)?;
        }
        // An age or a sex matters beside a finding only; in a field of its own it stands beside those of the record.
        if !findings.is_empty() || draft.evidence.tells_aside() {
            self.records.note(record, self.engine.aside(text, draft.evidence));
        }
        let runs = unexplained::runs(text, &findings, &inner, &unread);
        self.tell_unexplained(text, runs, map, draft, record);
        let outcome = self.keep(&mut findings, text, map, draft, record, routing.as_ref());
        self.tools.findings = findings;
        outcome?;
        self.explore(inner, text, map, draft, evidence, record)
    }

    /// Counts what was found, and looks at the clock.
    fn spend(&mut self, findings: usize, draft: &Draft<'_>) -> Result<(), SyntaxError> {
        let over = |what| SyntaxError { at: draft.source.start, what, is_limit: true };
        self.tools.meter.spend(findings).map_err(over)
    }

    /// The text, if it is all of a field that may say where the message goes.
    fn routing_text(&self, text: &[u8], draft: &Draft<'_>) -> Option<Arc<Receivers>> {
        let routing = self.frame.routing.filter(|_| draft.place.token != Token::JsonKey)?;
        routing.text_at(self.path(draft.path).in_clear(), text)
    }

    /// What a page is about may be said in another block than the code that it is about.
    fn ask_page(&self, segment: Segment<'_>, draft: &Draft<'_>, findings: &mut [Finding]) {
        let Some(page) = &self.frame.page else { return };
        if self.engine.asks_its_page(findings)
            && let Some((text, at)) = page.around(self.frame.input, draft.source.start)
        {
            self.engine.ask_page(segment.cut_from(text, at), findings);
        }
    }

    /// What is known of a document's field holds for what stands alone in it. Attributes say how the rest is shown.
    fn inherited(&self, draft: &Draft<'_>) -> Evidence {
        let is_attribute = draft.place.codings().last() == Some(Coding::MarkupAttribute);
        if self.frame.evidence.is_labelled() && !is_attribute { self.frame.evidence } else { draft.evidence }
    }

    fn keep(
        &mut self,
        findings: &mut Vec<Finding>,
        text: &[u8],
        map: &OffsetMap,
        draft: &Draft<'_>,
        record: RecordId,
        routing: Option<&Arc<Receivers>>,
    ) -> Result<(), SyntaxError> {
        self.spend(findings.len(), draft)?;
        for finding in findings.drain(..) {
            let span = finding.span();
            let mut pieces = Vec::with_capacity(1);
            if draft.place.token.is_whole() {
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
            found.routing = routing.map(|text| (text.clone(), span.clone()));
            let in_key = (draft.place.token == Token::JsonKey).then_some(span);
            found.key = self.frame.key.clone().map(|key| (key, in_key));
            self.records.add(record, found);
        }
        Ok(())
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
