//! From positions in decoded text back to positions in the bytes it was decoded from.
//!
//! A decoder that turns `\u0031` into `1`, GBK into UTF-8 or drops a zero-width space notes, as it writes, where each
//! piece came from. A finding is then made on the text and an edit is made on the bytes.
//!
//! The map is run-length: a stretch in which every `text_unit` bytes of text came from `source_unit` bytes of source is
//! one piece, so a page of GBK Han characters is one piece and not thousands.

use std::ops::Range;

/// Where each stretch of decoded text came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    pieces: Vec<Piece>,
    /// What is added to a position when there are no pieces: the identity map of text that starts at `base`.
    base: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text_start: usize,
    source_start: usize,
    text_unit: usize,
    source_unit: usize,
    count: usize,
}

impl Piece {
    fn text_end(&self) -> usize {
        self.text_start + self.text_unit * self.count
    }

    fn source_end(&self) -> usize {
        self.source_start + self.source_unit * self.count
    }
}

impl OffsetMap {
    /// The map of text that is its own source, beginning at `base`.
    #[must_use]
    pub fn identity(base: usize) -> Self {
        Self { pieces: Vec::new(), base }
    }

    /// Whether text and source are the same bytes.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Forgets everything but keeps the memory, so that one map serves many segments.
    pub fn clear(&mut self) {
        self.pieces.clear();
        self.base = 0;
    }

    /// How many bytes of text have been mapped.
    #[must_use]
    pub fn text_len(&self) -> usize {
        self.pieces.last().map_or(0, Piece::text_end)
    }

    /// Notes that the next `len` bytes of text are `len` bytes of source from `source_start`.
    pub fn push_same(&mut self, len: usize, source_start: usize) {
        self.push_units(1, 1, len, source_start);
    }

    /// Notes that the next `text_len` bytes of text were written as the `source_len` bytes from `source_start`, and
    /// stand or fall together. Source bytes between two notes belong to no text (removed characters).
    pub fn push_unit(&mut self, text_len: usize, source_start: usize, source_len: usize) {
        self.push_units(text_len, source_len, 1, source_start);
    }

    fn push_units(&mut self, text_unit: usize, source_unit: usize, count: usize, source_start: usize) {
        if text_unit == 0 || count == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.text_unit == text_unit
            && last.source_unit == source_unit
            && last.source_end() == source_start
        {
            last.count += count;
            return;
        }
        let text_start = self.text_len();
        self.pieces.push(Piece { text_start, source_start, text_unit, source_unit, count });
    }

    /// The source bytes that the text `span` came from: all of every unit that it touches.
    ///
    /// An empty span maps to an empty span at the place where its position stands.
    #[must_use]
    pub fn source_span(&self, span: Range<usize>) -> Range<usize> {
        if self.pieces.is_empty() {
            return span.start + self.base..span.end + self.base;
        }
        let start = self.source_start(span.start);
        if span.is_empty() {
            return start..start;
        }
        start..self.source_end(span.end).max(start)
    }

    /// The stretches of source that the text `span` was written in, in order: [`source_span`](Self::source_span) without
    /// the bytes in it that belong to no text (the tags in `1380013<b>8000</b>`). Neighbours are joined, so a text
    /// without such gaps gives one stretch. An empty span gives none.
    pub fn source_pieces(&self, span: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let whole = self.is_identity().then(|| self.source_span(span.clone())).filter(|all| !all.is_empty());
        let first = self.pieces.partition_point(|p| p.text_end() <= span.start);
        let rest = self.pieces.get(first..).unwrap_or_default().iter();
        let Range { start: from, end: to } = span;
        let touched = rest.take_while(move |p| p.text_start < to && from < to).map(move |p| {
            let start = (from.saturating_sub(p.text_start) / p.text_unit) * p.source_unit;
            let end = (to.min(p.text_end()) - p.text_start).div_ceil(p.text_unit) * p.source_unit;
            p.source_start + start..p.source_start + end
        });
        let mut stretches = whole.into_iter().chain(touched).peekable();
        std::iter::from_fn(move || {
            let mut stretch = stretches.next()?;
            while let Some(next) = stretches.next_if(|next| next.start == stretch.end) {
                stretch.end = next.end;
            }
            Some(stretch)
        })
    }

    /// The map of the part `span` of the text. Positions in it count from the part's beginning. Takes time in proportion to
    /// the part and not to the text.
    #[must_use]
    pub fn slice(&self, span: Range<usize>) -> OffsetMap {
        if self.is_identity() {
            return Self::identity(self.base + span.start);
        }
        let mut part = Self::default();
        let first = self.pieces.partition_point(|p| p.text_end() <= span.start);
        for piece in self.pieces[first..].iter().take_while(|p| p.text_start < span.end) {
            let before = span.start.saturating_sub(piece.text_start);
            let (mut skipped, cut) = (before / piece.text_unit, before % piece.text_unit);
            let upto = (span.end - piece.text_start).div_ceil(piece.text_unit).min(piece.count);
            if cut > 0 {
                let source = piece.source_start + skipped * piece.source_unit;
                part.push_unit(piece.text_unit - cut, source, piece.source_unit);
                skipped += 1;
            }
            let source = piece.source_start + skipped * piece.source_unit;
            part.push_units(piece.text_unit, piece.source_unit, upto.saturating_sub(skipped), source);
        }
        part
    }

    /// Where the unit that holds text position `at` begins in the source.
    fn source_start(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|p| p.text_end() <= at);
        match self.pieces.get(index) {
            Some(p) => p.source_start + (at.saturating_sub(p.text_start) / p.text_unit) * p.source_unit,
            None => self.pieces.last().map_or(self.base, Piece::source_end),
        }
    }

    /// Where the unit that holds the text byte before `at` ends in the source.
    fn source_end(&self, at: usize) -> usize {
        let index = self.pieces.partition_point(|p| p.text_end() < at);
        match self.pieces.get(index) {
            Some(p) => p.source_start + at.saturating_sub(p.text_start).div_ceil(p.text_unit) * p.source_unit,
            None => self.pieces.last().map_or(self.base, Piece::source_end),
        }
    }

    /// The map of a text decoded from *this* map's text: `inner` says where its pieces stand in this text.
    #[must_use]
    pub fn then(&self, inner: &OffsetMap) -> OffsetMap {
        if inner.is_identity() && self.is_identity() {
            return OffsetMap::identity(self.base + inner.base);
        }
        let mut joined = OffsetMap::default();
        if inner.is_identity() {
            // Only whole texts and their tails are ever mapped on: from `base` on, the pieces are this map's own.
            for piece in &self.pieces {
                let skipped = inner.base.saturating_sub(piece.text_start).div_ceil(piece.text_unit);
                if skipped < piece.count {
                    let source = piece.source_start + skipped * piece.source_unit;
                    joined.push_units(piece.text_unit, piece.source_unit, piece.count - skipped, source);
                }
            }
            return joined;
        }
        for piece in &inner.pieces {
            for nth in 0..piece.count {
                let middle = piece.source_start + nth * piece.source_unit;
                let source = self.source_span(middle..middle + piece.source_unit);
                joined.push_unit(piece.text_unit, source.start, source.len());
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_adds_its_base() {
        let map = OffsetMap::identity(10);
        assert!(map.is_identity());
        assert_eq!(map.source_span(2..5), 12..15);
    }

    #[test]
    fn equal_units_make_one_piece() {
        let mut map = OffsetMap::default();
        for nth in 0..1000 {
            map.push_unit(3, nth * 2, 2);
        }
        assert_eq!(map.pieces.len(), 1);
        assert_eq!(map.source_span(3..9), 2..6);
        // A span that cuts through a character takes all of it.
        assert_eq!(map.source_span(4..8), 2..6);
    }

    #[test]
    fn a_part_maps_as_it_does_in_the_whole() {
        let mut map = OffsetMap::default();
        map.push_same(4, 10);
        (0..5).for_each(|nth| map.push_unit(3, 20 + nth * 2, 2));
        map.push_same(3, 40);
        for (start, end) in [(0, 22), (2, 4), (4, 10), (7, 21), (2, 20), (19, 22), (5, 5)] {
            let part = map.slice(start..end);
            for at in start..end {
                assert_eq!(part.source_span(at - start..at - start + 1), map.source_span(at..at + 1), "{start} {at}");
            }
        }
        assert_eq!(OffsetMap::identity(7).slice(2..4), OffsetMap::identity(9));
    }

    #[test]
    fn removed_bytes_inside_a_span_are_covered() {
        // "1<U+200B>2" folded to "12"
        let mut map = OffsetMap::default();
        map.push_same(1, 0);
        map.push_same(1, 4);
        assert_eq!(map.source_span(0..2), 0..5);
        assert_eq!(map.source_span(0..1), 0..1);
        assert_eq!(map.source_span(1..2), 4..5);
    }

    #[test]
    fn maps_compose() {
        // source `\u0031\u0032x` → text `12x` → (the first character dropped) `2x`
        let mut outer = OffsetMap::default();
        outer.push_unit(1, 0, 6);
        outer.push_unit(1, 6, 6);
        outer.push_same(1, 12);
        let mut inner = OffsetMap::default();
        inner.push_same(2, 1);
        let both = outer.then(&inner);
        assert_eq!(both.source_span(0..1), 6..12);
        assert_eq!(both.source_span(0..2), 6..13);
        assert_eq!(outer.then(&OffsetMap::identity(1)).source_span(0..2), 6..13);
        assert_eq!(OffsetMap::identity(5).then(&inner).source_span(0..2), 6..8);
    }

    #[test]
    fn gaps_divide_a_span_into_pieces() {
        // `13&#56;<b>80</b>0` read as `138800`
        let mut map = OffsetMap::default();
        map.push_same(2, 0);
        map.push_unit(1, 2, 5);
        map.push_same(2, 10);
        map.push_same(1, 16);
        let pieces = |span: Range<usize>| map.source_pieces(span).collect::<Vec<_>>();
        assert_eq!(pieces(0..6), [0..7, 10..12, 16..17]);
        assert_eq!(pieces(1..4), [1..7, 10..11]);
        assert_eq!(pieces(4..5).first(), Some(&(11..12)));
        assert!(pieces(3..3).is_empty());
        assert_eq!(pieces(5..9).first(), Some(&(16..17)));
        let same = OffsetMap::identity(7);
        assert!(same.source_pieces(1..3).eq(std::iter::once(8..10)));
        assert_eq!(same.source_pieces(1..1).count(), 0);
    }

    #[test]
    fn positions_past_the_end_stay_inside() {
        let mut map = OffsetMap::default();
        map.push_same(4, 100);
        assert_eq!(map.source_span(0..9), 100..104);
        assert_eq!(map.source_span(4..4), 104..104);
    }
}
