//! What was found in the records that are still open, and what becomes of it when they close.

use crate::report::Uninspected;
use crate::sink::{Codec, RecordId};
use crate::write;
use pii_core::{Aside, Finding, Place, Support};
use std::collections::BTreeMap;
use std::ops::Range;

/// A record that is longer than this is not waited for: what was found in it is decided at once, strictly.
pub(crate) const RECORD_LIMIT_BYTES: u64 = 1 << 20;

/// Bytes that are edited together: the input, or the content of a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LayerId(u32);

impl LayerId {
    pub(crate) const ROOT: Self = Self(0);
}

/// So many values of a record are looked for in its other texts.
const KNOWN_LIMIT: usize = 32;

/// A finding, and the way back to the bytes that it stands in. Holds the value, so it has no `Debug`.
pub(crate) struct Found {
    pub(crate) finding: Finding,
    value: Box<str>,
    /// Where it is written in its layer's bytes: one stretch, or several with markup between them.
    pub(crate) pieces: Vec<Range<u64>>,
    layer: LayerId,
    pub(crate) place: Place,
    pub(crate) path: String,
}

impl Found {
    pub(crate) fn new(
        finding: Finding,
        value: &[u8],
        pieces: Vec<Range<u64>>,
        layer: LayerId,
        place: Place,
        path: String,
    ) -> Self {
        Self { finding, value: String::from_utf8_lossy(value).into(), pieces, layer, place, path }
    }

    /// The value, as its segment's text has it.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// How many bytes the edit of a fixed-width place has.
    pub(crate) fn width(&self) -> usize {
        self.pieces.iter().map(|piece| (piece.end - piece.start) as usize).sum()
    }

    fn start(&self) -> u64 {
        self.pieces.first().map_or(0, |piece| piece.start)
    }

    fn end(&self) -> u64 {
        self.pieces.last().map_or(0, |piece| piece.end)
    }
}

/// A carrier's content.
pub(crate) struct Layer {
    pub(crate) parent: LayerId,
    /// Where the carrier stands in its parent's bytes.
    pub(crate) pieces: Vec<Range<u64>>,
    pub(crate) place: Place,
    pub(crate) codec: Codec,
    pub(crate) bytes: Vec<u8>,
    /// The carrier as it was written.
    pub(crate) original: Vec<u8>,
}

/// What stands in the place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// Text, written as its place is.
    Text(String),
    /// A bare `null` in the place of a number.
    JsonNull,
}

/// What replaces a stretch of bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Range<u64>,
    pub(crate) bytes: Vec<u8>,
}

/// A record that is still open.
#[derive(Default)]
pub(crate) struct Open {
    founds: Vec<Found>,
    layers: Vec<Layer>,
    aside: Aside,
    /// The position in the input of the first finding, where output has to wait.
    first: Option<u64>,
}

/// A record that is closed: its findings, sorted, without overlaps.
pub(crate) struct Closed {
    pub(crate) founds: Vec<Found>,
    layers: Vec<Layer>,
    /// What its texts say of the person beside its numbers.
    pub(crate) aside: Aside,
    /// It was too long to be waited for.
    pub(crate) cut_short: bool,
}

/// The records of one input.
#[derive(Default)]
pub(crate) struct Records {
    open: BTreeMap<RecordId, Open>,
    next: u64,
    /// Records that were closed since they were last taken.
    pub(crate) closed: Vec<Closed>,
    /// Check sums to be computed again: the bytes covered and the field that holds it.
    pub(crate) checksums: Vec<(Range<u64>, Range<u64>)>,
    /// What decoders have passed over since this was last taken. Lines are not counted here.
    pub(crate) uninspected: Vec<Uninspected>,
}

/// A position in a record to come back to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    founds: usize,
    layers: usize,
    uninspected: usize,
}

impl Records {
    pub(crate) fn open(&mut self) -> RecordId {
        let id = RecordId(self.next);
        self.next += 1;
        id
    }

    pub(crate) fn close(&mut self, id: RecordId) {
        if let Some(open) = self.open.remove(&id) {
            self.closed.push(open.close(false));
        }
    }

    /// Closes what is still open when the input ends.
    pub(crate) fn close_all(&mut self) {
        let open = std::mem::take(&mut self.open);
        self.closed.extend(open.into_values().map(|open| open.close(false)));
    }

    pub(crate) fn add(&mut self, id: RecordId, found: Found) {
        let record = self.open.entry(id).or_default();
        let at = record.in_input(found.layer, found.start());
        record.first.get_or_insert(at);
        let is_in_carrier = found.layer != LayerId::ROOT;
        record.founds.push(found);
        // A carrier is edited as one, so no record ends inside it.
        if !is_in_carrier {
            self.cut_if_long(id, at);
        }
    }

    /// Closes a record that has grown too long at the position `at` of the input. What stands behind goes on as another.
    fn cut_if_long(&mut self, id: RecordId, at: u64) {
        // Positions are the input's, so the same record is cut at the same place however the input arrives.
        let first = self.open.get(&id).and_then(|record| record.first);
        if first.is_some_and(|first| at.saturating_sub(first) > RECORD_LIMIT_BYTES)
            && let Some(long) = self.open.remove(&id)
        {
            self.closed.push(long.close(true));
        }
    }

    /// Remembers what a text of the record says beside its numbers.
    pub(crate) fn note(&mut self, id: RecordId, aside: Aside) {
        if !aside.is_empty() {
            let record = self.open.entry(id).or_default();
            record.aside = record.aside.and(aside);
        }
    }

    pub(crate) fn add_layer(&mut self, id: RecordId, layer: Layer) -> LayerId {
        if layer.parent == LayerId::ROOT {
            self.cut_if_long(id, layer.pieces.first().map_or(0, |piece| piece.start));
        }
        let record = self.open.entry(id).or_default();
        record.layers.push(layer);
        LayerId(u32::try_from(record.layers.len()).unwrap_or(u32::MAX))
    }

    /// Notes that what is written as `pieces` of a layer was not read.
    pub(crate) fn skip(&mut self, id: RecordId, layer: LayerId, pieces: &[Range<u64>], media_type: &str, path: String) {
        let layers = self.open.get(&id).map_or(&[][..], |open| open.layers.as_slice());
        let pieces = in_input(layers, layer, pieces);
        let (start, end) = (pieces.first().map_or(0, |p| p.start), pieces.last().map_or(0, |p| p.end));
        self.uninspected.push(Uninspected { start, end, line: 0, media_type: media_type.to_owned(), path });
    }

    pub(crate) fn checksum(&mut self, covered: Range<u64>, field: Range<u64>) {
        self.checksums.push((covered, field));
    }

    /// What words around it have given away in a record so far.
    pub(crate) fn known(&self, id: RecordId) -> impl Iterator<Item = &Found> {
        let founds = self.open.get(&id).map_or(&[][..], |open| open.founds.as_slice());
        founds.iter().filter(|found| found.finding.reasons().support > Support::Alone).take(KNOWN_LIMIT)
    }

    /// Where a record stands now.
    pub(crate) fn mark(&self, id: RecordId) -> Mark {
        let (founds, layers) = self.open.get(&id).map_or((0, 0), |open| (open.founds.len(), open.layers.len()));
        Mark { founds, layers, uninspected: self.uninspected.len() }
    }

    /// Forgets what was found since `mark`.
    pub(crate) fn rewind(&mut self, id: RecordId, mark: Mark) {
        self.uninspected.truncate(mark.uninspected);
        if let Some(open) = self.open.get_mut(&id) {
            open.founds.truncate(mark.founds);
            open.layers.truncate(mark.layers);
        }
    }

    /// The first position that an open record may still change.
    pub(crate) fn waiting_from(&self) -> Option<u64> {
        self.open.values().filter_map(|open| open.first).min()
    }
}

impl Open {
    /// Where a position in a layer stands in the input.
    fn in_input(&self, layer: LayerId, at: u64) -> u64 {
        in_input(&self.layers, layer, std::slice::from_ref(&(at..at))).first().map_or(0, |piece| piece.start)
    }

    fn close(mut self, cut_short: bool) -> Closed {
        self.founds.sort_by(|a, b| (a.layer, a.start(), b.end()).cmp(&(b.layer, b.start(), a.end())));
        let mut founds: Vec<Found> = Vec::with_capacity(self.founds.len());
        for found in self.founds {
            match founds.last_mut() {
                // The same bytes read twice, once as text and once as what they encode: the surer reading counts, and it
                // covers both.
                Some(last) if last.layer == found.layer && found.start() < last.end() => {
                    if is_surer(&found, last) {
                        *last = found;
                    }
                }
                _ => founds.push(found),
            }
        }
        Closed { founds, layers: self.layers, aside: self.aside, cut_short }
    }
}

/// Where `pieces` of a layer stand in the input: themselves, or the carrier that they are in.
fn in_input<'p>(layers: &'p [Layer], mut layer: LayerId, mut pieces: &'p [Range<u64>]) -> &'p [Range<u64>] {
    while let Some(carrier) = layer.0.checked_sub(1).and_then(|index| layers.get(index as usize)) {
        pieces = &carrier.pieces;
        layer = carrier.parent;
    }
    pieces
}

fn is_surer(a: &Found, b: &Found) -> bool {
    let length = |f: &Found| f.end() - f.start();
    (a.finding.confidence(), length(a)) > (b.finding.confidence(), length(b))
        && a.start() <= b.start()
        && a.end() >= b.end()
}

impl Closed {
    /// Where a finding stands in the input: itself, or the carrier that it is in.
    pub(crate) fn input_pieces(&self, found: &Found) -> Vec<Range<u64>> {
        in_input(&self.layers, found.layer, &found.pieces).to_vec()
    }

    /// Writes `replacements` (one for each finding, `None` to leave it) back through all layers: the edits of the input.
    pub(crate) fn edits(&self, replacements: &[Option<Replacement>]) -> Vec<Edit> {
        let mut by_layer: Vec<Vec<Edit>> = (0..=self.layers.len()).map(|_| Vec::new()).collect();
        for (found, replacement) in self.founds.iter().zip(replacements) {
            if let Some(replacement) = replacement {
                let bytes = match replacement {
                    Replacement::Text(text) => write::replacement(text, found.place),
                    Replacement::JsonNull => write::coded(b"null".to_vec(), found.place),
                };
                place_edit(&found.pieces, bytes, &mut by_layer[found.layer.0 as usize]);
            }
        }
        // A carrier's content is always a later layer than the carrier stands in.
        for index in (1..by_layer.len()).rev() {
            let mut edits = std::mem::take(&mut by_layer[index]);
            if edits.is_empty() {
                continue;
            }
            let layer = &self.layers[index - 1];
            edits.sort_by_key(|edit| edit.span.start);
            let content = splice(&layer.bytes, 0, &edits);
            let coded = write::carrier(&content, &layer.codec, &layer.original);
            let bytes = write::coded(coded, layer.place);
            place_edit(&layer.pieces, bytes, &mut by_layer[layer.parent.0 as usize]);
        }
        let mut edits = std::mem::take(&mut by_layer[0]);
        edits.sort_by_key(|edit| edit.span.start);
        edits
    }
}

/// The edit's text goes where the value begins; what is left of the value between markup goes.
fn place_edit(pieces: &[Range<u64>], bytes: Vec<u8>, edits: &mut Vec<Edit>) {
    let mut bytes = Some(bytes);
    for piece in pieces {
        edits.push(Edit { span: piece.clone(), bytes: bytes.take().unwrap_or_default() });
    }
}

/// `source`, which begins at position `base`, with the edits made. Edits are sorted. Where two overlap, because two readings
/// of the same bytes were judged apart, the first is made and nothing is left of what the other would have replaced.
pub(crate) fn splice(source: &[u8], base: u64, edits: &[Edit]) -> Vec<u8> {
    let mut out = Vec::with_capacity(source.len());
    let mut at = 0;
    for edit in edits {
        let start = (edit.span.start - base) as usize;
        let end = (edit.span.end - base) as usize;
        if end > source.len() {
            continue;
        }
        if start < at {
            at = at.max(end);
            continue;
        }
        out.extend_from_slice(&source[at..start]);
        out.extend_from_slice(&edit.bytes);
        at = end;
    }
    out.extend_from_slice(&source[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splicing_keeps_what_is_outside() {
        let edit = |span: Range<u64>, text: &str| Edit { span, bytes: text.as_bytes().to_vec() };
        assert_eq!(splice(b"abcdef", 10, &[edit(11..13, "X"), edit(15..16, "")]), b"aXde");
        assert_eq!(splice(b"abc", 0, &[]), b"abc");
        let overlapping = [edit(0..2, "*"), edit(0..4, "x"), edit(1..3, "y"), edit(5..6, "z")];
        assert_eq!(splice(b"abcdefg", 0, &overlapping), b"*ezg");
    }
}
