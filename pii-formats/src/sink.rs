//! What a decoder tells: the records it meets and the segments of text in them.

use pii_core::{Evidence, OffsetMap, Place};
use std::fmt;
use std::ops::Range;

/// A record of data (a line, a row, an object, a message): the unit in which findings are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// Where decoders put what they read. All ranges are positions in the `input` that the decoder was given in this call.
pub trait Sink {
    /// What the name of a field says about its value.
    fn evidence_of(&mut self, field_name: &[u8]) -> Evidence;

    /// What the name of a column (if it has a header) and a sample of its cells say about the rest of them.
    fn judge_column(&mut self, header: Option<&[u8]>, cells: &[&[u8]]) -> Evidence;

    /// A record begins. Records nest: a segment belongs to the record that it names, not to the ones around it.
    fn open_record(&mut self) -> RecordId;

    /// Nothing more will be said about this record.
    fn close_record(&mut self, record: RecordId);

    /// A piece of text.
    fn segment(&mut self, draft: Draft<'_>) -> Result<(), SyntaxError>;

    /// A document inside this one.
    fn nested(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError>;
}

/// A piece of text as a decoder reads it.
pub struct Draft<'a> {
    /// Where it stands in the input. For `Token::JsonValue` the whole token; for a string what is between the quotes.
    pub source: Range<usize>,
    /// The text.
    pub text: Text<'a>,
    /// How it is written.
    pub place: Place,
    /// What its field says about it.
    pub evidence: Evidence,
    /// Its field path (`$.customer.idNo`, a form key, a column). Written out only when something is found.
    pub path: &'a dyn fmt::Display,
    /// The record it belongs to.
    pub record: RecordId,
    /// Whether each of its lines is a record of its own (plain text). `record` is then the first line's.
    pub lines_are_records: bool,
}

/// The text of a [`Draft`].
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// The input's own bytes at `source`.
    Same,
    /// Other bytes, and where they came from in the input.
    Decoded {
        /// Text in UTF-8.
        text: &'a [u8],
        /// From positions in `text` to positions in the input.
        map: &'a OffsetMap,
    },
}

/// A document inside a document: JSON in a string, a part of a mail.
pub struct Nested<'a> {
    /// Where it stands in the input.
    pub source: Range<usize>,
    /// Its bytes.
    pub content: Content<'a>,
    /// What is known of its format; `None` finds out.
    pub format: Option<crate::Format>,
    /// The charset that is declared for it, as the declaration spells it (`gb2312`). `None`: UTF-8 unless its bytes say otherwise.
    pub charset: Option<&'a [u8]>,
    /// How it is written, for edits in place.
    pub place: Place,
    /// What its field says about it.
    pub evidence: Evidence,
    /// Its path; the paths of what is inside are appended to it.
    pub path: &'a dyn fmt::Display,
    /// The record that it belongs to. What is inside is judged together with it.
    pub record: RecordId,
}

/// The bytes of a [`Nested`] document, and how edits in it get back.
pub enum Content<'a> {
    /// Edits are written in place: these bytes and where they came from.
    InPlace(Text<'a>),
    /// The carrier is coded again as a whole around the edited bytes.
    Carried {
        /// The decoded bytes.
        bytes: Vec<u8>,
        /// How they were coded.
        codec: Codec,
    },
}

/// How a carrier is coded, with what is needed to write it the way it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Base64 (RFC 4648 §4, §5).
    Base64 {
        /// `-` and `_` in place of `+` and `/`.
        url_safe: bool,
        /// Whether `=` fills the last group.
        padded: bool,
        /// Characters on a line, if it is folded, and what ends the lines.
        folded: Option<(usize, &'static str)>,
        /// Whether the last line has a line end too.
        final_line_end: bool,
    },
    /// A mail header's encoded word `=?charset?B?…?=` (RFC 2047), coded again with the same charset and letter.
    EncodedWord {
        /// As written.
        charset: String,
        /// `B` or `Q`.
        letter: u8,
    },
    /// An extended parameter value `charset'lang'…` (RFC 2231 / RFC 5987).
    ExtendedValue {
        /// As written.
        charset: String,
        /// As written.
        language: String,
    },
}

/// The input is not what its format says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Position in the decoder's input.
    pub at: usize,
    /// What was expected or what is wrong, in lower case and without a value.
    pub what: &'static str,
    /// Whether the input was well-formed but over a limit (nesting, length of a token).
    pub is_limit: bool,
}

/// A decoder of one format: sans-I/O, fed with whatever has arrived.
pub(crate) trait Decode {
    /// Reads whole items from the front of `input`, tells `sink` about them and returns how many bytes are done with.
    ///
    /// The rest is given again at the front of the next call, with more behind it, until `end` says that nothing
    /// follows. Where the input is cut must make no difference: an item is read only when all of it is there (or `end`).
    /// With `end` all of `input` is consumed or an error is returned.
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError>;
}
