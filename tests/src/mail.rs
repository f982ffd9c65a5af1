//! Real e-mails: encoded words in headers, transfer encodings in the body, a file name in RFC 2231 form.

use crate::coding::{base64, percent};
use crate::document::{Document, Truth};

/// The parts of an e-mail before it is written as one.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The subject.
    pub subject: Document,
    /// The body.
    pub body: Document,
    /// The attachment's file name; empty for no attachment.
    pub attachment: Document,
}

/// How the body travels (RFC 2045 §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// As it is, in UTF-8.
    EightBit,
    /// Quoted-printable.
    QuotedPrintable,
    /// Base64 in lines of 76 characters.
    Base64,
}

impl Transfer {
    /// Every transfer encoding.
    pub const ALL: [Self; 3] = [Self::EightBit, Self::QuotedPrintable, Self::Base64];

    fn name(self) -> &'static str {
        match self {
            Self::EightBit => "8bit",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }
}

impl Mail {
    /// The e-mail as a log or a ticket shows it.
    #[must_use]
    pub fn as_text(&self) -> Document {
        let mut text = Document::default();
        text.push("主题：");
        text.append(&self.subject);
        text.push("。");
        text.append(&self.body);
        if !self.attachment.bytes.is_empty() {
            text.push("附件：");
            text.append(&self.attachment);
        }
        text
    }
}

/// Writes the e-mail with its body in `transfer`.
#[must_use]
pub fn eml(mail: &Mail, transfer: Transfer) -> Document {
    const BOUNDARY: &str = "=_part_1a2b3c";
    let mut out = Document::default();
    // Role addresses: a person's own would be planted, and the routing headers are what a mail route lets pass.
    out.push("From: service@firm.example\r\nTo: undisclosed-recipients:;\r\nSubject: ");
    out.append(&encoded_words(&mail.subject));
    out.push("\r\nMIME-Version: 1.0\r\n");
    let attached = !mail.attachment.bytes.is_empty();
    if attached {
        out.push(format!("Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\n"));
    }
    let coding = transfer.name();
    out.push(format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {coding}\r\n\r\n"));
    let body = mail.body.recoded(|c| if c == '\n' { b"\r\n".to_vec() } else { c.to_string().into_bytes() });
    out.append(&match transfer {
        Transfer::EightBit => body,
        Transfer::QuotedPrintable => quoted_printable(&body),
        Transfer::Base64 => body.carried(base64_lines(&body.bytes)),
    });
    out.push("\r\n");
    if attached {
        out.push(format!(
            "--{BOUNDARY}\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename*=UTF-8''"
        ));
        out.append(&mail.attachment.recoded(|c| c.to_string().bytes().map(percent).collect::<String>().into_bytes()));
        out.push(format!("\r\n\r\nsee above\r\n--{BOUNDARY}--\r\n"));
    }
    out
}

/// Base64 in lines of 76 characters.
#[must_use]
pub fn base64_lines(bytes: &[u8]) -> String {
    let coded = base64(bytes);
    let lines: Vec<&str> = (0..coded.len()).step_by(76).map(|at| &coded[at..coded.len().min(at + 76)]).collect();
    lines.join("\r\n")
}

/// Quoted-printable with soft line breaks before column 76; spans follow.
#[must_use]
pub fn quoted_printable(document: &Document) -> Document {
    let mut column = 0;
    document.recoded(|c| {
        if matches!(c, '\r' | '\n') {
            column = 0;
            return vec![c as u8];
        }
        let plain = c.is_ascii_graphic() && c != '=' || c == ' ';
        let tokens = c.to_string();
        let mut out = Vec::new();
        for byte in tokens.bytes() {
            let token = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            if column + token.len() > 75 {
                out.extend(b"=\r\n");
                column = 0;
            }
            column += token.len();
            out.extend(token.bytes());
        }
        out
    })
}

/// The text in base64 encoded words (RFC 2047), folded; a value spans all words that hold some of it.
#[must_use]
pub fn encoded_words(document: &Document) -> Document {
    if document.bytes.is_ascii() {
        return document.clone();
    }
    let mut out = Document::default();
    // Where each word's text stood, and where the word stands.
    let mut words: Vec<(usize, usize, usize, usize)> = Vec::new();
    let mut rest = document.text();
    while !rest.is_empty() {
        // 75 characters a word (§2) leave 45 bytes of text.
        let end = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 45).last().unwrap_or(1);
        if !words.is_empty() {
            out.push("\r\n ");
        }
        let (start, from) = (out.bytes.len(), document.bytes.len() - rest.len());
        out.push(format!("=?UTF-8?B?{}?=", base64(&rest.as_bytes()[..end])));
        words.push((from, from + end, start, out.bytes.len()));
        rest = &rest[end..];
    }
    out.truths = document.truths.iter().map(|truth| spanning(truth, &words)).collect();
    out
}

fn spanning(truth: &Truth, words: &[(usize, usize, usize, usize)]) -> Truth {
    let holding = words.iter().filter(|(from, to, ..)| *from < truth.end && truth.start < *to);
    let (start, end) = holding.fold((usize::MAX, 0), |(start, end), word| (start.min(word.2), end.max(word.3)));
    Truth { start, end, ..truth.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coding::{base64_decode, percent_decode, quoted_printable_decode};
    use crate::generate::Generator;
    use crate::message::{self, PATTERNS};

    #[test]
    fn every_transfer_encoding_holds_every_value() {
        let mut generator = Generator::new(3);
        for pattern in PATTERNS.iter() {
            let Some(mail) = pattern.fill_mail(&mut generator) else { continue };
            for transfer in Transfer::ALL {
                let written = eml(&mail, transfer);
                assert_eq!(written.truths.len(), mail.as_text().truths.len());
                for truth in &written.truths {
                    let cut = written.cut(truth);
                    let readings =
                        [cut.to_vec(), quoted_printable_decode(cut), percent_decode(cut), decoded_words(cut)];
                    let coded = base64_decode(cut).unwrap_or_default();
                    let found = readings.iter().chain([&coded]).any(|reading| {
                        reading.windows(truth.value.len()).any(|window| window == truth.value.as_bytes())
                    });
                    assert!(found, "{} {transfer:?} {truth:?}", pattern.id);
                }
            }
        }
    }

    fn decoded_words(bytes: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(bytes);
        text.split("=?UTF-8?B?")
            .filter_map(|word| base64_decode(word.split("?=").next()?.as_bytes()))
            .flatten()
            .collect()
    }

    #[test]
    fn lines_stay_short() {
        for message in message::mails(&mut Generator::new(2)) {
            if message.document.bytes.is_ascii() {
                let longest = message.document.text().lines().map(str::len).max();
                assert!(longest <= Some(200), "{} {longest:?}", message.id);
            }
        }
        let long = message::mails(&mut Generator::new(2)).len();
        assert_eq!(long % Transfer::ALL.len(), 0);
    }

    #[test]
    fn quoted_printable_comes_back() {
        let mut generator = Generator::new(8);
        for _ in 0..50 {
            let plain = message::next(&mut generator).document;
            let coded = quoted_printable(&plain);
            assert!(coded.bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 77));
            assert_eq!(quoted_printable_decode(&coded.bytes), plain.bytes);
        }
    }
}
