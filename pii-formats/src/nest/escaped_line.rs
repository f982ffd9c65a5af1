//! Lines with character references (`&#49;`) or with a JSON string's escapes (`\u0031`) in them, outside markup and JSON.
//!
//! The whole line is decoded, so that a number is still found together with the words before it.

use super::character_reference::character_reference;
use super::{Inner, InnerContent};
use crate::decode::json::unescape::unescape;
use memchr::{memchr, memchr2, memrchr};
use pii_core::{Coding, OffsetMap};
use std::ops::Range;

/// Appends the lines of `part` of `text` that need decoding. A line with both kinds is decoded for the first of them, and
/// shows the other when it is explored itself.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    let text = &text[..part.end];
    let (mut at, mut line_from) = (part.start, part.start);
    while let Some(ahead) = memchr2(b'&', b'\\', &text[at..]) {
        at += ahead;
        let Some(coding) = coding_at(&text[at..]) else {
            at += 1;
            continue;
        };
        let start = memrchr(b'\n', &text[line_from..at]).map_or(line_from, |newline| line_from + newline + 1);
        let end = memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
        out.push(decoded(text, start..end, coding));
        at = end;
        line_from = end;
    }
}

fn coding_at(text: &[u8]) -> Option<Coding> {
    match text[0] {
        b'&' => character_reference(text).map(|_| Coding::Markup),
        _ => is_escape(text).then_some(Coding::JsonString),
    }
}

/// Whether the backslash begins an escape that can hide something: an encoded character, or a quote, slash or line end
/// in the middle of a value. Escaped once more (`\\u0031`), it counts too.
fn is_escape(text: &[u8]) -> bool {
    let letters = if text.starts_with(br"\\") { &text[2..] } else { &text[1..] };
    let are_hexadecimal = |digits: Option<&[u8]>| digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit));
    match letters.first() {
        Some(b'u') => are_hexadecimal(letters.get(1..5)),
        Some(b'x') => are_hexadecimal(letters.get(1..3)),
        Some(b'/' | b'"' | b'n' | b'r' | b't') => true,
        _ => false,
    }
}

fn decoded(text: &[u8], source: Range<usize>, coding: Coding) -> Inner {
    let (mut line, mut map) = (Vec::with_capacity(source.len()), OffsetMap::default());
    let raw = &text[source.clone()];
    if coding == Coding::Markup {
        resolve_references(raw, source.start, &mut line, &mut map);
    } else {
        unescape(raw, source.start, &mut line, &mut map);
    }
    Inner { source, content: InnerContent::InPlace { text: line, map, coding }, reading: None }
}

fn resolve_references(raw: &[u8], base: usize, text: &mut Vec<u8>, map: &mut OffsetMap) {
    let (mut at, mut copied) = (0, 0);
    while let Some(ahead) = memchr(b'&', &raw[at..]) {
        at += ahead;
        let Some((character, len)) = character_reference(&raw[at..]) else {
            at += 1;
            continue;
        };
        text.extend_from_slice(&raw[copied..at]);
        map.push_same(at - copied, base + copied);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        map.push_unit(character.len_utf8(), base + at, len);
        at += len;
        copied = at;
    }
    text.extend_from_slice(&raw[copied..]);
    map.push_same(raw.len() - copied, base + copied);
}
