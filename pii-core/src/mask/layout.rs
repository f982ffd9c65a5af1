//! A masked value before it is written: shown pieces and runs of stars, and how they are made to fit their place.

use super::Shape;
use crate::Room;
use std::borrow::Cow;

/// How much room the masked value has, in bytes of the source's encoding.
#[derive(Clone, Copy, Debug)]
pub struct Space {
    room: Room,
    width_bytes: usize,
    measure: fn(char) -> usize,
}

impl Space {
    /// As much as it needs.
    #[must_use]
    pub fn free() -> Self {
        Self::new(Room::Free, 0)
    }

    /// `width_bytes` is how many bytes the original has in the source, counted as UTF-8.
    #[must_use]
    pub fn new(room: Room, width_bytes: usize) -> Self {
        Self { room, width_bytes, measure: char::len_utf8 }
    }

    /// The same, for a source in another encoding: `measure` says how many bytes a character has there (two for Han in
    /// GBK). It must give at least 1.
    #[must_use]
    pub fn measured_by(self, measure: fn(char) -> usize) -> Self {
        Self { measure, ..self }
    }

    /// The same with `bytes` less of it.
    pub(super) fn less(self, bytes: usize) -> Self {
        Self { width_bytes: self.width_bytes.saturating_sub(bytes), ..self }
    }

    pub(super) fn width_of(&self, text: &str) -> usize {
        text.chars().map(|c| self.char_width(c)).sum()
    }

    fn char_width(&self, c: char) -> usize {
        (self.measure)(c).max(1)
    }

    /// `None` when there is as much as wanted.
    fn limit(&self) -> Option<usize> {
        (self.room != Room::Free).then_some(self.width_bytes)
    }
}

/// As many stars as most masks have.
const STARS: &str = "****************";

enum Piece<'a> {
    /// Characters of the value that are shown, or separators.
    Shown(Cow<'a, str>),
    /// Shown characters at the value's end: all that is left in [`Shape::TailOnly`].
    Tail(Cow<'a, str>),
    Stars(usize),
}

impl Piece<'_> {
    /// In bytes of UTF-8.
    fn len(&self, star: char) -> usize {
        match self {
            Self::Shown(text) | Self::Tail(text) => text.len(),
            Self::Stars(count) => count * star.len_utf8(),
        }
    }
}

/// A masked value before it is written. Has at least one run of stars when it is written.
#[derive(Default)]
pub(super) struct Layout<'a> {
    pieces: Vec<Piece<'a>>,
}

impl<'a> Layout<'a> {
    /// Nothing but stars.
    pub(super) fn hidden(stars: usize) -> Self {
        Self::default().stars(stars)
    }

    pub(super) fn shown(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.pieces.push(Piece::Shown(text.into()));
        self
    }

    pub(super) fn tail(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.pieces.push(Piece::Tail(text.into()));
        self
    }

    pub(super) fn stars(mut self, count: usize) -> Self {
        self.pieces.push(Piece::Stars(count.max(1)));
        self
    }

    /// Writes it in `shape`, fitted into `space`.
    pub(super) fn write(self, shape: &Shape, space: Space) -> String {
        match shape {
            Shape::Stars | Shape::Char(_) => self.write_stars(shape.star(), space),
            Shape::Word(word) => write_whole(word, space),
            Shape::TailOnly => write_whole(&self.tail_text(), space),
        }
    }

    fn tail_text(&self) -> String {
        let tail: String = match self.pieces.last() {
            Some(Piece::Tail(text)) => text.chars().filter(char::is_ascii_alphanumeric).collect(),
            _ => String::new(),
        };
        // A variable that may not be empty gets something that is nobody's number.
        if tail.is_empty() { "0".to_owned() } else { tail }
    }

    fn write_stars(mut self, star: char, space: Space) -> String {
        if !self.pieces.iter().any(|piece| matches!(piece, Piece::Stars(_))) {
            return only_stars(star, space);
        }
        if let Some(limit) = space.limit() {
            let width = self.width(star, space);
            if width > limit && !self.cut(width - limit, star, space) {
                return only_stars(star, space);
            }
            if width < limit && space.room == Room::Exactly {
                self.stretch((limit - width) / space.char_width(star));
            }
        }
        let mut text = String::with_capacity(self.pieces.iter().map(|piece| piece.len(star)).sum());
        for piece in &self.pieces {
            match piece {
                Piece::Shown(shown) | Piece::Tail(shown) => text.push_str(shown),
                Piece::Stars(count) if star == '*' && *count <= STARS.len() => text.push_str(&STARS[..*count]),
                Piece::Stars(count) => text.extend(std::iter::repeat_n(star, *count)),
            }
        }
        pad(text, '*', space)
    }

    fn width(&self, star: char, space: Space) -> usize {
        let piece_width = |piece: &Piece<'_>| match piece {
            Piece::Shown(text) | Piece::Tail(text) => space.width_of(text),
            Piece::Stars(count) => count * space.char_width(star),
        };
        self.pieces.iter().map(piece_width).sum()
    }

    /// Takes stars away, from the end on, until `over` bytes are gone; one star of each run stays. Says whether it did.
    fn cut(&mut self, mut over: usize, star: char, space: Space) -> bool {
        let each = space.char_width(star);
        for piece in self.pieces.iter_mut().rev() {
            if let Piece::Stars(count) = piece {
                let gone = over.div_ceil(each).min(*count - 1);
                *count -= gone;
                over = over.saturating_sub(gone * each);
            }
        }
        over == 0
    }

    /// Adds stars to the longest run, the first of equals.
    fn stretch(&mut self, more: usize) {
        let runs = self.pieces.iter_mut().rev().filter_map(|piece| match piece {
            Piece::Stars(count) => Some(count),
            _ => None,
        });
        if let Some(longest) = runs.max_by_key(|count| **count) {
            *longest += more;
        }
    }
}

/// Nothing but stars, as many as there is room for: what stands where a mask's own parts do not fit.
fn only_stars(star: char, space: Space) -> String {
    let count = space.limit().map_or(4, |limit| limit / space.char_width(star));
    pad(std::iter::repeat_n(star, count).collect(), '*', space)
}

/// A text that stands for the value as a whole: not cut (half a word says nothing), so stars where it does not fit.
fn write_whole(text: &str, space: Space) -> String {
    match space.limit() {
        Some(limit) if space.width_of(text) > limit => only_stars('*', space),
        _ => pad(text.to_owned(), ' ', space),
    }
}

/// Fills what is missing to an exact width.
fn pad(mut text: String, filler: char, space: Space) -> String {
    if space.room == Room::Exactly {
        let missing = space.width_bytes.saturating_sub(space.width_of(&text));
        text.extend(std::iter::repeat_n(filler, missing / space.char_width(filler)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Layout<'static> {
        Layout::default().shown("138").stars(4).tail("00")
    }

    fn gbk(c: char) -> usize {
        if c.is_ascii() { 1 } else { 2 }
    }

    #[test]
    fn runs_are_stretched_and_cut_to_the_room() {
        let cases = [
            (Space::free(), "138****00"),
            (Space::new(Room::AtMost, 11), "138****00"),
            (Space::new(Room::Exactly, 11), "138******00"),
            (Space::new(Room::AtMost, 7), "138**00"),
            (Space::new(Room::Exactly, 6), "138*00"),
            // No room for what is shown and a star: nothing is shown.
            (Space::new(Room::Exactly, 5), "*****"),
            (Space::new(Room::AtMost, 1), "*"),
            (Space::new(Room::Exactly, 0), ""),
        ];
        for (space, expected) in cases {
            assert_eq!(phone().write(&Shape::Stars, space), expected, "{space:?}");
        }
    }

    #[test]
    fn han_counts_as_its_source_has_it() {
        let name = || Layout::default().shown("张").stars(2);
        assert_eq!(name().write(&Shape::Stars, Space::new(Room::Exactly, 9)), "张******");
        assert_eq!(name().write(&Shape::Stars, Space::new(Room::Exactly, 6).measured_by(gbk)), "张****");
        assert_eq!(name().write(&Shape::Char('×'), Space::new(Room::Exactly, 6).measured_by(gbk)), "张××");
        assert_eq!(name().write(&Shape::Char('×'), Space::new(Room::Exactly, 7).measured_by(gbk)), "张××*");
    }

    #[test]
    fn shapes() {
        assert_eq!(phone().write(&Shape::Char('X'), Space::free()), "138XXXX00");
        assert_eq!(phone().write(&Shape::TailOnly, Space::free()), "00");
        assert_eq!(phone().write(&Shape::TailOnly, Space::new(Room::Exactly, 4)), "00  ");
        assert_eq!(Layout::hidden(3).write(&Shape::TailOnly, Space::free()), "0");
        assert_eq!(phone().write(&Shape::Word("客户".into()), Space::free()), "客户");
        assert_eq!(phone().write(&Shape::Word("客户".into()), Space::new(Room::Exactly, 7)), "客户 ");
        assert_eq!(phone().write(&Shape::Word("客户".into()), Space::new(Room::AtMost, 5)), "*****");
    }
}
