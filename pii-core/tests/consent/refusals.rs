//! A no ends the yes before it, is never lost, and is not undone by being asked again.

use crate::world::*;
use pii_core::consent::*;
use pii_core::time::Period;

fn reason(world: &World) -> Option<Reason> {
    let (who, what) = ([alias(1)], kinds(&[PLAIN]));
    world.book.may_process(&world.ask(&who, &what, None)).reasons().first().copied()
}

fn state(world: &World, number: u8) -> Option<State> {
    world.book.record(record(number)).map(|view| view.state)
}

fn no(world: &World, number: u8) -> ReceiptParts {
    receipt_parts(record(number), subject(1), world.at, AnswerState::Refused)
}

fn yes(world: &World, number: u8) -> ReceiptParts {
    receipt_parts(record(number), subject(1), world.at, AnswerState::SeparatelyGranted)
}

fn ask(world: &World, number: u8) -> Result<Entry, Fault> {
    let parts = purpose_parts();
    let (purpose, kinds, methods) = (code(PURPOSE), parts.kinds, parts.methods);
    let scope = sound(ScopeParts { purpose, kinds, methods, recipient: None, channel: None });
    world.book.ask(record(number), subject(1), (scope, notice_ref(1)), world.at)
}

fn asked(world: &mut World, number: u8) {
    let entry = ask(world, number).expect("allowed");
    world.take(entry).expect("taken");
}

fn settle(world: &mut World, days: u16) {
    let ask_again_after = Period::days(days).expect("some");
    world.declare(Declaration::Settings(sound(SettingsParts { ask_again_after, ..SettingsParts::default() })));
}

/// Somebody who said yes in record 1, ten seconds ago.
fn agreed() -> World {
    let mut world = World::new();
    let whose = world.adult(1);
    world.grant(record(1), whose, |_| {});
    world.wait(10);
    world
}

#[test]
fn a_signed_no_withdraws_what_it_touches() {
    let mut world = agreed();
    world.grant(record(2), subject(1), |parts| parts.processing.recipient = Some(code("insurer")));
    world.grant(record(3), subject(1), |parts| parts.processing.channel = Some(code("sms")));
    let mut parts = no(&world, 4);
    parts.pii.retain(|pii| pii.kind == kind(PLAIN));
    world.answer(&parts).expect("a no is taken");
    assert_eq!(
        [1, 3, 4].map(|number| state(&world, number)),
        [Some(State::Withdrawn), Some(State::Withdrawn), Some(State::Refused)]
    );
    assert_eq!(state(&world, 2), Some(State::SeparatelyGranted), "of another recipient they said nothing");
    // By another channel, or for other kinds.
    for change in [(|parts| parts.processing.channel = Some(code("email"))) as Change<ReceiptParts>, |parts| {
        parts.pii.retain(|pii| pii.kind == kind("email"))
    }] {
        let mut world = World::new();
        let whose = world.adult(1);
        world.grant(record(1), whose, |parts| {
            parts.processing.channel = Some(code("sms"));
            parts.pii.retain(|pii| pii.kind == kind(PLAIN));
        });
        world.wait(10);
        let mut parts = no(&world, 2);
        change(&mut parts);
        world.answer(&parts).expect("a no is taken");
        assert_eq!((state(&world, 1), reason(&world)), (Some(State::SeparatelyGranted), None));
    }
}

#[test]
fn a_no_to_a_record_that_has_its_yes_is_not_lost() {
    let mut world = agreed();
    let parts = no(&world, 1);
    world.answer(&parts).expect("a no is taken");
    assert_eq!((state(&world, 1), reason(&world)), (Some(State::Withdrawn), Some(Reason::Withdrawn)));
    let late = receipt_parts(record(2), subject(1), moment("2026-01-01T01:00:05Z"), AnswerState::SeparatelyGranted);
    assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal));
    // Somebody else's no is none of theirs.
    let mut world = agreed();
    let other = world.adult(2);
    let parts = receipt_parts(record(1), other, world.at, AnswerState::Refused);
    assert_eq!((world.answer(&parts), reason(&world)), (Err(Fault::AnotherSubject), None));
}

#[test]
fn a_later_refusal_ends_a_yes_without_an_event() {
    let mut world = agreed();
    asked(&mut world, 2);
    let entry = world.book.refuse(record(2), operator(), world.at).expect("allowed");
    world.take(entry).expect("taken");
    assert_eq!((state(&world, 1), reason(&world)), (Some(State::SeparatelyGranted), Some(Reason::Refused)));
    // Asked again, they have not said yes again.
    world.wait(180 * 86_400);
    asked(&mut world, 2);
    assert_eq!((state(&world, 2), reason(&world)), (Some(State::Notified), Some(Reason::Refused)));
    world.grant(record(2), subject(1), |_| {});
    assert_eq!(reason(&world), None);
}

#[test]
fn the_same_no_handed_in_again_ends_no_later_yes() {
    let mut world = agreed();
    let parts = no(&world, 2);
    world.answer(&parts).expect("a no is taken");
    world.wait(10);
    world.grant(record(3), subject(1), |_| {});
    assert_eq!((world.answer(&parts), reason(&world)), (Err(Fault::NotFromThisState), None));
    world.wait(10);
    let again = no(&world, 2);
    assert_eq!((world.answer(&again), reason(&world)), (Ok(()), Some(Reason::Withdrawn)), "another no");
}

#[test]
fn being_asked_again_takes_no_no_back() {
    let mut world = World::new();
    world.adult(1);
    asked(&mut world, 1);
    let early = yes(&world, 1);
    world.wait(10);
    let between = no(&world, 1);
    world.wait(10);
    world.answer(&between).expect("a no is taken");
    settle(&mut world, 1);
    world.wait(86_400);
    let unasked = yes(&world, 1);
    // A source's clock may be five minutes behind, and no more.
    world.wait(301);
    asked(&mut world, 1);
    assert_eq!(world.answer(&early), Err(Fault::OlderThanRequest));
    assert_eq!(world.answer(&unasked), Err(Fault::OlderThanRequest));
    let mut early_elsewhere = early;
    early_elsewhere.header.record = record(2);
    assert_eq!(world.answer(&early_elsewhere), Err(Fault::OlderThanRefusal), "although no record is refused now");
    settle(&mut world, 180);
    assert_eq!(ask(&world, 3), Err(Fault::AskedTooSoon), "although no record is refused now");
    let last = yes(&world, 1);
    world.answer(&last).expect("granted");
    assert_eq!(reason(&world), None);
    assert_eq!(ask(&world, 3), Err(Fault::AskedTooSoon), "what they agreed to took no no back");
}

#[test]
fn nobody_is_asked_for_a_while_after_the_ledger_was_told() {
    let mut world = World::new();
    world.adult(1);
    let parts = no(&world, 1);
    world.wait(100 * 86_400);
    world.answer(&parts).expect("a no is taken");
    world.wait(179 * 86_400);
    assert_eq!(ask(&world, 2), Err(Fault::AskedTooSoon));
    world.wait(86_400);
    assert!(ask(&world, 2).is_ok());
}

#[test]
fn a_withdrawal_names_what_there_is() {
    let mut world = agreed();
    let withdraw = |world: &World, whose, which: Which<'_>| {
        world.book.withdraw(whose, which, (operator(), None), world.at).map(|entries| entries.len())
    };
    let mut parts = contract_parts("nobody");
    parts.purposes = vec![code("unpublished")];
    world.declare(Declaration::Contract(sound(parts)));
    for unknown in ["marketting", "unpublished"] {
        assert_eq!(withdraw(&world, subject(1), Which::Purpose(unknown)), Err(Fault::UnknownPurpose));
    }
    for unknown in ["insurers", "nobody"] {
        assert_eq!(withdraw(&world, subject(1), Which::Recipient(unknown)), Err(Fault::UnknownRecipient));
    }
    for which in [Which::All, Which::Purpose(PURPOSE), Which::Recipient("insurer")] {
        assert_eq!(withdraw(&world, subject(9), which), Err(Fault::NoSuchSubject));
    }
    assert_eq!(withdraw(&world, subject(1), Which::Recipient("insurer")), Ok(1), "that they do");
    assert_eq!(withdraw(&world, subject(1), Which::Purpose(PURPOSE)), Ok(2), "the record's, and that they do");
}

/// Nothing was there to be ended, and what was said before counts for nothing when it comes.
#[test]
fn a_withdrawal_of_nothing_ends_what_is_on_its_way() {
    for (which, is_given) in [
        (Which::All, false),
        (Which::All, true),
        (Which::Purpose(PURPOSE), false),
        (Which::Purpose(PURPOSE), true),
        (Which::Recipient("insurer"), true),
    ] {
        let mut world = World::new();
        let whose = world.adult(1);
        let to = |parts: &mut ReceiptParts| parts.processing.recipient = is_given.then(|| code("insurer"));
        let mut late = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
        to(&mut late);
        world.wait(10);
        world.withdraw(whose, which);
        world.wait(10);
        assert_eq!(world.answer(&late), Err(Fault::OlderThanRefusal), "{which:?}");
        assert_eq!(ask(&world, 2).err(), (!matches!(which, Which::Recipient(_))).then_some(Fault::AskedTooSoon));
        world.grant(record(3), whose, to);
    }
    // A withdrawal for one recipient says nothing of the others, nor of the firm.
    let mut world = World::new();
    let whose = world.adult(1);
    let late = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    world.wait(10);
    world.withdraw(whose, Which::Recipient("insurer"));
    assert_eq!(world.answer(&late), Ok(()));
}

/// One node takes a yes while another writes down that all is withdrawn: the yes is before it in the ledger.
#[test]
fn what_another_node_took_meanwhile_is_withdrawn_too() {
    let mut world = agreed();
    let withdrawal = Withdrawal { purpose: None, recipient: None, by: operator(), reason: None };
    let entry = Entry::of(subject(1), world.at, Body::Withdrawn(withdrawal.clone())).expect("a person's");
    world.take(entry).expect("taken");
    assert_eq!((state(&world, 1), reason(&world)), (Some(State::Withdrawn), Some(Reason::Withdrawn)));
    let by_itself = Withdrawal { by: Actor::System, ..withdrawal };
    let entry = Entry::of(subject(1), world.at, Body::Withdrawn(by_itself)).expect("a person's");
    assert_eq!(world.take(entry), Err(Fault::NotTheirs));
}

/// Whoever can write to the ledger can make nobody say yes.
#[test]
fn a_yes_that_nobody_signed_is_none() {
    let mut world = World::new();
    let whose = world.adult(1);
    let parts = receipt_parts(record(1), whose, world.at, AnswerState::SeparatelyGranted);
    let entry = world.book.answer(world.signed(&parts), world.at).expect("allowed").remove(0);
    let forged = entry.to_json().replace(&sign_text(&parts), "AAAA");
    assert_ne!(forged, entry.to_json());
    assert_eq!(world.take(Entry::parse(&forged).expect("an entry")), Err(Fault::NotSigned));
    assert_eq!((world.book.record_count(), reason(&world)), (0, Some(Reason::NoConsent)));
    // The key that a receipt was checked with has to be the one that the source has in this book.
    let public_key = Base64::new(b"another key").expect("bytes");
    let (id, name, algorithm) = (code("app"), "交易APP".to_owned(), code("ed25519"));
    let (registered_by, until) = (code("li.lei"), None);
    let elsewhere: Source = sound(SourceParts { id, name, algorithm, public_key, registered_by, until });
    let line = ReceiptLine::parse(&line(&parts, "app", b"another key")).expect("a line");
    let signed = line.verified(&elsewhere, &Keys).expect("signed with that key");
    assert_eq!(world.book.answer(signed, world.at), Err(Fault::NotSigned));
    world.take(entry).expect("what the app signed");
    assert_eq!(reason(&world), None);
}

fn sign_text(parts: &ReceiptParts) -> String {
    let text = serde_json::to_string(parts).expect("JSON");
    Base64::new(&sign(b"app key", text.as_bytes())).expect("bytes").to_string()
}

#[test]
fn whoever_was_asked_can_withdraw_before_they_answer() {
    let mut world = World::new();
    let whose = world.adult(1);
    asked(&mut world, 1);
    let on_its_way = yes(&world, 2);
    world.wait(10);
    world.withdraw(whose, Which::All);
    assert_eq!((state(&world, 1), reason(&world)), (Some(State::Withdrawn), Some(Reason::Withdrawn)));
    assert_eq!(world.answer(&on_its_way), Err(Fault::OlderThanRefusal));
    assert_eq!(ask(&world, 3), Err(Fault::AskedTooSoon));
    world.wait(10);
    world.grant(record(4), whose, |_| {});
    assert_eq!(reason(&world), None);
}

#[test]
fn a_no_with_kinds_that_nobody_knows_is_one_to_all() {
    for number in [2, 3] {
        let mut world = agreed();
        asked(&mut world, 2);
        let mut parts = no(&world, number);
        parts.pii = vec![Pii { kind: kind("never_declared") }];
        world.answer(&parts).expect("a no is taken");
        assert_eq!((state(&world, 1), reason(&world)), (Some(State::Withdrawn), Some(Reason::Refused)));
        assert_eq!(state(&world, number), Some(State::Refused));
        world.wait(86_400);
        assert_eq!(ask(&world, 4), Err(Fault::AskedTooSoon));
        // The same entries make the same book.
        let mut again = Book::new();
        world.entries.iter().for_each(|entry| again.apply(entry, &Keys).expect("taken"));
        assert_eq!(again.record(record(number)).map(|view| view.state), Some(State::Refused));
    }
}
