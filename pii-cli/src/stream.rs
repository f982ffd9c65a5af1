//! One input on its way through: cut into pieces for all workers where its format can be cut, else by one session.
//!
//! A piece is worked on as if the one before it ended between two records, with nothing new known. That is seen once it has
//! been worked on, and if it was wrong, the passage that comes from the piece before goes on into this one, and what was
//! made of it is thrown away. So where the pieces end makes no difference, and `--jobs` none either.

use crate::exit::Failure;
use crate::fault;
use crate::input::Input;
use crate::passage::{Course, Footing, Passage};
use crate::source::{Chunk, Source};
use crate::work::{Leader, PIECE_BYTES};
use indicatif::ProgressBar;
use pii_formats::{Options, Position};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Pieces that may be worked on for nothing before an input is left to one session.
const MISSES_LIMIT: u64 = 8;

/// So many pieces that fit make up for one that did not.
const HITS_OF_A_MISS: u64 = 4;

/// More than this is not taken back from a passage to make a piece of it, in bytes.
const UNREAD_LIMIT_BYTES: usize = PIECE_BYTES / 4;

/// Reads `input` to its end along `course`, shows `seen` what came, and hands what comes out to `take`, in order. What was ready
/// before an error is handed over too: whole records, and nothing behind them.
pub(crate) fn through<'m: 'e, 'e, B: Send + 'e, T>(
    course: &'e Course<'m, B>,
    input: &'e Input,
    options: &Options,
    (leader, bar): (&Leader<'_, 'e, T>, &ProgressBar),
    mut seen: impl FnMut(&[u8]),
    take: impl FnMut(B) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut source = Source::open(input, leader.is_alone())?;
    let mut stream = Stream {
        course,
        leader,
        bar,
        name: &input.name,
        take,
        live: Some(course.begin(options)),
        pieces: VecDeque::new(),
        footing: None,
        position: Position::default(),
        pending: Vec::new(),
        hits: 0,
        misses: 0,
    };
    let outcome = loop {
        let chunk = match source.poll() {
            // What is there need not wait for more.
            Ok(Chunk::Later) if stream.catch_up()? => continue,
            Ok(Chunk::Later) => source.wait(),
            chunk => chunk,
        };
        match chunk {
            Ok(Chunk::Bytes(bytes)) => {
                seen(&bytes);
                stream.arrive(bytes)?;
            }
            Ok(Chunk::Later) => {}
            Ok(Chunk::End) => break Ok(()),
            Err(error) => break Err(Failure::system(&input.name, &error)),
        }
    };
    stream.finish(outcome)
}

/// A piece under way.
struct Piece<'m, B> {
    bytes: Vec<u8>,
    from: Arc<Footing>,
    at: Position,
    /// Whether what is made of it will be thrown away.
    is_void: AtomicBool,
    made: Mutex<Option<Made<'m, B>>>,
}

/// What was made of a piece.
struct Made<'m, B> {
    batch: Option<B>,
    outcome: Result<(), Failure>,
    /// The passage, if it did not end as it began.
    passage: Option<Passage<'m>>,
}

impl<'m, B> Piece<'m, B> {
    /// Does the work on it.
    fn work(&self, course: &Course<'m, B>, name: &str) {
        if self.is_void.load(Ordering::Relaxed) {
            return;
        }
        let work = || {
            let mut passage = course.go_on(&self.from, &self.at);
            let (batch, outcome) = course.push(&mut passage, name, &self.bytes);
            let passage = if passage.is_at(&self.from) { course.put_by(passage) } else { Some(passage) };
            Ok(Made { batch: Some(batch), outcome, passage })
        };
        let made = fault::contained(name, work).unwrap_or_else(|failure| Made {
            batch: None,
            outcome: Err(failure),
            passage: None,
        });
        *self.made() = Some(made);
    }

    fn made(&self) -> MutexGuard<'_, Option<Made<'m, B>>> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An input on its way, as its leader sees it.
///
/// It is *live* where a passage goes through it from the beginning, or from a piece that did not end as it began. The
/// pieces that are under way then go through this passage, until one begins as it ends.
struct Stream<'s, 'm, 'e, B, T, F> {
    course: &'e Course<'m, B>,
    leader: &'s Leader<'s, 'e, T>,
    bar: &'s ProgressBar,
    name: &'e str,
    take: F,
    live: Option<Passage<'m>>,
    /// The pieces under way, in order.
    pieces: VecDeque<Arc<Piece<'m, B>>>,
    /// How the next piece begins, behind those under way.
    footing: Option<Arc<Footing>>,
    /// Where it begins.
    position: Position,
    /// What has arrived of it. Where a passage is live and no piece under way: what it has not been given yet.
    pending: Vec<u8>,
    hits: u64,
    misses: u64,
}

impl<'m: 'e, 'e, B: Send + 'e, T, F: FnMut(B) -> Result<(), Failure>> Stream<'_, 'm, 'e, B, T, F> {
    fn arrive(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        if self.pending.is_empty() {
            self.pending = bytes;
        } else {
            self.pending.extend_from_slice(&bytes);
        }
        loop {
            self.go_along()?;
            if self.is_all_live() || self.pending.len() < PIECE_BYTES {
                return Ok(());
            }
            self.cut()?;
        }
    }

    /// Nothing has arrived lately. Says whether there was anything to do meanwhile.
    fn catch_up(&mut self) -> Result<bool, Failure> {
        let before = (self.pieces.len(), self.pending.len());
        if !self.pieces.is_empty() {
            self.land()?;
        } else if self.pending.contains(&b'\n') {
            self.revive();
        }
        self.go_along()?;
        Ok(before != (self.pieces.len(), self.pending.len()))
    }

    /// Says that the input is at its end, or cannot be read on.
    fn finish(mut self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        self.land_all()?;
        self.revive();
        let rest = std::mem::take(&mut self.pending);
        self.push(&rest)?;
        outcome?;
        let Some(live) = self.live.take() else { return Ok(()) };
        let (batch, outcome) = self.course.finish(live, self.name);
        (self.take)(batch)?;
        outcome
    }

    /// Whether pieces are worth trying: while most of them fit.
    fn is_cut(&self) -> bool {
        !self.leader.is_alone() && self.misses < MISSES_LIMIT + self.hits / HITS_OF_A_MISS
    }

    fn is_all_live(&self) -> bool {
        self.live.is_some() && self.pieces.is_empty()
    }

    /// Cuts the next piece off and lays it out.
    fn cut(&mut self) -> Result<(), Failure> {
        let Some(from) = self.footing.clone().filter(|_| self.is_cut()) else {
            self.land_all()?;
            self.revive();
            return Ok(());
        };
        let place = from.cut(&self.pending[..PIECE_BYTES]);
        let rest = self.pending.split_off(place.unwrap_or(self.pending.len()));
        let bytes = std::mem::replace(&mut self.pending, rest);
        while !self.leader.take_on(self.pieces.len()) {
            self.land()?;
        }
        let at = self.position.clone();
        self.position.pass(&bytes);
        let piece = Arc::new(Piece { bytes, from, at, is_void: AtomicBool::new(false), made: Mutex::new(None) });
        self.pieces.push_back(Arc::clone(&piece));
        let (course, name) = (self.course, self.name);
        self.leader.lay_out(Box::new(move || piece.work(course, name)));
        if place.is_none() { self.land_all() } else { Ok(()) }
    }

    fn land_all(&mut self) -> Result<(), Failure> {
        while !self.pieces.is_empty() {
            self.land()?;
        }
        Ok(())
    }

    /// Takes what was made of the first piece, or takes it through the live passage.
    fn land(&mut self) -> Result<(), Failure> {
        let Some(piece) = self.pieces.pop_front() else { return Ok(()) };
        self.leader.hand_in(1);
        if let Some(live) = self.live.take_if(|live| live.is_at(&piece.from)) {
            self.live = self.course.put_by(live);
        }
        if self.live.is_some() {
            self.misses += 1;
            piece.is_void.store(true, Ordering::Relaxed);
            self.push(&piece.bytes)?;
        } else {
            self.hits += 1;
            let made = self.leader.wait_for(|| piece.made().take());
            made.batch.map_or(Ok(()), &mut self.take)?;
            made.outcome?;
            self.bar.inc(piece.bytes.len() as u64);
            self.live = made.passage;
        }
        // The pieces that are cut from now on begin with what is known now.
        let learnt = self.live.as_ref().and_then(Passage::footing);
        self.footing = learnt.map(Arc::new).or(self.footing.take());
        Ok(())
    }

    /// Takes bytes through the live passage.
    fn push(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(live) = self.live.as_mut().filter(|_| !bytes.is_empty()) else { return Ok(()) };
        let (batch, outcome) = self.course.push(live, self.name, bytes);
        (self.take)(batch)?;
        outcome?;
        self.bar.inc(bytes.len() as u64);
        Ok(())
    }

    /// Where no piece is under way, takes what is pending through the live passage. Once that stands between two records,
    /// what follows can be cut.
    ///
    /// A line that has not arrived whole waits as it does in a piece, so that an error in it leaves nothing of it behind.
    fn go_along(&mut self) -> Result<(), Failure> {
        if !self.is_all_live() {
            return Ok(());
        }
        let behind = self.pending.iter().rposition(|&b| b == b'\n').map_or(0, |end| end + 1);
        let rest = self.pending.split_off(behind);
        let lines = std::mem::replace(&mut self.pending, rest);
        self.push(&lines)?;
        let footing = || self.live.as_ref().and_then(|live| live.footing().map(|footing| (footing, live)));
        match footing() {
            Some((footing, live)) if self.is_cut() && live.unread().len() <= UNREAD_LIMIT_BYTES => {
                self.position = live.position();
                self.bar.dec(live.unread().len() as u64);
                self.pending.splice(..0, live.unread().iter().copied());
                self.footing = Some(Arc::new(footing));
                self.live = self.live.take().and_then(|live| self.course.put_by(live));
                Ok(())
            }
            Some(_) if self.pending.len() < PIECE_BYTES => Ok(()),
            _ => {
                let rest = std::mem::take(&mut self.pending);
                self.push(&rest)
            }
        }
    }

    /// Goes on with one passage from where the next piece would begin.
    fn revive(&mut self) {
        if let (None, Some(footing)) = (&self.live, &self.footing) {
            self.live = Some(self.course.go_on(footing, &self.position));
        }
    }
}

/// Pieces that nobody waits for any more are not worked on.
impl<B, T, F> Drop for Stream<'_, '_, '_, B, T, F> {
    fn drop(&mut self) {
        self.pieces.iter().for_each(|piece| piece.is_void.store(true, Ordering::Relaxed));
        self.leader.hand_in(self.pieces.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage;
    use crate::setup;
    use crate::work;
    use pii_core::policy::{Date, Flow, Policy};
    use pii_core::{Engine, RuleSet};
    use pii_formats::{Charset, Format, Masker, Mode, Output, Report};
    use std::io::Write as _;
    use std::path::PathBuf;

    fn masker() -> Masker {
        let rules = RuleSet::builtin();
        let kinds: Vec<_> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
        let blocks = "[[rule]]\nkind = \"iban\"\naction = \"block\"\n";
        let policy = Policy::builtin().with("blocks.toml", blocks, &kinds).expect("a rule");
        let today = Date::new(2026, 11, 23).expect("a day");
        let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
        setup::masker(Engine::new(rules), &policy, &flow, None).expect("it needs no keys")
    }

    /// Where this comes out of a piece, the work on it panics.
    const PANIC: &[u8] = b"panic";

    /// What comes out of an input, and the message of its failure.
    type Out = (Vec<u8>, Vec<Report>, String);

    fn taken<'e>(course: &'e Course<'_, Output>, inputs: &'e [Input], options: &Options, workers: usize) -> Out {
        let bar = ProgressBar::hidden();
        let (mut bytes, mut reports, mut told) = (Vec::new(), Vec::new(), String::new());
        let lead = |input: &'e Input, leader: &Leader<'_, 'e, Result<Output, Failure>>| {
            let send = |batch| leader.send(Ok(batch));
            let outcome = fault::contained("a", || through(course, input, options, (leader, &bar), |_| {}, send));
            outcome.or_else(|failure| leader.send(Err(failure))).expect("somebody listens");
        };
        let listened = work::in_order(inputs, workers, lead, |_, batch| {
            match batch {
                Ok(batch) => {
                    bytes.extend(batch.bytes);
                    reports.extend(batch.reports);
                }
                Err(failure) => told = format!("{failure:?}"),
            }
            Ok(())
        });
        listened.expect("nothing fails here");
        (bytes, reports, told)
    }

    fn masked(masker: &Masker, format: Format, bytes: &[u8], workers: usize, verifies: bool) -> Out {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("it takes them");
        let path = Some(file.path().to_owned());
        let inputs = [Input { name: "a".to_owned(), path, below: PathBuf::new() }];
        let options = Options { format: Some(format), charset: Some(Charset::Utf8), ..Options::default() };
        let digest = |_: &str, output: &mut Output| {
            assert!(!output.bytes.windows(PANIC.len()).any(|bytes| bytes == PANIC), "it was asked for");
            std::mem::take(output)
        };
        let course = Course::new(masker, Mode::Mask, verifies, Box::new(digest));
        taken(&course, &inputs, &options, workers)
    }

    #[test]
    fn a_fault_in_a_piece_ends_its_input_and_nothing_else() {
        let masker = masker();
        let line = "2026-11-23 10:00:00 INFO order of 手机13800138000\n".repeat(100);
        let input = format!("{line}{}\n{line}", str::from_utf8(PANIC).expect("text"));
        for workers in [1, 2, 5] {
            let (bytes, _, told) = masked(&masker, Format::Text, input.as_bytes(), workers, false);
            assert!(told.contains("internal error"), "{told}");
            let before = line.replace("13800138000", "138******00");
            assert!(before.as_bytes().starts_with(&bytes) && bytes.len() > line.len() / 2, "{} bytes", bytes.len());
        }
    }

    /// Rows for the sample of a table, and others behind them.
    fn table(rows: &str) -> String {
        let sample = (0..1000).map(|nth| format!("李四,8800{nth:06},x\n"));
        format!("姓名,资金账号,备注\n{}{rows}", sample.collect::<String>())
    }

    #[test]
    fn the_number_of_workers_makes_no_difference() {
        let masker = masker();
        let log = |nth| format!("2026-11-23 10:00:{:02} INFO order {nth} 手机138{nth:08}\n", nth % 60);
        let log: String = (0..100).map(log).collect();
        let forms = "资金账号\n8800123456\n姓名：\n张三\n".repeat(300);
        let card = format!("BEGIN:VCARD\nFN:张三\nNOTE:{}\nTEL:13800138000\nEND:VCARD\n", "x".repeat(300)).repeat(40);
        let long = format!("{}手机13800138000\n", "x ".repeat(3000));
        let json: String = (0..200).map(|nth| format!("{{\"mobile\":\"138{nth:08}\",\"n\":{nth}}}\n")).collect();
        let quoted = "张三,\"8800\n123456\",\"a\n\"\"b\n\"\n\n王五,8800123457,5\" pipe\n".repeat(60);
        let other = table("") + &"x,y,z\n".repeat(300) + "\n备注,手机\n" + &"x,13800138000\n\n".repeat(100);
        let blocked = "{\"mobile\":\"13800138000\",\"iban\":\"DE89370400440532013000\"}\n";
        for (format, input) in [
            (Format::Text, log.clone()),
            (Format::Text, log.clone() + &forms + &long + &log),
            (Format::Text, log.clone() + &card + "BEGIN:VCARD\n" + &long.repeat(3) + &card + "end"),
            (Format::Ndjson, json.clone() + &json.replace("\"n\"", &format!("\"{}\"", "n".repeat(900))) + &json),
            (Format::Ndjson, json.clone() + blocked + &json),
            (Format::Ndjson, json.clone() + "{\"mobile\":\"13800138000\",\n" + &json),
            (Format::Csv, table(&quoted)),
            (Format::Csv, table(&quoted.repeat(2)) + "张三,\"8800123456"),
            (Format::Csv, table("王五,DE89370400440532013000,\n").repeat(2)),
            (Format::Csv, table(&("1,".repeat(5000) + "\n"))),
            (Format::Csv, other),
            (Format::Json, format!("[{}]", json.trim_end().replace('\n', ",\n"))),
            (Format::Fix, "10:00 8=FIX.4.2|9=35|35=D|553=13800138000|10=000| ok\n".repeat(50)),
            (Format::Text, String::new()),
        ] {
            let expected = masked(&masker, format, input.as_bytes(), 1, false);
            if let Ok(whole) = masker.mask(input.as_bytes(), &Options { format: Some(format), ..Options::default() }) {
                assert!(expected.0 == whole.bytes && expected.1 == whole.reports, "{format:?}");
            }
            for (workers, verifies) in [(1, true), (2, false), (2, true), (5, false), (5, true)] {
                let made = masked(&masker, format, input.as_bytes(), workers, verifies);
                assert!(made.2 == expected.2, "{format:?}, {workers}, {verifies}: {} {}", made.2, expected.2);
                assert!(made.0 == expected.0 && made.1 == expected.1, "{format:?}, {workers}, {verifies}");
            }
        }
    }

    #[test]
    fn pseudonyms_pass_the_check_of_any_number_of_workers() {
        let (masker, log) = (passage::tests::masker(""), passage::tests::log(20_000));
        let expected = masked(&masker, Format::Text, &log, 1, false);
        assert!(expected.2.is_empty() && expected.0.windows(6).any(|window| window == b"186000"));
        for workers in [1, 2, 5] {
            assert!(masked(&masker, Format::Text, &log, workers, true) == expected, "{workers} workers");
        }
    }
}
