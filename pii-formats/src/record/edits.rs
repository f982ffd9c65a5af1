//! From replacements to edits: what is written where, through carriers from the inside out.

use super::{Closed, LayerId};
use crate::encode;
use crate::write;
use pii_core::{Coding, Place};
use std::collections::BTreeSet;
use std::iter;
use std::ops::Range;

/// What stands in the place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// Text, written as its place is.
    Text(String),
    /// A bare `null` in the place of a number.
    Null,
    /// A number in the place of a number.
    Number(String),
}

/// What replaces a stretch of bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Range<u64>,
    pub(crate) bytes: Vec<u8>,
}

impl Closed {
    /// Writes `replacements` (one for each finding, `None` to leave it) back through all layers: appends the edits of the
    /// input.
    pub(crate) fn write(&self, replacements: Vec<Option<Replacement>>, out: &mut Vec<Edit>) {
        let first = out.len();
        // Most records have no carrier, and all edits are the input's own.
        let mut inside: Vec<Vec<Edit>> = self.layers.iter().map(|_| Vec::new()).collect();
        for (found, replacement) in self.founds.iter().zip(replacements) {
            let Some(replacement) = replacement else { continue };
            let bytes = match replacement {
                Replacement::Text(text) => write::replacement(text, found.place),
                Replacement::Null => write::coded(b"null".to_vec(), found.place),
                Replacement::Number(digits) => write::coded(digits.into_bytes(), found.place),
            };
            place_edit(&found.pieces, bytes, found.place, edits_of(found.layer, &mut inside, out));
        }
        if inside.iter().all(Vec::is_empty) {
            return;
        }
        // By layer, the input first: where its edits begin.
        let own = iter::once(&out[first..]).chain(inside.iter().map(Vec::as_slice));
        let mut starts: Vec<BTreeSet<u64>> = own.map(|edits| starts_of(edits).collect()).collect();
        // A carrier's content is always a later layer than the carrier stands in.
        for index in (0..inside.len()).rev() {
            let mut edits = std::mem::take(&mut inside[index]);
            if edits.is_empty() {
                continue;
            }
            let layer = &self.layers[index];
            edits.sort_by_key(|edit| edit.span.start);
            let around = edits_of(layer.parent, &mut inside, out);
            let (placed, starts) = (around.len(), &mut starts[layer.parent.0 as usize]);
            let bytes = if holds_edit(&layer.pieces, starts) {
                write::replacement(HIDDEN.to_owned(), layer.place)
            } else {
                let mut content = Vec::new();
                splice(&layer.bytes, 0, &edits, &mut content);
                write::coded(write::carrier(&content, &layer.codec, &layer.original), layer.place)
            };
            place_edit(&layer.pieces, bytes, layer.place, around);
            starts.extend(starts_of(&around[placed..]));
        }
    }
}

fn starts_of(edits: &[Edit]) -> impl Iterator<Item = u64> {
    edits.iter().map(|edit| edit.span.start)
}

/// The edits of a layer: the input's, or those inside a carrier.
fn edits_of<'e>(layer: LayerId, inside: &'e mut [Vec<Edit>], input: &'e mut Vec<Edit>) -> &'e mut Vec<Edit> {
    match layer.0.checked_sub(1) {
        Some(index) => &mut inside[index as usize],
        None => input,
    }
}

/// What stands in the place of a carrier that cannot be coded again.
const HIDDEN: &str = "***";

/// Whether something behind the carrier's beginning is edited as it stands there: a number at the end of what reads as base64.
/// Coded again, the carrier would show it, and edited itself, it would no longer be what was coded.
fn holds_edit(carrier: &[Range<u64>], starts: &BTreeSet<u64>) -> bool {
    let (Some(first), Some(last)) = (carrier.first(), carrier.last()) else { return false };
    first.start < last.end && starts.range(first.start + 1..last.end).next().is_some()
}

/// The edit's text goes where the value begins; what is left of the value between markup goes. Quoted-printable is different:
/// there the stretches are lines, each of which takes as much as it had, so that none gets longer than mail allows.
fn place_edit(pieces: &[Range<u64>], bytes: Vec<u8>, place: Place, edits: &mut Vec<Edit>) {
    let is_on_lines = place.codings().next() == Some(Coding::QuotedPrintable);
    if let ([piece], false) = (pieces, is_on_lines) {
        edits.push(Edit { span: piece.clone(), bytes });
        return;
    }
    let mut rest = bytes.as_slice();
    for (nth, piece) in pieces.iter().enumerate() {
        let is_last = !is_on_lines || nth + 1 == pieces.len();
        let room = if is_last { rest.len() } else { (piece.end - piece.start) as usize };
        let (here, behind) = rest.split_at(encode::mail::quoted_printable_len(rest, room));
        edits.push(Edit { span: piece.clone(), bytes: here.to_vec() });
        rest = behind;
    }
}

/// Appends `source`, which begins at position `base`, with the edits made. Edits are sorted. Where two overlap, because two readings
/// of the same bytes were judged apart, the first is made and nothing is left of what the other would have replaced.
pub(crate) fn splice(source: &[u8], base: u64, edits: &[Edit], out: &mut Vec<u8>) {
    out.reserve(source.len());
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splicing_keeps_what_is_outside() {
        let edit = |span: Range<u64>, text: &str| Edit { span, bytes: text.as_bytes().to_vec() };
        let splice = |source: &[u8], base: u64, edits: &[Edit]| {
            let mut out = Vec::new();
            splice(source, base, edits, &mut out);
            out
        };
        assert_eq!(splice(b"abcdef", 10, &[edit(11..13, "X"), edit(15..16, "")]), b"aXde");
        assert_eq!(splice(b"abc", 0, &[]), b"abc");
        let overlapping = [edit(0..2, "*"), edit(0..4, "x"), edit(1..3, "y"), edit(5..6, "z")];
        assert_eq!(splice(b"abcdefg", 0, &overlapping), b"*ezg");
    }
}
