//! Disks that fail: nothing is said to be recorded that is not, and nothing more is recorded afterwards.

use super::disk::{Disk, Folder, Ink};
use super::segment::SegmentName;
use super::*;
use pii_core::time::Moment;
use std::io;
use std::sync::Mutex;

/// What a disk may still do, and what it did.
#[derive(Default)]
struct Allowance {
    bytes: Option<usize>,
    syncs: Option<usize>,
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
