//! The stretch of text that an address is read from: characters that an address is written with, simplified.

use crate::recognise::han::{Forms, char_at, is_han, unified_at};

/// The most characters of an address. CTP gives it 100 bytes, forms about as much.
pub(super) const LIMIT: usize = 100;

/// Characters from a place on, up to the first that no address has, with the place of each.
pub(super) struct Window {
    chars: [char; LIMIT],
    places: [usize; LIMIT + 1],
    length: usize,
}

impl Window {
    pub(super) fn at(text: &[u8], start: usize) -> Self {
        Self::up_to(text, start, LIMIT)
    }

    /// No more than `limit` characters.
    pub(super) fn up_to(text: &[u8], start: usize, limit: usize) -> Self {
        let mut window = Self { chars: ['\0'; LIMIT], places: [start; LIMIT + 1], length: 0 };
        let forms = Forms::get();
        let mut end = start;
        while window.length < limit.min(LIMIT) {
            let Some((c, behind)) = member_at(text, end) else { break };
            window.chars[window.length] = forms.simplified(c);
            window.length += 1;
            window.places[window.length] = behind;
            end = behind;
        }
        window
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars[..self.length]
    }

    /// The byte where character `index` begins, or the end.
    pub(super) fn place(&self, index: usize) -> usize {
        self.places[index.min(self.length)]
    }
}

/// The character at `at`, if an address may hold it, and the place behind it.
#[inline]
pub(super) fn member_at(text: &[u8], at: usize) -> Option<(char, usize)> {
    // All of these are Han.
    match unified_at(text, at) {
        Some(code) => Some((char::from_u32(code)?, at + 3)),
        None => char_at(text, at).filter(|&(c, _)| is_member(c)),
    }
}

/// Whether an address may hold it.
pub(super) fn is_member(c: char) -> bool {
    is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '#' | '(' | ')' | ' ' | '·' | '—' | '/' | '~' | '&')
}
