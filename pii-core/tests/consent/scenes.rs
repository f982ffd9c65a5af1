//! What happens one after the other.

use crate::law::bring_into;
use crate::world::*;
use pii_core::consent::*;
use pii_core::purpose::Method;
use pii_core::time::Period;

fn first_reason(world: &World, number: u8) -> Option<Reason> {
    let (who, what) = ([alias(number)], kinds(&[PLAIN]));
    world.book.may_process(&world.ask(&who, &what, None)).reasons().first().copied()
}

#[test]
fn what_is_withdrawn_stays_so_until_another_record() {
    let mut world = World::new();
    let whose = world.adult(1);
    let old = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    world.answer(&old).expect("granted");
    world.wait(10);
    let late = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
    world.wait(10);
    world.withdraw(whose, Which::Purpose(PURPOSE));
    assert_eq!(first_reason(&world, 1), Some(Reason::Withdrawn));
    assert_eq!(world.answer(&old), Err(Fault::NotFromThisState), "the same receipt again");
    assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal), "one that was on its way");
    // A clock that goes back makes nothing undone.
    world.at = moment("2026-01-01T01:00:05Z");
    assert_eq!(first_reason(&world, 1), Some(Reason::Withdrawn));
    let back = receipt_parts(record(3), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&back), Err(Fault::OlderThanRefusal));
    world.wait(3600);
    world.grant(record(4), whose, |_| {});
    assert_eq!(first_reason(&world, 1), None);
}

#[test]
fn a_withdrawal_touches_older_records_of_the_same() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    world.wait(10);
    world.grant(record(2), whose, |parts| parts.pii.retain(|pii| pii.kind == kind(PLAIN)));
    world.withdraw(whose, Which::Record(record(2)));
    assert_eq!(first_reason(&world, 1), Some(Reason::Withdrawn), "the first one covers it, too");
    let (who, what) = ([alias(1)], kinds(&[SENSITIVE]));
    assert!(world.book.may_process(&world.ask(&who, &what, None)).is_allowed(), "and other kinds besides");
}

#[test]
fn a_new_yes_takes_the_place_of_what_it_covers() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.pii.truncate(1));
    world.wait(10);
    world.grant(record(2), whose, |_| {});
    let state = |number| world.book.record(record(number)).expect("there").state;
    assert_eq!((state(1), state(2)), (State::Superseded, State::SeparatelyGranted));
    assert_eq!(world.book.records_of(whose).map(|view| view.id).collect::<Vec<_>>(), [record(2), record(1)]);
}

#[test]
fn nobody_asks_again_soon_after_a_no() {
    let mut world = World::new();
    let whose = world.adult(1);
    let scope = |recipient: Option<&str>| {
        let parts = purpose_parts();
        let (purpose, kinds, methods) = (code(PURPOSE), parts.kinds, parts.methods);
        sound(ScopeParts { purpose, kinds, methods, recipient: recipient.map(code), channel: None })
    };
    let ask = |world: &World, number, recipient| {
        world.book.ask(record(number), whose, (scope(recipient), notice_ref(1)), world.at).map(|_| ())
    };
    let first = world.book.ask(record(1), whose, (scope(None), notice_ref(1)), world.at).expect("allowed");
    world.take(first).expect("taken");
    let no = world.book.refuse(record(1), operator(), world.at).expect("allowed");
    world.take(no).expect("taken");
    assert_eq!(first_reason(&world, 1), Some(Reason::Refused));
    world.wait(179 * 86_400);
    for number in [1, 2] {
        assert_eq!(ask(&world, number, None), Err(Fault::AskedTooSoon), "record {number}");
    }
    assert_eq!(ask(&world, 3, Some("insurer")), Ok(()), "something else may be asked");
    world.wait(86_400);
    assert_eq!((ask(&world, 1, None), ask(&world, 2, None)), (Ok(()), Ok(())));
    // A withdrawal is a no as well.
    world.grant(record(4), whose, |_| {});
    world.withdraw(whose, Which::All);
    assert_eq!(ask(&world, 5, None), Err(Fault::AskedTooSoon));
    let settings = SettingsParts { ask_again_after: Period::days(1).expect("a day"), ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    world.wait(86_400);
    assert_eq!(ask(&world, 5, None), Ok(()));
}

#[test]
fn another_purpose_is_another_consent() {
    for (is_over, change) in [
        (true, purpose(|parts| parts.kinds.truncate(3))),
        (true, purpose(|parts| parts.kinds.push(kind("address")))),
        (true, purpose(|parts| parts.methods.truncate(1))),
        (true, purpose(|parts| parts.text = "代销保险".to_owned())),
        (false, purpose(|parts| parts.retention = Period::years(1).expect("some"))),
        (false, purpose(|_| {})),
    ] {
        let mut world = World::new();
        let whose = world.adult(1);
        world.grant(record(1), whose, |_| {});
        world.declare(change);
        assert_eq!(first_reason(&world, 1), is_over.then_some(Reason::Superseded));
        let due = world.book.due(world.at, 10);
        assert_eq!(due.len(), usize::from(is_over));
        due.into_iter().for_each(|entry| world.take(entry).expect("taken"));
        assert_eq!(world.book.record(record(1)).expect("there").state == State::Superseded, is_over);
        assert!(world.book.due(world.at, 10).is_empty());
    }
}

#[test]
fn another_notice_is_one_if_it_says_something_else() {
    let tomorrow = moment("2026-01-02T00:00:00Z");
    let cases: [(bool, Change<NoticeParts>); 5] = [
        (false, |parts| parts.contact = "另一个电话".to_owned()),
        (false, |parts| parts.purposes[0].kinds.reverse()),
        (true, |parts| parts.purposes[0].kinds.truncate(2)),
        (true, |parts| parts.purposes[0].purpose = code("other")),
        (false, |parts| parts.disclosures.clear()),
    ];
    for (at, (is_over, change)) in cases.into_iter().enumerate() {
        let mut world = World::new();
        let whose = world.adult(1);
        world.grant(record(1), whose, |_| {});
        let mut parts = notice_parts(2, world.at);
        parts.valid_from = tomorrow;
        change(&mut parts);
        world.declare(Declaration::Notice(sound(parts)));
        assert_eq!(first_reason(&world, 1), None, "{at}: it does not hold yet");
        world.at = tomorrow;
        assert_eq!(first_reason(&world, 1), is_over.then_some(Reason::Superseded), "{at}");
        let again = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
        let expected = if is_over { Err(Fault::UnknownNotice) } else { Ok(()) };
        assert_eq!(world.answer(&again), expected, "{at}: the old one is shown again");
    }
    let mut world = World::new();
    let again = world.book.declare(Declaration::Notice(sound(notice_parts(1, world.at))), world.at);
    assert_eq!(again, Err(Fault::NoticeVersion));
    // A recipient that a later version calls otherwise.
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.recipient = Some(code("insurer")));
    let mut parts = notice_parts(2, world.at);
    parts.disclosures[2].name = Some("另一家".to_owned());
    world.declare(Declaration::Notice(sound(parts)));
    let (who, what) = ([alias(1)], kinds(&[PLAIN]));
    assert_eq!(world.book.may_provide(&world.ask(&who, &what, Some("insurer"))).reasons(), [Reason::Superseded]);
}

#[test]
fn time_ends_a_consent_without_an_event() {
    let mut world = World::new();
    let whose = world.adult(1);
    let until = world.at.plus_millis(10_000);
    world.grant(record(1), whose, |parts| parts.event.valid_until = until);
    world.wait(10);
    assert_eq!(first_reason(&world, 1), None, "its last moment");
    world.at = world.at.plus_millis(1).expect("in range");
    assert_eq!(first_reason(&world, 1), Some(Reason::Expired));
    world.grant(record(2), whose, |_| {});
    world.at = moment("2031-01-01T15:59:59Z");
    assert_eq!(first_reason(&world, 1), None, "the last day of five years, in China");
    world.at = moment("2031-01-01T16:00:00Z");
    assert_eq!(first_reason(&world, 1), Some(Reason::RetentionOver));
}

#[test]
fn a_child_has_a_guardian_until_it_is_none() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.age(whose, Age::BornIn(2013));
    let own = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&own), Err(Fault::NoGuardian));
    world.grant(record(2), whose, |parts| {
        parts.event.given_by = GivenBy::Guardian;
        parts.event.proof = Some("户口簿".to_owned());
    });
    assert_eq!(first_reason(&world, 1), None);
    world.at = moment("2027-12-31T15:00:00Z");
    assert_eq!(first_reason(&world, 1), None, "the year in which they turn 14");
    world.at = moment("2027-12-31T16:00:00Z");
    assert_eq!(first_reason(&world, 1), Some(Reason::NeedsReconfirm));
    for entry in world.book.due(world.at, 10) {
        world.take(entry).expect("taken");
    }
    assert_eq!(world.book.record(record(2)).expect("there").state, State::NeedsReconfirm);
    world.grant(record(3), whose, |_| {});
    assert_eq!(first_reason(&world, 1), None);
    // Nobody's age is known unless it was declared.
    world.alias(subject(9), alias(9));
    world.grant(record(9), subject(9), |_| {});
    assert_eq!(first_reason(&world, 9), Some(Reason::NoGuardian));
    let settings = SettingsParts { unknown_age: UnknownAge::Adult, ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    assert_eq!(first_reason(&world, 9), None);
}

#[test]
fn an_alias_that_two_share_leads_to_nobody() {
    let mut world = World::new();
    let (one, two) = (world.adult(1), world.adult(2));
    world.grant(record(1), one, |_| {});
    world.grant(record(2), two, |_| {});
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    let what = kinds(&[PLAIN]);
    let ask = |world: &World, who: &[AliasDigest]| {
        world.book.may_process(&world.ask(who, &what, None)).reasons().first().copied()
    };
    assert_eq!(ask(&world, &[alias(1)]), None);
    assert_eq!(ask(&world, &[alias(1), alias(2)]), Some(Reason::SubjectUnclear), "of two persons");
    assert_eq!(ask(&world, &[alias(1), alias(7)]), Some(Reason::SubjectUnclear), "of whom is the other?");
    assert_eq!(ask(&world, &[alias(7)]), Some(Reason::SubjectUnknown), "whoever is not known has no contract");
    world.alias(two, alias(1));
    assert_eq!(ask(&world, &[alias(1)]), Some(Reason::SubjectUnclear));
    assert_eq!(world.book.subject_of(&[alias(1)]), None);
    let entry = world.book.remove_alias(one, alias(1), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!((ask(&world, &[alias(1), alias(2)]), world.book.subject_of(&[alias(1)])), (None, Some(two)));
    assert_eq!(world.book.remove_alias(one, alias(1), world.at), Err(Fault::NoSuchAlias));
}

#[test]
fn what_is_restricted_is_stored_and_what_is_erased_is_gone() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    let entry = world.book.restrict(whose, operator(), "销户".to_owned(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!(first_reason(&world, 1), Some(Reason::Restricted));
    let (who, what) = ([alias(1)], kinds(&[PLAIN]));
    let store = Ask { method: Method::Store, ..world.ask(&who, &what, None) };
    assert!(world.book.may_process(&store).is_allowed());
    let entry = world.book.lift_restriction(whose, operator(), "误操作".to_owned(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!(first_reason(&world, 1), None);
    world.erase(whose);
    assert_eq!(first_reason(&world, 1), Some(Reason::SubjectUnknown), "nothing leads to them any more");
    assert_eq!(world.book.subject_of(&[alias(1)]), None);
    let by_id = Ask { who: Who::Subject(whose), ..world.ask(&who, &what, None) };
    assert_eq!(world.book.may_process(&by_id).reasons(), [Reason::Erased]);
    assert_eq!(world.book.add_alias(whose, alias(1), world.at), Err(Fault::Erased));
}

#[test]
fn a_yes_counts_with_its_evidence_and_otherwise_not() {
    let mut world = World::new();
    let whose = world.adult(1);
    let good = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    let claimed = |key: &[u8], source: &str| ReceiptLine::parse(&line(&good, source, key)).expect("a line");
    let app = world.book.source("app").expect("registered");
    assert_eq!(claimed(b"another key", "app").verified(app, &Keys), Err(ReceiptError::Signature));
    assert_eq!(claimed(b"app key", "other").verified(app, &Keys), Err(ReceiptError::Signature));
    let wrong: [(Fault, Change<ReceiptParts>); 9] = [
        (Fault::UnknownNotice, |parts| parts.processing.notice.version = 2),
        (Fault::AnotherNotice, |parts| parts.processing.notice.sm3 = Sm3Digest::of(b"another text")),
        (Fault::AnotherNotice, |parts| parts.processing.notice.language = "en".to_owned()),
        (Fault::UnknownPurpose, |parts| parts.processing.purpose = code("other")),
        (Fault::BeyondPurpose, |parts| parts.pii.push(Pii { kind: kind("vin") })),
        (Fault::BeyondPurpose, |parts| parts.processing.methods.push(Method::Collect)),
        (Fault::UnknownRecipient, |parts| parts.processing.recipient = Some(code("nobody"))),
        (Fault::InTheFuture, |parts| parts.event.at = parts.event.at.plus_millis(300_001).expect("in range")),
        (Fault::UnknownNotice, |parts| parts.event.at = moment("2025-12-31T23:59:59Z")),
    ];
    for (fault, change) in wrong {
        let mut parts = good.clone();
        change(&mut parts);
        assert_eq!(world.answer(&parts), Err(fault), "{fault:?}");
    }
    let unsound: [fn(&mut ReceiptParts); 4] = [
        |parts| parts.event.consents_in_act = 2,
        |parts| parts.event.given_by = GivenBy::Guardian,
        |parts| parts.event.screen = " ".to_owned(),
        |parts| parts.processing.jurisdiction = "US".to_owned(),
    ];
    for (at, change) in unsound.into_iter().enumerate() {
        let mut parts = good.clone();
        change(&mut parts);
        let app = world.book.source("app").expect("registered");
        let signed = ReceiptLine::parse(&line(&parts, "app", b"app key")).expect("a line");
        let read = signed.verified(app, &Keys);
        assert!(matches!(read, Err(ReceiptError::Content(_))), "{at}: {read:?}");
    }
    let public_key = Base64::new(b"app key").expect("bytes");
    let (id, name, algorithm) = (code("app"), "交易APP".to_owned(), code("ed25519"));
    let ended = SourceParts { id, name, algorithm, public_key, registered_by: code("li.lei"), until: Some(world.at) };
    let of_another_key = Base64::new(b"another key").expect("bytes");
    let changed = SourceParts { public_key: of_another_key, until: None, ..ended.clone() };
    let changed = Declaration::Source(sound(changed));
    assert_eq!(world.book.declare(changed.clone(), world.at), Err(Fault::AnotherKey));
    assert_eq!(world.take(Entry::declared(world.at, changed)), Err(Fault::AnotherKey), "whoever wrote it there");
    world.declare(Declaration::Source(sound(ended)));
    world.answer(&good).expect("the last moment of its key");
    world.wait(1);
    let late = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&late), Err(Fault::UnknownSource));
}

#[test]
fn what_does_not_fit_spoils_its_record_and_nothing_else() {
    let mut world = World::new();
    let (one, two) = (world.adult(1), world.adult(2));
    world.grant(record(1), one, |_| {});
    world.grant(record(2), two, |_| {});
    // Two wrote at once: the second entry was made from a state that was no more.
    let first = world.book.withdraw(one, Which::All, (operator(), None), world.at).expect("allowed").remove(0);
    let second = world.book.supersede(record(1), world.at).expect("allowed");
    world.take(first).expect("taken");
    assert_eq!(world.take(second), Err(Fault::NotTheNext));
    assert!(world.book.record(record(1)).expect("there").is_damaged);
    assert_eq!(first_reason(&world, 1), Some(Reason::RecordDamaged));
    assert_eq!(first_reason(&world, 2), None);
    let act = ConsentAct::Withdrawn { by: Actor::System, reason: None };
    let previous = world.entries.iter().rev().find(|entry| entry.subject() == Some(two)).map(Entry::digest);
    let event = ConsentEvent { record: record(2), number: 2, previous, act };
    let entry = Entry::of(two, world.at, Body::Consent(Box::new(event))).expect("a person's");
    assert_eq!(world.take(entry), Err(Fault::NotTheirs));
    assert_eq!(first_reason(&world, 2), Some(Reason::RecordDamaged), "rather too little than too much");
}

#[test]
fn a_service_is_refused_for_what_it_needs_alone() {
    let mut world = World::new();
    fn refuse(world: &World) -> Decision<'_> {
        world.book.may_refuse_service(PURPOSE, &kinds(&[PLAIN]), world.at)
    }
    assert_eq!(refuse(&world).reasons(), [Reason::ServiceNotRefusable]);
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    assert!(!refuse(&world).is_allowed());
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::StatutoryDuty, None))));
    assert_eq!(refuse(&world).articles().collect::<Vec<_>>(), ["PIPL Art. 13 ¶1(3)"]);
    world.at = moment("2030-01-01T00:00:00Z");
    assert!(!refuse(&world).is_allowed(), "the duty is over");
    world.declare(purpose(|parts| parts.is_necessary = true));
    assert_eq!(refuse(&world).basis(), Some(Basis::Necessary));
    assert_eq!(world.book.may_refuse_service("other", &kinds(&[PLAIN]), world.at).reasons(), [Reason::PurposeUnknown]);
}

#[test]
fn biometrics_are_never_alone_never_forced_and_assessed() {
    let mut world = World::new();
    let whose = world.adult(1);
    let (who, what, none) = ([alias(1)], kinds(&[BIOMETRIC]), kinds(&[PLAIN]));
    let step = |world: &World| Authentication {
        ask: Ask { who: Who::Aliases(&who), ..world.ask(&[], &what, None) },
        other_factors: 1,
        alternatives: 1,
        is_forced: false,
    };
    let reasons = |world: &World, step: Authentication<'_>| world.book.authentication_allowed(&step).reasons().to_vec();
    let consent = Reason::NoSeparateConsent(SeparateFor::Biometric);
    assert_eq!(reasons(&world, step(&world)), [Reason::NoBiometricAssessment, consent]);
    let assessment = BiometricAssessmentParts {
        id: code("face"),
        purpose: code(PURPOSE),
        kinds: what.clone(),
        necessity: "防冒用".to_owned(),
        security: "活体检测".to_owned(),
        alternatives: vec!["短信验证码".to_owned()],
        approved_by: "合规部".to_owned(),
        until: day("2026-12-31"),
    };
    world.declare(Declaration::BiometricAssessment(sound(assessment)));
    world.grant(record(1), whose, |_| {});
    assert!(world.book.authentication_allowed(&step(&world)).is_allowed());
    let sole = Authentication { other_factors: 0, ..step(&world) };
    let forced = Authentication { is_forced: true, ..step(&world) };
    let only = Authentication { alternatives: 0, ..step(&world) };
    assert_eq!(reasons(&world, sole), [Reason::BiometricSoleFactor]);
    assert_eq!(reasons(&world, forced), [Reason::BiometricForced]);
    assert_eq!(reasons(&world, only), [Reason::NoAlternative]);
    let password = Authentication { ask: Ask { kinds: &none, ..step(&world).ask }, ..sole };
    assert!(world.book.authentication_allowed(&password).is_allowed(), "no biometrics, no Article 35");
    world.at = moment("2027-01-01T00:00:00Z");
    assert_eq!(reasons(&world, step(&world)), [Reason::NoBiometricAssessment]);
    world.withdraw(whose, Which::All);
    assert_eq!(reasons(&world, step(&world)), [Reason::NoBiometricAssessment, Reason::Withdrawn]);
}

#[test]
fn a_consent_covers_its_kinds_methods_and_channel() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| {
        parts.pii = vec![Pii { kind: kind(PLAIN) }, Pii { kind: kind(SENSITIVE) }];
        parts.processing.methods = vec![Method::Use];
        parts.processing.channel = Some(code("sms"));
    });
    let (who, plain, email) = ([alias(1)], kinds(&[PLAIN]), kinds(&[PLAIN, "email"]));
    let ask = Ask { who: Who::Aliases(&who), ..world.ask(&[], &plain, None) };
    let reasons = |ask: Ask<'_>| world.book.may_process(&ask).reasons().to_vec();
    assert_eq!(reasons(ask), []);
    assert_eq!(reasons(Ask { kinds: &email, ..ask }), [Reason::KindsNotConsented]);
    assert_eq!(reasons(Ask { method: Method::Transmit, ..ask }), [Reason::MethodNotConsented]);
    assert_eq!(reasons(Ask { channel: Some("email"), ..ask }), [Reason::ChannelNotConsented]);
    assert_eq!(reasons(Ask { channel: None, ..ask }), [Reason::ChannelNotConsented]);
    assert_eq!(reasons(Ask { method: Method::Delete, ..ask }), [Reason::MethodOutsidePurpose]);
    assert_eq!(reasons(Ask { purpose: "other", ..ask }), [Reason::PurposeUnknown]);
}

#[test]
fn sensitive_data_take_a_notice_that_says_why() {
    let mut world = World::new();
    let mut parts = notice_parts(2, world.at);
    parts.sensitive_impact = None;
    world.declare(Declaration::Notice(sound(parts)));
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.notice = notice_ref(2));
    let (who, plain, sensitive) = ([alias(1)], kinds(&[PLAIN]), kinds(&[SENSITIVE]));
    assert!(world.book.may_process(&world.ask(&who, &plain, None)).is_allowed());
    assert_eq!(world.book.may_process(&world.ask(&who, &sensitive, None)).reasons(), [Reason::SensitiveNotTold]);
    let settings = SettingsParts { sensitive_kinds: plain.clone(), ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    assert_eq!(world.book.may_process(&world.ask(&who, &plain, None)).reasons(), [Reason::SensitiveNotTold]);
}

#[test]
fn each_state_says_why_it_is_none() {
    for (state, reason) in [
        (State::Notified, Reason::NotAnswered),
        (State::Refused, Reason::Refused),
        (State::Withdrawn, Reason::Withdrawn),
        (State::Expired, Reason::Expired),
        (State::Superseded, Reason::Superseded),
        (State::Invalid, Reason::Invalid),
        (State::NeedsReconfirm, Reason::NeedsReconfirm),
    ] {
        let mut world = World::new();
        let whose = world.adult(1);
        bring_into(&mut world, whose, state, |_| {});
        assert_eq!(first_reason(&world, 1), Some(reason));
    }
}

#[test]
fn requests_are_answered_and_incidents_replaced() {
    let mut world = World::new();
    let (one, two) = (world.adult(1), world.adult(2));
    let request = RightsRequest { id: code("r-1"), right: Right::Delete, due: day("2026-01-22") };
    let entry = world.book.receive(one, request, world.at).expect("known");
    world.take(entry).expect("taken");
    let answer = || sound(RightsAnswerParts { id: code("r-1"), refused_because: None });
    assert_eq!(world.book.overdue_requests(day("2026-01-22")).count(), 0);
    assert_eq!(world.book.overdue_requests(day("2026-01-23")).count(), 1);
    assert_eq!(world.book.answer_request(two, answer(), world.at), Err(Fault::NoSuchRequest));
    let entry = world.book.answer_request(one, answer(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!(
        (world.book.open_requests().count(), world.book.answer_request(one, answer(), world.at).is_err()),
        (0, true)
    );
}
