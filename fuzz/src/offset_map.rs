//! The way back from decoded text to the bytes it was decoded from.

use pii_core::OffsetMap;
use std::ops::Range;

/// Every three bytes are one piece of text: how long it is, how long it was, and how much before it belongs to no text.
pub(crate) fn check(input: &[u8]) {
    let (map, len) = map(input);
    let text_len = map.text_len();
    let mut last = 0;
    for at in 0..text_len {
        let one = map.source_span(at..at + 1);
        assert!(one.start < one.end && one.end <= len, "{one:?} of {len}");
        assert!(last <= one.start, "the way back runs backwards at {at}");
        last = one.start;
        let rest = map.source_span(at..text_len);
        assert!(rest.start == one.start && rest.end <= len, "{rest:?} does not begin as {one:?}");
        pieces_make_up_a_span(&map, at..text_len);
    }
    pieces_make_up_a_span(&map, 0..text_len);
    composes(&map);
}

/// A map of pieces as `input` says, and how long its source is.
fn map(input: &[u8]) -> (OffsetMap, usize) {
    let (mut map, mut source) = (OffsetMap::default(), 0);
    for piece in input.chunks_exact(3).take(64) {
        source += usize::from(piece[2] & 7);
        let (text_len, source_len) = (usize::from(piece[0] & 7) + 1, usize::from(piece[1] & 7) + 1);
        if piece[1] & 8 == 0 {
            map.push_unit(text_len, source, source_len);
            source += source_len;
        } else {
            map.push_same(text_len, source);
            source += text_len;
        }
    }
    (map, source)
}

fn pieces_make_up_a_span(map: &OffsetMap, span: Range<usize>) {
    let whole = map.source_span(span.clone());
    let pieces: Vec<Range<usize>> = map.source_pieces(span).collect();
    let apart = pieces.windows(2).all(|pair| pair[0].end < pair[1].start);
    assert!(apart, "pieces touch or are out of order: {pieces:?}");
    if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
        assert_eq!(first.start..last.end, whole, "{pieces:?}");
    }
}

/// One map behind another gives what both say one after the other.
fn composes(map: &OffsetMap) {
    let mut inner = OffsetMap::default();
    let mut at = 0;
    while at + 2 <= map.text_len() {
        inner.push_unit(1, at, 2);
        at += 3;
    }
    let both = map.then(&inner);
    for at in 0..inner.text_len() {
        let middle = inner.source_span(at..at + 1);
        assert_eq!(both.source_span(at..at + 1), map.source_span(middle), "at {at}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_laid_out_as_the_bytes_say() {
        // Two bytes of text from three, then four as they are, one byte further on.
        let (map, len) = map(&[1, 2, 0, 3, 8, 1]);
        assert_eq!((map.text_len(), len), (6, 8));
        assert_eq!(map.source_span(0..2), 0..3);
        assert_eq!(map.source_span(2..6), 4..8);
        check(&[1, 2, 0, 3, 8, 1]);
    }
}
