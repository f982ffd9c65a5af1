//! One input on its way through: bytes in by chunks of any size, masked bytes and reports out.
//!
//! A session holds what has not been decided yet and nothing more: the rest of a record that has not arrived whole, and
//! what stands behind the first finding of a record that is still open (at most 1 MiB, then it is decided strictly).
//! Where the input is cut into chunks makes no difference to what comes out.

mod emit;

use crate::allowance::{Allowance, Meter};
use crate::charset::{self, Charset};
use crate::collect::{Collector, Tools};
use crate::continuation::{Continuation, Position};
use crate::decide::{Blocked, Decider, Mode};
use crate::decode::{Decoder, Fork as _};
use crate::detect::HEAD_BYTES;
use crate::error::Error;
use crate::frame::Frame;
use crate::lines::Lines;
use crate::record::{Edit, LayerId, Records, Replaced};
use crate::report::{Report, Unexplained, Uninspected};
use crate::sink::{Decode as _, SyntaxError};
use crate::write::coding;
use crate::{Format, binary, detect};
use pii_core::{Evidence, OffsetMap, Originals, Place};

/// A text up to this length is one message, whose lines are about each other: the longest that is sent as an SMS has ten parts
/// of 67 characters. In a longer one, which may be a log, each line speaks for itself. In bytes.
const MESSAGE_LIMIT_BYTES: usize = 2 << 10;

/// From here on an incomplete item is tried again only when twice as much has arrived, so that reading it piece by piece
/// stays linear.
const PATIENCE_BYTES: usize = 64 << 10;

/// How to read an input.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format; `None` finds out by name and content.
    pub format: Option<Format>,
    /// The charset; `None` finds out by content.
    pub charset: Option<Charset>,
    /// The input's name, which may tell its format.
    pub name: Option<String>,
    /// How much may be made of it.
    pub allowance: Allowance,
}

/// What comes out of a session. The caller takes what has arrived.
#[derive(Default)]
pub struct Output {
    /// Masked bytes. Empty when only scanning.
    pub bytes: Vec<u8>,
    /// Where in all the bytes of the session something stands that was made with a key, in order of position.
    pub replaced: Vec<Replaced>,
    /// What was found, in order of position.
    pub reports: Vec<Report>,
    /// What was passed on unread, in order of position: parts of the input, or all of it.
    pub uninspected: Vec<Uninspected>,
    /// What was read but explains itself in no way, in order of position. Of a text in which every line is a record, a run that is
    /// folded into lines is told if all of its lines arrive together.
    pub unexplained: Vec<Unexplained>,
}

impl Output {
    /// The first finding that was not decided to pass: what a session that [checks](Mode::Check) an output says is left over
    /// in it.
    #[must_use]
    pub fn leftover(&self) -> Option<&Report> {
        self.reports.iter().find(|report| !report.passes())
    }
}

/// One input on its way through.
pub struct Session<'m> {
    decider: &'m Decider,
    mode: Mode,
    options: Options,
    reading: Option<Reading>,
    tools: Tools,
    records: Records,
    /// Bytes that have not gone out, the first of which stands at `base` in the input.
    held: Vec<u8>,
    base: u64,
    /// How far the decoder has read.
    done: u64,
    /// Below this length of unread input the decoder is not asked again.
    patience: usize,
    edits: Vec<Edit>,
    /// Where the next bytes of the output stand in it.
    written: u64,
    /// Places in what is not decided yet where whatever is found is none of the original.
    accepted: Vec<Replaced>,
    reports: Vec<Report>,
    lines: Lines,
    failed: Option<Error>,
}

/// What the input turned out to be.
struct Reading {
    charset: Charset,
    format: Format,
    decoder: Decoder,
    /// The media type of an input that is not read at all.
    unread: Option<&'static str>,
}

impl Reading {
    /// Whether it is text, a line a record.
    fn is_text(&self) -> bool {
        matches!(self.decoder, Decoder::Text(_))
    }
}

impl<'m> Session<'m> {
    pub(crate) fn new(decider: &'m Decider, mode: Mode, options: Options) -> Self {
        let tools = Tools::new(Meter::new(options.allowance));
        Self {
            decider,
            mode,
            options,
            reading: None,
            tools,
            records: Records::default(),
            held: Vec::new(),
            base: 0,
            done: 0,
            patience: 0,
            edits: Vec::new(),
            written: 0,
            accepted: Vec::new(),
            reports: Vec::new(),
            lines: Lines::default(),
            failed: None,
        }
    }

    /// The format that the input is read as, once that is known. `None` for one that is not read.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.reading.as_ref().filter(|reading| reading.unread.is_none()).map(|reading| reading.format)
    }

    /// Tells a session that [checks](Mode::Check) an output where in it something keyed stands, as the session says that
    /// wrote it. What is found there and nowhere else is passed over; with something beside it, it is not, but for one
    /// Chinese character beside others. To be told before the bytes are pushed, and where that session has gone on from some
    /// position, this one has to have gone on from the same.
    pub fn accept(&mut self, replaced: impl IntoIterator<Item = Replaced>) {
        self.accepted.extend(replaced);
    }

    /// Tells a session that [checks](Mode::Check) an output what the session that wrote it has reported: each value that was
    /// edited is a finding wherever it stands, whatever is said of it there, unless it also stood where it passes. Values of fewer
    /// than [`SHORTEST_VALUE_BYTES`](pii_core::SHORTEST_VALUE_BYTES) recur by chance and are not looked for. To be told once,
    /// before the bytes are pushed.
    ///
    /// # Errors
    /// The values are over a limit: [`ORIGINALS_LIMIT_BYTES`](pii_core::ORIGINALS_LIMIT_BYTES).
    pub fn forbid(&mut self, reports: &[Report]) -> Result<(), Error> {
        let edited = reports.iter().filter(|report| !report.passes());
        let values = edited.map(|report| (&report.finding, report.dangerously_value()));
        let Some(mut originals) = Originals::of(values) else {
            return Err(Error::limit(1, "more values are masked than can be looked for in the output"));
        };
        let passing = reports.iter().filter(|report| report.passes());
        originals.forget_those_in(passing.map(Report::dangerously_value));
        self.tools.look_for(originals);
        Ok(())
    }

    /// Takes the next bytes of the input and appends what is ready to `out`.
    ///
    /// # Errors
    /// The input is not what its format says, is over a limit, or holds something that the policy blocks. What was
    /// ready before that has been appended; nothing behind it will be, whatever is pushed.
    pub fn push(&mut self, chunk: &[u8], out: &mut Output) -> Result<(), Error> {
        if self.failed.is_none() {
            self.held.extend_from_slice(chunk);
        }
        self.go_on(false, out)
    }

    /// Says that the input has ended, and appends the rest to `out`.
    ///
    /// # Errors
    /// As [`Session::push`].
    pub fn finish(mut self, out: &mut Output) -> Result<(), Error> {
        self.go_on(true, out)?;
        if let Some(media_type) = self.reading.and_then(|reading| reading.unread) {
            let (media_type, path) = (media_type.to_owned(), String::new());
            out.uninspected.push(Uninspected { start: 0, end: self.base, line: 1, media_type, path });
        }
        Ok(())
    }

    /// How another session could read on in the place of this one, from its [`position`](Self::position) and what is
    /// [`unread`](Self::unread) there. `None` where something that it has read is not decided yet. Nor is there one for
    /// formats whose records may go on over the end of a line, and for UTF-16: these are read by one session.
    #[must_use]
    pub fn continuation(&self) -> Option<Continuation> {
        let reading = self.reading.as_ref().filter(|_| self.is_between_records())?;
        let is_ascii_in_it = matches!(reading.charset, Charset::Utf8 | Charset::Gb18030);
        let decoder = reading.decoder.fork().filter(|_| is_ascii_in_it)?;
        Some(Continuation { charset: reading.charset, format: reading.format, decoder })
    }

    /// Whether nothing is unread, and a session that reads on from `other` would read on from here as this one does.
    #[must_use]
    pub fn is_at(&self, other: &Continuation) -> bool {
        self.is_between_records() && self.held.is_empty() && self.reads_as(other)
    }

    /// How much of the input has gone out. Where there is a [`continuation`](Self::continuation), all before it is decided.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { byte: self.base, lines: self.lines.clone() }
    }

    /// What has arrived behind the position.
    #[must_use]
    pub fn unread(&self) -> &[u8] {
        &self.held
    }

    /// Forgets what it has read, but keeps the memory, and reads on from `from` at `at` in the input.
    pub fn go_on_from(&mut self, from: &Continuation, at: &Position) {
        if !self.reads_as(from) {
            let Continuation { charset, format, .. } = *from;
            self.reading = from.decoder.fork().map(|decoder| Reading { charset, format, decoder, unread: None });
        }
        self.records.begin_at(at.byte);
        self.held.clear();
        self.edits.clear();
        self.accepted.clear();
        self.reports.clear();
        (self.base, self.done, self.written, self.patience) = (at.byte, at.byte, at.byte, 0);
        (self.lines, self.failed) = (at.lines.clone(), None);
    }

    fn reads_as(&self, other: &Continuation) -> bool {
        self.reading.as_ref().is_some_and(|reading| {
            (reading.charset, reading.format) == (other.charset, other.format)
                && reading.decoder.reads_as(&other.decoder)
        })
    }

    fn is_between_records(&self) -> bool {
        self.failed.is_none() && self.done > 0 && self.done == self.base && self.records.are_all_closed()
    }

    /// Nothing goes on behind an error: what was not decided would pass as it came.
    fn go_on(&mut self, end: bool, out: &mut Output) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.advance(end, out).inspect_err(|error| self.failed = Some(error.clone()))
    }

    fn advance(&mut self, end: bool, out: &mut Output) -> Result<(), Error> {
        let unread = self.held.len() - (self.done - self.base) as usize;
        if !end && unread < self.patience {
            return Ok(());
        }
        if self.reading.is_none() {
            if !end && self.held.len() < HEAD_BYTES && (self.options.format.is_none() || self.options.charset.is_none())
            {
                return Ok(());
            }
            self.reading = Some(self.recognise());
        }
        if !end && self.may_be_message() {
            return Ok(());
        }
        let outcome = self.decode(end);
        if end && outcome.is_ok() {
            self.records.close_all();
        }
        let settled = self.settle();
        self.emit(out);
        settled?;
        let consumed = outcome?;
        let left = unread - consumed;
        self.patience = if consumed == 0 && left >= PATIENCE_BYTES { left * 2 } else { 0 };
        Ok(())
    }

    /// Whether what has arrived may be all of one message, so that its lines have to wait for each other.
    fn may_be_message(&self) -> bool {
        let is_text = self.reading.as_ref().is_some_and(Reading::is_text);
        // In no charset that is read is a text more than twice as long as in UTF-8.
        self.done == 0 && is_text && self.held.len() <= 2 * MESSAGE_LIMIT_BYTES
    }

    fn recognise(&self) -> Reading {
        let head = &self.held[..self.held.len().min(HEAD_BYTES)];
        if self.options.format.is_none()
            && let Some(media_type) = binary::media_type(head, self.options.charset.is_none())
        {
            let (charset, format, decoder) = (Charset::Utf8, Format::Text, Decoder::opaque());
            return Reading { charset, format, decoder, unread: Some(media_type) };
        }
        let charset = self.options.charset.unwrap_or_else(|| charset::detect(head));
        let format = self.options.format.unwrap_or_else(|| {
            let (mut text, mut map) = (Vec::new(), OffsetMap::default());
            charset::Transcoder::new(charset).push(head, false, &mut text, &mut map);
            detect::format(self.options.name.as_deref(), &text, &self.decider.engine)
        });
        // The parts of a message say themselves which charset they are in.
        let charset = if matches!(format, Format::Eml | Format::Multipart) { Charset::Utf8 } else { charset };
        Reading { charset, format, decoder: Decoder::new(format), unread: None }
    }

    /// Lets the decoder read. Returns how many bytes of the input it is done with.
    fn decode(&mut self, end: bool) -> Result<usize, Error> {
        let reading = self.reading.as_mut().expect("the input was recognised before");
        let start = (self.done - self.base) as usize;
        let input = &self.held[start..];
        let (text, map): (&[u8], OffsetMap);
        let mut transcoded = Vec::new();
        let place = match coding(reading.charset) {
            None => {
                (text, map) = (input, OffsetMap::identity(0));
                Place::plain()
            }
            Some(coding) => {
                let mut units = OffsetMap::default();
                charset::Transcoder::new(reading.charset).push(input, end, &mut transcoded, &mut units);
                (text, map) = (&transcoded, units);
                Place::plain().inside(coding).expect("one coding fits")
            }
        };
        let frame = Frame {
            input: text,
            map: &map,
            base: self.done,
            outer: None,
            layer: LayerId::ROOT,
            place,
            path: &"",
            record: None,
            evidence: Evidence::none(),
            depth: 0,
            may_cut: true,
            key: None,
            page: reading.decoder.page(),
            routing: self.decider.routing.as_deref().filter(|_| reading.format.has_receivers()),
            is_unpacked: false,
            is_message: reading.is_text() && self.done == 0 && end && text.len() <= MESSAGE_LIMIT_BYTES,
        };
        let mut collector =
            Collector { engine: &self.decider.engine, tools: &mut self.tools, records: &mut self.records, frame };
        let outcome = reading.decoder.decode(text, end, &mut collector);
        match outcome {
            Ok(read) => {
                let consumed = if end { input.len() } else { map.source_span(0..read).end };
                self.done += consumed as u64;
                self.records.reached(self.done);
                Ok(consumed)
            }
            Err(error) => {
                let at = map.source_span(error.at..error.at).start;
                self.done += map.source_span(0..reading.decoder.told()).end as u64;
                Err(self.refuse(error, start + at))
            }
        }
    }

    /// The error for a place in `held`. Whole lines before it are settled where lines are records.
    fn refuse(&mut self, error: SyntaxError, at: usize) -> Error {
        let at = at.min(self.held.len());
        let reading = self.reading.as_ref().expect("something was decoded");
        if reading.format.is_lined() {
            let line = memchr::memrchr(b'\n', &self.held[..at]).map_or(0, |n| n + 1);
            self.done = self.done.max(self.base + line as u64);
        }
        let (line, column) = self.lines.position(&self.held[..at]);
        if self.tools.is_late() {
            Error::late(line)
        } else if error.is_limit {
            Error::limit(line, error.what)
        } else {
            Error::syntax(reading.format.name(), line, column, error.what)
        }
    }

    /// Decides what was found in the records that have closed.
    fn settle(&mut self) -> Result<(), Error> {
        let mut rest = std::mem::take(&mut self.records.closed).into_iter();
        while let Some(mut closed) = rest.next() {
            closed.forget(&self.accepted);
            if closed.founds.is_empty() {
                continue;
            }
            let outcome = self.decider.decide(&mut closed, self.mode, self.tools.scratch());
            if let Some(Blocked { kind, refused }) = outcome.blocked {
                let start = closed.founds.first().map_or(0, |found| closed.input_pieces(found)[0].start);
                let line = self.lines.counter(&self.held, self.base).line_of(start);
                self.hold_back(rest.map(|undecided| undecided.from).fold(closed.from, u64::min));
                return Err(refused.map_or(Error::blocked(line, kind), |why| Error::refused(line, kind, why)));
            }
            if self.mode.writes() {
                closed.write(outcome.replacements, &mut self.edits);
            }
            self.reports.extend(outcome.reports);
        }
        Ok(())
    }

    /// Lets nothing out from the position `from` on, nor what stands before it on its line where records stand on lines.
    fn hold_back(&mut self, from: u64) {
        let is_on_line = self.format().is_some_and(|f| f.is_lined() || matches!(f, Format::Csv | Format::Tsv));
        let before = &self.held[..(from.saturating_sub(self.base) as usize).min(self.held.len())];
        let line = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        self.done = self.base + if is_on_line { line } else { before.len() } as u64;
    }
}
