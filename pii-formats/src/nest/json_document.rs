//! JSON documents in text: the body of a request in a log line.

use super::{Inner, InnerContent};
use crate::Format;
use crate::decode::json::document_len;
use memchr::{memchr2, memchr2_iter};
use std::ops::Range;

/// Appends the JSON arrays and objects that stand in `part` of `text`.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    let text = &text[..part.end];
    let mut at = part.start;
    // What fails is read again from the next bracket. Text made to fail over and over is given up on.
    let mut patience = part.len() * 4 + 1024;
    while let Some(ahead) = memchr2(b'{', b'[', &text[at..]) {
        at += ahead;
        if !begins_document(&text[at..]) {
            at += 1;
            continue;
        }
        match document_len(&text[at..]) {
            Ok(len) => {
                out.push(Inner {
                    source: at..at + len,
                    content: InnerContent::Same,
                    reading: Some(Format::Json.into()),
                });
                at += len;
            }
            Err(read) if read < patience => {
                patience -= read;
                at += 1;
            }
            Err(_) => return,
        }
    }
}

/// Whether all of `text` is one array or object with something in it.
pub(super) fn is_document(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'[')) && text.len() > 2 && document_len(text) == Ok(text.len())
}

/// Where the first array or object seems to begin in `text`.
pub(super) fn first(text: &[u8]) -> Option<usize> {
    memchr2_iter(b'{', b'[', text).find(|&at| begins_document(&text[at..]))
}

/// Whether an array or object may stand in `text` with a number like `1.38e10` in it.
pub(super) fn may_hold_exponent(text: &[u8]) -> bool {
    let is_exponent = |at: usize| {
        let mantissa = text[..at].iter().rev().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let before = text[..at - mantissa].last();
        let behind = text.get(at + 1).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
        mantissa > 0 && behind && !before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'"' | b'_'))
    };
    first(text).is_some() && memchr2_iter(b'e', b'E', text).any(is_exponent)
}

/// Brackets are common in text, so only those are looked into that begin an object with a key, or a list of strings or
/// objects.
fn begins_document(text: &[u8]) -> bool {
    let next = text[1..].iter().find(|b| !b.is_ascii_whitespace());
    match text[0] {
        b'{' => next == Some(&b'"'),
        _ => matches!(next, Some(b'"' | b'{')),
    }
}
