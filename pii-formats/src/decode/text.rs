//! Plain text: every line is a record.

use crate::sink::{Decode, Draft, Sink, SyntaxError, Text as Content};
use pii_core::{Evidence, Place};

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
            let len = match whole_lines(rest, end) {
                0 => break,
                len => len,
            };
            let record = sink.open_record();
            sink.segment(Draft {
                source: done..done + len,
                text: Content::Same,
                place: Place::plain(),
                evidence: Evidence::none(),
                path: &"",
                record,
                lines_are_records: true,
            })?;
            sink.close_record(record);
            done += len;
        }
        Ok(done)
    }
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
