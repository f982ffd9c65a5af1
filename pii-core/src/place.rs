//! How a segment is written in the bytes it came from, and how much room an edit has there.
//!
//! The core decides *what* stands in an edit; the codecs of `pii-formats` write it. A [`Place`] is what they need to
//! know of each other, and it is copied with every segment, so it has no heap memory.

use std::fmt;

/// One layer of writing, as it has to be undone to read the text and done again to write an edit.
///
/// Only codings in which a part can be replaced without touching its neighbours are listed. What has to be coded again as
/// a whole (base64, an encoded word, a compressed body) is a *carrier*: its content is a document of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// GB18030, and so GBK and GB2312 (GB 18030-2022).
    Gb18030,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// A string in JSON (RFC 8259 §7), inside its quotes.
    JsonString,
    /// Percent-encoding (RFC 3986 §2.1).
    Percent,
    /// `application/x-www-form-urlencoded`: percent-encoding with `+` for a space.
    Form,
    /// Character data in XML or HTML: entities and character references.
    Markup,
    /// An attribute's value in XML or HTML, inside its quotes.
    MarkupAttribute,
    /// A CDATA section in XML.
    CData,
    /// A cell of CSV or TSV that stands in quotes, inside them.
    QuotedCell,
    /// A cell of CSV or TSV without quotes.
    BareCell,
    /// A header value or other text on one line (mail headers, FIX values): no line break may be written.
    Line,
    /// Quoted-printable (RFC 2045 §6.7).
    QuotedPrintable,
    /// A string in SQL, inside its quotes, which are doubled in it.
    SqlString,
    /// A name in SQL that stands in no quotes.
    SqlName,
    /// A comment in SQL between `/*` and `*/`.
    SqlComment,
    /// Text in which a backslash escapes: the strings of MySQL, the cells of PostgreSQL's `COPY`.
    BackslashEscapes,
}

/// The most codings that may lie on top of each other.
pub const CODING_LIMIT: usize = 8;

/// How much room an edit has, in bytes of the source. The least comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// As much as it needs.
    #[default]
    Free,
    /// As many bytes as the original had, or fewer.
    AtMost,
    /// Exactly as many bytes as the original had (FIX, fixed columns, C structs).
    Exactly,
}

/// What has to be replaced when a part of the segment is edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Token {
    /// Only the finding's own span: the text stands in quotes, or needs none.
    #[default]
    Part,
    /// Only the finding's own span, in the key of a JSON object: two keys of an object must not come out alike.
    JsonKey,
    /// The whole token, written as a JSON string: a JSON number, array or object.
    JsonValue,
    /// The whole token, written as a string of SQL: a number.
    SqlValue,
}

impl Token {
    /// Whether an edit replaces all of the token, which is then written in quotes.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::JsonValue | Self::SqlValue)
    }
}

/// How a segment is written: its codings from the outside in, and the room an edit has.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Place {
    codings: [Option<Coding>; CODING_LIMIT],
    /// How much room an edit has.
    pub room: Room,
    /// What an edit replaces.
    pub token: Token,
}

impl Place {
    /// Plain UTF-8 with all the room there is.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// This place with one more coding inside the others. `None` when there are eight already.
    #[must_use]
    pub fn inside(mut self, coding: Coding) -> Option<Self> {
        let free = self.codings.iter_mut().find(|slot| slot.is_none())?;
        *free = Some(coding);
        Some(self)
    }

    /// This place with another rule about room.
    #[must_use]
    pub fn with_room(self, room: Room) -> Self {
        Self { room, ..self }
    }

    /// This place with another rule about what an edit replaces.
    #[must_use]
    pub fn with_token(self, token: Token) -> Self {
        Self { token, ..self }
    }

    /// The codings, from the outside in.
    pub fn codings(&self) -> impl DoubleEndedIterator<Item = Coding> + '_ {
        self.codings.iter().flatten().copied()
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place")
            .field("codings", &self.codings().collect::<Vec<_>>())
            .field("room", &self.room)
            .field("token", &self.token)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_kept_from_the_outside_in() {
        let place = Place::plain().inside(Coding::Gb18030).and_then(|p| p.inside(Coding::JsonString));
        let codings: Vec<Coding> = place.expect("two fit").codings().collect();
        assert_eq!(codings, [Coding::Gb18030, Coding::JsonString]);
    }

    #[test]
    fn nesting_is_bounded() {
        let mut place = Place::plain();
        for _ in 0..CODING_LIMIT {
            place = place.inside(Coding::Percent).expect("within the limit");
        }
        assert_eq!(place.inside(Coding::Percent), None);
    }
}
