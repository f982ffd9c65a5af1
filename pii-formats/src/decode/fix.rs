//! FIX messages in logs: `tag=value` fields behind `8=FIX` (FIX 4.0 to 5.0 SP2, tag=value encoding), and behind `8=STEP`
//! what the exchanges in China made of it.
//!
//! The fields are separated by SOH, or in logs by what is written for it. Fields have fixed widths here: body length and message length are written in the message, so an edit keeps its bytes
//! and only the check sum (tag 10) is computed again.

mod tag;

use super::Fork;
use crate::encode;
use crate::path::{Path, Trail};
use crate::sink::{Decode, Draft, RecordId, Sink, SyntaxError, Text};
use memchr::memmem;
use pii_core::{Coding, Evidence, Place, Room};
use std::ops::Range;
use std::sync::LazyLock;

/// A longer line is no log line, in bytes.
const LINE_LIMIT_BYTES: usize = 1 << 20;

/// What every message begins with. Every text is looked through for it, so it is laid out once.
static FIRST_TAG: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("8="));

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

/// A line says nothing of the next one.
impl Fork for Log {
    fn fork(&self) -> Option<Self> {
        Some(Self)
    }

    fn reads_as(&self, _: &Self) -> bool {
        true
    }

    fn cut(&self, window: &[u8]) -> Option<usize> {
        memchr::memrchr(b'\n', window).map(|end| end + 1)
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
    let mut starts = FIRST_TAG.find_iter(text);
    starts.find(|&at| BEGINNINGS.iter().any(|beginning| text[at + 2..].starts_with(beginning)))
}

fn text<S: Sink>(input: &[u8], span: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    if input[span.clone()].trim_ascii().is_empty() {
        return Ok(());
    }
    sink.lines_of_text(span, Place::plain())
}

/// Reads the message at the beginning of `span`. Returns where it ends.
fn message<S: Sink>(input: &[u8], span: Range<usize>, sink: &mut S) -> Result<usize, SyntaxError> {
    let Some(mut fields) = Fields::of_message(input, span.clone()) else {
        text(input, span.clone(), sink)?;
        return Ok(span.end);
    };
    let record = sink.open_record();
    let mut separators = 0;
    while let Some((number, value)) = fields.next() {
        if number == tag::CHECKSUM {
            let covered = span.start..fields.current;
            sink.checksum(covered, value, encode::fix::as_soh(fields.separator, separators));
            break;
        }
        field(input, number, value, record, sink)?;
        separators += 1;
    }
    sink.close_record(record);
    Ok(fields.at.max(span.start + 1))
}

/// The length of the message at the beginning of `text`: up to its check sum, or to the end of the line. `None` if it is
/// none.
pub(crate) fn message_len(text: &[u8]) -> Option<usize> {
    let line = &text[..text.len().min(LINE_LIMIT_BYTES)];
    // Most of what begins like a message in text is none, and the end of its line may be far.
    separator(line)?;
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let mut fields = Fields::of_message(line, 0..line.len())?;
    fields.find(|(number, _)| *number == tag::CHECKSUM);
    Some(fields.at)
}

/// The fields of a message, by number and value.
struct Fields<'a> {
    input: &'a [u8],
    separator: &'a [u8],
    /// Where the field begins that was read last.
    current: usize,
    /// Where the next one begins.
    at: usize,
    end: usize,
    /// How long raw data in the next field is, where the last one says so.
    raw_length: Option<usize>,
}

impl<'a> Fields<'a> {
    /// Of the message at the beginning of `span`, if the field behind the first one can be told.
    fn of_message(input: &'a [u8], span: Range<usize>) -> Option<Self> {
        let separator = separator(&input[span.clone()])?;
        Some(Self { input, separator, current: span.start, at: span.start, end: span.end, raw_length: None })
    }
}

impl Iterator for Fields<'_> {
    type Item = (u32, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (number, value_at) = tag_at(self.input, self.at, self.end)?;
        let behind = match self.raw_length.take() {
            // The length in the field before says where raw data ends: separators may stand in it.
            Some(length) if tag::is_raw(number) => self.end.min(value_at.saturating_add(length)),
            _ if number == tag::CHECKSUM => checksum_end(self.input, value_at..self.end)
                .unwrap_or_else(|| value_end(self.input, value_at..self.end, self.separator)),
            _ => value_end(self.input, value_at..self.end, self.separator),
        };
        let value = value_at..behind;
        if tag::is_raw_length(number) {
            self.raw_length = std::str::from_utf8(&self.input[value.clone()]).ok().and_then(|text| text.parse().ok());
        }
        self.current = self.at;
        let is_separated = self.input[behind..self.end].starts_with(self.separator);
        self.at = behind + if is_separated { self.separator.len() } else { 0 };
        if !is_separated {
            // What stands behind it is no field of this message.
            self.end = self.at;
        }
        Some((number, value))
    }
}

/// Where a check sum ends: behind its three digits, whatever a log goes on with.
fn checksum_end(input: &[u8], span: Range<usize>) -> Option<usize> {
    let digits = input[span.clone()].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == 3).then_some(span.start + 3)
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
    fn a_message_ends_behind_its_check_sum_or_with_its_line() {
        for (text, len) in [
            ("8=FIX.4.2|9=5|1=77|10=000| done", Some(26)),
            ("8=FIX.4.2|9=5|1=77\n8=FIX.4.2|9=5|", Some(18)),
            ("8=FIX.4.2|9=5|95=9|96=10=000|\nx|10=1|", Some(29)),
            ("8=FIX lost", None),
        ] {
            assert_eq!(message_len(text.as_bytes()), len, "{text}");
        }
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
