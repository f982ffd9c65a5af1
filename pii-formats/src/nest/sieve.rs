//! Tells texts in which something may be encoded from those that show all they hold.

use super::character_reference::character_reference;
use super::{base64_run, json_document, statement};
use crate::decode::fix;
use crate::decode::html::holds_markup;
use memchr::{memchr, memchr_iter, memchr2_iter};

/// Whether a text may hold a value, or the name of a field, that does not stand in it as it is. JSON without escapes, and
/// queries without percent-encoding, show theirs.
pub(crate) fn may_hide(text: &[u8]) -> bool {
    let is_percent_encoded = || {
        let hexadecimal = |at: usize| text.get(at).is_some_and(u8::is_ascii_hexdigit);
        memchr_iter(b'%', text).any(|at| hexadecimal(at + 1) && hexadecimal(at + 2))
    };
    // A plus is a space in a form.
    let has_spaces_of_form = || memchr(b'+', text).is_some() && memchr2_iter(b'&', b'?', text).next().is_some();
    memchr(b'\\', text).is_some()
        || memchr_iter(b'&', text).any(|at| character_reference(&text[at..]).is_some())
        || is_percent_encoded()
        || has_spaces_of_form()
        || (memchr(b'<', text).is_some() && holds_markup(text))
        || (fix::begin(text).is_some())
        || statement::may_begin_in(text)
        || json_document::may_hold_exponent(text)
        || base64_run::is_in(text)
}
