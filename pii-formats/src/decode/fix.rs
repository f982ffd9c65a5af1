//! FIX messages in logs: `tag=value` fields behind `8=FIX` (FIX 4.0 to 5.0 SP2, tag=value encoding), and behind `8=STEP`
//! what the exchanges in China made of it.
//!
//! The fields are separated by SOH, or in logs by what is written for it. Fields have fixed widths here: body length and message length are written in the message, so an edit keeps its bytes
//! and only the check sum (tag 10) is computed again.

mod tag;

use crate::encode;
use crate::path::{Path, Trail};
use crate::sink::{Decode, Draft, RecordId, Sink, SyntaxError, Text};
use memchr::memmem;
use pii_core::{Coding, Evidence, Place, Room};
use std::ops::Range;

/// A longer line is no log line, in bytes.
const LINE_LIMIT_BYTES: usize = 1 << 20;

/// What the first field of a message says.
const BEGINNINGS: [&[u8]; 2] = [b"FIX", b"STEP"];

/// The longest separator, in bytes: ` <SOH> `.
const SEPARATOR_LIMIT_BYTES: usize = 8;

/// The only separator that no value holds.
const SOH: u8 = 1;

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
    while let Some(start) = begin(&input[at..line.end]).map(|n| at + n) {
        text(input, at..start, sink)?;
        at = message(input, start..line.end, sink)?;
    }
    text(input, at..line.end, sink)
}

/// Where the first message in `text` begins.
pub(crate) fn begin(text: &[u8]) -> Option<usize> {
    let mut starts = memmem::find_iter(text, b"8=");
    starts.find(|&at| BEGINNINGS.iter().any(|beginning| text[at + 2..].starts_with(beginning)))
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
    let mut separators = 0;
    while let Some((number, value_at)) = tag_at(input, at, span.end) {
        let behind = match raw_length.take() {
            // The length in the field before says where raw data ends: separators may stand in it.
            Some(length) if tag::is_raw(number) => span.end.min(value_at.saturating_add(length)),
            _ => value_end(input, value_at..span.end, separator),
        };
        let value = value_at..behind;
        if tag::is_raw_length(number) {
            raw_length = std::str::from_utf8(&input[value.clone()]).ok().and_then(|text| text.parse().ok());
        }
        let is_separated = input[behind..span.end].starts_with(separator);
        let next = behind + if is_separated { separator.len() } else { 0 };
        if number == tag::CHECKSUM {
            sink.checksum(span.start..at, value, encode::fix::as_soh(separator, separators));
            at = next;
            break;
        }
        field(input, number, value, record, sink)?;
        at = next;
        if !is_separated {
            break;
        }
        separators += 1;
    }
    sink.close_record(record);
    Ok(at.max(span.start + 1))
}

/// Where the value at the front of `span` ends: at a separator with a field behind it, or at the end of the line.
fn value_end(input: &[u8], span: Range<usize>, separator: &[u8]) -> usize {
    let rest = &input[span.clone()];
    let ends = |at: usize| {
        let next = span.start + at + separator.len();
        separator == [SOH] || tag_at(input, next, span.end).is_some() || input[next..span.end].trim_ascii().is_empty()
    };
    let end = memmem::find_iter(rest, separator).find(|&at| ends(at));
    span.start + end.unwrap_or_else(|| rest.trim_ascii_end().len())
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
    let known = tag::meaning(number).or(tag::name(number));
    let evidence = known.map_or_else(Evidence::none, |name| sink.evidence_of(name.as_bytes()));
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

/// What separates the fields of the message: what stands between the first field and the second, which is 9
/// (BodyLength). SOH, or what logs write in its place: `|`, `^A`, `\\x01`, `<SOH>`.
fn separator(message: &[u8]) -> Option<&[u8]> {
    let version = message[2..].iter().skip_while(|b| b.is_ascii_alphabetic());
    let version = version.take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let letters = message[2..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let behind = &message[2 + letters + version..];
    let separator = &behind[..memmem::find(&behind[..behind.len().min(SEPARATOR_LIMIT_BYTES + 2)], b"9=")?];
    (!separator.is_empty() && !separator.contains(&b'=')).then_some(separator)
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

impl Path for TagPath {
    fn write(&self, out: &mut Trail) {
        out.text("FIX.");
        out.number(u64::from(self.0));
        if let Some(name) = tag::name(self.0) {
            out.text(".");
            out.text(name);
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
        for separator in ["\x01", "|", "^A", " | ", "\\u0001", "<SOH>", "\u{2401}", ";", " "] {
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
    fn values_may_hold_what_separates_fields_in_a_log() {
        let found = fields("8=STEP.1.0.0|9=40|58=a|b 10=|c|1=77|10=000|\n");
        assert!(found.contains(&("FIX.58.Text".to_owned(), "a|b 10=|c".to_owned())), "{found:?}");
        assert!(found.contains(&("FIX.1.Account".to_owned(), "77".to_owned())));
        let found = fields("8=FIX.4.4 9=40 58=张 三 1=77 10=000 \n");
        assert!(found.contains(&("FIX.58.Text".to_owned(), "张 三".to_owned())), "{found:?}");
    }

    #[test]
    fn what_tags_mean_is_known_to_the_rules() {
        let engine = pii_core::Engine::new(pii_core::RuleSet::builtin());
        let unknown = (0..3000).filter_map(tag::meaning).find(|m| !engine.field_evidence(m.as_bytes()).is_labelled());
        assert_eq!(unknown, None);
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
