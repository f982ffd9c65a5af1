//! `application/x-www-form-urlencoded` (WHATWG URL Standard §5): a form's body or a URL's query.
//!
//! The whole body is one record. A value's bytes may be in another charset than the body's: those that are not UTF-8 are
//! told as a document of their own, so that the charset is found out for each.

pub(crate) mod percent;

use crate::Format;
use crate::path::{Path, Trail};
use crate::sink::{Content, Decode, Draft, Field, Nested, RecordId, Sink, SyntaxError, Text};
use memchr::{memchr, memchr2, memchr3, memrchr};
use percent::{Plus, unescape};
use pii_core::{Coding, Evidence, OffsetMap, Place};
use std::ops::Range;

/// The longest pair of key and value, in bytes.
const PAIR_LIMIT_BYTES: usize = 32 << 20;
/// The longest name that a text is taken for a form by, in bytes.
const NAME_LIMIT_BYTES: usize = 128;

/// The decoder.
#[derive(Default)]
pub(crate) struct Form {
    record: Option<RecordId>,
    /// How much of the first pair has been searched for its end.
    scanned: usize,
    key: Vec<u8>,
    /// How many pairs there were, this one included.
    pairs: u64,
    text: Vec<u8>,
    map: OffsetMap,
}

impl Decode for Form {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let mut at = 0;
        while let Some(len) = memchr(b'&', &input[at + self.scanned..]) {
            let pair_end = at + self.scanned + len;
            self.scanned = 0;
            self.pair(input, at..pair_end, sink)?;
            at = pair_end + 1;
        }
        if !end {
            self.scanned = input.len() - at;
            check_length(at, self.scanned)?;
            return Ok(at);
        }
        self.pair(input, at..input.len(), sink)?;
        if let Some(record) = self.record.take() {
            sink.reached(at);
            sink.close_record(record);
        }
        Ok(input.len())
    }
}

fn check_length(at: usize, len: usize) -> Result<(), SyntaxError> {
    if len <= PAIR_LIMIT_BYTES {
        return Ok(());
    }
    Err(SyntaxError { at, what: "a form's key and value of more than 32 MiB", is_limit: true })
}

impl Form {
    fn pair<S: Sink>(&mut self, input: &[u8], pair: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
        check_length(pair.start, pair.len())?;
        if pair.is_empty() {
            return Ok(());
        }
        self.pairs += 1;
        let record = *self.record.get_or_insert_with(|| sink.open_record());
        let Some(sign) = memchr(b'=', &input[pair.clone()]) else {
            // A key without a value is as likely to be a value without a key.
            self.key.clear();
            return self.tell(input, pair, Evidence::none(), record, sink);
        };
        let (key, value) = (pair.start..pair.start + sign, pair.start + sign + 1..pair.end);
        self.key.clear();
        self.map.clear();
        unescape(&input[key.clone()], 0, Plus::Space, &mut self.key, &mut self.map);
        if may_hold_data(&self.key) {
            self.tell(input, key, Evidence::none(), record, sink)?;
        }
        if value.is_empty() {
            return Ok(());
        }
        let evidence = field_of(&self.key, sink).evidence;
        self.tell(input, value, evidence, record, sink)
    }

    fn tell<S: Sink>(
        &mut self,
        input: &[u8],
        source: Range<usize>,
        evidence: Evidence,
        record: RecordId,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let raw = &input[source.clone()];
        let text = if memchr2(b'%', b'+', raw).is_some() {
            self.text.clear();
            self.map.clear();
            unescape(raw, source.start, Plus::Space, &mut self.text, &mut self.map);
            Text::Decoded { text: &self.text, map: &self.map }
        } else {
            Text::Same
        };
        let place = Place::plain().inside(Coding::Form).unwrap_or_default();
        let path = &Key { name: &self.key, position: self.pairs };
        if matches!(text, Text::Decoded { text, .. } if std::str::from_utf8(text).is_err()) {
            let (content, format) = (Content::InPlace(text), Some(Format::Text));
            let format = format.map(Into::into);
            return sink.nested(Nested { source, content, format, charset: None, place, evidence, path, record });
        }
        sink.segment(Draft { source, text, place, evidence, path, record, lines_are_records: false })
    }
}

/// What a key says. Of `a[0][idNo]` and `phones[]` first the whole is tried, then the last name in it.
pub(crate) fn field_of<S: Sink>(key: &[u8], sink: &mut S) -> Field {
    let whole = sink.field(key);
    if whole.is_labelled || memchr(b'[', key).is_none() {
        return whole;
    }
    let inner = last_name(key).map(|name| sink.field(name));
    inner.filter(|field| field.is_labelled).unwrap_or(whole)
}

/// `idNo` of `a[0][idNo]`, `phones` of `phones[]` and of `phones[3]`.
fn last_name(key: &[u8]) -> Option<&[u8]> {
    let mut rest = key;
    while let Some(start) = memrchr(b'[', rest) {
        let name = rest[start + 1..].strip_suffix(b"]").unwrap_or(&rest[start + 1..]);
        if name.iter().any(|b| !b.is_ascii_digit()) {
            return Some(name);
        }
        rest = &rest[..start];
    }
    (!rest.is_empty()).then_some(rest)
}

fn may_hold_data(key: &[u8]) -> bool {
    let digits = key.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 6 || key.iter().any(|&b| !b.is_ascii() || b == b'@')
}

/// A key as a path shows it.
struct Key<'a> {
    name: &'a [u8],
    position: u64,
}

impl Path for Key<'_> {
    fn write(&self, out: &mut Trail) {
        if !self.name.is_empty() {
            out.name(self.name, self.position);
        }
    }
}

/// Whether `text` reads as a form: keys that look like names, two pairs or more, no white space.
pub(crate) fn looks_like_form(text: &[u8]) -> bool {
    memchr(b'&', text).is_some() && looks_like_pairs(text, 2)
}

/// Whether `text` reads as a URL's query: as a form, but one pair is enough.
pub(crate) fn looks_like_query(text: &[u8]) -> bool {
    looks_like_pairs(text, 1)
}

fn looks_like_pairs(text: &[u8], fewest: usize) -> bool {
    if memchr3(b' ', b'\n', b'\t', text).is_some() {
        return false;
    }
    let is_pair = |pair: &[u8]| memchr(b'=', pair).is_some_and(|sign| is_name(&pair[..sign]));
    let mut pairs = text.split(|&b| b == b'&').filter(|pair| !pair.is_empty());
    let first = pairs.by_ref().take(fewest).filter(|pair| is_pair(pair)).count();
    first == fewest && pairs.all(is_pair)
}

fn is_name(key: &[u8]) -> bool {
    !key.is_empty() && key.len() <= NAME_LIMIT_BYTES && key.iter().all(|&b| is_of_name(b))
}

/// Whether a byte may be in the name of a form's field.
pub(crate) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'%' | b'$')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;
    use crate::sink::recording::{RecordingSink, nested, record, record_into, segments};
    use proptest::prelude::*;

    /// Path and text of each segment.
    fn read(body: &str) -> Vec<(String, String)> {
        let events = record(Form::default(), body.as_bytes(), &[]).expect("forms are always well-formed");
        segments(&events).iter().map(|s| (s.path.clone(), s.text_str())).collect()
    }

    #[test]
    fn pairs_are_told() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("", &[]),
            ("&&", &[]),
            ("a=1&b=2", &[("a", "1"), ("b", "2")]),
            ("name=%E5%BC%A0+%E4%B8%89&&x=", &[("name", "张 三")]),
            ("a=b=c", &[("a", "b=c")]),
            ("=v", &[("", "v")]),
            ("13800138000", &[("", "13800138000")]),
            ("13800138000=x", &[("13800138000", "13800138000"), ("13800138000", "x")]),
            ("%E8%AF%81=1", &[("证", "证"), ("证", "1")]),
            ("a%0Ab=1", &[("a\u{fffd}b", "1")]),
        ];
        for (body, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn bracketed_keys_are_tried_by_their_last_name() {
        for (key, asked) in [
            ("a[0][idNo]", vec!["a[0][idNo]", "idNo"]),
            ("phones[]", vec!["phones[]", "phones"]),
            ("phones[3]", vec!["phones[3]", "phones"]),
            ("a%5BidNo%5D", vec!["a[idNo]", "idNo"]),
            ("[1]", vec!["[1]"]),
            ("idNo", vec!["idNo"]),
        ] {
            let mut sink = RecordingSink::default();
            record_into(&mut sink, Form::default(), format!("{key}=1").as_bytes(), &[]).expect("well-formed");
            let names: Vec<_> = sink.names.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
            assert_eq!(names, asked, "{key}");
        }
    }

    #[test]
    fn another_charset_is_a_document_of_its_own() {
        let events = record(Form::default(), b"khxm=%D5%C5%C8%FD&b=1", &[]).expect("well-formed");
        let documents = nested(&events);
        assert_eq!(documents.len(), 1);
        assert_eq!((documents[0].bytes.as_slice(), documents[0].source.clone()), (&b"\xD5\xC5\xC8\xFD"[..], 5..17));
        assert_eq!(segments(&events).len(), 1);
    }

    #[test]
    fn a_pair_may_be_long_but_not_endless() {
        let body = vec![b'a'; PAIR_LIMIT_BYTES + 1];
        let error = record(Form::default(), &body, &[100]).expect_err("one byte too many");
        assert!(error.is_limit);
        assert!(record(Form::default(), &body[1..], &[100]).is_ok());
    }

    #[test]
    fn forms_are_told_from_other_text() {
        for (text, expected) in [
            ("a=1&b=2", true),
            ("uid=1&idno=%31&", true),
            ("a=1", false),
            ("a=1&b", false),
            ("a = 1 & b = 2", false),
            ("if(a=1)&b=2", false),
            ("AT&T", false),
        ] {
            assert_eq!(looks_like_form(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(body in "[a1%&=+ 张]{0,60}", cuts in prop::collection::vec(0_usize..80, 0..8)) {
            let whole = record(Form::default(), body.as_bytes(), &[]);
            prop_assert_eq!(record(Form::default(), body.as_bytes(), &cuts), whole);
        }

        #[test]
        fn what_is_written_back_reads_the_same(body in "[a1%&=+ 张]{0,60}") {
            let events = record(Form::default(), body.as_bytes(), &[]).expect("well-formed");
            let mut rewritten = Vec::new();
            let mut copied = 0;
            for segment in segments(&events) {
                rewritten.extend_from_slice(&body.as_bytes()[copied..segment.source.start]);
                encode::percent::form(segment.text_str().as_bytes(), &mut rewritten);
                copied = segment.source.end;
            }
            rewritten.extend_from_slice(&body.as_bytes()[copied..]);
            let rewritten = String::from_utf8(rewritten).expect("UTF-8 stays UTF-8");
            prop_assert_eq!(read(&rewritten), read(&body));
        }
    }
}
