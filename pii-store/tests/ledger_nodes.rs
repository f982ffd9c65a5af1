//! Nodes that follow a ledger: when they know something, and when they say nothing any more.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_store::StoreError;
use pii_store::ledger::{
    Alias, Follower, Head, LEASE, LedgerStorage, NewEntry, Node, NodeId, Removal, StoredEntry, Subject,
    append_and_wait, wait_for,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::bed::{Bed, Bodies, append, node, on_both, says, subject};
use support::server::Server;

on_both!(
    a_follower_knows_all_that_was_there_and_hears_what_comes,
    no_node_reads_the_old_state_after_the_acknowledgement,
    a_node_that_is_gone_is_waited_for_once,
    what_a_state_does_not_understand_stops_its_node,
    what_was_erased_is_blank_to_who_starts_later,
    a_request_in_flight_is_waited_for,
    whoever_found_their_entry_waits_for_it,
    a_node_that_came_during_the_wait_is_not_forgotten,
);

fn last(follower: &Follower<Bodies>) -> Option<String> {
    follower.read(|bodies| bodies.0.last().cloned()).expect("fresh")
}

fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
    begun.elapsed()
}

fn a_follower_knows_all_that_was_there_and_hears_what_comes(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["one", "two"]);
    let follower = bed.follower("a");
    assert_eq!((last(&follower).as_deref(), follower.applied()), (Some("two"), 2));
    for n in 0..20 {
        append(&mut *storage, &[&n.to_string()]);
        let heard = wait_until("heard", Duration::from_secs(1), || last(&follower) == Some(n.to_string()));
        assert!(heard < Duration::from_millis(400), "before it would have asked by itself: {heard:?}");
    }
    // Longer than a lease, with nothing to tell.
    let begun = Instant::now();
    while begun.elapsed() < LEASE + Duration::from_millis(500) {
        assert!(follower.is_fresh() && follower.problem().is_none());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(storage.nodes().unwrap().len(), 1);
    drop(follower);
    assert_eq!(storage.nodes().unwrap().len(), 0, "whoever goes says so");
}

fn no_node_reads_the_old_state_after_the_acknowledgement(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["given 0"]);
    let followers = [bed.follower("a"), bed.follower("b")];
    let mut longest = Duration::ZERO;
    for round in 1..=15 {
        // Readers that go on all the time see the new state or nothing once the withdrawal is acknowledged.
        let is_acknowledged = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let readers: Vec<_> = followers
                .iter()
                .map(|follower| {
                    let is_acknowledged = &is_acknowledged;
                    scope.spawn(move || {
                        let mut after = 0;
                        while after < 100 {
                            let must_be_new = is_acknowledged.load(Ordering::SeqCst);
                            let seen = follower.read(|bodies| bodies.0.last().cloned()).ok().flatten();
                            if must_be_new {
                                after += 1;
                                assert!(seen.is_none_or(|seen| seen == format!("withdrawn {round}")));
                            }
                        }
                    })
                })
                .collect();
            let done = append_and_wait(&mut *storage, &[says(&format!("withdrawn {round}"))], &[]).expect("appended");
            is_acknowledged.store(true, Ordering::SeqCst);
            longest = longest.max(done.waited);
            assert_eq!(done.silent, 0);
            readers.into_iter().for_each(|reader| reader.join().expect("never the old state"));
        });
        append(&mut *storage, &[&format!("given {round}")]);
    }
    assert!(longest < Duration::from_millis(900), "both are there: {longest:?}");
    told(&format!("two nodes: acknowledged after {longest:?} at most"));
}

#[allow(clippy::print_stderr, reason = "a figure to be read with --nocapture")]
fn told(figure: &str) {
    eprintln!("{figure}");
}

fn a_node_that_is_gone_is_waited_for_once(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["given"]);
    let here = bed.follower("here");
    // It asked, has a lease, and will never ask again: a process that was killed.
    storage.renew(&node("killed"), 1).unwrap();
    let done = append_and_wait(&mut *storage, &[says("withdrawn")], &[]).unwrap();
    assert_eq!(done.silent, 1);
    assert!(done.waited >= LEASE && done.waited < LEASE + Duration::from_millis(500), "{done:?}");
    assert_eq!(last(&here).as_deref(), Some("withdrawn"));
    let done = append_and_wait(&mut *storage, &[says("more")], &[]).unwrap();
    assert!(done.silent == 0 && done.waited < Duration::from_millis(900), "{done:?}");
    assert_eq!(storage.nodes().unwrap().len(), 1);
    // One that was forgotten while it was slow comes back.
    storage.forget(here.node(), None).unwrap();
    wait_until("back", Duration::from_secs(2), || storage.nodes().unwrap().len() == 1);
}

fn what_a_state_does_not_understand_stops_its_node(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["one"]);
    let follower = bed.follower("a");
    append(&mut *storage, &["what nobody understands", "three"]);
    wait_until("stale", LEASE + Duration::from_secs(1), || !follower.is_fresh());
    let said = follower.read(|bodies| bodies.0.len()).unwrap_err();
    assert!(said.is_stale(), "{said}");
    assert!(follower.problem().is_some_and(|said| said.to_string().contains("newer program")));
    assert_eq!(follower.applied(), 1, "nothing is passed over");
    let again = Follower::start(node("b"), Bodies::default, bed.connector());
    assert!(again.is_err_and(|said| said.to_string().contains("newer program")));
}

fn what_was_erased_is_blank_to_who_starts_later(bed: &Bed) {
    let mut storage = bed.ledger();
    let whom = subject();
    storage.append(&[NewEntry::about(whom, None, "of a subject").unwrap(), says("of nobody")], &[]).unwrap();
    let early = bed.follower("early");
    let tombstone = NewEntry::about(whom, None, "erased").unwrap();
    append_and_wait(&mut *storage, &[tombstone], &[Removal::Subject(whom)]).unwrap();
    let late = bed.follower("late");
    assert_eq!(late.read(|bodies| bodies.0.clone()).unwrap(), ["", "of nobody", "erased"]);
    assert_eq!(early.read(|bodies| bodies.0.len()).unwrap(), 3, "and who was there was told by an entry");
}

#[test]
fn a_store_that_is_put_back_makes_its_nodes_silent_until_they_are_started_again() {
    let bed = Bed::sqlite();
    let Bed::Sqlite(place) = &bed else { unreachable!("it is") };
    let mut storage = place.store();
    append(&mut storage, &["given", "more", "withdrawn"]);
    let follower = bed.follower("a");
    let permit = follower.permit().unwrap();
    // As if an older copy had been put in its place by hand, and written to.
    let other = Bed::sqlite();
    append(&mut *other.ledger(), &["given", "other"]);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    let Bed::Sqlite(other) = &other else { unreachable!("it is") };
    let attach = format!(
        "ATTACH '{}' AS other; BEGIN; DELETE FROM main.ledger; INSERT INTO main.ledger SELECT * FROM other.ledger; COMMIT",
        other.path().display()
    );
    connection.execute_batch(&attach).unwrap();
    wait_until("silent", Duration::from_secs(3), || !follower.is_fresh());
    assert!(!permit.is_valid(), "nothing that was read before may leave");
    let told_withdrawals = || follower.problem().is_some_and(|said| said.to_string().contains("withdrawals"));
    wait_until("told", Duration::from_secs(1), told_withdrawals);
    append(&mut storage, &["three", "four"]);
    let begun = Instant::now();
    while begun.elapsed() < LEASE {
        assert!(follower.read(|_| ()).is_err_and(|said| said.is_stale()) && told_withdrawals());
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(follower);
    let again = bed.follower("a");
    assert_eq!(again.read(|bodies| bodies.0.clone()).unwrap(), ["given", "other", "three", "four"]);
}

fn a_request_in_flight_is_waited_for(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["given"]);
    let follower = bed.follower("a");
    let is_sent = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let permit = follower.permit().expect("fresh");
        assert_eq!((permit.applied(), last(&follower).as_deref()), (1, Some("given")));
        let is_sent = &is_sent;
        scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(700));
            assert!(permit.is_valid(), "its lease runs longer");
            is_sent.store(true, Ordering::SeqCst);
        });
        let done = append_and_wait(&mut *storage, &[says("withdrawn")], &[]).expect("appended");
        assert!(is_sent.load(Ordering::SeqCst), "acknowledged while a request was in flight: {done:?}");
        assert!(done.silent == 0 && done.waited < LEASE, "{done:?}");
    });
    assert_eq!(last(&follower).as_deref(), Some("withdrawn"));
    // One that never ends holds it up for a lease, and is worth nothing then.
    let forgotten = follower.permit().expect("fresh");
    let done = append_and_wait(&mut *storage, &[says("again")], &[]).expect("appended");
    assert!(done.waited < LEASE + Duration::from_millis(500) && !forgotten.is_valid(), "{done:?}");
    // A request that comes later has what was appended, and holds up nobody who waits for that.
    let later = follower.permit().expect("fresh");
    assert_eq!((later.applied(), later.is_valid()), (3, true));
    drop(follower);
    assert!(!later.is_valid(), "whoever leaves the table has no permit");
}

fn whoever_found_their_entry_waits_for_it(bed: &Bed) {
    let mut storage = bed.ledger();
    let head = append(&mut *storage, &["one", "two"]);
    assert!(wait_for(&mut *storage, 3).is_err_and(|said| said.is_limit()));
    assert!(wait_for(&mut *storage, 0).is_err_and(|said| said.is_limit()));
    storage.renew(&node("has one"), 1).unwrap();
    let done = wait_for(&mut *storage, 1).unwrap();
    assert!((done.head, done.silent) == (head, 0) && done.waited < LEASE, "{done:?}");
    let done = wait_for(&mut *storage, 2).unwrap();
    assert!((done.head, done.silent) == (head, 1) && done.waited >= LEASE, "{done:?}");
}

fn a_node_that_came_during_the_wait_is_not_forgotten(bed: &Bed) {
    let mut storage = bed.ledger();
    append(&mut *storage, &["given"]);
    storage.renew(&node("gone"), 0).unwrap();
    let late = node("late");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(LEASE - Duration::from_millis(500));
            bed.ledger().renew(&late, 0).expect("renewed");
        });
        append_and_wait(&mut *storage, &[says("withdrawn")], &[]).expect("appended");
    });
    let left: Vec<_> = storage.nodes().unwrap().into_iter().map(|node| node.id).collect();
    assert_eq!(left, [late], "its lease runs, and the next one has to wait for it");
}

/// A storage to which somebody else appends whenever it is asked for something new.
#[derive(Debug)]
struct Busy(Box<dyn LedgerStorage>, Arc<AtomicUsize>);

impl LedgerStorage for Busy {
    fn append(&mut self, entries: &[NewEntry], removals: &[Removal]) -> Result<Head, StoreError> {
        self.0.append(entries, removals)
    }
    fn after(&mut self, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        assert!(self.1.fetch_add(1, Ordering::SeqCst) < 200, "it never returns");
        self.0.append(&[says("while it is read")], &[])?;
        self.0.after(seq, limit)
    }
    fn of_subject(&mut self, of: &Subject, seq: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        self.0.of_subject(of, seq, limit)
    }
    fn subjects_of(&mut self, aliases: &[Alias]) -> Result<Vec<Subject>, StoreError> {
        self.0.subjects_of(aliases)
    }
    fn head(&mut self) -> Result<Head, StoreError> {
        self.0.head()
    }
    fn renew(&mut self, node: &NodeId, applied: u64) -> Result<Head, StoreError> {
        assert!(self.1.fetch_add(1, Ordering::SeqCst) < 200, "it never returns");
        self.0.append(&[says("more")], &[])?;
        self.0.renew(node, applied)
    }
    fn nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        self.0.nodes()
    }
    fn forget(&mut self, node: &NodeId, unless_more_than: Option<u64>) -> Result<(), StoreError> {
        self.0.forget(node, unless_more_than)
    }
    fn wait(&mut self, _: u64, at_most: Duration) -> Result<bool, StoreError> {
        std::thread::sleep(at_most);
        Ok(false)
    }
    fn adopt(&mut self, entries: &[StoredEntry]) -> Result<(), StoreError> {
        self.0.adopt(entries)
    }
}

#[test]
fn appends_that_never_end_do_not_keep_a_node_from_starting_and_stopping() {
    let bed = Bed::sqlite();
    append(&mut *bed.ledger(), &["one", "two", "three"]);
    let (mut connect, asked) = (bed.connector(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    let busy = move || Ok(Box::new(Busy(connect()?, Arc::clone(&count))) as Box<dyn LedgerStorage>);
    let follower = Follower::start(node("a"), Bodies::default, busy).unwrap();
    assert!(follower.is_fresh() && follower.applied() >= 3);
    drop(follower);
    assert!(asked.load(Ordering::SeqCst) <= 100, "{asked:?}");
}

fn following(options: &pii_store::PostgresOptions) -> Follower<Bodies> {
    let options = options.clone();
    let connect = move || Ok(Box::new(pii_store::Postgres::open(&options)?) as Box<dyn pii_store::LedgerStorage>);
    Follower::start(node("a"), Bodies::default, connect).unwrap()
}

#[test]
fn a_server_that_stops_answering_makes_nodes_silent_and_coming_back_makes_them_speak() {
    let mut server = Server::start();
    let patience = Duration::from_secs(3);
    let options = server.options("silent").patience(patience);
    let mut storage = pii_store::Postgres::open_or_begin(&options).unwrap();
    append(&mut storage, &["given"]);
    let follower = following(&options);
    server.pause();
    let begun = Instant::now();
    wait_until("stale", LEASE + Duration::from_millis(300), || !follower.is_fresh());
    assert!(follower.read(|_| ()).unwrap_err().is_stale());
    let said = pii_store::ledger::append_and_wait(&mut storage, &[says("withdrawn")], &[]).unwrap_err();
    assert!(said.is_file() || said.is_unknown_outcome(), "{said}");
    assert!(begun.elapsed() < patience * 2, "nobody waits for ever: {:?}", begun.elapsed());
    assert!(!follower.is_fresh());
    server.resume();
    wait_until("fresh again", Duration::from_secs(10), || follower.is_fresh());
    // Killed: the connection goes at once, the lease does not.
    let mut storage = pii_store::Postgres::open(&options).unwrap();
    append(&mut storage, &["acknowledged"]);
    server.kill();
    assert!(storage.append(&[says("x")], &[]).is_err());
    let mut storage = None;
    wait_until("up again", Duration::from_secs(15), || {
        storage = pii_store::Postgres::open(&options).ok();
        storage.is_some()
    });
    append(&mut storage.expect("up"), &["after"]);
    wait_until("fresh again", Duration::from_secs(15), || {
        let has = |body: &str| follower.read(|bodies| bodies.0.iter().any(|said| said == body)).unwrap_or(false);
        has("acknowledged") && has("after")
    });
    wait_until("no problem left", Duration::from_secs(1), || follower.problem().is_none());
}

#[test]
fn a_node_can_ask_a_server_that_does_not_tell() {
    let bed = Bed::postgres();
    let Bed::Postgres(schema) = &bed else { unreachable!("it is") };
    let options = schema.options().without_listen();
    let mut storage = pii_store::Postgres::open_or_begin(&options).unwrap();
    let connect = move || Ok(Box::new(pii_store::Postgres::open(&options)?) as Box<dyn pii_store::LedgerStorage>);
    let follower = Follower::start(node("a"), Bodies::default, connect).unwrap();
    append(&mut storage, &["one"]);
    let heard = wait_until("heard", Duration::from_secs(1), || last(&follower).as_deref() == Some("one"));
    assert!(heard < Duration::from_millis(450), "{heard:?}");
}

/// A node's connection waits for its lease and no longer, whatever patience there is for answers.
#[test]
fn a_node_gives_up_what_hangs_within_its_lease_and_connects_again() {
    let mut server = Server::start();
    // Ten seconds of patience.
    let options = server.options("hangs");
    let mut storage = pii_store::Postgres::open_or_begin(&options).unwrap();
    append(&mut storage, &["given"]);
    let follower = following(&options);
    server.pause();
    let begun = Instant::now();
    wait_until("stale", LEASE + Duration::from_millis(300), || !follower.is_fresh());
    // What hung was given up: the node knows why it is silent, and is at the next connection.
    let limit = LEASE + Duration::from_secs(1);
    wait_until("given up", limit.saturating_sub(begun.elapsed()), || follower.problem().is_some());
    // Whoever asks how far nodes are waits no longer either.
    let asked = Instant::now();
    assert!(storage.nodes().unwrap_err().is_file() && asked.elapsed() < LEASE + Duration::from_millis(500));
    server.resume();
    wait_until("fresh again", Duration::from_secs(5), || follower.is_fresh());
    let mut storage = pii_store::Postgres::open(&options).unwrap();
    append(&mut storage, &["after"]);
    wait_until("heard", Duration::from_secs(1), || last(&follower).as_deref() == Some("after"));
}
