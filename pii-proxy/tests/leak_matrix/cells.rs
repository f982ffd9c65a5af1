//! The cells: a value, a disguise, the shape of the message around it.

use crate::wire::Sent;
use pii_tests::coding::{base64, percent};
use pii_tests::disguise::{Disguise, disguises};
use pii_tests::document::{Document, Evidence, Truth};
use pii_tests::format::Format;
use pii_tests::generate::{Generator, Slot, slot, slots};
use pii_tests::matrix;
use pii_tests::report::is_masked_by_default;

/// The longest query that stands in a request line of 8 KiB.
const QUERY_BYTES: usize = 8_000;

/// What a message is, and what it says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// What its document is written in.
    pub(crate) format: Format,
    /// Where the document stands.
    pub(crate) place: Place,
}

/// Where in a request a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the body, of this media type.
    Body(&'static str),
    Query,
    Path,
    /// In a header of this name.
    Header(&'static str),
}

const fn body(name: &'static str, format: Format, media_type: &'static str) -> Shape {
    Shape { name, format, place: Place::Body(media_type) }
}

/// Every shape. What may stand in a text is sent as `text/plain` too: the receiver may read it as what it looks like.
pub(crate) const SHAPES: &[Shape] = &[
    body("json", Format::Json, "application/json"),
    body("json as text", Format::Json, "text/plain"),
    body("ndjson", Format::Ndjson, "application/x-ndjson"),
    body("ndjson as text", Format::Ndjson, "text/plain"),
    body("form", Format::Form, "application/x-www-form-urlencoded"),
    body("form as text", Format::Form, "text/plain"),
    Shape { name: "query", format: Format::Form, place: Place::Query },
    body("multipart", Format::Multipart, "multipart/form-data; boundary=b0undary"),
    body("xml", Format::Xml, "application/xml"),
    body("xml as text", Format::Xml, "text/plain"),
    body("html", Format::Html, "text/html"),
    body("html as text", Format::Html, "text/plain"),
    body("csv", Format::Csv, "text/csv"),
    body("csv as text", Format::Csv, "text/plain"),
    body("tsv", Format::Tsv, "text/tab-separated-values"),
    body("text", Format::Text, "text/plain"),
    body("fix as text", Format::Fix, "text/plain"),
    body("sql as text", Format::Sql, "text/plain"),
    body("mail", Format::Eml, "message/rfc822"),
];

/// What stands in a head and cannot be masked there.
pub(crate) const HEADS: &[Shape] = &[
    Shape { name: "path", format: Format::Text, place: Place::Path },
    Shape { name: "header", format: Format::Text, place: Place::Header("X-Info") },
    Shape { name: "cookie", format: Format::Text, place: Place::Header("Cookie") },
];

/// Kinds that a head may hold: what it has of its own, and what says nothing alone.
const LET_BE: [&str; 14] = [
    "access_token",
    "cvv",
    "date_of_birth",
    "imei",
    "ip_address",
    "mac_address",
    "organisation_code",
    "password",
    "person_name",
    "swift_bic",
    "uscc",
    "vehicle_plate",
    "verification_code",
    "vin",
];

impl Shape {
    pub(crate) fn is_body(&self) -> bool {
        matches!(self.place, Place::Body(_))
    }
}

/// How the value is hidden.
#[derive(Clone, Copy, Debug)]
enum Hiding {
    /// As the value or the document is written.
    By(&'static Disguise),
    /// A charset, and whether the media type names it.
    Charset { disguise: &'static Disguise, label: &'static str, is_named: bool },
    /// A sentence in base64 in a field, so many times over.
    Base64(usize),
    /// Percent-encoded in GBK.
    PercentGbk,
    /// Percent-encoded so many times over.
    Percent(usize),
    /// Not at all.
    Plain,
}

/// A message with a value in it, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) slot: &'static Slot,
    pub(crate) disguise: String,
    pub(crate) shape: Shape,
    /// The document; in a query it is what stands behind the question mark.
    pub(crate) document: Document,
    /// The charset that the media type names.
    charset: Option<&'static str>,
}

impl Cell {
    /// The request, without its coding.
    pub(crate) fn request(&self) -> Sent {
        let bytes = self.document.bytes.clone();
        let text = || String::from_utf8(bytes.clone()).expect("a query is ASCII");
        let headed = |name: &str, value| vec![(name.to_owned(), value)];
        match self.shape.place {
            Place::Query => Sent { target: format!("/query?{}", text()), headers: Vec::new(), body: Vec::new() },
            Place::Path => {
                Sent { target: format!("/v1/{}", percent_coded(&bytes)), headers: Vec::new(), body: Vec::new() }
            }
            Place::Header(name) => Sent { target: "/head".to_owned(), headers: headed(name, bytes), body: Vec::new() },
            Place::Body(media_type) => {
                let charset = self.charset.map_or_else(String::new, |label| format!("; charset={label}"));
                let headers = headed("Content-Type", format!("{media_type}{charset}").into_bytes());
                Sent { target: "/body".to_owned(), headers, body: bytes }
            }
        }
    }
}

/// Charsets of whole documents: the disguise that writes one, and what a media type calls it.
const CHARSETS: [(&str, &str); 7] = [
    ("GBK", "GBK"),
    ("GB18030", "gb18030"),
    ("UTF-8 with a byte order mark", "utf-8"),
    ("UTF-16LE with a byte order mark", "utf-16"),
    ("UTF-16BE with a byte order mark", "utf-16"),
    ("UTF-16LE", "utf-16le"),
    ("UTF-16BE", "utf-16be"),
];

/// Every cell of these slots and shapes, drawn from a seed.
pub(crate) fn cells(seed: u64, wanted: impl Fn(&Slot) -> bool) -> Vec<Cell> {
    let mut generator = Generator::new(seed);
    let mut cells = Vec::new();
    for slot in slots().filter(|slot| wanted(slot)) {
        for shape in SHAPES {
            let Some(plain) = matrix::document(slot, shape.format, &mut generator) else { continue };
            let sentence = matrix::document(slot, Format::Text, &mut generator).unwrap_or_else(|| plain.clone());
            cells.extend(hidings(*shape).filter_map(|hiding| hidden(*shape, slot, hiding, &plain, &sentence)));
        }
    }
    cells.retain(is_promised);
    cells
}

fn is_promised(cell: &Cell) -> bool {
    let truth = &cell.document.truths[0];
    let digits = truth.value.bytes().filter(u8::is_ascii_digit).count();
    // A passport with one digit among its letters is a word to the rule, which asks for two.
    let is_word = cell.slot.name == "foreign_passport" && digits < 2;
    // A mail has addresses of its own, and so is changed whatever its text holds.
    let is_passing_mail = cell.shape.format == Format::Eml && !is_masked_by_default(truth);
    !is_word && !is_passing_mail
}

/// What a media type may call a text that is in another charset.
const LABELS: [&str; 5] = ["utf-8", "gb18030", "utf-16", "utf-16le", "utf-16be"];

/// Bodies whose media type names a charset, whatever they are in.
pub(crate) fn mislabelled(seed: u64, wanted: impl Fn(&Slot) -> bool) -> Vec<Cell> {
    let plain = |cell: &Cell| cell.disguise == "plain" || cell.disguise.ends_with(", not named");
    let has_charset =
        |cell: &Cell| cell.shape.is_body() && !matches!(cell.shape.format, Format::Eml | Format::Multipart);
    let cells = cells(seed, wanted).into_iter().filter(|cell| plain(cell) && has_charset(cell));
    let named = |cell: Cell| {
        LABELS.map(|label| Cell {
            disguise: format!("{} as {label}", cell.disguise),
            charset: Some(label),
            ..cell.clone()
        })
    };
    cells.flat_map(named).collect()
}

/// Values in heads, each behind its field's name.
pub(crate) fn heads(seed: u64) -> Vec<Cell> {
    let mut generator = Generator::new(seed);
    let mut cells = Vec::new();
    for slot in slots().filter(|slot| !LET_BE.contains(&slot.kind) && !slot.kind.starts_with("biometric_")) {
        for shape in HEADS {
            let sentence =
                one_line(&matrix::document(slot, Format::Text, &mut generator).expect("a text holds any of these"));
            let value = sentence.truths[0].value.clone();
            let mut plain = Document::default();
            plain.push(format!("{}=", slot.field));
            let truth =
                Truth { start: plain.bytes.len(), end: plain.bytes.len() + value.len(), ..sentence.truths[0].clone() };
            plain.push(&value);
            plain.truths.push(truth);
            let is_here = |disguise: &&Disguise| disguise.is_of_values() && disguise.formats.contains(&Format::Text);
            let mut add = |disguise: &str, document: Document| {
                cells.push(Cell { slot, disguise: disguise.to_owned(), shape: *shape, document, charset: None });
            };
            for disguise in disguises().filter(is_here) {
                disguise.apply(&plain).into_iter().for_each(|document| add(disguise.name, document));
            }
            add("percent-encoded", percent_again(&plain, 1));
            add("percent-encoded, 2 times", percent_again(&plain, 2));
            add("base64", sentence.carried(base64(&sentence.bytes)));
            add("plain", plain);
        }
    }
    cells.retain(is_promised);
    cells
}

/// The same shapes and disguises with nothing personal in them.
pub(crate) fn controls() -> Vec<Cell> {
    // A slot whose label and value are put something harmless in the place of.
    let slot = slot("name").expect("there are names");
    let mut generator = Generator::new(0);
    let mut cells = Vec::new();
    for shape in SHAPES.iter().filter(|shape| shape.format != Format::Eml) {
        let mut document =
            |format| harmless(&matrix::document(slot, format, &mut generator).expect("a name goes anywhere"), slot);
        let (plain, sentence) = (document(shape.format), document(Format::Text));
        cells.extend(hidings(*shape).filter_map(|hiding| hidden(*shape, slot, hiding, &plain, &sentence)));
    }
    cells
}

fn harmless(document: &Document, slot: &'static Slot) -> Document {
    const VALUE: &str = "收盘价";
    let written = document.text().find("%").map_or_else(|| VALUE.to_owned(), |_| percent_coded(VALUE.as_bytes()));
    let document = document.rewritten(|_| Some("\u{1}value\u{1}".to_owned()));
    let text = document.text().replace(slot.label, "事项").replace(slot.field, "topic");
    let start = text.find("\u{1}value\u{1}").expect("it was just put there");
    let text = text.replace("\u{1}value\u{1}", &written);
    let truth = Truth {
        start,
        end: start + written.len(),
        slot,
        kinds: vec![slot.kind.to_owned()],
        evidence: Evidence::default(),
        value: VALUE.to_owned(),
    };
    Document { bytes: text.into_bytes(), truths: vec![truth] }
}

fn hidings(shape: Shape) -> impl Iterator<Item = Hiding> {
    let is_form = shape.format == Format::Form;
    let is_here = move |disguise: &&Disguise| {
        let is_charset = CHARSETS.iter().any(|(name, _)| *name == disguise.name);
        // In a form they stand percent-encoded.
        let is_value_of_text = is_form && disguise.is_of_values() && disguise.formats.contains(&Format::Text);
        !is_charset && (disguise.formats.contains(&shape.format) || is_value_of_text)
    };
    let charsets = CHARSETS.iter().flat_map(|(name, label)| {
        let disguise = disguises().find(|disguise| disguise.name == *name).expect("a disguise of that name");
        [true, false].map(|is_named| Hiding::Charset { disguise, label, is_named })
    });
    // Queries and the parts of mails and forms have charsets of their own.
    let has_charset = !is_form && !matches!(shape.format, Format::Eml | Format::Multipart);
    let forms = [Hiding::PercentGbk, Hiding::Percent(2), Hiding::Percent(3)];
    disguises()
        .filter(is_here)
        .map(Hiding::By)
        .chain(charsets.filter(move |_| has_charset))
        .chain(forms.into_iter().filter(move |_| is_form))
        .chain([Hiding::Base64(1), Hiding::Base64(2), Hiding::Plain])
}

fn hidden(shape: Shape, slot: &'static Slot, hiding: Hiding, plain: &Document, sentence: &Document) -> Option<Cell> {
    let (disguise, document) = match hiding {
        Hiding::Plain => ("plain".to_owned(), plain.clone()),
        Hiding::By(disguise) if shape.format == Format::Eml && !disguise.is_of_values() => {
            (disguise.name.to_owned(), disguise.apply(&one_line(sentence))?)
        }
        Hiding::By(disguise) if disguise.name == "percent-encoded" => {
            (disguise.name.to_owned(), disguise.apply(plain)?)
        }
        Hiding::By(disguise) if shape.format == Format::Form => {
            let hidden = disguise.apply(plain)?;
            let coded = hidden.rewritten(|truth| Some(percent_coded(hidden.cut(truth))));
            (disguise.name.to_owned(), coded)
        }
        Hiding::By(disguise) => (disguise.name.to_owned(), disguise.apply(plain)?),
        Hiding::Charset { disguise, is_named, .. } => {
            let named = if is_named { "named" } else { "not named" };
            (format!("{}, {named}", disguise.name), disguise.apply(plain)?)
        }
        Hiding::Base64(times) => (format!("base64 in a field, {times}"), carried(shape.format, times, sentence)?),
        Hiding::PercentGbk => ("percent-encoded GBK".to_owned(), percent_gbk(plain)?),
        Hiding::Percent(times) => (format!("percent-encoded, {times} times"), percent_again(plain, times)),
    };
    let charset = match hiding {
        Hiding::Charset { label, is_named: true, .. } => Some(label),
        _ => None,
    };
    let fits = shape.place != Place::Query || document.bytes.len() <= QUERY_BYTES;
    fits.then_some(Cell { slot, disguise, shape, document, charset })
}

fn one_line(document: &Document) -> Document {
    let mut out = document.clone();
    if out.bytes.ends_with(b"\n") {
        out.bytes.pop();
    }
    out
}

fn percent_coded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| percent(*byte)).collect()
}

/// The sentence in base64, as the value of a field that says nothing. `None` where a form has no field for that.
fn carried(format: Format, times: usize, sentence: &Document) -> Option<Document> {
    let mut inner = sentence.clone();
    for _ in 0..times {
        inner = inner.carried(base64(&inner.bytes));
    }
    let (before, after) = match format {
        Format::Text => ("内容：", "\n"),
        Format::Json => ("{\"payload\":\"", "\"}"),
        Format::Ndjson => ("{\"seq\":1}\n{\"payload\":\"", "\"}\n"),
        Format::Form => ("seq=1&payload=", "&ok=true"),
        Format::Multipart => {
            ("--b0undary\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n", "\r\n--b0undary--\r\n")
        }
        Format::Xml => ("<req><payload>", "</payload></req>"),
        Format::Html => ("<html><body><p>", "</p></body></html>"),
        Format::Csv => ("序号,内容,备注\n1,", ",无\n"),
        Format::Tsv => ("seq\tpayload\tnote\n1\t", "\tnone\n"),
        Format::Fix | Format::Sql | Format::Eml => return None,
    };
    if format == Format::Form {
        inner = inner.rewritten(|truth| Some(percent_coded(inner.cut(truth))));
    }
    let mut out = Document::default();
    out.push(before);
    out.append(&inner);
    out.push(after);
    Some(out)
}

/// `None` for what is the same in GBK.
fn percent_gbk(plain: &Document) -> Option<Document> {
    let gbk = disguises().find(|disguise| disguise.name == "GBK").expect("a disguise of that name");
    let truth = plain.truths.first()?;
    let bare = Document { bytes: truth.value.clone().into_bytes(), truths: vec![] };
    let bare = bare.carried(bare.bytes.clone());
    let value = Truth { start: 0, end: truth.value.len(), ..truth.clone() };
    let coded = gbk.apply(&Document { truths: vec![value], ..bare })?;
    Some(plain.rewritten(|_| Some(percent_coded(&coded.bytes))))
}

/// All of the value's bytes percent-encoded, and that again.
fn percent_again(plain: &Document, times: usize) -> Document {
    plain.rewritten(|truth| {
        let mut text: String = truth.value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for _ in 1..times {
            text = text.replace('%', "%25");
        }
        Some(text)
    })
}
