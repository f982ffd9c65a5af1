//! Inputs made to be slow: one thing over and over, as an attacker or a broken log would send it, as text and where each
//! format has its values; and what is deep, long or broken in a format's own ways.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_formats::Format;

/// An input, and what is in it.
pub struct Worst {
    /// What the table calls it.
    pub name: String,
    /// How it is read; `None` finds out.
    pub format: Option<Format>,
    /// The input.
    pub bytes: Vec<u8>,
}

/// What is repeated, in one line, as text and as a value in every format.
const UNITS: [&str; 73] = [
    // Digits, with what may stand between them.
    "1",
    "12345678",
    "1 ",
    "1-",
    "1.",
    "1,",
    "1.1.1.",
    "1/",
    "1:",
    "1_",
    "0x1",
    "１",
    "一二三四五",
    "1890-01-01 ",
    "138 0013 8000 ",
    "13800138000",
    "13800138000,",
    "440524188001010014 ",
    "440524188001010014",
    "A1B2",
    "+86 ",
    // Separators and punctuation.
    " ",
    "-",
    "*",
    "*1",
    "\"",
    "'",
    "[",
    "{",
    "<",
    "(",
    "（",
    "\\",
    "\\\"",
    "''",
    "\"\"",
    "&",
    "=",
    "%",
    "，",
    // Addresses of mail.
    "a@",
    "@",
    "a@b.cn ",
    "a.b.",
    "a@b.",
    // What is coded, or begins to be.
    "{\"a\":",
    "{\"idNo\":",
    "[1,",
    "<a>",
    "<!--",
    "&#49;",
    "&#",
    "&#x",
    "%31",
    "%",
    "\\u0031",
    "\\x31",
    "=?UTF-8?B?",
    "=31",
    "=E5",
    "=\u{1}",
    "8=FIX\u{1}",
    // Labels and cues, and what may follow them.
    "password=",
    "token: x ",
    "Dear ",
    "Name: ",
    "身份证号",
    "姓名",
    "姓名：张",
    "先生",
    "尊敬的",
    "尊敬的张三",
    "客户",
];

/// More of them: Han text, bytes that are none, line ends.
const MORE: [&[u8]; 22] = [
    "张".as_bytes(),
    "张王李赵".as_bytes(),
    "的".as_bytes(),
    "張三".as_bytes(),
    "身份證號碼：".as_bytes(),
    "張三13800138000".as_bytes(),
    "张三13800138000".as_bytes(),
    "深圳市路".as_bytes(),
    "地址路号".as_bytes(),
    "省市区县路号".as_bytes(),
    "先生女士".as_bytes(),
    "\u{200b}1".as_bytes(),
    "①".as_bytes(),
    "壹贰叁".as_bytes(),
    b"\0",
    b"1\0",
    b"\x1b[31m1",
    b"\xff",
    b"\xc5\xe9",
    b"1\n",
    b"\n",
    b"\r\n",
];

/// Every input, of about `bytes` each.
pub fn inputs(bytes: usize) -> impl Iterator<Item = Worst> {
    let units = UNITS.iter().map(|unit| unit.as_bytes()).chain(MORE);
    let repeated = units.map(move |unit| (shown(unit), unit.repeat(bytes / unit.len())));
    let values = repeated.chain(made(bytes)).flat_map(|(name, value)| {
        let whole = [Some(Format::Text), None];
        let whole = whole.map(|format| Worst { name: name.clone(), format, bytes: value.clone() });
        // NDJSON is read as JSON is, and TSV as CSV.
        let is_apart = |format: &Format| !matches!(format, Format::Text | Format::Ndjson | Format::Tsv);
        let in_format = Format::ALL.into_iter().filter(is_apart);
        let wrapped: Vec<Worst> = in_format
            .map(|format| Worst { name: name.clone(), format: Some(format), bytes: wrapped(format, &value) })
            .collect();
        whole.into_iter().chain(wrapped)
    });
    values.chain(shaped(bytes))
}

fn shown(unit: &[u8]) -> String {
    match std::str::from_utf8(unit) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("bytes {unit:02X?}"),
    }
}

/// Values that are more than a repetition.
fn made(bytes: usize) -> Vec<(String, Vec<u8>)> {
    let of = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    let units = || UNITS.iter().copied();
    let every = units().collect::<Vec<_>>().join(" ");
    let numbers: String = (1..64).map(|length| "1234567890".repeat(7)[..length].to_owned() + " ").collect();
    vec![
        of("one after the other", every.repeat(bytes / every.len())),
        of("numbers of every length", numbers.repeat(bytes / numbers.len())),
        of("one number", "13800138000 ".to_owned() + &"x".repeat(bytes)),
        of("base64 of digits", STANDARD.encode("1".repeat(bytes / 4 * 3))),
        of("base64 in base64", coded_again(bytes)),
        of("base64 everywhere", (STANDARD.encode("手机13800138000 ") + " ").repeat(bytes / 32)),
        of("JSON in JSON", json_in_json(bytes)),
        of("lines of two bytes", "1\n".repeat(bytes / 2)),
        of("labels on lines", "手机\n13800138000\n".repeat(bytes / 19)),
    ]
}

/// The value where each format has values.
fn wrapped(format: Format, value: &[u8]) -> Vec<u8> {
    let (before, after) = match format {
        Format::Text => ("", ""),
        Format::Json => ("{\"note\":\"", "\"}"),
        Format::Ndjson => ("{\"a\":1}\n{\"note\":\"", "\"}\n"),
        Format::Form => ("a=1&note=", "&b=2"),
        Format::Multipart => ("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n", "\r\n--b--\r\n"),
        Format::Xml => ("<r><note>", "</note></r>"),
        Format::Html => ("<html><body><p>", "</p></body></html>"),
        Format::Csv => ("序号,手机,备注\n1,", ",无\n"),
        Format::Tsv => ("seq\tphone\tnote\n1\t", "\tnone\n"),
        Format::Fix => ("8=FIX.4.4\u{1}9=200\u{1}35=8\u{1}58=", "\u{1}10=000\u{1}\n"),
        Format::Eml => ("From: a@b.cn\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", "\r\n"),
        Format::Sql => ("INSERT INTO t (seq, phone, note) VALUES (1, '", "', 'none');\n"),
    };
    [before.as_bytes(), value, after.as_bytes()].concat()
}

/// Whole documents that are deep, wide or broken.
fn shaped(bytes: usize) -> Vec<Worst> {
    let times = |unit: &str| unit.repeat(bytes / unit.len());
    // The deepest that is read; what is deeper is refused at once.
    let deep = |open: &str, close: &str| {
        let one = open.repeat(100) + &close.repeat(100);
        one.repeat(bytes / one.len())
    };
    let of = |name: &str, format: Format, text: String| Worst {
        name: name.to_owned(),
        format: Some(format),
        bytes: text.into_bytes(),
    };
    vec![
        of("arrays, deep", Format::Json, deep("[", "]")),
        of("objects, deep", Format::Json, deep("{\"a\":", "}").replace(":}", ":1}")),
        of("array, wide", Format::Json, format!("[{}1]", times("1,"))),
        of("object, wide", Format::Json, format!("{{{}\"z\":1}}", times("\"a\":1,"))),
        of("keys, all different", Format::Json, format!("{{{}\"z\":1}}", counted(bytes, |n| format!("\"k{n}\":1,")))),
        of("objects, small", Format::Ndjson, times("{\"a\":1}\n")),
        of("lists of titles", Format::Json, format!("[{}[]]", times("[\"姓名\",\"手机\"],"))),
        of("elements, deep", Format::Xml, format!("<r>{}</r>", deep("<a>", "</a>"))),
        of("elements, empty", Format::Xml, format!("<r>{}</r>", times("<a/>"))),
        of("attributes, many", Format::Xml, format!("<r {}/>", counted(bytes, |n| format!("a{n}=\"1\" ")))),
        of("tags in a number", Format::Html, format!("<p>{}</p>", times("<b>1</b>"))),
        of("elements, open", Format::Html, times("<div>")),
        of("tables in tables", Format::Html, times("<table><tr><td>")),
        of("cells, empty", Format::Csv, times(",")),
        of("rows, empty", Format::Csv, format!("姓名,手机\n{}", times(",\n"))),
        of("quotes, open", Format::Csv, format!("姓名,手机\n{}", times("\"a\n"))),
        of("headers again", Format::Csv, times("姓名,手机,身份证号\n")),
        of("cells, empty", Format::Tsv, times("\t")),
        of("pairs", Format::Form, times("a=1&")),
        of("parts", Format::Multipart, times("--b\r\n\r\n1\r\n") + "--b--\r\n"),
        of("fields", Format::Fix, format!("8=FIX.4.4\u{1}{}10=000\u{1}\n", times("58=1\u{1}"))),
        of("messages", Format::Fix, times("8=FIX.4.4\u{1}9=5\u{1}35=0\u{1}10=000\u{1}\n")),
        of("header lines", Format::Eml, times("X-A: 1\r\n") + "\r\n1"),
        of("header line, folded", Format::Eml, format!("Subject: {}\r\n\r\n1", times("a\r\n "))),
        of("recipients", Format::Eml, format!("To: {}\r\n\r\n1", times("<a@b.cn>, "))),
        of("comments", Format::Eml, format!("To: {}\r\n\r\n1", times("("))),
        of("encoded words", Format::Eml, format!("Subject: {}\r\n\r\n1", times("=?UTF-8?B?MTM=?= "))),
        of(
            "parameters",
            Format::Eml,
            format!("Content-Type: text/plain; {}\r\n\r\n1", counted(bytes, |n| format!("a*{n}=1; "))),
        ),
        of("statements", Format::Sql, times("INSERT INTO t (phone) VALUES ('1');\n")),
        of("rows of a statement", Format::Sql, format!("INSERT INTO t (phone) VALUES {}('1');\n", times("('1'),"))),
        of("brackets, deep", Format::Sql, format!("SELECT {}", times("("))),
        of("comments, open", Format::Sql, times("/*")),
        of("names", Format::Sql, counted(bytes, |n| format!("CREATE TABLE t{n} (phone int);\n"))),
    ]
}

/// `write` of one number after the other, to about `bytes`.
fn counted(bytes: usize, write: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 64);
    for n in 0.. {
        if text.len() >= bytes {
            break;
        }
        text += &write(n);
    }
    text
}

/// A text coded as base64 until it has reached `bytes`.
fn coded_again(bytes: usize) -> String {
    let mut text = "手机13800138000 ".repeat(64);
    while text.len() < bytes / 2 {
        text = STANDARD.encode(text);
    }
    text
}

/// A document in a string in a document, until it has reached `bytes`: each string doubles the backslashes of the last.
fn json_in_json(bytes: usize) -> String {
    let mut text = "{\"mobile\":\"13800138000\"}".to_owned();
    loop {
        let next = format!("{{\"body\":\"{}\"}}", text.replace('\\', "\\\\").replace('"', "\\\""));
        if next.len() > bytes {
            break;
        }
        text = next;
    }
    (text.clone() + " ").repeat(bytes / (text.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_size_that_was_asked_for() {
        for input in inputs(10_000) {
            let (size, limit) = (input.bytes.len(), 2 * 10_000);
            assert!((4_000..=limit).contains(&size), "{} as {:?}: {size}", input.name, input.format);
        }
    }
}
