//! A partner who is given telephone numbers by a firm that keeps consents, and a store that others keep for themselves.

#![allow(dead_code, reason = "each test file takes what it needs")]

use super::firm::{Firm, example};
use super::ring::shown;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// The partner gets the number in its field, and nothing else of it.
const POLICY: &str = "
[[rule]]
channel = \"third_party\"
recipient = \"partner\"
purpose = \"fund_offer\"
kind = \"mobile_phone\"
field = \"customer\"
action = \"pass\"
";

/// The route of what a person is asked about.
const NEWS: &str = "
[[route]]
name = \"news\"
path = \"/news\"
upstream = \"UPSTREAM\"
channel = \"third_party\"
recipient = \"partner\"
purpose = \"fund_offer\"
attachments = [\"application/pdf\"]

[route.consent]
field = \"customer\"
kind = \"mobile_phone\"
method = \"provide\"
";

/// A configuration of the proxy on the firm's ledger, with the route `news` and `more` tables; its trail is in `proxy-trail`.
pub(crate) fn config(firm: &Firm, upstream: SocketAddr, more: &str) -> String {
    let policy = firm.ring.0.with("policy.toml", POLICY);
    let at = |name: &str| firm.path(name);
    let config = format!(
        "policy = {policy:?}\n[[listen]]\naddress = \"127.0.0.1:0\"\n[keyring]\npath = {:?}\nkey_file = {:?}\n[trail]\nfolder = {:?}\n\
         [consents]\nstore = {:?}\n{NEWS}{more}",
        at("ring"),
        at("ring.key"),
        at("proxy-trail"),
        firm.store,
    );
    config.replace("UPSTREAM", &format!("http://{upstream}"))
}

/// A firm that also gives numbers to a partner, who decides for itself what it does with them: masks alone leave for a company
/// that only sends (Order 218 Art. 34).
pub(crate) fn firm() -> Firm {
    let firm = Firm::new();
    let text = |name: &str| std::fs::read_to_string(example(name)).expect("an example");
    firm.ring.0.with("notice.txt", &text("notice.txt"));
    let declared = firm.ring.0.with("partner.toml", &declared(text("firm.toml")));
    let declared = declared.to_str().expect("a plain name");
    shown(&firm.pii(&["declare", declared], &["--actor", "wang.wu", "--reason", "approved"]));
    firm
}

/// The example's words, for the partner.
pub(crate) fn declared(text: String) -> String {
    [
        ("fund_news", "fund_offer"),
        ("fund-news", "fund-offer"),
        ("sms-vendor", "partner"),
        ("sms-2025", "partner-2025"),
        ("pia-sms", "pia-partner"),
        ("\"processor\"", "\"independent\""),
        ("\"entrust\"", "\"provide\""),
        ("\"transmit\"", "\"provide\""),
        ("\"purpose\":\"fund_offer\",", "\"purpose\":\"fund_offer\",\"recipient\":\"partner\","),
    ]
    .into_iter()
    .fold(text, |text, (from, to)| text.replace(from, to))
}

/// Another program that keeps all others from writing to the store, and so the proxy from saying what it knows.
pub(crate) fn locked(store: &str) -> Child {
    let program = "import sqlite3, sys, time\n\
                   store = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                   store.execute('BEGIN IMMEDIATE')\n\
                   print('locked', flush=True)\n\
                   time.sleep(120)";
    let mut child =
        Command::new("python3").args(["-c", program, store]).stdout(Stdio::piped()).spawn().expect("Python is there");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("it says so");
    assert_eq!(line.trim(), "locked");
    child
}
