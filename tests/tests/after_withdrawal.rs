//! From a consent to what was sent after it was withdrawn: one person in the ledger, in the trail of whoever keeps it, and in
//! the trail of a node that masks.

#![cfg(unix)]

mod support;

use pii_tests::engine::Run;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;
use support::ring::{Ring, run, shown, told};

const PHONE: &str = "13800138000";
const NUMBER: &str = "5f1b6c7a9d0e4c3b8a2f1e0d9c8b7a61";

/// Withdrawals are counted to the second.
const A_SECOND: Duration = Duration::from_millis(1_050);

struct Firm {
    ring: Ring,
}

fn example(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/consent").join(name).display().to_string()
}

fn ran(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

impl Firm {
    /// A person's consent is in the ledger.
    fn new() -> Self {
        let firm = Self { ring: Ring::new("any") };
        let (key, pem) = (firm.path("app.key"), firm.path("app.pem"));
        ran(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out", &key]));
        ran(Command::new("openssl").args(["pkey", "-in", &key, "-pubout", "-out", &pem]));
        firm.ring.0.with("who.txt", &format!("mobile_phone = {PHONE}\n"));
        firm.ring.0.with("in.txt", "手机13800138000\n");
        shown(&firm.ledger(&["declare", &example("firm.toml")], &[]));
        shown(&firm.ledger(&["source", "add", "app", "--name", "手机应用", "--key", &pem], &[]));
        firm.import(&example("receipt.json"));
        firm
    }

    /// Takes a receipt that the app signed into the ledger.
    fn import(&self, receipt: &str) {
        let (key, store, trail) = (self.path("app.key"), self.path("consents.db"), self.path("ledger"));
        let mut sign = Command::new("sh");
        sign.args([&example("sign.sh"), &key, "app", receipt, &example("identity.json")]);
        let file = self.ring.0.with("lines.jsonl", &String::from_utf8(ran(&mut sign)).expect("UTF-8"));
        let imported = ["consent", "import", file.to_str().expect("a plain name")];
        let told = shown(&self.keyed(&imported, &["--store", &store, "--trail", &trail, "--output", "json"]));
        assert!(told.contains("\"imported\":1"), "{told}");
    }

    fn path(&self, name: &str) -> String {
        self.ring.path(name)
    }

    fn ledger(&self, command: &[&str], more: &[&str]) -> Run {
        run(&[command, &["--store", &self.path("consents.db")], more].concat(), "")
    }

    fn keyed(&self, command: &[&str], more: &[&str]) -> Run {
        let (ring, key) = (self.path("ring"), self.path("ring.key"));
        run(&[command, &["--keyring", &ring, "--key-file", &key], more].concat(), "")
    }

    /// Withdraws for the person, in the ledger and in its keeper's trail.
    fn withdraw(&self, whom: &[&str]) {
        let (store, trail) = (self.path("consents.db"), self.path("ledger"));
        let by = ["--store", &store, "--trail", &trail, "--actor", "li.lei", "--reason", "call 4711"];
        shown(&self.keyed(&["consent", "withdraw"], &[&by, whom].concat()));
    }

    /// Masks a message at a node.
    fn mask(&self, node: &str, more: &[&str]) -> Run {
        let (from, trail) = (self.path("in.txt"), self.path(node));
        self.keyed(&["mask", &from], &[&["--trail", &trail, "--node", node], more].concat())
    }

    fn after_withdrawal(&self, trails: &[&str]) -> (Option<i32>, Vec<serde_json::Value>, String) {
        let trails: Vec<String> = trails.iter().map(|trail| self.path(trail)).collect();
        let named = trails.iter().flat_map(|trail| ["--trail", trail.as_str()]);
        let asked = ["audit", "query", "--question", "after-withdrawal", "--output", "json"];
        let ran = run(&asked.into_iter().chain(named).collect::<Vec<_>>(), "");
        let lines = String::from_utf8(ran.stdout.clone()).expect("UTF-8");
        (ran.code, lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect(), told(&ran))
    }
}

/// How the message goes to the SMS company.
const TO_VENDOR: [&str; 8] =
    ["--recipient", "sms-vendor", "--purpose", "fund_news", "--channel", "sms", "--basis", "separate_consent"];

#[test]
fn what_is_sent_after_a_withdrawal_is_found_whoever_recorded_it() {
    let firm = Firm::new();
    let (who, phone) = (firm.path("who.txt"), "mobile_phone=138-0013-8000");
    shown(&firm.mask("n1", &[&TO_VENDOR[..], &["--subject-file", &who]].concat()));
    let (code, found, _) = firm.after_withdrawal(&["n1", "ledger"]);
    assert_eq!((code, found.len()), (Some(0), 0), "nothing is withdrawn yet");
    sleep(A_SECOND);
    // Known by their number alone, as an app's own withdrawal would be.
    firm.withdraw(&["--subject", NUMBER]);
    let (code, found, said) = firm.after_withdrawal(&["n1", "ledger"]);
    assert_eq!((code, found.len()), (Some(0), 0), "it was sent before: {said}");

    // Each node names the person in its own way; one of them says what else it rests on, or that it is about another one.
    shown(&firm.mask("n1", &[&TO_VENDOR[..], &["--subject", phone]].concat()));
    shown(&firm.mask("n2", &[&TO_VENDOR[..], &["--subject", NUMBER]].concat()));
    let by_law = [&TO_VENDOR[..6], &["--basis", "PIPL-13-1-3", "--subject", phone]].concat();
    shown(&firm.mask("n2", &by_law));
    shown(&firm.mask("n2", &[&TO_VENDOR[..], &["--subject", "mobile_phone=13900139000"]].concat()));
    let (code, found, said) = firm.after_withdrawal(&["n1", "n2", "ledger"]);
    let places: Vec<_> = found.iter().map(|line| (line["node"].as_str(), line["purpose"].as_str())).collect();
    assert_eq!(places, [(Some("n1"), Some("fund_news")), (Some("n2"), Some("fund_news"))]);
    assert!(code == Some(1) && said.contains("there must be none of these, and there are: 2"), "{said}");
    let (code, found, _) = firm.after_withdrawal(&["n1", "n2"]);
    assert_eq!((code, found.len()), (Some(0), 0), "of withdrawals only the ledger's keeper knows");

    // What is not said may be anything.
    shown(&firm.mask("n2", &["--subject", phone]));
    shown(&firm.mask("n2", &TO_VENDOR));
    let (_, found, said) = firm.after_withdrawal(&["n1", "n2", "ledger"]);
    assert_eq!(found.len(), 3, "{said}");
    assert!(said.contains("of these name no purpose, no recipient or no basis: 1;"), "{said}");
    assert!(said.contains("sent without a word of whom it is about: 1;"), "{said}");
    // The report for the compliance officer counts the same.
    let [n1, n2, ledger] = ["n1", "n2", "ledger"].map(|trail| firm.path(trail));
    let report = shown(&run(&["report", "--output", "json", "--trail", &n1, "--trail", &n2, "--trail", &ledger], ""));
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["withdrawals"]["sent_after"].as_u64(), Some(3), "{}", report["withdrawals"]);
    for trail in ["n1", "n2", "ledger"] {
        for entry in fs::read_dir(firm.path(trail)).expect("a folder") {
            let text = fs::read_to_string(entry.expect("readable").path()).expect("UTF-8");
            assert!(!text.contains(PHONE) && !text.contains("138-0013"), "{text}");
        }
    }
}

#[test]
fn a_withdrawal_is_for_its_purpose_and_until_a_new_consent() {
    let firm = Firm::new();
    let who = firm.path("who.txt");
    firm.withdraw(&["--alias-file", &who, "--purpose", "fund_news"]);
    let send = |purpose: &str| {
        let way = ["--recipient", "sms-vendor", "--purpose", purpose, "--basis", "consent", "--subject-file", &who];
        shown(&firm.mask("n1", &way));
        firm.after_withdrawal(&["n1", "ledger"]).1.len()
    };
    assert_eq!((send("trade_notice"), send("fund_news")), (0, 1), "of the one purpose only");
    sleep(A_SECOND);
    // The app asks again, and the person says yes. By its clock that is five minutes later: what an operator wrote down may have
    // been said so much later than the app's clock has it.
    let later = ["-u", "-d", "+300 seconds", "+%Y-%m-%dT%H:%M:%SZ"];
    let now = String::from_utf8(ran(Command::new("date").args(later))).expect("UTF-8");
    let receipt = fs::read_to_string(example("receipt.json")).expect("an example");
    let again = receipt.replace("2025-06-02T02:30:00Z", now.trim()).replace("0a6f2c1e", "1b6f2c1e");
    firm.import(firm.ring.0.with("again.json", &again).to_str().expect("a plain name"));
    sleep(A_SECOND);
    assert_eq!(send("fund_news"), 1, "none but the one before");
}

#[test]
fn decisions_about_somebody_are_found_however_their_number_is_written() {
    let firm = Firm::new();
    shown(&firm.mask("n1", &["--subject-file", &firm.path("who.txt")]));
    let count = |subject: &str| {
        let listed = firm.keyed(&["audit", "query", &firm.path("n1"), "--output", "json"], &["--subject", subject]);
        shown(&listed).lines().count()
    };
    assert_eq!(["mobile_phone=138 0013 8000", "mobile_phone=13900139000", "qq=13800138000"].map(count), [1, 0, 0]);
}

#[test]
fn whom_it_is_about_is_told_nowhere_where_it_is_wrong() {
    let firm = Firm::new();
    for bad in [PHONE, "C-100301", "mobile phone=13800138000", "mobile_phone="] {
        let refused = firm.mask("n1", &["--subject", bad]);
        assert!(refused.code == Some(2) && told(&refused).contains("--subject number 1: "), "{}", told(&refused));
        assert!(!told(&refused).contains("138001") && !told(&refused).contains("100301"), "{}", told(&refused));
    }
    let nowhere = firm.keyed(&["mask", &firm.path("in.txt")], &["--subject", "mobile_phone=13800138000"]);
    assert!(nowhere.code == Some(2) && told(&nowhere).contains("add --trail DIR"), "{}", told(&nowhere));
    // A file without anybody in it is a mistake, and not a question about everybody.
    let empty = firm.ring.0.with("empty.txt", "\n \n");
    let empty = ["--subject-file", empty.to_str().expect("a plain name")];
    for refused in [firm.mask("n1", &empty), firm.keyed(&["audit", "query", &firm.path("n1")], &empty)] {
        assert!(refused.code == Some(2) && told(&refused).contains("empty.txt: write a kind"), "{}", told(&refused));
    }
    // Neither is a consent that is spelt otherwise an article.
    for bad in ["seperate_consent", "Consent", "legal"] {
        let refused = firm.mask("n1", &["--basis", bad]);
        assert!(refused.code == Some(2) && told(&refused).contains("an article with its number"), "{}", told(&refused));
    }
    let many: Vec<String> = (0..9).map(|nth| format!("qq=1000{nth}")).collect();
    let many: Vec<&str> = many.iter().flat_map(|qq| ["--subject", qq.as_str()]).collect();
    let refused = firm.mask("n1", &many);
    assert!(refused.code == Some(2) && told(&refused).contains("at most 8"), "{}", told(&refused));
}
