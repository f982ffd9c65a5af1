//! How fast a vault is: `PII_SHOW_RATES=1 cargo test -p pii-store --release --test rate -- --ignored`.
#![cfg(unix)]

mod support;

use pii_core::key::Suite;
use pii_keys::SystemEntropy;
use pii_store::{Entry, Sqlite};
use std::time::{Duration, Instant};
use support::{Place, keyring, kind, opened};

const VALUES: usize = 100_000;

/// Far below what was measured (tens of thousands a second), so that a busy machine does not fail it.
const LEAST_PER_SECOND: f64 = 5_000.0;

/// Writes the rate where whoever runs this alone sees it.
fn held(what: &str, took: Duration) {
    let per_second = VALUES as f64 / took.as_secs_f64();
    assert!(per_second > LEAST_PER_SECOND, "{what}: {per_second:.0} a second");
    if std::env::var_os("PII_SHOW_RATES").is_some() {
        use std::io::Write as _;
        writeln!(std::io::stderr(), "{what}: {per_second:.0} a second").expect("standard error");
    }
}

#[test]
#[ignore = "measures: run it alone, optimised"]
fn a_hundred_thousand_values_in_a_second_or_so() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let values: Vec<String> = (0..VALUES).map(|n| format!("1390000{n:06}")).collect();
    let of = |value| Entry { kind: kind("bank_card"), scope: "test", value, subject: None };
    let entries: Vec<Entry<'_>> = values.iter().map(|value| of(value.as_str())).collect();
    let mut vault = place.vault();
    let mut tokens = Vec::new();
    for round in ["new", "known"] {
        let begun = Instant::now();
        let got = vault.tokens(&entries, &keys, &mut SystemEntropy).expect("tokens");
        held(round, begun.elapsed());
        assert!(tokens.is_empty() || got == tokens, "known values keep their tokens");
        tokens = got;
    }
    let begun = Instant::now();
    for (token, value) in tokens.iter().zip(&values) {
        assert_eq!(opened(&mut vault, token, &keys).expect("opens").as_ref(), Some(value));
    }
    held("opened", begun.elapsed());
    let begun = Instant::now();
    Sqlite::open(&place.path()).expect("opens").check().expect("sound");
    held("checked", begun.elapsed());
}
