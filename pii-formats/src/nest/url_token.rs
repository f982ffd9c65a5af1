//! Percent-encoding, queries and forms in text: what a URL or a logged request body brings.

use super::{Inner, InnerContent};
use crate::Format;
use crate::decode::form::percent::{Plus, escaped_byte, unescape};
use crate::decode::form::{is_of_name, looks_like_form, looks_like_query};
use memchr::{memchr, memchr_iter, memchr3};
use pii_core::{Coding, OffsetMap};
use std::ops::Range;

/// Appends the encoded tokens that stand in `part` of `text`.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    let text = &text[..part.end];
    let mut from = part.start;
    while let Some(ahead) = memchr3(b'%', b'&', b'?', &text[from..]) {
        let token = token_around(text, from, from + ahead);
        from = token.end;
        tell(text, token, out);
    }
}

/// The token that holds position `at`, between white space, quotes, angle brackets and Chinese punctuation.
///
/// Only to the right may other characters than ASCII be in it: an address in running Chinese text begins after them.
fn token_around(text: &[u8], from: usize, at: usize) -> Range<usize> {
    let before = text[from..at].iter().rev().take_while(|&&b| b.is_ascii() && !is_boundary(b)).count();
    let mut end = at + 1;
    while end < text.len() && !is_boundary(text[end]) && !is_chinese_punctuation(&text[end..]) {
        end += 1;
    }
    at - before..end
}

fn is_boundary(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | 0x7F)
}

/// General and CJK punctuation and the full-width forms, by their first two bytes in UTF-8.
fn is_chinese_punctuation(text: &[u8]) -> bool {
    matches!(text, [0xE2, 0x80, ..] | [0xE3, 0x80, ..] | [0xEF, 0xBC, ..])
}

fn tell(text: &[u8], token: Range<usize>, out: &mut Vec<Inner>) {
    let Some(form) = form_in(&text[token.clone()]) else {
        tell_percent(text, token, out);
        return;
    };
    let form = token.start + form.start..token.start + form.end;
    tell_percent(text, token.start..form.start, out);
    out.push(Inner { source: form.clone(), content: InnerContent::Same, reading: Some(Format::Form.into()) });
    tell_percent(text, form.end..token.end, out);
}

/// Where in a token a query or a form stands.
fn form_in(token: &[u8]) -> Option<Range<usize>> {
    if let Some(mark) = memchr(b'?', token) {
        let query = mark + 1..memchr(b'#', &token[mark..]).map_or(token.len(), |hash| mark + hash);
        return looks_like_query(&token[query.clone()]).then_some(query);
    }
    let sign = memchr(b'=', token)?;
    let before = token[..sign].iter().rev().take_while(|&&b| is_of_name(b)).count();
    looks_like_form(&token[sign - before..]).then_some(sign - before..token.len())
}

fn tell_percent(text: &[u8], source: Range<usize>, out: &mut Vec<Inner>) {
    let raw = &text[source.clone()];
    let is_encoded = memchr_iter(b'%', raw).any(|at| escaped_byte(&raw[at..]).is_some_and(|byte| byte >= b' '));
    if !is_encoded {
        return;
    }
    let (mut decoded, mut map) = (Vec::with_capacity(raw.len()), OffsetMap::default());
    unescape(raw, source.start, Plus::Itself, &mut decoded, &mut map);
    let content = InnerContent::InPlace { text: decoded, map, coding: Coding::Percent };
    out.push(Inner { source, content, reading: None });
}
