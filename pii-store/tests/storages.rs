//! The vault and the quotas on SQLite and on PostgreSQL: what holds of one holds of the other.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_core::key::Suite;
use pii_keys::{Purpose, SystemEntropy};
use pii_store::{Act, Entry, Rewrapped};
use std::sync::Barrier;
use support::bed::{Bed, on_both};
use support::{Record, TEN_O_CLOCK, at, disable, entry, keyring, opened, recorded, rotate, token};

on_both!(
    a_value_has_one_token_whoever_asks_first,
    values_are_found_opened_and_removed,
    a_subjects_values_go_with_the_last_who_has_them,
    a_rewrapped_vault_does_without_the_old_key,
    nobody_has_the_last_of_a_quota_twice,
    an_hour_that_is_over_is_not_counted_in_again,
);

fn a_value_has_one_token_whoever_asks_first(bed: &Bed) {
    let keys = keyring(Suite::Any);
    let values: Vec<String> = (0..200).map(|n| format!("1380000{n:04}")).collect();
    let entries: Vec<_> = values.iter().map(|value| entry("mobile_phone", value)).collect();
    let start = Barrier::new(4);
    let work = |from: usize| {
        start.wait();
        let mut vault = bed.vault();
        let mut tokens = vec![String::new(); entries.len()];
        for step in 0..entries.len() / 20 {
            let first = (from + step * 20) % entries.len();
            let got = vault.tokens(&entries[first..first + 20], &keys, &mut SystemEntropy).expect("tokens");
            tokens.splice(first..first + 20, got);
        }
        tokens
    };
    let all: Vec<Vec<String>> = std::thread::scope(|scope| {
        let threads: Vec<_> = [0, 0, 60, 100].map(|from| scope.spawn(move || work(from))).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(all.iter().all(|tokens| *tokens == all[0]));
    let mut vault = bed.vault();
    for (token, value) in all[0].iter().zip(&values) {
        assert_eq!(opened(&mut vault, token, &keys).unwrap().as_ref(), Some(value));
    }
}

fn values_are_found_opened_and_removed(bed: &Bed) {
    let keys = keyring(Suite::Sm);
    let mut record = Record::default();
    let mut vault = bed.vault();
    let (one, two) = (entry("qq", "10001"), entry("qq", "10002"));
    let scoped = Entry { scope: "other", ..one };
    let tokens = vault.tokens(&[one, two, one, scoped], &keys, &mut SystemEntropy).unwrap();
    assert!(tokens[0] == tokens[2] && tokens[0] != tokens[1] && tokens[0] != tokens[3]);
    assert_eq!(token(&mut bed.vault(), &one, &keys), tokens[0], "by another connection");
    assert_eq!(opened(&mut vault, &tokens[3].to_uppercase(), &keys).unwrap().as_deref(), Some("10001"));
    assert_eq!(vault.find(&tokens[3]).unwrap().unwrap().scope(), "other");
    assert_eq!(vault.remove_tokens(&[&tokens[0], "piv_none", &tokens[0]], &mut recorded(&mut record)).unwrap(), 1);
    assert_eq!(vault.remove_values(&[two, two], &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 1);
    assert_eq!(opened(&mut bed.vault(), &tokens[0], &keys).unwrap(), None);
    assert_eq!(opened(&mut bed.vault(), &tokens[1], &keys).unwrap(), None);
    assert_ne!(token(&mut vault, &one, &keys), tokens[0]);
}

fn a_subjects_values_go_with_the_last_who_has_them(bed: &Bed) {
    let keys = keyring(Suite::Any);
    let mut record = Record::default();
    let mut vault = bed.vault();
    let of = |value, subject| Entry { subject: Some(subject), ..entry("landline", value) };
    let entries =
        [of("0571-00000001", "a"), of("0571-00000001", "b"), of("0571-00000002", "a"), of("0571-00000002", "a")];
    let tokens = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    assert_eq!(vault.remove_subject("a", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 1);
    assert!(opened(&mut vault, &tokens[0], &keys).unwrap().is_some(), "b has it too");
    assert!(opened(&mut vault, &tokens[2], &keys).unwrap().is_none());
    assert_eq!(vault.remove_subject("b", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 1);
    assert_eq!(vault.remove_subject("b", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 0);
    assert!(opened(&mut vault, &tokens[0], &keys).unwrap().is_none());
}

fn a_rewrapped_vault_does_without_the_old_key(bed: &Bed) {
    let mut keys = keyring(Suite::Any);
    let mut record = Record::default();
    let mut vault = bed.vault();
    let one = token(&mut vault, &entry("qq", "10001"), &keys);
    let old = rotate(&mut keys);
    assert_eq!(
        vault.rewrap(&keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(),
        Rewrapped { moved: 2, left: 0 }
    );
    disable(&mut keys, old);
    let new = keys.primary(Purpose::Seal).unwrap().id();
    assert_eq!(vault.wrapped_under().unwrap(), [(new, 2)].into());
    assert_eq!(opened(&mut bed.vault(), &one, &keys).unwrap().as_deref(), Some("10001"));
    assert_eq!(token(&mut bed.vault(), &entry("qq", "10001"), &keys), one);
}

fn nobody_has_the_last_of_a_quota_twice(bed: &Bed) {
    drop(bed.quota());
    let start = Barrier::new(4);
    let work = || {
        let mut quota = bed.quota();
        start.wait();
        let spend = |_: &u32| quota.spend("desk", Act::Reveal, 3, 100, at(TEN_O_CLOCK)).expect("counted");
        (0..20).filter(spend).count()
    };
    let spent: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(spent, 33, "99 of 100");
    let mut quota = bed.quota();
    assert!(!quota.spend("desk", Act::Reveal, 2, 100, at(TEN_O_CLOCK)).unwrap());
    assert!(quota.spend("desk", Act::Reveal, 1, 100, at(TEN_O_CLOCK)).unwrap());
}

fn an_hour_that_is_over_is_not_counted_in_again(bed: &Bed) {
    let mut quota = bed.quota();
    let mut spend =
        |count, hours: u64| quota.spend("desk", Act::Reveal, count, 10, at(TEN_O_CLOCK + hours * 3600)).unwrap();
    assert!(!spend(11, 0) && spend(10, 0) && !spend(1, 0));
    assert!(spend(4, 1));
    // The clock was put back: what is spent is of the later hour.
    assert!(spend(6, 0) && !spend(1, 0) && !spend(1, 1));
    assert!(spend(10, 2));
}
