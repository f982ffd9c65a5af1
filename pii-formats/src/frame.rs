//! One reading of some bytes, and the way back to them.
//!
//! Frames of the same *layer* share their bytes, and a finding in any of them is edited in those bytes. A carrier starts
//! a new layer, which is coded again as a whole.

use crate::record::LayerId;
use crate::sink::RecordId;
use pii_core::{Evidence, OffsetMap, Place};
use std::fmt::{self, Write as _};
use std::ops::Range;

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
    pub(crate) path: &'f dyn fmt::Display,
    /// The record that everything in a nested document belongs to.
    pub(crate) record: Option<RecordId>,
    /// What the field around a nested document says.
    pub(crate) evidence: Evidence,
    pub(crate) depth: usize,
}

impl Frame<'_> {
    /// The stretches of the layer's bytes that a span of `input` was written in.
    pub(crate) fn pieces(&self, span: Range<usize>, out: &mut Vec<Range<u64>>) {
        for piece in self.map.source_pieces(span) {
            match self.outer {
                Some(outer) => outer.pieces(piece, out),
                None => out.push(self.base + piece.start as u64..self.base + piece.end as u64),
            }
        }
    }

    /// Writes the paths of all frames down to this one.
    pub(crate) fn write_path(&self, out: &mut String) {
        if let Some(outer) = self.outer {
            outer.write_path(out);
        }
        let _ = write!(out, "{}", self.path);
    }
}
