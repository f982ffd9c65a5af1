//! The file of a keyring: what it survives, what it refuses, what is recorded.
#![cfg(unix)]

mod support;

use pii_core::audit::{Act, Phase};
use pii_core::key::{Secret, Suite};
use pii_keys::{
    Argon2Cost, Change, EnvironmentKek, Kek, KeyFile, KeyringFile, Listing, Passphrase, Purpose, State, SystemEntropy,
    inventory,
};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use support::{Record, day, on};

fn passphrase(text: &str) -> Passphrase {
    let cost = Argon2Cost { memory_kib: 19 << 10, passes: 2, lanes: 1 };
    Passphrase::new(Secret::copy_of(text.as_bytes()))
        .expect("a folder of the test")
        .with_cost(cost)
        .expect("a folder of the test")
}

fn key_file(folder: &Path, name: &str) -> KeyFile {
    KeyFile::create(&folder.join(name), &mut SystemEntropy).expect("a folder of the test")
}

fn created(folder: &Path, kek: &dyn Kek, suite: Suite) -> KeyringFile {
    let file = KeyringFile::at(folder.join("keys.ring"));
    on(1, &mut Record::default(), |operation| file.create(kek, suite, operation)).expect("a folder of the test");
    file
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the test");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder of the test").file_name().into_string().expect("a folder of the test"))
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_saved_is_opened() {
    for suite in [Suite::Any, Suite::Sm] {
        let folder = tempfile::tempdir().unwrap();
        let file_key = key_file(folder.path(), "kek");
        let keks: [&dyn Kek; 2] = [&file_key, &passphrase("correct horse battery")];
        for (at, kek) in keks.into_iter().enumerate() {
            let file = KeyringFile::at(folder.path().join(format!("{at}.ring")));
            on(1, &mut Record::default(), |operation| file.create(kek, suite, operation)).unwrap();
            let [one, other] = [0; 2].map(|_| file.open(kek, suite).unwrap());
            assert_eq!(one.versions(), other.versions());
            assert_eq!(file.list().unwrap().versions(), one.versions());
            assert_eq!((file.list().unwrap().provider(), one.suite()), (kek.provider(), suite));
            let kind = pii_core::Kind::new("qq").unwrap();
            let token =
                |ring: &pii_keys::Keyring| ring.tokenizer(Purpose::Token, None).unwrap().token(kind, "", "10001");
            assert_eq!(token(&one), token(&other));
            assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn every_change_is_saved_and_recorded_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    let old = file.open(&kek, Suite::Any).unwrap().primary(Purpose::Seal).unwrap().id();
    let mut record = Record::default();
    let mut change = |today, change: Change| {
        on(today, &mut record, |operation| file.change(&kek, Suite::Any, &change, operation)).unwrap()
    };
    let added = change(1, Change::Add { purpose: Purpose::Seal, algorithm: None }).key().unwrap();
    change(2, Change::promote(added));
    change(2, Change::Disable { id: old });
    change(2, Change::Enable { id: old });
    change(2, Change::Disable { id: old });
    change(2, Change::Schedule { id: old, on: day(9) });
    change(3, Change::Cancel { id: old });
    change(3, Change::Schedule { id: old, on: day(9) });
    change(9, Change::Destroy { id: old });
    let acts = [
        Act::KeyAdded,
        Act::KeyPromoted,
        Act::KeyDisabled,
        Act::KeyEnabled,
        Act::KeyDisabled,
        Act::DestructionScheduled,
        Act::DestructionCancelled,
        Act::DestructionScheduled,
        Act::KeyDestroyed,
    ];
    let expected: Vec<_> = acts.into_iter().flat_map(|act| [(act, Phase::Intended), (act, Phase::Done)]).collect();
    assert_eq!(record.events, expected);
    let ring = file.open(&kek, Suite::Any).unwrap();
    assert_eq!(ring.version(old).unwrap().state(), State::Destroyed);
    assert_eq!(ring.primary(Purpose::Seal).unwrap().id(), added);
    assert_eq!(ring.generation(), 9);
    assert_eq!(names(folder.path()), ["kek", "keys.ring", "keys.ring.lock"]);
}

#[test]
fn a_dry_run_says_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = KeyringFile::at(folder.path().join("keys.ring"));
    let mut record = Record::default();
    let dry = |record: &mut Record, act: &dyn Fn(&mut pii_keys::Operation<'_>)| {
        on(1, record, |operation| {
            operation.dry_run = true;
            act(operation);
        });
    };
    dry(&mut record, &|operation| {
        assert_eq!(file.create(&kek, Suite::Sm, operation).unwrap().count(), Purpose::ALL.len() as u64)
    });
    assert_eq!(names(folder.path()), ["kek"]);
    created(folder.path(), &kek, Suite::Any);
    let before = fs::read(file.path()).unwrap();
    let add = Change::Add { purpose: Purpose::Fpe, algorithm: None };
    dry(&mut record, &|operation| {
        let plan = file.change(&kek, Suite::Any, &add, operation).unwrap();
        assert_eq!((plan.act(), plan.key(), plan.lines().len()), (Act::KeyAdded, None, 1));
        assert!(file.rewrap(&kek, &passphrase("correct horse battery"), Suite::Any, operation).is_ok());
    });
    assert_eq!(fs::read(file.path()).unwrap(), before);
    assert_eq!(record.events, []);
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    let before = fs::read(file.path()).unwrap();
    let add = Change::Add { purpose: Purpose::Fpe, algorithm: None };
    let mut record = Record { fails_after: Some(0), ..Record::default() };
    assert!(on(1, &mut record, |operation| file.change(&kek, Suite::Any, &add, operation)).is_err());
    assert_eq!(fs::read(file.path()).unwrap(), before);
    // The outcome cannot be recorded: it was done, and that is said.
    let mut record = Record { fails_after: Some(1), ..Record::default() };
    let said = on(1, &mut record, |operation| file.change(&kek, Suite::Any, &add, operation)).unwrap_err();
    assert!(said.to_string().starts_with("it was done"), "{said}");
    assert_eq!(file.open(&kek, Suite::Any).unwrap().versions().len(), Purpose::ALL.len() + 1);
}

#[test]
fn a_keyring_moves_under_another_key_and_its_keys_stay() {
    let folder = tempfile::tempdir().unwrap();
    let (kek, words) = (key_file(folder.path(), "kek"), passphrase("correct horse battery"));
    let file = created(folder.path(), &kek, Suite::Any);
    let before = file.open(&kek, Suite::Any).unwrap();
    let mut record = Record::default();
    let plan = on(2, &mut record, |operation| file.rewrap(&kek, &words, Suite::Any, operation)).unwrap();
    assert_eq!((plan.count(), record.events.len()), (Purpose::ALL.len() as u64, 2));
    assert!(file.open(&kek, Suite::Any).is_err_and(|error| error.is_unopened()));
    let after = file.open(&words, Suite::Any).unwrap();
    assert_eq!(after.versions(), before.versions());
    let kind = pii_core::Kind::new("qq").unwrap();
    let [one, other] = [before, after].map(|ring| ring.tokenizer(Purpose::Hash, None).unwrap().digest(kind, "", "1"));
    assert_eq!(one, other);
}

#[test]
fn a_changed_file_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Sm);
    let whole = fs::read(file.path()).unwrap();
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
        fs::write(file.path(), &changed).unwrap();
        let opened = file.open(&kek, Suite::Any);
        let said = opened.expect_err("one byte was changed");
        assert!(said.is_format() || said.is_unopened() || said.is_suite(), "byte {at}: {said:?}");
    }
    for length in 0..whole.len() {
        fs::write(file.path(), &whole[..length]).unwrap();
        assert!(file.open(&kek, Suite::Any).is_err(), "{length} bytes");
    }
    fs::write(file.path(), [&whole[..], b"\n"].concat()).unwrap();
    assert!(file.open(&kek, Suite::Any).is_err());
}

#[test]
fn a_state_cannot_be_written_into_the_header() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    let text = fs::read_to_string(file.path()).unwrap();
    for (from, to) in [("primary", "enabled"), ("2026-11-01", "2026-11-02"), ("\"generation\":0", "\"generation\":7")] {
        fs::write(file.path(), text.replacen(from, to, 1)).unwrap();
        assert!(file.list().is_ok(), "it reads, which proves nothing");
        assert!(file.open(&kek, Suite::Any).is_err_and(|error| error.is_unopened()), "{from}");
    }
    for (from, to) in [
        ("\"added\"", "\"since\""),
        ("\"purpose\":\"token\"", "\"purpose\":\"hash\""),
        ("\"version\":1", "\"version\":2"),
        ("\"suite\":\"any\"", "\"suite\":\"none\""),
        ("\"format\"", "\"more\":1,\"format\""),
    ] {
        fs::write(file.path(), text.replacen(from, to, 1)).unwrap();
        assert!(file.list().is_err_and(|error| error.is_format()), "{from}");
    }
}

#[test]
fn another_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (kek, other) = (key_file(folder.path(), "kek"), key_file(folder.path(), "other"));
    let file = created(folder.path(), &kek, Suite::Any);
    assert!(file.open(&other, Suite::Any).is_err_and(|error| error.is_unopened()));
    assert!(file.open(&passphrase("correct horse battery"), Suite::Any).is_err_and(|error| error.is_unopened()));
}

#[test]
fn sm_refuses_the_rest_at_load() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    assert!(file.open(&kek, Suite::Sm).is_err_and(|error| error.is_suite()));
    let folder = tempfile::tempdir().unwrap();
    let file = created(folder.path(), &kek, Suite::Sm);
    let ring = file.open(&kek, Suite::Sm).unwrap();
    let entries = inventory(&ring, &kek);
    assert_eq!(entries.len(), 2 + Purpose::ALL.len());
    assert!(entries.iter().all(|entry| entry.algorithm.is_commercial));
    assert!(entries.iter().all(|entry| entry.to_string().split('\t').count() == 7));
    let words = passphrase("correct horse battery");
    let listed = inventory(&ring, &words);
    assert_eq!(listed[0].algorithm.name, "PBKDF2-HMAC-SM3");
}

#[test]
fn there_is_one_writer_and_many_readers() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    let add = Change::Add { purpose: Purpose::Hash, algorithm: None };
    let write = || {
        let mut done = 0;
        while done < 5 {
            match on(1, &mut Record::default(), |operation| file.change(&kek, Suite::Any, &add, operation)) {
                Ok(_) => done += 1,
                Err(error) => assert!(error.is_busy(), "{error:?}"),
            }
        }
    };
    std::thread::scope(|scope| {
        let writers = [scope.spawn(write), scope.spawn(write)];
        while writers.iter().any(|writer| !writer.is_finished()) {
            assert!(file.open(&kek, Suite::Any).is_ok(), "a reader sees a whole file");
        }
    });
    let ring = file.open(&kek, Suite::Any).unwrap();
    assert_eq!((ring.versions().len(), ring.generation()), (Purpose::ALL.len() + 10, 10), "no change was lost");
}

#[test]
fn a_keyring_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let kek = key_file(folder.path(), "kek");
    let file = created(folder.path(), &kek, Suite::Any);
    let before = fs::read(file.path()).unwrap();
    let again = on(1, &mut Record::default(), |operation| file.create(&kek, Suite::Any, operation));
    assert!(again.is_err_and(|error| error.is_file()));
    assert_eq!(fs::read(file.path()).unwrap(), before);
}

#[test]
fn key_files_are_for_their_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kek");
    KeyFile::create(&path, &mut SystemEntropy).unwrap();
    assert!(KeyFile::open(&path).is_ok());
    assert!(KeyFile::create(&path, &mut SystemEntropy).is_err(), "never over another");
    for mode in [0o644, 0o640, 0o660, 0o604] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let said = KeyFile::open(&path).unwrap_err().to_string();
        assert!(said.contains("chmod 600"), "{said}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(format!("{:?}", KeyFile::open(&path).unwrap()), "KeyFile");
}

#[test]
fn a_key_from_the_environment_says_that_it_is_dangerous() {
    // A variable that every test run has and that holds no key, and one that nobody has.
    for variable in ["PATH", "PII_TEST_NO_SUCH_VARIABLE"] {
        let said = EnvironmentKek::dangerously_from_environment(variable).unwrap_err();
        assert!(said.is_written_wrong() && said.to_string().contains(variable), "{said}");
        assert!(!said.to_string().contains("/bin"), "{said}");
    }
}

#[test]
fn a_listing_of_anything_is_an_error_at_most() {
    for bad in [&b""[..], b"\n", b"\n\n", b"{}\n{}\n", b"[]\n[]\n", b"\xff\n\xff\n", &[b'a'; 2 << 20]] {
        assert!(Listing::parse(bad).is_err_and(|error| error.is_format()));
    }
}
