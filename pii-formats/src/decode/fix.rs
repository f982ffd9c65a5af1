//! FIX messages in logs: `tag=value` fields behind `8=FIX` (FIX 4.0 to 5.0 SP2, tag=value encoding).
//!
//! Fields have fixed widths here: body length and message length are written in the message, so an edit keeps its bytes
//! and only the check sum (tag 10) is computed again.

mod tag;

use crate::sink::{Decode, Draft, RecordId, Sink, SyntaxError, Text};
use memchr::memmem;
use pii_core::{Coding, Evidence, Place, Room};
use std::fmt;
use std::ops::Range;

/// A longer line is no log line, in bytes.
const LINE_LIMIT_BYTES: usize = 1 << 20;

/// Reads logs of FIX messages.
pub(crate) struct Log;

impl Decode for Log {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let mut done = 0;
        while done < input.len() {
            let rest = &input[done..];
            let len = match memchr::memchr(b'\n', rest) {
                Some(at) => at + 1,
                None if rest.len() > LINE_LIMIT_BYTES => {
                    return Err(SyntaxError { at: done, what: "a line of more than 1 MiB", is_limit: true });
                }
                None if end => rest.len(),
                None => break,
            };
            line(input, done..done + len, sink)?;
            done += len;
        }
        Ok(done)
    }
}

/// Reads a line: text, and the messages in it.
fn line<S: Sink>(input: &[u8], line: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    let mut at = line.start;
    while let Some(start) = memmem::find(&input[at..line.end], b"8=FIX").map(|n| at + n) {
        text(input, at..start, sink)?;
        at = message(input, start..line.end, sink)?;
    }
    text(input, at..line.end, sink)
}

fn text<S: Sink>(input: &[u8], span: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    if input[span.clone()].trim_ascii().is_empty() {
        return Ok(());
    }
    let record = sink.open_record();
    sink.segment(Draft {
        source: span,
        text: Text::Same,
        place: Place::plain(),
        evidence: Evidence::none(),
        path: &"",
        record,
        lines_are_records: true,
    })?;
    sink.close_record(record);
    Ok(())
}

/// Reads the message at the beginning of `span`. Returns where it ends.
fn message<S: Sink>(input: &[u8], span: Range<usize>, sink: &mut S) -> Result<usize, SyntaxError> {
    let Some(separator) = separator(&input[span.clone()]) else {
        text(input, span.clone(), sink)?;
        return Ok(span.end);
    };
    let record = sink.open_record();
    let mut at = span.start;
    let mut raw_length: Option<usize> = None;
    while let Some((number, value_at)) = tag_at(input, at, span.end) {
        let behind = match raw_length.take() {
            // The length in the field before says where raw data ends: separators may stand in it.
            Some(length) if tag::is_raw(number) => span.end.min(value_at + length),
            _ => memmem::find(&input[value_at..span.end], separator)
                .map_or_else(|| value_at + input[value_at..span.end].trim_ascii_end().len(), |n| value_at + n),
        };
        let value = value_at..behind;
        if tag::is_raw_length(number) {
            raw_length = std::str::from_utf8(&input[value.clone()]).ok().and_then(|text| text.parse().ok());
        }
        let next = behind + if input[behind..span.end].starts_with(separator) { separator.len() } else { 0 };
        if number == tag::CHECKSUM {
            sink.checksum(span.start..at, value);
            at = next;
            break;
        }
        field(input, number, value, record, sink)?;
        if next == behind {
            at = behind;
            break;
        }
        at = next;
    }
    sink.close_record(record);
    Ok(at.max(span.start + 1))
}

fn field<S: Sink>(
    input: &[u8],
    number: u32,
    value: Range<usize>,
    record: RecordId,
    sink: &mut S,
) -> Result<(), SyntaxError> {
    if value.is_empty() || input[value.clone()].is_empty() {
        return Ok(());
    }
    let evidence = tag::name(number).map_or_else(Evidence::none, |name| sink.evidence_of(name.as_bytes()));
    sink.segment(Draft {
        source: value,
        text: Text::Same,
        place: Place::plain().inside(Coding::Line).unwrap_or_default().with_room(Room::Exactly),
        evidence,
        path: &TagPath(number),
        record,
        lines_are_records: false,
    })
}

/// What separates the fields of the message: SOH, or what logs write in its place.
fn separator(message: &[u8]) -> Option<&'static [u8]> {
    let known: [&'static [u8]; 4] = [b"\x01", b"|", b"^A", b"\\x01"];
    // The field behind the first one is 9 (BodyLength); what stands before it is the separator.
    known.into_iter().find(|separator| {
        memmem::find(&message[..message.len().min(32)], separator)
            .is_some_and(|at| message[at + separator.len()..].starts_with(b"9="))
    })
}

/// The tag that begins at `at` and where its value begins.
fn tag_at(input: &[u8], at: usize, end: usize) -> Option<(u32, usize)> {
    let digits = input[at..end].iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=6).contains(&digits) || input.get(at + digits) != Some(&b'=') || at + digits >= end {
        return None;
    }
    let number = input[at..at + digits].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((number, at + digits + 1))
}

struct TagPath(u32);

impl fmt::Display for TagPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match tag::name(self.0) {
            Some(name) => write!(f, "FIX.{}.{name}", self.0),
            None => write!(f, "FIX.{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::{record, segments};

    fn fields(input: &str) -> Vec<(String, String)> {
        let events = record(Log, input.as_bytes(), &[]).expect("any line can be read");
        segments(&events).iter().map(|s| (s.path.clone(), s.text_str())).collect()
    }

    #[test]
    fn fields_are_told_by_tag() {
        for separator in ["\x01", "|", "^A"] {
            let input = "10:15:00 out 8=FIX.4.2#9=50#35=D#1=12345678#58=张三#10=128#\n".replace('#', separator);
            let found = fields(&input);
            assert_eq!(found[0], (String::new(), "10:15:00 out ".to_owned()));
            assert!(found.contains(&("FIX.1.Account".to_owned(), "12345678".to_owned())), "{found:?}");
            assert!(found.contains(&("FIX.58.Text".to_owned(), "张三".to_owned())));
            assert!(!found.iter().any(|(path, _)| path.starts_with("FIX.10")));
        }
    }

    #[test]
    fn raw_data_may_hold_separators() {
        let found = fields("8=FIX.4.4|9=40|95=5|96=a|b=c|1=77|10=000|");
        assert!(found.contains(&("FIX.96.RawData".to_owned(), "a|b=c".to_owned())), "{found:?}");
        assert!(found.contains(&("FIX.1.Account".to_owned(), "77".to_owned())));
    }

    #[test]
    fn lines_without_a_message_are_text() {
        assert_eq!(
            fields("session 8=FIX lost\n"),
            [(String::new(), "session ".to_owned()), (String::new(), "8=FIX lost\n".to_owned())]
        );
    }

    #[test]
    fn where_the_input_is_cut_makes_no_difference() {
        let input = "a 8=FIX.4.2|9=5|1=77|10=000|\nplain\n8=FIX.4.2|9=5|1=78|10=000|";
        let whole = record(Log, input.as_bytes(), &[]).expect("readable");
        for cut in 0..input.len() {
            let cut = record(Log, input.as_bytes(), &[cut]).expect("readable");
            assert_eq!(cut, whole);
        }
    }
}
