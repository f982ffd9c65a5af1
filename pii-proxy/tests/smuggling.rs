//! Requests that two programs could cut differently, written to the running proxy byte by byte: refused, and never two requests out
//! for one in.

#![cfg(unix)]

#[path = "framing/corpus.rs"]
mod corpus;
mod support;

use corpus::{BAD, GOOD, over_limits};
use pii_proxy::http::framing::Fault;
use support::upstream::Upstream;
use support::{Answer, Proxy};

/// What an attacker hopes to have sent in somebody else's name.
const HIDDEN: &str = "GET /smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n";

/// The statuses of the answers on a connection. Their texts may speak of versions too.
fn statuses(answers: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answers);
    let begun = text.match_indices("HTTP/1.").map(|(at, _)| Answer::of(&text.as_bytes()[at..]).status());
    begun.filter(|status| *status >= 200).collect()
}

#[test]
fn what_can_be_cut_differently_is_refused() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    // HTTP/2 is served here, and a wish for it is passed over.
    let is_served = |fault| matches!(fault, Fault::Http2NotServed | Fault::H2cUpgrade);
    for case in BAD.iter().filter(|case| !is_served(case.fault)) {
        let before = upstream.came().len();
        let answers = proxy.raw([case.good, case.bad, HIDDEN].concat().as_bytes());
        let came = upstream.came().split_off(before);
        let whole = case.good.matches(" HTTP/1.").count();
        let most = if case.fault.is_in_body() { whole.saturating_sub(1) } else { whole };
        assert!(came.len() <= most, "{}: {came:?}", case.name);
        assert!(!came.iter().any(|came| came.head.contains("/smuggled")), "{}: {came:?}", case.name);
        let status = statuses(&answers).pop().unwrap_or_default();
        assert!((400..600).contains(&status), "{}: {}", case.name, String::from_utf8_lossy(&answers));
    }
    for (name, bytes, fault) in over_limits() {
        let before = upstream.came().len();
        let status = statuses(&proxy.raw(format!("{bytes}{HIDDEN}").as_bytes())).pop().unwrap_or_default();
        let came = upstream.came().split_off(before);
        assert!(fault.is_none() || (400..600).contains(&status), "{name}: {status}");
        assert!(fault.is_none() || came.is_empty(), "{name}: {came:?}");
    }
}

#[test]
fn what_is_whole_goes_out_once() {
    let upstream = Upstream::new();
    let proxy = Proxy::before(upstream.address, "third_party");
    for case in GOOD {
        let before = upstream.came().len();
        let answers = proxy.raw(case.bytes.as_bytes());
        let came = upstream.came().split_off(before);
        // Some are for another kind of proxy, or of a type that is not read: answered each, and sent at most once.
        let answered = statuses(&answers).len();
        assert!(came.len() <= case.messages, "{}: {came:?}", case.name);
        assert!(answered >= case.messages.min(1), "{}: {}", case.name, String::from_utf8_lossy(&answers));
    }
}
