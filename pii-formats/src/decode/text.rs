//! Plain text: every line is a record. A line that is a label and nothing else is told together with the line below it.
//! Cards of contacts are records of several lines.

mod vcard;

use super::Fork;
use crate::Format;
use crate::charset::{self, Charset};
use crate::sink::Content::InPlace;
use crate::sink::{Decode, Nested, Sink, SyntaxError, Text as Content};
use pii_core::{Evidence, LABEL_LINE_LIMIT_BYTES, Place, VALUE_LINE_LIMIT_BYTES};
use std::ops::Range;

/// A longer line is read in pieces of about this length, in bytes.
const LINE_LIMIT_BYTES: usize = 1 << 20;

/// A long line is cut at white space or punctuation, if there is any in this many bytes before the limit.
const CUT_WINDOW_BYTES: usize = 4 << 10;

/// Reads lines.
pub(crate) struct Lines;

impl Decode for Lines {
    fn decode<S: Sink>(&mut self, input: &[u8], end: bool, sink: &mut S) -> Result<usize, SyntaxError> {
        let mut done = 0;
        while done < input.len() {
            let rest = &input[done..];
            let window = &rest[..rest.len().min(LINE_LIMIT_BYTES)];
            let len = match vcard::begin(window) {
                Some(0) => match vcard::len(rest, end) {
                    Some(len) => {
                        vcard::tell(input, done..done + len, sink)?;
                        done += len;
                        continue;
                    }
                    None if !end && vcard::may_go_on(window) => break,
                    // What does not end is no card, and its first line is one like others.
                    None => memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1),
                },
                Some(at) => at,
                None => match whole_lines(rest, end) {
                    len if end && len == rest.len() => len,
                    len => without_last_label(rest, len, sink),
                },
            };
            if len == 0 {
                break;
            }
            lines(input, done..done + len, sink)?;
            done += len;
        }
        Ok(done)
    }
}

/// What has been read says nothing of what follows: a label that may speak for the next line is read together with it, and so
/// are the lines of a card.
impl Fork for Lines {
    fn fork(&self) -> Option<Self> {
        Some(Self)
    }

    fn reads_as(&self, _: &Self) -> bool {
        true
    }

    fn cut(&self, window: &[u8]) -> Option<usize> {
        let end = likely_end(window)?;
        match vcard::open(&window[..end]) {
            None => Some(end),
            Some(card) => Some(card).filter(|&at| at > 0),
        }
    }
}

/// The end of the last line in `window` that is no label: one that is too long, blank, or begins with a digit. Looked for in
/// the last few lines.
fn likely_end(window: &[u8]) -> Option<usize> {
    let last = memchr::memrchr(b'\n', window)?;
    let mut end = last;
    while last - end <= CUT_WINDOW_BYTES {
        let Some(start) = memchr::memrchr(b'\n', &window[..end]).map(|at| at + 1) else { break };
        let line = &window[start..end];
        if line.len() > LABEL_LINE_LIMIT_BYTES || line.trim_ascii().first().is_none_or(u8::is_ascii_digit) {
            return Some(end + 1);
        }
        end = start - 1;
    }
    Some(last + 1)
}

/// Tells `sink` about whole lines. One that is no UTF-8 and reads as GBK is told as what it is: logs of several programs
/// are put together, and what is said of a number in one of them is said in its own charset.
fn lines<S: Sink>(input: &[u8], span: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    let mut start = span.start;
    while let Err(error) = simdutf8::compat::from_utf8(&input[start..span.end]) {
        let at = start + error.valid_up_to();
        let first = memchr::memrchr(b'\n', &input[start..at]).map_or(start, |end| start + end + 1);
        let behind = memchr::memchr(b'\n', &input[at..span.end]).map_or(span.end, |end| at + end + 1);
        let is_gb = charset::detect(&input[first..behind]) == Charset::Gb18030;
        tell(start..if is_gb { first } else { behind }, sink)?;
        if is_gb {
            tell_gb(first..behind, sink)?;
        }
        start = behind;
    }
    tell(start..span.end, sink)
}

fn tell<S: Sink>(source: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    if source.is_empty() {
        return Ok(());
    }
    sink.lines_of_text(source, Place::plain())
}

fn tell_gb<S: Sink>(source: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    let record = sink.open_record();
    sink.nested(Nested {
        source,
        content: InPlace(Content::Same),
        format: Some(Format::Text.into()),
        charset: Some(b"gb18030"),
        place: Place::plain(),
        evidence: Evidence::none(),
        path: &"",
        record,
    })?;
    sink.close_record(record);
    Ok(())
}

/// The length of what can be read now: lines that are complete, or a piece of one that is too long. Where a long line is
/// cut depends on nothing but its own bytes.
fn whole_lines(rest: &[u8], end: bool) -> usize {
    let first_end = memchr::memchr(b'\n', &rest[..rest.len().min(LINE_LIMIT_BYTES)]);
    if first_end.is_none() && rest.len() > LINE_LIMIT_BYTES {
        return cut(&rest[..LINE_LIMIT_BYTES]);
    }
    if end && rest.len() <= LINE_LIMIT_BYTES {
        return rest.len();
    }
    // Lines that are complete and, the longest of them included, within the limit.
    let window = &rest[..rest.len().min(LINE_LIMIT_BYTES)];
    memchr::memrchr(b'\n', window).map_or(0, |at| at + 1)
}

/// `len` without the last line of `rest[..len]`, where that is a label and the line below it, which may be its value, has
/// not arrived or is told with the next lines. A longer line below is no value, so no label waits for the end of one.
fn without_last_label<S: Sink>(rest: &[u8], len: usize, sink: &mut S) -> usize {
    let (lines, below) = rest.split_at(len);
    let Some(lines) = lines.strip_suffix(b"\n") else { return len };
    let start = memchr::memrchr(b'\n', lines).map_or(0, |at| at + 1);
    let last = &lines[start..];
    let window = &below[..below.len().min(VALUE_LINE_LIMIT_BYTES + 1)];
    let may_be_value = below.len() <= VALUE_LINE_LIMIT_BYTES || window.contains(&b'\n');
    let waits = last.len() <= LABEL_LINE_LIMIT_BYTES && may_be_value && sink.is_label_line(last);
    if waits { start } else { len }
}

/// Where a piece of a long line ends.
fn cut(piece: &[u8]) -> usize {
    let window = piece.len() - CUT_WINDOW_BYTES;
    let blank = piece[window..].iter().rposition(|b| matches!(b, b' ' | b'\t' | b',' | b';'));
    let mark = ["，", "。", "；"]
        .iter()
        .filter_map(|mark| memchr::memmem::rfind(&piece[window..], mark.as_bytes()).map(|at| at + mark.len()));
    let cut = blank.map(|at| at + 1).into_iter().chain(mark).max();
    cut.map_or_else(|| character_end(piece), |at| window + at)
}

/// The last character boundary.
fn character_end(piece: &[u8]) -> usize {
    let tail = piece.iter().rev().take(4).take_while(|&&b| b & 0xC0 == 0x80).count();
    let lead = piece.len() - tail;
    if tail == 4 || lead == 0 || piece[lead - 1] < 0x80 { piece.len() } else { lead - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::{RecordingSink, nested, record_into, segments};

    #[test]
    fn a_line_in_another_charset_is_told_in_it() {
        let gb = encoding_rs::GBK.encode("姓名：李四，资金账号8800123456").0.into_owned();
        for (input, expected) in [
            ([&b"a\n"[..], &gb, b"\r\nb"].concat(), (&b"a\nb"[..], 1)),
            ([&gb[..], b"\n", &gb].concat(), (b"", 2)),
            // Damaged UTF-8, and bytes of nobody's.
            (["客户".as_bytes(), b"\xFF\xE5", "身份证\n".as_bytes()].concat(), ("客户\u{FFFD}身份证\n".as_bytes(), 0)),
            (b"a\xFFb\nc".to_vec(), (b"a\xFFb\nc", 0)),
        ] {
            for cut in 0..input.len() {
                let mut sink = RecordingSink::default();
                record_into(&mut sink, Lines, &input, &[cut]).expect("any bytes can be read");
                let told: Vec<u8> = segments(&sink.events).iter().flat_map(|segment| segment.text.clone()).collect();
                let found = (String::from_utf8_lossy(&told), nested(&sink.events).len());
                let plain = String::from_utf8_lossy(expected.0);
                assert_eq!(found.0.replace('\u{FFFD}', ""), plain.replace('\u{FFFD}', ""), "{cut}");
                assert_eq!(found.1, expected.1, "{cut}");
            }
        }
    }

    #[test]
    fn windows_are_cut_behind_a_line_that_is_no_label_and_outside_of_cards() {
        let long = "x".repeat(LABEL_LINE_LIMIT_BYTES + 1);
        for (window, expected) in [
            ("a\n8800\nlabel\nva", 7),
            ("a\n\nlabel\n", 3),
            (&format!("a\n{long}\nb\nlabel\n"), 2 + long.len() + 1),
            ("a\nb\nlabel\n", 10),
            ("1\nBEGIN:VCARD\nTEL:1\n2\n", 2),
            ("1\nBEGIN:VCARD\nEND:VCARD\n2\n", 26),
        ] {
            assert_eq!(Lines.cut(window.as_bytes()), Some(expected), "{window}");
        }
        assert_eq!(Lines.cut(b"a"), None);
        assert_eq!(Lines.cut(b"BEGIN:VCARD\nTEL:1\n"), None);
    }

    #[test]
    fn a_last_label_waits_for_the_line_below_it() {
        let mut sink = RecordingSink::default();
        sink.labelled = vec![b"label"];
        let long = "x".repeat(VALUE_LINE_LIMIT_BYTES + 1);
        for (lines, below, expected) in [
            ("a\nlabel\n", "", "a\n"),
            ("label\n", "val", ""),
            ("label\n", "value\nb", ""),
            ("label\n", &long[..], "label\n"),
            ("a\nb\n", "", "a\nb\n"),
            ("label\nb\n", "", "label\nb\n"),
            ("a piece of a long line label", "", "a piece of a long line label"),
        ] {
            let rest = format!("{lines}{below}");
            let len = without_last_label(rest.as_bytes(), lines.len(), &mut sink);
            assert_eq!(len, expected.len(), "{lines:?} {below:?}");
        }
    }

    #[test]
    fn a_label_and_its_value_are_told_together_wherever_they_are_cut() {
        let input = "a\nlabel\nvalue\nlabel\n";
        for cut in 0..input.len() {
            let mut sink = RecordingSink::default();
            sink.labelled = vec![b"label"];
            record_into(&mut sink, Lines, input.as_bytes(), &[cut]).expect("any text can be read");
            let told: Vec<String> = segments(&sink.events).iter().map(|segment| segment.text_str()).collect();
            assert!(told.iter().any(|text| text.contains("label\nvalue")), "{cut}: {told:?}");
            assert_eq!(told.concat(), input, "{cut}");
        }
    }
}
