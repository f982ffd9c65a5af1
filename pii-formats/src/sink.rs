//! What a decoder tells: the records it meets and the segments of text in them.

#[cfg(test)]
pub(crate) mod recording;

use crate::coding::Codings;
use crate::path::Path;
use pii_core::{Evidence, OffsetMap, Place};
use std::ops::Range;

/// A record of data (a line, a row, an object, a message): the unit in which findings are judged together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordId(pub(crate) u64);

/// An object some of whose keys are told as segments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(pub(crate) u64);

/// What keys are compared by (FNV-1a). Keys made to collide make their own message be blocked and nothing else.
pub(crate) fn key_hash(key: &[u8]) -> u64 {
    key.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Where decoders put what they read. All ranges are positions in the `input` that the decoder was given in this call.
pub(crate) trait Sink {
    /// What the name of a field says about its value.
    fn evidence_of(&mut self, field_name: &[u8]) -> Evidence;

    /// What the name of a column (if it has a header) and a sample of its cells say about the rest of them.
    fn judge_column(&mut self, header: Option<&[u8]>, cells: &[&[u8]]) -> Evidence;

    /// Whether a text may be the name of a field, and not a value that stands where one is expected.
    fn is_title(&mut self, text: &[u8]) -> bool {
        let _ = text;
        true
    }

    /// Whether a text is a value even where nothing is said of it, or what a mask has left of one.
    fn is_value(&mut self, text: &[u8]) -> bool {
        let _ = text;
        false
    }

    /// Whether a line of text is a label and nothing else, so that the line below it may be its value.
    fn is_label_line(&mut self, line: &[u8]) -> bool {
        let _ = line;
        false
    }

    /// A record begins. Records nest: a segment belongs to the record that it names, not to the ones around it.
    fn open_record(&mut self) -> RecordId;

    /// Nothing more will be said about this record.
    fn close_record(&mut self, record: RecordId);

    /// The input has been read up to here. A decoder that may stop reading inside a record says so where the record ends,
    /// so that a record is too long or not wherever the input is cut.
    fn reached(&mut self, at: usize) {
        let _ = at;
    }

    /// A piece of text.
    fn segment(&mut self, draft: Draft<'_>) -> Result<(), SyntaxError>;

    /// A piece of text that is a key of an object. An edit must not give it the name of another key.
    fn key(&mut self, draft: Draft<'_>, object: ObjectId) -> Result<(), SyntaxError> {
        let _ = object;
        self.segment(draft)
    }

    /// An object whose keys will be told.
    fn new_object(&mut self) -> ObjectId {
        ObjectId::default()
    }

    /// The hashes ([`key_hash`]) of all keys of an object some of whose keys were told; `None` when there are too many.
    /// Said before its record is closed.
    fn keys(&mut self, record: RecordId, object: ObjectId, hashes: Option<&[u64]>) {
        let _ = (record, object, hashes);
    }

    /// Text whose lines are records of their own, in the input's own bytes.
    fn lines_of_text(&mut self, source: Range<usize>, place: Place) -> Result<(), SyntaxError> {
        let record = self.open_record();
        self.segment(Draft {
            source,
            text: Text::Same,
            place,
            evidence: Evidence::none(),
            path: &"",
            record,
            lines_are_records: true,
        })?;
        self.close_record(record);
        Ok(())
    }

    /// A document inside this one.
    fn nested(&mut self, nested: Nested<'_>) -> Result<(), SyntaxError>;

    /// Something that the decoder has not read: an image, a PDF.
    fn uninspected(&mut self, skipped: Skipped<'_>) {
        let _ = skipped;
    }

    /// A check sum stands in `field` over the bytes `covered`, and `more` that is not written there: it has to be computed
    /// again where they are edited.
    fn checksum(&mut self, covered: Range<usize>, field: Range<usize>, more: u8) {
        let _ = (covered, field, more);
    }

    /// What the name of a field says about its value, with the two answers that a decoder itself acts on.
    fn field(&mut self, name: &[u8]) -> Field {
        Field::from(self.evidence_of(name))
    }
}

/// A field: its evidence, and what its decoder has to know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Field {
    /// What goes with its segments.
    pub(crate) evidence: Evidence,
    /// Whether a rule knows its name.
    pub(crate) is_labelled: bool,
    /// Whether an array or object in it is one value.
    pub(crate) takes_whole: bool,
}

impl From<Evidence> for Field {
    fn from(evidence: Evidence) -> Self {
        Self { evidence, is_labelled: evidence.is_labelled(), takes_whole: evidence.takes_whole() }
    }
}

/// A piece of text as a decoder reads it.
pub(crate) struct Draft<'a> {
    /// Where it stands in the input. For `Token::JsonValue` the whole token; for a string what is between the quotes.
    pub(crate) source: Range<usize>,
    /// The text.
    pub(crate) text: Text<'a>,
    /// How it is written.
    pub(crate) place: Place,
    /// What its field says about it.
    pub(crate) evidence: Evidence,
    /// Its field path (`$.customer.idNo`, a form key, a column). Written out only when something is found.
    pub(crate) path: &'a dyn Path,
    /// The record it belongs to.
    pub(crate) record: RecordId,
    /// Whether each of its lines is a record of its own (plain text). `record` is then the first line's.
    pub(crate) lines_are_records: bool,
}

/// The text of a [`Draft`].
#[derive(Clone, Copy)]
pub(crate) enum Text<'a> {
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
pub(crate) struct Nested<'a> {
    /// Where it stands in the input.
    pub(crate) source: Range<usize>,
    /// Its bytes.
    pub(crate) content: Content<'a>,
    /// What is known of how to read it; `None` finds out.
    pub(crate) format: Option<Reading>,
    /// The charset that is declared for it, as the declaration spells it (`gb2312`). `None`: UTF-8 unless its bytes say otherwise.
    pub(crate) charset: Option<&'a [u8]>,
    /// How it is written, for edits in place.
    pub(crate) place: Place,
    /// What its field says about it.
    pub(crate) evidence: Evidence,
    /// Its path; the paths of what is inside are appended to it.
    pub(crate) path: &'a dyn Path,
    /// The record that it belongs to. What is inside is judged together with it.
    pub(crate) record: RecordId,
}

/// How a [`Nested`] document is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As a format.
    Format(crate::Format),
    /// As text whose lines a mail program has broken where they were too long (RFC 3676).
    Flowed {
        /// Whether the space before such a break was put there with it (`DelSp=yes`).
        deletes_space: bool,
    },
    /// As the name of a file.
    FileName,
    /// As text that has HTML in it.
    Markup,
}

impl Reading {
    /// Whether nothing that is read this way can turn out not to be what it was taken for.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, Self::Format(format) if format != crate::Format::Text)
    }
}

impl From<crate::Format> for Reading {
    fn from(format: crate::Format) -> Self {
        Self::Format(format)
    }
}

/// A part of the input that its decoder has not read.
pub(crate) struct Skipped<'a> {
    /// Where it stands in the input.
    pub(crate) source: Range<usize>,
    /// Its media type, in lower case.
    pub(crate) media_type: &'a str,
    /// Which part it is (`part 2/body`). Never the name of a file, which may be a person's.
    pub(crate) path: &'a dyn Path,
    /// The record that it belongs to.
    pub(crate) record: RecordId,
}

/// The bytes of a [`Nested`] document, and how edits in it get back.
pub(crate) enum Content<'a> {
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
pub(crate) enum Codec {
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
    /// Packed, and then coded in another way.
    Packed {
        /// How it was packed.
        codings: Codings,
        /// How it was coded after that.
        within: Box<Codec>,
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
pub(crate) struct SyntaxError {
    /// Position in the decoder's input.
    pub(crate) at: usize,
    /// What was expected or what is wrong, in lower case and without a value.
    pub(crate) what: &'static str,
    /// Whether the input was well-formed but over a limit (nesting, length of a token).
    pub(crate) is_limit: bool,
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
