//! Which format an input has: by its name, then by its content.

use crate::charset::{self, Charset, Transcoder};
use crate::decode::csv::delimiter;
use crate::decode::fix;
use crate::decode::form::looks_like_form;
use crate::decode::sql::looks_like_sql;
use crate::{Format, binary};
use pii_core::{Engine, OffsetMap};

/// How much of an input is looked at to tell its charset and format, in bytes.
pub const HEAD_BYTES: usize = 64 << 10;

/// The format of an input called `name` that begins with `head`. Text where nothing else is sure: text finds what stands
/// in delimited lines and beside field names as well. `engine` knows the titles that make a table of few columns.
pub(crate) fn format(name: Option<&str>, head: &[u8], engine: &Engine) -> Format {
    name.and_then(by_name).filter(|format| !is_otherwise(*format, head)).unwrap_or_else(|| by_content(head, engine))
}

/// Whether bytes that are declared to be in a format, and in a charset if one is declared, are plainly something else: a JSON
/// document as a form, an archive as JSON, GBK as UTF-8, a zero byte in what has none.
///
/// What is not plain is the decoder's to refuse.
#[must_use]
pub fn contradicts(format: Format, charset: Option<Charset>, bytes: &[u8]) -> bool {
    if binary::by_signature(bytes).is_some() {
        return true;
    }
    // Parts of a message have charsets, and types, of their own.
    if matches!(format, Format::Multipart | Format::Eml) {
        return false;
    }
    if charset.is_some_and(|charset| charset.is_contradicted_by(bytes)) {
        return true;
    }
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let (mut text, mut map) = (Vec::new(), OffsetMap::default());
    let charset = charset.unwrap_or_else(|| charset::detect(head));
    // UTF-32, or digits that are told apart by zero bytes: no text has one.
    if charset.has_no_zero() && memchr::memchr(0, bytes).is_some() {
        return true;
    }
    Transcoder::new(charset).push(head, false, &mut text, &mut map);
    let opening = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text).trim_ascii_start().first();
    match format {
        // Several documents are read, too, and what is none the decoder refuses.
        Format::Json | Format::Ndjson => false,
        Format::Xml => opening.is_some_and(|byte| *byte != b'<'),
        // Whatever begins with a tag a browser shows as a page.
        Format::Html if opening == Some(&b'<') => false,
        _ => is_otherwise(format, &text),
    }
}

/// The format that a file's ending says. Endings that say little (`txt`, `log`) say nothing.
fn by_name(name: &str) -> Option<Format> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = file.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "json" => Format::Json,
        "ndjson" | "jsonl" | "jsonlines" => Format::Ndjson,
        "xml" | "soap" | "wsdl" | "xsd" => Format::Xml,
        "html" | "htm" | "xhtml" => Format::Html,
        "csv" => Format::Csv,
        "tsv" | "tab" => Format::Tsv,
        "eml" | "msg822" | "mht" => Format::Eml,
        "fix" => Format::Fix,
        "form" => Format::Form,
        "sql" => Format::Sql,
        _ => return None,
    })
}

/// Whether a name is wrong about what begins with `head`: a `.json` file with one document a line, a `.csv` file that is a
/// page of HTML. Decoders that refuse what is not theirs need no help here.
fn is_otherwise(format: Format, head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    match format {
        Format::Json => is_ndjson(text),
        Format::Ndjson => text.contains(&b'\n') && is_document(text) && !is_ndjson(text),
        Format::Csv | Format::Tsv | Format::Form | Format::Fix | Format::Eml | Format::Html | Format::Sql => {
            is_document(text)
        }
        Format::Text | Format::Multipart | Format::Xml => false,
    }
}

/// Whether JSON, XML or HTML begins here, and nothing else can.
fn is_document(text: &[u8]) -> bool {
    match text.first() {
        Some(b'{' | b'[') => is_json(text),
        Some(b'<') => {
            let head = text[..text.len().min(16)].to_ascii_lowercase();
            [&b"<?xml"[..], b"<!doctype", b"<html", b"<table"].iter().any(|opening| head.starts_with(opening))
        }
        _ => false,
    }
}

fn by_content(head: &[u8], engine: &Engine) -> Format {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    match text.first() {
        Some(b'{' | b'[') if is_json(text) => {
            return if is_ndjson(text) { Format::Ndjson } else { Format::Json };
        }
        Some(b'<') => return markup(text),
        _ => {}
    }
    if fix::begin(text).is_some_and(|at| memchr::memmem::find(&text[at..], b"9=").is_some()) {
        return Format::Fix;
    }
    if text.starts_with(b"--") && memchr::memmem::find(text, b"Content-Disposition:").is_some() {
        return Format::Multipart;
    }
    if looks_like_sql(text) {
        return Format::Sql;
    }
    if is_mail(text) {
        return Format::Eml;
    }
    if !text.contains(&b'\n') && looks_like_form(text) {
        return Format::Form;
    }
    match delimiter::of_table(text, |name| engine.field_evidence(name).is_labelled()) {
        Some(b'\t') => Format::Tsv,
        Some(_) => Format::Csv,
        None => Format::Text,
    }
}

/// A log line may begin with a bracket; a document goes on with a quote, a bracket or a value.
fn is_json(text: &[u8]) -> bool {
    let inner = text[1..].trim_ascii_start();
    match (text[0], inner.first()) {
        (b'{', Some(b'"')) | (b'[', Some(b'{' | b'[' | b'"')) => true,
        (b'{', Some(b'}')) | (b'[', Some(b']')) => inner[1..].trim_ascii().is_empty(),
        _ => false,
    }
}

/// Two lines at least, each of which is an object or an array of its own.
fn is_ndjson(head: &[u8]) -> bool {
    let mut lines = head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let whole = |line: &[u8]| {
        let ends = (line.first(), line.last());
        matches!(ends, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']'))) && is_json(line)
    };
    let Some(first) = lines.next().filter(|line| whole(line)) else { return false };
    let Some(second) = lines.next() else { return false };
    // The second line may be cut off by the end of the head; its beginning has to be one.
    let begins = second.first() == first.first() && is_json(second);
    begins && lines.take(3).all(|line| line.first() == first.first())
}

fn markup(text: &[u8]) -> Format {
    let head = text[..text.len().min(1024)].to_ascii_lowercase();
    let has = |needle: &[u8]| memchr::memmem::find(&head, needle).is_some();
    if has(b"<!doctype html")
        || has(b"<html")
        || has(b"<body")
        || has(b"<div")
        || has(b"<p>")
        || has(b"<table")
        || has(b"<br")
    {
        Format::Html
    } else if text.get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'?' | b'!' | b'_'))
        || text[1..].first() > Some(&0x7F)
    {
        Format::Xml
    } else {
        Format::Text
    }
}

/// Header fields, two of which every message has.
fn is_mail(text: &[u8]) -> bool {
    const USUAL: [&[u8]; 8] =
        [b"from", b"to", b"subject", b"date", b"mime-version", b"content-type", b"message-id", b"received"];
    let mut usual = 0;
    for line in text.split(|&b| b == b'\n').take(100) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if matches!(line[0], b' ' | b'\t') {
            continue;
        }
        let Some(colon) = memchr::memchr(b':', line) else { return false };
        let name = line[..colon].to_ascii_lowercase();
        if name.is_empty() || !name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') {
            return false;
        }
        usual += usize::from(USUAL.contains(&name.as_slice()));
    }
    usual >= 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::RuleSet;

    fn format(name: Option<&str>, head: &[u8]) -> Format {
        super::format(name, head, &Engine::new(RuleSet::builtin()))
    }

    #[test]
    fn names_decide_where_content_does_not_contradict() {
        assert_eq!(format(Some("a/b.csv"), b"whatever"), Format::Csv);
        assert_eq!(format(Some("a.json"), b"{\"a\":1}"), Format::Json);
        assert_eq!(format(Some("a.json"), b"{\"a\":1}\n{\"a\":2}\n"), Format::Ndjson);
        assert_eq!(format(Some("app.log"), b"{\"a\":1}\n{\"a\":2}\n"), Format::Ndjson);
        assert_eq!(format(Some("mail.EML"), b""), Format::Eml);
        assert_eq!(format(Some("v1__init.SQL"), b"SELECT 1"), Format::Sql);
    }

    #[test]
    fn a_type_that_the_bytes_contradict_is_known() {
        let page = b"<!DOCTYPE html><html><body>1</body></html>";
        for (format, bytes, contradicted) in [
            (Format::Html, &page[..], false),
            (Format::Html, b"<table><tr><td>1</td></tr></table>", false),
            (Format::Html, b"{\"a\":1}", true),
            (Format::Csv, page, true),
            (Format::Text, page, false),
            (Format::Text, b"1\x001\x000\x001", true),
            (Format::Xml, b"a=1", true),
            (Format::Text, b"\x1F\x8B\x08\0\0\0\0\0", true),
            (Format::Eml, b"\x1F\x8B\x08\0\0\0\0\0", true),
        ] {
            assert_eq!(contradicts(format, None, bytes), contradicted, "{format:?} {}", bytes.escape_ascii());
        }
    }

    #[test]
    fn names_that_are_wrong_are_not_believed() {
        for (name, head, expected) in [
            ("a.csv", &b"{\"a\":1,\"b\":2}"[..], Format::Json),
            ("a.csv", b"\xEF\xBB\xBF<html><table><tr><td>1</td></tr></table>", Format::Html),
            ("a.tsv", b"<?xml version=\"1.0\"?><a/>", Format::Xml),
            ("a.csv", b"[2026-11-23],a,b\n", Format::Csv),
            ("a.csv", b"<a@b.cn>,x\n", Format::Csv),
            ("a.eml", b"[{\"a\":1}]", Format::Json),
            ("a.sql", b"{\"a\":1}", Format::Json),
            ("a.txt", b"INSERT INTO t (a) VALUES (1);\n", Format::Sql),
            ("a.jsonl", b"{\n \"a\":1\n}", Format::Json),
            ("a.jsonl", b"{\"a\":1}", Format::Ndjson),
            ("a.xls", b"a\tb\tc\n1\t2\t3\n", Format::Tsv),
        ] {
            assert_eq!(format(Some(name), head), expected, "{name} {}", head.escape_ascii());
        }
    }

    #[test]
    fn content_decides_where_names_say_nothing() {
        for (head, expected) in [
            (&b"{\"a\": {\n\"b\":1}}"[..], Format::Json),
            (b"[{\"a\":1},\n{\"a\":2}]", Format::Json),
            (b"[2026-11-23 10:00:00] INFO started", Format::Text),
            (b"{\"a\":1}\n{\"a\":2}", Format::Ndjson),
            (b"<?xml version=\"1.0\"?><a/>", Format::Xml),
            (b"<html><body>x</body></html>", Format::Html),
            (b"<customer><name>x</name></customer>", Format::Xml),
            (b"From: a@b.cn\r\nSubject: x\r\n\r\nbody", Format::Eml),
            (b"10:00 8=FIX.4.2\x019=5\x0135=D\x01", Format::Fix),
            (b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--", Format::Multipart),
            (b"idNo=1&name=%E5%BC%A0", Format::Form),
            (b"a,b,c\n1,2,3\n4,5,6\n", Format::Csv),
            (b"a\tb\tc\n1\t2\t3\n", Format::Tsv),
            (b"report\na,b,c\n1,2,3\n4,5,6\n7,8", Format::Csv),
            (b"a|b|c\n1|2|3\n4|5|6\n", Format::Csv),
            (b"8=STEP.1.0.0\x019=5\x0135=D\x01", Format::Fix),
            ("姓名,资金账号\n张三,2000100200\n李四,2000100201\n".as_bytes(), Format::Csv),
            ("姓名\t资金账号\n张三\t2000100200\n".as_bytes(), Format::Tsv),
            (
                "姓名,资金账号,地址\n张三,2000100200,\"北京市,海淀区学府街18号\"\n李四,2000100201,x\n".as_bytes(),
                Format::Csv,
            ),
            ("客户张三, 您好\n您的账户, 已经开通\n".as_bytes(), Format::Text),
            (b"SELECT name, phone\nFROM customers\nWHERE id = 1\n", Format::Text),
            (b"fn f(name, phone) {\n    g(name, phone);\n}\n", Format::Text),
            ("您好，张三，请核对\n再见，李四，谢谢".as_bytes(), Format::Text),
            (b"", Format::Text),
            (b"2026-11-23 10:00:00,123 INFO x\n2026-11-23 10:00:00,124 INFO y, z, w\n", Format::Text),
        ] {
            assert_eq!(format(None, head), expected, "{}", head.escape_ascii());
        }
    }
}
