//! Cards of contacts (vCard, RFC 6350 and the versions before it) in a text: `BEGIN:VCARD` to `END:VCARD`.
//!
//! A card is one record, because it is about one person. Its properties are what fields are elsewhere, and a long one is
//! folded into several lines.

use super::LINE_LIMIT_BYTES;
use crate::decode::run::Run;
use crate::sink::{Draft, RecordId, Sink, SyntaxError};
use memchr::memmem;
use pii_core::{Evidence, Place};
use std::ops::Range;
use std::slice::from_ref;

const BEGIN: &[u8] = b"BEGIN:VCARD";
const END: &[u8] = b"\nEND:VCARD";

/// Where the first card in `text` begins: on a line that is nothing else and has ended.
pub(super) fn begin(text: &[u8]) -> Option<usize> {
    memmem::find_iter(text, BEGIN)
        .find(|&at| (at == 0 || text[at - 1] == b'\n') && line_end(&text[at + BEGIN.len()..]).is_some())
}

/// Whether the card at the beginning of `text` may end further on. A longer one than a line may be is none, nor one in
/// which another begins.
pub(super) fn may_go_on(text: &[u8]) -> bool {
    text.len() < LINE_LIMIT_BYTES && begin(&text[1..]).is_none()
}

/// The length of the card at the beginning of `text`, if its end has arrived.
pub(super) fn len(text: &[u8], end: bool) -> Option<usize> {
    let window = &text[..text.len().min(LINE_LIMIT_BYTES)];
    let window = &window[..begin(&window[1..]).map_or(window.len(), |at| at + 1)];
    memmem::find_iter(window, END).find_map(|at| {
        let behind = at + END.len();
        let is_last = end && text[behind..].trim_ascii().is_empty() && text.len() <= LINE_LIMIT_BYTES;
        line_end(&window[behind..]).map(|len| behind + len).or(is_last.then_some(text.len()))
    })
}

/// Where the last card in `text` begins, if it does not end there.
pub(super) fn open(text: &[u8]) -> Option<usize> {
    // Forward first: most texts have none, and it is the faster way.
    memmem::find(text, BEGIN)?;
    let begins = memmem::rfind_iter(text, BEGIN).find(|&at| {
        let behind = &text[at + BEGIN.len()..];
        // What a single carriage return ends begins no card, and may stand within one.
        (at == 0 || text[at - 1] == b'\n') && (matches!(behind, b"" | b"\r") || line_end(behind).is_some())
    })?;
    memmem::find(&text[begins..], END).is_none().then_some(begins)
}

/// The length of the line end at the beginning of `text`.
fn line_end(text: &[u8]) -> Option<usize> {
    [&b"\n"[..], b"\r\n"].iter().find(|end| text.starts_with(end)).map(|end| end.len())
}

/// Tells `sink` about the card at `card`.
pub(super) fn tell<S: Sink>(input: &[u8], card: Range<usize>, sink: &mut S) -> Result<(), SyntaxError> {
    let record = sink.open_record();
    let mut at = card.start;
    while at < card.end {
        let (pieces, behind) = property(input, at..card.end);
        Property { input, pieces }.tell(record, sink)?;
        at = behind;
    }
    sink.close_record(record);
    Ok(())
}

/// The property at the beginning of `card`, without its line ends and what marks its lines as one, and where it ends.
fn property(input: &[u8], card: Range<usize>) -> (Vec<Range<usize>>, usize) {
    let (mut pieces, mut start) = (Vec::new(), card.start);
    loop {
        let behind = memchr::memchr(b'\n', &input[start..card.end]).map_or(card.end, |n| start + n + 1);
        let line = input[start..behind].trim_ascii_end();
        pieces.push(start..start + line.len());
        // A line that goes on from the one before begins with white space, which is not a part of it.
        match input[..card.end].get(behind) {
            Some(b' ' | b'\t') => start = behind + 1,
            _ => return (pieces, behind),
        }
    }
}

/// A property: `TEL;TYPE=CELL:13800138000`.
struct Property<'i> {
    input: &'i [u8],
    pieces: Vec<Range<usize>>,
}

impl Property<'_> {
    fn tell<S: Sink>(&self, record: RecordId, sink: &mut S) -> Result<(), SyntaxError> {
        let text: Vec<u8> = self.pieces.iter().flat_map(|piece| &self.input[piece.clone()]).copied().collect();
        let head = value_start(&text);
        let name = name(&text[..head]);
        let evidence = field(&name).map_or_else(Evidence::none, |field| sink.evidence_of(field));
        if !evidence.is_labelled() {
            return self.segment(from_ref(&(0..text.len())), evidence, record, sink);
        }
        self.segment(from_ref(&(0..head)), Evidence::none(), record, sink)?;
        let parts = match &name[..] {
            b"N" | b"ADR" => parts(&text, head),
            _ => std::iter::once(head..text.len()).collect(),
        };
        // A Han name is its surname and its given name side by side.
        if name == b"N" && text.get(head).is_some_and(|b| !b.is_ascii()) {
            return self.segment(&parts[..parts.len().min(2)], evidence, record, sink);
        }
        parts.iter().try_for_each(|part| self.segment(from_ref(part), evidence, record, sink))
    }

    /// Tells `parts` of the property's text as one text.
    fn segment<S: Sink>(
        &self,
        parts: &[Range<usize>],
        evidence: Evidence,
        record: RecordId,
        sink: &mut S,
    ) -> Result<(), SyntaxError> {
        let mut run = Run::default();
        let mut at = 0;
        for piece in &self.pieces {
            for part in parts {
                let from = part.start.clamp(at, at + piece.len()) - at;
                let upto = part.end.clamp(at, at + piece.len()) - at;
                run.push_same(self.input, piece.start + from..piece.start + upto);
            }
            at += piece.len();
        }
        if run.is_blank() {
            return Ok(());
        }
        let (source, text, place) = (run.source(), run.text(), Place::plain());
        sink.segment(Draft { source, text, place, evidence, path: &"", record, lines_are_records: false })
    }
}

/// Where the value of a property begins: behind the first colon that is in no quotes.
fn value_start(text: &[u8]) -> usize {
    let mut is_quoted = false;
    let colon = text.iter().position(|&byte| {
        is_quoted ^= byte == b'"';
        byte == b':' && !is_quoted
    });
    colon.map_or(text.len(), |at| at + 1)
}

/// The name in the head of a property, in capitals and without the group before it: `item1.TEL;TYPE=CELL:`.
fn name(head: &[u8]) -> Vec<u8> {
    let end = head.iter().position(|b| matches!(b, b';' | b':')).unwrap_or(head.len());
    let start = memchr::memrchr(b'.', &head[..end]).map_or(0, |at| at + 1);
    head[start..end].to_ascii_uppercase()
}

/// The name by which the rules know the field that a property is. An extension (`X-QQ`) has a name of its own.
fn field(name: &[u8]) -> Option<&[u8]> {
    match name {
        b"FN" | b"N" | b"SORT-STRING" => Some(b"full_name"),
        b"ADR" | b"LABEL" => Some(b"address"),
        b"BDAY" => Some(b"birthday"),
        b"TEL" | b"EMAIL" => Some(name),
        _ => name.strip_prefix(b"X-"),
    }
}

/// The parts of a value from `head` on, which semicolons divide.
fn parts(text: &[u8], head: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = head;
    for at in memchr::memchr_iter(b';', &text[head..]).map(|at| head + at) {
        if text[at - 1] != b'\\' {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..text.len());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::text::Lines;
    use crate::sink::recording::{Event, RecordingSink, record_into, segments};

    fn sink(input: &str, cut: usize) -> RecordingSink {
        let mut sink = RecordingSink::default();
        record_into(&mut sink, Lines, input.as_bytes(), &[cut]).expect("any text can be read");
        sink
    }

    #[test]
    fn where_cards_begin_and_end() {
        for (text, expected) in [
            ("BEGIN:VCARD\nN:x\nEND:VCARD\ny", Some(26)),
            ("BEGIN:VCARD\r\nEND:VCARD\r\n", Some(24)),
            ("BEGIN:VCARD\nEND:VCARD", None),
            ("BEGIN:VCARD\nEND:VCARDS\nEND:VCARD\n", Some(33)),
            ("BEGIN:VCARD\nN:x\n", None),
            ("BEGIN:VCARD\nBEGIN:VCARD\nEND:VCARD\n", None),
        ] {
            assert_eq!(len(text.as_bytes(), false), expected, "{text}");
        }
        assert_eq!(len(b"BEGIN:VCARD\nEND:VCARD", true), Some(21));
        assert!(may_go_on(b"BEGIN:VCARD\nN:x\nBEGIN:VCARD"));
        assert!(!may_go_on(b"BEGIN:VCARD\nN:x\nBEGIN:VCARD\n"));
        assert_eq!(begin(b"a BEGIN:VCARD\nBEGIN:VCARDS\nBEGIN:VCARD\n"), Some(27));
        assert_eq!(begin(b"BEGIN:VCARD"), None);
        assert_eq!(open(b"x\nBEGIN:VCARD\nN:x\n"), Some(2));
        assert_eq!(open(b"x\nBEGIN:VCARD\nN:x\nEND:VCARD\ny\n"), None);
        assert_eq!(open(b"BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\n"), Some(22));
        assert_eq!(open(b"x\n"), None);
    }

    #[test]
    fn properties_are_known_by_their_names() {
        for (head, expected) in
            [("item1.TEL;TYPE=CELL:", Some("TEL")), ("fn:", Some("full_name")), ("X-QQ:", Some("QQ"))]
        {
            let name = name(head.as_bytes());
            assert_eq!(field(&name), expected.map(str::as_bytes), "{head}");
        }
        for head in ["UID:", "NOTE:", ":", ""] {
            assert_eq!(field(&name(head.as_bytes())), None, "{head}");
        }
        assert_eq!(value_start(b"TEL;X=\"a:b\":1"), 12);
        assert_eq!(parts(b"ADR:;;a\\;b;c", 4), [4..4, 5..5, 6..10, 11..12]);
    }

    #[test]
    fn a_card_is_one_record_and_its_lines_are_unfolded_wherever_it_is_cut() {
        let input = "x\nBEGIN:VCARD\r\nNOTE:ab\r\n c\r\nEND:VCARD\r\ny\nBEGIN:VCARD\nz\n";
        for cut in 0..input.len() {
            let sink = sink(input, cut);
            let told: Vec<String> = segments(&sink.events).iter().map(|segment| segment.text_str()).collect();
            let card: Vec<&str> = told.iter().map(String::as_str).filter(|text| text.contains("NOTE")).collect();
            assert_eq!(card, ["NOTE:abc"], "{cut}");
            assert!(told.concat().ends_with("BEGIN:VCARD\nz\n"), "{cut}: {told:?}");
            let records = sink.events.iter().filter(|event| matches!(event, Event::Open(_))).count();
            assert!(records >= 4, "{cut}");
        }
    }
}
