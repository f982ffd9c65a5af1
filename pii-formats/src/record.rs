//! What was found in the records that are still open, and what becomes of it when they close.

mod edits;
mod open;
mod replaced;
mod seen;

use crate::path::Trail;
use crate::report::{Unexplained, Uninspected};
use crate::routing::Receivers;
use crate::sink::{Codec, ObjectId, RecordId};
pub(crate) use edits::{Edit, Replacement, splice};
use open::{Open, Opened};
use pii_core::{Aside, Finding, Place};
pub use replaced::Replaced;
pub(crate) use seen::{Again, Origin, Seen, Way};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A record that is longer than this is not waited for: what was found in it is decided at once, strictly.
pub(crate) const RECORD_LIMIT_BYTES: u64 = 1 << 20;

/// Bytes that are edited together: the input, or the content of a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LayerId(u32);

impl LayerId {
    pub(crate) const ROOT: Self = Self(0);
}

/// So many closed records' memory is used again.
const SPARE_LIMIT: usize = 8;

/// A finding, and the way back to the bytes that it stands in. Holds the value, so it has no `Debug`.
pub(crate) struct Found {
    pub(crate) finding: Finding,
    value: Box<str>,
    /// Where it is written in its layer's bytes: one stretch, or several with markup between them.
    pub(crate) pieces: Vec<Range<u64>>,
    layer: LayerId,
    pub(crate) place: Place,
    /// Its field path, with names that may themselves be values.
    pub(crate) path: Trail,
    /// The key of an object that it stands in, and where in it unless it is encoded there.
    pub(crate) key: Option<(Arc<Key>, Option<Range<usize>>)>,
    /// The text that it stands in and where, if that is all of a field that may say where the message goes.
    pub(crate) routing: Option<(Arc<Receivers>, Range<usize>)>,
    /// Whether other readings of the same bytes were taken in, so that the value may be less than what is written there.
    is_joint: bool,
}

/// A key of an object.
pub(crate) struct Key {
    pub(crate) object: ObjectId,
    /// Tells it from the object's other keys.
    pub(crate) nth: u64,
    pub(crate) text: Box<[u8]>,
}

impl Found {
    pub(crate) fn new(
        finding: Finding,
        value: &[u8],
        pieces: Vec<Range<u64>>,
        layer: LayerId,
        place: Place,
        path: Trail,
    ) -> Self {
        let value = String::from_utf8_lossy(value).into();
        Self { finding, value, pieces, layer, place, path, key: None, routing: None, is_joint: false }
    }

    /// The value, as its segment's text has it.
    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// Hands over the value, and keeps none.
    pub(crate) fn take_value(&mut self) -> Box<str> {
        std::mem::take(&mut self.value)
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

    /// Whether it stands in the same bytes and is over where `next` begins.
    fn is_before(&self, next: &Self) -> bool {
        self.layer == next.layer && self.end() <= next.start() && self.start() < next.start()
    }

    /// Whether a byte belongs to both. With markup between its pieces a finding goes around others that it has nothing to do
    /// with: the number in a link around a part of a name.
    fn overlaps(&self, other: &Self) -> bool {
        let with = |piece: &Range<u64>| other.pieces.iter().any(|o| o.start < piece.end && piece.start < o.end);
        self.layer == other.layer && self.pieces.iter().any(with)
    }

    /// How it is written where it is a whole token that `other` lies in: a number in JSON that is found in a line of text as
    /// well takes quotes all the same.
    fn whole_token(&self, other: &Self) -> Option<Place> {
        let lies_in = self.start() <= other.start() && other.end() <= self.end();
        (self.place.token.is_whole() && lies_in).then_some(self.place)
    }

    /// Takes in `other`, another reading of the same bytes which begins no earlier: the surer one counts, and what stands in
    /// its place covers both, in no more room than either has.
    fn merge(&mut self, other: Self) {
        let room = self.place.room.max(other.place.room);
        let key = self.key.take().or(other.key.clone());
        let whole = self.whole_token(&other).or(other.whole_token(self));
        let less_sure = if is_surer(&other, self) { std::mem::replace(self, other) } else { other };
        self.key = self.key.take().or(key);
        // What reads in two ways says more than where the message goes.
        self.routing = None;
        self.is_joint = true;
        self.place = whole.unwrap_or(self.place).with_room(room);
        self.pieces.extend(less_sure.pieces);
        self.pieces.sort_by_key(|piece| piece.start);
        self.pieces.dedup_by(|next, piece| {
            let is_joined = next.start <= piece.end;
            if is_joined {
                piece.end = piece.end.max(next.end);
            }
            is_joined
        });
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

/// A record that is closed: its findings, sorted, without overlaps.
pub(crate) struct Closed {
    pub(crate) founds: Vec<Found>,
    /// Where it begins in the input: at its first text or finding.
    pub(crate) from: u64,
    layers: Vec<Layer>,
    /// What its texts say of the person beside its numbers.
    pub(crate) aside: Aside,
    /// Hashes of all keys of the objects in whose keys something was found, sorted. `None`: too many to be kept.
    pub(crate) keys: HashMap<ObjectId, Option<Vec<u64>>>,
    /// It was too long to be waited for.
    pub(crate) cut_short: bool,
}

/// A check sum in the input.
pub(crate) struct Checksum {
    /// The bytes that it is over.
    pub(crate) covered: Range<u64>,
    /// Where it stands.
    pub(crate) field: Range<u64>,
    /// What it counts besides.
    pub(crate) more: u8,
}

/// A position in a record to come back to.
#[derive(Default)]
pub(crate) struct Mark {
    founds: usize,
    layers: usize,
    seen: seen::Mark,
    uninspected: usize,
    unexplained: usize,
    checksums: usize,
}

/// The records of one input.
#[derive(Default)]
pub(crate) struct Records {
    open: Opened,
    next: u64,
    /// How far the input has been read, as far as it is known.
    position: u64,
    /// The position at which one of the open records is too long. `None`: to be found out.
    cut_at: Option<u64>,
    spare: Vec<Seen>,
    /// Records that were closed since they were last taken.
    pub(crate) closed: Vec<Closed>,
    /// Check sums to be computed again where something is edited.
    pub(crate) checksums: Vec<Checksum>,
    /// What decoders have passed over since this was last taken. Lines are not counted here.
    pub(crate) uninspected: Vec<Uninspected>,
    /// What nothing has explained. The same goes for it.
    pub(crate) unexplained: Vec<Unexplained>,
}

impl Records {
    pub(crate) fn open(&mut self) -> RecordId {
        let id = RecordId(self.next);
        self.next += 1;
        id
    }

    pub(crate) fn close(&mut self, id: RecordId) {
        if let Some(mut open) = self.open.remove(id) {
            self.cut_at = None;
            self.put_by(std::mem::take(&mut open.seen));
            if !open.founds.is_empty() {
                self.closed.push(open.close());
            }
        }
    }

    /// Closes what is still open when the input ends.
    pub(crate) fn close_all(&mut self) {
        while let Some(id) = self.open.first() {
            self.close(id);
        }
    }

    fn put_by(&mut self, mut seen: Seen) {
        if self.spare.len() < SPARE_LIMIT {
            seen.clear();
            self.spare.push(seen);
        }
    }

    /// The input has been read up to `position`. What was found in records that began more than 1 MiB before it is
    /// decided now.
    ///
    /// Positions are the input's, so a record is cut at the same place however the input arrives: whoever may stop
    /// reading inside a record says where its texts and its end are.
    pub(crate) fn reached(&mut self, position: u64) {
        self.position = position;
        let open = &self.open;
        let first = || open.iter().filter_map(|open| open.first).min();
        let cut_at = *self.cut_at.get_or_insert_with(|| first().map_or(u64::MAX, |first| first + RECORD_LIMIT_BYTES));
        if position <= cut_at {
            return;
        }
        self.cut_at = None;
        for open in self.open.iter_mut() {
            if open.first.is_some_and(|first| position > first + RECORD_LIMIT_BYTES) {
                let mut seen = std::mem::take(&mut open.seen);
                seen.forget_texts();
                let rest = Open { seen, was_cut: true, ..Open::default() };
                self.closed.push(Closed { cut_short: true, ..std::mem::replace(open, rest).close() });
            }
        }
    }

    /// The record, which something that stands here belongs to.
    fn waiting(&mut self, id: RecordId) -> &mut Open {
        let spare = &mut self.spare;
        let record =
            self.open.get_or_insert_with(id, || Open { seen: spare.pop().unwrap_or_default(), ..Open::default() });
        if record.first.is_none() {
            record.first = Some(self.position);
            self.cut_at = None;
        }
        record
    }

    pub(crate) fn add(&mut self, id: RecordId, found: Found) {
        let record = self.waiting(id);
        record.keyed.extend(found.key.iter().map(|(key, _)| key.object));
        record.founds.push(found);
    }

    /// Remembers what a text of the record says beside its numbers.
    pub(crate) fn note(&mut self, id: RecordId, aside: Aside) {
        if !aside.is_empty() {
            let record = self.waiting(id);
            record.aside = record.aside.and(aside);
        }
    }

    pub(crate) fn add_layer(&mut self, id: RecordId, layer: Layer) -> LayerId {
        let record = self.waiting(id);
        record.layers.push(layer);
        LayerId(u32::try_from(record.layers.len()).unwrap_or(u32::MAX))
    }

    /// Notes that what is written as `pieces` of a layer was not read.
    pub(crate) fn skip(&mut self, id: RecordId, layer: LayerId, pieces: &[Range<u64>], media_type: &str, path: String) {
        let Range { start, end } = self.span_in_input(id, layer, pieces);
        self.uninspected.push(Uninspected { start, end, line: 0, media_type: media_type.to_owned(), path });
    }

    /// Where `pieces` of a layer of a record stand in the input, from the first to the last.
    pub(crate) fn span_in_input(&self, id: RecordId, layer: LayerId, pieces: &[Range<u64>]) -> Range<u64> {
        let layers = self.open.get(id).map_or(&[][..], |open| open.layers.as_slice());
        let pieces = in_input(layers, layer, pieces);
        pieces.first().map_or(0, |piece| piece.start)..pieces.last().map_or(0, |piece| piece.end)
    }

    pub(crate) fn new_object(&mut self) -> ObjectId {
        self.next += 1;
        ObjectId(self.next)
    }

    /// The hashes of all keys of an object of this record. `None`: there were too many to be kept.
    pub(crate) fn keys(&mut self, id: RecordId, object: ObjectId, hashes: Option<&[u64]>) {
        if let Some(open) = self.open.get_mut(id).filter(|open| open.keyed.contains(&object)) {
            let mut hashes = hashes.map(<[u64]>::to_vec);
            hashes.iter_mut().for_each(|hashes| hashes.sort_unstable());
            open.keys.insert(object, hashes);
        }
    }

    /// What a record has said so far, to add something that stands here.
    pub(crate) fn seen(&mut self, id: RecordId) -> &mut Seen {
        &mut self.waiting(id).seen
    }

    /// Where a record is now, to come back to.
    pub(crate) fn mark(&self, id: RecordId) -> Mark {
        let (uninspected, unexplained) = (self.uninspected.len(), self.unexplained.len());
        let mark = Mark { uninspected, unexplained, checksums: self.checksums.len(), ..Mark::default() };
        match self.open.get(id) {
            None => mark,
            Some(open) => Mark { founds: open.founds.len(), layers: open.layers.len(), seen: open.seen.mark(), ..mark },
        }
    }

    /// Forgets what was found since `mark`. What was noted of the person stays: at worst a mask shows less.
    pub(crate) fn rewind(&mut self, id: RecordId, mark: &Mark) {
        self.uninspected.truncate(mark.uninspected);
        self.unexplained.truncate(mark.unexplained);
        self.checksums.truncate(mark.checksums);
        if let Some(open) = self.open.get_mut(id) {
            open.founds.truncate(mark.founds);
            open.layers.truncate(mark.layers);
            open.seen.rewind(mark.seen);
        }
    }

    /// Whether no record is open.
    pub(crate) fn are_all_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// Forgets all records, but keeps their memory, and goes on at `position`.
    pub(crate) fn begin_at(&mut self, position: u64) {
        let spare = std::mem::take(&mut self.spare);
        *self = Self { spare, position, ..Self::default() };
    }

    /// The first position that an open record may still change.
    pub(crate) fn waiting_from(&self) -> Option<u64> {
        self.open.iter().filter_map(|open| open.first).min()
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
    pub(crate) fn input_pieces<'c>(&'c self, found: &'c Found) -> &'c [Range<u64>] {
        in_input(&self.layers, found.layer, &found.pieces)
    }
}
