//! Tells texts in which something may be encoded from those that show all they hold.

use super::character_reference::character_reference;
use super::{base64_run, json_document, statement};
use crate::decode::fix;
use crate::decode::html::holds_markup;
use memchr::{memchr, memchr_iter, memchr2_iter};
use std::ops::Range;

/// Whether anything that is looked for in a text may be in this one, by its bytes: without these signs and without a run of
/// letters and digits there is nothing.
pub(super) fn may_hold_something(text: &[u8]) -> bool {
    let mut watch = base64_run::Watch::default();
    let is_sign = |b: u8| matches!(b, b'{' | b'[' | b'(' | b'=' | b'%' | b'&' | b'?' | b'\\' | b'<');
    text.iter().any(|&b| is_sign(b) || watch.sees(b))
}

/// The lines of a text, in which something may be encoded. What few lines hold is looked for in all of the text, and not in
/// each line anew.
pub(crate) struct Lines<'t> {
    text: &'t [u8],
    /// Where each sign of [`SIGNS`] comes next, from the last line on that was asked about; `usize::MAX`: never again.
    /// `None`: not looked for yet.
    next: [Option<usize>; SIGNS.len()],
}

/// Looks for a sign, without which nothing of a sort is encoded. What is looked for may go on behind the line's end, so
/// what is found is asked about again.
type Sign = fn(&[u8]) -> Option<usize>;

const BACKSLASH: usize = 0;
const AMPERSAND: usize = 1;
const PERCENT: usize = 2;
const PLUS: usize = 3;
const LESS_THAN: usize = 4;
const MESSAGE: usize = 5;
const STATEMENT: usize = 6;
const DOCUMENT: usize = 7;

const SIGNS: [Sign; 8] = [
    |text| memchr(b'\\', text),
    |text| memchr(b'&', text),
    |text| memchr(b'%', text),
    |text| memchr(b'+', text),
    |text| memchr(b'<', text),
    fix::begin,
    statement::first_word,
    json_document::first,
];

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t [u8]) -> Self {
        Self { text, next: [None; SIGNS.len()] }
    }

    /// Whether a line may hold a value, or the name of a field, that does not stand in it as it is. JSON without escapes, and
    /// queries without percent-encoding, show theirs. Lines are asked about in their order.
    pub(crate) fn may_hide(&mut self, line: Range<usize>) -> bool {
        let text = &self.text[line.clone()];
        let is_percent_encoded = || {
            let hexadecimal = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
            memchr_iter(b'%', text).any(|at| hexadecimal(at + 1) && hexadecimal(at + 2))
        };
        // A plus is a space in a form.
        let has_spaces_of_form = || memchr2_iter(b'&', b'?', text).next().is_some();
        let has_reference = || memchr_iter(b'&', text).any(|at| character_reference(&text[at..]).is_some());
        self.comes(BACKSLASH, &line)
            || (self.comes(AMPERSAND, &line) && has_reference())
            || (self.comes(PERCENT, &line) && is_percent_encoded())
            || (self.comes(PLUS, &line) && has_spaces_of_form())
            || (self.comes(LESS_THAN, &line) && holds_markup(text))
            || (self.comes(MESSAGE, &line) && fix::begin(text).is_some())
            || (self.comes(STATEMENT, &line) && statement::may_begin_in(text))
            || (self.comes(DOCUMENT, &line) && json_document::may_hold_exponent(text))
            || base64_run::is_in(text)
    }

    /// Whether a sign stands in a line.
    fn comes(&mut self, sign: usize, line: &Range<usize>) -> bool {
        let next = &mut self.next[sign];
        if next.is_none_or(|next| next < line.start) {
            let ahead = SIGNS[sign](&self.text[line.start..]);
            *next = Some(ahead.map_or(usize::MAX, |ahead| line.start + ahead));
        }
        next.is_some_and(|next| next < line.end)
    }
}
