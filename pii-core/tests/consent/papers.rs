//! What has to be on file, and that the papers agree with each other.

use crate::world::*;
use pii_core::consent::*;
use pii_core::purpose::Method;

fn reasons(world: &World, kind: &str, method: Method, recipient: Option<&str>) -> Vec<Reason> {
    let (who, what) = ([alias(1)], kinds(&[kind]));
    let ask = Ask { method, ..world.ask(&who, &what, recipient) };
    world.book.may_hand_over(&ask).reasons().to_vec()
}

fn ended(parts: AssessmentParts) -> Declaration {
    Declaration::Assessment(sound(AssessmentParts { until: day("2026-01-01"), ..parts }))
}

fn agreed(recipient: Option<&str>) -> (World, SubjectId) {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |parts| parts.processing.recipient = recipient.map(code));
    (world, whose)
}

#[test]
fn sensitive_data_and_publication_are_assessed_before() {
    let (mut world, _) = agreed(None);
    for trigger in [Trigger::Sensitive, Trigger::Publish] {
        let (kind, method) =
            if trigger == Trigger::Sensitive { (SENSITIVE, Method::Use) } else { (PLAIN, Method::Publish) };
        assert_eq!(reasons(&world, kind, method, None), []);
        let parts = AssessmentParts { recipient: None, ..assessment_parts(trigger, "firm") };
        world.declare(ended(parts.clone()));
        world.at = world.at.plus_millis(86_400_000).expect("in range");
        assert_eq!(reasons(&world, kind, method, None), [Reason::NoAssessment(trigger)]);
        assert_eq!(reasons(&world, PLAIN, Method::Use, None), [], "an ordinary kind takes none");
        world.declare(Declaration::Assessment(sound(parts)));
        assert_eq!(reasons(&world, kind, method, None), []);
    }
    // What a law demands does not wait for it; a contract does.
    world.declare(ended(AssessmentParts { recipient: None, ..assessment_parts(Trigger::Sensitive, "firm") }));
    for (basis, expected) in [
        (BasisKind::Contract, vec![Reason::NoAssessment(Trigger::Sensitive)]),
        (BasisKind::StatutoryDuty, vec![]),
        (BasisKind::Emergency, vec![]),
    ] {
        world.declare(Declaration::OtherBasis(sound(basis_parts(basis, None))));
        assert_eq!(reasons(&world, SENSITIVE, Method::Use, None), expected, "{basis:?}");
    }
}

#[test]
fn biometric_authentication_takes_an_assessment_of_its_impact_too() {
    let (mut world, _) = agreed(None);
    let parts = BiometricAssessmentParts {
        id: code("face"),
        purpose: code(PURPOSE),
        kinds: kinds(&[BIOMETRIC]),
        necessity: "本人选择".to_owned(),
        security: "本地比对".to_owned(),
        alternatives: vec!["短信验证码".to_owned()],
        approved_by: "合规部".to_owned(),
        until: day("2029-12-31"),
    };
    world.declare(Declaration::BiometricAssessment(sound(parts)));
    let (who, what) = ([alias(1)], kinds(&[BIOMETRIC]));
    let step = |world: &World| {
        let ask = world.ask(&who, &what, None);
        let step = Authentication { ask, other_factors: 1, alternatives: 1, is_forced: false };
        world.book.authentication_allowed(&step).reasons().to_vec()
    };
    assert_eq!(step(&world), []);
    world.declare(ended(AssessmentParts { recipient: None, ..assessment_parts(Trigger::Sensitive, "firm") }));
    world.wait(86_400);
    assert_eq!(step(&world), [Reason::NoAssessment(Trigger::Sensitive)]);
}

#[test]
fn a_service_is_refused_for_the_kinds_of_the_duty_alone() {
    let mut world = World::new();
    let parts = OtherBasisParts { kinds: kinds(&[PLAIN]), ..basis_parts(BasisKind::StatutoryDuty, None) };
    world.declare(Declaration::OtherBasis(sound(parts)));
    let refuse = |names: &[&str]| {
        let decision = world.book.may_refuse_service(PURPOSE, &kinds(names), world.at);
        (decision.is_allowed(), decision.reasons().to_vec())
    };
    assert_eq!(refuse(&[PLAIN]), (true, vec![]));
    assert_eq!(refuse(&[PLAIN, "email"]), (false, vec![Reason::ServiceNotRefusable]));
    assert_eq!(refuse(&["vin"]), (false, vec![Reason::KindOutsidePurpose]));
}

#[test]
fn a_ground_of_export_is_for_its_kinds_and_critical_infrastructure_takes_the_authoritys() {
    let (mut world, _) = agreed(Some("overseas-broker"));
    let to = Some("overseas-broker");
    let ground = |kind, names: &[&str]| {
        let parts = ExportGroundParts { kinds: kinds(names), ..export_parts("overseas-broker", kind) };
        Declaration::ExportGround(sound(parts))
    };
    world.declare(ground(ExportGroundKind::StandardContract, &["email"]));
    assert_eq!(reasons(&world, PLAIN, Method::Provide, to), [Reason::NoExportGround]);
    world.declare(ground(ExportGroundKind::StandardContract, &["email", PLAIN]));
    assert_eq!(reasons(&world, PLAIN, Method::Provide, to), []);
    let settings = SettingsParts { is_critical_infrastructure: true, ..SettingsParts::default() };
    world.declare(Declaration::Settings(sound(settings)));
    assert_eq!(reasons(&world, PLAIN, Method::Provide, to), [Reason::NoExportGround]);
    world.declare(ground(ExportGroundKind::Certification, &["email", PLAIN]));
    assert_eq!(reasons(&world, PLAIN, Method::Provide, to), [Reason::NoExportGround]);
    world.declare(ground(ExportGroundKind::SecurityAssessment, &["email", PLAIN]));
    assert_eq!(reasons(&world, PLAIN, Method::Provide, to), []);
}

#[test]
fn a_receipt_says_what_its_notice_says() {
    let mut world = World::new();
    let whose = world.adult(1);
    let good = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    let others: [Change<ReceiptParts>; 3] = [
        |parts| parts.party[0].name = "另一家公司".to_owned(),
        |parts| parts.processing.retention = pii_core::time::Period::years(6).expect("some"),
        |parts| parts.event.wording = Sm3Digest::of("我已阅读".as_bytes()),
    ];
    for (at, change) in others.into_iter().enumerate() {
        let mut parts = good.clone();
        change(&mut parts);
        assert_eq!(world.answer(&parts), Err(Fault::AnotherPaper), "{at}");
        // A no counts whatever else is wrong with its papers.
        parts.event.state = AnswerState::Refused;
        parts.header.record = record(10 + u8::try_from(at).expect("few"));
        assert_eq!(world.answer(&parts), Ok(()), "{at}");
    }
    world.wait(10);
    for control in [Control::Paper, Control::Voice] {
        let mut parts = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
        parts.event.control = control;
        let wrong = Receipt::new(parts.clone()).expect_err("which paper, which call?");
        assert_eq!(wrong.field(), "event.session");
        parts.event.session = Some("2026-0001".to_owned());
        assert!(Receipt::new(parts).is_ok());
    }
    world.grant(record(1), whose, |_| {});
}

#[test]
fn a_notice_tells_of_the_purpose_as_it_was_then() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.declare(purpose(|parts| parts.text = "全部产品推介".to_owned()));
    let mut parts = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&parts), Err(Fault::BeyondNotice), "nobody was told of that");
    world.declare(Declaration::Notice(sound(notice_parts(2, world.at))));
    parts.processing.notice = notice_ref(2);
    assert_eq!(world.answer(&parts), Ok(()));
    // A notice may come before what it tells of.
    let mut world = World { book: Book::new(), entries: Vec::new(), ..World::new() };
    world.declare(Declaration::Notice(sound(notice_parts(1, world.at))));
    world.declare(purpose(|_| {}));
    let entry = world.book.ask(record(1), whose, (scope(), notice_ref(1)), world.at);
    assert!(entry.is_ok(), "{entry:?}");
}

fn scope() -> Scope {
    let parts = purpose_parts();
    sound(ScopeParts {
        purpose: code(PURPOSE),
        kinds: parts.kinds,
        methods: parts.methods,
        recipient: None,
        channel: None,
    })
}

#[test]
fn another_role_or_country_is_another_recipient() {
    let changes: [Change<RecipientParts>; 3] = [
        |parts| parts.country = Some("SG".to_owned()),
        |parts| parts.country = None,
        |parts| parts.role = RecipientRole::Joint,
    ];
    for change in changes {
        let (mut world, _) = agreed(Some("insurer"));
        let mut parts = recipient_parts("insurer", RecipientRole::Independent, "CN");
        parts.contact = "dpo@example.com".to_owned();
        world.declare(Declaration::Recipient(sound(parts.clone())));
        assert_eq!(reasons(&world, PLAIN, Method::Provide, Some("insurer")), [], "it moved its mailbox");
        change(&mut parts);
        world.declare(Declaration::Recipient(sound(parts)));
        assert_eq!(reasons(&world, PLAIN, Method::Provide, Some("insurer"))[0], Reason::Superseded);
    }
}

#[test]
fn an_age_is_somebodys_word() {
    let mut world = World::new();
    let entry = |by| Entry::of(subject(1), world.at, Body::Age { age: Age::From14, by }).expect("a person's");
    let (own, ours) = (entry(Actor::System), entry(Actor::Subject { source: code("app") }));
    assert_eq!(world.take(own), Err(Fault::NotTheirs));
    assert_eq!(world.take(ours), Ok(()));
}

#[test]
fn what_a_law_keeps_is_not_erased() {
    let (world, whose) = agreed(None);
    let held = |object, since: Option<&str>| [Holding { object, since: since.map(day) }];
    let erase = |held: &[Holding]| world.book.erase(whose, held, (operator(), "本人要求".to_owned()), world.at).err();
    assert_eq!(erase(&held(Object::CustomerFile, Some("2020-01-01"))), Some(Fault::KeptByLaw));
    assert_eq!(erase(&held(Object::FundRegister, None)), Some(Fault::KeptByLaw));
    assert_eq!(erase(&held(Object::CustomerFile, Some("2005-01-01"))), None);
    assert_eq!(erase(&held(Object::ConsentEvidence, Some("2026-01-01"))), None, "no law keeps that");
}

#[test]
fn papers_are_one_recipients() {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    let entrust = |world: &World| reasons(world, PLAIN, Method::Transmit, Some("gateway"));
    assert_eq!(entrust(&world), [Reason::MaskingStays]);
    let mut parts = recipient_parts("gateway", RecipientRole::Processor, "CN");
    parts.name = "另一家短信公司".to_owned();
    world.declare(Declaration::Recipient(sound(parts)));
    let lacking =
        [Reason::NoContract, Reason::NoSupervision, Reason::NoAssessment(Trigger::Entrust), Reason::MaskingStays];
    assert_eq!(entrust(&world), lacking, "what was agreed was agreed with another");
    world.declare(Declaration::Contract(sound(contract_parts("gateway"))));
    world.declare(Declaration::Assessment(sound(assessment_parts(Trigger::Entrust, "gateway"))));
    world.supervise("gateway", "2025-12-31", true);
    assert_eq!(entrust(&world), [Reason::MaskingStays]);
    // The last look counts, and not the last that was written down.
    world.supervise("gateway", "2026-01-01", false);
    world.supervise("gateway", "2025-12-31", true);
    assert_eq!(entrust(&world), [Reason::NoSupervision, Reason::MaskingStays]);
}

#[test]
fn an_ended_source_stays_so_and_its_noes_count() {
    let (mut world, whose) = agreed(None);
    let no = receipt_parts(record(2), whose, world.at, AnswerState::Refused);
    let parts = world.book.source("app").expect("registered").clone().into_parts();
    let ended = SourceParts { until: Some(world.at), ..parts.clone() };
    world.declare(Declaration::Source(sound(ended.clone())));
    world.declare(Declaration::Source(sound(SourceParts { name: "旧应用".to_owned(), ..ended.clone() })));
    for until in [None, world.at.plus_millis(1)] {
        let revived = Declaration::Source(sound(SourceParts { until, ..parts.clone() }));
        assert_eq!(world.book.declare(revived.clone(), world.at), Err(Fault::SourceEnded));
        assert_eq!(world.take(Entry::declared(world.at, revived)), Err(Fault::SourceEnded));
    }
    world.wait(10);
    let yes = receipt_parts(record(3), whose, world.at, AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&yes), Err(Fault::UnknownSource));
    assert_eq!(world.answer(&no), Ok(()));
    assert_eq!(reasons(&world, PLAIN, Method::Use, None), [Reason::Refused]);
}

#[test]
fn whoever_wants_a_processor_to_have_nothing_is_heard() {
    let (mut world, whose) = agreed(None);
    let to = |world: &World, whom| reasons(world, PLAIN, Method::Transmit, whom);
    assert_eq!(to(&world, Some("gateway")), [Reason::MaskingStays]);
    world.withdraw(whose, Which::Recipient("gateway"));
    assert_eq!(to(&world, Some("gateway")), [Reason::Withdrawn, Reason::MaskingStays]);
    assert_eq!(to(&world, None), [], "the firm itself goes on");
    world.wait(10);
    world.grant(record(2), whose, |_| {});
    assert_eq!(to(&world, Some("gateway")), [Reason::MaskingStays], "they agreed to all of it since");
}

#[test]
fn nothing_is_provided_to_nobody_and_no_data_are_not_all() {
    let (world, _) = agreed(None);
    assert_eq!(reasons(&world, PLAIN, Method::Provide, None), [Reason::RecipientUnknown]);
    let who = [alias(1)];
    let ask = world.ask(&who, &[], None);
    assert_eq!(world.book.may_process(&ask).reasons(), [Reason::KindOutsidePurpose]);
    let step = Authentication { ask, other_factors: 1, alternatives: 1, is_forced: false };
    assert!(!world.book.authentication_allowed(&step).is_allowed());
}

#[test]
fn nothing_is_done_to_somebody_whom_nobody_knows() {
    let world = World::new();
    let (nobody, by, why) = (subject(9), operator(), || "x".to_owned());
    assert_eq!(world.book.restrict(nobody, by.clone(), why(), world.at), Err(Fault::NoSuchSubject));
    assert_eq!(world.book.lift_restriction(nobody, by.clone(), why(), world.at), Err(Fault::NoSuchSubject));
    assert_eq!(world.book.erase(nobody, &[], (by, why()), world.at), Err(Fault::NoSuchSubject));
    let request = RightsRequest { id: code("r-1"), right: Right::Delete, due: day("2026-01-22") };
    assert_eq!(world.book.receive(nobody, request, world.at), Err(Fault::NoSuchSubject));
}

#[test]
fn no_clock_lets_an_older_yes_pass_a_no() {
    // The ledger's clock was an hour ahead when somebody else wrote, and is right when the withdrawal is written.
    let mut world = World::new();
    let whose = world.adult(1);
    let now = world.at;
    world.at = now.plus_millis(3_600_000).expect("in range");
    world.adult(2);
    world.at = now;
    let late =
        receipt_parts(record(1), whose, now.plus_millis(1000).expect("in range"), AnswerState::SeparatelyGranted);
    world.withdraw(whose, Which::All);
    assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal));
    // An operator writes down what a caller says, and the app's clock is four minutes ahead.
    let mut world = World::new();
    let whose = world.adult(1);
    let ahead = world.at.plus_millis(240_000).expect("in range");
    let late = receipt_parts(record(1), whose, ahead, AnswerState::SeparatelyGranted);
    world.wait(120);
    let entries = world.book.withdraw(whose, Which::All, (operator(), None), world.at).expect("allowed");
    entries.into_iter().for_each(|entry| world.take(entry).expect("taken"));
    assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal));
}

#[test]
fn a_no_to_a_damaged_record_is_one_to_its_purpose() {
    let (mut world, whose) = agreed(None);
    let old = world.entries.last().expect("the yes").clone();
    assert!(world.take(old).is_err(), "taken twice");
    let late = receipt_parts(record(2), whose, world.at, AnswerState::SeparatelyGranted);
    world.wait(10);
    let no = receipt_parts(record(1), whose, world.at, AnswerState::Refused);
    assert_eq!(world.answer(&no), Ok(()));
    assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal));
}
