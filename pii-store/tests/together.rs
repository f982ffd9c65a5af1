//! Several connections at once: what two processes do to each other.
#![cfg(unix)]

mod support;

use pii_core::key::{KeyId, Suite};
use pii_core::seal::{SealAlgorithm, WrappingKey};
use pii_keys::SystemEntropy;
use pii_store::{Act, Quota, SealKeys, Sqlite, StoreError, Vault};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use support::{Place, TEN_O_CLOCK, at, entry, keyring, opened};

#[test]
fn a_value_has_one_token_whoever_asks_first() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let values: Vec<String> = (0..400).map(|n| format!("1380000{n:04}")).collect();
    let entries: Vec<_> = values.iter().map(|value| entry("mobile_phone", value)).collect();
    let start = Barrier::new(4);
    // Nothing is there yet: the file, its tables and the index's key are begun by all of them at once.
    let work = |from: usize| {
        start.wait();
        let mut vault = place.vault();
        let mut tokens = vec![String::new(); entries.len()];
        for step in 0..entries.len() / 20 {
            let first = (from + step * 20) % entries.len();
            let got = vault.tokens(&entries[first..first + 20], &keys, &mut SystemEntropy).expect("tokens");
            tokens.splice(first..first + 20, got);
        }
        tokens
    };
    let all: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = [0, 0, 100, 200].map(|from| scope.spawn(move || work(from))).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(all.iter().all(|tokens| *tokens == all[0]));
    let mut vault: Vault = place.vault();
    for (token, value) in all[0].iter().zip(&values) {
        assert_eq!(opened(&mut vault, token, &keys).unwrap().as_ref(), Some(value));
    }
    let kept = vault.wrapped_under().unwrap().values().sum::<u64>();
    assert!((2..=5).contains(&kept), "a data key of whoever had something new, and one key of the index: {kept}");
}

#[test]
fn nobody_has_the_last_of_a_quota_twice() {
    let place = Place::new();
    let start = Barrier::new(4);
    let work = || {
        start.wait();
        let mut quota = Quota::new(place.store());
        let spend = |_: &u32| quota.spend("desk", Act::Reveal, 3, 100, at(TEN_O_CLOCK)).expect("counted");
        (0..20).filter(spend).count()
    };
    let spent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(spent, 33, "99 of 100");
    let mut quota = Quota::new(place.store());
    assert!(!quota.spend("desk", Act::Reveal, 2, 100, at(TEN_O_CLOCK)).unwrap());
    assert!(quota.spend("desk", Act::Reveal, 1, 100, at(TEN_O_CLOCK)).unwrap());
}

/// Keys that two processes can have without a file.
struct Fixed;

impl SealKeys for Fixed {
    fn wrapping_key(&self, id: Option<KeyId>) -> Result<WrappingKey, StoreError> {
        let only = KeyId::new(1).expect("below the limit");
        if id.is_some_and(|id| id != only) {
            return Err(StoreError::no_key("there is one key"));
        }
        WrappingKey::new(SealAlgorithm::Sm4Gcm, only, &[7; 16]).map_err(|_| StoreError::no_key("of 16 bytes"))
    }
}

const PATH_VARIABLE: &str = "PII_STORE_TEST_PATH";

fn tokens_one_by_one(path: &Path) -> Vec<String> {
    let mut vault = Vault::new(Sqlite::open_or_begin(path).expect("opens"));
    let value = |n: u32| format!("1380000{n:04}");
    let token = |n| vault.token(&entry("mobile_phone", &value(n)), &Fixed, &mut SystemEntropy).expect("a token");
    (0..100).map(token).collect()
}

#[test]
#[ignore = "what the other process of the test below runs"]
fn the_other_process() {
    if let Some(path) = std::env::var_os(PATH_VARIABLE) {
        write_out(&tokens_one_by_one(Path::new(&path)));
    }
}

fn write_out(tokens: &[String]) {
    use std::io::Write as _;
    let mut out = std::io::stdout();
    tokens.iter().for_each(|token| writeln!(out, "{token}").expect("standard output"));
}

#[test]
fn two_processes_give_a_value_one_token() {
    let place = Place::new();
    let other = Command::new(std::env::current_exe().expect("this test"))
        .args(["--ignored", "--exact", "the_other_process", "--nocapture"])
        .env(PATH_VARIABLE, place.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let here = tokens_one_by_one(&place.path());
    let output = other.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    let there: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with("piv_")).collect();
    assert_eq!(there, here);
}
