//! Copies of a ledger: of SQLite's file, and as lines of JSON from one storage into the other.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "an error is a failed test")]

mod support;

use pii_store::Sqlite;
use pii_store::ledger::{Head, LedgerStorage, NewEntry, Removal, append_and_wait, export_to, import_from, verify};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use support::bed::{Bed, alias, all, append, of_record, on_both, says, subject};
use support::{Place, entry, keyring, opened, token};

fn filled(storage: &mut dyn LedgerStorage) -> Head {
    let (one, two) = (subject(), subject());
    let about = |whom, body| NewEntry::about(whom, Some(alias(1, 5)), body).expect("short");
    let entries = [of_record(about(one, "{\"a\":\"引号\\\"\\n\"}"), "r", 1), about(two, "gone"), says("of nobody")];
    storage.append(&entries, &[]).expect("appended");
    storage.append(&[], &[Removal::Subject(two), Removal::Alias(one, alias(1, 5))]).expect("removed");
    for step in 0..3 {
        let many: Vec<NewEntry> = (0..500).map(|n| says(&format!("{step} {n}"))).collect();
        storage.append(&many, &[]).expect("appended");
    }
    storage.head().expect("readable")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

on_both!(entries_move_to_either_storage, a_changed_export_is_refused_and_nothing_is_taken);

fn entries_move_to_either_storage(bed: &Bed) {
    let mut storage = bed.ledger();
    let head = filled(&mut *storage);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    assert_eq!(export_to(&mut *storage, &path).unwrap(), head);
    assert_eq!(mode(&path), 0o600);
    assert!(export_to(&mut *storage, &path).is_err_and(|said| said.is_file()), "it is there already");
    for other in [Bed::sqlite(), Bed::postgres()] {
        let mut other = other.ledger();
        assert_eq!(import_from(&mut *other, &path).unwrap(), head);
        assert_eq!(all(&mut *other), all(&mut *storage));
        assert_eq!(import_from(&mut *other, &path).unwrap(), head, "again is nothing more");
        // An import that was stopped goes on, and what was appended since fits.
        let next = append(&mut *other, &["next"]);
        assert_eq!((next.seq, verify(&mut *other).unwrap()), (head.seq + 1, next));
        assert!(import_from(&mut *other, &path).is_err_and(|said| said.is_format()), "it has more");
    }
    let mut half = bed_of(&all(&mut *storage)[..700]);
    assert_eq!(import_from(&mut *half.1, &path).unwrap(), head);
    assert_eq!(all(&mut *half.1), all(&mut *storage));
    let stranger = Bed::sqlite();
    append(&mut *stranger.ledger(), &["another ledger"]);
    assert!(import_from(&mut *stranger.ledger(), &path).is_err_and(|said| said.is_format()));
}

/// The bed comes along: its folder goes with it.
fn bed_of(entries: &[pii_store::ledger::StoredEntry]) -> (Bed, Box<dyn LedgerStorage>) {
    let bed = Bed::sqlite();
    let mut storage = bed.ledger();
    storage.adopt(entries).expect("they follow");
    assert!(storage.adopt(entries).is_err_and(|said| said.is_corrupt()), "not twice");
    (bed, storage)
}

/// The first kept hash of a part, with its first digit another.
fn with_other_hash(text: &str, part: &str) -> String {
    let at = text.find(part).expect("a part was removed") + part.len() + "\":\"".len();
    let other = if text[at..].starts_with('0') { "1" } else { "0" };
    [&text[..at], other, &text[at + 1..]].concat()
}

fn a_changed_export_is_refused_and_nothing_is_taken(bed: &Bed) {
    let mut storage = bed.ledger();
    filled(&mut *storage);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    export_to(&mut *storage, &path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let without = |at: usize| [&lines[..at], &lines[at + 1..]].concat().join("\n");
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(5, 6);
        lines.join("\n")
    };
    let changed = [
        text.replace("0 499", "0 498"),
        text.replace("of nobody", "of somebody"),
        text.replacen(",\"erased\":2", "", 1),
        text.replacen("\"erased\":2", "\"erased\":1", 1),
        with_other_hash(&text, "content_hash"),
        with_other_hash(&text, "alias_hash"),
        text.replacen("\"alias_hash\"", "\"content_hash\"", 1),
        text.replace("引号", "符号"),
        without(7),
        without(lines.len() - 2),
        without(lines.len() - 1),
        swapped,
        text[..text.len() / 2].to_owned(),
    ];
    for (at, changed) in changed.iter().enumerate() {
        assert_ne!(*changed, text, "change {at}");
        fs::write(&path, changed).unwrap();
        let other = Bed::sqlite();
        let said = import_from(&mut *other.ledger(), &path).unwrap_err();
        assert!(said.is_corrupt(), "change {at}: {said}");
        assert_eq!(other.ledger().head().unwrap().seq, 0, "change {at}");
    }
    fs::write(&path, "{}\n").unwrap();
    assert!(import_from(&mut *storage, &path).is_err_and(|said| said.is_format()));
}

#[test]
fn a_copy_of_the_file_is_made_while_it_is_written_and_put_back() {
    let (place, keys) = (Place::new(), keyring(pii_core::key::Suite::Any));
    let mut store = place.store();
    let head = filled(&mut store);
    let secret = token(&mut place.vault(), &entry("qq", "10001"), &keys);
    let copy = place.folder.path().join("copy.db");
    let copied = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut storage = place.store();
            (0..40).for_each(|n| assert!(append(&mut storage, &[&format!("meanwhile {n}")]).seq > head.seq));
        });
        let copied = store.back_up(&copy).expect("copied");
        writer.join().expect("no panic");
        copied
    });
    assert!(copied.ledger.seq >= head.seq && mode(&copy) == 0o600);
    assert!(store.back_up(&copy).is_err_and(|said| said.is_file()), "it is there already");
    append_and_wait(&mut store, &[says("since")], &[]).unwrap();
    let said = Sqlite::restore(&copy, &place.path()).unwrap_err();
    assert!(said.is_busy(), "somebody has it open: {said}");
    assert!(verify(&mut store).unwrap().seq > copied.ledger.seq, "nothing was changed");
    drop(store);
    assert_eq!(Sqlite::restore(&copy, &place.path()).unwrap(), copied);
    assert_eq!(verify(&mut place.store()).unwrap(), copied.ledger);
    assert_eq!(opened(&mut place.vault(), &secret, &keys).unwrap().as_deref(), Some("10001"));
    let elsewhere = Place::new();
    assert_eq!(Sqlite::restore(&copy, &elsewhere.path()).unwrap(), copied);
    assert_eq!((verify(&mut elsewhere.store()).unwrap(), mode(&elsewhere.path())), (copied.ledger, 0o600));
}

#[test]
fn a_damaged_copy_replaces_nothing() {
    let place = Place::new();
    let mut store = place.store();
    filled(&mut store);
    let copy = place.folder.path().join("copy.db");
    store.back_up(&copy).unwrap();
    let head = append(&mut store, &["since"]);
    drop(store);
    let whole = fs::read(&copy).unwrap();
    let mut flipped = whole.clone();
    let at = whole.windows(9).position(|window| window == b"of nobody").expect("it is there");
    flipped[at] ^= 1;
    for (what, bytes) in
        [("a letter", flipped), ("its end", whole[..whole.len() - 4096].to_vec()), ("all", vec![0; 8192])]
    {
        fs::write(&copy, bytes).unwrap();
        let said = Sqlite::restore(&copy, &place.path()).unwrap_err();
        assert!(said.is_corrupt() || said.is_format(), "{what}: {said}");
        assert_eq!(verify(&mut place.store()).unwrap(), head, "{what}");
    }
}

/// Version 1 had the vault and the quotas.
#[test]
fn a_store_of_the_first_version_is_brought_up_with_what_it_has() {
    let (place, keys) = (Place::new(), keyring(pii_core::key::Suite::Any));
    let secret = token(&mut place.vault(), &entry("qq", "10001"), &keys);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    let back =
        "DROP TABLE ledger_alias; DROP TABLE ledger; DROP TABLE ledger_node; DELETE FROM migration WHERE version > 1";
    connection.execute_batch(back).unwrap();
    drop(connection);
    assert_eq!(append(&mut place.store(), &["one"]).seq, 1);
    assert_eq!(opened(&mut place.vault(), &secret, &keys).unwrap().as_deref(), Some("10001"));
}

/// Somebody who may write to the file, after a lawful removal of an alias: what is left is held by the digests.
#[test]
fn what_is_left_of_an_entry_cannot_be_rewritten_behind_a_removal() {
    let place = Place::new();
    let mut store = place.store();
    let whom = subject();
    let about = |body| NewEntry::about(whom, Some(alias(1, 5)), body).expect("short");
    store.append(&[about("given"), about("withdrawn")], &[]).unwrap();
    let head = store.append(&[says("last")], &[Removal::AliasesUnder(1)]).unwrap();
    assert_eq!(verify(&mut store).unwrap(), head);
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    for (change, back) in [
        ("body = 'given'", "body = 'withdrawn'"),
        ("subject = zeroblob(16)", "subject = (SELECT subject FROM ledger WHERE seq = 1)"),
        ("content_hash = zeroblob(32)", "content_hash = (SELECT content_hash FROM kept)"),
        ("keeps = 2, body = '', subject = NULL, content_hash = zeroblob(32)", "keeps = 1"),
    ] {
        let keep = "CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT content_hash FROM main.ledger WHERE seq = 2;";
        connection.execute_batch(&format!("{keep} UPDATE ledger SET {change} WHERE seq = 2")).unwrap();
        assert!(verify(&mut store).is_err_and(|said| said.is_corrupt()), "{change}");
        connection.execute_batch(&format!("UPDATE ledger SET {back} WHERE seq = 2")).unwrap();
    }
}
