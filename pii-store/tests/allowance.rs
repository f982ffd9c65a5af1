//! Tokens for whole files: a right and a quota that is taken in batches, and a record of it.
#![cfg(unix)]

mod support;

use pii_core::RuleSet;
use pii_core::audit::{Act, Phase};
use pii_core::key::Suite;
use pii_core::policy::{Action, Terms};
use pii_core::time::Moment;
use pii_core::transform::{Asked, Transform, TransformError};
use pii_keys::{Purpose, SystemEntropy, Transformer};
use pii_store::{Allowance, Quota, Request, RevealError, Rights, VaultTransformer};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::{Place, REQUEST, Record, TEN_O_CLOCK, at, keyring, kind};

fn ten() -> Option<Moment> {
    Some(at(TEN_O_CLOCK))
}

fn begun(place: &Place, per_hour: u64, request: &Request<'_>, record: &mut Record) -> Result<Allowance, RevealError> {
    begun_at(place, per_hour, request, ten, record)
}

fn begun_at(
    place: &Place,
    per_hour: u64,
    request: &Request<'_>,
    clock: fn() -> Option<Moment>,
    record: &mut Record,
) -> Result<Allowance, RevealError> {
    let text = format!(
        "[[right]]\nactor = \"desk\"\nact = \"tokenise\"\nkinds = [\"bank_card\", \"qq\"]\npurposes = [\"complaint\"]\n\
         scopes = [\"\"]\nper_hour = {per_hour}\nexpires = 2026-11-23\n"
    );
    let rights = Rights::parse("rights.toml", &text, &["bank_card", "qq"].map(kind)).expect("right");
    Allowance::begin(request, rights, Quota::new(place.store()), clock, record)
}

/// What a vault gives for values, up to the first refusal.
fn tokens(place: &Place, allowance: &Arc<Allowance>, kind_name: &str, count: usize) -> Result<usize, TransformError> {
    let ring = keyring(Suite::Any);
    let keys = Transformer::new(&ring, &mut SystemEntropy).expect("there is randomness");
    assert!(ring.primary(Purpose::Seal).is_ok());
    let (rules, terms) = (RuleSet::builtin(), Terms::default());
    let rule = rules.named(kind_name).expect("a rule");
    let transformer = VaultTransformer::new(keys, ring, place.vault(), Arc::clone(allowance));
    for made in 0..count {
        let value = format!("1000{made}");
        let (action, written, canonical) = (Action::Token, value.as_str(), value.as_str());
        let asked = Asked { action, rule, written, canonical, subject: "", purpose: "complaint", terms: &terms };
        match transformer.transform(&asked) {
            Ok(token) => assert!(token.starts_with("piv_")),
            Err(TransformError::Unavailable(why)) if why.starts_with("refused") => return Ok(made),
            Err(other) => return Err(other),
        }
    }
    Ok(count)
}

#[test]
fn a_run_makes_as_many_tokens_as_its_quota_allows() {
    let (place, mut record) = (Place::new(), Record::default());
    let allowance = Arc::new(begun(&place, 7, &REQUEST, &mut record).unwrap());
    assert_eq!(tokens(&place, &allowance, "qq", 10), Ok(7), "to the last one, where it is small");
    allowance.end(&mut record).unwrap();
    assert_eq!(record.events, [(Phase::Intended, 0, String::new()), (Phase::Done, 7, "qq:7".to_owned())]);
    assert!(record.acts.iter().all(|act| *act == Act::Tokenised));
    assert!(begun(&place, 7, &REQUEST, &mut record).unwrap_err().is_refused(), "the hour's quota is spent");
    assert_eq!(record.events[3..], [(Phase::Failed, 0, String::new())]);
}

#[test]
fn a_large_quota_is_taken_in_batches() {
    let (place, mut record) = (Place::new(), Record::default());
    let begin = |record: &mut Record| begun(&place, 1_000, &REQUEST, record);
    let first = Arc::new(begin(&mut record).unwrap());
    assert_eq!(tokens(&place, &first, "qq", 11), Ok(11), "two batches of ten");
    let second = Arc::new(begin(&mut record).unwrap());
    let mut quota = Quota::new(place.store());
    let mut is_within = |count| quota.spend("desk", pii_store::Act::Tokenise, count, 1_000, at(TEN_O_CLOCK)).unwrap();
    assert!(!is_within(981) && is_within(975));
    assert_eq!(tokens(&Place::new(), &second, "qq", 11), Ok(5), "one by one, where a batch does not fit any more");
}

#[test]
fn what_no_right_covers_gets_no_token_and_is_the_same_refusal() {
    let (place, mut record) = (Place::new(), Record::default());
    let allowance = Arc::new(begun(&place, 7, &REQUEST, &mut record).unwrap());
    assert_eq!(tokens(&place, &allowance, "resident_id", 1), Ok(0));
    let wrong = Request { purpose: "marketing", ..REQUEST };
    let said = begun(&place, 7, &wrong, &mut record).unwrap_err();
    assert!(said.is_refused());
    let silent = Request { reason: "", ..REQUEST };
    assert!(begun(&place, 7, &silent, &mut record).unwrap_err().is_request());
    record.fails_after = Some(0);
    assert!(
        begun(&place, 7, &REQUEST, &mut record).unwrap_err().store().is_some(),
        "what cannot be recorded is not begun"
    );
}

#[test]
fn without_limits_it_is_recorded_too() {
    let (place, mut record) = (Place::new(), Record::default());
    let allowance = Arc::new(Allowance::dangerously_unlimited(&REQUEST, &mut record).unwrap());
    assert_eq!(tokens(&place, &allowance, "resident_id", 3), Ok(3));
    allowance.end(&mut record).unwrap();
    assert_eq!(record.events[1], (Phase::Done, 3, "resident_id:3".to_owned()));
}

#[test]
fn a_run_that_outlasts_its_right_makes_no_more_tokens() {
    /// A second before midnight in China, and midnight; both are of one day in UTC.
    static IS_OVER: AtomicBool = AtomicBool::new(false);
    let clock = || {
        let time =
            if IS_OVER.load(Ordering::SeqCst) { "2026-11-24T00:00:00+08:00" } else { "2026-11-23T23:59:59+08:00" };
        Moment::parse(time)
    };
    let (place, mut record) = (Place::new(), Record::default());
    let allowance = Arc::new(begun_at(&place, 1_000, &REQUEST, clock, &mut record).unwrap());
    assert_eq!(tokens(&place, &allowance, "qq", 10), Ok(10), "a batch of ten");
    IS_OVER.store(true, Ordering::SeqCst);
    assert_eq!(tokens(&Place::new(), &allowance, "qq", 10), Ok(0));
    assert!(begun_at(&place, 1_000, &REQUEST, clock, &mut record).unwrap_err().is_refused());
}
