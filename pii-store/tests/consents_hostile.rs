//! What somebody with a stolen key, a wrong clock, a second node or a right to write to the store cannot do; and what a person can.

mod consent_support;

use consent_support::*;
use pii_core::consent::*;
use pii_core::sign::SignAlgorithm;
use pii_store::consents::{Aliases, LineFault, Soundness};
use pii_store::ledger::{NewEntry, NodeId};
use pii_store::{Consents, Sqlite, StoreError, SubjectDigests};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn operator() -> Actor {
    Actor::Operator { name: code("li.lei") }
}

fn ended(firm: &Firm) -> Declaration {
    let Declaration::Source(source) = source("app", &firm.app) else { unreachable!("a source") };
    let parts = SourceParts { until: Some(moment("2026-11-27T07:59:59Z")), ..source.into_parts() };
    Declaration::Source(Source::new(parts).expect("sound"))
}

#[test]
fn an_ended_source_says_of_nobody_who_they_are() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000"), firm.line(2, "13700137000")]);
    node.declare(&ended(&firm), moment(NOW)).expect("ended");
    let lines = [
        firm.signed(None, Some(&identity(1, "13900139000"))),
        firm.line(3, "13600136000"),
        firm.signed(Some(&receipt(4, 2, "refused", NOTICE_TEXT)), None),
    ];
    let refused = LineFault::Rules(Fault::UnknownSource);
    let (done, why) = import(&node, &lines);
    assert_eq!((done.taken, why), (1, vec![(1, refused), (2, refused)]));
    assert!(may(&node, "13800138000") && !may(&node, "13900139000") && !may(&node, "13600136000"));
    assert!(!may(&node, "13700137000"), "a no counts, whenever it is handed in");
}

#[test]
fn a_no_from_the_app_is_on_every_node_when_the_import_returns() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let (one, two) = (firm.node(), firm.node());
    firm.declare(&one);
    import(&one, &[firm.line(1, "13800138000")]);
    while !may(&two, "13800138000") {}
    let no = receipt(2, 1, "refused", NOTICE_TEXT).replace("07:00:00", "07:30:00");
    assert_eq!(import(&one, &[firm.signed(Some(&no), None)]).0.taken, 1);
    assert!(!may(&two, "13800138000"));
}

#[test]
fn a_no_counts_whatever_else_its_line_says() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000"), firm.line(2, "13900139000")]);
    // The same record, the same second, and a telephone number that is another's.
    let no = receipt(1, 1, "refused", NOTICE_TEXT);
    let (done, why) = import(&node, &[firm.signed(Some(&no), Some(&identity(1, "13900139000")))]);
    assert_eq!((done.refused, why), (1, vec![(1, LineFault::SomebodyElse)]));
    assert!(!may(&node, "13800138000") && may(&node, "13900139000"));
    assert_eq!(import(&node, &[firm.signed(Some(&no), None)]).0.there, 1, "handed in again");
    // From a clock that is a day ahead: it counts now, and forbids nothing that is said later.
    let no = receipt(5, 2, "refused", NOTICE_TEXT).replace("11-27T07", "11-28T07");
    assert_eq!(import(&node, &[firm.signed(Some(&no), None)]).0.taken, 1);
    assert!(!may(&node, "13900139000"));
}

#[test]
fn a_child_is_one_as_soon_as_somebody_says_so() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let aged = |age: &str| identity(1, "13800138000").replace("}}", &format!("}},\"age\":{age}}}"));
    let line = firm.signed(Some(&receipt(1, 1, "granted", NOTICE_TEXT)), Some(&aged("\"from14\"")));
    assert_eq!(import(&node, std::slice::from_ref(&line)).0.taken, 1);
    assert!(may(&node, "13800138000"));
    assert_eq!(import(&node, &[firm.signed(None, Some(&aged("\"under14\"")))]).0.taken, 1);
    assert!(!may(&node, "13800138000"));
    assert_eq!(import(&node, &[line]).0.there, 1, "an older word, handed in again");
    assert!(!may(&node, "13800138000"));
}

#[test]
fn a_number_has_one_person_with_and_without_its_country() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "+86 138 0013 8000")]);
    for written in ["13800138000", "8613800138000", "0086-13800138000", "+8613800138000", "\u{FF0B}８６13800138000"] {
        assert!(may(&node, written), "{written}");
    }
    let (_, why) = import(&node, &[firm.line(2, "13800138000")]);
    assert_eq!(why, [(1, LineFault::SomebodyElse)]);
    // Other kinds have no country to lose.
    let landline = node.digests().aliases([(kind("landline_phone"), "8613800138000")]);
    let found = node.decide(|book| landline.subject(book)).expect("fresh");
    assert!(found.expect_err("nobody's").is_nobody());
}

/// A withdrawal on one node while another takes an older yes: whoever comes second in the ledger loses, is told so, and nobody
/// takes the store for broken.
#[test]
fn whoever_was_outrun_is_told() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.signed(None, Some(&identity(1, "13800138000")))]);
    let (armed, path) = (Arc::new(AtomicBool::new(false)), firm.path());
    let other = {
        let (armed, path) = (Arc::clone(&armed), path.clone());
        let connect = move || Ok(Box::new(Overtaken { inner: Sqlite::open(&path)?, armed: Arc::clone(&armed) }) as _);
        let id = NodeId::new("slow", &mut pii_keys::SystemEntropy).expect("a node");
        Consents::open(id, SubjectDigests::of(&firm.ring), None, connect).expect("a store")
    };
    armed.store(true, Ordering::SeqCst);
    let (done, why) = import(&other, &[firm.signed(Some(&receipt(1, 1, "granted", NOTICE_TEXT)), None)]);
    assert_eq!((done.taken, why), (0, vec![(1, LineFault::Rules(Fault::OlderThanRefusal))]));
    assert!(!may(&node, "13800138000") && !may(&other, "13800138000"));
    let found = Soundness::of(&mut Sqlite::open(&path).expect("a store")).expect("readable");
    assert_eq!((found.refused, found.outrun, found.is_sound()), (0, 1, true));
}

/// A storage before whose append somebody else's withdrawal comes.
#[derive(Debug)]
struct Overtaken {
    inner: Sqlite,
    armed: Arc<AtomicBool>,
}

/// Passes all calls on, but for what is written out.
macro_rules! passing_on {
    ($type:ty { $($own:tt)* }) => {
        impl pii_store::ledger::LedgerStorage for $type {
            fn after(&mut self, seq: u64, limit: usize) -> Result<Vec<pii_store::ledger::StoredEntry>, StoreError> {
                self.inner.after(seq, limit)
            }
            fn of_subject(
                &mut self,
                subject: &pii_store::ledger::Subject,
                seq: u64,
                limit: usize,
            ) -> Result<Vec<pii_store::ledger::StoredEntry>, StoreError> {
                self.inner.of_subject(subject, seq, limit)
            }
            fn subjects_of(
                &mut self,
                aliases: &[pii_store::ledger::Alias],
            ) -> Result<Vec<pii_store::ledger::Subject>, StoreError> {
                self.inner.subjects_of(aliases)
            }
            fn head(&mut self) -> Result<pii_store::ledger::Head, StoreError> {
                self.inner.head()
            }
            fn renew(&mut self, node: &NodeId, applied: u64) -> Result<pii_store::ledger::Head, StoreError> {
                self.inner.renew(node, applied)
            }
            fn nodes(&mut self) -> Result<Vec<pii_store::ledger::Node>, StoreError> {
                self.inner.nodes()
            }
            fn forget(&mut self, node: &NodeId, unless_more_than: Option<u64>) -> Result<(), StoreError> {
                self.inner.forget(node, unless_more_than)
            }
            fn wait(&mut self, seq: u64, at_most: std::time::Duration) -> Result<bool, StoreError> {
                self.inner.wait(seq, at_most)
            }
            fn adopt(&mut self, entries: &[pii_store::ledger::StoredEntry]) -> Result<(), StoreError> {
                self.inner.adopt(entries)
            }
            $($own)*
        }
    };
}

passing_on!(Overtaken {
    fn append(
        &mut self,
        entries: &[NewEntry],
        removals: &[pii_store::ledger::Removal],
    ) -> Result<pii_store::ledger::Head, StoreError> {
        if self.armed.swap(false, Ordering::SeqCst) {
            let all = Withdrawal { purpose: None, recipient: None, by: operator(), reason: None };
            let entry = Entry::of(subject(1), moment(NOW), Body::Withdrawn(all)).expect("a person's");
            let new = NewEntry::about(subject(1).bytes(), None, entry.to_json()).expect("an entry");
            self.inner.append(&[new], &[]).expect("appended");
        }
        self.inner.append(entries, removals)
    }
});

/// A storage that fails once when it is written to, and is of no use from then on.
#[derive(Debug)]
struct Failing {
    inner: Sqlite,
    failures: Arc<AtomicUsize>,
    is_lost: bool,
}

passing_on!(Failing {
    fn append(
        &mut self,
        entries: &[NewEntry],
        removals: &[pii_store::ledger::Removal],
    ) -> Result<pii_store::ledger::Head, StoreError> {
        let fails = self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        self.is_lost |= fails;
        if self.is_lost { Err(lost()) } else { self.inner.append(entries, removals) }
    }
});

/// An error as a store gives it that has gone: one that cannot be opened.
fn lost() -> StoreError {
    Sqlite::open(std::path::Path::new("/nowhere/consents.db")).expect_err("not there")
}

#[test]
fn after_a_lost_connection_a_withdrawal_can_be_written() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let first = firm.node();
    firm.declare(&first);
    import(&first, &[firm.line(1, "13800138000")]);
    let (failures, path) = (Arc::new(AtomicUsize::new(1)), firm.path());
    let connect = move || {
        let inner = Sqlite::open(&path)?;
        Ok(Box::new(Failing { inner, failures: Arc::clone(&failures), is_lost: false }) as _)
    };
    let id = NodeId::new("unlucky", &mut pii_keys::SystemEntropy).expect("a node");
    let node = Consents::open(id, SubjectDigests::of(&firm.ring), None, connect).expect("a store");
    let by = operator();
    let withdraw = || node.withdraw(subject(1), Which::All, (&by, None), &Aliases::default(), moment(NOW));
    assert!(withdraw().expect_err("the connection has gone").is_store());
    assert_eq!(withdraw().expect("over another connection").records, 1);
    assert!(!may(&first, "13800138000"));
}

#[test]
fn withdrawing_a_record_again_waits_for_the_nodes_again() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000")]);
    let which = Which::Record(RecordId::new(1_u128.to_be_bytes()));
    let by = operator();
    let withdraw = || node.withdraw(subject(1), which, (&by, None), &Aliases::default(), moment(NOW));
    assert_eq!(withdraw().expect("withdrawn").records, 1);
    let again = withdraw().expect("nothing is left to do but to wait");
    assert_eq!((again.records, again.silent_nodes), (0, 0));
}

#[test]
fn blanks_that_no_deletion_left_are_told() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000"), firm.line(2, "13900139000")]);
    let check = || Soundness::of(&mut Sqlite::open(&firm.path()).expect("a store")).expect("readable");
    node.erase(subject(2), &[], (&operator(), "PIPL 47"), moment(NOW)).expect("deleted");
    assert!(check().is_sound(), "that is lawful");
    node.withdraw(subject(1), Which::All, (&operator(), None), &Aliases::default(), moment(NOW)).expect("withdrawn");
    assert!(check().is_sound() && !may(&node, "13800138000"));
    // Somebody who may write to the store blanks the withdrawal as a deletion would: the chain holds, and it is told.
    let connection = rusqlite::Connection::open(firm.path()).expect("a store");
    let blanked = connection
        .execute("UPDATE ledger SET body = '', subject = NULL, record = NULL, number = NULL, keeps = 2 WHERE body LIKE '%withdrawn%'", [])
        .expect("written");
    assert_eq!(blanked, 2);
    assert!(check().has_unexplained_blanks && !check().is_sound());
}

/// All that ends by time would be over, and a clock that goes back revives nothing.
#[test]
fn a_clock_that_is_years_ahead_writes_nothing() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    import(&node, &[firm.line(1, "13800138000"), firm.line(2, "13900139000")]);
    let later = moment("2036-11-27T08:00:00Z");
    let by = operator();
    let withdraw = |node: &Consents| node.withdraw(subject(1), Which::All, (&by, None), &Aliases::default(), later);
    let refused = withdraw(&node).expect_err("a wrong clock");
    assert!(refused.to_string().contains("set the clock right") && !refused.is_store(), "{refused}");
    assert!(may(&node, "13800138000") && may(&node, "13900139000"));
    let trusting = firm.node().trusting_clock(true);
    assert_eq!(withdraw(&trusting).expect("they said that it is right").records, 1);
    assert!(!may(&node, "13900139000"), "their consent's time is over by then");
}

#[test]
fn a_file_of_people_with_many_numbers_is_taken() {
    let firm = Firm::new(SignAlgorithm::Ed25519);
    let node = firm.node();
    firm.declare(&node);
    let line = |number: u64| {
        let aliases: Vec<String> = (0..15)
            .map(|nth| format!("\"kind_{nth}\":\"{number}\""))
            .chain([format!("\"mobile_phone\":\"{}\"", phone(number))])
            .collect();
        let identity = format!(r#"{{"subject":"{number:032x}","aliases":{{{}}},"age":"from14"}}"#, aliases.join(","));
        firm.signed(Some(&receipt(number, number, "granted", NOTICE_TEXT)), Some(&identity))
    };
    let lines: Vec<String> = (1..=1100).map(line).collect();
    let (done, refused) = import(&node, &lines);
    assert_eq!((done.taken, refused), (1100, vec![]));
    assert!(may(&node, &phone(1)) && may(&node, &phone(1100)));
}
