//! Media types, and the formats that they mean.

use crate::Format;

/// The most digits in a row that a word of the protocol has: `windows-31j`, `iso-8859-1`, `cp65001`.
const DIGIT_LIMIT: usize = 5;

/// What is done with a part of some media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// It has parts of its own.
    Multipart,
    /// It is a message.
    Message,
    /// It is read as this format.
    Read(Format),
    /// It is not read, unless its bytes are text.
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
    // Types are reported, so what could be a value is none.
    (is_token(main) && is_token(sub) && name.len() <= 127 && is_word(name.as_bytes()))
        .then(|| name.to_ascii_lowercase())
}

/// The media type of a `data:` URI (RFC 2397) whose content nobody reads. Pictures and recordings are not meant: what they
/// are to people the engine judges.
pub(crate) fn unread_in_data_uri(uri: &[u8]) -> Option<String> {
    let rest = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case(b"data:")).map(|_| &uri[5..])?;
    let end = rest.iter().position(|b| matches!(b, b';' | b',')).unwrap_or(rest.len());
    let name = media_type(&rest[..end])?;
    let is_judged = ["image/", "audio/", "video/"].iter().any(|kind| name.starts_with(kind));
    (!is_judged && treatment(&name, None) == Treatment::Leave).then_some(name)
}

/// Whether this may be a word of the protocol (a field's name, a media type, a charset): ASCII, and no number as long as those
/// that are somebody's.
pub(crate) fn is_word(text: &[u8]) -> bool {
    text.is_ascii() && text.split(|b| !b.is_ascii_digit()).all(|digits| digits.len() <= DIGIT_LIMIT)
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
        "message/delivery-status" | "message/disposition-notification" | "message/feedback-report" => Format::Text,
        // A table that is sent as what the sender's machine opens tables with, or as nothing in particular.
        "application/octet-stream" | "application/vnd.ms-excel" => return by_extension(file_name, Treatment::Leave),
        "text/plain" => return by_extension(file_name, Treatment::Read(Format::Text)),
        other if other.starts_with("multipart/") => return Treatment::Multipart,
        other if other.ends_with("+json") => Format::Json,
        other if other.ends_with("+xml") => Format::Xml,
        other if other.starts_with("text/") => Format::Text,
        _ => return Treatment::Leave,
    };
    Treatment::Read(format)
}

/// What a file's ending says, or else `otherwise`.
fn by_extension(file_name: Option<&[u8]>, otherwise: Treatment) -> Treatment {
    let Some(name) = file_name else { return otherwise };
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
        _ => return otherwise,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_lower_case() {
        assert_eq!(media_type(b"Text/HTML; charset=x").as_deref(), Some("text/html"));
        assert_eq!(media_type(b"text/plain (x)").as_deref(), Some("text/plain"));
        for bad in
            [&b""[..], b"text", b"text/", b"/plain", b"te<t/plain", b"text/pl\xE4in", b"a/b/c", b"a/x-13800138000"]
        {
            assert_eq!(media_type(bad), None);
        }
    }

    #[test]
    fn data_uris_that_nobody_reads() {
        for (uri, expected) in [
            ("data:application/pdf;base64,JVBE", Some("application/pdf")),
            ("DATA:application/zip,x", Some("application/zip")),
            ("data:text/plain;base64,MTM4", None),
            ("data:image/png;base64,iVBO", None),
            ("data:,x", None),
            ("https://x/a.pdf", None),
        ] {
            assert_eq!(unread_in_data_uri(uri.as_bytes()).as_deref(), expected, "{uri}");
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
            ("text/rtf", None, Read(Format::Text)),
            ("text/plain", Some("a.csv"), Read(Format::Csv)),
            ("text/plain", Some("a.doc"), Read(Format::Text)),
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
