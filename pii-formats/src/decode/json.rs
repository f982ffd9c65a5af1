//! JSON (RFC 8259): one document, several with white space between them, or one a line.
//!
//! A state machine over whole tokens. What it keeps between calls is the open containers, so a document of any length
//! passes in bounded memory; what it never builds is a tree. It reads strictly, because what one reader overlooks
//! another may send: the only liberties are a byte order mark at the start, lone surrogates in escapes, and bytes in
//! strings that are not UTF-8.
//!
//! A record is the innermost object. Scalars outside any object belong to a record of the top-level value.

mod container;
mod digit_array;
mod fault;
mod key_cache;
mod length;
mod number;
mod number_array;
mod scalar;
mod stack;
mod string;
#[cfg(test)]
mod tests;
mod titles;
pub(crate) mod unescape;

use super::Fork;
use crate::sink::{Decode, RecordId, Sink, SyntaxError};
use fault::Fault;
use key_cache::KeyCache;
pub(crate) use length::document_len;
use number::NumberScan;
use number_array::NumberArrayScan;
use pii_core::OffsetMap;
use stack::Stack;
use string::StringScan;

/// The most containers inside each other.
const DEPTH_LIMIT: usize = 128;
/// The longest token, and the longest array or object that is one value, in bytes.
const TOKEN_LIMIT_BYTES: usize = 32 << 20;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The decoder.
pub(crate) struct Json {
    is_line_each: bool,
    is_started: bool,
    expect: Expect,
    stack: Stack,
    keys: KeyCache,
    /// The record of scalars outside any object, once there is one.
    base: Option<RecordId>,
    /// The array or object that is read as one value.
    held: Option<Held>,
    /// Where to go on in the input of the next call.
    resume: usize,
    string: StringScan,
    number: NumberScan,
    numbers: NumberArrayScan,
    text: Vec<u8>,
    map: OffsetMap,
}

/// What may stand next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Document,
    AfterDocument,
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrClose,
}

/// An array or object of which only the end is looked for.
#[derive(Clone, Copy)]
struct Held {
    /// Where it begins in the input.
    start: usize,
    /// How many containers are around it.
    depth: usize,
}

/// What has arrived.
#[derive(Clone, Copy)]
struct Arrived<'a> {
    input: &'a [u8],
    is_end: bool,
}

/// The position after what was read, or `None` while it is not all there.
type Read = Result<Option<usize>, SyntaxError>;

impl Json {
    /// Of documents with white space between them. None at all is fine too: an empty body says nothing.
    pub(crate) fn documents() -> Self {
        Self::new(false)
    }

    /// Of one document a line. Empty lines pass, and lines may end with CR LF.
    pub(crate) fn lines() -> Self {
        Self::new(true)
    }

    fn new(is_line_each: bool) -> Self {
        Self {
            is_line_each,
            is_started: false,
            expect: Expect::Document,
            stack: Stack::default(),
            keys: KeyCache::default(),
            base: None,
            held: None,
            resume: 0,
            string: StringScan::default(),
            number: NumberScan::default(),
            numbers: NumberArrayScan::default(),
            text: Vec::new(),
            map: OffsetMap::default(),
        }
    }
}

impl Decode for Json {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let arrived = Arrived { input, is_end: end };
        let Some(mut at) = self.start(arrived) else { return Ok(0) };
        loop {
            at = self.skip_space(input, at)?;
            let Some(&byte) = input.get(at) else { break };
            let Some(next) = self.item(arrived, at, byte, sink)? else { break };
            at = next;
        }
        if end {
            self.check_complete(at)?;
        }
        self.wait_at(at, input.len())
    }
}

/// Between two lines there is nothing that the next one is read by.
impl Fork for Json {
    fn fork(&self) -> Option<Self> {
        self.is_between_lines().then(|| Self { is_started: true, ..Self::lines() })
    }

    fn reads_as(&self, other: &Self) -> bool {
        self.is_between_lines() && other.is_between_lines()
    }

    fn cut(&self, window: &[u8]) -> Option<usize> {
        memchr::memrchr(b'\n', window).map(|end| end + 1)
    }
}

impl Json {
    fn is_between_lines(&self) -> bool {
        let is_whole = self.held.is_none() && self.resume == 0 && self.stack.depth() == 0;
        self.is_line_each && self.is_started && is_whole && self.expect == Expect::Document
    }

    /// Where to begin in this call's input. `None` while the first bytes may become a byte order mark.
    fn start(&mut self, arrived: Arrived<'_>) -> Option<usize> {
        if self.is_started {
            return Some(self.resume);
        }
        let seen = &arrived.input[..arrived.input.len().min(BYTE_ORDER_MARK.len())];
        if BYTE_ORDER_MARK.starts_with(seen) && seen.len() < BYTE_ORDER_MARK.len() && !arrived.is_end {
            return None;
        }
        self.is_started = true;
        Some(if seen == BYTE_ORDER_MARK { seen.len() } else { 0 })
    }

    /// Notes where the next call goes on, and gives how much of this one's input is done with.
    fn wait_at(&mut self, at: usize, arrived: usize) -> Result<usize, SyntaxError> {
        let done = self.held.map_or(at, |held| held.start);
        if arrived - done > TOKEN_LIMIT_BYTES {
            return Err(too_long(done));
        }
        if let Some(held) = &mut self.held {
            held.start = 0;
        }
        self.resume = at - done;
        Ok(done)
    }

    fn check_complete(&self, at: usize) -> Result<(), SyntaxError> {
        match self.expect {
            Expect::Document | Expect::AfterDocument => Ok(()),
            _ => Err(self.unexpected(at)),
        }
    }

    fn skip_space(&mut self, input: &[u8], mut at: usize) -> Result<usize, SyntaxError> {
        while let Some(&byte @ (b' ' | b'\t' | b'\n' | b'\r')) = input.get(at) {
            if self.is_line_each && byte == b'\n' {
                self.end_line(at)?;
            } else if !self.is_line_each && self.expect == Expect::AfterDocument {
                self.expect = Expect::Document;
            }
            at += 1;
        }
        Ok(at)
    }

    fn end_line(&mut self, at: usize) -> Result<(), SyntaxError> {
        if !matches!(self.expect, Expect::Document | Expect::AfterDocument) {
            return Err(wrong(at, "expected the document to end on its line"));
        }
        self.expect = Expect::Document;
        Ok(())
    }

    /// Reads the token that begins with `byte`.
    fn item<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, byte: u8, sink: &mut S) -> Read {
        match (self.expect, byte) {
            (Expect::ValueOrClose, b']') | (Expect::KeyOrClose, b'}') => self.close(arrived.input, at, sink),
            (Expect::Document | Expect::Value | Expect::ValueOrClose, _) => self.value(arrived, at, byte, sink),
            (Expect::Key | Expect::KeyOrClose, b'"') => self.key(arrived, at, sink),
            (Expect::Colon, b':') => {
                self.expect = Expect::Value;
                Ok(Some(at + 1))
            }
            (Expect::CommaOrClose, _) => self.comma_or_close(arrived.input, at, sink),
            (Expect::AfterDocument | Expect::Key | Expect::KeyOrClose | Expect::Colon, _) => Err(self.unexpected(at)),
        }
    }

    fn unexpected(&self, at: usize) -> SyntaxError {
        let what = match self.expect {
            Expect::AfterDocument if self.is_line_each => "expected the line to end after its document",
            Expect::AfterDocument => "expected white space between documents",
            Expect::Document | Expect::Value => "expected a value",
            Expect::ValueOrClose => "expected a value or ']'",
            Expect::Key => "expected a key in quotes",
            Expect::KeyOrClose => "expected a key in quotes or '}'",
            Expect::Colon => "expected ':'",
            Expect::CommaOrClose if self.stack.is_in_object() == Some(true) => "expected ',' or '}'",
            Expect::CommaOrClose => "expected ',' or ']'",
        };
        wrong(at, what)
    }

    fn value<S: Sink>(&mut self, arrived: Arrived<'_>, at: usize, byte: u8, sink: &mut S) -> Read {
        match byte {
            b'"' => self.string_value(arrived, at, sink),
            b'-' | b'0'..=b'9' => self.number_value(arrived, at, sink),
            b'{' => self.open_object(at, sink),
            b'[' => self.open_array(arrived, at, sink),
            b't' => self.literal(arrived, at, b"true", sink),
            b'f' => self.literal(arrived, at, b"false", sink),
            b'n' => self.literal(arrived, at, b"null", sink),
            _ => Err(self.unexpected(at)),
        }
    }

    fn after_value<S: Sink>(&mut self, sink: &mut S) {
        if self.stack.depth() > 0 {
            self.expect = Expect::CommaOrClose;
            return;
        }
        self.expect = Expect::AfterDocument;
        if let Some(base) = self.base.take() {
            sink.close_record(base);
        }
    }

    /// The record of a scalar that stands here.
    fn record<S: Sink>(&mut self, sink: &mut S) -> RecordId {
        match self.stack.record() {
            Some(record) => record,
            None => *self.base.get_or_insert_with(|| sink.open_record()),
        }
    }
}

fn wrong(at: usize, what: &'static str) -> SyntaxError {
    Fault { at: 0, what }.in_input(at)
}

fn too_long(at: usize) -> SyntaxError {
    SyntaxError { at, what: "a value or key of more than 32 MiB", is_limit: true }
}
