//! Disguises of whole documents: charsets, transfer codings, one format inside another.

use encoding_rs::{GB18030, GBK};

use super::{Disguise, Way};
use crate::coding::{base64, base64_url};
use crate::document::Document;
use crate::format::Format;
use crate::mail;

const fn of(name: &'static str, formats: &'static [Format], write: fn(&Document) -> Option<Document>) -> Disguise {
    Disguise { name, formats, way: Way::Document(write) }
}

const TEXT: &[Format] = &[Format::Text];
const TEXTS: &[Format] = &[Format::Text, Format::Csv, Format::Tsv];

pub(super) const DISGUISES: &[Disguise] = &[
    of("GBK", TEXTS, |document| charset(document, false)),
    of("GB18030", TEXTS, |document| charset(document, true)),
    of("UTF-8 with a byte order mark", TEXTS, |document| Some(after("\u{FEFF}".as_bytes(), document))),
    of("UTF-16LE with a byte order mark", TEXTS, |document| {
        Some(after(&[0xFF, 0xFE], &utf_16(document, u16::to_le_bytes)))
    }),
    of("UTF-16BE with a byte order mark", TEXTS, |document| {
        Some(after(&[0xFE, 0xFF], &utf_16(document, u16::to_be_bytes)))
    }),
    of("UTF-16LE", TEXTS, |document| Some(utf_16(document, u16::to_le_bytes))),
    of("UTF-16BE", TEXTS, |document| Some(utf_16(document, u16::to_be_bytes))),
    of("base64 of the sentence", TEXT, |document| Some(document.carried(base64(&document.bytes)))),
    of("URL-safe base64 of the sentence", TEXT, |document| Some(document.carried(base64_url(&document.bytes)))),
    of("base64 in a JSON field", &[Format::Json, Format::Ndjson], base64_field),
    of("JSON in a JSON string", &[Format::Json, Format::Ndjson], json_in_json),
    of("quoted-printable body", &[Format::Eml], |document| Some(letter(document, mail::Transfer::QuotedPrintable))),
    of("base64 body", &[Format::Eml], |document| Some(letter(document, mail::Transfer::Base64))),
    of("encoded word", &[Format::Eml], in_subject),
];

fn after(mark: &[u8], document: &Document) -> Document {
    let mut out = Document::default();
    out.push(mark);
    out.append(document);
    out
}

/// In a Chinese charset; `None` when GBK lacks a character.
fn charset(document: &Document, wide: bool) -> Option<Document> {
    let encoding = if wide { GB18030 } else { GBK };
    let (_, _, lossy) = encoding.encode(document.text());
    let has_chinese = !document.bytes.is_ascii();
    (!lossy && has_chinese).then(|| document.recoded(|c| encoding.encode(c.encode_utf8(&mut [0; 4])).0.into_owned()))
}

fn utf_16(document: &Document, order: fn(u16) -> [u8; 2]) -> Document {
    document.recoded(|c| c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| order(*unit)).collect())
}

/// `{"payload":"<base64>"}`.
fn base64_field(document: &Document) -> Option<Document> {
    Some(field("payload", &document.carried(base64(&document.bytes))))
}

/// The document as a string in a JSON object, with its quotes escaped.
fn json_in_json(document: &Document) -> Option<Document> {
    let escaped = document.recoded(|c| match c {
        '"' | '\\' => vec![b'\\', c as u8],
        '\n' => b"\\n".to_vec(),
        '\r' => b"\\r".to_vec(),
        '\t' => b"\\t".to_vec(),
        _ => c.to_string().into_bytes(),
    });
    Some(field("body", &escaped))
}

fn field(name: &str, value: &Document) -> Document {
    let mut out = Document::default();
    out.push(format!("{{\"{name}\":\""));
    out.append(value);
    out.push("\"}");
    out
}

fn letter(document: &Document, transfer: mail::Transfer) -> Document {
    let parts = mail::Mail { subject: Document::default(), body: document.clone(), attachment: Document::default() };
    mail::eml(&parts, transfer)
}

/// In the subject. `None` for ASCII, which needs no encoded word.
fn in_subject(document: &Document) -> Option<Document> {
    let one_line = !document.bytes.contains(&b'\n') && !document.bytes.is_ascii();
    let parts = mail::Mail { subject: document.clone(), body: Document::default(), attachment: Document::default() };
    one_line.then(|| mail::eml(&parts, mail::Transfer::EightBit))
}
