//! Runs of base64 that hold text.
//!
//! Every long word could be base64, so what counts is what comes out: text in UTF-8, GB 2312 or UTF-16 (which is how UTF-7 writes
//! what is not ASCII, RFC 2152), as it is or packed. Images, keys and ciphertext come out as neither and are somebody else's
//! business. Names, paths, UUIDs and digests are not tried.

use super::legible::{reads_as_text, unprintable};
use super::{Inner, InnerContent, packed};
use crate::base64::{RUN_LIMIT_BYTES, decode, decode_run};
use crate::binary;
use crate::sink::Codec;
use std::ops::Range;

/// The shortest run without its padding: 16 characters with `==`.
const SHORTEST_RUN: usize = 14;
/// The shortest run with its padding. The eleven digits of a mobile number take 15 characters without, 16 with it.
const SHORTEST: usize = 15;
/// Shorter lines are not taken for folded base64.
const SHORTEST_LINE: usize = 40;
/// How much of a run is decoded to see whether the rest is worth it.
const TASTE: usize = 48;

/// Appends the runs in `part` of `text` that hold text, and those that hold something packed which does not come out.
pub(super) fn find(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    search(text, part, true, out);
}

/// The same, and nothing is unpacked: whatever looks packed does not come out.
pub(super) fn find_packed(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>) {
    search(text, part, false, out);
}

fn search(text: &[u8], part: Range<usize>, unpacks: bool, out: &mut Vec<Inner>) {
    let text = &text[..part.end];
    let mut from = part.start;
    while let Some(run) = next_run(text, from) {
        from = run.end;
        // What is not mixed as a whole is not mixed in any of its pieces.
        let (any, all) = classes(&text[run.clone()]);
        if !is_mixed(any, all) {
            continue;
        }
        let inner = folded(text, &run, unpacks).or_else(|| carried(text, run.clone(), unpacks));
        match inner {
            Some(inner) => {
                from = inner.source.end;
                out.push(inner);
            }
            None => find_in_pieces(text, run, unpacks, out),
        }
    }
}

/// Whether a run of characters of either alphabet is long and mixed enough to hold text, in a text of which this sees one
/// byte after the other.
#[derive(Default)]
pub(super) struct Watch {
    len: usize,
    any: u8,
    all: u8,
}

impl Watch {
    /// Whether there is such a run now.
    pub(super) fn sees(&mut self, byte: u8) -> bool {
        let class = CLASSES[usize::from(byte)];
        if class & OF_RUN == 0 {
            *self = Self::default();
            return false;
        }
        self.all = if self.len == 0 { class } else { self.all & class };
        self.any |= class;
        self.len += 1;
        self.len >= SHORTEST_RUN && is_mixed(self.any, self.all)
    }
}

/// The classes that one or another byte is of, and those that all of them are of.
fn classes(run: &[u8]) -> (u8, u8) {
    run.iter().map(|b| CLASSES[usize::from(*b)]).fold((0, !0), |(any, all), class| (any | class, all & class))
}

/// Whether bytes are mixed like base64, of which one or another is of the classes `any`, and each of the classes `all`.
fn is_mixed(any: u8, all: u8) -> bool {
    (any & (UPPER | LOWER | DIGIT)).count_ones() >= 2 && all & HEXADECIMAL == 0
}

/// Whether all of `run`, which may be folded into lines, holds text that nobody has packed.
pub(crate) fn holds_text(run: &[u8]) -> bool {
    decoded(run, 0..run.len(), false).is_some_and(|inner| !inner.is_unread())
}

/// What the file is that a run holds, by its first bytes.
pub(crate) fn media_type(run: &[u8]) -> Option<&'static str> {
    let mut buffer = [0; RUN_LIMIT_BYTES];
    let taste = decode_run(&run[..run.len().min(TASTE)], &mut buffer)?;
    binary::media_type(taste, false)
}

/// Whether there is a run in `text` that holds text or something packed.
pub(super) fn is_in(text: &[u8]) -> bool {
    let mut found = Vec::new();
    find_packed(text, 0..text.len(), &mut found);
    !found.is_empty()
}

/// The next run of characters of either alphabet, with the padding behind it. Most text is stepped over: the last character
/// that a run would need is looked at first.
fn next_run(text: &[u8], mut from: usize) -> Option<Range<usize>> {
    while let Some(window) = text.get(from..from + SHORTEST_RUN) {
        match window.iter().rposition(|&b| !is_of_run(b)) {
            Some(nth) => from += nth + 1,
            None => {
                let rest = &text[from + SHORTEST_RUN..];
                let len = SHORTEST_RUN + rest.iter().take_while(|&&b| is_of_run(b)).count();
                let padding = text[from + len..].iter().take(2).take_while(|&&b| b == b'=').count();
                return Some(from..from + len + padding);
            }
        }
    }
    None
}

fn is_of_run(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & OF_RUN != 0
}

const UPPER: u8 = 1;
const LOWER: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
const HEXADECIMAL: u8 = 1 << 3;
const OF_RUN: u8 = 1 << 4;

/// What each byte may be.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < classes.len() {
        let byte = at as u8;
        classes[at] = (if byte.is_ascii_uppercase() { UPPER } else { 0 })
            | (if byte.is_ascii_lowercase() { LOWER } else { 0 })
            | (if byte.is_ascii_digit() { DIGIT } else { 0 })
            | (if byte.is_ascii_hexdigit() || byte == b'-' { HEXADECIMAL } else { 0 })
            | (if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_') { OF_RUN } else { 0 });
        at += 1;
    }
    classes
};

/// What a slash, hyphen or underscore has joined to a run, which as a whole is nothing: a path, a name.
fn find_in_pieces(text: &[u8], run: Range<usize>, unpacks: bool, out: &mut Vec<Inner>) {
    let pieces = |run: Range<usize>, is_joint: fn(u8) -> bool| {
        let mut from = run.start;
        text[run.clone()].split(move |&b| is_joint(b)).map(move |piece| {
            let piece = from..from + piece.len();
            from = piece.end + 1;
            piece
        })
    };
    // A piece that is all of what was tried before it is not tried again.
    let carried = |piece: &Range<usize>, whole: &Range<usize>| {
        if piece == whole { None } else { carried(text, piece.clone(), unpacks) }
    };
    for part in pieces(run.clone(), |b| b == b'/').filter(|part| part.len() >= SHORTEST) {
        match carried(&part, &run) {
            Some(inner) => out.push(inner),
            None => {
                let pieces = pieces(part.clone(), |b| !b.is_ascii_alphanumeric() && b != b'=');
                out.extend(pieces.filter_map(|piece| carried(&piece, &part)));
            }
        }
    }
}

/// A run and the lines below it as one: all lines of its width and, if it makes sense with them, a shorter last one, which
/// may also be a word that is no base64.
fn folded(text: &[u8], first: &Range<usize>, unpacks: bool) -> Option<Inner> {
    if first.len() < SHORTEST_LINE || !first.len().is_multiple_of(4) || !is_worth_it(&text[first.clone()]) {
        return None;
    }
    let (whole_lines, all_lines) = ends_of_lines(text, first)?;
    let short = decoded(text, first.start..whole_lines, unpacks);
    if whole_lines == all_lines {
        return short;
    }
    let long = decoded(text, first.start..all_lines, unpacks);
    match (short, long) {
        (Some(short), Some(long)) if left_over(&long) > left_over(&short) => Some(short),
        (short, long) => long.or(short),
    }
}

fn left_over(inner: &Inner) -> usize {
    let InnerContent::Carried { bytes, .. } = &inner.content else { return 0 };
    unprintable(bytes)
}

/// Where the lines of the first one's width end, and where a shorter last one ends. `None` if there is only one line.
fn ends_of_lines(text: &[u8], first: &Range<usize>) -> Option<(usize, usize)> {
    let line_end: &[u8] = match text.get(first.end..) {
        Some([b'\r', b'\n', ..]) => b"\r\n",
        Some([b'\n', ..]) => b"\n",
        _ => return None,
    };
    let mut end = first.end;
    while let Some(rest) = text[end..].strip_prefix(line_end) {
        let len = rest.iter().take_while(|&&b| is_of_run(b) || b == b'=').count();
        if len == 0 || len > first.len() {
            break;
        }
        let line_ends = end + line_end.len() + len;
        if len < first.len() {
            return Some((end, line_ends));
        }
        end = line_ends;
    }
    (end > first.end).then_some((end, end))
}

fn carried(text: &[u8], run: Range<usize>, unpacks: bool) -> Option<Inner> {
    (run.len() >= SHORTEST && is_worth_it(&text[run.clone()])).then(|| decoded(text, run, unpacks))?
}

fn decoded(text: &[u8], source: Range<usize>, unpacks: bool) -> Option<Inner> {
    let (bytes, mut codec) = decode(&text[source.clone()])?;
    if !reads_as_text(&bytes, 9) {
        return if unpacks {
            unpacked(source, &bytes, codec)
        } else {
            packed::coding_of(&bytes).map(|_| unread(source))
        };
    }
    if let Codec::Base64 { url_safe, padded, .. } = &mut codec
        && is_between_dots(text, &source)
    {
        (*url_safe, *padded) = (true, text[source.end - 1] == b'=');
    }
    Some(Inner { source, content: InnerContent::Carried { bytes, codec }, reading: None })
}

/// Text that was packed, or something that does not come out of it.
fn unpacked(source: Range<usize>, packed: &[u8], codec: Codec) -> Option<Inner> {
    let Some((bytes, codings)) = packed::unpacked(packed) else {
        return packed::is_certain(packed).then(|| unread(source));
    };
    let codec = Codec::Packed { codings, within: Box::new(codec) };
    reads_as_text(&bytes, 9).then_some(Inner { source, content: InnerContent::Carried { bytes, codec }, reading: None })
}

fn unread(source: Range<usize>) -> Inner {
    Inner { source, content: InnerContent::Unread, reading: None }
}

/// A part of a JSON web token is URL-safe without padding (RFC 7515 §2), also when its characters don't show it.
fn is_between_dots(text: &[u8], source: &Range<usize>) -> bool {
    let has_standard = text[source.clone()].iter().any(|b| matches!(b, b'+' | b'/' | b'='));
    let has_dot = text[..source.start].ends_with(b".") || text[source.end..].starts_with(b".");
    has_dot && !has_standard
}

/// Whether a run is mixed like base64, and begins with something like text or with something packed.
fn is_worth_it(run: &[u8]) -> bool {
    let (any, all) = classes(run);
    if !is_mixed(any, all) {
        return false;
    }
    let taste = &run[..run.len().min(TASTE)];
    // A run in one piece is decoded as it is; of a longer one the first characters make whole groups.
    let mut buffer = [0; RUN_LIMIT_BYTES];
    let bytes = decode_run(taste, &mut buffer);
    bytes.is_some_and(|bytes| reads_as_text(bytes, 7) || packed::coding_of(bytes).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::encode;

    fn found(text: &str) -> Vec<(Range<usize>, Vec<u8>, Codec)> {
        let mut out = Vec::new();
        find(text.as_bytes(), 0..text.len(), &mut out);
        let carried = |inner: Inner| match inner.content {
            InnerContent::Carried { bytes, codec } => (inner.source, bytes, codec),
            _ => panic!("base64 is always carried"),
        };
        out.into_iter().map(carried).collect()
    }

    #[test]
    fn text_in_base64_is_found_and_written_back_the_same() {
        let long = "姓名：欧阳明，证件号码：110101189001011234，手机：13800138000。".repeat(3);
        let gbk: &[u8] = b"\xD0\xD5\xC3\xFB\xA3\xBA\xC5\xB7\xD1\xF4\xC3\xF7 110101189001011234";
        for (content, url_safe, padded, folded) in [
            (&b"13800138000"[..], false, true, None),
            (&b"13800138000"[..], true, false, None),
            (long.as_bytes(), false, true, Some((76, "\r\n"))),
            (long.as_bytes(), false, true, Some((64, "\n"))),
            (long.as_bytes(), false, true, None),
            (gbk, false, true, None),
        ] {
            let coded = encode(content, url_safe, padded, folded, false);
            for (before, after) in [("", ""), ("内容：", "。"), ("a=", " end"), ("x\n", "\nBest regards\n")] {
                let text = [before.as_bytes(), &coded, after.as_bytes()].concat();
                let text = String::from_utf8(text).expect("base64 is ASCII");
                let codec = Codec::Base64 { url_safe, padded, folded, final_line_end: false };
                let expected = (before.len()..before.len() + coded.len(), content.to_vec(), codec);
                assert_eq!(found(&text), [expected], "{text}");
            }
        }
    }

    #[test]
    fn web_tokens_stay_url_safe() {
        // {"alg":"HS256"} and {"sub":"13800138000"}, then a signature that holds no text.
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMzgwMDEzODAwMCJ9.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let parts = found(token);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1].1, br#"{"sub":"13800138000"}"#);
        for (_, _, codec) in parts {
            assert_eq!(codec, Codec::Base64 { url_safe: true, padded: false, folded: None, final_line_end: false });
        }
    }

    #[test]
    fn what_holds_no_text_is_left() {
        for text in [
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
            "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
            "d41d8cd98f00b204e9800998ecf8427e",
            "D41D8CD98F00B204E9800998ECF8427E",
            "6222021234567890123456",
            "thequickbrownfoxjumpsoverthelazydog",
            "CUSTOMER_IDENTITY_NUMBER_COLUMN",
            "sess_Kj3hG7sPq9LmZx2VbN4",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn two_windows_meet() {
        // A run is found wherever it begins relative to the steps of the search.
        for shift in 0..40 {
            let text = format!("{} MTM4MDAxMzgwMDA= x", "张 a".repeat(shift).chars().take(shift).collect::<String>());
            assert_eq!(found(&text).len(), 1, "{text}");
        }
    }
}
