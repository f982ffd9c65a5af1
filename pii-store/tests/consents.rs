//! Consents in a store: what is taken, what is not, and that a withdrawal is everywhere when it is said to be.

mod consent_support;

use consent_support::*;
use pii_core::consent::*;
use pii_core::policy::Date;
use pii_core::sign::SignAlgorithm;
use pii_keys::{Change, Purpose, State as KeyState, SystemEntropy};
use pii_store::Sqlite;
use pii_store::consents::{Aliases, LineFault, Soundness};
use pii_store::ledger::{LedgerStorage as _, NewEntry, RecordNumber};
use pii_store::trail::{Name, Options, Trail};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

fn operator() -> Actor {
    Actor::Operator { name: code("li.lei") }
}

#[test]
fn a_withdrawal_is_on_every_node_when_it_returns() {
    for algorithm in SignAlgorithm::ALL {
        let firm = Firm::new(algorithm);
        let (one, two) = (firm.node(), firm.node());
        firm.declare(&one);
        assert!(!may(&one, "13800138000"));
        let (done, refused) = import(&one, &[firm.line(1, "13800138000"), String::new(), firm.line(2, "13900139000")]);
        assert_eq!((done.lines, done.taken, done.there, refused), (2, 2, 0, vec![]), "{algorithm}");
        assert!(may(&one, "138-0013 8000"), "in whatever way it is written");
        assert!(!may(&one, "13700137000"));
        let said = (&operator(), Some("致电客服"));
        let done = one.withdraw(subject(1), Which::All, said, &Aliases::default(), moment(NOW)).expect("withdrawn");
        assert_eq!((done.records, done.silent_nodes), (1, 0));
        assert!(done.waited < Duration::from_secs(2));
        assert!(!may(&one, "13800138000") && !may(&two, "13800138000") && may(&two, "13900139000"));
        let again =
            one.withdraw(subject(1), Which::All, said, &Aliases::default(), moment(NOW)).expect("nothing to do");
        assert_eq!(again.records, 0);
    }
}

#[test]
fn only_what_the_source_signed_is_taken() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let good = firm.line(1, "13800138000");
    let of_another = Firm { app: signing_key(SignAlgorithm::Ed25519, 0x11), ..Firm::new(SignAlgorithm::Ed25519) };
    let other_notice = firm.signed(Some(&receipt(3, 3, "granted", "另一份告知书")), Some(&identity(3, "13700137003")));
    let changed_identity = good.replace("13800138000", "13800138001");
    let lines = [
        good.replace("granted", "separately_granted"),
        of_another.line(1, "13800138000"),
        good.replace("\"source\":\"app\"", "\"source\":\"web\""),
        other_notice,
        changed_identity,
        "{}".to_owned(),
        "x".repeat(400_000),
        firm.signed(Some(&receipt(4, 4, "granted", NOTICE_TEXT)), Some(&identity(5, "13700137005"))),
        firm.signed(Some("{}"), None),
        firm.signed(None, Some("{\"subject\":\"1\"}")),
    ];
    let (done, refused) = import(&node, &lines);
    let words: Vec<&str> = refused.iter().map(|(_, why)| why.word()).collect();
    assert_eq!((done.taken, done.refused), (0, 10));
    assert_eq!(refused.iter().map(|(line, _)| *line).collect::<Vec<_>>().len(), 10);
    let mut sorted = words.clone();
    sorted.sort_unstable();
    let mut expected = vec![
        "signature",
        "identity_signature",
        "unknown_source",
        "another_notice",
        "identity_signature",
        "form",
        "too_long",
        "another_subject",
        "receipt",
        "identity",
    ];
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    for (_, why) in refused {
        assert!(!why.to_string().contains("138001380"), "{why}");
    }
    assert!(!may(&node, "13800138000") && !may(&node, "13800138001"));
    // Nobody of the firm can say yes for somebody: only a source's line does.
    assert!(import(&node, &[good]).1.is_empty() && may(&node, "13800138000"));
}

#[test]
fn an_import_that_was_stopped_is_begun_again() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let lines: Vec<String> = (1..=50).map(|number| firm.line(number, &phone(number))).collect();
    assert_eq!(import(&node, &lines[..20]).0.taken, 20);
    let (done, refused) = import(&node, &lines);
    assert_eq!((done.taken, done.there, refused), (30, 20, vec![]));
    // What was withdrawn since stays so, whatever is imported again.
    let said = (&operator(), None);
    node.withdraw(subject(7), Which::All, said, &Aliases::default(), moment(NOW)).expect("withdrawn");
    let before = node.applied();
    assert_eq!((import(&node, &lines).0.there, node.applied()), (50, before));
    assert!(!may(&node, &phone(7)) && may(&node, &phone(8)));
}

#[test]
fn one_file_may_be_about_one_person_many_times() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let said_no = receipt(2, 1, "refused", NOTICE_TEXT).replace("07:00:00", "07:30:00");
    let lines = [
        firm.line(1, "13800138000"),
        firm.signed(Some(&said_no), None),
        firm.signed(Some(&receipt(3, 1, "granted", NOTICE_TEXT)), None),
        firm.signed(None, Some(&identity(1, "13900139000"))),
        firm.signed(Some(&receipt(4, 9, "granted", NOTICE_TEXT)), Some(&identity(9, "13900139000"))),
    ];
    let (done, refused) = import(&node, &lines);
    assert_eq!(done.taken, 3);
    let expected = [(3, LineFault::Rules(Fault::OlderThanRefusal)), (5, LineFault::SomebodyElse)];
    assert_eq!(refused, expected, "a yes from before a no counts for nothing, and a phone is one person's");
}

#[test]
fn two_nodes_that_see_somebody_first_make_one_subject() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let nodes = [firm.node(), firm.node(), firm.node()];
    for number in 0..10 {
        let phone = phone(number);
        let found: Vec<SubjectId> = thread::scope(|scope| {
            let begin = |node: &'_ pii_store::Consents| {
                let aliases = node.digests().aliases([(kind("mobile_phone"), phone.as_str())]);
                node.subject_or_new(&aliases, moment(NOW), &mut SystemEntropy).expect("a subject")
            };
            let running: Vec<_> = nodes.iter().map(|node| scope.spawn(move || begin(node))).collect();
            running.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(found.iter().all(|one| *one == found[0]), "{found:?}");
    }
    assert_eq!(nodes[0].decide(Book::subject_count).expect("fresh"), 10);
}

#[test]
fn whoever_was_digested_under_an_older_key_is_found() {
    let mut firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000")]);
    drop(node);
    let day = Date::new(2026, 11, 2).expect("a day");
    let add = Change::Add { purpose: Purpose::Hash, algorithm: None };
    firm.ring.apply(&add, day, &mut SystemEntropy).expect("added");
    let id = firm.ring.versions().iter().rfind(|version| version.purpose() == Purpose::Hash).expect("it is there").id();
    firm.ring.apply(&Change::Promote { id, at_once: true }, day, &mut SystemEntropy).expect("promoted");
    assert_eq!(firm.ring.primary(Purpose::Hash).expect("one").state(), KeyState::Primary);
    let node = firm.node();
    assert!(may(&node, "13800138000"));
    let aliases = node.digests().aliases([(kind("mobile_phone"), "13800138000")]);
    assert_eq!(node.subject_or_new(&aliases, moment(NOW), &mut SystemEntropy).expect("known"), subject(1));
    import(&node, &[firm.line(2, "13900139000")]);
    assert!(may(&node, "13900139000"));
}

#[test]
fn who_was_deleted_is_in_no_file() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000"), firm.line(2, "13900139000")]);
    let digest = node.decide(|book| node.digests().aliases([(kind("mobile_phone"), "13800138000")]).known_to(book));
    let [digest] = digest.expect("fresh")[..] else { panic!("one alias") };
    let record = "0".repeat(31) + "1";
    let is_in_files = |needle: &[u8]| {
        let mut all = Vec::new();
        for entry in fs::read_dir(firm.folder.path()).expect("a folder") {
            all.extend(fs::read(entry.expect("readable").path()).expect("readable"));
        }
        all.windows(needle.len()).any(|window| window == needle)
    };
    assert!(is_in_files(&digest.bytes()));
    node.erase(subject(1), &[], (&operator(), "PIPL 47"), moment(NOW)).expect("deleted");
    assert!(!may(&node, "13800138000") && may(&node, "13900139000"));
    drop(node);
    let node = firm.node();
    assert!(!may(&node, "13800138000") && may(&node, "13900139000"));
    let mut left = 0;
    node.entries_of::<pii_store::StoreError>(subject(1), |entry| {
        left += 1;
        assert!(matches!(entry.body(), Body::Erased { .. }));
        Ok(())
    })
    .expect("readable");
    assert_eq!(left, 1);
    drop(node);
    Sqlite::open(&firm.path()).expect("a store").back_up(&firm.folder.path().join("copy.db")).expect("a copy");
    fs::remove_file(firm.path()).expect("removed");
    let _ =
        (fs::remove_file(firm.path().with_extension("db-wal")), fs::remove_file(firm.path().with_extension("db-shm")));
    assert!(!is_in_files(&digest.bytes()), "a digest of a phone is personal information, too");
    assert!(!is_in_files(format!("\"record\":\"{record}\"").as_bytes()));
}

#[test]
fn what_was_written_past_the_program_is_told() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000")]);
    let mut storage = Sqlite::open(&firm.path()).expect("a store");
    let found = Soundness::of(&mut storage).expect("readable");
    assert_eq!((found.subjects, found.records, found.receipts, found.is_sound()), (1, 1, 1, true));
    // Somebody who may write to the store makes a yes that nobody signed.
    let line =
        serde_json::json!({ "receipt": receipt(9, 9, "granted", NOTICE_TEXT), "source": "app", "signature": "AAAA" });
    let act = serde_json::json!({ "answered": line });
    let event = serde_json::json!({ "consent": { "record": format!("{:032x}", 9), "number": 1, "act": act } });
    let body =
        serde_json::json!({ "schema": 1, "at": "2026-11-27T08:00:00.000Z", "subject": subject(9), "body": event });
    let number = RecordNumber::new(&format!("{:032x}", 9), 1).expect("a number");
    let entry = NewEntry::about(subject(9).bytes(), None, body.to_string()).expect("an entry").of_record(number);
    storage.append(&[entry], &[]).expect("appended");
    let found = Soundness::of(&mut storage).expect("readable");
    assert_eq!((found.receipts, found.unsigned, found.refused, found.is_sound()), (1, 1, 0, false));
    // Nor does it count anywhere before somebody looks.
    let mut lead = vec![firm.signed(None, Some(&identity(9, "13900139000")))];
    assert_eq!(import(&node, &lead).0.taken, 1);
    assert!(!may(&node, "13900139000") && may(&node, "13800138000"));
    lead = vec![firm.signed(Some(&receipt(10, 9, "granted", NOTICE_TEXT)), None)];
    assert_eq!(import(&node, &lead).0.taken, 1);
    assert!(may(&node, "13900139000"), "what the app signed does");
}

#[test]
fn an_entry_of_another_version_stops_decisions() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000")]);
    assert!(may(&node, "13800138000"));
    let mut storage = Sqlite::open(&firm.path()).expect("a store");
    storage.append(&[NewEntry::new("{\"schema\":2}").expect("an entry")], &[]).expect("appended");
    // It may be a withdrawal. Until the lease has run out the node decides on what it had before.
    thread::sleep(pii_store::ledger::LEASE + Duration::from_millis(100));
    assert!(node.decide(|_| ()).expect_err("stopped").is_stale());
}

#[test]
fn whoever_writes_waits_for_a_lease_that_has_run_out() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let blocker = rusqlite::Connection::open(firm.path()).expect("a store");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes now");
    let begun = Instant::now();
    while node.decide(|_| ()).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the lease cannot be renewed");
        thread::sleep(Duration::from_millis(20));
    }
    let free = thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        blocker.execute_batch("ROLLBACK").expect("free again");
    });
    assert!(node.decide(|_| ()).expect_err("whoever decides does not wait").is_stale());
    assert_eq!(import(&node, &[firm.line(1, "13800138000")]).0.taken, 1);
    free.join().expect("no panic");
}

#[test]
fn the_trail_is_told_of_each_change() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let folder = firm.folder.path().join("trail");
    let options = || Options::new(Name::new("test").expect("a name"), || moment(NOW));
    let trail = Trail::open(&folder, options()).expect("a trail");
    let node = firm.node_with(Some(trail.recorder()));
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000")]);
    let aliases = node.digests().aliases([(kind("mobile_phone"), "13800138000")]);
    node.withdraw(subject(1), Which::All, (&operator(), None), &aliases, moment(NOW)).expect("withdrawn");
    drop(node);
    trail.close().expect("written");
    let mut text = String::new();
    for entry in fs::read_dir(&folder).expect("a folder") {
        text.push_str(&String::from_utf8_lossy(&fs::read(entry.expect("readable").path()).expect("readable")));
    }
    for (change, count) in [("declared", 5), ("granted", 1), ("withdrawn", 2)] {
        assert_eq!(text.matches(&format!("\"change\":\"{change}\"")).count(), count, "{change}: {text}");
    }
    let of_record = r#""change":"withdrawn","effective":"#;
    assert!(text.contains(of_record), "{text}");
    let scoped = text.lines().filter(|line| line.contains("withdrawn") && line.contains(r#""purpose":"marketing""#));
    assert_eq!(scoped.count(), 1, "the record's own withdrawal says what the record was for: {text}");
    assert!(!text.contains("13800138000"));
}

#[test]
fn twenty_thousand_lines_are_in() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let lines: Vec<String> = (1..=20_000).map(|number| firm.line(number, &phone(number))).collect();
    let (done, refused) = import(&node, &lines);
    assert_eq!((done.taken, refused.len()), (20_000, 0));
    for number in [1, 1024, 1025, 4096, 4097, 20_000] {
        assert!(may(&node, &phone(number)), "{number}");
    }
    assert!(!may(&node, &phone(20_001)));
}
