//! Media types, and the formats that they mean.

use crate::Format;

/// What is done with a part of some media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// It has parts of its own.
    Multipart,
    /// It is a message.
    Message,
    /// It is read as this format.
    Read(Format),
    /// It is not read.
    Leave,
}

/// The media type at the front of a `Content-Type` value, in lower case. `None` unless it is written as one.
pub(crate) fn media_type(value: &[u8]) -> Option<String> {
    let end = value.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b';' | b','));
    let name = str::from_utf8(&value[..end.unwrap_or(value.len())]).ok()?;
    let (main, sub) = name.split_once('/')?;
    // RFC 2045 §5.1: tokens. Nothing else may get into an error message or a report.
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    (is_token(main) && is_token(sub) && name.len() <= 127).then(|| name.to_ascii_lowercase())
}

/// What is done with a part of `media_type` that is called `file_name`.
pub(crate) fn treatment(media_type: &str, file_name: Option<&[u8]>) -> Treatment {
    let format = match media_type {
        "message/rfc822" | "message/global" => return Treatment::Message,
        "text/html" | "application/xhtml+xml" => Format::Html,
        "application/json" | "text/json" => Format::Json,
        "application/x-ndjson" | "application/jsonl" | "application/json-lines" => Format::Ndjson,
        "application/xml" | "text/xml" => Format::Xml,
        "text/csv" | "application/csv" => Format::Csv,
        "text/tab-separated-values" => Format::Tsv,
        "application/x-www-form-urlencoded" => Format::Form,
        "text/rtf" | "text/richtext" => return Treatment::Leave,
        "message/delivery-status" | "message/disposition-notification" | "message/feedback-report" => Format::Text,
        // A table that is sent as what the sender's machine opens tables with, or as nothing in particular.
        "application/octet-stream" | "application/vnd.ms-excel" => return by_extension(file_name),
        other if other.starts_with("multipart/") => return Treatment::Multipart,
        other if other.ends_with("+json") => Format::Json,
        other if other.ends_with("+xml") => Format::Xml,
        other if other.starts_with("text/") => Format::Text,
        _ => return Treatment::Leave,
    };
    Treatment::Read(format)
}

fn by_extension(file_name: Option<&[u8]>) -> Treatment {
    let Some(name) = file_name else { return Treatment::Leave };
    let extension = name.rsplit(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    Treatment::Read(match extension.as_slice() {
        b"txt" | b"log" => Format::Text,
        b"csv" => Format::Csv,
        b"tsv" => Format::Tsv,
        b"json" => Format::Json,
        b"ndjson" | b"jsonl" => Format::Ndjson,
        b"xml" => Format::Xml,
        b"html" | b"htm" => Format::Html,
        b"eml" => return Treatment::Message,
        _ => return Treatment::Leave,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_lower_case() {
        assert_eq!(media_type(b"Text/HTML; charset=x").as_deref(), Some("text/html"));
        assert_eq!(media_type(b"text/plain (x)").as_deref(), Some("text/plain"));
        for bad in [&b""[..], b"text", b"text/", b"/plain", b"te<t/plain", b"text/pl\xE4in", b"a/b/c"] {
            assert_eq!(media_type(bad), None);
        }
    }

    #[test]
    fn types_and_what_is_done_with_them() {
        use Treatment::{Leave, Message, Multipart, Read};
        let table: &[(&str, Option<&str>, Treatment)] = &[
            ("text/plain", None, Read(Format::Text)),
            ("text/calendar", Some("a.pdf"), Read(Format::Text)),
            ("text/html", None, Read(Format::Html)),
            ("application/problem+json", None, Read(Format::Json)),
            ("application/soap+xml", None, Read(Format::Xml)),
            ("multipart/mixed", None, Multipart),
            ("message/rfc822", None, Message),
            ("message/partial", None, Leave),
            ("image/jpeg", Some("a.txt"), Leave),
            ("application/pdf", None, Leave),
            ("text/rtf", None, Leave),
            ("application/octet-stream", None, Leave),
            ("application/octet-stream", Some("a.csv.gz"), Leave),
            ("application/octet-stream", Some("客户.CSV"), Read(Format::Csv)),
            ("application/vnd.ms-excel", Some("a.xls"), Leave),
        ];
        for (media_type, name, expected) in table {
            assert_eq!(treatment(media_type, name.map(str::as_bytes)), *expected, "{media_type} {name:?}");
        }
    }
}
