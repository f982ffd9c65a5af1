//! Keys of data subjects.
#![cfg(unix)]

mod support;

use pii_core::audit::{Act, Phase};
use pii_core::key::Suite;
use pii_core::seal::{Bound, SealAlgorithm, Sealer};
use pii_keys::{Change, Keyring, Purpose, SubjectKeys, SystemEntropy};
use std::fs;
use std::path::{Path, PathBuf};
use support::{Record, day, on};

const BOUND: Bound<'_> = Bound { record: "1", field: "mobile_phone", purpose: "" };

/// The files of a folder, but not its lock and its subfolder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("readable").path());
    entries.filter(|path| path.is_file() && path.extension().is_none()).collect()
}

#[test]
fn destroying_a_subjects_key_deletes_what_it_protected() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Sm, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    let mut record = Record::default();
    let seal = |subject: &str, record: &mut Record| {
        let key = on(1, record, |operation| keys.key_or_new(subject, &ring, operation)).unwrap();
        let (sealer, envelope) = Sealer::begin(&key, SealAlgorithm::Sm4Gcm, &mut SystemEntropy).unwrap();
        (sealer.seal(b"13800000000", &BOUND).unwrap(), envelope)
    };
    let (one, one_envelope) = seal("client 1", &mut record);
    let (other, other_envelope) = seal("client 2", &mut record);
    let opened = |subject: &str, envelope, sealed| {
        let key = keys.key(subject, &ring).unwrap();
        key.and_then(|key| key.open(envelope).ok()).and_then(|opener| opener.open(sealed, &BOUND).ok())
    };
    assert_eq!(opened("client 1", &one_envelope, &one).unwrap()[..], b"13800000000"[..]);
    assert!(opened("client 2", &one_envelope, &one).is_none(), "another subject's key");
    assert!(on(2, &mut record, |operation| keys.destroy("client 1", operation)).unwrap());
    assert!(!on(2, &mut record, |operation| keys.destroy("client 1", operation)).unwrap());
    assert!(keys.key("client 1", &ring).unwrap().is_none());
    // A client who comes back gets another key, and what was deleted stays so.
    seal("client 1", &mut record);
    assert!(opened("client 1", &one_envelope, &one).is_none());
    assert!(opened("client 2", &other_envelope, &other).is_some());
    let done = |act| record.events.iter().filter(|event| **event == (act, Phase::Done)).count();
    assert_eq!((done(Act::SubjectKeyCreated), done(Act::SubjectKeyDestroyed)), (3, 1));
}

#[test]
fn a_key_is_destroyed_in_two_steps() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    let mut record = Record::default();
    let key = on(1, &mut record, |operation| keys.key_or_new("1", &ring, operation)).unwrap();
    assert!(on(1, &mut record, |operation| keys.schedule("2", day(3), operation)).is_err_and(|said| said.is_no_key()));
    assert!(on(1, &mut record, |operation| keys.schedule("1", day(1), operation)).is_err_and(|said| said.is_refused()));
    assert!(on(1, &mut record, |operation| keys.confirm("1", operation)).is_err_and(|said| said.is_refused()));
    let plan = on(1, &mut record, |operation| keys.schedule("1", day(3), operation)).unwrap();
    assert_eq!((plan.key(), plan.count()), (Some(key.key_id()), 1));
    on(1, &mut record, |operation| keys.schedule("1", day(4), operation)).unwrap();
    let listed = keys.list().unwrap();
    assert_eq!((listed.len(), listed[0].id(), listed[0].pending()), (1, key.key_id(), Some(day(4))));
    assert_eq!(listed[0].under(), ring.primary(Purpose::Subject).unwrap().id());
    assert!(on(3, &mut record, |operation| keys.confirm("1", operation)).is_err_and(|said| said.is_refused()));
    assert!(keys.key("1", &ring).unwrap().is_some(), "until then it works");
    on(3, &mut record, |operation| keys.cancel("1", operation)).unwrap();
    assert!(on(4, &mut record, |operation| keys.confirm("1", operation)).is_err_and(|said| said.is_refused()));
    on(4, &mut record, |operation| keys.schedule("1", day(5), operation)).unwrap();
    assert_eq!(keys.keys_of(key.key_id(), &ring).unwrap().len(), 1);
    on(5, &mut record, |operation| keys.confirm("1", operation)).unwrap();
    assert!(keys.key("1", &ring).unwrap().is_none() && keys.keys_of(key.key_id(), &ring).unwrap().is_empty());
    assert_eq!(keys.list().unwrap(), []);
    let done: Vec<Act> = record.events.iter().filter(|(_, phase)| *phase == Phase::Done).map(|(act, _)| *act).collect();
    let (schedule, cancel) = (Act::SubjectDestructionScheduled, Act::SubjectDestructionCancelled);
    assert_eq!(done, [Act::SubjectKeyCreated, schedule, schedule, cancel, schedule, Act::SubjectKeyDestroyed]);
    // Who comes back has a key again, and no day hangs over it.
    on(6, &mut record, |operation| keys.key_or_new("1", &ring, operation)).unwrap();
    assert_eq!(keys.list().unwrap()[0].pending(), None);
}

#[test]
fn the_folder_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    on(1, &mut Record::default(), |operation| keys.key_or_new("100301", &ring, operation)).unwrap();
    for path in files(folder.path()) {
        assert!(!path.to_string_lossy().contains("100301"));
        assert!(!fs::read_to_string(path).unwrap().contains("100301"));
    }
    // The same names after it is opened again.
    let again = SubjectKeys::open(folder.path(), &ring).unwrap();
    assert!(SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).is_err(), "never over another");
    assert!(again.key("100301", &ring).unwrap().is_some());
    assert!(again.key("100302", &ring).unwrap().is_none());
}

#[test]
fn rewrapping_makes_copies_from_before_useless() {
    let folder = tempfile::tempdir().unwrap();
    let mut ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    let mut record = Record::default();
    for subject in ["1", "2", "3"] {
        on(1, &mut record, |operation| keys.key_or_new(subject, &ring, operation)).unwrap();
    }
    let old = ring.primary(Purpose::Subject).unwrap().id();
    let added = ring.apply(&Change::Add { purpose: Purpose::Subject, algorithm: None }, day(1), &mut SystemEntropy);
    ring.apply(&Change::promote(added.unwrap().key().unwrap()), day(2), &mut SystemEntropy).unwrap();
    let copies: Vec<_> = files(folder.path()).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    assert_eq!(
        on(2, &mut record, |operation| keys.rewrap(&ring, operation)).unwrap().count(),
        4,
        "three and the index"
    );
    assert_eq!(on(2, &mut record, |operation| keys.rewrap(&ring, operation)).unwrap().count(), 0);
    for (today, change) in [
        (2, Change::Disable { id: old }),
        (2, Change::Schedule { id: old, on: day(3) }),
        (3, Change::Destroy { id: old }),
    ] {
        ring.apply(&change, day(today), &mut SystemEntropy).unwrap();
    }
    let keys = SubjectKeys::open(folder.path(), &ring).unwrap();
    assert!(keys.key("2", &ring).unwrap().is_some());
    for (path, copy) in copies {
        fs::write(path, copy).unwrap();
    }
    assert!(keys.key("2", &ring).is_err());
}

#[test]
fn a_file_under_another_name_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    for subject in ["1", "2"] {
        on(1, &mut Record::default(), |operation| keys.key_or_new(subject, &ring, operation)).unwrap();
    }
    let paths = files(folder.path());
    let [one, other] = [0, 1].map(|at| paths.iter().filter(|path| !path.ends_with("index")).nth(at).unwrap());
    fs::copy(one, other).unwrap();
    let opened = ["1", "2"].map(|subject| keys.key(subject, &ring).is_ok());
    assert_eq!(opened.iter().filter(|is_open| **is_open).count(), 1);
}

#[test]
fn what_is_destroyed_does_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    let mut record = Record::default();
    on(1, &mut record, |operation| keys.key_or_new("1", &ring, operation)).unwrap();
    // A process that ended early left a copy.
    let path = files(folder.path()).into_iter().find(|path| !path.ends_with("index")).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let copy = folder.path().join("unfinished").join(format!("{name}.0123456789abcdef.tmp"));
    fs::copy(&path, &copy).unwrap();
    // While keys are rewrapped none is destroyed.
    let lock = fs::File::create(folder.path().join("index.lock")).unwrap();
    lock.lock().unwrap();
    assert!(on(1, &mut record, |operation| keys.destroy("1", operation)).is_err_and(|error| error.is_busy()));
    assert!(on(1, &mut record, |operation| keys.rewrap(&ring, operation)).is_err_and(|error| error.is_busy()));
    lock.unlock().unwrap();
    assert!(on(1, &mut record, |operation| keys.destroy("1", operation)).unwrap());
    assert!(!path.exists() && !copy.exists());
}

#[test]
fn a_folder_that_cannot_be_seen_is_not_taken_for_a_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let ring = Keyring::new(Suite::Any, day(1), &mut SystemEntropy).unwrap();
    let keys = SubjectKeys::create(folder.path(), &ring, &mut SystemEntropy).unwrap();
    // A file in the place of the folder: looking for a file in it fails, for whatever user runs this.
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(SubjectKeys::open(folder.path(), &ring).is_err_and(|error| error.is_file()));
    assert!(keys.key("1", &ring).is_err());
    fs::write(folder.path(), b"").unwrap();
    assert!(keys.key("1", &ring).is_err_and(|error| error.is_file()));
    fs::remove_file(folder.path()).unwrap();
}
