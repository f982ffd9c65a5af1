//! Whatever happens in whatever order, a book answers as one would who keeps all that happened and reads it through for each
//! question.

use crate::world::*;
use pii_core::consent::*;
use pii_core::time::Moment;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const KINDS: [&str; 3] = [PLAIN, SENSITIVE, "email"];

#[derive(Clone, Debug)]
enum Act {
    Answer { record: u8, subject: u8, kinds: u8, state: AnswerState, by_guardian: bool, is_given: bool, claimed: i64 },
    Ask { record: u8, subject: u8, kinds: u8, is_given: bool },
    Withdraw { subject: u8, record: Option<u8> },
    Refuse { record: u8 },
    Purpose { text: u8 },
    Age { subject: u8, age: Age },
    Alias { subject: u8, alias: u8 },
    Unalias { subject: u8, alias: u8 },
    Restrict { subject: u8 },
    Lift { subject: u8 },
    Erase { subject: u8 },
    Replay { entry: usize },
    Wait { seconds: i64 },
}

/// One thing that was taken, with the reader's own words.
#[derive(Clone, Debug)]
enum Fact {
    Said {
        record: u8,
        subject: u8,
        kinds: u8,
        state: AnswerState,
        by_guardian: bool,
        is_given: bool,
        claimed: Moment,
        at: Moment,
    },
    Asked {
        record: u8,
        subject: u8,
        kinds: u8,
        is_given: bool,
        at: Moment,
    },
    Refused {
        record: u8,
        at: Moment,
    },
    Withdrawn {
        record: u8,
        at: Moment,
    },
    Superseded {
        record: u8,
    },
    Spoilt {
        record: u8,
    },
    Purpose {
        text: u8,
    },
    Age {
        subject: u8,
        age: Age,
    },
    Alias {
        subject: u8,
        alias: u8,
    },
    Unalias {
        subject: u8,
        alias: u8,
    },
    Restricted {
        subject: u8,
        is_restricted: bool,
    },
    Erased {
        subject: u8,
    },
}

/// Somebody who keeps everything and remembers nothing else.
#[derive(Default)]
struct Reader(Vec<Fact>);

impl Fact {
    fn record(&self) -> Option<u8> {
        match self {
            Self::Said { record, .. }
            | Self::Asked { record, .. }
            | Self::Refused { record, .. }
            | Self::Withdrawn { record, .. }
            | Self::Superseded { record }
            | Self::Spoilt { record } => Some(*record),
            _ => None,
        }
    }
}

impl Reader {
    fn of_record(&self, record: u8) -> impl Iterator<Item = (usize, &Fact)> {
        self.0.iter().enumerate().filter(move |(_, fact)| fact.record() == Some(record))
    }

    /// Whose record it is, for which kinds, and whether for the recipient.
    fn about(&self, record: u8) -> Option<(u8, u8, bool)> {
        self.of_record(record).find_map(|(_, fact)| match fact {
            Fact::Said { subject, kinds, is_given, .. } | Fact::Asked { subject, kinds, is_given, .. } => {
                Some((*subject, *kinds, *is_given))
            }
            _ => None,
        })
    }

    fn last(&self, record: u8) -> Option<(usize, &Fact)> {
        self.of_record(record).filter(|(_, fact)| !matches!(fact, Fact::Spoilt { .. })).last()
    }

    fn is_spoilt(&self, record: u8) -> bool {
        self.of_record(record).any(|(_, fact)| matches!(fact, Fact::Spoilt { .. }))
    }

    fn age(&self, whose: u8, before: usize) -> Age {
        let ages = self.0[..before].iter().rev();
        let found = ages.into_iter().find_map(|fact| match fact {
            Fact::Age { subject, age } if *subject == whose => Some(*age),
            _ => None,
        });
        found.unwrap_or(Age::Unknown)
    }

    fn is_child(&self, whose: u8, before: usize, at: Moment, unknown_too: bool) -> bool {
        match self.age(whose, before) {
            Age::Under14 => true,
            Age::From14 => false,
            Age::Unknown => unknown_too,
            Age::BornIn(year) => at.day_in_china().year() < year + 15,
        }
    }

    fn is_erased(&self, whose: u8) -> bool {
        self.0.iter().any(|fact| matches!(fact, Fact::Erased { subject } if *subject == whose))
    }

    /// How often the purpose had changed.
    fn changes(&self, before: usize) -> usize {
        let texts: Vec<u8> = self.0[..before]
            .iter()
            .filter_map(|fact| if let Fact::Purpose { text } = fact { Some(*text) } else { None })
            .collect();
        [0].iter().chain(&texts).zip(&texts).filter(|(old, new)| old != new).count()
    }

    /// When the subject said no to the same, and when that was told, however often they were asked since.
    fn nos(&self, whose: u8, given: bool) -> Vec<(Moment, Moment)> {
        let said = self.0.iter().filter_map(|fact| Some((fact.record()?, no(fact)?)));
        said.filter(|(record, _)| {
            self.about(*record).is_some_and(|(subject, _, is_given)| (subject, is_given) == (whose, given))
        })
        .map(|(_, no)| no)
        .collect()
    }

    /// When something that is written down now of a record is said to be: not before what it answers.
    fn written(&self, record: u8, now: Moment) -> Moment {
        let times = self.of_record(record).filter_map(|(_, fact)| match fact {
            Fact::Said { claimed, .. } => Some(*claimed),
            Fact::Asked { at, .. } | Fact::Refused { at, .. } | Fact::Withdrawn { at, .. } => Some(*at),
            _ => None,
        });
        times.fold(now, Moment::max)
    }

    /// What a signed no ends, whatever becomes of its own record.
    fn ended_by(&self, act: &Act, claimed: Moment) -> Vec<u8> {
        let Act::Answer { record, subject, kinds, is_given, .. } = *act else { return Vec::new() };
        let own_no = self.of_record(record).any(|(_, fact)| no(fact).is_some());
        if own_no && self.nos(subject, is_given).iter().any(|(said, _)| claimed <= *said) {
            return Vec::new();
        }
        let is_ended = |other: &u8| {
            let is_yes =
                matches!(self.last(*other), Some((_, Fact::Said { state, .. })) if *state != AnswerState::Refused);
            let touches = self.about(*other).is_some_and(|(whose, of, given)| {
                (whose, given) == (subject, is_given) && (of & kinds != 0 || *other == record)
            });
            is_yes && touches && !self.is_spoilt(*other)
        };
        (0..8).filter(is_ended).collect()
    }

    fn takes_answer(&self, act: &Act, claimed: Moment, now: Moment) -> bool {
        let Act::Answer { record, subject, kinds, state, by_guardian, is_given, .. } = *act else { return false };
        let fits = match self.about(record) {
            None => true,
            Some(about) => {
                let waits = match self.last(record) {
                    Some((_, Fact::Asked { at, .. })) => state == AnswerState::Refused || claimed >= *at,
                    _ => false,
                };
                about == (subject, kinds, is_given) && waits && !self.is_spoilt(record)
            }
        };
        let in_time = claimed.unix_millis() <= now.unix_millis() + 300_000;
        let any = in_time && !self.is_erased(subject);
        if state == AnswerState::Refused {
            let is_theirs = self.about(record).is_none_or(|(whose, ..)| whose == subject);
            return any && is_theirs && (fits || !self.ended_by(act, claimed).is_empty());
        }
        let child_alone = self.is_child(subject, self.0.len(), claimed, false) && !by_guardian;
        let fresh = self.nos(subject, is_given).iter().all(|(said, _)| claimed > *said);
        any && fits && !child_alone && fresh && claimed >= moment("2026-01-01T00:00:00Z")
    }

    /// Whom aliases lead to: one subject, nobody (`None`), or it is not clear.
    fn whose(&self, aliases: &[u8]) -> Result<Option<u8>, ()> {
        let mut leads: BTreeMap<u8, BTreeSet<u8>> = BTreeMap::new();
        for fact in &self.0 {
            match fact {
                Fact::Alias { subject, alias } => leads.entry(*alias).or_default().extend([*subject]),
                Fact::Unalias { subject, alias } => leads.entry(*alias).or_default().retain(|other| other != subject),
                Fact::Erased { subject } => leads.values_mut().for_each(|all| all.retain(|other| other != subject)),
                _ => {}
            }
        }
        let sets: Vec<BTreeSet<u8>> =
            aliases.iter().map(|alias| leads.get(alias).cloned().unwrap_or_default()).collect();
        let all: BTreeSet<u8> = sets.iter().flatten().copied().collect();
        match all.first() {
            None => Ok(None),
            Some(one) if all.len() == 1 && sets.iter().all(|set| set.len() == 1) => Ok(Some(*one)),
            Some(_) => Err(()),
        }
    }

    fn may(&self, aliases: &[u8], kinds: u8, given: bool, now: Moment) -> bool {
        let Ok(Some(whose)) = self.whose(aliases) else { return false };
        let restricted = self.0.iter().rev().find_map(|fact| match fact {
            Fact::Restricted { subject, is_restricted } if *subject == whose => Some(*is_restricted),
            _ => None,
        });
        let end = self.0.len();
        let is_child = self.is_child(whose, end, now, true);
        let no_later_no = |since: usize| {
            !self.0.iter().skip(since).filter(|fact| no(fact).is_some()).filter_map(Fact::record).any(|record| {
                self.about(record)
                    .is_some_and(|(subject, of, is_given)| (subject, is_given) == (whose, given) && of & kinds != 0)
            })
        };
        let counts = |record: u8| {
            let Some((at, Fact::Said { subject, kinds: of, state, by_guardian, is_given, claimed, .. })) =
                self.last(record)
            else {
                return false;
            };
            let takes_separate = given || is_child || kinds & 2 != 0;
            let was_child = self.is_child(whose, at, *claimed, true);
            let last_day = claimed.day_in_china().plus_months(60).expect("in range");
            (*subject, *is_given) == (whose, given)
                && !self.is_spoilt(record)
                && kinds & !of == 0
                && match state {
                    AnswerState::Refused => false,
                    AnswerState::Granted => !takes_separate,
                    AnswerState::SeparatelyGranted => true,
                }
                && (!is_child || *by_guardian)
                && !(*by_guardian && was_child && !is_child)
                && self.changes(at) == self.changes(end)
                && now.day_in_china() <= last_day
                && no_later_no(at)
        };
        restricted != Some(true) && (0..8).any(counts)
    }
}

/// When a fact was said and told, if it is a no.
fn no(fact: &Fact) -> Option<(Moment, Moment)> {
    match fact {
        Fact::Refused { at, .. } | Fact::Withdrawn { at, .. } => Some((*at, *at)),
        Fact::Said { state: AnswerState::Refused, claimed, at, .. } => Some((*claimed, *claimed.max(at))),
        _ => None,
    }
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

/// Lets something happen to both.
fn play(world: &mut World, reader: &mut Reader, act: &Act) {
    let (at, end) = (world.at, reader.0.len());
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
            if by_guardian {
                (parts.event.given_by, parts.event.proof) = (GivenBy::Guardian, Some("户口簿".to_owned()));
            }
            let claimed = parts.event.at;
            let expected = reader.takes_answer(act, claimed, at);
            let ended = reader.ended_by(act, claimed);
            let mut withdrawn = Vec::new();
            let entries = world.book.answer(world.signed(&parts), at);
            assert_eq!(entries.is_ok(), expected, "{act:?}: {entries:?}");
            for entry in entries.into_iter().flatten() {
                let event = entry.consent().expect("a consent's").clone();
                world.take(entry).expect("what a command gives is taken");
                let number = event.record.bytes()[0];
                reader.0.push(match event.act {
                    ConsentAct::Superseded { .. } => Fact::Superseded { record: number },
                    ConsentAct::Withdrawn { .. } => {
                        withdrawn.push(number);
                        Fact::Withdrawn { record: number, at: reader.written(number, at) }
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
            match world.book.ask(record(number), subject(whose), (sound(parts), notice_ref(1)), at) {
                Ok(entry) => {
                    world.take(entry).expect("what a command gives is taken");
                    assert!(!is_early, "asked too soon");
                    reader.0.push(Fact::Asked { record: number, subject: whose, kinds: of, is_given, at });
                }
                Err(fault) => assert!(is_early || fault != Fault::AskedTooSoon, "it was late enough"),
            }
        }
        Act::Withdraw { subject: whose, record: number } => {
            let which = number.map_or(Which::All, |number| Which::Record(record(number)));
            for entry in world.book.withdraw(subject(whose), which, (operator(), None), at).into_iter().flatten() {
                let number = entry.consent().expect("a consent's").record.bytes()[0];
                world.take(entry).expect("what a command gives is taken");
                reader.0.push(Fact::Withdrawn { record: number, at: reader.written(number, at) });
            }
        }
        Act::Refuse { record: number } => {
            if let Ok(entry) = world.book.refuse(record(number), operator(), at) {
                world.take(entry).expect("what a command gives is taken");
                assert!(matches!(reader.last(number), Some((_, Fact::Asked { .. }))));
                reader.0.push(Fact::Refused { record: number, at: reader.written(number, at) });
            }
        }
        Act::Purpose { text } => {
            world.declare(purpose(|parts| {
                if text > 0 {
                    parts.text = format!("推介 {text}");
                }
            }));
            reader.0.push(Fact::Purpose { text });
        }
        Act::Replay { entry } => {
            let entry = world.entries[entry % world.entries.len()].clone();
            let Some(event) = entry.consent() else { return };
            let number = event.record.bytes()[0];
            assert!(world.take(entry).is_err(), "taken twice");
            reader.0.push(Fact::Spoilt { record: number });
        }
        Act::Age { subject, age } => reader.0.extend(other(world, subject, Body::Age(age), Fact::Age { subject, age })),
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
    debug_assert!(reader.0.len() >= end);
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
    let seconds = prop_oneof![5 => 1_i64..5000, 1 => -5000_i64..0, 1 => Just(200 * 86_400), 1 => Just(400 * 86_400)];
    prop_oneof![
        12 => answer,
        3 => (record.clone(), subject.clone(), kinds, any::<bool>())
            .prop_map(|(record, subject, kinds, is_given)| Act::Ask { record, subject, kinds, is_given }),
        3 => (subject.clone(), proptest::option::weighted(0.8, record.clone()))
            .prop_map(|(subject, record)| Act::Withdraw { subject, record }),
        1 => record.prop_map(|record| Act::Refuse { record }),
        1 => (0_u8..3).prop_map(|text| Act::Purpose { text }),
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
