//! Nodes that follow a ledger: when they know something, and when they say nothing any more.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_store::ledger::{Follower, LEASE, LedgerStorage as _, NewEntry, Removal, append_and_wait};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::bed::{Bed, Bodies, append, node, on_both, says, subject};
use support::server::Server;

on_both!(
    a_follower_knows_all_that_was_there_and_hears_what_comes,
    no_node_reads_the_old_state_after_the_acknowledgement,
    a_node_that_is_gone_is_waited_for_once,
    what_a_state_does_not_understand_stops_its_node,
    what_was_erased_is_blank_to_who_starts_later,
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
fn a_store_that_is_put_back_is_read_again() {
    let bed = Bed::sqlite();
    let Bed::Sqlite(place) = &bed else { unreachable!("it is") };
    let mut storage = place.store();
    append(&mut storage, &["one", "two", "three"]);
    let follower = bed.follower("a");
    // As if an older copy had been put in its place by hand, and written to.
    let other = Bed::sqlite();
    append(&mut *other.ledger(), &["one", "other"]);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    let Bed::Sqlite(other) = &other else { unreachable!("it is") };
    let attach = format!(
        "ATTACH '{}' AS other; BEGIN; DELETE FROM main.ledger; INSERT INTO main.ledger SELECT * FROM other.ledger; COMMIT",
        other.path().display()
    );
    connection.execute_batch(&attach).unwrap();
    wait_until("read again", Duration::from_secs(3), || {
        follower.read(|bodies| bodies.0 == ["one", "other"]).unwrap_or(false)
    });
}

#[test]
fn a_server_that_stops_answering_makes_nodes_silent_and_coming_back_makes_them_speak() {
    let mut server = Server::start();
    let patience = Duration::from_secs(3);
    let options = server.options("silent").patience(patience);
    let mut storage = pii_store::Postgres::open_or_begin(&options).unwrap();
    append(&mut storage, &["given"]);
    let connect = {
        let options = options.clone();
        move || Ok(Box::new(pii_store::Postgres::open(&options)?) as Box<dyn pii_store::LedgerStorage>)
    };
    let follower = Follower::start(node("a"), Bodies::default, connect).unwrap();
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
