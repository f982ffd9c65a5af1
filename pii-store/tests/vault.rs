//! Tokens of a vault: one for each value, opened back, removed, and nothing in clear.
#![cfg(unix)]

mod support;

use pii_core::audit::Act;
use pii_core::key::Suite;
use pii_core::surrogate::{Mark, find};
use pii_keys::SystemEntropy;
use pii_store::vault::{BATCH_LIMIT, SCOPE_LIMIT_BYTES, SUBJECT_LIMIT_BYTES, VALUE_LIMIT_BYTES};
use pii_store::{Entry, StoreError};
use std::collections::BTreeSet;
use support::{Place, Record, entry, keyring, opened, recorded, token};

/// A number of nobody, with a birth year that no client has.
const ID: &str = "11010518880228002X";

#[test]
fn one_token_for_each_kind_scope_and_value() {
    for suite in [Suite::Any, Suite::Sm] {
        let (place, keys) = (Place::new(), keyring(suite));
        let mut vault = place.vault();
        let card = entry("bank_card", "6228480000000000216");
        let first = token(&mut vault, &card, &keys);
        let found = find(first.as_bytes()).next().expect("a surrogate");
        assert_eq!((found.mark(), found.span()), (Mark::Vault, 0..first.len()));
        for same in [
            card,
            Entry { value: "6228 4800 0000 0000 216", ..card },
            Entry { value: "６２２８480000000000216", ..card },
            Entry { subject: Some("7"), ..card },
        ] {
            assert_eq!(token(&mut vault, &same, &keys), first);
            assert_eq!(token(&mut place.vault(), &same, &keys), first, "opened again");
        }
        let others = [
            Entry { scope: "", ..card },
            Entry { value: "6228480000000000217", ..card },
            entry("bank_account", "6228480000000000216"),
        ];
        let all: BTreeSet<String> = others.iter().map(|other| token(&mut vault, other, &keys)).chain([first]).collect();
        assert_eq!(all.len(), 4);
    }
}

#[test]
fn a_token_opens_to_what_was_first_written() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let mut vault = place.vault();
    let made = token(&mut vault, &entry("person_name", "  Li  Ming"), &keys);
    assert_eq!(token(&mut vault, &entry("person_name", "LI MING"), &keys), made);
    assert_eq!(opened(&mut vault, &made, &keys).unwrap().as_deref(), Some("  Li  Ming"));
    assert_eq!(opened(&mut vault, &made.to_uppercase(), &keys).unwrap().as_deref(), Some("  Li  Ming"));
    let kept = vault.find(&made).unwrap().unwrap();
    assert_eq!((kept.kind().as_str(), kept.scope()), ("person_name", "test"));
    let other = token(&mut Place::new().vault(), &entry("person_name", "Li Ming"), &keys);
    for unknown in [other.as_str(), "", "piv_", &made[1..], &format!(" {made}"), &made.replace("piv_", "pit_")] {
        assert_eq!(opened(&mut vault, unknown, &keys).unwrap(), None, "{unknown}");
    }
}

#[test]
fn a_batch_is_in_order_with_its_repetitions() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let mut vault = place.vault();
    let old = token(&mut vault, &entry("mobile_phone", "13800000003"), &keys);
    let values = ["13800000001", "13800000002", "138 0000 0001", "13800000003", "13800000001"];
    let entries = values.map(|value| entry("mobile_phone", value));
    let tokens = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    assert_eq!((tokens.len(), &tokens[0], &tokens[0], &tokens[3]), (5, &tokens[2], &tokens[4], &old));
    assert_ne!(tokens[0], tokens[1]);
    assert_eq!(opened(&mut vault, &tokens[1], &keys).unwrap().as_deref(), Some("13800000002"));
    assert_eq!(vault.tokens(&[], &keys, &mut SystemEntropy).unwrap(), Vec::<String>::new());
}

#[test]
fn a_vault_and_quotas_can_go_to_another_thread() {
    fn can_go<T: Send>() {}
    can_go::<pii_store::Vault>();
    can_go::<pii_store::Quota>();
}

#[test]
fn what_is_over_a_limit_is_refused_and_nothing_of_its_batch_is_kept() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let mut vault = place.vault();
    let good = entry("address", "杭州市");
    let [value, scope, subject] =
        [VALUE_LIMIT_BYTES, SCOPE_LIMIT_BYTES, SUBJECT_LIMIT_BYTES].map(|limit| "a".repeat(limit + 1));
    let bad = [
        entry("address", &value),
        entry("address", ""),
        entry("address", " \n "),
        Entry { scope: &scope, ..good },
        Entry { subject: Some(&subject), ..good },
        Entry { subject: Some(""), ..good },
    ];
    for bad in bad {
        let said = vault.tokens(&[good, bad], &keys, &mut SystemEntropy).unwrap_err();
        assert!(said.is_limit() && said.to_string().contains("value 1"), "{said}");
    }
    assert!(vault.tokens(&vec![good; BATCH_LIMIT + 1], &keys, &mut SystemEntropy).is_err_and(|said| said.is_limit()));
    assert_eq!(vault.wrapped_under().unwrap().values().sum::<u64>(), 0, "nothing was begun");
    let longest = "a".repeat(VALUE_LIMIT_BYTES);
    let made = token(&mut vault, &entry("address", &longest), &keys);
    assert_eq!(opened(&mut vault, &made, &keys).unwrap(), Some(longest));
}

#[test]
fn a_batch_is_kept_whole_or_not_at_all() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let mut vault = place.vault();
    let first = Entry { subject: Some("1"), ..entry("qq", "10000") };
    let kept = token(&mut vault, &first, &keys);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    let stop = "CREATE TRIGGER stop BEFORE INSERT ON entry WHEN (SELECT count(*) FROM entry) = 3 \
                BEGIN SELECT RAISE(ABORT, 'stop'); END";
    connection.execute_batch(stop).unwrap();
    let values = ["10000", "10001", "10002", "10003", "10004"];
    let entries = values.map(|value| Entry { value, ..first });
    assert!(vault.tokens(&entries, &keys, &mut SystemEntropy).is_err());
    let count = |table| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((count("entry"), count("holder")), (1, 1));
    connection.execute_batch("DROP TRIGGER stop").unwrap();
    let tokens = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    assert_eq!((count("entry"), count("holder"), &tokens[0]), (5, 5, &kept));
    for (token, value) in tokens.iter().zip(values) {
        assert_eq!(opened(&mut vault, token, &keys).unwrap().as_deref(), Some(value));
    }
}

#[test]
fn neither_files_nor_debug_output_have_a_value() {
    let (place, keys) = (Place::new(), keyring(Suite::Sm));
    let mut vault = place.vault();
    let values = [ID, "张三丰", "a.b@example.com", "13800000001"];
    let entries = values.map(|value| Entry { subject: Some("client 100301"), ..entry("address", value) });
    let tokens = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    let secrets = values.iter().chain(&["100301", "110105"]);
    let has = |bytes: &[u8], secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    let open = place.bytes();
    assert!(has(&open, &tokens[0]), "the log was looked at");
    let kept = vault.find(&tokens[0]).unwrap();
    let shown = format!("{vault:?} {kept:?} {entries:?}").into_bytes();
    drop(vault);
    let closed = place.bytes();
    assert!(has(&closed, &tokens[0]));
    for secret in secrets {
        assert!(!has(&open, secret) && !has(&closed, secret) && !has(&shown, secret), "{secret}");
    }
}

#[test]
fn what_is_removed_is_gone_from_the_file() {
    let (place, keys, mut record) = (Place::new(), keyring(Suite::Any), Record::default());
    let mut vault = place.vault();
    let of = |value, subject| Entry { subject, ..entry("landline_phone", value) };
    // A landline of two clients, one of each, and one of nobody in particular.
    let entries = [
        of("057100000001", Some("1")),
        of("057100000001", Some("2")),
        of("057100000002", Some("1")),
        of("057100000003", Some("2")),
        of("057100000004", None),
    ];
    let tokens = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    let is_there = |vault: &mut _| [1, 2, 3, 4].map(|at: usize| opened(vault, &tokens[at], &keys).unwrap().is_some());
    assert_eq!(vault.remove_subject("1", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 1);
    assert_eq!(is_there(&mut vault), [true, false, true, true], "the shared one stays");
    assert_eq!(vault.remove_subject("1", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 0);
    assert_eq!(vault.remove_subject("2", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 2);
    assert_eq!(is_there(&mut vault), [false, false, false, true]);
    assert_eq!(
        vault
            .remove_values(&[of("0571-00000004", None)], &keys, &mut SystemEntropy, &mut recorded(&mut record))
            .unwrap(),
        1
    );
    let again = vault.tokens(&entries, &keys, &mut SystemEntropy).unwrap();
    assert!(again.iter().all(|token| !tokens.contains(token)), "who comes back gets other tokens");
    assert_eq!(
        vault.remove_tokens(&[&again[4].to_uppercase(), &tokens[4], "piv_"], &mut recorded(&mut record)).unwrap(),
        1
    );
    // Each removal is recorded: how many were asked for, where that is known, and how many there were.
    assert!(record.acts.iter().all(|act| *act == Act::VaultEntriesRemoved));
    let counts: Vec<u64> = record.events.iter().map(|(_, count, _)| *count).collect();
    assert_eq!(counts, [0, 1, 0, 0, 0, 2, 1, 1, 2, 1]);
    record.fails_after = Some(0);
    let known: Vec<&str> = again.iter().map(String::as_str).collect();
    let said = vault.remove_tokens(&known, &mut recorded(&mut record)).unwrap_err();
    assert!(said.is_audit() && opened(&mut vault, &again[0], &keys).unwrap().is_some(), "{said}");
    let bytes = place.bytes();
    for gone in tokens.iter().chain(again.last()) {
        assert!(!bytes.windows(gone.len()).any(|window| window == gone.as_bytes()), "overwritten, in file and log");
    }
}

#[test]
fn what_was_changed_from_outside_gives_no_token_and_does_not_open() {
    let changes = [
        ("the kind", "UPDATE entry SET kind = 'qq'"),
        ("the scope", "UPDATE entry SET scope = 'other'"),
        ("the sealed value", "UPDATE entry SET sealed = zeroblob(60)"),
        ("no envelope", "DELETE FROM envelope"),
        ("another envelope", "UPDATE envelope SET text = 'pie_aaaa'"),
        (
            "values of each other",
            "CREATE TEMP TABLE o AS SELECT id, sealed FROM entry; UPDATE entry SET sealed = (SELECT sealed FROM o WHERE o.id <> entry.id)",
        ),
        ("no kind at all", "UPDATE entry SET kind = 'No Kind'"),
    ];
    for (what, sql) in changes {
        let (place, keys, tokens) = two_values_then(sql);
        let mut vault = place.vault();
        for token in tokens {
            assert!(opened(&mut vault, &token, &keys).is_err_and(|said| said.is_corrupt()), "{what}");
        }
    }
    let tokens_of = [
        ("the token", "UPDATE entry SET token = replace(token, 'piv_', 'piv_a')"),
        ("the check", "UPDATE entry SET checked = zeroblob(16)"),
        ("a check of another length", "UPDATE entry SET checked = x'00'"),
        (
            "the index",
            "UPDATE entry SET place = randomblob(32), checked = checked WHERE id = 0; UPDATE entry SET token = id",
        ),
        ("the index's key", "UPDATE index_key SET wrapped = zeroblob(60)"),
        ("the index's algorithm", "UPDATE index_key SET algorithm = 'HMAC-SM3'"),
    ];
    for (what, sql) in tokens_of {
        let (place, keys, _) = two_values_then(sql);
        let said = place.vault().tokens(&two(), &keys, &mut SystemEntropy);
        assert!(said.is_err_and(|said: StoreError| said.is_corrupt()), "{what}");
    }
}

fn two() -> [Entry<'static>; 2] {
    [entry("mobile_phone", "13800000001"), entry("mobile_phone", "13800000002")]
}

/// A vault of two values in which something was changed.
fn two_values_then(sql: &str) -> (Place, pii_keys::Keyring, Vec<String>) {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let tokens = place.vault().tokens(&two(), &keys, &mut SystemEntropy).expect("tokens");
    let connection = rusqlite::Connection::open(place.path()).expect("opens");
    connection.execute_batch(sql).expect("changes");
    (place, keys, tokens)
}
