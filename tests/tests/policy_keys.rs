//! Policies that take keys: values that are exempt by their digest, and tests of flows on which keys are used.

#![cfg(unix)]

mod support;

use std::fs;
use support::ring::{Ring, run, shown, told};

const OWN: &str = "6228480000000000216";
const ANOTHERS: &str = "6217000000000000020";

/// A keyring, and what its key makes of the firm's own card: what the manual says to do.
fn with_digest() -> (Ring, String) {
    let ring = Ring::new("any");
    let hash = ring.0.with("hash.toml", "[[rule]]\nkind = \"bank_card\"\naction = \"hash\"\n");
    let hashed = shown(&ring.mask(&format!("卡号{OWN}\n"), &["--policy", hash.to_str().expect("a plain name")]));
    let digest = hashed.trim_start_matches("卡号").trim_end().to_owned();
    assert!(digest.starts_with("pih_"), "{digest}");
    (ring, digest)
}

fn exempting(ring: &Ring, digest: &str, more: &str) -> String {
    let lines =
        format!("[[exempt]]\ndigest = {digest:?}\nowner = \"it\"\nwhy = \"ours\"\nexpires = 9999-12-31\n{more}");
    ring.0.with("firm.toml", &lines).to_str().expect("a plain name").to_owned()
}

#[test]
fn a_value_is_exempt_by_the_digest_that_a_command_prints() {
    let (ring, digest) = with_digest();
    let policy = exempting(&ring, &digest, "");
    let text = format!("卡号{OWN}，卡号{ANOTHERS}\n");
    let masked = shown(&ring.mask(&text, &["--policy", &policy, "--verify"]));
    assert!(masked.contains(OWN) && !masked.contains(ANOTHERS), "{masked}");
    let spaced = shown(&ring.mask("卡号6228 4800 0000 0000 216\n", &["--policy", &policy]));
    assert_eq!(spaced, "卡号6228 4800 0000 0000 216\n", "in whatever way it is written");
    // Where nobody has the key, and where it is another one, it is masked like any other.
    let unknown = shown(&run(&["mask", "-", "--policy", &policy], &text));
    assert!(!unknown.contains(OWN) && !unknown.contains(ANOTHERS), "{unknown}");
    let other = shown(&Ring::new("any").mask(&text, &["--policy", &policy]));
    assert!(!other.contains(OWN) && !other.contains(ANOTHERS), "{other}");
    // Kind and channel limit it as they limit a pattern.
    for limits in ["kind = \"mobile_phone\"\n", "channel = \"sms\"\n"] {
        let limited = shown(&ring.mask(&text, &["--policy", &exempting(&ring, &digest, limits), "--channel", "log"]));
        assert!(!limited.contains(OWN), "{limits}{limited}");
    }
}

#[test]
fn check_and_diff_tell_of_digests() {
    let (ring, digest) = with_digest();
    let policy = exempting(&ring, &digest, "");
    let checked = run(&["policy", "check", &policy], "");
    shown(&checked);
    assert!(
        told(&checked).contains("firm.toml:1: a digest takes a key: the value is exempt where `pii mask` has"),
        "{}",
        told(&checked)
    );
    let wrong = exempting(&ring, &"ab".repeat(32), "");
    let refused = run(&["policy", "check", &wrong], "");
    assert_eq!(refused.code, Some(2));
    assert!(
        told(&refused).contains("firm.toml:2: the digest must be one that the firm's key makes of the value"),
        "{}",
        told(&refused)
    );
    // What only a key can see is held to be less protected.
    let new = exempting(&ring, &digest, "");
    let none = ring.0.with("none.toml", "");
    let sample = ring.0.with("sample.txt", &format!("卡号{OWN}\n"));
    let [none, sample] = [&none, &sample].map(|path| path.to_str().expect("a plain name"));
    let worse = run(&["policy", "diff", none, &new, sample, "--fail"], "");
    assert_eq!(worse.code, Some(1), "{}", told(&worse));
    assert!(told(&worse).contains("LESS PROTECTED: the value whose digest is in "), "{}", told(&worse));
    for (old, new) in [(new.as_str(), none), (&new, &new)] {
        assert_eq!(run(&["policy", "diff", old, new, sample, "--fail"], "").code, Some(0));
    }
}

#[test]
fn flows_that_take_keys_are_tested_with_a_keyring() {
    let ring = Ring::new("any");
    ring.0.with("t/dump/flow.toml", "channel = \"test_data\"\n");
    let input = format!("手机13800138000，卡号{OWN}\n");
    ring.0.with("t/dump/a.in.txt", &input);
    ring.0.with("t/plain.in.txt", "手机13800138000\n");
    ring.0.with("t/plain.out.txt", "手机138******00\n");
    let pseudonyms = shown(&ring.mask(&input, &["--channel", "test_data", "--format", "text"]));
    let expected = ring.0.with("t/dump/a.out.txt", &pseudonyms);
    let (folder, file, key) = (ring.path("t"), ring.path("ring"), ring.path("ring.key"));
    let with_keys = ["policy", "test", &folder, "--keyring", &file, "--key-file", &key];
    assert_eq!(shown(&run(&with_keys, "")), "2 inputs: all as expected\n");
    fs::write(expected, &input).expect("written");
    let differs = run(&with_keys, "");
    assert_eq!(differs.code, Some(4), "{}", told(&differs));
    assert!(!told(&differs).contains(OWN) && !told(&differs).contains("13800138000"), "{}", told(&differs));
    // Nothing is recorded or kept of a test, and without the keyring the message says what to give.
    let beside: Vec<_> =
        ["ring.data-keys"].into_iter().filter(|name| fs::exists(ring.path(name)).expect("told")).collect();
    assert!(beside.is_empty(), "{beside:?}");
    let without = run(&["policy", "test", &folder], "");
    assert_eq!(without.code, Some(2));
    assert!(
        told(&without).contains("flow.toml: ") && told(&without).contains("give a keyring that has one"),
        "{}",
        told(&without)
    );
}
