//! The store's file: who may read it, what it is, and what damage does.
#![cfg(unix)]

mod support;

use pii_core::key::Suite;
use pii_keys::{Keyring, SystemEntropy};
use pii_store::{Sqlite, StoreError, Vault};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use support::{Place, entry, keyring, opened};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn a_file_is_its_owners_alone() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let mut vault = place.vault();
    vault.token(&entry("qq", "10001"), &keys, &mut SystemEntropy).unwrap();
    for entry in fs::read_dir(place.folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    for mode in [0o640, 0o604, 0o620, 0o602, 0o666, 0o601] {
        set_mode(&place.path(), mode);
        let said = Sqlite::open(&place.path()).unwrap_err();
        let message = said.to_string();
        assert!(said.is_file() && message.contains("chmod 600") && message.contains("store.db"), "{message}");
    }
    set_mode(&place.path(), 0o600);
    let log = place.folder.path().join("store.db-wal");
    set_mode(&log, 0o644);
    let said = Sqlite::open(&place.path()).unwrap_err().to_string();
    assert!(said.contains("chmod 600") && said.contains("store.db-wal"), "{said}");
    set_mode(&log, 0o600);
    assert!(Sqlite::open(&place.path()).is_ok());
    assert!(Sqlite::open(place.folder.path()).is_err_and(|said| said.is_file()), "a folder");
    let nowhere = place.folder.path().join("none").join("store.db");
    assert!(Sqlite::open(&nowhere).is_err_and(|said| said.is_file()));
    assert!(Sqlite::open_or_begin(&nowhere).is_err_and(|said| said.is_file()));
}

#[test]
fn a_store_that_is_missing_is_not_begun_by_opening_it() {
    let place = Place::new();
    assert!(Sqlite::open(&place.path()).is_err_and(|said| said.is_file()));
    assert!(!place.path().exists());
    fs::write(place.path(), b"").unwrap();
    set_mode(&place.path(), 0o600);
    assert!(Sqlite::open(&place.path()).is_err_and(|said| said.is_format()));
    assert_eq!(fs::read(place.path()).unwrap(), b"");
    assert!(Sqlite::open_or_begin(&place.path()).is_ok());
    assert!(Sqlite::open(&place.path()).is_ok());
}

#[test]
fn what_is_no_store_is_left_alone() {
    let place = Place::new();
    fs::write(place.path(), b"no file of SQLite, but something that somebody needs".repeat(30)).unwrap();
    set_mode(&place.path(), 0o600);
    let before = fs::read(place.path()).unwrap();
    assert!(Sqlite::open(&place.path()).is_err_and(|said| said.is_format()));
    assert_eq!(fs::read(place.path()).unwrap(), before);
    let place = Place::new();
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    connection.execute_batch("CREATE TABLE client (name TEXT)").unwrap();
    drop(connection);
    set_mode(&place.path(), 0o600);
    assert!(Sqlite::open(&place.path()).is_err_and(|said| said.is_format()));
}

#[test]
fn a_newer_version_is_not_touched() {
    let place = Place::new();
    drop(place.store());
    let connection = rusqlite::Connection::open(place.path()).unwrap();
    connection.execute_batch("INSERT INTO migration VALUES (99)").unwrap();
    let said = Sqlite::open(&place.path()).unwrap_err();
    assert!(said.is_format() && said.to_string().contains("newer"), "{said}");
    connection.execute_batch("DELETE FROM migration").unwrap();
    assert!(Sqlite::open(&place.path()).is_err_and(|said| said.is_corrupt()));
}

const VALUES: usize = 300;

fn values() -> Vec<String> {
    (0..VALUES).map(|n| format!("1380000{n:04}")).collect()
}

fn tokens(path: &Path, keys: &Keyring) -> Result<Vec<String>, StoreError> {
    let values = values();
    let entries: Vec<_> = values.iter().map(|value| entry("mobile_phone", value)).collect();
    Vault::new(Sqlite::open_or_begin(path)?).tokens(&entries, keys, &mut SystemEntropy)
}

#[test]
fn a_damaged_file_gives_an_error_and_never_another_token() {
    let (place, keys) = (Place::new(), keyring(Suite::Any));
    let right = tokens(&place.path(), &keys).unwrap();
    let whole = fs::read(place.path()).unwrap();
    assert!(!place.folder.path().join("store.db-wal").exists(), "all of it is in the file");
    // Numbers that look random and are the same each time.
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut errors = 0;
    for round in 0..200 {
        let damaged = Place::new();
        let mut bytes = whole.clone();
        match round % 4 {
            // An empty file is a new store.
            0 => bytes.truncate(1 + next() % (whole.len() - 1)),
            1 => bytes[next() % whole.len()] ^= 1 << (next() % 8),
            2 => {
                let from = next() % (whole.len() - 64);
                bytes[from..from + 64].iter_mut().for_each(|byte| *byte = next() as u8);
            }
            _ => {
                let page = next() % (whole.len() / 4096) * 4096;
                bytes[page..page + 4096].fill(0);
            }
        }
        fs::write(damaged.path(), &bytes).unwrap();
        set_mode(&damaged.path(), 0o600);
        if let Ok(mut vault) = Sqlite::open(&damaged.path()).map(Vault::new) {
            for (token, value) in right.iter().zip(values()) {
                // What a damaged index does not find is unknown, and opens to nothing.
                if let Ok(Some(opened)) = opened(&mut vault, token, &keys) {
                    assert_eq!(opened, value, "round {round}");
                }
            }
        }
        match tokens(&damaged.path(), &keys) {
            Ok(tokens) => assert_eq!(tokens, right, "round {round}"),
            Err(said) => {
                assert!(said.is_corrupt() || said.is_format() || said.is_file(), "round {round}: {said}");
                assert!(!said.to_string().contains("1380000"));
                errors += 1;
            }
        }
    }
    assert!(errors > 50, "{errors} of 200: the damage was felt");
}
