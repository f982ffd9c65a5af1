//! States of versions, and what keys of each state may do.

use pii_core::Kind;
use pii_core::key::{Entropy, EntropyError, Suite};
use pii_core::policy::Date;
use pii_core::seal::{Bound, SealAlgorithm, Sealer};
use pii_keys::{Change, DigestUse, KeyAlgorithm, Keyring, Purpose, State, SystemEntropy};

fn day(day: u8) -> Date {
    Date::new(2026, 11, day).expect("as it was made here")
}

fn ring(suite: Suite) -> Keyring {
    Keyring::new(suite, day(1), &mut SystemEntropy).expect("as it was made here")
}

fn apply(ring: &mut Keyring, change: Change, today: u8) -> Result<(), String> {
    let planned = ring.plan(&change, day(today)).map(drop);
    let applied = ring.apply(&change, day(today), &mut SystemEntropy).map(drop);
    assert_eq!(planned, applied, "a plan says what applying does");
    applied.map_err(|error| {
        assert!(error.is_refused() || error.is_suite() || error.is_no_key(), "{error:?}");
        error.to_string()
    })
}

#[test]
fn a_new_keyring_has_a_key_for_everything() {
    for suite in [Suite::Any, Suite::Sm] {
        let ring = ring(suite);
        for purpose in Purpose::ALL {
            let version = ring.primary(purpose).unwrap();
            assert!(suite.allows(version.algorithm().described()));
            assert_eq!(Purpose::parse(purpose.word()), Some(purpose));
            assert_eq!(KeyAlgorithm::parse(version.algorithm().described().name), Some(version.algorithm()));
        }
        assert!(ring.cipher(None).is_ok());
        assert!(ring.tokenizer(Purpose::Token, None).is_ok() && ring.tokenizer(Purpose::Hash, None).is_ok());
        assert!(ring.wrapping_key(Purpose::Seal, None).is_ok() && ring.wrapping_key(Purpose::Subject, None).is_ok());
        let key = ring.signing_key(None).unwrap();
        assert!(key.verifying_key().verify(b"a head", &key.sign(b"a head")));
    }
}

#[test]
fn digests_for_one_use_say_nothing_of_another() {
    let mut ring = ring(Suite::Sm);
    let (old, subjects) = ring.digests(DigestUse::Subject, None).unwrap();
    let (_, bytes) = ring.digests(DigestUse::Bytes, None).unwrap();
    assert_ne!(subjects.of(b"18900000000"), bytes.of(b"18900000000"));
    apply(&mut ring, Change::Add { purpose: Purpose::Hash, algorithm: None }, 1).unwrap();
    let new = ring.versions().last().unwrap().id();
    apply(&mut ring, Change::promote(new), 2).unwrap();
    let all = ring.all_digests(DigestUse::Subject);
    assert_eq!(all.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [new, old]);
    assert_eq!(all[1].1.of(b"18900000000"), subjects.of(b"18900000000"));
    apply(&mut ring, Change::Disable { id: old }, 3).unwrap();
    assert_eq!(ring.all_digests(DigestUse::Subject).len(), 1);
    assert!(ring.digests(DigestUse::Subject, Some(old)).is_err());
}

#[test]
fn each_state_allows_its_own_changes_alone() {
    // What becomes of a version in each state; `None` is refused.
    let all = ["promote", "disable", "enable", "schedule", "cancel", "destroy"];
    let table: [(State, [Option<State>; 6]); 5] = [
        (State::Primary, [None; 6]),
        (State::Enabled, [Some(State::Primary), Some(State::Disabled), None, None, None, None]),
        (State::Disabled, [None, None, Some(State::Enabled), Some(State::Pending(day(20))), None, None]),
        (State::Pending(day(20)), [None, None, None, None, Some(State::Disabled), Some(State::Destroyed)]),
        (State::Destroyed, [None; 6]),
    ];
    for (state, outcomes) in table {
        for (name, outcome) in all.into_iter().zip(outcomes) {
            let mut ring = ring(Suite::Any);
            apply(&mut ring, Change::Add { purpose: Purpose::Seal, algorithm: None }, 1).unwrap();
            let id = ring.versions().last().unwrap().id();
            let steps: &[Change] = &match state {
                State::Primary => vec![Change::promote(id)],
                State::Enabled => vec![],
                State::Disabled => vec![Change::Disable { id }],
                State::Pending(on) => vec![Change::Disable { id }, Change::Schedule { id, on }],
                State::Destroyed => vec![Change::Disable { id }, Change::Schedule { id, on: day(3) }],
            };
            steps.iter().for_each(|step| apply(&mut ring, *step, 2).unwrap());
            if state == State::Destroyed {
                apply(&mut ring, Change::Destroy { id }, 3).unwrap();
            }
            assert_eq!(ring.version(id).unwrap().state(), state);
            let change = match name {
                "promote" => Change::promote(id),
                "disable" => Change::Disable { id },
                "enable" => Change::Enable { id },
                "schedule" => Change::Schedule { id, on: day(20) },
                "cancel" => Change::Cancel { id },
                _ => Change::Destroy { id },
            };
            let before = if state == State::Pending(day(20)) { 20 } else { 5 };
            let applied = apply(&mut ring, change, before);
            assert_eq!(applied.is_ok(), outcome.is_some(), "{name} of {state}: {applied:?}");
            assert_eq!(ring.version(id).unwrap().state(), outcome.unwrap_or(state), "{name} of {state}");
            let primaries = ring.versions().iter().filter(|version| version.state() == State::Primary);
            assert_eq!(primaries.count(), Purpose::ALL.len(), "{name} of {state}");
        }
    }
}

#[test]
fn days_are_waited_for() {
    let mut ring = ring(Suite::Any);
    apply(&mut ring, Change::Add { purpose: Purpose::Hash, algorithm: None }, 5).unwrap();
    let id = ring.versions().last().unwrap().id();
    let old = ring.primary(Purpose::Hash).unwrap().id();
    assert!(apply(&mut ring, Change::promote(id), 5).is_err());
    assert!(apply(&mut ring, Change::promote(id), 4).is_err(), "the clock went back");
    assert!(apply(&mut ring, Change::Promote { id, at_once: true }, 5).is_ok());
    apply(&mut ring, Change::Disable { id: old }, 6).unwrap();
    assert!(apply(&mut ring, Change::Schedule { id: old, on: day(6) }, 6).is_err(), "not on the same day");
    apply(&mut ring, Change::Schedule { id: old, on: day(8) }, 6).unwrap();
    assert!(apply(&mut ring, Change::Destroy { id: old }, 7).is_err());
    apply(&mut ring, Change::Destroy { id: old }, 8).unwrap();
    assert!(ring.tokenizer(Purpose::Hash, Some(old)).is_err_and(|error| error.is_no_key()));
}

#[test]
fn rotation_opens_what_was_protected_before() {
    let mut ring = ring(Suite::Sm);
    let kind = Kind::new("bank_card").unwrap();
    let (old_id, old_token) = {
        let tokens = ring.tokenizer(Purpose::Token, None).unwrap();
        (tokens.key_id(), tokens.token(kind, "", "1"))
    };
    let wrapping = ring.wrapping_key(Purpose::Seal, None).unwrap();
    let (sealer, envelope) = Sealer::begin(&wrapping, SealAlgorithm::Sm4Gcm, &mut SystemEntropy).unwrap();
    let bound = Bound { record: "1", field: "bank_card", purpose: "" };
    let sealed = sealer.seal(b"1", &bound).unwrap();
    for purpose in [Purpose::Token, Purpose::Seal] {
        apply(&mut ring, Change::Add { purpose, algorithm: None }, 1).unwrap();
        let id = ring.versions().last().unwrap().id();
        apply(&mut ring, Change::promote(id), 2).unwrap();
    }
    let newer = ring.tokenizer(Purpose::Token, None).unwrap();
    assert_ne!(newer.token(kind, "", "1"), old_token);
    assert_eq!(ring.tokenizer(Purpose::Token, Some(old_id)).unwrap().token(kind, "", "1"), old_token);
    let older = ring.wrapping_key(Purpose::Seal, Some(envelope.key_id())).unwrap();
    assert_eq!(&older.open(&envelope).unwrap().open(&sealed, &bound).unwrap()[..], b"1");
    let rewrapped =
        older.rewrap(&envelope, &ring.wrapping_key(Purpose::Seal, None).unwrap(), &mut SystemEntropy).unwrap();
    let newest = ring.wrapping_key(Purpose::Seal, None).unwrap();
    assert_eq!(rewrapped.key_id(), newest.key_id());
    assert_eq!(&newest.open(&rewrapped).unwrap().open(&sealed, &bound).unwrap()[..], b"1");
}

#[test]
fn a_key_serves_its_purpose_alone() {
    let mut ring = ring(Suite::Any);
    let seal = ring.primary(Purpose::Seal).unwrap().id();
    let token = ring.primary(Purpose::Token).unwrap().id();
    assert!(ring.wrapping_key(Purpose::Subject, Some(seal)).is_err());
    assert!(ring.tokenizer(Purpose::Hash, Some(token)).is_err());
    assert!(ring.tokenizer(Purpose::Seal, None).is_err());
    assert!(ring.cipher(Some(seal)).is_err());
    assert!(ring.signing_key(Some(seal)).is_err() && ring.digests(DigestUse::Bytes, Some(seal)).is_err());
    let wrong = KeyAlgorithm::parse("HMAC-SM3");
    assert!(apply(&mut ring, Change::Add { purpose: Purpose::Seal, algorithm: wrong }, 1).is_err());
    assert!(wrong.is_some_and(|algorithm| !algorithm.serves(Purpose::Fpe)));
    assert_eq!(KeyAlgorithm::parse("DES"), None);
}

#[test]
fn sm_adds_sm_alone() {
    let mut ring = ring(Suite::Sm);
    for (purpose, name) in [(Purpose::Fpe, "AES-256"), (Purpose::Token, "HMAC-SHA-256"), (Purpose::Seal, "AES-256-GCM")]
    {
        let change = Change::Add { purpose, algorithm: KeyAlgorithm::parse(name) };
        assert!(ring.plan(&change, day(1)).is_err_and(|error| error.is_suite()), "{name}");
        assert!(apply(&mut ring, Change::Add { purpose, algorithm: None }, 1).is_ok());
    }
}

#[test]
fn randomness_that_is_none_is_an_error() {
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(0);
            Ok(())
        }
    }
    assert!(Keyring::new(Suite::Any, day(1), &mut Zeros).is_err());
}

#[test]
fn debug_output_has_no_key() {
    let shown = format!("{:?}", ring(Suite::Any));
    assert_eq!(shown, "Keyring(any, generation 0, 6 versions)");
}
