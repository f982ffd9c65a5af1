//! FIX messages in text: in a line of a log that is mostly something else, or in a JSON string.

use super::{Inner, InnerContent};
use crate::Format;
use crate::decode::fix;
use std::ops::Range;

/// Appends the FIX messages that stand in `part` of `text`.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    let text = &text[..part.end];
    let mut at = part.start;
    while let Some(start) = fix::begin(&text[at..]).map(|ahead| at + ahead) {
        let Some(len) = fix::message_len(&text[start..]) else {
            at = start + 1;
            continue;
        };
        at = start + len;
        out.push(Inner { source: start..at, content: InnerContent::Same, reading: Some(Format::Fix.into()) });
    }
}
