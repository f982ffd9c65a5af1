//! What the tests of the trail need: records, keys, a clock that is set, a folder and what stands in it.
#![allow(dead_code, reason = "each test uses some of it")]

use pii_core::Kind;
use pii_core::key::{KeyId, Secret};
use pii_core::mask::Profile;
use pii_core::policy::Action;
use pii_core::sign::{SignAlgorithm, SigningKey};
use pii_core::time::Moment;
use pii_store::trail::witness::FileWitness;
use pii_store::trail::{
    Decision, HashAlgorithm, Item, KeyedDigest, Name, Options, Record, Report, Trail, Verdict, VerifyingKeys, Version,
    WitnessHeads, verify,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// Monday, 23 November 2026, 10:00:00 in UTC.
pub(crate) const TEN_O_CLOCK: u64 = 1_795_428_000;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub(crate) fn at(unix_seconds: u64) -> Moment {
    Moment::from_unix_seconds(unix_seconds).expect("before the year 9999")
}

pub(crate) fn key_id() -> KeyId {
    KeyId::new(77).expect("below the limit")
}

pub(crate) fn signing_key(algorithm: SignAlgorithm) -> SigningKey {
    SigningKey::new(algorithm, key_id(), &Secret::copy_of(&[9; 32])).expect("32 bytes")
}

pub(crate) fn verifying_keys() -> VerifyingKeys {
    VerifyingKeys::new().with(key_id(), signing_key(SignAlgorithm::Ed25519).verifying_key())
}

pub(crate) fn digest(of: u8) -> KeyedDigest {
    KeyedDigest { key: key_id(), mac: [of; 32] }
}

pub(crate) fn decision(number: u8) -> Decision {
    Decision {
        message: None,
        channel: name("sms"),
        recipient: Some(name("vendor-a")),
        purpose: Some(name("notice")),
        subjects: vec![digest(number % 7)],
        verdict: Verdict::Send,
        items: vec![Item {
            kind: Kind::new("resident_id").expect("a kind"),
            count: 1,
            action: Action::Mask,
            profile: Some(Profile::Strict),
            residual_bits: Some(40),
            reason: None,
        }],
        basis: None,
        assessment: None,
        alternative: None,
        policy: Version::Named(name("policy-3")),
        rules: Version::Named(name("rules-0.1.0")),
        consent: None,
        notice: None,
        ledger: Some(4),
        input: Some(digest(number)),
        output: Some(digest(number.wrapping_add(100))),
    }
}

pub(crate) fn record(number: u8) -> Record {
    Record::Decision(Box::new(decision(number)))
}

/// A clock that tests set.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(TEN_O_CLOCK)))
    }

    pub(crate) fn set(&self, unix_seconds: u64) {
        self.0.store(unix_seconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Moment {
        at(self.0.load(Ordering::SeqCst))
    }
}

/// A folder with a trail, and a witness beside it.
pub(crate) struct Place {
    pub(crate) root: TempDir,
    pub(crate) clock: Clock,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { root: tempfile::tempdir().expect("a folder"), clock: Clock::new() }
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("n1")
    }

    pub(crate) fn witness(&self) -> PathBuf {
        self.root.path().join("witness")
    }

    pub(crate) fn options(&self) -> Options {
        let clock = self.clock.clone();
        Options::new(name("n1"), move || clock.now()).hashed_with(HashAlgorithm::Sm3)
    }

    pub(crate) fn signed(&self) -> Options {
        self.options().signed_by(signing_key(SignAlgorithm::Ed25519))
    }

    pub(crate) fn witnessed(&self) -> Options {
        self.signed().witnessed_by(FileWitness::new(self.witness()).expect("a file"), None)
    }

    pub(crate) fn open(&self, options: Options) -> Trail {
        Trail::open(&self.folder(), options).expect("it opens")
    }

    pub(crate) fn heads(&self) -> WitnessHeads {
        let mut heads = WitnessHeads::new(name("n1"));
        heads.read(&self.witness()).expect("readable");
        heads
    }

    pub(crate) fn verify(&self) -> Report {
        verify(&self.folder(), &verifying_keys(), None, |_| ()).expect("readable")
    }

    pub(crate) fn verify_with_witness(&self) -> Report {
        verify(&self.folder(), &verifying_keys(), Some(&self.heads()), |_| ()).expect("readable")
    }

    /// The segments' files, in order.
    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        segments(&self.folder())
    }
}

pub(crate) fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|it| it == "jsonl")).collect();
    paths.sort();
    paths
}

pub(crate) fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).expect("readable").lines().map(str::to_owned).collect()
}

pub(crate) fn write_lines(path: &Path, lines: &[String]) {
    let text: String = lines.iter().map(|line| line.clone() + "\n").collect();
    fs::write(path, text).expect("writable");
}

/// A trail of three days, a segment each, with so many decisions a day, closed in order.
pub(crate) fn three_days(place: &Place, a_day: u8) {
    let trail = place.open(place.witnessed());
    for day in 0..3 {
        place.clock.set(TEN_O_CLOCK + day * 86_400);
        let tickets: Vec<_> = (0..a_day).map(|number| trail.append(record(number)).expect("it takes it")).collect();
        for ticket in tickets {
            ticket.wait().expect("it is written");
        }
    }
    trail.close().expect("all is written");
}
