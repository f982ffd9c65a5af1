//! From replacements to edits: what is written where, through carriers from the inside out.

use super::{Closed, LayerId, Replaced};
use crate::encode;
use crate::write;
use pii_core::{Coding, NewToken, Place};
use std::collections::BTreeSet;
use std::iter;
use std::ops::Range;

/// What stands in the place of a finding.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Replacement {
    pub(crate) text: String,
    /// How it is written where it stands in the place of a whole token.
    pub(crate) token: NewToken,
    /// Whether it was made with a key, and may be a value itself.
    pub(crate) is_keyed: bool,
}

/// What replaces a stretch of bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) span: Range<u64>,
    pub(crate) bytes: Vec<u8>,
    /// What of the bytes stands there by a key: all of them if this is empty, else what is coded in them.
    pub(crate) keyed: Option<Vec<Replaced>>,
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
            let Replacement { text, token, is_keyed } = replacement;
            let bytes = match token {
                NewToken::String => write::replacement(text, found.place),
                NewToken::Null => write::coded(b"null".to_vec(), found.place),
                NewToken::Number => write::coded(text.into_bytes(), found.place),
            };
            let keyed = is_keyed.then(Vec::new);
            place_edit(&found.pieces, (bytes, keyed), found.place, edits_of(found.layer, &mut inside, out));
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
            let written = if holds_edit(&layer.pieces, starts) {
                (write::replacement(HIDDEN.to_owned(), layer.place), None)
            } else {
                let (mut content, mut replaced) = (Vec::new(), Vec::new());
                splice(&layer.bytes, 0, &edits, &mut content, (0, &mut replaced));
                let bytes = write::coded(write::carrier(&content, &layer.codec, &layer.original), layer.place);
                (bytes, Some(replaced).filter(|replaced| !replaced.is_empty()))
            };
            place_edit(&layer.pieces, written, layer.place, around);
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
fn place_edit(
    pieces: &[Range<u64>],
    (bytes, mut keyed): (Vec<u8>, Option<Vec<Replaced>>),
    place: Place,
    edits: &mut Vec<Edit>,
) {
    let is_on_lines = place.codings().next() == Some(Coding::QuotedPrintable);
    if let ([piece], false) = (pieces, is_on_lines) {
        edits.push(Edit { span: piece.clone(), bytes, keyed });
        return;
    }
    // A carrier is known by where it begins.
    let further = keyed.clone().filter(Vec::is_empty);
    let mut rest = bytes.as_slice();
    for (nth, piece) in pieces.iter().enumerate() {
        let is_last = !is_on_lines || nth + 1 == pieces.len();
        let room = if is_last { rest.len() } else { (piece.end - piece.start) as usize };
        let (here, behind) = rest.split_at(encode::mail::quoted_printable_len(rest, room));
        edits.push(Edit { span: piece.clone(), bytes: here.to_vec(), keyed });
        keyed = further.clone();
        rest = behind;
    }
}

/// Appends `source`, which begins at position `base`, with the edits made. Edits are sorted. Where two overlap, because two readings
/// of the same bytes were judged apart, the first is made and nothing is left of what the other would have replaced.
///
/// What is appended stands at `from` in the output, and `replaced` takes where in it something keyed stands.
pub(crate) fn splice(
    source: &[u8],
    base: u64,
    edits: &[Edit],
    out: &mut Vec<u8>,
    (from, replaced): (u64, &mut Vec<Replaced>),
) {
    out.reserve(source.len());
    let before = out.len();
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
        let place = from + (out.len() - before) as u64;
        out.extend_from_slice(&edit.bytes);
        if let Some(within) = edit.keyed.as_ref().filter(|_| !edit.bytes.is_empty()) {
            let span = place..place + edit.bytes.len() as u64;
            replaced.push(Replaced { span, within: within.clone() });
        }
        at = end;
    }
    out.extend_from_slice(&source[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splicing_keeps_what_is_outside() {
        let edit = |span: Range<u64>, text: &str| Edit { span, bytes: text.as_bytes().to_vec(), keyed: None };
        let splice = |source: &[u8], base: u64, edits: &[Edit]| {
            let (mut out, mut replaced) = (Vec::new(), Vec::new());
            splice(source, base, edits, &mut out, (0, &mut replaced));
            assert!(replaced.is_empty());
            out
        };
        assert_eq!(splice(b"abcdef", 10, &[edit(11..13, "X"), edit(15..16, "")]), b"aXde");
        assert_eq!(splice(b"abc", 0, &[]), b"abc");
        let overlapping = [edit(0..2, "*"), edit(0..4, "x"), edit(1..3, "y"), edit(5..6, "z")];
        assert_eq!(splice(b"abcdefg", 0, &overlapping), b"*ezg");
    }

    #[test]
    fn splicing_tells_where_something_keyed_stands() {
        let edit = |span: Range<u64>, text: &str, keyed| Edit { span, bytes: text.as_bytes().to_vec(), keyed };
        let inner = Replaced { span: 1..2, within: Vec::new() };
        let edits = [
            edit(11..12, "XYZ", Some(Vec::new())),
            edit(12..13, "***", None),
            edit(13..14, "", Some(Vec::new())),
            edit(15..16, "uvw", Some(vec![inner.clone()])),
            edit(15..16, "not made", Some(Vec::new())),
        ];
        let (mut out, mut replaced) = (b"before ".to_vec(), Vec::new());
        splice(b"abcdef", 10, &edits, &mut out, (100, &mut replaced));
        assert_eq!(out, b"before aXYZ***euvw");
        let all = Replaced { span: 101..104, within: Vec::new() };
        assert_eq!(replaced, [all, Replaced { span: 108..111, within: vec![inner] }]);
    }
}
