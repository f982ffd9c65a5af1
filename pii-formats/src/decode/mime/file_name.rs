//! The name of a file, which people make up of several words: `对账单_张三_2026.pdf`.
//!
//! It is text, and each of its words may be a person's name. Nothing says so but that it stands alone, so it counts only
//! when all of the word is one.

use crate::sink::{Decode, Draft, Sink, SyntaxError, Text};
use pii_core::{Evidence, Place};
use std::ops::Range;

/// More words than any file's name has.
const WORD_LIMIT: usize = 64;

/// Reads one file name, in UTF-8.
pub(crate) struct FileName;

impl Decode for FileName {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !end {
            return Ok(0);
        }
        let record = sink.open_record();
        let name = sink.field(b"name");
        let mut tell = |source: Range<usize>, evidence: Evidence| {
            let draft = Draft {
                source,
                text: Text::Same,
                place: Place::plain(),
                evidence,
                path: &"",
                record,
                lines_are_records: false,
            };
            sink.segment(draft)
        };
        tell(0..input.len(), Evidence::none())?;
        if name.is_labelled {
            for word in words(input).into_iter().take(WORD_LIMIT) {
                tell(word, name.evidence)?;
            }
        }
        sink.close_record(record);
        Ok(input.len())
    }
}

/// The words that are not written in ASCII: everything between signs that separate.
fn words(input: &[u8]) -> Vec<Range<usize>> {
    let Ok(text) = str::from_utf8(input) else { return Vec::new() };
    let mut found = Vec::new();
    let mut start = 0;
    let is_sign = |c: char| c.is_ascii() || "（）【】，、。：；《》“”—～－＿\u{3000}".contains(c);
    for (at, sign) in text.char_indices().filter(|(_, c)| is_sign(*c)) {
        found.push(start..at);
        start = at + sign.len_utf8();
    }
    found.push(start..text.len());
    found.retain(|word| !word.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::{RecordingSink, record_into, segments};

    #[test]
    fn words_are_told_as_possible_names() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("report.pdf", &[]),
            ("张三.pdf", &["张三"]),
            ("对账单_张三_123456789.pdf", &["对账单", "张三"]),
            ("张三（客户）-对账单 2026.pdf", &["张三", "客户", "对账单"]),
        ];
        for (input, expected) in table {
            let mut sink = RecordingSink::default();
            sink.labelled.push(b"name");
            record_into(&mut sink, FileName, input.as_bytes(), &[]).expect("any name can be read");
            let told: Vec<String> = segments(&sink.events).iter().map(|s| s.text_str()).collect();
            assert_eq!(told[0], *input);
            assert_eq!(told[1..], **expected, "{input:?}");
        }
        assert!(words(b"\xD5\xC5").is_empty());
    }
}
