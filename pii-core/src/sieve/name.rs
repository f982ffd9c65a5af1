//! Names of fields and words in ASCII that speak of a kind.
//!
//! Both are kept as marks in small tables, by their hash: a name that is none may leave the same mark, and takes a closer
//! look.

use super::spoken::Spoken;
use super::token::Token;
use crate::locate::NAME_LETTERS;
use crate::rule::{NAME_LIMIT_BYTES, NUMBER_DIGITS};

/// A word is looked up by so many of its first bytes, and its length.
const WORD_BYTES: usize = 8;

/// The name of a field is looked up by so many of its last bytes first, or by those of its last token where they are
/// fewer.
const END_BYTES: usize = 4;

/// A shorter name that a number touches is none.
const LETTERS_AT_LEAST: usize = *NAME_LETTERS.start();

/// The names of fields and the first tokens of words.
pub(super) struct Names {
    /// By the whole name, in its normal form.
    fields: Marks,
    /// By its last bytes.
    ends: Marks,
    /// What ends the names that are Chinese before it: 客户id.
    fields_behind_han: Marks,
    /// By the first letters of a word, or its first digits.
    words: Marks,
    /// By byte: one of [`FIRST`], [`MARK`] and [`BEHIND`] or several.
    bytes: [u8; 256],
    marked_words: Marks,
}

/// A word begins with the byte, in either case.
const FIRST: u8 = 1;
/// A word that begins with marks (`/name/`) has it before its first token.
const MARK: u8 = 2;
/// The name of a field may end before it.
const BEHIND: u8 = 4;

/// How a name ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a quotation mark: it is one of a document's fields, or of its columns.
    Quote,
    Other,
}

impl Names {
    pub(super) fn new(spoken: &Spoken<'_>) -> Self {
        let mut names = Self {
            fields: Marks::new(),
            ends: Marks::new(),
            fields_behind_han: Marks::new(),
            words: Marks::new(),
            bytes: std::array::from_fn(|byte| if may_end_name(byte as u8) { BEHIND } else { 0 }),
            marked_words: Marks::new(),
        };
        spoken.fields().for_each(|name| names.field(name));
        for word in spoken.words().filter(|word| word.is_ascii()) {
            let marks = word.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
            let first = letters_or_digits(word, marks);
            if marks == 0 {
                names.words.set(first_hash(word, 0, first));
                for byte in [word[0], word[0].to_ascii_uppercase()] {
                    names.bytes[usize::from(byte)] |= FIRST;
                }
            } else {
                names.bytes[usize::from(word[marks - 1])] |= MARK;
                names.marked_words.set(first_hash(word, marks, first));
            }
        }
        names
    }

    fn field(&mut self, name: &[u8]) {
        let latin = name.iter().rev().take_while(|b| b.is_ascii()).count();
        match &name[name.len() - latin..] {
            // The characters before tell.
            [] => {}
            tail if latin < name.len() => {
                self.fields_behind_han.set(hash(tail));
                self.end(tail);
            }
            name => {
                self.fields.set(hash(name));
                self.end(name);
            }
        }
    }

    /// Notes the last bytes of a name: any of them may be all of its last token.
    fn end(&mut self, name: &[u8]) {
        for length in 1..=name.len().min(END_BYTES) {
            self.ends.set(last_hash(name, length));
        }
    }

    /// Whether a word that speaks of a kind may begin with the token, or with the mark before it. Words end where letters
    /// end: `ip` stands in `ip10.0.0.1`.
    #[inline]
    pub(super) fn may_begin_word(&self, text: &[u8], token: &Token) -> bool {
        let begins_one = self.bytes[usize::from(text[token.start])] & FIRST != 0;
        let is_marked = token.start > 0 && self.bytes[usize::from(text[token.start - 1])] & MARK != 0;
        if !begins_one && !is_marked {
            return false;
        }
        let first = if token.has_digit { letters_or_digits(text, token.start) } else { token.len() };
        let hash = first_hash(text, token.start, first);
        (begins_one && self.words.has(hash)) || (is_marked && self.marked_words.has(hash))
    }

    /// Whether the name of a field may end with the token, or with its letters, which a number touches
    /// (`mobile13800138000`).
    #[inline]
    pub(super) fn may_end_field(&self, text: &[u8], token: &Token) -> bool {
        if token.has_digit && token.has_letter && self.is_before_digits(text, token) {
            return true;
        }
        if text.get(token.end).is_none_or(|byte| self.bytes[usize::from(*byte)] & BEHIND == 0) {
            return false;
        }
        let Some(end) = end_of_name(text, token.end) else { return false };
        if !token.has_letter && !is_joined(text, token.start, end) {
            return false;
        }
        let at = token.end;
        if self.may_be_field(text, token.start, at, end) {
            return true;
        }
        // One of several, or of a list that is named for all that is in it.
        match text[at - 1] {
            b'0'..=b'9' => {
                let digits = text[token.start..at].iter().rev().take_while(|b| b.is_ascii_digit()).count();
                digits <= *NUMBER_DIGITS.end() && self.may_be_field(text, token.start, at - digits, end)
            }
            b's' | b'S' if end == End::Quote => {
                self.may_be_field(text, token.start, at - 1, end)
                    || (token.len() > 2
                        && text[at - 2] | 0x20 == b'e'
                        && self.may_be_field(text, token.start, at - 2, end))
            }
            _ => false,
        }
    }

    fn is_before_digits(&self, text: &[u8], token: &Token) -> bool {
        let begins = |byte: &u8| byte.is_ascii_alphabetic();
        let value = &text[token.start..token.end];
        if !value.first_chunk::<LETTERS_AT_LEAST>().is_some_and(|first| first.iter().all(begins)) {
            return false;
        }
        let letters = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        self.may_be_field(text, token.start, token.start + letters, End::Other)
    }

    /// Whether a name may end at `end`, in or behind a token that begins at `start`.
    #[inline]
    fn may_be_field(&self, text: &[u8], start: usize, end: usize, how: End) -> bool {
        let length = (end - start).min(END_BYTES);
        (length == 0 || self.ends.has(last_hash(&text[..end], length))) && self.is_marked_field(text, end, how)
    }

    /// The same for all of it. It is read backwards, and compared wherever it may begin. In quotes spaces may stand in it.
    fn is_marked_field(&self, text: &[u8], end: usize, how: End) -> bool {
        let mut hash = Hash::default();
        let mut has_letter = false;
        let mut was_token = false;
        for (nth, byte) in text[..end].iter().rev().enumerate() {
            if hash.length > NAME_LIMIT_BYTES || nth > 2 * NAME_LIMIT_BYTES {
                return false;
            }
            if byte.is_ascii_alphanumeric() {
                hash.before(byte.to_ascii_lowercase());
                has_letter |= byte.is_ascii_alphabetic();
                was_token = true;
                continue;
            }
            if was_token && has_letter && self.fields.has(hash.value) {
                return true;
            }
            was_token = false;
            match byte {
                byte if joins(*byte, how) => {}
                0x80.. => return hash.length > 0 && self.fields_behind_han.has(hash.value),
                _ => return false,
            }
        }
        was_token && has_letter && self.fields.has(hash.value)
    }
}

/// Whether the tokens that a mark stands between may be one name.
fn joins(mark: u8, how: End) -> bool {
    matches!(mark, b'_' | b'-' | b'.') || (how == End::Quote && matches!(mark, b' ' | b'\t' | b'*' | b':'))
}

/// Whether more of a name may stand before the token that begins at `start`.
fn is_joined(text: &[u8], start: usize, how: End) -> bool {
    text[..start].last().is_some_and(|mark| !mark.is_ascii() || joins(*mark, how))
}

/// How many letters, or digits, stand at `at`.
fn letters_or_digits(text: &[u8], at: usize) -> usize {
    let letters = text[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if letters > 0 { letters } else { text[at..].iter().take_while(|b| b.is_ascii_digit()).count() }
}

/// Whether the name of a field may end before the byte, or before one behind it.
fn may_end_name(byte: u8) -> bool {
    !byte.is_ascii() || b"\"'\\=:>()[]{}/|* _-.\t".contains(&byte)
}

/// What makes what stands before `end` the name of a field, if anything does.
#[inline]
fn end_of_name(text: &[u8], end: usize) -> Option<End> {
    let behind = &text[end..];
    match behind.first()? {
        b'"' | b'\'' | b'\\' => return Some(End::Quote),
        b' ' | b'_' | b'-' | b'.' | b'\t' => {}
        byte if may_end_name(*byte) => return Some(End::Other),
        _ => return None,
    }
    if behind.get(1).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let blank = behind.iter().take_while(|b| b" _-.\t*:\\".contains(b)).count();
    match behind.get(blank) {
        Some(b'"' | b'\'') => Some(End::Quote),
        Some(b'=' | b':' | b'>' | b'(' | b'[' | 0x80..) => Some(End::Other),
        _ => memchr::memchr(b':', &behind[..blank]).map(|_| End::Other),
    }
}

/// The hash of bytes that are met from the last to the first.
#[derive(Clone, Copy)]
struct Hash {
    value: u32,
    power: u32,
    length: usize,
}

const BASE: u32 = 0x0100_0193;

impl Default for Hash {
    fn default() -> Self {
        Self { value: 0, power: 1, length: 0 }
    }
}

impl Hash {
    fn before(&mut self, byte: u8) {
        self.value = self.value.wrapping_add(self.power.wrapping_mul(u32::from(byte)));
        self.power = self.power.wrapping_mul(BASE);
        self.length += 1;
    }
}

/// The hash of a name in its normal form.
fn hash(name: &[u8]) -> u32 {
    let mut hash = Hash::default();
    name.iter().rev().for_each(|byte| hash.before(*byte));
    hash.value
}

/// The hash of the last `length` bytes of a name, in either case. A name has so many, and they are no more than
/// [`END_BYTES`].
#[inline]
fn last_hash(name: &[u8], length: usize) -> u32 {
    let last = match name.last_chunk::<END_BYTES>() {
        Some(last) => u32::from_be_bytes(*last),
        None => name.iter().fold(0, |last, byte| last << 8 | u32::from(*byte)),
    };
    let kept = u32::MAX >> (8 * (END_BYTES - length));
    ((last | 0x2020_2020) & kept).wrapping_add(length as u32)
}

/// The hash of `length` letters at `start`, in either case.
#[inline]
fn first_hash(text: &[u8], start: usize, length: usize) -> u32 {
    let rest = &text[start..];
    let word = match rest.first_chunk::<WORD_BYTES>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => {
            let mut first = [0; WORD_BYTES];
            first[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(first)
        }
    };
    let kept = if length < WORD_BYTES { (1 << (8 * length)) - 1 } else { u64::MAX };
    let word = (word | 0x2020_2020_2020_2020) & kept;
    ((word ^ length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

/// A set of hashes that may say yes to others too: two bits of one of its words for each.
struct Marks(Box<[u64; Self::WORDS]>);

impl Marks {
    const WORDS: usize = 1 << 10;

    fn new() -> Self {
        Self(Box::new([0; Self::WORDS]))
    }

    fn place(hash: u32) -> (usize, u64) {
        let spread = hash.wrapping_mul(0x9E37_79B9);
        ((spread >> 22) as usize, 1 << (spread >> 16 & 63) | 1 << (spread >> 10 & 63))
    }

    fn set(&mut self, hash: u32) {
        let (word, bits) = Self::place(hash);
        self.0[word] |= bits;
    }

    #[inline]
    fn has(&self, hash: u32) -> bool {
        let (word, bits) = Self::place(hash);
        self.0[word] & bits == bits
    }
}
