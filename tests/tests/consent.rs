//! Consents by the command, from a firm's declarations to a person's deletion. Receipts are signed by OpenSSL, which knows
//! nothing of this program.

#![cfg(unix)]

mod support;

use std::fs;
use support::firm::{Firm, PHONE, SUBJECT, counts};
use support::ring::{run, shown, told};

const TO_VENDOR: [&str; 4] = ["--recipient", "sms-vendor", "--method", "transmit"];

#[test]
fn from_a_signed_receipt_to_a_withdrawal() {
    let firm = Firm::new();
    let (code, report) = firm.check(&[]);
    assert_eq!((code, &report["outcome"]), (Some(4), &"deny".into()), "{report}");
    assert!(report["reasons"][0]["article"].as_str().is_some_and(|article| article.contains("Art.")), "{report}");

    let line = firm.line("app", |text| text);
    assert_eq!(counts(&firm.import(&line)), [1, 1, 0, 0]);
    assert_eq!(counts(&firm.import(&line)), [1, 0, 1, 0]);
    let (code, report) = firm.check(&[]);
    assert_eq!((code, &report["outcome"], &report["basis"]["is"]), (Some(0), &"allow".into(), &"consent".into()));
    let (code, report) = firm.check(&TO_VENDOR);
    assert_eq!((code, &report["outcome"]), (Some(0), &"allow_masked".into()), "{report}");
    assert_eq!(firm.check(&["--recipient", "nobody"]).0, Some(4));

    let shown_records = shown(&firm.about(&["consent", "show"], &[]));
    assert!(shown_records.contains("separately_granted") && !shown_records.contains(PHONE), "{shown_records}");
    let withdrawn = shown(&firm.about(&["consent", "withdraw"], &["--actor", "li.lei", "--reason", "call 4711"]));
    assert!(withdrawn.contains(r#""withdrawn":1"#) && withdrawn.contains(r#""silent_nodes":0"#), "{withdrawn}");
    assert_eq!(firm.check(&[]).0, Some(4));
    assert_eq!(firm.check(&TO_VENDOR).0, Some(4));
    assert_eq!(counts(&firm.import(&line)), [1, 0, 1, 0]);
    assert_eq!(firm.check(&[]).0, Some(4), "an older yes revives nothing");

    // What was signed comes out as it went in.
    let exported = shown(&firm.pii(&["consent", "export"], &[]));
    let (out, before): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(&exported).expect("a line"), serde_json::from_str(&line).expect("a line"));
    assert_eq!((&out["receipt"], &out["signature"]), (&before["receipt"], &before["signature"]));
    shown(&firm.pii(&["store", "check"], &[]));
}

#[test]
fn wrong_lines_are_told_by_number_and_reason_alone() {
    let firm = Firm::new();
    let unsigned = firm.line("app", |text| text).replace("separately_granted", "granted");
    let unknown = firm.line("web", |text| text);
    let other_notice = firm.line("app", |text| text.replace("\"version\":1", "\"version\":2"));
    let moved = firm.line("app", |text| text).replace(PHONE, "13900139000");
    let refused = firm.import(&[unsigned, unknown, other_notice, moved].concat());
    assert_eq!(refused.code, Some(3));
    let said = told(&refused);
    for expected in [":1: signature: ", ":2: unknown_source: ", ":3: unknown_notice: ", ":4: identity_signature: "] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains(PHONE) && !said.contains("13900139000"), "{said}");
    assert!(String::from_utf8_lossy(&refused.stdout).contains("\"refused\":4"));
    assert_eq!(firm.check(&[]).0, Some(4));
    // An ended source signs nothing any more.
    shown(&firm.pii(&["source", "end", "app"], &[]));
    assert!(told(&firm.import(&firm.line("app", |text| text))).contains("unknown_source"));
}

#[test]
fn an_operator_cannot_say_yes() {
    let firm = Firm::new();
    let help = shown(&run(&["consent", "--help"], ""));
    assert!(!help.contains("grant"), "{help}");
    let refused = firm.about(&["consent", "grant"], &[]);
    assert_eq!(refused.code, Some(2));
}

#[test]
fn rights_have_due_dates_and_laws() {
    let firm = Firm::new();
    shown(&firm.import(&firm.line("app", |text| text)));
    assert_eq!(shown(&firm.about(&["subject", "id"], &[])).trim(), SUBJECT);
    let request = shown(&firm.about(&["subject", "request", "delete"], &["--due", "2020-01-03"]));
    let request: serde_json::Value = serde_json::from_str(&request).expect("JSON");
    let overdue = shown(&firm.pii(&["subject", "requests", "--overdue"], &[]));
    assert!(
        overdue.contains(request["request"].as_str().expect("a name")) && overdue.contains("2020-01-03"),
        "{overdue}"
    );

    let kept = ["--held", "customer_file=2020-06-30", "--held", "system_log=2020-01-01"];
    let would = shown(&firm.about(&["subject", "delete"], &kept));
    assert!(would.contains("Securities Law Art. 137") && would.contains("2040-06-30"), "{would}");
    assert_eq!(firm.check(&[]).0, Some(0), "nothing was done yet");
    let done = shown(&firm.about(&["subject", "delete", "--confirm"], &kept));
    assert!(done.contains("restricted, not deleted"), "{done}");
    assert_eq!(firm.check(&[]).0, Some(4));
    shown(&firm.about(&["subject", "lift"], &["--actor", "li.lei"]));
    assert_eq!(firm.check(&[]).0, Some(0));
    shown(&firm.pii(&["subject", "answer", request["request"].as_str().expect("a name")], &[]));
    assert_eq!(shown(&firm.pii(&["subject", "requests"], &[])), "");
    assert!(shown(&firm.about(&["subject", "export"], &[])).contains("separately_granted"));

    shown(&firm.about(&["subject", "delete", "--nothing-held", "--confirm"], &[]));
    assert_eq!(firm.check(&[]).0, Some(4));
    assert_eq!(firm.about(&["consent", "show"], &[]).code, Some(2), "nobody is known by that any more");
}

#[test]
fn a_copy_is_checked_and_put_back() {
    let firm = Firm::new();
    shown(&firm.import(&firm.line("app", |text| text)));
    let copy = firm.path("copy.db");
    shown(&firm.pii(&["store", "backup", &copy], &[]));
    shown(&firm.about(&["consent", "withdraw"], &["--actor", "li.lei"]));
    assert_eq!(firm.check(&[]).0, Some(4));
    shown(&firm.pii(&["store", "restore", &copy], &[]));
    assert_eq!(firm.check(&[]).0, Some(0));
    let mut bytes = fs::read(&copy).expect("readable");
    let at = bytes
        .windows(10)
        .position(|window| window == b"given_by\\\"")
        .or_else(|| bytes.windows(8).position(|w| w == b"given_by"));
    bytes[at.expect("a receipt is in it")] ^= 1;
    fs::write(&copy, bytes).expect("written");
    assert_eq!(firm.pii(&["store", "restore", &copy], &[]).code, Some(3));
    assert_eq!(firm.check(&[]).0, Some(0), "nothing was changed");
}

#[test]
fn the_trail_says_who_declared_and_never_whom_it_is_about() {
    let firm = Firm::new();
    let trail = firm.path("trail");
    let line = firm.ring.0.with("lines.jsonl", &firm.line("app", |text| text));
    shown(&firm.keyed(&["consent", "import", line.to_str().expect("plain")], &["--trail", &trail]));
    shown(&firm.about(&["consent", "withdraw"], &["--trail", &trail, "--actor", "li.lei", "--reason", PHONE]));
    shown(&firm.keyed(&["source", "end", "app"], &["--trail", &trail, "--actor", "wang.wu", "--reason", "old app"]));
    let mut text = String::new();
    for entry in fs::read_dir(&trail).expect("a folder") {
        text.push_str(&String::from_utf8_lossy(&fs::read(entry.expect("readable").path()).expect("readable")));
    }
    for word in ["\"granted\"", "\"withdrawn\"", "wang.wu: old app"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    assert!(!text.contains(PHONE), "{text}");
}

#[test]
fn values_are_in_no_message() {
    let firm = Firm::new();
    for bad in
        [&["--alias", PHONE][..], &["--alias", "mobile phone=13800138000"], &["--alias", "mobile_phone=13800138000"]]
    {
        let refused = firm.keyed(&["consent", "show"], bad);
        assert_eq!(refused.code, Some(2));
        assert!(!told(&refused).contains(PHONE), "{}", told(&refused));
    }
    let typed: [&[&str]; 4] = [
        &["subject", "delete", "--subject", PHONE, "--nothing-held", "--store", "c.db"],
        &["consent", "show", PHONE, "--store", "c.db"],
        &["consent", "withdraw", "--record", PHONE, "--store", "c.db"],
        &["mask", "--channel", "sms", "--jobs", PHONE],
    ];
    for wrong in typed {
        let refused = run(wrong, "");
        assert_eq!(refused.code, Some(2), "{wrong:?}");
        assert!(!told(&refused).contains(PHONE) && told(&refused).contains('…'), "{}", told(&refused));
    }
    firm.ring.0.with("who.txt", PHONE);
    let refused = firm.about(&["consent", "show"], &[]);
    assert!(refused.code == Some(2) && !told(&refused).contains(PHONE), "{}", told(&refused));
    let missing = run(&["consent", "show", "--store", &firm.path("none.db"), "--subject", SUBJECT], "");
    assert_eq!(missing.code, Some(3), "a store that is only read is not begun");
}

#[test]
fn what_is_declared_is_recorded_and_signed_by_a_keyring() {
    let firm = Firm::new();
    let (trail, ring, key) = (firm.path("trail"), firm.path("ring"), firm.path("ring.key"));
    let public = firm.ring.0.with("ring.pem", &shown(&run(&["audit", "keys", &ring, "--key-file", &key], "")));
    let public = public.to_str().expect("plain");
    let verify = |trail: &str| run(&["audit", "verify", trail, "--keys", public, "--output", "json"], "");
    let change = firm.ring.0.with("other.toml", "[[recipient]]\nid = \"bank-b\"\nname = \"乙银行\"\ncontact = \"客服\"\nrole = \"independent\"\ncountry = \"CN\"\n");
    shown(&firm.keyed(&["declare", change.to_str().expect("plain")], &["--trail", &trail, "--actor", "wang.wu"]));
    shown(&firm.keyed(&["source", "end", "app"], &["--trail", &trail, "--actor", "wang.wu"]));
    let verified = verify(&trail);
    assert_eq!(verified.code, Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    // Without a keyring nobody would sign it, and nobody would be found in it.
    let (app, other) = (firm.path("app.pem"), firm.path("other-trail"));
    let refused = firm.pii(&["source", "add", "web", "--name", "网站", "--key", &app], &["--trail", &other]);
    assert!(refused.code == Some(2) && told(&refused).contains("--keyring"), "{}", told(&refused));
}
