//! What a recipient takes: each thing taken away alone, and said why.

use crate::world::*;
use pii_core::consent::*;
use pii_core::purpose::Method;

/// A world in which data may be handed to this recipient, with a consent that names it.
fn ready(recipient: &str) -> World {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.recipient = Some(code(recipient)));
    world.grant(record(2), whose, |_| {});
    world
}

fn hand_over(world: &World, recipient: &str, what: &str) -> (Outcome, Vec<Reason>) {
    let (who, what) = ([alias(1)], kinds(&[what]));
    let decision = world.book.may_hand_over(&world.ask(&who, &what, Some(recipient)));
    (decision.outcome(), decision.reasons().to_vec())
}

fn denied_for(world: &World, recipient: &str, reason: Reason) {
    let (outcome, reasons) = hand_over(world, recipient, SENSITIVE);
    assert_eq!(outcome, Outcome::Deny, "{reason:?}");
    assert!(reasons.contains(&reason), "{reason:?} is not in {reasons:?}");
}

#[test]
fn nothing_that_a_third_party_takes_may_be_missing() {
    let world = ready("insurer");
    assert_eq!(hand_over(&world, "insurer", SENSITIVE), (Outcome::Allow, vec![]));
    let items: [(Item, Change<Disclosure>); 8] = [
        (Item::Name, |told| told.name = None),
        (Item::Contact, |told| told.contact = None),
        (Item::Purpose, |told| told.purpose = None),
        (Item::Methods, |told| told.methods.clear()),
        (Item::Kinds, |told| told.kinds = kinds(&[PLAIN])),
        (Item::Retention, |told| told.retention = None),
        (Item::Protection, |told| told.protection = None),
        (Item::RightsAndDuties, |told| told.rights_and_duties = None),
    ];
    for (item, change) in items {
        let mut world = World::new();
        let mut parts = notice_parts(2, world.at);
        parts.disclosures.iter_mut().for_each(change);
        world.declare(Declaration::Notice(sound(parts)));
        let whose = world.adult(1);
        world.grant(record(1), whose, |parts| {
            parts.processing.notice = notice_ref(2);
            parts.processing.recipient = Some(code("insurer"));
        });
        denied_for(&world, "insurer", Reason::NotTold(item));
    }
    let without: [(Reason, Declaration); 4] = [
        (Reason::NoContract, {
            let mut parts = contract_parts("insurer");
            parts.until = day("2026-01-01");
            parts.from = parts.until;
            Declaration::Contract(sound(parts))
        }),
        (Reason::NoAssessment(Trigger::Provide), {
            let mut parts = assessment_parts(Trigger::Provide, "insurer");
            parts.is_acceptable = false;
            Declaration::Assessment(sound(parts))
        }),
        (Reason::Superseded, {
            let mut parts = recipient_parts("insurer", RecipientRole::Independent, "CN");
            parts.name = "另一家公司".to_owned();
            Declaration::Recipient(sound(parts))
        }),
        (Reason::KindOutsidePurpose, purpose(|parts| parts.kinds = kinds(&[PLAIN]))),
    ];
    for (reason, declaration) in without {
        let mut world = ready("insurer");
        world.wait(86_400);
        world.declare(declaration);
        denied_for(&world, "insurer", reason);
    }
    denied_for(&world, "partner", Reason::NoSeparateConsent(SeparateFor::Recipient));
    denied_for(&world, "nobody", Reason::RecipientUnknown);
    let (who, what) = ([alias(1)], kinds(&[PLAIN]));
    let ask = world.ask(&who, &what, Some("insurer"));
    assert_eq!(world.book.may_entrust(&ask).reasons()[0], Reason::RecipientNotProcessor);
}

#[test]
fn nothing_that_a_processor_takes_may_be_missing() {
    let world = ready("gateway");
    assert_eq!(hand_over(&world, "gateway", SENSITIVE), (Outcome::AllowMasked, vec![Reason::MaskingStays]));
    let mut ended = ready("gateway");
    let mut parts = contract_parts("gateway");
    parts.kinds = kinds(&[PLAIN]);
    ended.declare(Declaration::Contract(sound(parts)));
    denied_for(&ended, "gateway", Reason::NoContract);
    assert_eq!(hand_over(&ended, "gateway", PLAIN).0, Outcome::AllowMasked);
    let mut unassessed = ready("gateway");
    let mut parts = assessment_parts(Trigger::Entrust, "gateway");
    parts.until = day("2026-01-01");
    unassessed.declare(Declaration::Assessment(sound(parts)));
    unassessed.wait(86_400);
    denied_for(&unassessed, "gateway", Reason::NoAssessment(Trigger::Entrust));
    let mut bad = ready("gateway");
    bad.supervise("gateway", "2026-01-01", false);
    denied_for(&bad, "gateway", Reason::NoSupervision);
    let mut late = ready("gateway");
    late.wait(366 * 86_400);
    denied_for(&late, "gateway", Reason::NoSupervision);
}

#[test]
fn a_processors_processor_is_agreed_to() {
    let mut world = ready("gateway");
    let mut parts = recipient_parts("carrier", RecipientRole::Processor, "CN");
    parts.under = Some(code("gateway"));
    world.declare(Declaration::Recipient(sound(parts)));
    let mut parts = assessment_parts(Trigger::Entrust, "carrier");
    parts.id = code("assessment-carrier");
    world.declare(Declaration::Assessment(sound(parts)));
    denied_for(&world, "carrier", Reason::SubProcessorNotAgreed);
    let mut parts = contract_parts("gateway");
    parts.sub_processors = vec![code("carrier")];
    world.declare(Declaration::Contract(sound(parts)));
    assert_eq!(hand_over(&world, "carrier", SENSITIVE).0, Outcome::AllowMasked);
}

#[test]
fn whether_article_33_covers_processors_is_settled_by_the_firm() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    assert_eq!(hand_over(&world, "gateway", PLAIN).0, Outcome::AllowMasked);
    let settings = SettingsParts { article_33_covers_processors: true, ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    denied_for(&world, "gateway", Reason::NoSeparateConsent(SeparateFor::Recipient));
    world.grant(record(2), whose, |parts| parts.processing.recipient = Some(code("gateway")));
    assert_eq!(hand_over(&world, "gateway", PLAIN).0, Outcome::AllowMasked);
}

#[test]
fn biometric_data_leave_under_a_law_or_a_separate_consent_that_names_it() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    assert_eq!(hand_over(&world, "gateway", SENSITIVE).0, Outcome::AllowMasked);
    world.grant(record(1), whose, |_| {});
    let (outcome, reasons) = hand_over(&world, "gateway", BIOMETRIC);
    assert_eq!(
        (outcome, reasons[0]),
        (Outcome::Deny, Reason::NoSeparateConsent(SeparateFor::Biometric)),
        "the consent names no recipient"
    );
    world.grant(record(2), whose, |parts| parts.processing.recipient = Some(code("gateway")));
    assert_eq!(hand_over(&world, "gateway", BIOMETRIC).0, Outcome::AllowMasked);
    world.withdraw(whose, Which::Recipient("gateway"));
    assert_eq!(hand_over(&world, "gateway", BIOMETRIC).1[0], Reason::Withdrawn);
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::OtherLaw, None))));
    assert_eq!(hand_over(&world, "gateway", BIOMETRIC).0, Outcome::AllowMasked);
}

#[test]
fn publication_takes_a_separate_consent() {
    let mut world = World::new();
    let whose = world.adult(1);
    let (who, what) = ([alias(1)], kinds(&[PLAIN]));
    let publish = |world: &World| Ask { method: Method::Publish, ..world.ask(&[], &what, None) };
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::Contract, None))));
    let mut parts = receipt_parts(record(1), whose, world.at, AnswerState::Granted);
    world.answer(&parts).expect("granted");
    let ask = Ask { who: Who::Aliases(&who), ..publish(&world) };
    assert_eq!(world.book.may_process(&ask).reasons(), [Reason::NoSeparateConsent(SeparateFor::Publication)]);
    (parts.header.record, parts.event.state) = (record(2), AnswerState::SeparatelyGranted);
    world.answer(&parts).expect("granted");
    assert!(world.book.may_process(&ask).is_allowed());
}

#[test]
fn overseas_takes_a_ground_and_more() {
    let settle = |world: &mut World, ground| {
        world.declare(Declaration::ExportGround(sound(export_parts("overseas-broker", ground))));
    };
    let mut world = ready("overseas-broker");
    denied_for(&world, "overseas-broker", Reason::NoExportGround);
    settle(&mut world, ExportGroundKind::StandardContract);
    assert_eq!(hand_over(&world, "overseas-broker", SENSITIVE), (Outcome::Allow, vec![]));
    let mut unassessed = ready("overseas-broker");
    settle(&mut unassessed, ExportGroundKind::StandardContract);
    let mut parts = assessment_parts(Trigger::Export, "overseas-broker");
    parts.is_acceptable = false;
    unassessed.declare(Declaration::Assessment(sound(parts)));
    denied_for(&unassessed, "overseas-broker", Reason::NoAssessment(Trigger::Export));
    // Where it is not known where somebody is, they are overseas.
    let mut world = ready("insurer");
    let mut parts = recipient_parts("insurer", RecipientRole::Independent, "CN");
    parts.country = None;
    world.declare(Declaration::Recipient(sound(parts)));
    denied_for(&world, "insurer", Reason::NoExportGround);
    let mut parts = recipient_parts("insurer", RecipientRole::Independent, "HK");
    parts.country = Some("HK".to_owned());
    world.declare(Declaration::Recipient(sound(parts)));
    denied_for(&world, "insurer", Reason::NoExportGround);
    // A foreign court is given nothing without approval, whatever a duty says.
    let mut world = World::new();
    world.adult(1);
    world.declare(Declaration::OtherBasis(sound(basis_parts(BasisKind::StatutoryDuty, Some("overseas-court")))));
    denied_for(&world, "overseas-court", Reason::ForeignAuthority);
    let ground = export_parts("overseas-court", ExportGroundKind::StandardContract);
    world.declare(Declaration::ExportGround(sound(ground)));
    denied_for(&world, "overseas-court", Reason::ForeignAuthority);
    let ground = export_parts("overseas-court", ExportGroundKind::ForeignAuthority);
    world.declare(Declaration::ExportGround(sound(ground)));
    assert_eq!(hand_over(&world, "overseas-court", SENSITIVE).0, Outcome::Allow);
}

#[test]
fn persons_are_counted_once_a_year() {
    let mut world = World::new();
    let settings =
        SettingsParts { export_limit_persons: 10, export_limit_sensitive_persons: 5, ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    let ground = export_parts("overseas-broker", ExportGroundKind::Certification);
    world.declare(Declaration::ExportGround(sound(ground)));
    for number in 1..=12 {
        let whose = world.adult(number);
        world.grant(record(number), whose, |parts| parts.processing.recipient = Some(code("overseas-broker")));
    }
    let ask = |world: &World, number, what: &str| {
        let (who, what) = ([alias(number)], kinds(&[what]));
        let decision = world.book.export_ok(&world.ask(&who, &what, Some("overseas-broker")));
        (decision.outcome(), decision.reasons().to_vec())
    };
    let provided = |world: &mut World, number, what: &str| {
        let body = Body::Provided { recipient: code("overseas-broker"), purpose: code(PURPOSE), kinds: kinds(&[what]) };
        world.take(Entry::of(subject(number), world.at, body).expect("a person's")).expect("taken");
    };
    let (fine, near, over) = (
        (Outcome::Allow, vec![]),
        (Outcome::Allow, vec![Reason::ExportNearLimit]),
        (Outcome::Deny, vec![Reason::ExportLimit]),
    );
    for number in 1..=9 {
        let expected = if number < 8 { &fine } else { &near };
        assert_eq!(ask(&world, number, PLAIN), *expected, "person {number}");
        provided(&mut world, number, PLAIN);
        provided(&mut world, number, PLAIN);
    }
    assert_eq!(ask(&world, 10, PLAIN), over, "the tenth is the limit itself");
    assert_eq!(ask(&world, 9, PLAIN), near, "they are counted already");
    assert_eq!(world.book.exported(), (2026, 9, 0));
    for number in 1..=4 {
        provided(&mut world, number, SENSITIVE);
    }
    assert_eq!(ask(&world, 5, SENSITIVE).0, Outcome::Deny);
    assert_eq!(ask(&world, 4, SENSITIVE).0, Outcome::Allow);
    // In China the year begins at 16:00 UTC.
    world.at = moment("2026-12-31T16:00:00Z");
    assert_eq!(ask(&world, 11, PLAIN), fine);
    provided(&mut world, 11, PLAIN);
    assert_eq!(world.book.exported(), (2027, 1, 0));
    let ground = export_parts("overseas-broker", ExportGroundKind::SecurityAssessment);
    world.declare(Declaration::ExportGround(sound(ground)));
    world.at = moment("2026-12-01T00:00:00Z");
    provided(&mut world, 12, SENSITIVE);
    assert_eq!(world.book.exported(), (2027, 2, 1), "a clock that went back leaves nobody out");
}
