//! Disks that fail: nothing is said to be recorded that is not, and nothing more is recorded afterwards.

use super::disk::{Disk, Folder, Ink};
use super::segment::SegmentName;
use super::*;
use pii_core::time::Moment;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What a disk may still do, and what it did.
#[derive(Default)]
struct Allowance {
    bytes: Option<usize>,
    syncs: Option<usize>,
    /// Whether it neither does what it is asked nor says that it cannot.
    hangs: bool,
    synced: Vec<String>,
}

struct Failing(Folder, Arc<Mutex<Allowance>>);

struct FailingInk(Box<dyn Ink>, SegmentName, Arc<Mutex<Allowance>>);

impl Disk for Failing {
    fn create(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>> {
        Ok(Box::new(FailingInk(self.0.create(name)?, name, Arc::clone(&self.1))))
    }

    fn go_on(&mut self, name: SegmentName) -> io::Result<Box<dyn Ink>> {
        Ok(Box::new(FailingInk(self.0.go_on(name)?, name, Arc::clone(&self.1))))
    }
}

impl Ink for FailingInk {
    /// Like a disk that is full in the middle: part of it is written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut allowance = self.2.lock().expect("no panic");
        let room = allowance.bytes.unwrap_or(usize::MAX);
        let fits = bytes.len().min(room);
        allowance.bytes = allowance.bytes.map(|room| room - fits);
        self.0.write(&bytes[..fits])?;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        while self.2.lock().expect("no panic").hangs {
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut allowance = self.2.lock().expect("no panic");
        if allowance.syncs == Some(0) {
            return Err(io::Error::other("the disk is gone"));
        }
        allowance.syncs = allowance.syncs.map(|syncs| syncs - 1);
        allowance.synced.push(self.1.file());
        self.0.sync()
    }

    fn cut(&mut self, length_bytes: u64) -> io::Result<()> {
        self.0.cut(length_bytes)
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn options() -> Options {
    Options::new(name("n1"), || Moment::from_unix_seconds(1_795_428_000).expect("a moment"))
}

fn record() -> Record {
    let version = Version::Named(name("policy-3"));
    let note = Note::new("reloaded");
    Record::Configuration(Configuration { part: name("policy"), version, accepted: true, note })
}

fn on(folder: &Path, allowance: &Arc<Mutex<Allowance>>) -> Trail {
    let disk = Failing(Folder(folder.to_owned()), Arc::clone(allowance));
    Trail::on(folder, options(), Box::new(disk)).expect("it opens")
}

fn seqs(folder: &Path) -> Vec<u64> {
    let mut seqs = Vec::new();
    struct All<'a>(&'a mut Vec<u64>);
    impl read::Visit for All<'_> {
        fn wants(&self, kind: &str, _: Moment) -> bool {
            kind == "configuration"
        }
        fn entry(&mut self, entry: Entry) -> Result<Go, TrailError> {
            self.0.push(entry.position.seq);
            Ok(Go::On)
        }
    }
    read::all(folder, &Class::ALL, &mut All(&mut seqs)).expect("readable");
    seqs
}

#[test]
fn a_full_disk_stops_the_trail_and_leaves_what_was_recorded() {
    for room in [0, 1, 250, 700, 900] {
        let folder = tempfile::tempdir().expect("a folder");
        let allowance = Arc::default();
        let trail = on(folder.path(), &allowance);
        let mut recorded = vec![trail.append(record()).expect("taken").wait().expect("written").seq];
        allowance.lock().expect("no panic").bytes = Some(room);
        let refused = loop {
            match trail.append(record()).and_then(Ticket::wait) {
                Ok(position) => recorded.push(position.seq),
                Err(error) => break error,
            }
        };
        assert!(refused.is_stopped(), "{refused}");
        // Room again: it is too late, until somebody opens it again.
        allowance.lock().expect("no panic").bytes = None;
        assert!(trail.append(record()).expect_err("stopped").is_stopped());
        assert!(trail.health().stopped.is_some());
        assert!(trail.close().expect_err("not all is written").is_stopped());
        assert_eq!(seqs(folder.path()), recorded, "{room}");
        let trail = Trail::open(folder.path(), options()).expect("it opens");
        trail.append(record()).expect("taken").wait().expect("written");
        drop(trail);
        let report = verify(folder.path(), &VerifyingKeys::new(), None, |_| ()).expect("readable");
        assert!(report.is_sound(), "{report:?}");
        assert_eq!(seqs(folder.path()).len(), recorded.len() + 1);
    }
}

#[test]
fn a_failed_sync_stops_the_trail_for_all_who_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let allowance = Arc::default();
    let trail = on(folder.path(), &allowance);
    trail.append(record()).expect("taken").wait().expect("written");
    allowance.lock().expect("no panic").syncs = Some(0);
    let refused: Vec<TrailError> = std::thread::scope(|scope| {
        let one = || trail.append(record()).and_then(Ticket::wait).expect_err("not on the disk");
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().expect("well")).collect()
    });
    assert!(refused.iter().all(TrailError::is_stopped));
    drop(trail);
    assert_eq!(seqs(folder.path()).len(), 1);
}

#[test]
fn a_disk_that_hangs_is_waited_for_no_longer_than_one_likes() {
    let folder = tempfile::tempdir().expect("a folder");
    let allowance: Arc<Mutex<Allowance>> = Arc::default();
    let trail = on(folder.path(), &allowance);
    let long = Duration::from_secs(60);
    trail.append(record()).expect("taken").wait_for(long).expect("written");
    assert!(trail.health().records());
    let hangs = |hangs| allowance.lock().expect("no panic").hangs = hangs;
    hangs(true);
    let (limit, begun) = (Duration::from_millis(50), Instant::now());
    let first = trail.append(record()).expect("taken");
    // Behind the first one, which is with the disk; nobody gave up on this one.
    let behind = trail.append(record()).expect("taken");
    assert!(trail.health().records(), "that it takes long is no fault yet");
    let late = first.wait_for(limit).expect_err("the disk hangs");
    assert!(late.is_late() && begun.elapsed() >= limit && begun.elapsed() < long, "{late}");
    let health = trail.health();
    assert!(!health.records() && health.stopped.is_none() && health.stalled_for.is_some(), "{health:?}");
    // One that waits as a future gives up in the same way.
    let given_up = trail.append(record()).expect("taken").give_up();
    assert!(given_up.is_late(), "{given_up}");
    hangs(false);
    assert_eq!(behind.wait_for(long).expect("the disk answers").seq, 4);
    // It is well again once all is written that somebody gave up on, without anything more being given to it, and before the
    // writer looks again by itself, every ten seconds.
    while !trail.health().records() {
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", trail.health());
        std::thread::sleep(Duration::from_millis(1));
    }
    trail.append(record()).expect("taken").wait().expect("written");
    assert!(trail.health().records(), "{:?}", trail.health());
    trail.close().expect("closed");
    // What nobody waited for is there: its outcome was unknown and not a no.
    assert_eq!(seqs(folder.path()), [2, 3, 4, 5, 6]);
}

#[test]
fn a_disk_that_fails_tells_those_who_wait_with_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let allowance: Arc<Mutex<Allowance>> = Arc::default();
    let trail = on(folder.path(), &allowance);
    allowance.lock().expect("no panic").syncs = Some(0);
    let refused = trail.append(record()).and_then(|ticket| ticket.wait_for(Duration::from_secs(60)));
    assert!(refused.expect_err("not on the disk").is_stopped());
    assert!(!trail.health().records() && trail.health().stalled_for.is_none());
}

#[test]
fn what_waits_together_goes_to_the_disk_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let allowance: Arc<Mutex<Allowance>> = Arc::default();
    let trail = on(folder.path(), &allowance);
    let tickets: Vec<Ticket> = (0..5000).map(|_| trail.append(record()).expect("taken")).collect();
    let seqs: Vec<u64> = tickets.into_iter().map(|ticket| ticket.wait().expect("written").seq).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] + 1 == pair[1]), "one thread's records are in its order");
    let syncs = allowance.lock().expect("no panic").synced.len();
    assert!(syncs < 1000, "{syncs} times to the disk for 5000 records");
}

#[test]
fn more_than_may_wait_is_refused_or_waits() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options();
    options.settings.waiting_bytes = 1;
    let trail = Trail::open(folder.path(), options).expect("it opens");
    let recorder = trail.recorder();
    let mut busy = 0;
    let mut tickets = Vec::new();
    for _ in 0..200 {
        match recorder.try_append(record()) {
            Ok(ticket) => tickets.push(ticket),
            Err(error) => {
                assert!(error.is_busy(), "{error}");
                busy += 1;
                tickets.push(recorder.append(record()).expect("it waits"));
            }
        }
    }
    assert!(busy > 0, "a disk is slower than this");
    for ticket in tickets {
        ticket.wait().expect("written");
    }
}

#[test]
fn a_ticket_is_a_future() {
    use std::future::Future as _;
    use std::task::{Context, Poll, Wake};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let trail = Trail::open(folder.path(), options()).expect("it opens");
    let mut ticket = std::pin::pin!(trail.append(record()).expect("taken"));
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let position = loop {
        match ticket.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(position) => break position.expect("written"),
            Poll::Pending => std::thread::park(),
        }
    };
    assert_eq!(position, Position { class: Class::Business, seq: 2 });
}

/// Lines with other contents in the place of the second one or behind the last one, chained anew. Nobody signed them.
fn forged(folder: &Path, content: &str, is_last: bool) -> Report {
    let trail = Trail::open(folder, options()).expect("it opens");
    trail.append(record()).expect("taken").wait().expect("written");
    drop(trail);
    let path = segment::all(folder).expect("readable")[0].path(folder);
    let text = std::fs::read_to_string(&path).expect("readable");
    let mut contents: Vec<&str> = text.lines().map(content_of).collect();
    if is_last {
        contents.push(content);
    } else {
        contents[1] = content;
    }
    let (mut out, mut before) = (Vec::new(), Hash::BEFORE_ALL);
    let (prefix, at) = (line::prefix(&name("n1"), Class::Business), line::time((options().settings.clock)()));
    for (seq, content) in (1..).zip(contents) {
        let new = line::New { prefix: &prefix, seq, at: &at, content: content.as_bytes() };
        before = line::write(&mut out, &new, HashAlgorithm::Sha256, &before);
    }
    std::fs::write(&path, out).expect("writable");
    verify(folder, &VerifyingKeys::new(), None, |_| ()).expect("readable")
}

/// What stands in a line between its time and its hash.
fn content_of(line: &str) -> &str {
    let (_, rest) = line.split_once("\"kind\":").expect("it has a kind");
    let (content, _) = rest.rsplit_once(",\"chain\":").expect("it has a hash");
    &line[line.len() - rest.len() - "\"kind\":".len()..][.."\"kind\":".len() + content.len()]
}

fn faults(report: &Report) -> Vec<(FaultKind, u64, u64)> {
    report.faults().iter().map(|fault| (fault.kind, fault.line, fault.seq)).collect()
}

#[test]
fn a_mark_that_cannot_be_read_is_a_fault_although_its_hash_is_right() {
    for kind in ["begun", "checkpoint", "removed", "recovered", "sealed"] {
        let folder = tempfile::tempdir().expect("a folder");
        let report = forged(folder.path(), &format!("\"kind\":\"{kind}\",\"more\":1"), false);
        assert_eq!(faults(&report), [(FaultKind::Changed, 2, 2)], "{kind}: {report:?}");
    }
    // What callers have recorded is theirs: a later version may record more of it.
    let folder = tempfile::tempdir().expect("a folder");
    let report = forged(folder.path(), "\"kind\":\"something_new\",\"more\":1", false);
    assert!(report.is_sound(), "{report:?}");
}

#[test]
fn a_seal_says_how_many_lines_there_are() {
    // Begun, a configuration, the mark of closing, and the seal itself.
    for (lines, expected) in [(4, vec![]), (3, vec![(FaultKind::Changed, 4, 4)]), (5, vec![(FaultKind::Changed, 4, 4)])]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let report = forged(folder.path(), &format!("\"kind\":\"sealed\",\"lines\":{lines}"), true);
        assert_eq!(faults(&report), expected, "{lines}: {report:?}");
    }
}
