//! One reading of some bytes, and the way back to them.
//!
//! Frames of the same *layer* share their bytes, and a finding in any of them is edited in those bytes. A carrier starts
//! a new layer, which is coded again as a whole.

use crate::decode::html::Page;
use crate::path::{Path, Trail};
use crate::record::{Key, LayerId, Way};
use crate::routing::Routing;
use crate::sink::RecordId;
use pii_core::{Evidence, OffsetMap, Place};
use std::ops::Range;
use std::sync::Arc;

/// One reading of some bytes.
pub(crate) struct Frame<'f> {
    /// The text that the decoder reads.
    pub(crate) input: &'f [u8],
    /// From `input` to the bytes of the outer frame, or of the layer if there is none.
    pub(crate) map: &'f OffsetMap,
    /// Where the layer's bytes begin (the position of the input's first byte in the stream).
    pub(crate) base: u64,
    /// The frame around this one, where edits are written in place.
    pub(crate) outer: Option<&'f Frame<'f>>,
    pub(crate) layer: LayerId,
    pub(crate) place: Place,
    pub(crate) path: &'f dyn Path,
    /// The record that everything in a nested document belongs to.
    pub(crate) record: Option<RecordId>,
    /// What the field around a nested document says.
    pub(crate) evidence: Evidence,
    pub(crate) depth: usize,
    /// Whether a record that gets too long may be decided between two findings of this frame. Not inside a carrier, which
    /// is edited once, nor in what may turn out to be no document and is then read again.
    pub(crate) may_cut: bool,
    /// The key of an object that all of it stands in.
    pub(crate) key: Option<Arc<Key>>,
    /// What shows the text of `input` as one, if it is read as HTML.
    pub(crate) page: Option<Page>,
    /// Which fields say where the message goes. Inside a carrier none does.
    pub(crate) routing: Option<&'f Routing>,
    /// Whether it was packed, or stands in what was: nothing in it is unpacked again, so that nothing grows without end.
    pub(crate) is_unpacked: bool,
    /// Whether `input` is all that there is of a text short enough to be one message.
    pub(crate) is_message: bool,
}

impl Frame<'_> {
    /// A frame inside this one, whose `input` is edited in the same bytes: `map` leads from there to this frame's input.
    pub(crate) fn within<'f>(&'f self, input: &'f [u8], map: &'f OffsetMap, record: RecordId) -> Frame<'f> {
        Frame {
            input,
            map,
            base: 0,
            outer: Some(self),
            layer: self.layer,
            place: self.place,
            path: &"",
            record: Some(record),
            evidence: self.evidence,
            depth: self.depth + 1,
            may_cut: self.may_cut,
            key: self.key.clone(),
            page: None,
            routing: None,
            is_unpacked: self.is_unpacked,
            is_message: true,
        }
    }

    /// The stretches of the layer's bytes that a span of `input` was written in.
    pub(crate) fn pieces(&self, span: Range<usize>, out: &mut Vec<Range<u64>>) {
        for piece in self.map.source_pieces(span) {
            match self.outer {
                Some(outer) => outer.pieces(piece, out),
                None => out.push(self.base + piece.start as u64..self.base + piece.end as u64),
            }
        }
    }

    /// The way from a text, which leads to `input` by `map`, to the bytes of the layer.
    pub(crate) fn way(&self, map: &OffsetMap, len: usize) -> Way {
        if let Some(start) = self.straight(map) {
            return Way::Straight(start);
        }
        let mut steps = vec![(0, map.slice(0..len))];
        let mut span = map.source_span(0..len);
        let mut frame = self;
        loop {
            steps.push((span.start, frame.map.slice(span.clone())));
            span = frame.map.source_span(span);
            let Some(outer) = frame.outer else { break };
            frame = outer;
        }
        Way::Through(steps, frame.base)
    }

    /// Where a text that leads to `input` by `map` begins, if it is the layer's own bytes: almost every text is, and then
    /// nothing has to be kept of the maps.
    fn straight(&self, map: &OffsetMap) -> Option<u64> {
        let begin = |map: &OffsetMap, at: usize| map.is_identity().then(|| map.source_span(at..at).start);
        let mut frame = self;
        let mut at = begin(frame.map, begin(map, 0)?)?;
        while let Some(outer) = frame.outer {
            at = begin(outer.map, at)?;
            frame = outer;
        }
        Some(frame.base + at as u64)
    }

    /// Writes the paths of all frames down to this one.
    pub(crate) fn write_path(&self, out: &mut Trail) {
        if let Some(outer) = self.outer {
            outer.write_path(out);
        }
        self.path.write(out);
    }
}
