//! From replacements to edits: what is written where, through carriers from the inside out.

use super::Closed;
use crate::encode;
use crate::write;
use pii_core::{Coding, Place};
use std::ops::Range;

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

impl Closed {
    /// Writes `replacements` (one for each finding, `None` to leave it) back through all layers: the edits of the input.
    pub(crate) fn edits(&self, replacements: &[Option<Replacement>]) -> Vec<Edit> {
        let mut by_layer: Vec<Vec<Edit>> = (0..=self.layers.len()).map(|_| Vec::new()).collect();
        for (found, replacement) in self.founds.iter().zip(replacements) {
            if let Some(replacement) = replacement {
                let bytes = match replacement {
                    Replacement::Text(text) => write::replacement(text, found.place),
                    Replacement::JsonNull => write::coded(b"null".to_vec(), found.place),
                };
                place_edit(&found.pieces, bytes, found.place, &mut by_layer[found.layer.0 as usize]);
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
            let around = &mut by_layer[layer.parent.0 as usize];
            let bytes = if holds_edit(&layer.pieces, around) {
                write::replacement(HIDDEN, layer.place)
            } else {
                let content = splice(&layer.bytes, 0, &edits);
                write::coded(write::carrier(&content, &layer.codec, &layer.original), layer.place)
            };
            place_edit(&layer.pieces, bytes, layer.place, around);
        }
        let mut edits = std::mem::take(&mut by_layer[0]);
        edits.sort_by_key(|edit| edit.span.start);
        edits
    }
}

/// What stands in the place of a carrier that cannot be coded again.
const HIDDEN: &str = "***";

/// Whether something behind the carrier's beginning is edited as it stands there: a number at the end of what reads as base64.
/// Coded again, the carrier would show it, and edited itself, it would no longer be what was coded.
fn holds_edit(carrier: &[Range<u64>], edits: &[Edit]) -> bool {
    let (Some(first), Some(last)) = (carrier.first(), carrier.last()) else { return false };
    edits.iter().any(|edit| first.start < edit.span.start && edit.span.start < last.end)
}

/// The edit's text goes where the value begins; what is left of the value between markup goes. Quoted-printable is different:
/// there the stretches are lines, each of which takes as much as it had, so that none gets longer than mail allows.
fn place_edit(pieces: &[Range<u64>], bytes: Vec<u8>, place: Place, edits: &mut Vec<Edit>) {
    let is_on_lines = place.codings().next() == Some(Coding::QuotedPrintable);
    let mut rest = bytes.as_slice();
    for (nth, piece) in pieces.iter().enumerate() {
        let is_last = !is_on_lines || nth + 1 == pieces.len();
        let room = if is_last { rest.len() } else { (piece.end - piece.start) as usize };
        let (here, behind) = rest.split_at(encode::mail::quoted_printable_len(rest, room));
        edits.push(Edit { span: piece.clone(), bytes: here.to_vec() });
        rest = behind;
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
