//! A process that is killed while it writes: what was acknowledged is there, and the trail goes on.
#![cfg(unix)]

mod trail_support;

use pii_store::trail::{Class, Filter, Go, Trail, query, verify};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;
use trail_support::{Place, name, record, signing_key, verifying_keys};

/// How often it is killed.
const KILLS: u64 = 25;

/// The child's folder.
const FOLDER: &str = "PII_TEST_TRAIL_FOLDER";

/// Not a test of its own: what the child process does. It writes from four threads, and says each number once it is recorded.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let clock = trail_support::Clock::new();
    let options = pii_store::trail::Options::new(name("n1"), move || clock.now())
        .signed_by(signing_key(pii_core::sign::SignAlgorithm::Ed25519))
        .segments_of(pii_store::trail::SEGMENT_LEAST_BYTES)
        .and_then(|options| options.heads_every(Duration::from_millis(15)))
        .expect("good settings");
    let trail = Trail::open(std::path::Path::new(&folder), options).expect("it opens");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let recorder = trail.recorder();
            scope.spawn(move || {
                for number in 0.. {
                    let tickets: Vec<_> =
                        (0..5).map(|_| recorder.append(record(thread ^ number as u8)).expect("taken")).collect();
                    let mut said = String::new();
                    for ticket in tickets {
                        said += &format!("recorded {}\n", ticket.wait().expect("written").seq);
                    }
                    let mut out = std::io::stdout().lock();
                    out.write_all(said.as_bytes()).and_then(|()| out.flush()).expect("heard");
                }
            });
        }
    });
}

#[test]
fn what_was_acknowledged_is_there_whenever_it_is_killed() {
    let place = Place::new();
    let (mut acknowledged, mut recovered) = (BTreeSet::new(), 0);
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(FOLDER, place.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("piped")).lines();
        // Killed so many acknowledged records and some moments later, never between two records on purpose.
        let mut heard = 0;
        while heard <= kill * 7 % 40 {
            let line = out.next().expect("it writes").expect("readable");
            if let Some((_, seq)) = line.split_once("recorded ") {
                acknowledged.insert(seq.parse::<u64>().expect("a number"));
                heard += 1;
            }
        }
        std::thread::sleep(Duration::from_micros(kill * 733 % 9000));
        child.kill().expect("killed");
        child.wait().expect("gone");
        for line in out.map_while(Result::ok) {
            // The last line of a pipe may be cut short: a number that is none was not said.
            let seq = line.split_once("recorded ").and_then(|(_, seq)| seq.parse::<u64>().ok());
            let last = acknowledged.last().copied().unwrap_or(0);
            acknowledged.extend(seq.filter(|seq| *seq + 1000 > last));
        }
        let report = verify(&place.folder(), &verifying_keys(), None, |_| ()).expect("readable");
        let only_torn = report.faults().iter().all(|fault| fault.kind == pii_store::trail::FaultKind::Torn);
        assert!(only_torn && report.faults().len() <= 1, "{kill}: {report:?}");
        recovered = report.chains()[0].recovered;
    }
    drop(Trail::open(&place.folder(), place.signed()).expect("it opens"));
    let report = place.verify();
    assert!(report.is_sound(), "{report:?}");
    assert!(recovered + 1 >= KILLS, "{recovered} of {KILLS}");
    let mut there = BTreeSet::new();
    let each = |answer: &pii_store::trail::Answer| {
        assert_eq!(answer.position.class, Class::Business);
        there.insert(answer.position.seq);
        Go::On
    };
    query(&[place.folder()], &Filter::default(), each, |_| ()).expect("readable");
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(acknowledged.len() as u64 >= KILLS, "{}", acknowledged.len());
}
