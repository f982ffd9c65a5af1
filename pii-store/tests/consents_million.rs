//! A million signed rows, by hand: `cargo test --release -p pii-store --test consents_million -- --ignored --nocapture`.

#![allow(clippy::print_stdout, reason = "figures are what this is for")]

mod consent_support;

use consent_support::*;
use pii_core::sign::SignAlgorithm;
use pii_store::consents::Progress;
use std::hint::black_box;
use std::io::{BufReader, Write as _};
use std::time::Instant;

#[test]
#[ignore = "takes minutes"]
fn a_million_rows() {
    let rows: u64 = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let path = firm.folder.path().join("lines");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    for number in 1..=rows {
        writeln!(file, "{}", firm.line(number, &phone(number))).expect("written");
    }
    file.into_inner().expect("written").sync_all().expect("written");
    let begun = Instant::now();
    let mut input = BufReader::new(std::fs::File::open(&path).expect("a file"));
    let mut tell = |progress| assert!(matches!(progress, Progress::Kept(_)), "{progress:?}");
    let done = node.import(&mut input, &|| moment(NOW), &mut tell).expect("imported");
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(done.taken, rows);
    println!("{rows} rows with identities imported in {took:.1} s: {:.0} a second", rows as f64 / took);
    let aliases: Vec<_> =
        (1..=1000).map(|n| node.digests().aliases([(kind("mobile_phone"), phone(n * rows / 1000).as_str())])).collect();
    let begun = Instant::now();
    for _ in 0..100 {
        for one in &aliases {
            let is_allowed = node.decide(|book| may_in(book, &one.known_to(book))).expect("fresh");
            assert!(black_box(is_allowed));
        }
    }
    println!("a decision: {:.0} ns", begun.elapsed().as_nanos() as f64 / 100_000.0);
    drop(node);
    let begun = Instant::now();
    let node = firm.node();
    println!("loaded again in {:.1} s", begun.elapsed().as_secs_f64());
    assert!(may(&node, &phone(rows)));
}
