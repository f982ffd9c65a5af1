//! A text that is put together from pieces of the input, with the map back to them.

use crate::sink::Text;
use pii_core::OffsetMap;
use std::ops::Range;

/// Text as it is read: pieces of the input as they stand, and characters that were written in another way.
///
/// Pieces are given in the order in which they stand in the input. Source between two of them belongs to no text.
#[derive(Debug, Default)]
pub(crate) struct Run {
    text: Vec<u8>,
    map: OffsetMap,
    source: Range<usize>,
    /// Whether something was decoded or left out, so that text and source differ.
    differs: bool,
    /// Whether anything but white space is in it. Kept, because it is asked between any two tags.
    has_ink: bool,
}

impl Run {
    /// The input's own bytes at `source` come next.
    pub(crate) fn push_same(&mut self, input: &[u8], source: Range<usize>) {
        if !source.is_empty() {
            let before = self.text.len();
            self.map.push_same(source.len(), source.start);
            self.text.extend_from_slice(&input[source.clone()]);
            self.reach(source);
            self.has_ink |= !self.has_ink && has_ink(&self.text[before..]);
        }
    }

    /// `text` comes next, written as what stands at `source`.
    pub(crate) fn push_decoded(&mut self, text: &[u8], source: Range<usize>) {
        if !text.is_empty() {
            self.map.push_unit(text.len(), source.start, source.len());
            self.text.extend_from_slice(text);
            self.reach(source);
            self.differs = true;
            self.has_ink |= has_ink(text);
        }
    }

    /// A character comes next, written as what stands at `source`.
    pub(crate) fn push_char(&mut self, character: char, source: Range<usize>) {
        self.push_decoded(character.encode_utf8(&mut [0; 4]).as_bytes(), source);
    }

    fn reach(&mut self, piece: Range<usize>) {
        if self.source.is_empty() {
            self.source = piece;
        } else {
            self.differs |= self.source.end != piece.start;
            self.source.end = piece.end;
        }
    }

    /// Whether there is nothing but white space in it, in which nothing can be found.
    pub(crate) fn is_blank(&self) -> bool {
        !self.has_ink
    }

    /// The text's bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// From the first piece to the last.
    pub(crate) fn source(&self) -> Range<usize> {
        self.source.clone()
    }

    /// The text, for a draft whose source is [`source`](Self::source).
    pub(crate) fn text(&self) -> Text<'_> {
        if self.differs { Text::Decoded { text: &self.text, map: &self.map } } else { Text::Same }
    }

    /// Forgets the text but keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.map.clear();
        self.source = 0..0;
        self.differs = false;
        self.has_ink = false;
    }
}

fn has_ink(text: &[u8]) -> bool {
    text.iter().any(|b| !b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(run: &Run) -> bool {
        matches!(run.text(), Text::Same)
    }

    #[test]
    fn neighbours_are_the_inputs_own_bytes() {
        let input = b"0123456789";
        let mut run = Run::default();
        run.push_same(input, 2..4);
        run.push_same(input, 4..6);
        assert!(is_same(&run));
        assert_eq!((run.bytes(), run.source()), (&b"2345"[..], 2..6));
        run.push_same(input, 7..8);
        assert!(!is_same(&run));
        assert_eq!((run.bytes(), run.source()), (&b"23457"[..], 2..8));
        run.clear();
        assert!(run.is_blank());
        run.push_char('x', 3..9);
        assert!(!is_same(&run));
        assert_eq!(run.source(), 3..9);
        assert!(!run.is_blank());
        run.clear();
        run.push_same(b" \n", 0..2);
        assert!(run.is_blank());
        run.clear();
        run.push_decoded(b"x", 0..1);
        run.push_same(input, 1..2);
        assert_eq!((is_same(&run), run.source()), (false, 0..2));
    }
}
