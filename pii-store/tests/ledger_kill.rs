//! Writers that are killed at any moment: what was acknowledged is there, and nothing is there by half.
#![cfg(unix)]

mod support;

use pii_store::ledger::{LedgerStorage, verify};
use pii_store::{Postgres, PostgresOptions, Sqlite};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use support::Place;
use support::bed::{Bed, of_record, says};
use support::server::Server;

const VARIABLE: &str = "PII_LEDGER_TEST_STORE";

/// Entries of one step: all of them are there, or none.
const STEP: u64 = 3;

/// Where a writer in another process writes: a path, or a connection and a schema.
fn opened(place: &str) -> Box<dyn LedgerStorage> {
    match place.split_once('|') {
        None => Box::new(Sqlite::open_or_begin(Path::new(place)).expect("it opens")),
        Some((connection, schema)) => {
            let options = PostgresOptions::new(connection).and_then(|options| options.in_schema(schema));
            Box::new(Postgres::open_or_begin(&options.expect("it reads")).expect("it opens"))
        }
    }
}

/// Appends steps until it is killed, and says each one that is acknowledged.
#[test]
#[ignore = "what the other process of the tests below runs"]
fn the_writer() {
    let Ok(place) = std::env::var(VARIABLE) else { return };
    let mut storage = opened(&place);
    let mut out = std::io::stdout();
    writeln!(out, "\nopened").expect("standard output");
    loop {
        let record = format!("{}-{}", std::process::id(), storage.head().expect("readable").seq);
        let body = "x".repeat(record.len() * 37 % 3000);
        let entry = |n| of_record(says(&format!("{record} {n} {body}")), &record, n as u32);
        let entries: Vec<_> = (0..STEP).map(entry).collect();
        if let Ok(head) = storage.append(&entries, &[]) {
            writeln!(out, "{} {record}", head.seq).expect("standard output");
        }
    }
}

/// Starts a writer, kills it after `after`, and says what it had been told: the last number of each step, and its record.
fn killed(place: &str, after: Duration) -> Vec<(u64, String)> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "the_writer", "--nocapture"])
        .env(VARIABLE, place)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    // Some are killed while they open the store.
    if !after.as_micros().is_multiple_of(4) {
        let is_opened = |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| line == "opened");
        assert!(lines.by_ref().any(|line| is_opened(&line)), "it opens");
    }
    std::thread::sleep(after);
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    let told = |line: std::io::Result<String>| {
        let line = line.ok()?;
        let (seq, record) = line.split_once(' ')?;
        Some((seq.parse().ok()?, record.to_owned()))
    };
    lines.filter_map(told).collect()
}

/// Looks at what came behind `seq`: every step that was told is there, and every step that is there is whole.
fn check(storage: &mut dyn LedgerStorage, seq: u64, told: &[(u64, String)]) -> u64 {
    // A server goes on with what a killed writer had sent. A step of nobody's waits until that is final.
    storage.append(&[], &[]).expect("nothing is appended");
    let entries = storage.after(seq, 10_000).expect("readable");
    assert!(
        entries.len() < 10_000 && (entries.len() as u64).is_multiple_of(STEP),
        "{} entries: half a step",
        entries.len()
    );
    for step in entries.chunks(STEP as usize) {
        let records: Vec<_> = step.iter().map(|entry| entry.record.as_ref().expect("of a record")).collect();
        assert!(records.iter().enumerate().all(|(n, record)| record.number() == n as u32));
        assert!(records.iter().all(|record| record.record() == records[0].record()), "two steps mixed");
    }
    for (last, record) in told {
        let entry = entries.iter().find(|entry| entry.seq == *last);
        let entry = entry.unwrap_or_else(|| panic!("{last} was acknowledged and is lost"));
        assert!(
            entry.record.as_ref().expect("of a record").record() == record && entry.body.starts_with(record.as_str())
        );
    }
    storage.head().expect("readable").seq
}

/// Numbers that look random and are the same each time.
fn moments(most_ms: u64) -> impl Iterator<Item = Duration> {
    let mut state = 11_u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_micros((state >> 33) % (most_ms * 1000))
    })
}

fn kill_writers(place: &str, rounds: usize, most_ms: u64) -> usize {
    let mut storage = opened(place);
    let (mut seq, mut acknowledged) = (0, 0);
    for (round, moment) in moments(most_ms).take(rounds).enumerate() {
        let told = killed(place, moment);
        seq = check(&mut *storage, seq, &told);
        acknowledged += told.len();
        if round % 100 == 99 {
            verify(&mut *storage).expect("the chain holds");
        }
    }
    assert_eq!(verify(&mut *storage).expect("the chain holds").seq, seq);
    acknowledged
}

/// Rounds on files that begin empty, each with as many writers one after the other as it says.
fn kill_sqlite(files: usize, rounds: usize) {
    let mut acknowledged = 0;
    for _ in 0..files {
        let place = Place::new();
        acknowledged += kill_writers(place.path().to_str().expect("UTF-8"), rounds, 40);
        place.store().check().expect("every page is sound");
    }
    assert!(acknowledged > files * rounds / 10, "{acknowledged}: they were killed before they had written");
    told(&format!("{} writers killed, {acknowledged} steps acknowledged, none lost", files * rounds));
}

#[allow(clippy::print_stderr, reason = "a figure to be read with --nocapture")]
fn told(figure: &str) {
    eprintln!("{figure}");
}

#[test]
fn sqlite_keeps_what_it_acknowledged_when_writers_are_killed() {
    kill_sqlite(4, 50);
}

#[test]
#[ignore = "half an hour: `make long`"]
fn sqlite_keeps_what_it_acknowledged_when_thousands_of_writers_are_killed() {
    kill_sqlite(20, 250);
}

#[test]
fn postgres_keeps_what_it_acknowledged_when_writers_are_killed() {
    let bed = Bed::postgres();
    let Bed::Postgres(schema) = &bed else { unreachable!("it is") };
    let acknowledged = kill_writers(&schema.place(), 40, 150);
    assert!(acknowledged > 4, "{acknowledged}");
}

#[test]
fn postgres_keeps_what_it_acknowledged_when_the_server_is_killed() {
    let mut server = Server::start();
    let options = server.options("killed");
    drop(Postgres::open_or_begin(&options).expect("it opens"));
    let (stop, last) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut unknown = 0;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut storage, mut unknown) = (Postgres::open(&options).expect("it opens"), 0);
            while !stop.load(Ordering::Relaxed) {
                match storage.append(&[says("a"), says("b")], &[]) {
                    Ok(head) => last.store(head.seq, Ordering::Relaxed),
                    Err(said) => {
                        unknown += u32::from(said.is_unknown_outcome());
                        std::thread::sleep(Duration::from_millis(20));
                        if let Ok(again) = Postgres::open(&options) {
                            storage = again;
                        }
                    }
                }
            }
            unknown
        });
        for moment in moments(12).take(6) {
            std::thread::sleep(Duration::from_millis(100) + moment * 10);
            server.kill_and_wait();
            let mut storage = Postgres::open(&options).expect("it is up");
            let acknowledged = last.load(Ordering::Relaxed);
            let head = verify(&mut storage).expect("the chain holds");
            assert!(head.seq >= acknowledged && head.seq.is_multiple_of(2), "{head:?}, acknowledged {acknowledged}");
        }
        stop.store(true, Ordering::Relaxed);
        unknown = writer.join().expect("no panic");
    });
    let acknowledged = last.load(Ordering::Relaxed);
    told(&format!("server killed 6 times: {acknowledged} entries, {unknown} steps of unknown outcome"));
    assert!(acknowledged > 12);
}
