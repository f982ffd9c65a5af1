//! Relatives of PostgreSQL that take an empty text for NULL, as far as PostgreSQL can be made to behave like one: each row
//! that is written has NULL where it would be empty.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_core::key::Suite;
use pii_keys::SystemEntropy;
use pii_store::Entry;
use pii_store::ledger::{NewEntry, Removal, export_to, import_from, verify};
use support::bed::{Bed, alias, all, says, subject};
use support::{Record, entry, keyring, opened, recorded};

fn bed() -> Bed {
    let bed = Bed::postgres();
    drop(bed.ledger());
    let Bed::Postgres(schema) = &bed else { unreachable!("it is") };
    schema.make_empty_null();
    bed
}

#[test]
fn a_ledger_is_kept_erased_and_moved() {
    let bed = bed();
    let mut storage = bed.ledger();
    let (one, two) = (subject(), subject());
    let about = |whom, body| NewEntry::about(whom, Some(alias(1, 5)), body).expect("short");
    storage.append(&[about(one, "kept"), about(two, "erased"), says(""), about(two, "")], &[]).unwrap();
    storage.append(&[says("told")], &[Removal::Subject(two), Removal::Alias(one, alias(1, 5))]).unwrap();
    let entries = all(&mut *storage);
    let bodies: Vec<&str> = entries.iter().map(|entry| entry.body.as_str()).collect();
    assert_eq!(bodies, ["kept", "", "", "", "told"]);
    let head = verify(&mut *storage).unwrap();
    assert_eq!(head.seq, 5);
    let Bed::Postgres(schema) = &bed else { unreachable!("it is") };
    assert_eq!(schema.sql("SELECT count(*) FROM ledger WHERE body IS NULL"), "3", "the test's premise");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    assert_eq!(export_to(&mut *storage, &path).unwrap(), head);
    let other = self::bed();
    assert_eq!(import_from(&mut *other.ledger(), &path).unwrap(), head);
    assert_eq!(all(&mut *other.ledger()), entries);
}

#[test]
fn a_vault_keeps_values_without_a_scope() {
    let (bed, keys) = (bed(), keyring(Suite::Any));
    let mut vault = bed.vault();
    let plain = Entry { scope: "", subject: Some("a"), ..entry("qq", "10001") };
    let token = vault.token(&plain, &keys, &mut SystemEntropy).unwrap();
    assert_eq!(bed.vault().token(&plain, &keys, &mut SystemEntropy).unwrap(), token);
    assert_eq!(bed.vault().find(&token).unwrap().unwrap().scope(), "");
    assert_eq!(opened(&mut vault, &token, &keys).unwrap().as_deref(), Some("10001"));
    let mut record = Record::default();
    assert_eq!(vault.remove_subject("a", &keys, &mut SystemEntropy, &mut recorded(&mut record)).unwrap(), 1);
}

#[test]
fn a_store_of_the_first_version_is_brought_up_and_goes_on() {
    let bed = Bed::postgres();
    let whom = subject();
    let about = NewEntry::about(whom, None, "erased").unwrap();
    bed.ledger().append(&[about.clone(), says("kept")], &[]).unwrap();
    bed.ledger().append(&[], &[Removal::Subject(whom)]).unwrap();
    let before = all(&mut *bed.ledger());
    let Bed::Postgres(schema) = &bed else { unreachable!("it is") };
    schema.sql(
        "UPDATE ledger SET body = '' WHERE body IS NULL; ALTER TABLE ledger ALTER COLUMN body SET NOT NULL; \
         ALTER TABLE entry ALTER COLUMN scope SET NOT NULL; DELETE FROM migration WHERE version = 2",
    );
    let mut storage = bed.ledger();
    assert_eq!(all(&mut *storage), before);
    assert_eq!(schema.sql("SELECT max(version) FROM migration"), "2");
    storage.append(&[about], &[]).unwrap();
    storage.append(&[], &[Removal::Subject(whom)]).unwrap();
    assert_eq!(verify(&mut *storage).unwrap().seq, 3);
}
