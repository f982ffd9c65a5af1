//! A sink for tests: it keeps everything that a decoder says and checks the contract as it goes.
//!
//! [`record`] feeds a decoder the way the driver does, with the input cut wherever a test wants. Positions in what is
//! recorded are positions in the whole input, so recordings of different cuts compare equal.

use super::{Codec, Content, Decode, Draft, Field, Nested, Reading, RecordId, Sink, Skipped, SyntaxError, Text};
use crate::path::in_full;
use pii_core::{Evidence, OffsetMap, Place};
use std::collections::BTreeSet;
use std::ops::Range;

/// What a decoder said, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    Open(RecordId),
    Close(RecordId),
    Segment(Segment),
    Nested(NestedDocument),
    /// Where it stands, its media type and its path.
    Uninspected(Range<usize>, String, String),
}

/// A [`Draft`] that is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    /// In the whole input.
    pub(crate) source: Range<usize>,
    pub(crate) text: Vec<u8>,
    /// For every byte of `text` the span of the whole input that it came from. Empty for `Text::Same`.
    pub(crate) origins: Vec<Range<usize>>,
    pub(crate) place: Place,
    pub(crate) evidence: Evidence,
    pub(crate) path: String,
    pub(crate) record: RecordId,
    pub(crate) lines_are_records: bool,
}

impl Segment {
    /// The text as a string, for comparing.
    pub(crate) fn text_str(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

/// A [`Nested`] that is kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NestedDocument {
    /// In the whole input.
    pub(crate) source: Range<usize>,
    pub(crate) bytes: Vec<u8>,
    /// `None` for what is edited in place.
    pub(crate) codec: Option<Codec>,
    /// As in [`Segment`].
    pub(crate) origins: Vec<Range<usize>>,
    pub(crate) format: Option<crate::Format>,
    /// Where it is read in a way that is no format's.
    pub(crate) reading: Option<Reading>,
    pub(crate) charset: Option<Vec<u8>>,
    pub(crate) place: Place,
    pub(crate) evidence: Evidence,
    pub(crate) path: String,
    pub(crate) record: RecordId,
}

/// Keeps what a decoder says.
#[derive(Default)]
pub(crate) struct RecordingSink {
    /// The whole input, for texts that are the input's own bytes.
    input: Vec<u8>,
    /// Where the part that the decoder sees begins and ends.
    window: Range<usize>,
    pub(crate) events: Vec<Event>,
    open: BTreeSet<RecordId>,
    next_record: u64,
    /// Every name that `evidence_of` was asked for, in order.
    pub(crate) names: Vec<Vec<u8>>,
    /// Names that `field` calls labelled.
    pub(crate) labelled: Vec<&'static [u8]>,
    /// Names whose values go as a whole.
    pub(crate) whole: Vec<&'static [u8]>,
}

/// Feeds `decoder` the whole `input`, as if it arrived in parts that end at `cuts`, and gives what it said.
///
/// An error's position is in the whole input.
pub(crate) fn record<D: Decode>(decoder: D, input: &[u8], cuts: &[usize]) -> Result<Vec<Event>, SyntaxError> {
    let mut sink = RecordingSink::default();
    record_into(&mut sink, decoder, input, cuts)?;
    Ok(sink.events)
}

/// As [`record`], into a sink that the test has prepared or wants to look into.
pub(crate) fn record_into<D: Decode>(
    sink: &mut RecordingSink,
    mut decoder: D,
    input: &[u8],
    cuts: &[usize],
) -> Result<(), SyntaxError> {
    sink.input = input.to_vec();
    let mut ends: Vec<usize> = cuts.iter().copied().filter(|&cut| cut < input.len()).collect();
    ends.sort_unstable();
    ends.push(input.len());
    let mut done = 0;
    for (nth, &arrived) in ends.iter().enumerate() {
        let is_end = nth + 1 == ends.len();
        let arrived = arrived.max(done);
        sink.window = done..arrived;
        let used = decoder.decode(&input[done..arrived], is_end, sink).map_err(|e| {
            assert!(done + e.at <= input.len(), "the position of an error lies outside the input");
            SyntaxError { at: done + e.at, ..e }
        })?;
        assert!(used <= arrived - done, "more was used than was given");
        done += used;
    }
    assert_eq!(done, input.len(), "not everything was used at the end");
    assert!(sink.open.is_empty(), "records were left open: {:?}", sink.open);
    Ok(())
}

/// The segments among `events`.
pub(crate) fn segments(events: &[Event]) -> Vec<&Segment> {
    events.iter().filter_map(|event| if let Event::Segment(s) = event { Some(s) } else { None }).collect()
}

/// The nested documents among `events`.
pub(crate) fn nested(events: &[Event]) -> Vec<&NestedDocument> {
    events.iter().filter_map(|event| if let Event::Nested(n) = event { Some(n) } else { None }).collect()
}

impl RecordingSink {
    fn whole_source(&self, source: &Range<usize>) -> Range<usize> {
        assert!(source.start <= source.end && source.end <= self.window.len(), "a source outside the input");
        self.window.start + source.start..self.window.start + source.end
    }

    fn read(&self, text: Text<'_>, source: &Range<usize>) -> (Vec<u8>, Vec<Range<usize>>) {
        match text {
            Text::Same => (self.input[self.whole_source(source)].to_vec(), Vec::new()),
            Text::Decoded { text, map } => (text.to_vec(), self.origins(text, map, source)),
        }
    }

    fn origins(&self, text: &[u8], map: &OffsetMap, source: &Range<usize>) -> Vec<Range<usize>> {
        if !map.is_identity() {
            assert_eq!(map.text_len(), text.len(), "the map is not as long as the text");
        }
        let origins = (0..text.len()).map(|at| map.source_span(at..at + 1));
        let check = |origin: Range<usize>| {
            assert!(source.start <= origin.start && origin.end <= source.end, "text from outside its source");
            self.whole_source(&origin)
        };
        origins.map(check).collect()
    }

    fn check_record(&self, record: RecordId) {
        assert!(self.open.contains(&record), "a record that is not open: {record:?}");
    }
}

impl Sink for RecordingSink {
    fn evidence_of(&mut self, field_name: &[u8]) -> Evidence {
        self.names.push(field_name.to_vec());
        Evidence::none()
    }

    fn judge_column(&mut self, header: Option<&[u8]>, _cells: &[&[u8]]) -> Evidence {
        self.names.extend(header.map(<[u8]>::to_vec));
        Evidence::none()
    }

    fn is_label_line(&mut self, line: &[u8]) -> bool {
        self.labelled.contains(&line)
    }

    fn open_record(&mut self) -> RecordId {
        let record = RecordId(self.next_record);
        self.next_record += 1;
        self.open.insert(record);
        self.events.push(Event::Open(record));
        record
    }

    fn close_record(&mut self, record: RecordId) {
        assert!(self.open.remove(&record), "a record that is not open is closed: {record:?}");
        self.events.push(Event::Close(record));
    }

    fn segment(&mut self, draft: Draft<'_>) -> Result<(), SyntaxError> {
        self.check_record(draft.record);
        let (text, origins) = self.read(draft.text, &draft.source);
        self.events.push(Event::Segment(Segment {
            source: self.whole_source(&draft.source),
            text,
            origins,
            place: draft.place,
            evidence: draft.evidence,
            path: in_full(draft.path),
            record: draft.record,
            lines_are_records: draft.lines_are_records,
        }));
        Ok(())
    }

    fn nested(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError> {
        self.check_record(nested.record);
        let (bytes, origins, codec) = match nested.content {
            Content::InPlace(text) => {
                let (bytes, origins) = self.read(text, &nested.source);
                (bytes, origins, None)
            }
            Content::Carried { bytes, codec } => (bytes, Vec::new(), Some(codec)),
        };
        self.events.push(Event::Nested(NestedDocument {
            source: self.whole_source(&nested.source),
            bytes,
            codec,
            origins,
            format: nested.format.and_then(|reading| if let Reading::Format(f) = reading { Some(f) } else { None }),
            reading: nested.format.filter(|reading| !matches!(reading, Reading::Format(_))),
            charset: nested.charset.map(<[u8]>::to_vec),
            place: nested.place,
            evidence: nested.evidence,
            path: in_full(nested.path),
            record: nested.record,
        }));
        Ok(())
    }

    fn uninspected(&mut self, skipped: Skipped<'_>) {
        self.check_record(skipped.record);
        let source = self.whole_source(&skipped.source);
        self.events.push(Event::Uninspected(source, skipped.media_type.to_owned(), in_full(skipped.path)));
    }

    fn field(&mut self, name: &[u8]) -> Field {
        Field {
            evidence: self.evidence_of(name),
            is_labelled: self.labelled.contains(&name) || self.whole.contains(&name),
            takes_whole: self.whole.contains(&name),
        }
    }
}
