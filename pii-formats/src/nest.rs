//! Finds what is encoded inside a piece of text: JSON or FIX in a log line, HTML in a string, a query in a URL, `&#49;`, `\u0031`,
//! base64.
//!
//! One level at a time: what is found is text or a document again, and whoever asked decides how deep to go. Parts never
//! overlap, so nothing is read twice at one level; what is left out here because it lies inside a part is found when that
//! part is explored. Ordinary text costs a few searches for the characters that encodings need.

mod base64_run;
mod character_reference;
pub(crate) mod ciphertext;
mod escaped_line;
mod fix_message;
mod json_document;
mod legible;
mod markup;
mod packed;
mod sieve;
mod statement;
mod url_token;

pub(crate) use base64_run::{holds_text, media_type};
pub(crate) use sieve::Lines;

use crate::Format;
use crate::decode::form::looks_like_form;
use crate::sink::{Codec, Reading};
use pii_core::{Coding, OffsetMap};
use std::ops::Range;

/// Something encoded in a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Inner {
    /// Where it stands in the text.
    pub(crate) source: Range<usize>,
    /// What it holds.
    pub(crate) content: InnerContent,
    /// What it is known to be. `None` is to be found out.
    pub(crate) reading: Option<Reading>,
}

/// What an [`Inner`] holds, and how edits in it get back.
#[derive(PartialEq)]
pub(crate) enum InnerContent {
    /// The text's own bytes.
    Same,
    /// Other bytes that are edited in place, with one more coding.
    InPlace {
        /// Decoded bytes; UTF-8 unless they say otherwise.
        text: Vec<u8>,
        /// From positions in them to positions in the explored text.
        map: OffsetMap,
        /// To be put inside the codings of the explored text's place.
        coding: Coding,
    },
    /// Bytes that are coded again as a whole.
    Carried {
        /// Decoded bytes; in UTF-8 unless they say otherwise.
        bytes: Vec<u8>,
        /// How they were coded.
        codec: Codec,
    },
    /// Something packed that did not come out: too much of it, or with something beside it.
    Unread,
}

impl Inner {
    /// Whether nothing came out of it.
    pub(crate) fn is_unread(&self) -> bool {
        self.content == InnerContent::Unread
    }
}

/// Shows no content: it may be personal.
impl std::fmt::Debug for InnerContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Same | Self::Unread => f.write_str(if *self == Self::Same { "Same" } else { "Unread" }),
            Self::InPlace { text, coding, .. } => write!(f, "InPlace({} bytes, {coding:?})", text.len()),
            Self::Carried { bytes, codec } => write!(f, "Carried({} bytes, {codec:?})", bytes.len()),
        }
    }
}

/// Finds in one part of a text what is encoded there.
type Finder = fn(text: &[u8], part: Range<usize>, out: &mut Vec<Inner>);

/// In this order, behind documents and statements and before base64: what an earlier one has found, the later ones don't look into.
const FINDERS: [Finder; 4] = [fix_message::find, markup::find, escaped_line::find, url_token::find];

/// The shortest text in which anything can be encoded.
const SHORTEST: usize = 4;

/// Up to this length a text is gone over byte by byte before anything is searched for in it.
const SHORT: usize = 64;

/// Appends what is encoded in `text`, in order and without overlaps. `is_whole` says that the text is all of a value, and
/// not lines or a part of something; `unpacks`, that what is packed is to be unpacked.
///
/// Takes time linear in the text. Positions are in `text`.
pub(crate) fn explore(text: &[u8], is_whole: bool, unpacks: bool, out: &mut Vec<Inner>) {
    if text.len() < SHORTEST || (text.len() <= SHORT && !sieve::may_hold_something(text)) {
        return;
    }
    if is_whole && let Some(document) = whole_document(text) {
        out.push(document);
        return;
    }
    let first = out.len();
    json_document::find(text, 0..text.len(), out);
    statement::find(text, first, out);
    let base64: Finder = if unpacks { base64_run::find } else { base64_run::find_packed };
    for find in FINDERS.into_iter().chain([base64]) {
        let known = out.len();
        let mut from = 0;
        for nth in first..known {
            let Range { start, end } = out[nth].source.clone();
            find(text, from..start, out);
            from = end;
        }
        find(text, from..text.len(), out);
        out[first..].sort_by_key(|inner| inner.source.start);
    }
}

/// All of the text as JSON or a form.
fn whole_document(text: &[u8]) -> Option<Inner> {
    let start = text.len() - text.trim_ascii_start().len();
    let source = start..start + text.trim_ascii().len();
    let trimmed = &text[source.clone()];
    let format = if json_document::is_document(trimmed) {
        Format::Json
    } else if looks_like_form(trimmed) {
        Format::Form
    } else {
        return None;
    };
    Some(Inner { source, content: InnerContent::Same, reading: Some(format.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name_of(reading: Reading) -> String {
        match reading {
            Reading::Format(format) => format!("{format:?}"),
            other => format!("{other:?}"),
        }
    }

    /// What each part is: its source, what it decodes to, and a letter for how.
    fn explored(text: &str, is_whole: bool) -> Vec<(String, String, String)> {
        let mut out = Vec::new();
        explore(text.as_bytes(), is_whole, true, &mut out);
        let show = |inner: &Inner| {
            let source = String::from_utf8_lossy(&text.as_bytes()[inner.source.clone()]).into_owned();
            let (decoded, how) = match &inner.content {
                InnerContent::Same => (source.clone(), name_of(inner.reading.expect("it is known"))),
                InnerContent::InPlace { text, coding, .. } => (lossy(text), format!("{coding:?}")),
                InnerContent::Carried { bytes, codec: Codec::Packed { .. } } => (lossy(bytes), "Packed".to_owned()),
                InnerContent::Carried { bytes, .. } => (lossy(bytes), "Base64".to_owned()),
                InnerContent::Unread => (source.clone(), "Unread".to_owned()),
            };
            (source, decoded, how)
        };
        out.iter().map(show).collect()
    }

    fn lossy(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    #[test]
    fn encodings_in_text_are_found() {
        let json = r#"{"idNo":"110101189001011234"}"#;
        let utf16: String = "13800138000".chars().flat_map(|digit| ['\0', digit]).collect();
        let gzip = [crate::coding::Coding::Gzip].into_iter().collect();
        let packed = crate::base64::encode(&crate::coding::encode(&gzip, b"13800138000"), false, true, None, false);
        let packed = String::from_utf8(packed).expect("ASCII");
        type Parts<'a> = &'a [(&'a str, &'a str, &'a str)];
        let cases: &[(&str, Parts<'_>)] = &[
            // Percent-encoding, in a token and in a URL.
            ("证件 idNo%3D1101%32，谢谢", &[("idNo%3D1101%32", "idNo=11012", "Percent")]),
            ("见https://x.cn/a?uid=7&idno=%31%32#top。", &[("uid=7&idno=%31%32", "uid=7&idno=%31%32", "Form")]),
            ("GET /u/%31%33?a=b HTTP/1.1", &[("/u/%31%33?", "/u/13?", "Percent"), ("a=b", "a=b", "Form")]),
            ("body:uid=7&idno=12 end", &[("uid=7&idno=12", "uid=7&idno=12", "Form")]),
            // Character references.
            ("证件&#49;&#x31;&#50 x", &[("证件&#49;&#x31;&#50 x", "证件112 x", "Markup")]),
            ("a\nAT&amp;T\nb", &[("AT&amp;T", "AT&T", "Markup")]),
            // Escapes outside JSON.
            (r"电话\u0031\u0033\n", &[(r"电话\u0031\u0033\n", "电话13\n", "JsonString")]),
            (r#"log: {\"a\":1}"#, &[(r#"log: {\"a\":1}"#, r#"log: {"a":1}"#, "JsonString")]),
            (r"\\u0031", &[(r"\\u0031", r"\u0031", "JsonString")]),
            (r"\x22idNo\x22:1", &[(r"\x22idNo\x22:1", r#""idNo":1"#, "JsonString")]),
            // Documents.
            (&format!("请求 {json} 耗时3ms"), &[(json, json, "Json")]),
            (&format!("x={json}{json}"), &[(json, json, "Json"), (json, json, "Json")]),
            (r#"[{"a":1}]"#, &[(r#"[{"a":1}]"#, r#"[{"a":1}]"#, "Json")]),
            (
                "out 8=FIX.4.2|9=5|1=77|10=000| ok",
                &[("8=FIX.4.2|9=5|1=77|10=000|", "8=FIX.4.2|9=5|1=77|10=000|", "Fix")],
            ),
            ("8=FIX lost 8=STEP.1.0.0;9=5;1=7", &[("8=STEP.1.0.0;9=5;1=7", "8=STEP.1.0.0;9=5;1=7", "Fix")]),
            // Statements, with documents in them and around them.
            (
                r#"==> insert into t (a) values ('{"a":1}') [3 ms], can't"#,
                &[(
                    r#"insert into t (a) values ('{"a":1}') [3 ms], can"#,
                    r#"insert into t (a) values ('{"a":1}') [3 ms], can"#,
                    "Sql",
                )],
            ),
            (
                r#"{"a":"INSERT INTO t (a) VALUES ('x')"} UPDATE t SET a = 1; {"b":1}"#,
                &[
                    (r#"{"a":"INSERT INTO t (a) VALUES ('x')"}"#, r#"{"a":"INSERT INTO t (a) VALUES ('x')"}"#, "Json"),
                    ("UPDATE t SET a = 1;", "UPDATE t SET a = 1;", "Sql"),
                    (r#"{"b":1}"#, r#"{"b":1}"#, "Json"),
                ],
            ),
            // Markup, with what is encoded in it.
            ("138<b>0013</b>&#49;", &[("138<b>0013</b>&#49;", "138<b>0013</b>&#49;", "Markup")]),
            (
                r#"<p>{"a":1} %31<br>"#,
                &[("<p>", "<p>", "Markup"), (r#"{"a":1}"#, r#"{"a":1}"#, "Json"), (" %31<br>", " %31<br>", "Markup")],
            ),
            // Base64.
            ("data:MTM4MDAxMzgwMDA= ok", &[("MTM4MDAxMzgwMDA=", "13800138000", "Base64")]),
            ("MTM4MDAxMzgwMDA", &[("MTM4MDAxMzgwMDA", "13800138000", "Base64")]),
            // Of text in UTF-16, as UTF-7 has it, and of text that was packed.
            ("a +ADEAMwA4ADAAMAAxADMAOAAwADAAMA- b", &[("ADEAMwA4ADAAMAAxADMAOAAwADAAMA", &utf16, "Base64")]),
            (&format!("a {packed} b"), &[(&packed, "13800138000", "Packed")]),
            (&format!("a {} b", &packed[..24]), &[(&packed[..24], &packed[..24], "Unread")]),
            ("/d/MTEwMTAxMTg5MDAxMDExMjM0/x", &[("MTEwMTAxMTg5MDAxMDExMjM0", "110101189001011234", "Base64")]),
            // Inside something else: left for the next level.
            ("https://x.cn/?d=MTM4MDAxMzgwMDA=", &[("d=MTM4MDAxMzgwMDA=", "d=MTM4MDAxMzgwMDA=", "Form")]),
            (r#"a {"b":"%31&#49;"} c"#, &[(r#"{"b":"%31&#49;"}"#, r#"{"b":"%31&#49;"}"#, "Json")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(s, d, h)| ((*s).to_owned(), (*d).to_owned(), (*h).to_owned())).collect();
            assert_eq!(explored(text, false), expected, "{text}");
        }
    }

    #[test]
    fn whole_texts_are_documents() {
        for (text, format) in [
            (r#" {"a":1} "#, Some("Json")),
            ("[13800138000]", Some("Json")),
            ("k=v&idNo=1", Some("Form")),
            ("{}", None),
            ("[]", None),
            ("[INFO]", None),
            ("k=v", None),
            ("13800138000", None),
        ] {
            let found = explored(text, true);
            assert_eq!(found.first().map(|(_, _, how)| how.as_str()), format, "{text}");
        }
    }

    #[test]
    fn ordinary_text_holds_nothing() {
        let cases = [
            "尊敬的张三先生，您的账户已于2024年1月1日完成开户，收益率为100%，请登录APP查看。",
            "The quick brown fox jumps over the lazy dog? 50% & more; AT&T (R&D) [INFO] {id} C:\\Users\\me",
            "550e8400-e29b-41d4-a716-446655440000 d41d8cd98f00b204e9800998ecf8427e 6222021234567890123",
            "Please insert the card (left side), then update your settings: set a = 1 and replace into (the box)",
            "/usr/local/lib/python3/dist-packages/some_module/__init__.py getCustomerInformationByIdentityNumber",
            "com.example.securities.CustomerServiceImplementation 2024-01-01T00:00:00.000+0800 ABCDEFGHIJKLMNOPQRST",
        ];
        for text in cases {
            assert_eq!(explored(text, false), [], "{text}");
            assert_eq!(explored(text, true), [], "{text}");
        }
    }

    /// A text that would take quadratic time if each opening looked at all that follows.
    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in [
            r#"{"a":"#,
            r#"[{"#,
            "%",
            "%31",
            "&#49",
            "&a=",
            "?a=b",
            "\\",
            "\\u0031",
            "MTM4",
            "MTM4\n",
            "=&?%\\{\"",
            "8=FIX",
            "8=FIX|9=1|",
            "insert into a(b,",
            "update a set b='",
            "INSERT INTO a (b) VALUES ('x'",
            "INSERT INTO a (b) VALUES (1) /*",
        ] {
            let text = unit.repeat(1_000_000 / unit.len());
            let mut out = Vec::new();
            explore(text.as_bytes(), true, true, &mut out);
            assert!(out.len() <= text.len());
        }
    }

    proptest! {
        #[test]
        fn parts_are_in_order_and_map_into_the_text(
            text in r#"([a-z张 ]|%3[0-9]|&#4[0-9];|\\u003[0-9]|\{"a":1\}|\?a=b|&b=c|\n|MTM4MDAxMzgwMDA=|\\|%|&){0,20}"#,
            is_whole: bool,
        ) {
            let mut out = Vec::new();
            explore(text.as_bytes(), is_whole, true, &mut out);
            let mut from = 0;
            for inner in &out {
                prop_assert!(from <= inner.source.start && inner.source.start < inner.source.end);
                from = inner.source.end;
                if let InnerContent::InPlace { text, map, .. } = &inner.content {
                    prop_assert_eq!(map.text_len(), text.len());
                    prop_assert_eq!(map.source_span(0..text.len()), inner.source.clone());
                }
            }
            prop_assert!(from <= text.len());
        }

        #[test]
        fn any_bytes_at_all(bytes in prop::collection::vec(any::<u8>(), 0..200), is_whole: bool) {
            let mut out = Vec::new();
            explore(&bytes, is_whole, true, &mut out);
            prop_assert!(out.iter().all(|inner| inner.source.end <= bytes.len()));
        }
    }
}
