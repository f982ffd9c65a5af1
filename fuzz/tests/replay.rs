//! Every body on its seeds, on what broke one before, and on a few hundred inputs made from the seeds.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use pii_fuzz::{TARGETS, mutate, run};
use pii_tests::random::Random;

/// Inputs made for each target where `FUZZ_ROUNDS` says nothing: what a commit can wait for.
const ROUNDS: usize = 150;

/// Inputs that broke a target once, the smallest that did. Each says what it broke.
const REGRESSIONS: &[(&str, &[u8])] = &[
    // Edits before what had gone out already: a value was written in clear, and the rest panicked.
    ("form", b"idNo=440\\u0031Na&"),
    ("ndjson", b"{\"custNo\":\"&#49;00301\",\"\":\"\"}"),
    (
        "json",
        b"[{\"\":1},{\"address\":\"%31\xe5\xb9\x82\xe7\xa6\x8f\xe7\x94\xb0\xe5\x8c\xba\xe6\xb7\xa7\xe9\x81\x930\"}",
    ),
    // A row of headings that held a value was one only once the value was masked. (The first byte says the format.)
    ("twice", b"\x07\xe5\xae\xa2\xe6\x88\xb7\xe5\x8f\xb7,440524188001010014\n10301"),
    ("twice", b"\x08name\t0014@e.co\n\xe5\xbc\xa0\xe4\xb8\x89"),
    // Of two addresses without a mark between them one was masked.
    ("twice", b"\0n@e.om@e.om"),
    ("twice", b"\x0an@e.om@e.om"),
    // An address whose domain held a number showed it.
    ("twice", b"\0zhangsan@exa440524188001010014mple.com"),
    // What a mask shows made a number together with what stands beside it.
    ("twice", b"\0mobile\"1380013801%33%38%30%30%31%33%38%30%30%30"),
    ("twice", b"\0plain 13800138 13800138000"),
    // What reads as base64 ended in a number, which was masked where it stood and showed once the base64 was coded again.
    ("text", b"eyJpZE5vIjoiNDQwNTI0MTg4MDAxMDEwMDE0I440524188001010014\n"),
    // A percent sign of something encoded was taken for the unit of the card number before it.
    ("twice", b"\x006228480000000000216 %31%33%38%30%30%31%33%38%30%30%30\n"),
    // An encoded word in the place of an address hid its `@` from the second pass, which then read it as a name.
    ("twice", b"\x0aFrom: =?UTF-8?B?5byg5LiJ?= <zhangsan@exampl13800138000\r\n =?UTF8?B?5byg5LiJ?=\r1o--\r\n"),
    // The star of a mask behind a slash began a comment, and a name with a number in it was two names afterwards.
    ("sql", b"/6228480000000000216\n"),
    ("twice", b"\x0bSELECT * FROM t WHERE khxm6228480000000000216 IN ('\xe5\xbc\xa0\xe4\xb8\x89')"),
    // What an element says, and what it says together with its children, were reported as two findings.
    ("xml", b"<r><m/>&#52;40524188001010014 13800138000 <m>x</m></r>"),
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has no seeds");
    paths.iter().map(|path| fs::read(path).expect("readable")).collect()
}

/// Runs a body, and says with which input it failed: the number of a round would not mean the same tomorrow.
fn broken(target: &str, input: &[u8]) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| run(target, input)));
    outcome.is_err().then(|| format!("{target} does not hold of b\"{}\"", input.escape_ascii()))
}

/// The first input of every target that it does not hold of.
fn assert_none_broken<I: AsRef<[u8]>>(inputs: impl Fn(&str) -> Vec<I>) {
    let first = |target: &str| inputs(target).iter().find_map(|input| broken(target, input.as_ref()));
    let broken: Vec<String> = TARGETS.iter().filter_map(|(target, _)| first(target)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn seeds_hold() {
    assert_none_broken(seeds);
}

#[test]
fn what_broke_once_holds() {
    assert_none_broken(|target| REGRESSIONS.iter().filter(|(of, _)| *of == target).map(|(_, input)| input).collect());
}

#[test]
fn inputs_made_from_seeds_hold() {
    let set = std::env::var("FUZZ_ROUNDS").ok();
    let rounds = set.map_or(ROUNDS, |text| text.parse().expect("FUZZ_ROUNDS is a number"));
    assert_none_broken(|target| {
        let (seeds, mut random) = (seeds(target), Random::new(1));
        (0..rounds).map(|_| mutate::next(&mut random, &seeds)).collect()
    });
}

#[test]
fn every_target_is_known_to_cargo_fuzz() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let mut files: Vec<String> = fs::read_dir(folder)
        .expect("the targets")
        .map(|entry| entry.expect("readable").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    let mut names = TARGETS.map(|(name, _)| name.to_owned()).to_vec();
    files.sort();
    names.sort();
    assert_eq!(files, names);
}
