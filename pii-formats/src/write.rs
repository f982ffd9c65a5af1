//! Writes an edit the way its place is written.

use crate::base64;
use crate::charset;
use crate::coding::encode as packed;
use crate::encode;
use crate::sink::Codec;
use pii_core::{Coding, Place, Token};

/// The bytes of `text` at `place`: coded from the inside out.
pub(crate) fn replacement(text: String, place: Place) -> Vec<u8> {
    if place.token == Token::JsonValue {
        let mut quoted = Vec::with_capacity(text.len() + 2);
        encode::json::json_value(&text, &mut quoted);
        return coded(quoted, place);
    }
    if place.token == Token::SqlValue {
        return sql_value(&text, place);
    }
    coded(text.into_bytes(), place)
}

/// A string of SQL with its quotes. Its own coding is the innermost of strings; those around it code the quotes as well.
fn sql_value(text: &str, place: Place) -> Vec<u8> {
    let mut is_quoted = false;
    place.codings().rev().fold(text.as_bytes().to_vec(), |bytes, coding| {
        let mut out = Vec::with_capacity(bytes.len() + 8);
        let is_own = coding == Coding::SqlString && !is_quoted;
        out.extend(is_own.then_some(b'\''));
        one(coding, &bytes, &mut out);
        out.extend(is_own.then_some(b'\''));
        is_quoted |= is_own;
        out
    })
}

/// The bytes of `bytes` at `place`.
pub(crate) fn coded(bytes: Vec<u8>, place: Place) -> Vec<u8> {
    place.codings().rev().fold(bytes, |bytes, coding| {
        if stays(coding, &bytes) {
            return bytes;
        }
        let mut out = Vec::with_capacity(bytes.len() + 8);
        one(coding, &bytes, &mut out);
        out
    })
}

/// Whether `bytes`, like nearly all masks, is text with nothing in it that `coding` writes in another way.
fn stays(coding: Coding, bytes: &[u8]) -> bool {
    let is_for_signs = matches!(
        coding,
        Coding::JsonString
            | Coding::Markup
            | Coding::MarkupAttribute
            | Coding::CData
            | Coding::QuotedCell
            | Coding::BareCell
            | Coding::Line
            | Coding::SqlString
    );
    let is_no_sign = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'@' | b'.' | b'-' | b' ' | 0x80..);
    is_for_signs && bytes.iter().all(is_no_sign) && (bytes.is_ascii() || std::str::from_utf8(bytes).is_ok())
}

/// One coding around `bytes`, which are text but where another charset lies inside.
fn one(coding: Coding, bytes: &[u8], out: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes);
    match coding {
        Coding::Gb18030 | Coding::Utf16Le | Coding::Utf16Be => encode::charset::write(coding, &text, out),
        Coding::JsonString => encode::json::json_string(&text, out),
        Coding::Percent => encode::percent::percent(bytes, out),
        Coding::Form => encode::percent::form(bytes, out),
        Coding::Markup => encode::markup::write_text(&text, out),
        Coding::MarkupAttribute => encode::markup::write_attribute(&text, out),
        Coding::CData => encode::markup::write_cdata(&text, out),
        Coding::QuotedCell => encode::cell::quoted(&text, out),
        Coding::BareCell => encode::cell::bare(&text, out),
        Coding::Line => write_line(bytes, out),
        Coding::SqlString => encode::sql::string(bytes, out),
        Coding::SqlName => encode::sql::name(&text, out),
        Coding::SqlComment => encode::sql::comment(bytes, out),
        Coding::BackslashEscapes => encode::sql::escaped(bytes, out),
        Coding::QuotedPrintable => encode::mail::write_quoted_printable(bytes, out),
    }
}

/// What would end a line becomes a space; other bytes may be of any charset that has ASCII in it.
fn write_line(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(bytes.iter().map(|&b| if b.is_ascii_control() && b != b'\t' { b' ' } else { b }));
}

/// A carrier around `content`, coded the way it was in `original`.
pub(crate) fn carrier(content: &[u8], codec: &Codec, original: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(original.len());
    match codec {
        Codec::Base64 { url_safe, padded, folded, final_line_end } => {
            return base64::encode(content, *url_safe, *padded, *folded, *final_line_end);
        }
        Codec::Packed { codings, within } => return carrier(&packed(codings, content), within, original),
        Codec::EncodedWord { charset, letter } => {
            encode::mail::write_encoded_words(original, content, charset, *letter, &mut out);
        }
        Codec::ExtendedValue { charset, language } => {
            encode::mail::write_extended_value(content, charset, language, &mut out);
        }
    }
    out
}

/// The coding that a charset's text is written in; UTF-8 is plain.
pub(crate) fn coding(charset: charset::Charset) -> Option<Coding> {
    match charset {
        charset::Charset::Utf8 => None,
        charset::Charset::Gb18030 => Some(Coding::Gb18030),
        charset::Charset::Utf16Le => Some(Coding::Utf16Le),
        charset::Charset::Utf16Be => Some(Coding::Utf16Be),
    }
}
