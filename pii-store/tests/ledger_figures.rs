//! How long a read and a start take, with a million entries in memory. By hand: `--release --ignored --nocapture`.
#![cfg(unix)]

mod support;

use pii_store::StoreError;
use pii_store::ledger::{Follower, NewEntry, State, StoredEntry, Subject};
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;
use support::bed::{Bed, alias, node};

/// Which subject an alias leads to, and how many entries it has.
#[derive(Default)]
struct Counted {
    subjects: HashMap<[u8; 32], Subject>,
    entries: HashMap<Subject, u32>,
}

impl State for Counted {
    type Read = ();

    fn read(&self, entries: &[StoredEntry]) -> Result<Vec<()>, StoreError> {
        Ok(vec![(); entries.len()])
    }

    fn apply(&mut self, entry: &StoredEntry, (): ()) {
        if let (Some(alias), Some(subject)) = (entry.alias, entry.subject) {
            self.subjects.insert(alias.digest, subject);
            *self.entries.entry(subject).or_default() += 1;
        }
    }
}

const ENTRIES: u32 = 1_000_000;

fn digest(n: u32) -> [u8; 32] {
    let mut digest = [0; 32];
    digest[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_le_bytes());
    digest
}

#[allow(clippy::print_stderr, reason = "figures to be read")]
fn measure(bed: &Bed, name: &str) {
    let mut storage = bed.ledger();
    let body = r#"{"type":"given","purpose":"marketing","recipient":"fund-sales","at":1795428000,"until":1826964000}"#;
    let begun = Instant::now();
    for step in 0..ENTRIES / 10_000 {
        let entry = |n: u32| {
            let mut subject = [7; 16];
            subject[..4].copy_from_slice(&n.to_le_bytes());
            NewEntry::about(subject, Some(pii_store::ledger::Alias { digest: digest(n), ..alias(1, 0) }), body)
        };
        let entries: Result<Vec<_>, _> = (step * 10_000..(step + 1) * 10_000).map(entry).collect();
        storage.append(&entries.expect("short"), &[]).expect("appended");
    }
    eprintln!("{name}: {ENTRIES} entries appended in {:?}", begun.elapsed());
    let begun = Instant::now();
    let follower = Follower::start(node("a"), Counted::default, bed.connector()).expect("it starts");
    eprintln!("{name}: loaded and checked in {:?}", begun.elapsed());
    let look = |n: u32| {
        let found = |state: &Counted| state.subjects.get(&digest(n)).and_then(|s| state.entries.get(s)).copied();
        assert_eq!(follower.read(found).expect("fresh"), Some(1));
    };
    for threads in [1, 2] {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || (0..ENTRIES).for_each(|n| look(black_box((n + thread * 777) % ENTRIES))));
            }
        });
        let each = begun.elapsed().as_nanos() / u128::from(ENTRIES);
        eprintln!("{name}: {threads} threads, {each} ns for a read that finds one of {ENTRIES}");
    }
    let begun = Instant::now();
    (0..ENTRIES).for_each(|_| drop(black_box(follower.read(|_| ()))));
    eprintln!("{name}: {} ns for a read that looks at nothing", begun.elapsed().as_nanos() / u128::from(ENTRIES));
}

#[test]
#[ignore = "figures, by hand"]
fn figures_of_sqlite() {
    measure(&Bed::sqlite(), "SQLite");
}

#[test]
#[ignore = "figures, by hand"]
fn figures_of_postgres() {
    measure(&Bed::postgres(), "PostgreSQL");
}
