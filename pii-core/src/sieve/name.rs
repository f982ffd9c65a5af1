//! Names of fields and words in ASCII that speak of a kind.
//!
//! Both are kept as marks in small tables, by their hash: a name that is none may leave the same mark, and takes a closer
//! look.

use super::spoken::Spoken;
use super::token::Token;
use crate::rule::NAME_LIMIT_BYTES;

/// A word is looked up by so many of its first bytes, and its length.
const WORD_BYTES: usize = 8;

/// The name of a field is looked up by so many of its last bytes first.
const END_BYTES: usize = 4;

/// The most digits that number a field.
const NUMBER_DIGITS: usize = 2;

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
    /// What words begin with, in either case, one bit each.
    first: u128,
    /// The marks that stand before the first token of words that begin with some (`/name/`), one bit each.
    marks: u128,
    marked_words: Marks,
}

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
            first: 0,
            marks: 0,
            marked_words: Marks::new(),
        };
        spoken.fields().for_each(|name| names.field(name));
        for word in spoken.words().filter(|word| word.is_ascii()) {
            let marks = word.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
            let first = letters_or_digits(word, marks);
            if marks == 0 {
                names.words.set(first_hash(word, 0, first));
                names.first |= 1 << word[0] | 1 << word[0].to_ascii_uppercase();
            } else {
                names.marks |= 1 << word[marks - 1];
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

    /// Notes the last bytes of a name that has so many.
    fn end(&mut self, name: &[u8]) {
        if name.len() >= END_BYTES {
            self.ends.set(last_hash(name, END_BYTES));
        }
    }

    /// Whether a word that speaks of a kind may begin with the token, or with the mark before it. Words end where letters
    /// end: `ip` stands in `ip10.0.0.1`.
    #[inline]
    pub(super) fn may_begin_word(&self, text: &[u8], token: &Token) -> bool {
        let begins_one = self.first >> text[token.start] & 1 == 1;
        let is_marked = self.is_marked(text, token.start);
        if !begins_one && !is_marked {
            return false;
        }
        let first = if token.digits == 0 { token.len() } else { letters_or_digits(text, token.start) };
        let hash = first_hash(text, token.start, first);
        (begins_one && self.words.has(hash)) || (is_marked && self.marked_words.has(hash))
    }

    fn is_marked(&self, text: &[u8], start: usize) -> bool {
        start > 0 && self.marks.checked_shr(text[start - 1].into()).unwrap_or(0) & 1 == 1
    }

    /// Whether the name of a field may end with the token, or with its letters, which a number touches
    /// (`mobile13800138000`).
    #[inline]
    pub(super) fn may_end_field(&self, text: &[u8], token: &Token) -> bool {
        if token.digits > 0 && token.has_letter() && self.is_before_digits(text, token) {
            return true;
        }
        let Some(end) = end_of_name(text, token.end) else { return false };
        let at = token.end;
        if self.may_be_field(text, at, end) {
            return true;
        }
        // One of several, or of a list that is named for all that is in it.
        match text[at - 1] {
            b'0'..=b'9' => {
                let digits = text[token.start..at].iter().rev().take_while(|b| b.is_ascii_digit()).count();
                digits <= NUMBER_DIGITS && self.may_be_field(text, at - digits, end)
            }
            b's' | b'S' if end == End::Quote => {
                self.may_be_field(text, at - 1, end)
                    || (token.len() > 2 && text[at - 2] | 0x20 == b'e' && self.may_be_field(text, at - 2, end))
            }
            _ => false,
        }
    }

    fn is_before_digits(&self, text: &[u8], token: &Token) -> bool {
        let letters = text[token.start..token.end].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        letters > 0 && self.may_be_field(text, token.start + letters, End::Other)
    }

    /// Whether a name may end at `end`. It is read backwards, and compared wherever it may begin. In quotes spaces may
    /// stand in it.
    fn may_be_field(&self, text: &[u8], end: usize, how: End) -> bool {
        let last = text[..end].iter().rev().take(END_BYTES).take_while(|b| b.is_ascii_alphanumeric()).count();
        // A shorter token may be the end of a name in several.
        if last == END_BYTES && !self.ends.has(last_hash(&text[..end], last)) {
            return false;
        }
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
                b'_' | b'-' | b'.' => {}
                b' ' | b'\t' | b'*' | b':' if how == End::Quote => {}
                0x80.. => return hash.length > 0 && self.fields_behind_han.has(hash.value),
                _ => return false,
            }
        }
        was_token && has_letter && self.fields.has(hash.value)
    }
}

/// How many letters, or digits, stand at `at`.
fn letters_or_digits(text: &[u8], at: usize) -> usize {
    let letters = text[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    if letters > 0 { letters } else { text[at..].iter().take_while(|b| b.is_ascii_digit()).count() }
}

/// What makes what stands before `end` the name of a field, if anything does.
#[inline]
fn end_of_name(text: &[u8], end: usize) -> Option<End> {
    let behind = &text[end..];
    match behind.first()? {
        b'"' | b'\'' | b'\\' => return Some(End::Quote),
        b'=' | b':' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'/' | b'|' | b'*' => return Some(End::Other),
        0x80.. => return Some(End::Other),
        b' ' | b'_' | b'-' | b'.' | b'\t' => {}
        _ => return None,
    }
    if behind.get(1).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let blank = behind.iter().take_while(|b| b" _-.\t*:\\".contains(b)).count();
    match behind.get(blank) {
        Some(b'"' | b'\'') => Some(End::Quote),
        Some(b'=' | b':' | b'>' | b'(' | b'[' | 0x80..) => Some(End::Other),
        _ => (behind[..blank].contains(&b':')).then_some(End::Other),
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

/// The hash of the last `length` letters of a text, in either case.
fn last_hash(text: &[u8], length: usize) -> u32 {
    text[text.len() - length..].iter().fold(length as u32, |hash, byte| hash << 8 ^ hash >> 24 ^ u32::from(byte | 0x20))
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
