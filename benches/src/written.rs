//! The same text written in other ways: in other charsets, escaped, and in carriers, a line a record.

use encoding_rs::GB18030;
use pii_formats::{Charset, Format};
use pii_tests::coding::{base64, percent};

/// A way of writing a text.
pub struct Way {
    /// What the table calls it.
    pub name: &'static str,
    /// How it is read.
    pub format: Format,
    /// In which charset; `None` finds out.
    pub charset: Option<Charset>,
    /// How much of what is found in the plain text has to be found in this one. A line that is a field's value stands in
    /// other surroundings than a line of a log.
    pub at_least_percent: usize,
    written: fn(&str) -> Vec<u8>,
}

impl Way {
    /// The text in this way.
    #[must_use]
    pub fn write(&self, text: &str) -> Vec<u8> {
        (self.written)(text)
    }
}

/// The ways that are measured, the plain one first.
pub const WAYS: [Way; 9] = [
    text("text, UTF-8", Charset::Utf8, |text| text.as_bytes().to_vec()),
    text("text, GB18030", Charset::Gb18030, |text| GB18030.encode(text).0.into_owned()),
    text("text, UTF-16LE", Charset::Utf16Le, |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    text("text, full-width digits", Charset::Utf8, |text| text.chars().map(widened).collect::<String>().into_bytes()),
    coded("JSON strings", Format::Ndjson, |text| lines(text, |line| format!("{{\"body\":\"{}\"}}\n", quoted(line)))),
    coded("JSON strings of \\u escapes", Format::Ndjson, |text| {
        lines(text, |line| format!("{{\"body\":\"{}\"}}\n", escaped(line)))
    }),
    coded("JSON strings of base64", Format::Ndjson, |text| {
        lines(text, |line| format!("{{\"body\":\"{}\"}}\n", base64(line.as_bytes())))
    }),
    coded("form values, every byte coded", Format::Form, |text| {
        lines(text, |line| format!("body={}&", line.bytes().map(percent).collect::<String>()))
    }),
    coded("XML, character references", Format::Xml, |text| {
        let elements = lines(text, |line| format!("<body>{}</body>\n", referred(line)));
        [b"<all>".as_slice(), &elements, b"</all>"].concat()
    }),
];

const fn text(name: &'static str, charset: Charset, written: fn(&str) -> Vec<u8>) -> Way {
    Way { name, format: Format::Text, charset: Some(charset), at_least_percent: 98, written }
}

const fn coded(name: &'static str, format: Format, written: fn(&str) -> Vec<u8>) -> Way {
    Way { name, format, charset: None, at_least_percent: 95, written }
}

fn lines(text: &str, write: impl Fn(&str) -> String) -> Vec<u8> {
    text.lines().filter(|line| !line.is_empty()).map(write).collect::<String>().into_bytes()
}

fn widened(c: char) -> char {
    c.to_digit(10).and_then(|digit| char::from_u32(u32::from('０') + digit)).unwrap_or(c)
}

fn quoted(line: &str) -> String {
    line.replace('\\', "\\\\").replace('"', "\\\"")
}

fn escaped(line: &str) -> String {
    line.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect()
}

fn referred(line: &str) -> String {
    line.chars().map(|c| format!("&#{};", u32::from(c))).collect()
}
