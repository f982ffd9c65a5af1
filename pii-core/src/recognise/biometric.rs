//! Biometric data by its content: templates, pictures and voice recordings, embeddings.
//!
//! A biometric value goes as a whole, never in part, because any part of a picture or a template still serves. What is
//! looked for is written in text: base64 (or hexadecimal) with a known beginning, `data:` URIs, lists of numbers that
//! look like an embedding. [`find`] searches free text; [`whole`] judges a value that stands alone in a field.
//!
//! A picture is not yet a face. Only a field's name makes a plain picture or recording biometric, so without one they
//! are *suspected* (0.4), below what counts as a finding. Names themselves are the rules' business, not known here.
//!
//! Not recognised: CBEFF in XML (its base64 content is), ISO/IEC 39794 (ASN.1 without a magic number), video.

mod base64;
mod embedding;
mod magic;
mod number_list;
mod reference;

use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use std::sync::LazyLock;

/// What a biometric value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum What {
    /// A record of features: minutiae, iris codes, face records (ISO/IEC 19794).
    Template,
    /// A picture.
    Image,
    /// A recording.
    Voice,
    /// A vector of a neural network.
    Embedding,
}

/// A place where biometric data stand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BiometricMatch {
    /// The whole value, in bytes of the text searched.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) what: What,
    /// How sure that is, 0 to 1. Below 0.5 it is no more than a suspicion.
    pub(crate) confidence: f32,
}

/// Confidence in a template's magic number and version: chance does not make them.
const TEMPLATE: f32 = 0.95;
/// A picture or recording of which nothing says that it shows a person.
const SUSPECTED: f32 = 0.4;
/// A `data:` URI of a photograph or recording: people are what is sent this way.
const PHOTOGRAPH_URI: f32 = 0.6;
/// A `data:` URI of a drawing or an icon, which no camera makes.
const DRAWING_URI: f32 = 0.3;
/// Anything that is recognised, in a field whose name says biometric.
const LABELLED: f32 = 0.95;
/// What nothing explains, in a field whose name says biometric: vendors' own templates have no magic number, and an address
/// or a number leads to the sample.
const LABELLED_UNKNOWN: f32 = 0.7;

/// The shortest base64 that is looked at where no field's name says biometric, in characters.
pub(crate) const RUN_CHARACTERS: usize = 64;
/// The shortest base64 that is looked at in a field whose name says biometric.
const LABELLED_CHARACTERS: usize = 16;

/// Appends what is found in free text to `out`, in order and without overlaps.
///
/// Linear in the text. Where there is no `data:`, no `[` and no run of 64 characters of base64, most bytes are not even
/// looked at one by one, and nothing is allocated.
pub(crate) fn find(text: &[u8], out: &mut Vec<BiometricMatch>) {
    let before = out.len();
    if let Some((what, confidence)) = raw(text) {
        out.push(BiometricMatch { span: 0..text.len(), what, confidence });
        return;
    }
    find_uris(text, out);
    let uris = out.len();
    find_runs(text, out, before..uris);
    find_lists(text, out);
    if out.len() > before + 1 {
        out[before..].sort_by_key(|found| found.span.start);
    }
}

/// Whether a `data:` URI begins with the token at `start..end` that may be of a person.
pub(crate) fn is_uri_at(text: &[u8], start: usize, end: usize) -> bool {
    text.get(end) == Some(&b':')
        && text[start..end].eq_ignore_ascii_case(b"data")
        && text[start..].get(..URI_BEGINNING_BYTES).is_some_and(|first| URI_BEGINNINGS.is_match(first))
}

/// Whether the `[` at `at` opens a list of numbers that is an embedding.
pub(crate) fn is_list_at(text: &[u8], at: usize) -> bool {
    number_list::may_begin(text, at + 1) && number_list::scan(text, at + 1, b']').1.is_some()
}

/// Judges a value that stands alone in a field. `suspected`: the field's name says that it is biometric.
///
/// The span is always the whole value. A long text that merely contains something (a mail's body with a picture) is not
/// biometric as a whole unless it is suspected; [`find`] takes the parts of it.
#[must_use]
pub(crate) fn whole(value: &[u8], suspected: bool) -> Option<BiometricMatch> {
    let bare = value.trim_ascii();
    let (what, confidence) = if suspected {
        let known = judge(bare, LABELLED_CHARACTERS, 0).map(|(what, _)| (what, LABELLED));
        known.or_else(|| reference::is_one(bare).then_some((What::Template, LABELLED_UNKNOWN)))?
    } else {
        judge(bare, RUN_CHARACTERS, bare.len().div_ceil(2))?
    };
    Some(BiometricMatch { span: 0..value.len(), what, confidence })
}

/// Judges a value that begins behind a label at `at`, in running text. As [`whole`] with a name that says biometric.
#[must_use]
pub(crate) fn behind_label(text: &[u8], at: usize) -> Option<Range<usize>> {
    let end = reference::end_in_text(text, at);
    whole(&text[at..end], true).map(|_| at..end)
}

/// `least_run`: the shortest base64 that counts, in characters; `least_part`: how much of the value a part of it has to
/// cover to speak for the whole, in bytes.
fn judge(value: &[u8], least_run: usize, least_part: usize) -> Option<(What, f32)> {
    if let Some(found) = raw(value).or_else(|| uri(value)).or_else(|| number_list::whole(value)) {
        return Some(found);
    }
    if let Some(run) = base64::run_at(value, 0, 0).filter(|run| run.end == value.len()) {
        return (run.characters >= least_run).then(|| coded(value, &run)).flatten();
    }
    let mut parts = Vec::new();
    find(value, &mut parts);
    let longest = parts.into_iter().max_by_key(|found| found.span.len())?;
    (longest.span.len() >= least_part).then_some((longest.what, longest.confidence))
}

/// Bytes that are no text at all, or begin like none.
fn raw(value: &[u8]) -> Option<(What, f32)> {
    let what = magic::of(value)?;
    Some((what, if what == What::Template { TEMPLATE } else { SUSPECTED }))
}

/// A run of base64 or hexadecimal by its first bytes, or as an embedding by its length and numbers.
fn coded(text: &[u8], run: &base64::Run) -> Option<(What, f32)> {
    let mut header = [0; magic::HEADER_BYTES];
    let found = raw(base64::decode_start(&text[run.start..run.end], &mut header));
    found.or_else(|| raw(base64::decode_hexadecimal_start(&text[run.start..run.end], &mut header))).or_else(|| {
        let bytes = run.decoded_bytes().filter(|bytes| embedding::is_length(*bytes))?;
        let decoded = base64::decode(&text[run.start..run.end], bytes);
        embedding::is_one(&decoded).then_some((What::Embedding, embedding::CONFIDENCE))
    })
}

fn find_runs(text: &[u8], out: &mut Vec<BiometricMatch>, uris: Range<usize>) {
    let mut from = 0;
    let mut uri = uris.start;
    while let Some(run) = base64::next_run(text, from, RUN_CHARACTERS) {
        from = run.end;
        while uri < uris.end && out[uri].span.end <= run.start {
            uri += 1;
        }
        let in_uri = uri < uris.end && out[uri].span.start < run.end;
        if !in_uri && let Some((what, confidence)) = coded(text, &run) {
            out.push(BiometricMatch { span: run.start..run.end, what, confidence });
        }
    }
}

fn find_lists(text: &[u8], out: &mut Vec<BiometricMatch>) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| memchr::memchr(b'[', rest)) {
        let begin = from + at;
        let (end, confidence) = number_list::scan(text, begin + 1, b']');
        if let Some(confidence) = confidence {
            out.push(BiometricMatch { span: begin..end, what: What::Embedding, confidence });
        }
        from = end;
    }
}

/// The media types of what a camera or a microphone makes. RFC 2397: the scheme and the type are in either case.
static URI_BEGINNINGS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .build(["data:image/", "data:audio/", "data:video/"])
        .expect("three short patterns are within every limit")
});

/// All of them are equally long.
const URI_BEGINNING_BYTES: usize = 11;

fn find_uris(text: &[u8], out: &mut Vec<BiometricMatch>) {
    // Most of what is searched is the value of a field, too short to be one, and to begin a search costs as much as to read
    // some hundred bytes.
    if text.len() < URI_BEGINNING_BYTES || memchr::memchr(b':', text).is_none() {
        return;
    }
    let mut after = 0;
    for begin in URI_BEGINNINGS.find_iter(text) {
        if begin.start() >= after {
            let end = uri_end(text, begin.start(), begin.end());
            let (what, confidence) = uri_kind(&text[begin.start()..end]);
            out.push(BiometricMatch { span: begin.start()..end, what, confidence });
            after = end;
        }
    }
}

/// A value that is a `data:` URI from its first byte to its last.
fn uri(value: &[u8]) -> Option<(What, f32)> {
    let begins = value.get(..URI_BEGINNING_BYTES).is_some_and(|first| URI_BEGINNINGS.is_match(first));
    (begins && uri_end(value, 0, URI_BEGINNING_BYTES) == value.len()).then(|| uri_kind(value))
}

fn uri_kind(uri: &[u8]) -> (What, f32) {
    let what = if uri[5].eq_ignore_ascii_case(&b'a') { What::Voice } else { What::Image };
    let subtype = &uri[URI_BEGINNING_BYTES..];
    let drawing = [b"svg".as_slice(), b"gif", b"x-icon", b"vnd.microsoft.icon"];
    let is_drawing = drawing.iter().any(|name| subtype.get(..name.len()).is_some_and(|s| s.eq_ignore_ascii_case(name)));
    (what, if is_drawing { DRAWING_URI } else { PHOTOGRAPH_URI })
}

/// The longest subtype with its parameters that is looked through for `;base64`.
const URI_HEADER_BYTES: usize = 256;

/// Where a URI ends that begins at `begin` and has its media type's subtype at `from`.
fn uri_end(text: &[u8], begin: usize, from: usize) -> usize {
    let is_uri = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&+,;=%!*".contains(byte);
    let rest = &text[from..];
    // The rest is measured only where it is also passed over: else many short URIs in a row would cost their square.
    let all_of_it = || from + rest.iter().position(|byte| !is_uri(byte)).unwrap_or(rest.len());
    let header = &rest[..rest.len().min(URI_HEADER_BYTES)];
    let header_bytes = header.iter().position(|byte| *byte == b',' || !is_uri(byte)).unwrap_or(header.len());
    let is_base64 = header[..header_bytes].last_chunk::<7>().is_some_and(|last| last.eq_ignore_ascii_case(b";base64"));
    let comma = from + header_bytes;
    if !is_base64 || text.get(comma) != Some(&b',') {
        return all_of_it();
    }
    // What follows base64 is no part of it, a comma of the surrounding CSV least of all; but its +, / and = may be
    // percent-encoded, and its lines broken.
    match base64::run_at(text, comma + 1, comma + 1 - begin) {
        Some(run) if text.get(run.end) == Some(&b'%') => run.end.max(all_of_it()),
        Some(run) => run.end,
        None => comma + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<BiometricMatch> {
        let mut out = Vec::new();
        find(text.as_bytes(), &mut out);
        out
    }

    /// Bytes with this beginning and nothing known behind it.
    fn file(magic: &[u8], length: usize) -> String {
        let mut bytes = magic.to_vec();
        bytes.extend((0..).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 13) as u8).take(length - magic.len()));
        base64::encode(&bytes)
    }

    fn vector() -> String {
        base64::encode(&embedding::example(512).iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>())
    }

    fn list() -> String {
        format!("[{}]", number_list::write(&embedding::example(128), ", ", 6))
    }

    fn wrap(coded: &str, width: usize) -> String {
        coded.as_bytes().chunks(width).map(|line| str::from_utf8(line).expect("ASCII")).collect::<Vec<_>>().join("\r\n")
    }

    /// What every path finds: in a sentence, as a JSON value, and alone in a field without and with a telling name.
    #[test]
    fn one_value_through_every_door() {
        let jpeg = file(b"\xff\xd8\xff\xe0", 500);
        let hexadecimal: String = b"FMR\0 20\0".iter().cycle().take(64).map(|byte| format!("{byte:02X}")).collect();
        let table = [
            ("minutiae", file(b"FMR\0 20\0", 300), What::Template, 0.95),
            ("iris", file(b"IIR\x00010\0", 48), What::Template, 0.95),
            ("minutiae, hexadecimal", hexadecimal, What::Template, 0.95),
            ("minutiae in lines", wrap(&file(b"FMR\0 20\0", 300), 76), What::Template, 0.95),
            ("photograph", jpeg.clone(), What::Image, 0.4),
            ("recording", file(b"#!AMR\n", 200), What::Voice, 0.4),
            ("photograph's URI", format!("data:image/jpeg;base64,{jpeg}"), What::Image, 0.6),
            ("in capitals", format!("DATA:IMAGE/JPEG;BASE64,{jpeg}"), What::Image, 0.6),
            ("in lines", format!("data:image/jpeg;base64,\r\n{}", wrap(&jpeg, 76)), What::Image, 0.6),
            ("in lines from the first", wrap(&format!("data:image/jpeg;base64,{jpeg}"), 76), What::Image, 0.6),
            ("recording's URI", "data:audio/amr;base64,IyFBTVIK".to_string(), What::Voice, 0.6),
            ("icon", "data:image/svg+xml,%3Csvg%3E".to_string(), What::Image, 0.3),
            ("vector", vector(), What::Embedding, 0.8),
            ("list", list(), What::Embedding, 0.9),
        ];
        for (name, value, what, confidence) in &table {
            for (before, behind) in [("照片：", "，请核对"), ("{\"a\":\"", "\"}"), ("", ""), ("x=", " y")] {
                let matches = found(&format!("{before}{value}{behind}"));
                let span = before.len()..before.len() + value.len();
                assert_eq!(matches, [BiometricMatch { span, what: *what, confidence: *confidence }], "{name}");
            }
            let span = 0..value.len();
            let alone = BiometricMatch { span: span.clone(), what: *what, confidence: *confidence };
            assert_eq!(whole(value.as_bytes(), false), Some(alone), "{name}");
            let labelled = BiometricMatch { span, what: *what, confidence: LABELLED };
            assert_eq!(whole(value.as_bytes(), true), Some(labelled), "{name}, in a field that says so");
        }
    }

    #[test]
    fn harmless_texts_are_not() {
        let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".repeat(2);
        let ciphertext = file(b"Salted__", 2048);
        let short = "[0.0123456,-0.0456123]".to_string();
        let log = "2026-11-23 [main] [0.1.2] [1] took [0.35] s at /srv/app/".to_string() + &"path/".repeat(30);
        for text in [
            "",
            "RklSA",
            "尊敬的张先生，您好",
            "data:",
            "data:text/plain,hi",
            "[",
            "[[[[",
            &digest,
            &ciphertext,
            &short,
            &log,
        ] {
            assert_eq!(found(text), [], "{text}");
            assert_eq!(whole(text.as_bytes(), false), None, "{text}");
        }
        for text in ["", "张三", "base64", "PASS", "0.98", "已通过"] {
            assert_eq!(whole(text.as_bytes(), true), None, "a result, in a field that says biometric: {text}");
        }
    }

    #[test]
    fn a_name_makes_unknown_formats_biometric() {
        let unknown = file(b"ZKTeco", 300);
        assert_eq!(whole(unknown.as_bytes(), false), None);
        let expected = BiometricMatch { span: 0..unknown.len(), what: What::Template, confidence: LABELLED_UNKNOWN };
        assert_eq!(whole(unknown.as_bytes(), true), Some(expected));
    }

    #[test]
    fn the_whole_value_goes() {
        let picture = format!("  data:image/png;base64,{}\n", file(b"\x89PNG\r\n\x1a\n", 90));
        assert_eq!(whole(picture.as_bytes(), false).map(|found| found.span), Some(0..picture.len()));
        let prefixed = format!("v1;{}", file(b"FMR\0 20\0", 300));
        assert_eq!(whole(prefixed.as_bytes(), false).map(|found| found.span), Some(0..prefixed.len()));
        let mail = format!("{}{prefixed}", "words ".repeat(200));
        assert_eq!(whole(mail.as_bytes(), false), None, "a long text with something in it");
        assert_eq!(found(&mail).len(), 1);
        assert_eq!(whole(b"\xff\xd8\xff\xe1\0\0", true).map(|found| found.what), Some(What::Image));
        assert_eq!(whole(b"FIR\x00010\0", false).map(|found| found.confidence), Some(TEMPLATE));
    }

    #[test]
    fn several_are_told_apart_and_in_order() {
        let picture = file(b"\xff\xd8\xff\xe0", 500);
        let text = format!("{},data:image/png;base64,{picture},{},{}", list(), vector(), file(b"FAC\x00010\0", 99));
        let kinds: Vec<What> = found(&text).iter().map(|found| found.what).collect();
        assert_eq!(kinds, [What::Embedding, What::Image, What::Embedding, What::Template]);
        let spans: Vec<_> = found(&text).into_iter().map(|found| found.span).collect();
        assert!(spans.windows(2).all(|pair| pair[0].end + 1 == pair[1].start), "the commas stay: {spans:?}");
    }

    #[test]
    fn many_short_uris_do_not_cost_their_square() {
        // Two megabytes: with a search to the text's end for each URI, this test would take minutes.
        let text = "data:image/;base64,A,".repeat(100_000);
        assert_eq!(found(&text).len(), 100_000);
    }

    #[test]
    fn what_was_found_before_stays() {
        let mut out = vec![BiometricMatch { span: 900..901, what: What::Voice, confidence: 1.0 }];
        find(list().as_bytes(), &mut out);
        assert_eq!((out.len(), out[0].span.start), (2, 900));
    }

    proptest! {
        #[test]
        fn nothing_panics_and_spans_are_in_order(
            parts in proptest::collection::vec("data:image/|;base64,|[A-Za-z0-9+/=_-]{0,80}|\\[|[-0-9.,e ]{0,9}|\r?\n|\\PC", 0..20),
            suspected: bool,
        ) {
            let text = parts.concat();
            let matches = found(&text);
            prop_assert!(matches.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            prop_assert!(matches.iter().all(|one| !one.span.is_empty() && one.span.end <= text.len()));
            if let Some(all) = whole(text.as_bytes(), suspected) {
                prop_assert_eq!(all.span, 0..text.len());
            }
        }

        #[test]
        fn any_bytes_do(text in proptest::collection::vec(any::<u8>(), 0..300), suspected: bool) {
            find(&text, &mut Vec::new());
            let _ = whole(&text, suspected);
        }
    }
}
