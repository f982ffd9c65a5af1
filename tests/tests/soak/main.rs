//! A soak: messages at twice the peak that is stated, while clients go away, the upstream fails in every way, the ledger is taken
//! away and the configuration is read again each second. Nothing leaks, nothing is lost or sent twice, each message has its
//! decision and its outcome in the trail, and memory does not grow.
//!
//! `make test` sends a few thousand; `make soak` a million (`SOAK_MESSAGES`, `SOAK_PEAK` in messages a second).

#![cfg(unix)]
#![allow(clippy::print_stderr, reason = "what was seen is shown with --nocapture")]

mod client;
mod message;
mod proxy;
mod recorded;
#[path = "../support/mod.rs"]
mod support;
mod upstream;

use client::{Answer, Told};
use message::{Messages, Sort, client_fault, upstream_fault};
use pii_store::trail::{Ending, Verdict};
use proxy::{Proxy, Seen};
use recorded::Recorded;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use support::firm::counts;
use support::ring::told;
use support::{amount, partner};
use upstream::Upstream;

#[test]
fn messages_survive_all_that_goes_wrong() {
    let (count, peak) = (amount("SOAK_MESSAGES", 3_000), amount("SOAK_PEAK", 150));
    let firm = partner::firm();
    let imported = firm.import(&firm.line("app", partner::declared));
    assert_eq!(counts(&imported)[1], 1, "{}", told(&imported));
    let messages = Arc::new(Messages::new());
    let upstream = Upstream::start(Arc::clone(&messages), count);
    let proxy = Proxy::start(&firm, upstream.address);
    let is_over = AtomicBool::new(false);
    let (answers, last, seen) = thread::scope(|scope| {
        let trouble = scope.spawn(|| proxy.trouble(|| is_over.load(Ordering::Relaxed)));
        let (answers, last) = client::send(proxy.address, &messages, (count, 2 * peak));
        is_over.store(true, Ordering::Relaxed);
        (answers, last, trouble.join().expect("it goes on to the end"))
    });
    let recorded = recorded::all(&proxy.end());
    let rate = count as f64 / last.as_secs_f64();
    let tally = |ending| recorded.values().filter(|record| record.endings == [ending]).count();
    let endings = [Ending::Sent, Ending::Refused, Ending::Unknown].map(tally);
    eprintln!(
        "{count} messages, {rate:.0} a second at a stated peak of {peak}; {} reloads, the ledger gone {} times; sent, refused, unknown: {endings:?}",
        seen.reloads, seen.ledger_gone
    );
    assert!(endings.iter().all(|count| *count > 0), "nothing went wrong");
    let wrong = upstream.wrong();
    assert!(wrong.is_empty(), "{wrong:?}");
    by_message(&messages, &upstream, &answers, &recorded);
    unnamed(&upstream, &answers, recorded);
    usual_answers(&messages, &answers);
    memory(&seen);
    assert!(rate > 1.8 * peak as f64, "the proxy does not take twice the stated peak");
}

/// What a client was told, what arrived and what is recorded say the same of each message.
fn by_message(messages: &Messages, upstream: &Upstream, answers: &[Told], recorded: &HashMap<String, Recorded>) {
    for (number, told) in answers.iter().enumerate() {
        let (seen, sort) = (upstream.seen(number), messages.of(number).1.sort);
        assert!(seen <= 1, "message {number}, {sort:?}, arrived {seen} times");
        let answer = match told {
            Told::Answer(answer) => answer,
            Told::Gone => continue,
            Told::Nothing => panic!("message {number}, {sort:?}, was not answered"),
        };
        let record = recorded.get(&answer.name);
        let ending = record.map(|record| record.endings.as_slice());
        let is_right = match answer.sent.as_str() {
            "yes" => seen == 1 && ending == Some(&[Ending::Sent]),
            "unknown" => ending == Some(&[Ending::Unknown]),
            // One that is turned away at the door has no decision.
            "no" => seen == 0 && ending.is_none_or(|ending| ending == [Ending::Refused]),
            _ => false,
        };
        assert!(is_right, "message {number}, {sort:?}, arrived {seen} times, is recorded as {ending:?}: {answer:?}");
        let is_block = record.is_some_and(|record| record.verdict == Verdict::Block);
        assert!(!is_block || seen == 0, "message {number} was blocked and sent");
    }
}

/// What is recorded beside: messages of clients that went away.
fn unnamed(upstream: &Upstream, answers: &[Told], mut recorded: HashMap<String, Recorded>) {
    let names = answers.iter().filter_map(|told| match told {
        Told::Answer(answer) => Some(&answer.name),
        _ => None,
    });
    names.for_each(|name| drop(recorded.remove(name)));
    let gone = || answers.iter().enumerate().filter(|(_, told)| **told == Told::Gone);
    let arrived = gone().filter(|(number, _)| upstream.seen(*number) == 1).count();
    let ended = |ending| recorded.values().filter(|record| record.endings == [ending]).count();
    let (sent, refused, unknown) = (ended(Ending::Sent), ended(Ending::Refused), ended(Ending::Unknown));
    assert_eq!(sent + refused + unknown, recorded.len(), "a decision has no outcome, or several");
    assert!(recorded.len() <= gone().count(), "more is recorded than was sent");
    assert!((sent..=sent + unknown).contains(&arrived), "{arrived} arrived, {sent} are recorded as sent");
}

/// Where nothing went wrong with a message, its answer is the usual one.
fn usual_answers(messages: &Messages, answers: &[Told]) {
    let mut unusual = BTreeMap::<String, usize>::new();
    for (number, told) in answers.iter().enumerate() {
        let Told::Answer(Answer { status, why, .. }) = told else { continue };
        if upstream_fault(number).is_some() || client_fault(number).is_some() {
            continue;
        }
        let sort = messages.of(number).1.sort;
        let expected = match sort {
            Sort::InPath => 422,
            Sort::Unheard => 502,
            _ => 200,
        };
        // Whoever needs the ledger is stopped while it is gone.
        if *status != expected && !(sort == Sort::Asked && why == "consents") {
            *unusual.entry(format!("{sort:?} {status} {why}")).or_default() += 1;
        }
    }
    // A kept connection that the upstream closes is a failure of the message that comes by it: faults have neighbours.
    let all: usize = unusual.values().sum();
    assert!(all * 100 <= answers.len(), "{all} answers are not the usual ones: {unusual:?}");
    eprintln!("answers to messages with which nothing went wrong that are not the usual ones: {unusual:?}");
}

/// The middle of the last fifth is no higher than that of the second one.
fn memory(seen: &Seen) {
    let fifth = seen.memory.len() / 5;
    if fifth < 5 {
        return;
    }
    let middle = |nth: usize| {
        let mut part = seen.memory[nth * fifth..(nth + 1) * fifth].to_vec();
        part.sort_unstable();
        part[part.len() / 2]
    };
    let (early, late) = (middle(1), middle(4));
    eprintln!("memory: {early} KiB in the second fifth of the time, {late} KiB in the last");
    assert!(late <= early + early / 10 + (4 << 10), "memory grew from {early} to {late} KiB");
}
