//! A clock that goes back, numbers that lead to nobody, transfers by another name, grounds that do not fit: nothing of it
//! opens what is closed.

use crate::world::*;
use pii_core::Kind;
use pii_core::consent::*;
use pii_core::purpose::Method;

fn process(world: &World, number: u8) -> Vec<Reason> {
    let (who, what) = ([alias(number)], kinds(&[PLAIN]));
    world.book.may_process(&world.ask(&who, &what, None)).reasons().to_vec()
}

fn hand_over(world: &World, recipient: &str, what: &str, method: Method) -> (Outcome, Vec<Reason>) {
    let (who, what) = ([alias(1)], kinds(&[what]));
    let decision = world.book.may_hand_over(&Ask { method, ..world.ask(&who, &what, Some(recipient)) });
    (decision.outcome(), decision.reasons().to_vec())
}

fn provided(world: &mut World, number: u8, what: &str) -> Result<(), Fault> {
    let body = Body::Provided { recipient: code("overseas-broker"), purpose: code(PURPOSE), kinds: kinds(&[what]) };
    world.take(Entry::of(subject(number), world.at, body).expect("a person's"))
}

/// Lets an entry be written at that time, and goes back to now.
fn seen(world: &mut World, at: &str) {
    let now = std::mem::replace(&mut world.at, moment(at));
    world.age(subject(9), Age::From14);
    world.at = now;
}

#[test]
fn a_clock_that_goes_back_revives_nothing() {
    let mut world = World::new();
    let whose = world.adult(1);
    let until = world.at.plus_millis(10_000);
    world.grant(record(1), whose, |parts| parts.event.valid_until = until);
    let late = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
    let mut short = late.clone();
    short.event.valid_until = until;
    assert_eq!(process(&world, 1), []);
    seen(&mut world, "2026-01-01T01:00:11Z");
    assert_eq!(process(&world, 1), [Reason::Expired]);
    assert_eq!(world.book.due(world.at, 10).len(), 1);
    assert_eq!(world.answer(&short), Err(Fault::OverAlready));
    world.answer(&late).expect("granted");
    assert_eq!(process(&world, 1), []);
    seen(&mut world, "2031-01-01T16:00:00Z");
    assert_eq!(process(&world, 1), [Reason::RetentionOver]);
}

#[test]
fn what_was_agreed_with_others_does_not_come_back_either() {
    let ended: [(Reason, Declaration); 2] = [
        (Reason::NoContract, {
            let mut parts = contract_parts("insurer");
            parts.until = day("2026-06-30");
            Declaration::Contract(sound(parts))
        }),
        (Reason::NoAssessment(Trigger::Provide), {
            let mut parts = assessment_parts(Trigger::Provide, "insurer");
            parts.until = day("2026-06-30");
            Declaration::Assessment(sound(parts))
        }),
    ];
    for (reason, declaration) in ended {
        let mut world = World::new();
        let whose = world.adult(1);
        world.grant(record(1), whose, |parts| parts.processing.recipient = Some(code("insurer")));
        world.declare(declaration);
        assert_eq!(hand_over(&world, "insurer", PLAIN, Method::Provide).0, Outcome::Allow);
        seen(&mut world, "2026-07-01T00:00:00Z");
        assert_eq!(hand_over(&world, "insurer", PLAIN, Method::Provide).1, [reason]);
    }
    // A contract that has not begun does not begin by an entry from later.
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.recipient = Some(code("insurer")));
    let mut parts = contract_parts("insurer");
    parts.from = day("2026-06-30");
    world.declare(Declaration::Contract(sound(parts)));
    seen(&mut world, "2026-07-01T00:00:00Z");
    assert_eq!(hand_over(&world, "insurer", PLAIN, Method::Provide).1, [Reason::NoContract]);
    // A source's key.
    let public_key = Base64::new(b"app key").expect("bytes");
    let (id, name, algorithm) = (code("app"), "交易APP".to_owned(), code("ed25519"));
    let until = Some(moment("2026-06-30T00:00:00Z"));
    let registered_by = code("li.lei");
    world.declare(Declaration::Source(sound(SourceParts { id, name, algorithm, public_key, registered_by, until })));
    let parts = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&parts), Err(Fault::UnknownSource));
}

#[test]
fn a_year_keeps_its_count() {
    let mut world = World::new();
    let settings = SettingsParts { export_limit_persons: 3, ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    let ground = export_parts("overseas-broker", ExportGroundKind::Certification);
    world.declare(Declaration::ExportGround(sound(ground)));
    for number in 1..=3 {
        let whose = world.adult(number);
        world.grant(record(number), whose, |parts| parts.processing.recipient = Some(code("overseas-broker")));
    }
    let is_over = |world: &World, number| {
        let (who, what) = ([alias(number)], kinds(&[PLAIN]));
        let ask = world.ask(&who, &what, Some("overseas-broker"));
        world.book.export_ok(&ask).reasons().contains(&Reason::ExportLimit)
    };
    provided(&mut world, 1, PLAIN).expect("taken");
    provided(&mut world, 2, PLAIN).expect("taken");
    assert!(is_over(&world, 3));
    let now = std::mem::replace(&mut world.at, moment("2028-01-01T00:00:00Z"));
    assert_eq!(provided(&mut world, 1, PLAIN), Err(Fault::WrongYear));
    world.at = moment("2027-01-01T00:00:00Z");
    provided(&mut world, 1, PLAIN).expect("the next year may have begun");
    assert_eq!((world.book.exported(), is_over(&world, 3)), ((2027, 1, 0), false));
    world.at = now;
    assert!(is_over(&world, 3), "an entry from the next year leaves this one's count as it was");
    // What goes now may be the next year's, if it is this clock that is wrong.
    provided(&mut world, 2, PLAIN).expect("taken");
    provided(&mut world, 2, PLAIN).expect("taken");
    assert_eq!(world.book.exported(), (2027, 2, 0));
}

#[test]
fn whoever_is_erased_stays_erased() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::StatutoryDuty, None))));
    assert_eq!(process(&world, 7), [], "a duty asks nobody");
    world.erase(whose);
    let what = kinds(&[PLAIN]);
    let by_number = |world: &World| {
        let ask = Ask { who: Who::Subject(whose), ..world.ask(&[], &what, None) };
        world.book.may_process(&ask).reasons().to_vec()
    };
    assert_eq!(by_number(&world), [Reason::Erased], "not even by a duty");
    world.erase(whose);
    assert_eq!(by_number(&world), [Reason::Erased]);
    // Their telephone number is in the ledger no longer: it is one that nobody has heard of, on whatever node, from when on ever.
    assert_eq!(process(&world, 1), [], "a duty asks nobody");
    let reread = world.read_afresh(whose);
    assert_eq!((by_number(&reread), process(&reread, 1)), (by_number(&world), process(&world, 1)));
    assert_eq!(world.book.add_alias(whose, alias(1), world.at), Err(Fault::Erased));
    world.alias(subject(2), alias(1));
    assert_eq!(process(&world, 1), [], "a number that was given to somebody else");
}

#[test]
fn a_year_keeps_its_count_when_somebody_is_erased() {
    let mut world = World::new();
    for number in 1..=3 {
        world.adult(number);
        provided(&mut world, number, if number == 2 { SENSITIVE } else { PLAIN }).expect("taken");
    }
    world.erase(subject(2));
    let year = world.at.day_in_china().year();
    assert_eq!(world.book.exported(), (year, 3, 1));
    assert_eq!(world.read_afresh(subject(2)).book.exported(), (year, 3, 1));
    // Said again, it counts nobody twice.
    world.erase(subject(2));
    assert_eq!(world.book.exported(), (year, 3, 1));
    assert_eq!(world.read_afresh(subject(2)).book.exported(), (year, 3, 1));
}

#[test]
fn a_contract_is_with_somebody() {
    for (basis, is_personal) in [
        (BasisKind::Contract, true),
        (BasisKind::PublicData, true),
        (BasisKind::StatutoryDuty, false),
        (BasisKind::Emergency, false),
        (BasisKind::News, false),
        (BasisKind::OtherLaw, false),
    ] {
        let mut world = World::new();
        world.adult(1);
        world.declare(Declaration::OtherBasis(sound(basis_parts(basis, None))));
        assert_eq!(process(&world, 1), [], "{basis:?}");
        let expected = if is_personal { vec![Reason::SubjectUnknown] } else { vec![] };
        assert_eq!(process(&world, 7), expected, "{basis:?}");
    }
}

#[test]
fn what_a_recipient_gets_is_a_transfer_by_whatever_method() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    for method in [Method::Use, Method::Store, Method::Transmit] {
        let (outcome, reasons) = hand_over(&world, "gateway", BIOMETRIC, method);
        assert_eq!(outcome, Outcome::Deny, "{method:?}");
        assert!(reasons.contains(&Reason::NoSeparateConsent(SeparateFor::Biometric)), "{method:?}: {reasons:?}");
    }
    world.grant(record(2), whose, |parts| parts.processing.recipient = Some(code("gateway")));
    assert_eq!(hand_over(&world, "gateway", BIOMETRIC, Method::Use).0, Outcome::AllowMasked);
    world.grant(record(3), whose, |parts| parts.processing.recipient = Some(code("insurer")));
    assert_eq!(hand_over(&world, "insurer", PLAIN, Method::Store).0, Outcome::Allow);
    let entry = world.book.restrict(whose, operator(), "销户".to_owned(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    for recipient in ["gateway", "insurer"] {
        let (outcome, reasons) = hand_over(&world, recipient, PLAIN, Method::Store);
        assert_eq!((outcome, reasons.contains(&Reason::Restricted)), (Outcome::Deny, true), "{recipient}: {reasons:?}");
    }
}

#[test]
fn an_exemption_is_for_what_is_necessary() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.recipient = Some(code("overseas-broker")));
    let ground = export_parts("overseas-broker", ExportGroundKind::Exemption);
    world.declare(Declaration::ExportGround(sound(ground)));
    let export = |world: &World| {
        let (who, what) = ([alias(1)], kinds(&[PLAIN]));
        world.book.export_ok(&world.ask(&who, &what, Some("overseas-broker"))).reasons().to_vec()
    };
    assert_eq!(export(&world), [Reason::NoExportGround], "a consent makes nothing necessary");
    let mut parts = basis_parts(BasisKind::Contract, None);
    parts.kinds = kinds(&[SENSITIVE]);
    world.declare(Declaration::OtherBasis(sound(parts)));
    assert_eq!(export(&world), [Reason::NoExportGround], "the contract needs other data");
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    assert_eq!(export(&world), []);
    let entry = world.book.restrict(whose, operator(), "销户".to_owned(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!(export(&world), [Reason::NoExportGround, Reason::Restricted]);
}

#[test]
fn what_people_hand_in_takes_no_room_from_what_is_declared() {
    let mut world = World::new();
    world.adult(1);
    for number in 0..130_u8 {
        let unknown = kind(&format!("kind_{number}"));
        let body = Body::Provided { recipient: code("overseas-broker"), purpose: code(PURPOSE), kinds: vec![unknown] };
        world.take(Entry::of(subject(1), world.at, body).expect("a person's")).expect("taken");
        let mut no = receipt_parts(record(number), subject(1), world.at, AnswerState::Refused);
        no.pii = vec![Pii { kind: unknown }];
        world.answer(&no).expect("a no is taken");
    }
    assert_eq!(world.book.exported(), (2026, 1, 1), "what nobody declared may be sensitive");
    let more: Vec<Kind> = (0..50).map(|number| kind(&format!("declared_{number}"))).collect();
    world.declare(purpose(|parts| parts.kinds.extend(more)));
}

#[test]
fn a_reason_is_no_longer_than_other_texts() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    let (fits, long) = ("x".repeat(TEXT_LIMIT_BYTES), "x".repeat(TEXT_LIMIT_BYTES + 1));
    let faults = |reason: &String| {
        let (book, at) = (&world.book, world.at);
        [
            book.restrict(whose, operator(), reason.clone(), at).err(),
            book.lift_restriction(whose, operator(), reason.clone(), at).err(),
            book.erase(whose, &[], (operator(), reason.clone()), at).err(),
            book.invalidate(record(1), operator(), reason.clone(), at).err(),
            book.withdraw(whose, Which::All, (operator(), Some(reason.clone())), at).err(),
            book.withdraw(whose, Which::Record(record(1)), (operator(), Some(reason.clone())), at).err(),
        ]
    };
    assert_eq!(faults(&fits), [None; 6]);
    assert_eq!(faults(&long), [Some(Fault::LongReason); 6]);
    let body = |reason: &String| Body::Erased { by: operator(), reason: reason.clone() };
    assert!(Entry::of(whose, world.at, body(&long)).is_none());
    let entry = Entry::of(whose, world.at, body(&fits)).expect("a person's");
    assert!(Entry::parse(&entry.to_json()).is_ok());
    assert!(Entry::parse(&entry.to_json().replace(&fits, &long)).is_err());
}
