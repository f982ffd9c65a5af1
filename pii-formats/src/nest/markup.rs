//! HTML in text: what a page showed in a log line, the rich text of a field.

use super::{Inner, InnerContent};
use crate::decode::html::holds_markup;
use crate::sink::Reading;
use std::ops::Range;

/// Appends `part` of `text` if there is markup in it. All of it is read as HTML, so that a number is found together with
/// the words before it, and what else is encoded there is found when that is explored.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    if holds_markup(&text[part.clone()]) {
        out.push(Inner { source: part, content: InnerContent::Same, reading: Some(Reading::Markup) });
    }
}
