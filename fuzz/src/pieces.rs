//! What several sessions make of the pieces of a document is what one makes of all of it.

use crate::document::difference;
use crate::masker::masker;
use pii_formats::{Continuation, Error, Format, Mode, Options, Output, Position, Session};
use std::iter;

/// Longer than a text that is one message, or the sample of a table: what comes behind is read piece by piece.
const HEAD_LINES: usize = 1000;

/// Holds pieces of a document in which `input` stands twice, behind what its format reads at once and before it, against the
/// whole. A format that is read by one session has nothing to be held.
pub(crate) fn check(format: Format, options: &Options, input: &[u8]) {
    let head: &[u8] = match format {
        Format::Text => b"13800138000\n",
        Format::Csv | Format::Tsv => b"x,1\n",
        Format::Ndjson | Format::Fix => b"\n",
        _ => return,
    };
    let head: Vec<u8> = iter::repeat_n(head, HEAD_LINES).flatten().copied().collect();
    // What names the columns stands in the input, or nothing does.
    let document = match input.len() % 2 {
        0 => [&head, input, b"\n", input].concat(),
        _ => [input, b"\n", &head, input].concat(),
    };
    let whole = masked(options, &document, usize::MAX);
    for size in [16, 300] {
        let parts = masked(options, &document, size);
        assert!(parts.1 == whole.1, "in pieces of {size}: {:?}, whole: {:?}", parts.1, whole.1);
        // What has arrived of a line before its error may be out.
        let (bytes, reports) = match &whole.1 {
            Ok(()) => (usize::MAX, usize::MAX),
            Err(_) => (whole.0.bytes.len(), whole.0.reports.len()),
        };
        let ours = &parts.0.bytes[..parts.0.bytes.len().min(bytes)];
        assert!(ours == whole.0.bytes, "in pieces of {size}: {}", difference(ours, &whole.0.bytes));
        let ours = &parts.0.reports[..parts.0.reports.len().min(reports)];
        assert!(ours == whole.0.reports, "in pieces of {size}: {ours:?} whole: {:?}", whole.0.reports);
    }
}

/// What comes out when a session ends at the last line end in every `size` bytes, and another one goes on if it ended between
/// two records. If not, it goes on itself.
fn masked(options: &Options, document: &[u8], size: usize) -> (Output, Result<(), Error>) {
    let mut output = Output::default();
    let mut live = masker().session(Mode::Mask, options.clone());
    let mut known: Option<Continuation> = None;
    let mut at = Position::default();
    let mut rest = document;
    while !rest.is_empty() {
        let window = &rest[..rest.len().min(size)];
        let line_end = window.iter().rposition(|&b| b == b'\n').map_or(window.len(), |at| at + 1);
        let (piece, behind) = rest.split_at(line_end);
        rest = behind;
        let is_fit = known.as_ref().is_some_and(|known| live.is_at(known));
        if let Some(known) = known.as_ref().filter(|_| is_fit) {
            assert!(live.position() == at, "a session that has nothing unread is where its bytes end");
            live = going_on(known, &at);
        }
        at.pass(piece);
        if let Err(error) = live.push(piece, &mut output) {
            return (output, Err(error));
        }
        // What a session knows in the middle of a table holds as well as what it knew at the beginning.
        known = live.continuation().or(known);
    }
    let outcome = live.finish(&mut output);
    (output, outcome)
}

fn going_on(from: &Continuation, at: &Position) -> Session<'static> {
    let mut session = masker().session(Mode::Mask, Options::default());
    session.go_on_from(from, at);
    session
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_formats::Charset;

    #[test]
    fn sessions_begin_in_the_middle() {
        let options = Options { format: Some(Format::Text), charset: Some(Charset::Utf8), ..Options::default() };
        let document = "手机13800138000\n".repeat(600);
        let (output, outcome) = masked(&options, document.as_bytes(), "手机13800138000\n".len());
        assert!(outcome.is_ok() && output.reports.len() == 600);
        assert_eq!(output.reports.last().map(|report| report.line), Some(600));
        assert!(!document.is_empty() && output.bytes.len() == document.len());
    }
}
