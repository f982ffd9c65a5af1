//! What the guard passes on of what clients and attackers send, wherever it is cut.

#[path = "framing/corpus.rs"]
mod corpus;

use corpus::{BAD, GOOD, over_limits};
use pii_proxy::http::framing::{Fault, Guard, Limits, NotBehindHead, Options, Switch};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What became of an input.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// How many bytes may be passed on.
    passed: usize,
    /// Behind which bytes a message ended.
    ends: Vec<usize>,
    fault: Option<Fault>,
}

/// Feeds an input in pieces, as whoever reads a stream would: what was not passed on is held and judged again with more.
fn fed<'i>(options: Options, pieces: impl IntoIterator<Item = &'i [u8]>) -> Outcome {
    let mut guard = Guard::new(options);
    let mut held: Vec<u8> = Vec::new();
    let mut outcome = Outcome { passed: 0, ends: Vec::new(), fault: None };
    for piece in pieces {
        held.extend_from_slice(piece);
        loop {
            match guard.judge(&held) {
                Ok(0) => break,
                Ok(count) => {
                    held.drain(..count);
                    outcome.passed += count;
                    if guard.is_between_messages() {
                        outcome.ends.push(outcome.passed);
                    }
                }
                Err(fault) => {
                    assert_eq!(guard.judge(&held), Err(fault), "a fault is the last word");
                    outcome.fault = Some(fault);
                    return outcome;
                }
            }
        }
        assert!(held.len() <= Limits::default().head_bytes, "no more is held than the longest head");
    }
    outcome
}

fn whole(input: &[u8]) -> Outcome {
    fed(Options::default(), [input])
}

/// Whole, byte by byte, and cut in two at every byte.
fn assert_everywhere(name: &str, input: &[u8], expected: &Outcome) {
    assert_eq!(&whole(input), expected, "{name}");
    assert_eq!(&fed(Options::default(), input.chunks(1)), expected, "{name}, byte by byte");
    for at in 1..input.len() {
        let (one, two) = input.split_at(at);
        assert_eq!(&fed(Options::default(), [one, two]), expected, "{name}, cut at {at}");
    }
}

#[test]
fn what_clients_send_passes_as_it_is() {
    for good in GOOD {
        let outcome = whole(good.bytes.as_bytes());
        assert_eq!(outcome.ends.len(), good.messages, "{}: {outcome:?}", good.name);
        let ends = outcome.ends.clone();
        assert_eq!(ends.last(), Some(&good.bytes.len()), "{}", good.name);
        let expected = Outcome { passed: good.bytes.len(), ends, fault: None };
        assert_everywhere(good.name, good.bytes.as_bytes(), &expected);
    }
}

#[test]
fn what_attackers_send_ends_where_the_doubt_begins() {
    for bad in BAD {
        let input = [bad.good, bad.bad].concat();
        let ends = whole(bad.good.as_bytes()).ends;
        let expected = Outcome { passed: bad.good.len(), ends, fault: Some(bad.fault) };
        assert_everywhere(bad.name, input.as_bytes(), &expected);
    }
}

#[test]
fn limits_hold_to_the_byte() {
    for (name, input, fault) in over_limits() {
        let passed = if fault.is_none() { input.len() } else { 0 };
        let expected = Outcome { passed, ends: fault.is_none().then_some(passed).into_iter().collect(), fault };
        for size in [input.len(), 1, 7, 4096] {
            assert_eq!(fed(Options::default(), input.as_bytes().chunks(size)), expected, "{name} in pieces of {size}");
        }
    }
    let limits = Limits { request_line_bytes: 30, field_line_bytes: 13, head_bytes: 33, fields: 1 };
    let options = Options { limits, ..Options::default() };
    let head = b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n";
    assert_eq!(fed(options, [head.as_slice()]).fault, None, "exactly as much as may be");
    let one_less = Limits { head_bytes: 32, ..limits };
    let options = Options { limits: one_less, ..Options::default() };
    assert_eq!(fed(options, [head.as_slice()]).fault, Some(Fault::HeadTooLong), "the last CRLF counts");
}

#[test]
fn every_fault_is_in_the_corpus() {
    let limits: Vec<_> = over_limits().into_iter().filter_map(|(.., fault)| fault).collect();
    let told: BTreeSet<&str> = BAD.iter().map(|bad| bad.fault).chain(limits).map(Fault::word).collect();
    let missing: Vec<&str> = Fault::all().map(Fault::word).filter(|word| !told.contains(word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(GOOD.len() + BAD.len() >= 200, "{} good, {} bad", GOOD.len(), BAD.len());
    let names: BTreeSet<&str> = GOOD.iter().map(|good| good.name).collect();
    assert_eq!(names.len(), GOOD.len(), "a name for each");
}

#[test]
fn http2_is_passed_on_where_it_is_served() {
    let input = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let options = Options { http2: true, ..Options::default() };
    for size in [1, 5, 24, 25, input.len()] {
        let outcome = fed(options, input.chunks(size));
        assert_eq!(outcome, Outcome { passed: input.len(), ends: Vec::new(), fault: None }, "in pieces of {size}");
    }
    let post = b"POST / HTTP/1.1\r\nHost: gateway\r\n\r\n";
    assert_eq!(fed(options, post.chunks(1)).ends, [post.len()], "it begins as the preface does");
    let behind = [post.as_slice(), input].concat();
    assert_eq!(fed(options, [behind.as_slice()]).fault, Some(Fault::VersionUnsupported), "only at the very beginning");
}

#[test]
fn a_wish_for_h2c_passes_where_nobody_grants_it() {
    let wish = BAD.iter().find(|bad| bad.fault == Fault::H2cUpgrade).expect("in the corpus");
    let options = Options { h2c_upgrade: true, ..Options::default() };
    assert_eq!(fed(options, [wish.bad.as_bytes()]).ends, [wish.bad.len()]);
}

#[test]
fn a_tunnel_begins_exactly_behind_the_head_that_asked_for_it() {
    let connect = b"CONNECT gateway:443 HTTP/1.1\r\nHost: gateway:443\r\n\r\n";
    let mut guard = Guard::new(Options::default());
    assert_eq!(guard.tunnel(), Err(NotBehindHead), "nothing has come");
    assert_eq!(guard.judge(&connect[..30]), Ok(0));
    assert_eq!(guard.tunnel(), Err(NotBehindHead), "in a head");
    assert_eq!(guard.judge(connect), Ok(connect.len()));
    assert_eq!(guard.switch(), Some(Switch::Connect));
    assert_eq!(guard.tunnel(), Ok(()));
    assert_eq!(guard.judge(b"\x16\x03\x01\n"), Ok(4));
    assert_eq!(guard.tunnel(), Err(NotBehindHead), "it is one");

    let upgrade = b"GET / HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\n\r\n";
    let get = b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n";
    let mut guard = Guard::new(Options::default());
    assert_eq!(guard.judge(upgrade), Ok(upgrade.len()));
    assert_eq!(guard.switch(), Some(Switch::Upgrade));
    assert_eq!(guard.judge(get), Ok(get.len()));
    assert_eq!((guard.switch(), guard.tunnel()), (None, Err(NotBehindHead)), "another message has come");
    for without in [
        "POST / HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: gateway\r\nUpgrade: websocket\r\n\r\n",
    ] {
        let mut guard = Guard::new(Options::default());
        assert_eq!(guard.judge(without.as_bytes()), Ok(without.len()));
        assert_eq!(guard.tunnel(), Err(NotBehindHead), "{without}");
    }
}

#[test]
fn a_head_has_begun_with_its_first_byte_and_not_with_an_empty_line() {
    let mut guard = Guard::new(Options::default());
    assert!(!guard.is_in_head());
    let head = b"\r\nGET / HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1\r\n\r\n";
    for (length, is_in_head) in [(1, false), (2, false), (3, true), (20, true), (head.len() - 1, true)] {
        assert_eq!(guard.judge(&head[..length]), Ok(0));
        assert_eq!(guard.is_in_head(), is_in_head, "after {length} bytes");
    }
    assert_eq!(guard.judge(head), Ok(head.len()));
    assert!(!guard.is_in_head() && guard.is_in_body());
    assert_eq!(guard.judge(b"a"), Ok(1));
    assert!(!guard.is_in_head() && guard.is_between_messages());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn where_an_input_is_cut_makes_no_difference(
        parts in prop::collection::vec(0..GOOD.len() + BAD.len(), 1..4),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        sizes in prop::collection::vec(1_usize..200, 1..20),
    ) {
        let mut input = Vec::new();
        for part in parts {
            match GOOD.get(part) {
                Some(good) => input.extend_from_slice(good.bytes.as_bytes()),
                None => {
                    let bad = &BAD[part - GOOD.len()];
                    input.extend_from_slice(bad.good.as_bytes());
                    input.extend_from_slice(bad.bad.as_bytes());
                }
            }
        }
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        let mut pieces = Vec::new();
        let mut rest = input.as_slice();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, behind) = rest.split_at(rest.len().min(*size));
            pieces.push(piece);
            rest = behind;
        }
        prop_assert_eq!(fed(Options::default(), pieces), whole(&input));
    }
}
