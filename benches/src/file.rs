//! Files of every format, made of the same rows: with values planted in them, and without personal data.

use pii_formats::Format;
use pii_tests::coding::percent;
use pii_tests::document::{Document, Truth};
use pii_tests::generate::Generator;
use pii_tests::mail::{self, Mail, Transfer};
use pii_tests::template::{Marked, Template};

/// Names and values of a row that is about an investor.
const PLANTED: [(&str, &str); 10] = [
    ("seq", "{~n5}"),
    ("custName", "{name!L}"),
    ("idNo", "{id18!L}"),
    ("mobile", "{mobile!L}"),
    ("email", "{email!L}"),
    ("bankCard", "{card!L}"),
    ("address", "{addr!L}"),
    ("orderId", "{~oid}"),
    ("amount", "{~px}"),
    ("tradeDate", "{~date}"),
];

/// Names and values of a row that is about nobody.
const HARMLESS: [(&str, &str); 10] = [
    ("seq", "{~n5}"),
    ("orderId", "{~oid}"),
    ("code", "{~code6}"),
    ("product", "{~product}"),
    ("exchange", "{~exchange}"),
    ("price", "{~px}"),
    ("qty", "{~qty}"),
    ("tradeDate", "{~date}"),
    ("traceId", "{~uuid}"),
    ("status", "清算完成"),
];

/// How many rows a part of a multipart body has: a body has at most 1,000 parts.
const ROWS_A_PART: usize = 20;

/// A way of writing rows, and so a line of the table.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What the table calls it.
    pub name: &'static str,
    /// How it is read.
    pub format: Format,
    /// How the body of an e-mail travels.
    transfer: Option<Transfer>,
}

/// Every format; e-mail in every transfer encoding.
#[must_use]
pub fn kinds() -> Vec<Kind> {
    let plain = Format::ALL.into_iter().filter(|format| *format != Format::Eml);
    let mut kinds: Vec<Kind> = plain.map(|format| Kind { name: format.name(), format, transfer: None }).collect();
    let mails = ["eml, 8bit", "eml, quoted-printable", "eml, base64"];
    kinds.extend(Transfer::ALL.into_iter().zip(mails).map(|(transfer, name)| Kind {
        name,
        format: Format::Eml,
        transfer: Some(transfer),
    }));
    kinds
}

impl Kind {
    /// A file of about `bytes` whose rows are about investors.
    #[must_use]
    pub fn planted(&self, bytes: usize) -> Document {
        self.file(bytes, &PLANTED, "姓名：{name!L} 手机：{mobile!L} 资金账号：{cash!L}")
    }

    /// A file of about `bytes` without personal data.
    #[must_use]
    pub fn harmless(&self, bytes: usize) -> Document {
        self.file(bytes, &HARMLESS, "{~product} 批次号{~oid}清算完成")
    }

    /// How many rows a file of about `bytes` without personal data has.
    #[must_use]
    pub fn rows(&self, bytes: usize) -> usize {
        // Each row says once that it is settled; the same rows are written in every transfer encoding.
        let plain = Kind { transfer: None, ..*self }.harmless(bytes);
        memchr::memmem::find_iter(&plain.bytes, "清算完成").count()
    }

    fn file(&self, bytes: usize, fields: &[(&str, &str)], note: &str) -> Document {
        let Layout { head, row, between, tail } = layout(self.format, fields, note);
        let row = Template::parse(&row).expect("rows name slots and fillers that there are");
        let mut generator = Generator::new(20_261_126);
        let mut file = Document::default();
        file.push(head);
        for nth in 0.. {
            if nth > 0 {
                file.push(between);
            }
            let filled = row.fill(&mut generator, &mut Marked::new());
            // A form's values are percent-encoded; names and fillers are ASCII already, or stay as they are.
            let filled = match self.format {
                Format::Form => filled.rewritten(|truth| Some(truth.value.bytes().map(percent).collect())),
                _ => filled,
            };
            file.append(&filled);
            if file.bytes.len() >= bytes {
                break;
            }
        }
        file.push(tail);
        match self.transfer {
            None => file,
            Some(transfer) => {
                let mut subject = Document::default();
                subject.push("交易确认");
                without_sender(&mail::eml(&Mail { subject, body: file, attachment: Document::default() }, transfer))
            }
        }
    }
}

/// A mail without its first line: the sender's address is an address, though nobody's.
fn without_sender(mail: &Document) -> Document {
    let first = memchr::memchr(b'\n', &mail.bytes).map_or(0, |at| at + 1);
    let truths = mail.truths.iter().cloned();
    let truths = truths.map(|truth| Truth { start: truth.start - first, end: truth.end - first, ..truth });
    Document { bytes: mail.bytes[first..].to_vec(), truths: truths.collect() }
}

/// How a file is put together.
struct Layout {
    head: String,
    row: String,
    between: &'static str,
    tail: &'static str,
}

fn layout(format: Format, fields: &[(&str, &str)], note: &str) -> Layout {
    let each = |write: &dyn Fn(&str, &str) -> String, between: &str| {
        fields.iter().map(|(name, value)| write(name, value)).collect::<Vec<_>>().join(between)
    };
    let names = |between: &str| each(&|name, _| name.to_owned(), between);
    let values = |between: &str| each(&|_, value| value.to_owned(), between);
    let pairs = |between: &str| each(&|name, value| format!("{name}={value}"), between);
    let object = || format!("{{{{{}}}}}", each(&|name, value| format!("\"{name}\":\"{value}\""), ","));
    let (head, row, between, tail) = match format {
        Format::Text | Format::Eml => (String::new(), format!("{{~dt}} INFO {{~svc}} - {}", pairs(" ")), "\n", "\n"),
        Format::Json => ("[".to_owned(), object(), ",\n", "]\n"),
        Format::Ndjson => (String::new(), object(), "\n", "\n"),
        Format::Form => (String::new(), pairs("&"), "&", ""),
        Format::Multipart => {
            const PART: &str = "--b0undary\r\nContent-Disposition: form-data; name=\"rows\"\r\n\r\n";
            let rows = vec![pairs(" "); ROWS_A_PART].join("\r\n");
            (String::new(), format!("{PART}{rows}").replace("\r\n", "\\r\\n"), "\r\n", "\r\n--b0undary--\r\n")
        }
        Format::Xml => {
            let row = each(&|name, value| format!("<{name}>{value}</{name}>"), "");
            ("<?xml version=\"1.0\"?>\n<rows>\n".to_owned(), format!("<row>{row}</row>"), "\n", "\n</rows>\n")
        }
        Format::Html => {
            let head = each(&|name, _| format!("<th>{name}</th>"), "");
            let row = each(&|_, value| format!("<td>{value}</td>"), "");
            let head = format!("<html><body><table>\n<tr>{head}</tr>\n");
            (head, format!("<tr>{row}</tr>"), "\n", "\n</table></body></html>\n")
        }
        Format::Csv => (names(",") + "\n", values(","), "\n", "\n"),
        Format::Tsv => (names("\t") + "\n", values("\\t"), "\n", "\n"),
        Format::Fix => {
            let row = "8=FIX.4.4|9=200|35=8|52={~fixtime}|11={~oid}|55={~code6}|54=1|38={~qty}|44={~px}|58=";
            (String::new(), format!("{row}{note}|10=000|").replace('|', "\u{1}"), "\n", "\n")
        }
        Format::Sql => {
            let row = each(&|_, value| format!("'{value}'"), ", ");
            (String::new(), format!("INSERT INTO t ({}) VALUES ({row});", names(", ")), "\n", "\n")
        }
    };
    Layout { head, row, between, tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_their_size_and_their_values() {
        for kind in kinds() {
            let (planted, harmless) = (kind.planted(20_000), kind.harmless(20_000));
            assert!((20_000..60_000).contains(&planted.bytes.len()), "{}: {}", kind.name, planted.bytes.len());
            assert!(planted.truths.len() > 60, "{}: {} values", kind.name, planted.truths.len());
            assert!(harmless.truths.is_empty(), "{}", kind.name);
        }
    }
}
