//! `format=flowed`: paragraphs that a mail program has broken into lines with a space before each break (RFC 3676).

use crate::decode::run::Run;
use crate::sink::{Decode, Draft, Sink, SyntaxError};
use pii_core::{Evidence, Place};
use std::ops::Range;

/// Reads a whole text; every paragraph is a record.
pub(crate) struct Flowed {
    /// Whether the space before a soft break was put there with it (§4.1, `DelSp=yes`).
    pub(crate) deletes_space: bool,
}

impl Decode for Flowed {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        if !end {
            return Ok(0);
        }
        let mut run = Run::default();
        let mut depth = 0;
        let mut at = 0;
        while at < input.len() {
            let next = memchr::memchr(b'\n', &input[at..]).map_or(input.len(), |n| at + n + 1);
            let line = Line::read(input, at..next, self.deletes_space);
            // A paragraph does not go on at another depth of quotes (§4.5).
            if line.depth != depth {
                tell(&mut run, sink)?;
                depth = line.depth;
            }
            run.push_same(input, line.text);
            if !line.is_soft {
                tell(&mut run, sink)?;
            }
            at = next;
        }
        tell(&mut run, sink)?;
        Ok(input.len())
    }
}

/// A line without its quote marks, its stuffed space and its end.
struct Line {
    depth: usize,
    text: Range<usize>,
    is_soft: bool,
}

impl Line {
    fn read(input: &[u8], line: Range<usize>, deletes_space: bool) -> Self {
        let written = &input[line.clone()];
        let written = written.strip_suffix(b"\n").unwrap_or(written);
        let written = written.strip_suffix(b"\r").unwrap_or(written);
        let depth = written.iter().take_while(|b| **b == b'>').count();
        let stuffed = usize::from(written.get(depth) == Some(&b' '));
        let text = &written[depth + stuffed..];
        // The line before a signature ends with a space of its own (§4.3).
        let is_soft = text.ends_with(b" ") && text != b"-- ";
        let start = line.start + depth + stuffed;
        Self { depth, text: start..start + text.len() - usize::from(is_soft && deletes_space), is_soft }
    }
}

fn tell<S: Sink>(run: &mut Run, sink: &mut S) -> Result<(), SyntaxError> {
    if !run.is_blank() {
        let record = sink.open_record();
        sink.segment(Draft {
            source: run.source(),
            text: run.text(),
            place: Place::plain(),
            evidence: Evidence::none(),
            path: &"",
            record,
            lines_are_records: false,
        })?;
        sink.close_record(record);
    }
    run.clear();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::{record, segments};
    use proptest::prelude::*;

    fn told(input: &str, deletes_space: bool) -> Vec<String> {
        let events = record(Flowed { deletes_space }, input.as_bytes(), &[]).expect("any text can be read");
        segments(&events).iter().map(|s| s.text_str()).collect()
    }

    #[test]
    fn paragraphs_are_joined() {
        type Row<'a> = (&'a str, bool, &'a [&'a str]);
        let table: &[Row<'_>] = &[
            ("", false, &[]),
            ("a \r\nb\r\nc\r\n", false, &["a b", "c"]),
            ("手机138 \r\n00138000\r\n", true, &["手机13800138000"]),
            ("> 138 \n> 00138000\n>> x\n", true, &["13800138000", "x"]),
            ("> a \nb", false, &["a ", "b"]),
            ("-- \na", false, &["-- ", "a"]),
            ("  a \n b ", false, &[" a b "]),
            ("a \n\nb", false, &["a ", "b"]),
        ];
        for (input, deletes_space, expected) in table {
            assert_eq!(told(input, *deletes_space), *expected, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_visible_is_lost(input in "([a-z> ]{0,6}(\r\n|\n)){0,6}[a-z ]{0,4}", deletes_space in any::<bool>()) {
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            prop_assert_eq!(letters(&told(&input, deletes_space).concat()), letters(&input));
        }
    }
}
