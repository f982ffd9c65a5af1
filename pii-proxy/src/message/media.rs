//! Which format and charset a media type means (RFC 9110 §8.3).

use crate::stop::{Stop, Why};
use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;
use pii_formats::{Charset, Format};

/// What a body is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Media {
    /// Its type in small letters, without parameters.
    pub(super) essence: String,
    /// How it is read.
    pub(super) reading: Reading,
    /// The charset that is declared.
    pub(super) charset: Declared,
    /// The boundary of a multipart body.
    pub(super) boundary: Option<String>,
}

/// A charset as it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// None, or one that says nothing.
    Nothing,
    /// This.
    Exactly(Charset),
    /// UTF-16 in whichever order its mark or its text shows (RFC 2781 §3.3).
    Utf16,
}

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As this.
    As(Format),
    /// As whatever it looks like, text at least.
    Text,
    /// Not at all.
    Unread,
}

/// The most parameters of a media type.
const PARAMETERS_LIMIT: usize = 8;

/// What the headers say. A body without a type, or with two, is none that could be trusted.
pub(super) fn of(headers: &HeaderMap) -> Result<Media, Stop> {
    let wrong = |detail: &'static str| Stop::new(Why::MediaType, detail).at("header content-type");
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next().ok_or_else(|| wrong("there is a body and no Content-Type: say what it is"))?;
    if values.next().is_some() {
        return Err(wrong("there are two of them: send one"));
    }
    let text = value.to_str().map_err(|_| wrong("it is no media type: write one such as application/json"))?;
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let reading = reading(&essence).ok_or_else(|| wrong("it is no media type: write one such as application/json"))?;
    let mut media = Media { essence, reading, charset: Declared::Nothing, boundary: None };
    let mut seen = Vec::new();
    for parameter in pieces(parameters) {
        let (name, value) = parameter.split_once('=').ok_or_else(|| wrong("a parameter is written name=value"))?;
        let (name, value) = (name.trim().to_ascii_lowercase(), unquoted(value.trim()));
        if seen.contains(&name) || seen.len() == PARAMETERS_LIMIT {
            return Err(wrong("a parameter stands there twice, or there are too many"));
        }
        match name.as_str() {
            "charset" => {
                media.charset =
                    charset(&value).map_err(|()| wrong("this charset cannot be read: send UTF-8 or GB18030"))?
            }
            "boundary" => media.boundary = Some(value),
            _ => {}
        }
        seen.push(name);
    }
    Ok(media)
}

/// `None` where it is no media type.
fn reading(essence: &str) -> Option<Reading> {
    let (main, sub) = essence.split_once('/')?;
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    if !is_token(main) || !is_token(sub) {
        return None;
    }
    let suffix = sub.rsplit_once('+').map_or("", |(_, suffix)| suffix);
    Some(match (main, sub, suffix) {
        ("application", "x-www-form-urlencoded", _) => Reading::As(Format::Form),
        ("application" | "text", "x-ndjson" | "ndjson" | "jsonl" | "x-jsonlines" | "jsonlines" | "json-seq", _) => {
            Reading::As(Format::Ndjson)
        }
        ("application" | "text", "json" | "x-json", _) | (_, _, "json") => Reading::As(Format::Json),
        ("application" | "text", "xhtml+xml" | "html", _) => Reading::As(Format::Html),
        ("application" | "text", "xml", _) | (_, _, "xml") => Reading::As(Format::Xml),
        ("text" | "application", "csv", _) => Reading::As(Format::Csv),
        ("text", "tab-separated-values", _) => Reading::As(Format::Tsv),
        ("multipart", _, _) => Reading::As(Format::Multipart),
        ("message", "rfc822", _) => Reading::As(Format::Eml),
        ("text", "plain" | "markdown" | "x-markdown", _) => Reading::Text,
        _ => Reading::Unread,
    })
}

/// Latin-1 says nothing: it is what a library writes that was told nothing.
fn charset(label: &str) -> Result<Declared, ()> {
    let says_nothing = ["iso-8859-1", "latin1", "windows-1252"];
    if says_nothing.iter().any(|word| label.eq_ignore_ascii_case(word)) {
        return Ok(Declared::Nothing);
    }
    match Charset::by_label(label.as_bytes()).ok_or(())? {
        Charset::Utf16Le if !label.eq_ignore_ascii_case("utf-16le") => Ok(Declared::Utf16),
        charset => Ok(Declared::Exactly(charset)),
    }
}

/// The parameters, which semicolons divide that stand outside quotes.
fn pieces(parameters: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let divides = move |c: char| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    };
    parameters.split(divides).map(str::trim).filter(|piece| !piece.is_empty())
}

fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace('\\', ""),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(value: &str) -> Result<Media, Stop> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, value.parse().expect("a header's value"));
        of(&headers)
    }

    #[test]
    fn types_mean_formats() {
        for (value, reading) in [
            ("application/json", Reading::As(Format::Json)),
            ("Application/JSON; charset=UTF-8", Reading::As(Format::Json)),
            ("application/problem+json", Reading::As(Format::Json)),
            ("application/soap+xml;charset=\"utf-8\";action=\"a;b\"", Reading::As(Format::Xml)),
            ("text/xml", Reading::As(Format::Xml)),
            ("application/x-www-form-urlencoded", Reading::As(Format::Form)),
            ("multipart/form-data; boundary=\"a b\"", Reading::As(Format::Multipart)),
            ("text/plain", Reading::Text),
            ("application/pdf", Reading::Unread),
            ("application/octet-stream", Reading::Unread),
        ] {
            assert_eq!(media(value).map(|media| media.reading), Ok(reading), "{value}");
        }
    }

    #[test]
    fn charsets_and_boundaries_are_read() {
        let read = media("multipart/form-data; boundary=\"a;b\"; charset=GBK").expect("a type");
        assert_eq!((read.boundary.as_deref(), read.charset), (Some("a;b"), Declared::Exactly(Charset::Gb18030)));
        for (label, declared) in [
            ("iso-8859-1", Declared::Nothing),
            ("UTF-16", Declared::Utf16),
            ("utf-16le", Declared::Exactly(Charset::Utf16Le)),
            ("utf-16be", Declared::Exactly(Charset::Utf16Be)),
        ] {
            assert_eq!(media(&format!("text/plain; charset={label}")).expect("a type").charset, declared, "{label}");
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for value in [
            "json",
            "application/",
            "/json",
            "a/b/c",
            "text/plain; charset",
            "text/plain; charset=shift_jis",
            "text/plain; charset=utf-8; charset=gbk",
            "application/json, text/plain",
            "",
        ] {
            assert_eq!(media(value).map_err(|stop| stop.why).err(), Some(Why::MediaType), "{value}");
        }
        assert!(of(&HeaderMap::new()).is_err());
    }
}
