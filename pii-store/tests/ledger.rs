//! Entries of a ledger: their order, numbers of records, aliases and erasure, on SQLite and on PostgreSQL.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_store::StoreError;
use pii_store::ledger::{
    BATCH_LIMIT_ENTRIES, BODY_LIMIT_BYTES, Head, Keeps, NewEntry, PAGE_LIMIT_ENTRIES, RECORD_LIMIT_BYTES, RecordNumber,
    Removal, append_and_wait, verify,
};
use std::sync::Barrier;
use support::bed::{Bed, alias, all, append, node, of_record, on_both, says, subject};

on_both!(
    entries_are_read_as_they_were_written,
    a_step_is_done_whole_or_not_at_all,
    of_two_with_the_same_number_one_is_told_to_look_again,
    writers_at_the_same_time_leave_no_gap_and_no_fork,
    aliases_lead_to_subjects_until_they_are_removed,
    a_subject_is_erased_and_the_chain_still_holds,
    what_is_over_a_limit_is_refused,
    nodes_are_forgotten_only_while_they_are_silent,
    pages_are_whole_and_in_order,
);

fn entries_are_read_as_they_were_written(bed: &Bed) {
    let mut storage = bed.ledger();
    assert_eq!((storage.head().unwrap(), all(&mut *storage)), (Head::default(), vec![]));
    let whom = subject();
    let about = NewEntry::about(whom, Some(alias(u32::MAX, 7)), "{\"说\":\"一\"}").unwrap();
    let entries = [says("first"), of_record(about, "记录-1", u32::MAX), says("")];
    let head = storage.append(&entries, &[]).unwrap();
    let mut again = bed.ledger();
    let read = all(&mut *again);
    assert_eq!((head, again.head().unwrap(), verify(&mut *again).unwrap()), (read[2].head(), head, head));
    let seqs: Vec<u64> = read.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2, 3]);
    let second = &read[1];
    assert_eq!((second.subject, second.alias, second.keeps), (Some(whom), Some(alias(u32::MAX, 7)), Keeps::All));
    assert_eq!((second.record.clone(), &*second.body), (RecordNumber::new("记录-1", u32::MAX).ok(), "{\"说\":\"一\"}"));
    assert_eq!((&*read[0].body, read[0].subject, &*read[2].body), ("first", None, ""));
    assert_eq!(again.of_subject(&whom, 0, 10).unwrap(), std::slice::from_ref(second));
    assert_eq!(again.of_subject(&whom, 2, 10).unwrap(), []);
    assert_eq!(storage.append(&[], &[]).unwrap(), head, "nothing is nothing");
}

fn a_step_is_done_whole_or_not_at_all(bed: &Bed) {
    let mut storage = bed.ledger();
    let whom = subject();
    let about = NewEntry::about(whom, Some(alias(1, 1)), "kept").unwrap();
    storage.append(&[of_record(says("one"), "r", 1), about], &[]).unwrap();
    let before = all(&mut *storage);
    let step = [says("two"), of_record(says("three"), "r", 1)];
    let said = storage.append(&step, &[Removal::Subject(whom), Removal::AliasesUnder(1)]).unwrap_err();
    assert!(said.is_conflict(), "{said}");
    assert_eq!(all(&mut *storage), before, "what it would have erased is there too");
    assert_eq!(all(&mut *bed.ledger()), before, "and nobody waits for a lock");
    append(&mut *bed.ledger(), &["four"]);
    assert_eq!(verify(&mut *storage).unwrap().seq, 3);
}

fn of_two_with_the_same_number_one_is_told_to_look_again(bed: &Bed) {
    drop(bed.ledger());
    let start = Barrier::new(4);
    let work = |who: usize| {
        let mut storage = bed.ledger();
        start.wait();
        let (mut won, mut number) = (Vec::new(), 1);
        while won.len() < 10 {
            match storage.append(&[of_record(says(&format!("{who}")), "shared", number)], &[]) {
                Ok(_) => won.push(number),
                Err(said) => assert!(said.is_conflict(), "{said}"),
            }
            number += 1;
        }
        won
    };
    let mut numbers: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|who| scope.spawn(move || work(who))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    numbers.sort_unstable();
    assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]), "no number twice");
    assert_eq!(verify(&mut *bed.ledger()).unwrap().seq, 40);
}

fn writers_at_the_same_time_leave_no_gap_and_no_fork(bed: &Bed) {
    drop(bed.ledger());
    let start = Barrier::new(5);
    std::thread::scope(|scope| {
        for who in 0..4 {
            let start = &start;
            scope.spawn(move || {
                let mut storage = bed.ledger();
                start.wait();
                for n in 0..25 {
                    append(&mut *storage, &[&format!("{who} {n} a"), &format!("{who} {n} b")]);
                }
            });
        }
        // Whoever reads meanwhile never sees a number before one that is still to come.
        let mut reader = bed.ledger();
        start.wait();
        let mut head = Head::default();
        while head.seq < 200 {
            head = reader.after(head.seq, 7).unwrap().iter().try_fold(head, |head, entry| head.then(entry)).unwrap();
        }
    });
    let bodies: Vec<String> = all(&mut *bed.ledger()).into_iter().map(|entry| entry.body).collect();
    for who in 0..4 {
        let own: Vec<&String> = bodies.iter().filter(|body| body.starts_with(&format!("{who} "))).collect();
        let expected: Vec<String> = (0..25).flat_map(|n| [format!("{who} {n} a"), format!("{who} {n} b")]).collect();
        assert!(own.into_iter().eq(&expected), "in the order in which they were acknowledged");
    }
    assert!(
        bodies.chunks(2).all(|pair| pair[0][..pair[0].len() - 2] == pair[1][..pair[1].len() - 2]),
        "steps are whole"
    );
}

fn aliases_lead_to_subjects_until_they_are_removed(bed: &Bed) {
    let mut storage = bed.ledger();
    let (one, two) = (subject(), subject());
    let entry = |whom, key, of| NewEntry::about(whom, Some(alias(key, of)), "{}").unwrap();
    let entries = [entry(one, 1, 10), entry(two, 1, 10), entry(one, 2, 11), entry(two, 1, 12), entry(one, 1, 10)];
    storage.append(&entries, &[]).unwrap();
    let both = |mut subjects: [[u8; 16]; 2]| {
        subjects.sort_unstable();
        subjects.to_vec()
    };
    assert_eq!(storage.subjects_of(&[alias(1, 10)]).unwrap(), both([one, two]), "one telephone, two clients");
    assert_eq!(storage.subjects_of(&[alias(1, 11), alias(2, 11)]).unwrap(), [one]);
    assert_eq!(storage.subjects_of(&[alias(2, 10), alias(3, 11)]).unwrap(), [[0; 16]; 0]);
    assert_eq!(storage.subjects_of(&[]).unwrap(), [[0; 16]; 0]);
    storage.append(&[], &[Removal::Alias(one, alias(1, 10))]).unwrap();
    assert_eq!(storage.subjects_of(&[alias(1, 10)]).unwrap(), [two]);
    storage.append(&[entry(one, 3, 10)], &[Removal::AliasesUnder(1)]).unwrap();
    let known = storage.subjects_of(&[alias(1, 10), alias(1, 12), alias(2, 11), alias(3, 10)]).unwrap();
    assert_eq!(known, [one]);
    let left: Vec<(bool, Keeps)> =
        all(&mut *storage).iter().map(|entry| (entry.alias.is_some(), entry.keeps)).collect();
    let (kept, gone) = ((true, Keeps::All), (false, Keeps::AllButAlias));
    assert_eq!(left, [gone, gone, kept, gone, gone, kept]);
    assert!(all(&mut *storage).iter().all(|entry| entry.body == "{}" && entry.subject.is_some()));
    verify(&mut *storage).unwrap();
}

fn a_subject_is_erased_and_the_chain_still_holds(bed: &Bed) {
    let mut storage = bed.ledger();
    let (one, two) = (subject(), subject());
    let about = |whom, body| NewEntry::about(whom, Some(alias(1, 5)), body).unwrap();
    let entries = [about(one, "of the first"), of_record(about(two, "of the second"), "second", 1), says("of nobody")];
    let before = storage.append(&entries, &[]).unwrap();
    let tombstone = NewEntry::about(two, None, "erased").unwrap();
    let head = storage.append(&[tombstone], &[Removal::Subject(two)]).unwrap();
    assert_eq!(head.seq, before.seq + 1);
    let read = all(&mut *storage);
    assert_eq!(read[2].head(), before, "digests stay");
    let erased = &read[1];
    assert_eq!((erased.subject, erased.alias, &erased.record, &*erased.body), (None, None, &None, ""));
    assert_eq!(erased.keeps, Keeps::Nothing);
    assert_eq!(storage.subjects_of(&[alias(1, 5)]).unwrap(), [one]);
    let own: Vec<String> = storage.of_subject(&two, 0, 10).unwrap().into_iter().map(|entry| entry.body).collect();
    assert_eq!(own, ["erased"]);
    assert_eq!(verify(&mut *bed.ledger()).unwrap(), head);
    if let Bed::Sqlite(place) = bed {
        let bytes = place.bytes();
        let is_there = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(is_there("of the first") && !is_there("of the second"), "overwritten in the file and its log");
    }
}

fn what_is_over_a_limit_is_refused(bed: &Bed) {
    let limits = |said: Result<NewEntry, StoreError>| said.is_err_and(|said| said.is_limit());
    assert!(limits(NewEntry::new("a".repeat(BODY_LIMIT_BYTES + 1))) && limits(NewEntry::new("a\0b")));
    for bad in ["", "a\nb", &"a".repeat(RECORD_LIMIT_BYTES + 1)] {
        assert!(RecordNumber::new(bad, 1).is_err_and(|said| said.is_limit()), "{bad:?}");
    }
    let mut storage = bed.ledger();
    let many = vec![says(""); BATCH_LIMIT_ENTRIES + 1];
    assert!(storage.append(&many, &[]).is_err_and(|said| said.is_limit()));
    let twice = [of_record(says("a"), "r", 1), of_record(says("b"), "r", 1)];
    assert!(storage.append(&twice, &[]).is_err_and(|said| said.is_limit()));
    assert_eq!(storage.head().unwrap().seq, 0);
    let longest = NewEntry::new("长".repeat(BODY_LIMIT_BYTES / 3)).unwrap();
    storage.append(&[of_record(longest, &"r".repeat(RECORD_LIMIT_BYTES), 0)], &[]).unwrap();
    storage.append(&many[1..], &[]).unwrap();
    assert_eq!(verify(&mut *storage).unwrap().seq, 1 + BATCH_LIMIT_ENTRIES as u64);
}

fn nodes_are_forgotten_only_while_they_are_silent(bed: &Bed) {
    let mut storage = bed.ledger();
    let (one, two) = (node("one"), node("one"));
    let head = append(&mut *storage, &["a"]);
    assert_eq!(storage.renew(&one, 0).unwrap(), head);
    assert_eq!(storage.renew(&one, 1).unwrap(), head);
    storage.renew(&two, 1).unwrap();
    let renewals = |nodes: Vec<pii_store::ledger::Node>| {
        let mut seen: Vec<_> = nodes.iter().map(|node| (node.id == one, node.applied, node.renewals)).collect();
        seen.sort_unstable();
        seen
    };
    assert_eq!(renewals(storage.nodes().unwrap()), [(false, 1, 1), (true, 1, 2)], "two of one name are two");
    storage.forget(&one, Some(1)).unwrap();
    assert_eq!(storage.nodes().unwrap().len(), 2, "it has renewed since");
    storage.forget(&one, Some(2)).unwrap();
    storage.forget(&two, None).unwrap();
    assert_eq!(storage.nodes().unwrap(), []);
    let done = append_and_wait(&mut *storage, &[says("b")], &[]).unwrap();
    assert!(done.head.seq == 2 && done.silent == 0 && done.waited.as_millis() < 1000, "nobody to wait for: {done:?}");
}

fn pages_are_whole_and_in_order(bed: &Bed) {
    let mut storage = bed.ledger();
    let entries: Vec<NewEntry> = (0..950).map(|n| says(&n.to_string())).collect();
    storage.append(&entries, &[]).unwrap();
    let bodies: Vec<String> = all(&mut *storage).into_iter().map(|entry| entry.body).collect();
    assert!(bodies.iter().enumerate().all(|(at, body)| *body == at.to_string()) && bodies.len() == 950);
    let page: Vec<u64> = storage.after(200, 3).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(page, [201, 202, 203]);
    assert_eq!(storage.after(949, 0).unwrap().len(), 1, "none only where there are none");
    assert_eq!(storage.after(950, 5).unwrap(), []);
    assert_eq!(storage.after(u64::MAX, 5).unwrap(), []);
    // Nor more bytes than a node has room for.
    let long = vec![says(&"b".repeat(BODY_LIMIT_BYTES)); 300];
    let head = storage.append(&long, &[]).unwrap();
    let page = storage.after(950, 10_000).unwrap();
    let bytes: usize = page.iter().map(|entry| entry.body.len()).sum();
    assert!((8 << 20..=(8 << 20) + BODY_LIMIT_BYTES).contains(&bytes), "{bytes}");
    assert_eq!(page.last().map(|entry| entry.seq), Some(950 + page.len() as u64));
    assert_eq!(verify(&mut *storage).unwrap(), head);
    // So is what is read of one person.
    let whom = subject();
    let long = vec![NewEntry::about(whom, None, "b".repeat(BODY_LIMIT_BYTES)).unwrap(); 300];
    storage.append(&long, &[]).unwrap();
    let (mut seq, mut count) = (0, 0);
    loop {
        let page = storage.of_subject(&whom, seq, PAGE_LIMIT_ENTRIES).unwrap();
        let Some(last) = page.last() else { break };
        let bytes: usize = page.iter().map(|entry| entry.body.len()).sum();
        assert!(bytes <= (8 << 20) + BODY_LIMIT_BYTES, "{bytes}");
        assert!(page.windows(2).all(|two| two[0].seq < two[1].seq) && page[0].seq > seq);
        (seq, count) = (last.seq, count + page.len());
    }
    assert_eq!(count, 300);
}
