//! Encoded words in headers: `=?gb2312?B?1cXI/Q==?=` (RFC 2047 §2, RFC 2231 §5).

use super::transfer::{base64, escapes};
use crate::decode::run::Run;
use crate::decode::whole::broken;
use crate::sink::SyntaxError;
use memchr::memmem;
use std::ops::Range;

/// An encoded word and what it says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EncodedWord {
    /// From `=?` to `?=`.
    pub(crate) source: Range<usize>,
    /// The charset as written, with the language that may follow it.
    pub(crate) charset: Range<usize>,
    /// `B` or `Q`, as written.
    pub(crate) letter: u8,
    /// Its bytes, in its charset.
    pub(crate) bytes: Vec<u8>,
}

/// The first encoded word at or behind `range.start`.
///
/// An error when there is one whose base64 cannot be decoded: readers differ in what they make of it.
pub(crate) fn find(input: &[u8], range: Range<usize>) -> Result<Option<EncodedWord>, SyntaxError> {
    let mut at = range.start;
    while let Some(start) = memmem::find(&input[at..range.end], b"=?").map(|n| at + n) {
        if let Some(frame) = frame(&input[start..range.end]) {
            let at = |part: Range<usize>| start + part.start..start + part.end;
            let bytes = decode(input, at(frame.payload.clone()), frame.letter);
            let bytes = bytes.ok_or_else(|| broken(start, "encoded word is not base64"))?;
            let source = at(0..frame.payload.end + 2);
            return Ok(Some(EncodedWord { source, charset: at(frame.charset), letter: frame.letter, bytes }));
        }
        at = start + 2;
    }
    Ok(None)
}

struct Frame {
    charset: Range<usize>,
    letter: u8,
    payload: Range<usize>,
}

/// Takes `=?charset?letter?payload?=` at the front of `word` apart.
fn frame(word: &[u8]) -> Option<Frame> {
    let is_charset = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:+*()'!#$%&^`{}~".contains(b);
    let charset = 2..2 + word[2..].iter().take_while(|b| is_charset(b)).count();
    let [b'?', letter @ (b'B' | b'b' | b'Q' | b'q'), b'?', ..] = word[charset.end..] else { return None };
    let start = charset.end + 3;
    // A question mark and a line end cannot stand in it; spaces should not, but some programs write them.
    let len = word[start..].iter().position(|b| matches!(b, b'?' | b'\n' | b'\r'))?;
    let is_closed = word[start + len..].starts_with(b"?=");
    (!charset.is_empty() && is_closed).then_some(Frame { charset, letter, payload: start..start + len })
}

fn decode(input: &[u8], payload: Range<usize>, letter: u8) -> Option<Vec<u8>> {
    if letter.eq_ignore_ascii_case(&b'B') {
        let bare: Vec<u8> = input[payload].iter().copied().filter(|b| *b != b' ').collect();
        return base64(&bare);
    }
    let mut run = Run::default();
    let mut at = payload.start;
    for part in input[payload.clone()].split(|b| *b == b'_') {
        if at > payload.start {
            run.push_decoded(b" ", at - 1..at);
        }
        escapes(&mut run, input, at..at + part.len(), b'=');
        at += part.len() + 1;
    }
    Some(run.bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_decoded() {
        type Expected<'a> = Option<(Range<usize>, &'a str, u8, &'a str)>;
        let table: &[(&str, Expected<'_>)] = &[
            ("", None),
            ("=?utf-8?B?5byg?=", Some((0..16, "utf-8", b'B', "张"))),
            ("x =?utf-8*zh?q?=E5=BC=A0_1?= y", Some((2..28, "utf-8*zh", b'q', "张 1"))),
            ("=?utf-8?B?MTEwMQ?=", Some((0..18, "utf-8", b'B', "1101"))),
            ("=?utf-8?Q??=", Some((0..12, "utf-8", b'Q', ""))),
            ("=?utf-8?Q?a b?=", Some((0..15, "utf-8", b'Q', "a b"))),
            ("=?=?a?Q?1?=", Some((2..11, "a", b'Q', "1"))),
            ("=?a?X?1?=", None),
            ("=??Q?1?=", None),
            ("=?a?Q?1?", None),
            ("=?a?Q?1\r\n ?=", None),
            ("=?a?Q?1?2?=", None),
            ("=?a", None),
        ];
        for (input, expected) in table {
            let word = find(input.as_bytes(), 0..input.len()).expect("it can be decoded");
            let seen = word.as_ref().map(|w| {
                (w.source.clone(), &input[w.charset.clone()], w.letter, str::from_utf8(&w.bytes).expect("UTF-8"))
            });
            assert_eq!(seen, *expected, "{input:?}");
        }
        assert_eq!(find(b"a =?a?B?!?=", 0..11).map_err(|e| e.at), Err(2));
    }
}
