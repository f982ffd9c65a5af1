//! Whatever happens in whatever order, a book answers as one would who keeps all that happened and reads it through for each
//! question.

use crate::reader::*;
use crate::world::*;
use pii_core::consent::*;
use pii_core::time::Moment;
use proptest::prelude::*;

const KINDS: [&str; 3] = [PLAIN, SENSITIVE, "email"];

#[derive(Clone, Debug)]
enum Act {
    Answer { record: u8, subject: u8, kinds: u8, state: AnswerState, by_guardian: bool, is_given: bool, claimed: i64 },
    Ask { record: u8, subject: u8, kinds: u8, is_given: bool },
    Withdraw { subject: u8, what: What, by_operator: bool },
    WithdrawElsewhere { subject: u8, what: What, by_operator: bool },
    Refuse { record: u8, by_operator: bool },
    Purpose { text: u8, is_told: bool },
    Age { subject: u8, age: Age },
    Alias { subject: u8, alias: u8 },
    Unalias { subject: u8, alias: u8 },
    Restrict { subject: u8 },
    Lift { subject: u8 },
    Erase { subject: u8 },
    Replay { entry: usize },
    Wait { seconds: i64 },
}

fn names(kinds: u8) -> Vec<&'static str> {
    KINDS.iter().enumerate().filter(|(at, _)| kinds >> at & 1 == 1).map(|(_, name)| *name).collect()
}

fn recipient(is_given: bool) -> Option<&'static str> {
    is_given.then_some("insurer")
}

fn moved(at: Moment, seconds: i64) -> Moment {
    let millis = at.unix_millis().saturating_add_signed(seconds * 1000).max(1_600_000_000_000);
    Moment::from_unix_millis(millis).expect("in range")
}

fn whom(by_operator: bool) -> Actor {
    if by_operator { operator() } else { own() }
}

/// When something that is written down now was said at the latest: by the latest time that the ledger knows, and five minutes
/// later where an operator heard it and a source's clock may be ahead.
fn heard(world: &World, by_operator: bool) -> Moment {
    let latest = world.entries.iter().map(Entry::at).fold(world.at, Moment::max);
    moved(latest, if by_operator { 300 } else { 0 })
}

/// Lets something happen to both.
fn play(world: &mut World, reader: &mut Reader, act: &Act) {
    let at = world.at;
    let other = |world: &mut World, subject_number: u8, body: Body, fact: Fact| {
        let entry = Entry::of(subject(subject_number), world.at, body).expect("a person's");
        if world.take(entry).is_ok() { Some(fact) } else { None }
    };
    match *act {
        Act::Wait { seconds } => world.at = moved(at, seconds),
        Act::Answer { record: number, subject: whose, kinds: of, state, by_guardian, is_given, claimed } => {
            let mut parts = receipt_parts(record(number), subject(whose), moved(at, claimed), state);
            parts.pii = kinds(&names(of)).into_iter().map(|kind| Pii { kind }).collect();
            parts.processing.recipient = recipient(is_given).map(code);
            parts.processing.notice = notice_ref(reader.notice().0);
            if by_guardian {
                (parts.event.given_by, parts.event.proof) = (GivenBy::Guardian, Some("户口簿".to_owned()));
            }
            let claimed = parts.event.at;
            let said = Said { record: number, subject: whose, kinds: of, state, by_guardian, is_given, claimed };
            let (expected, ended) = (reader.takes_answer(&said, at), reader.ended_by(&said));
            let (mut withdrawn, heard_in_app) = (Vec::new(), heard(world, false));
            // A no that claims to come from later came now, or five minutes from now by the source's clock.
            let claimed = if state == AnswerState::Refused { claimed.min(moved(at, 300)) } else { claimed };
            let entries = world.book.answer(world.signed(&parts), at);
            assert_eq!(entries.is_ok(), expected, "{act:?}: {entries:?}");
            for entry in entries.into_iter().flatten() {
                let Some(event) = entry.consent().cloned() else {
                    world.take(entry).expect("what a command gives is taken");
                    reader.withdraw(whose, if is_given { What::Recipient } else { What::Purpose }, heard_in_app);
                    continue;
                };
                world.take(entry).expect("what a command gives is taken");
                let number = event.record.bytes()[0];
                reader.0.push(match event.act {
                    ConsentAct::Superseded { .. } => Fact::Superseded { record: number },
                    ConsentAct::Withdrawn { .. } => {
                        withdrawn.push(number);
                        Fact::Withdrawn { record: number, at: reader.written(number, heard_in_app) }
                    }
                    _ => Fact::Said {
                        record: number,
                        subject: whose,
                        kinds: of,
                        state,
                        by_guardian,
                        is_given,
                        claimed,
                        at,
                    },
                });
            }
            withdrawn.sort_unstable();
            assert!(!expected || state != AnswerState::Refused || withdrawn == ended, "{withdrawn:?}, not {ended:?}");
        }
        Act::Ask { record: number, subject: whose, kinds: of, is_given } => {
            let parts = ScopeParts {
                purpose: code(PURPOSE),
                kinds: kinds(&names(of)),
                methods: purpose_parts().methods,
                recipient: recipient(is_given).map(code),
                channel: None,
            };
            let early =
                |no: &(Moment, Moment)| at.day_in_china() < no.1.day_in_china().plus_days(180).expect("in range");
            let is_early = reader.nos(whose, is_given).iter().any(early);
            match world.book.ask(record(number), subject(whose), (sound(parts), notice_ref(reader.notice().0)), at) {
                Ok(entry) => {
                    world.take(entry).expect("what a command gives is taken");
                    assert!(!is_early, "asked too soon");
                    reader.0.push(Fact::Asked { record: number, subject: whose, kinds: of, is_given, at });
                }
                Err(fault) => assert!(is_early || fault != Fault::AskedTooSoon, "it was late enough"),
            }
        }
        Act::Withdraw { subject: whose, what, by_operator } => {
            let which = match what {
                What::Record(number) => Which::Record(record(number)),
                What::Purpose => Which::Purpose(PURPOSE),
                What::Recipient => Which::Recipient("insurer"),
                What::All => Which::All,
            };
            let (ended, said) = (reader.withdrawn_by(whose, what), heard(world, by_operator));
            let entries = world.book.withdraw(subject(whose), which, (whom(by_operator), None), at);
            let can = match what {
                What::Record(_) => !ended.is_empty(),
                _ => reader.knows(whose) && !reader.is_erased(whose),
            };
            assert_eq!(entries.is_ok(), can && !reader.is_erased(whose), "{act:?}: {entries:?}");
            let Ok(entries) = entries else { return };
            let mut withdrawn: Vec<u8> =
                entries.iter().filter_map(|entry| Some(entry.consent()?.record.bytes()[0])).collect();
            withdrawn.sort_unstable();
            assert_eq!(withdrawn, ended, "{act:?}");
            entries.into_iter().for_each(|entry| world.take(entry).expect("what a command gives is taken"));
            reader.withdraw(whose, what, said);
        }
        Act::WithdrawElsewhere { subject: whose, what, by_operator } => {
            let (of, to) = match what {
                What::Record(_) => return,
                What::Purpose => (Some(code(PURPOSE)), None),
                What::Recipient => (None, Some(code("insurer"))),
                What::All => (None, None),
            };
            let body = Body::Withdrawn(Withdrawal { purpose: of, recipient: to, by: whom(by_operator), reason: None });
            let said = heard(world, by_operator);
            let entry = Entry::of(subject(whose), at, body).expect("a person's");
            let taken = world.take(entry);
            assert_eq!(taken.is_ok(), !reader.is_erased(whose));
            if taken.is_ok() {
                reader.withdraw(whose, what, said);
            }
        }
        Act::Refuse { record: number, by_operator } => {
            let said = heard(world, by_operator);
            let waits = matches!(reader.last(number), Some((_, Fact::Asked { .. })));
            let takes = reader.about(number).is_some_and(|(whose, ..)| !reader.is_erased(whose));
            let refused = world.book.refuse(record(number), whom(by_operator), at);
            assert_eq!(refused.is_ok(), waits && takes && !reader.is_spoilt(number), "{act:?}: {refused:?}");
            if let Ok(entry) = refused {
                world.take(entry).expect("what a command gives is taken");
                reader.0.push(Fact::Refused { record: number, at: reader.written(number, said) });
            }
        }
        Act::Purpose { text, is_told } => {
            world.declare(purpose(|parts| {
                if text > 0 {
                    parts.text = format!("推介 {text}");
                }
            }));
            reader.0.push(Fact::Purpose { text });
            if is_told {
                let (version, before, _) = reader.notice();
                let from = at.max(before);
                world.declare(Declaration::Notice(sound(notice_parts(version + 1, from))));
                reader.0.push(Fact::Told { from });
            }
        }
        Act::Replay { entry } => {
            let entry = world.entries[entry % world.entries.len()].clone();
            let Some(event) = entry.consent() else { return };
            let number = event.record.bytes()[0];
            assert!(world.take(entry).is_err(), "taken twice");
            reader.0.push(Fact::Spoilt { record: number });
        }
        Act::Age { subject, age } => {
            reader.0.extend(other(world, subject, Body::Age { age, by: operator() }, Fact::Age { subject, age }))
        }
        Act::Alias { subject, alias: number } => {
            let fact = Fact::Alias { subject, alias: number };
            reader.0.extend(other(world, subject, Body::AliasAdded(alias(number)), fact));
        }
        Act::Unalias { subject, alias: number } => {
            let fact = Fact::Unalias { subject, alias: number };
            reader.0.extend(other(world, subject, Body::AliasRemoved(alias(number)), fact));
        }
        Act::Restrict { subject } => {
            let body = Body::Restricted { by: operator(), reason: "x".to_owned() };
            reader.0.extend(other(world, subject, body, Fact::Restricted { subject, is_restricted: true }));
        }
        Act::Lift { subject } => {
            let body = Body::RestrictionLifted { by: operator(), reason: "x".to_owned() };
            reader.0.extend(other(world, subject, body, Fact::Restricted { subject, is_restricted: false }));
        }
        Act::Erase { subject } => {
            let body = Body::Erased { by: operator(), reason: "x".to_owned() };
            reader.0.extend(other(world, subject, body, Fact::Erased { subject }));
        }
    }
}

/// Asks both everything that can be asked now.
fn compare(world: &World, reader: &Reader) -> Result<usize, TestCaseError> {
    let mut allowed = 0;
    // What is over stays over, wherever the clock goes.
    let now = world.entries.iter().map(Entry::at).fold(world.at, Moment::max);
    for aliases in [&[0][..], &[1], &[2], &[0, 1], &[1, 2]] {
        for of in 1..8 {
            for is_given in [false, true] {
                let who: Vec<AliasDigest> = aliases.iter().map(|number| alias(*number)).collect();
                let what = kinds(&names(of));
                let decision = world.book.may_hand_over(&world.ask(&who, &what, recipient(is_given)));
                let expected = reader.may(aliases, of, is_given, now);
                prop_assert_eq!(
                    decision.is_allowed(),
                    expected,
                    "{:?} {} {}: {:?}\n{:#?}",
                    aliases,
                    of,
                    is_given,
                    decision,
                    reader.0
                );
                allowed += usize::from(expected);
            }
        }
    }
    Ok(allowed)
}

fn acts() -> impl Strategy<Value = Act> {
    let (record, subject, kinds, alias) = (0_u8..8, 0_u8..3, 1_u8..8, 0_u8..3);
    let state = prop_oneof![
        5 => Just(AnswerState::SeparatelyGranted),
        2 => Just(AnswerState::Granted),
        1 => Just(AnswerState::Refused),
    ];
    let claimed = prop_oneof![6 => Just(0_i64), 2 => -1000_i64..0, 1 => 1_i64..400];
    let ages = prop_oneof![
        4 => Just(Age::From14),
        1 => Just(Age::Under14),
        1 => Just(Age::Unknown),
        1 => (2008_u16..2014).prop_map(Age::BornIn),
    ];
    let answer = (record.clone(), subject.clone(), kinds.clone(), state, any::<bool>(), any::<bool>(), claimed)
        .prop_map(|(record, subject, kinds, state, by_guardian, is_given, claimed)| Act::Answer {
            record,
            subject,
            kinds,
            state,
            by_guardian,
            is_given,
            claimed,
        });
    let what = prop_oneof![
        8 => record.clone().prop_map(What::Record),
        1 => Just(What::Purpose),
        1 => Just(What::Recipient),
        1 => Just(What::All),
    ];
    let seconds = prop_oneof![5 => 1_i64..5000, 1 => -5000_i64..0, 1 => Just(200 * 86_400), 1 => Just(400 * 86_400)];
    prop_oneof![
        12 => answer,
        3 => (record.clone(), subject.clone(), kinds, any::<bool>())
            .prop_map(|(record, subject, kinds, is_given)| Act::Ask { record, subject, kinds, is_given }),
        3 => (subject.clone(), what.clone(), any::<bool>())
            .prop_map(|(subject, what, by_operator)| Act::Withdraw { subject, what, by_operator }),
        1 => (subject.clone(), what, any::<bool>())
            .prop_map(|(subject, what, by_operator)| Act::WithdrawElsewhere { subject, what, by_operator }),
        1 => (record, any::<bool>()).prop_map(|(record, by_operator)| Act::Refuse { record, by_operator }),
        1 => (0_u8..3, proptest::bool::weighted(0.8)).prop_map(|(text, is_told)| Act::Purpose { text, is_told }),
        3 => (subject.clone(), ages).prop_map(|(subject, age)| Act::Age { subject, age }),
        4 => (subject.clone(), alias.clone()).prop_map(|(subject, alias)| Act::Alias { subject, alias }),
        2 => (subject.clone(), alias).prop_map(|(subject, alias)| Act::Unalias { subject, alias }),
        1 => subject.clone().prop_map(|subject| Act::Restrict { subject }),
        2 => subject.clone().prop_map(|subject| Act::Lift { subject }),
        1 => subject.prop_map(|subject| Act::Erase { subject }),
        1 => (0_usize..200).prop_map(|entry| Act::Replay { entry }),
        6 => seconds.prop_map(|seconds| Act::Wait { seconds }),
    ]
}

#[test]
fn a_book_answers_as_a_reader_of_everything() {
    let allowed = std::cell::Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(400));
    let histories = proptest::collection::vec(acts(), 1..60);
    let result = runner.run(&histories, |history| {
        let (mut world, mut reader) = (World::new(), Reader::default());
        for (at, act) in history.iter().enumerate() {
            play(&mut world, &mut reader, act);
            if at % 4 == 3 || at + 1 == history.len() {
                allowed.set(allowed.get() + compare(&world, &reader)?);
            }
        }
        // The same entries make the same book.
        let mut again = World { book: Book::new(), entries: Vec::new(), at: world.at };
        for entry in &world.entries {
            let _taken_or_not = again.take(Entry::parse(&entry.to_json()).expect("an entry"));
        }
        compare(&again, &reader)?;
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(allowed.get() > 1000, "{} were allowed: the histories say little", allowed.get());
}
