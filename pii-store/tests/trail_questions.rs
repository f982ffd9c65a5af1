//! What an auditor asks of a trail, what became of a message, what is written out, and what may be removed when.

mod trail_support;

use pii_core::Kind;
use pii_core::policy::Action;
use pii_core::time::Moment;
use pii_store::trail::{
    Answer, Basis, Change, Class, Decision, Ending, Filter, Go, Hash, KeyedDigest, LedgerChange, OPEN_LIMIT, Outcome,
    Position, Question, Record, Standing, Trail, Verdict, Withdrawals, export_csv, export_lines, plan, prove, query,
};
use std::fs;
use trail_support::{Place, TEN_O_CLOCK, at, decision, digest, lines, name, record, three_days};

fn put(trail: &Trail, decision: Decision, ending: Option<Ending>) -> Position {
    let position = trail.append(Record::Decision(Box::new(decision))).expect("taken").wait().expect("written");
    if let Some(ending) = ending {
        trail.append(Record::Outcome(Outcome::of(position, ending))).expect("taken").wait().expect("written");
    }
    position
}

fn change(entry: u64, change: Change, effective: u64, purpose: Option<&str>) -> Record {
    Record::Ledger(Box::new(LedgerChange {
        entry,
        digest: Hash::new([1; 32]),
        change,
        effective: at(effective),
        subjects: vec![digest(5)],
        purpose: purpose.map(name),
        recipient: None,
    }))
}

fn asked(place: &Place, filter: &Filter) -> Vec<Answer> {
    let mut answers = Vec::new();
    let each = |answer: &Answer| {
        answers.push(answer.clone());
        Go::On
    };
    query(&[place.folder()], filter, each, |_| ()).expect("readable");
    answers
}

fn question(question: Question) -> Filter {
    Filter { question: Some(question), ..Filter::default() }
}

#[test]
fn sends_after_a_withdrawal_are_found_and_nothing_else() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let consented = || Decision { subjects: vec![digest(5)], basis: Some(Basis::SeparateConsent), ..decision(1) };
    let mut wrong = Vec::new();
    let mut on = |seconds: u64, decision: Decision, ending, is_wrong: bool| {
        place.clock.set(TEN_O_CLOCK + seconds);
        let position = put(&trail, decision, ending);
        wrong.extend(is_wrong.then_some(position));
    };
    let give = |record: Record| trail.append(record).expect("taken").wait().expect("written");
    give(change(1, Change::Granted, TEN_O_CLOCK, None));
    give(change(2, Change::Withdrawn, TEN_O_CLOCK + 10, Some("notice")));
    give(change(3, Change::Granted, TEN_O_CLOCK + 20, Some("notice")));
    give(change(4, Change::Expired, TEN_O_CLOCK + 30, None));
    on(5, consented(), Some(Ending::Sent), false);
    on(10, consented(), Some(Ending::Sent), true);
    on(11, Decision { purpose: Some(name("statement")), ..consented() }, Some(Ending::Sent), false);
    on(12, Decision { subjects: vec![digest(6)], ..consented() }, Some(Ending::Sent), false);
    on(13, Decision { basis: Some(Basis::Article(name("PIPL-13-1-3"))), ..consented() }, Some(Ending::Sent), false);
    on(14, Decision { verdict: Verdict::Block, ..consented() }, Some(Ending::Refused), false);
    on(15, consented(), Some(Ending::Refused), false);
    on(16, consented(), Some(Ending::Unknown), true);
    on(17, Decision { subjects: vec![digest(9), digest(5)], ..consented() }, None, true);
    // What it does not say may be anything.
    on(18, Decision { purpose: None, ..consented() }, Some(Ending::Sent), true);
    on(18, Decision { basis: None, ..consented() }, Some(Ending::Sent), true);
    on(18, Decision { recipient: None, ..consented() }, Some(Ending::Sent), true);
    on(25, consented(), Some(Ending::Sent), false);
    on(26, Decision { purpose: None, ..consented() }, Some(Ending::Sent), false);
    on(31, Decision { purpose: Some(name("statement")), ..consented() }, Some(Ending::Sent), true);
    drop(trail);
    let mut found: Vec<Position> =
        asked(&place, &question(Question::AfterWithdrawal)).iter().map(|answer| answer.position).collect();
    found.sort();
    assert_eq!(found, wrong);
}

/// What somebody lets the firm itself do gives no recipient back what they took from it by name.
#[test]
fn a_consent_to_the_firm_gives_a_recipient_nothing_back() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let give = |entry, what, seconds, recipient: Option<&str>| {
        let change = of(entry, what, seconds, Some("notice"), &[digest(5)]);
        let change = LedgerChange { recipient: recipient.map(name), ..change };
        trail.append(Record::Ledger(Box::new(change))).expect("taken").wait().expect("written");
    };
    give(1, Change::Granted, 0, Some("partner"));
    give(2, Change::Granted, 0, None);
    give(3, Change::Withdrawn, 10, Some("partner"));
    give(4, Change::Granted, 20, None);
    give(5, Change::Granted, 40, Some("partner"));
    give(6, Change::Refused, 60, None);
    let consented = Decision {
        subjects: vec![digest(5)],
        basis: Some(Basis::SeparateConsent),
        purpose: Some(name("notice")),
        recipient: Some(name("partner")),
        ..decision(1)
    };
    let mut wrong = Vec::new();
    for (seconds, is_wrong) in [(5, false), (15, true), (25, true), (45, false)] {
        place.clock.set(TEN_O_CLOCK + seconds);
        let position = put(&trail, consented.clone(), Some(Ending::Sent));
        wrong.extend(is_wrong.then_some(position));
    }
    place.clock.set(TEN_O_CLOCK + 65);
    wrong.push(put(&trail, Decision { recipient: None, ..consented }, Some(Ending::Sent)));
    drop(trail);
    let mut found: Vec<Position> =
        asked(&place, &question(Question::AfterWithdrawal)).iter().map(|answer| answer.position).collect();
    found.sort();
    assert_eq!(found, wrong);
}

/// A change, so many seconds after ten o'clock, of whoever has these digests.
fn of(entry: u64, what: Change, seconds: u64, purpose: Option<&str>, subjects: &[KeyedDigest]) -> LedgerChange {
    let Record::Ledger(change) = change(entry, what, TEN_O_CLOCK + seconds, purpose) else {
        panic!("it is a change");
    };
    LedgerChange { subjects: subjects.to_vec(), ..*change }
}

/// Nobody can say whose a message to a phone is that two persons have had.
#[test]
fn what_one_person_gives_again_takes_back_no_withdrawal_of_another() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let (phone, one, other) = (digest(5), digest(200), digest(201));
    for change in [
        of(1, Change::Declared, 0, None, &[phone, one]),
        of(2, Change::Declared, 0, None, &[phone, other]),
        of(3, Change::Withdrawn, 10, None, &[one]),
        of(4, Change::Withdrawn, 11, None, &[other]),
        of(5, Change::Granted, 20, Some("notice"), &[other]),
    ] {
        trail.append(Record::Ledger(Box::new(change))).expect("taken").wait().expect("written");
    }
    drop(trail);
    let known = Withdrawals::read(&[place.folder()]).expect("readable");
    let standing = |whom: KeyedDigest, seconds: u64| {
        let decision = Decision { subjects: vec![whom], basis: Some(Basis::Consent), ..decision(1) };
        known.standing(&decision, at(TEN_O_CLOCK + seconds))
    };
    for (whom, seconds, expected) in [
        (phone, 5, Some(Standing::Before(3))),
        (phone, 15, Some(Standing::After(4))),
        (phone, 25, Some(Standing::After(3))),
        (one, 25, Some(Standing::After(3))),
        (other, 15, Some(Standing::After(4))),
        (other, 25, None),
        (digest(6), 25, None),
    ] {
        assert_eq!(standing(whom, seconds), expected, "{whom:?} after {seconds} s");
    }
}

/// Two nodes, and whoever keeps the ledger.
#[test]
fn a_withdrawal_in_one_trail_counts_for_what_another_sent() {
    let places = [Place::new(), Place::new(), Place::new()];
    let (ledger, number) = (&places[2], digest(200));
    let trail = ledger.open(ledger.signed());
    let give = |change: LedgerChange| {
        trail.append(Record::Ledger(Box::new(change))).expect("taken").wait().expect("written");
    };
    // A phone leads to a person, whose consents are known by their number alone; another person had the phone before.
    let (phone, before) = (digest(5), digest(201));
    give(of(1, Change::Declared, 0, None, &[phone, number]));
    give(of(2, Change::Granted, 0, Some("notice"), &[number]));
    give(of(3, Change::Withdrawn, 10, None, &[number]));
    give(of(4, Change::Granted, 20, Some("notice"), &[before]));
    give(of(5, Change::Granted, 30, Some("notice"), &[number]));
    drop(trail);
    let mut wrong = Vec::new();
    for (nth, place) in places[..2].iter().enumerate() {
        let trail = place.open(place.signed());
        for (seconds, is_wrong) in [(5, false), (15, true), (25, true), (35, false)] {
            place.clock.set(TEN_O_CLOCK + seconds);
            let decision = Decision { subjects: vec![phone], basis: Some(Basis::Consent), ..decision(nth as u8) };
            let position = put(&trail, decision, Some(Ending::Sent));
            wrong.extend(is_wrong.then_some(position));
        }
        // Of a purpose that is not said it was withdrawn once, and what was given again may be another one.
        place.clock.set(TEN_O_CLOCK + 40);
        let vague = Decision { subjects: vec![number], purpose: None, ..decision(nth as u8) };
        wrong.push(put(&trail, vague, Some(Ending::Sent)));
        // Whom it is about nobody said.
        put(&trail, Decision { subjects: Vec::new(), ..decision(9) }, Some(Ending::Sent));
    }
    let trails: Vec<_> = places.iter().map(Place::folder).collect();
    let (mut found, mut read_bytes) = (Vec::new(), 0);
    let each = |answer: &Answer| {
        found.push(answer.position);
        Go::On
    };
    let filter = question(Question::AfterWithdrawal);
    let read = query(&trails, &filter, each, |read| read_bytes = read.bytes).expect("readable");
    assert_eq!(found, wrong);
    assert_eq!((read.unnamed, read.early, read.unread), (2, 0, 0));
    assert!(read.bytes == read.of_bytes && read_bytes == read.bytes, "{read:?}");
    assert_eq!(asked(&places[0], &filter), [], "one node alone knows of no withdrawal");
    let mut first = 0;
    let stop = |_: &Answer| {
        first += 1;
        Go::Stop
    };
    query(&trails, &filter, stop, |_| ()).expect("readable");
    assert_eq!(first, 1);
}

#[test]
fn more_decisions_without_an_outcome_than_are_remembered_are_told_oldest_first_and_counted() {
    let place = Place::new();
    let trail = place.open(place.options());
    const MORE: usize = 10;
    let tickets: Vec<_> = (0..OPEN_LIMIT + MORE).map(|_| trail.append(record(1)).expect("taken")).collect();
    let positions: Vec<Position> = tickets.into_iter().map(|ticket| ticket.wait().expect("written")).collect();
    let refused = |position: &Position| {
        let outcome = Record::Outcome(Outcome::of(*position, Ending::Refused));
        trail.append(outcome).expect("taken").wait().expect("written");
    };
    positions[..1].iter().chain(&positions[OPEN_LIMIT..]).for_each(refused);
    drop(trail);
    let mut told = Vec::new();
    let each = |answer: &Answer| {
        told.push((answer.position, answer.outcome));
        Go::On
    };
    let read = query(&[place.folder()], &Filter::default(), each, |_| ()).expect("readable");
    assert_eq!((read.early, told.len()), (MORE as u64, positions.len()));
    // The outcome of the first is read when it was told already.
    let oldest: Vec<_> = positions[..MORE].iter().map(|position| (*position, None)).collect();
    let newest: Vec<_> = positions[OPEN_LIMIT..].iter().map(|position| (*position, Some(Ending::Refused))).collect();
    assert_eq!(told[..MORE], oldest);
    assert_eq!(told[MORE..2 * MORE], newest);
}

#[test]
fn what_left_in_clear_without_assessment_or_without_another_way() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let item = |kind: &str, action| pii_store::trail::Item {
        kind: Kind::new(kind).expect("a kind"),
        count: 2,
        action,
        profile: None,
        residual_bits: None,
        reason: Some(name("identity-check")),
    };
    let clear =
        Decision { items: vec![item("bank_card", Action::Pass)], assessment: Some(name("pia-7")), ..decision(1) };
    let face = Decision {
        items: vec![item("biometric_image", Action::Pass)],
        alternative: Some(false),
        assessment: Some(name("pia-7")),
        ..decision(2)
    };
    let (clear_at, face_at) = (put(&trail, clear, Some(Ending::Sent)), put(&trail, face.clone(), Some(Ending::Sent)));
    put(&trail, Decision { alternative: Some(true), ..face.clone() }, Some(Ending::Sent));
    let dropped = vec![item("biometric_image", Action::Drop)];
    put(&trail, Decision { items: dropped, ..face }, Some(Ending::Sent));
    let masked_at = put(&trail, decision(3), Some(Ending::Sent));
    let observed_at = put(&trail, Decision { verdict: Verdict::Observe, ..decision(4) }, Some(Ending::Sent));
    drop(trail);
    let positions =
        |which| asked(&place, &question(which)).iter().map(|answer| answer.position.seq).collect::<Vec<_>>();
    assert_eq!(positions(Question::InClear), [clear_at.seq, face_at.seq, face_at.seq + 2, observed_at.seq]);
    assert_eq!(positions(Question::WithoutAssessment), [masked_at.seq, observed_at.seq]);
    assert_eq!(positions(Question::BiometricWithoutAlternative), [face_at.seq]);
    let narrow = Filter { kind: Kind::new("bank_card"), action: Some(Action::Pass), ..Filter::default() };
    assert_eq!(asked(&place, &narrow).iter().map(|answer| answer.position).collect::<Vec<_>>(), [clear_at]);
}

#[test]
fn filters_narrow() {
    let place = Place::new();
    three_days(&place, 14);
    let day = |number: u64| Some(at(TEN_O_CLOCK + number * 86_400));
    let count = |filter: &Filter| asked(&place, filter).len();
    assert_eq!(count(&Filter::default()), 42);
    assert_eq!(count(&Filter { from: day(1), ..Filter::default() }), 28);
    assert_eq!(count(&Filter { from: day(1), until: day(2), ..Filter::default() }), 14);
    assert_eq!(count(&Filter { subjects: vec![digest(3)], ..Filter::default() }), 6);
    assert_eq!(count(&Filter { subjects: vec![digest(3), digest(4)], ..Filter::default() }), 12);
    for (filter, expected) in [
        (Filter { channel: Some(name("sms")), ..Filter::default() }, 42),
        (Filter { channel: Some(name("email")), ..Filter::default() }, 0),
        (Filter { recipient: Some(name("vendor-b")), ..Filter::default() }, 0),
        (Filter { purpose: Some(name("notice")), ..Filter::default() }, 42),
        (Filter { basis: Some(Basis::Consent), ..Filter::default() }, 0),
    ] {
        assert_eq!(count(&filter), expected, "{filter:?}");
    }
    let mut first = 0;
    let stop = |_: &Answer| {
        first += 1;
        Go::Stop
    };
    query(&[place.folder()], &Filter::default(), stop, |_| ()).expect("readable");
    assert_eq!(first, 1);
}

#[test]
fn what_became_of_a_message() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let sent = put(&trail, decision(1), Some(Ending::Sent));
    let open = put(&trail, decision(2), None);
    put(&trail, decision(3), Some(Ending::Refused));
    drop(trail);
    let proof = |of: u8| prove(&place.folder(), &[digest(of), digest(250)], |_| ()).expect("readable").found;
    let came = proof(1);
    assert_eq!((came.len(), came[0].decision.position, came[0].is_input, came[0].is_output), (1, sent, true, false));
    assert_eq!(came[0].outcome.map(|(ending, _)| ending), Some(Ending::Sent));
    let left = proof(102);
    assert_eq!((left[0].decision.position, left[0].is_input, left[0].is_output), (open, false, true));
    assert_eq!(left[0].outcome, None);
    assert!(proof(77).is_empty());
}

#[test]
fn exports_hold_all_of_it() {
    let place = Place::new();
    three_days(&place, 4);
    let (mut out, mut calls) = (Vec::new(), 0);
    let done = export_lines(&place.folder(), &Class::ALL, (None, None), &mut out, |_| calls += 1).expect("written");
    let all: Vec<u8> = place.segments().iter().flat_map(|path| fs::read(path).expect("readable")).collect();
    assert!(out == all && done.bytes == done.of_bytes && done.unread == 0 && calls == 3, "{done:?} {calls}");
    let mut one_day = Vec::new();
    let (from, until) = (at(TEN_O_CLOCK + 86_400), at(TEN_O_CLOCK + 86_401));
    export_lines(&place.folder(), &Class::ALL, (Some(from), Some(until)), &mut one_day, |_| ()).expect("written");
    let text = String::from_utf8(one_day).expect("text");
    assert_eq!(text.lines().filter(|line| line.contains("\"kind\":\"decision\"")).count(), 4);
    let mut table = Vec::new();
    export_csv(&place.folder(), &Filter::default(), &mut table, |_| ()).expect("written");
    let table = String::from_utf8(table).expect("text");
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 13);
    assert!(rows[0].starts_with("class,seq,at,channel,"), "{}", rows[0]);
    assert!(rows[1].starts_with("business,2,2026-11-23T10:00:00.000Z,sms,vendor-a,notice,"), "{}", rows[1]);
    assert!(rows[1].contains(",1 resident_id mask strict 40,"), "{}", rows[1]);
}

#[test]
fn nothing_is_removed_before_its_time() {
    let place = Place::new();
    three_days(&place, 3);
    let files: Vec<String> =
        place.segments().iter().map(|path| path.file_name().expect("a file").to_string_lossy().into_owned()).collect();
    // Five years from 23 November 2026 end on 23 November 2031; the day after, by days of China.
    let last_day = Moment::parse("2031-11-23T15:59:59Z").expect("a moment");
    let plan_of = |now: Moment| plan(&place.folder(), now).expect("readable");
    assert!(plan_of(last_day).due().is_empty());
    assert_eq!(plan_of(last_day).kept()[0].free_from.map(|day| day.to_string()).as_deref(), Some("2031-11-24"));
    let next_day = Moment::parse("2031-11-23T16:00:00Z").expect("a moment");
    let due: Vec<String> = plan_of(next_day).due().iter().map(|due| due.file()).collect();
    assert_eq!(due, files[..1]);
    assert!(plan_of(next_day).through(&files[1]).expect_err("too early").is_early());
    // A plan made for a day to come is not done today.
    let trail = place.open(place.witnessed());
    assert!(trail.remove(&plan_of(next_day), |_| ()).expect_err("too early").is_early());
    assert_eq!(place.segments().len(), 3);
}

#[test]
fn what_is_left_verifies_without_what_was_removed() {
    let place = Place::new();
    three_days(&place, 3);
    let many_years = Moment::parse("2040-01-01T00:00:00Z").expect("a moment");
    place.clock.set(many_years.unix_seconds());
    let trail = place.open(place.witnessed());
    trail.append(record(1)).expect("taken").wait().expect("written");
    let due = plan(&place.folder(), many_years).expect("readable");
    // The one that is written stays, whatever its age.
    assert_eq!(due.due().len(), 3);
    let one = due.through(&due.due()[0].file()).expect("due");
    let mut gone = Vec::new();
    trail.remove(&one, |due| gone.push(due.file())).expect("removed");
    assert_eq!((gone.len(), place.segments().len()), (1, 3));
    let rest = plan(&place.folder(), many_years).expect("readable");
    trail.remove(&rest, |_| ()).expect("removed");
    assert_eq!(place.segments().len(), 1);
    drop(trail);
    let report = place.verify_with_witness();
    assert!(report.is_proven(), "{report:?}");
    let kept = lines(&place.segments()[0]);
    assert_eq!(kept.iter().filter(|line| line.contains("\"kind\":\"removed\"")).count(), 3);
    // A segment that goes without a record of it is missed.
    let without: Vec<String> = kept.into_iter().filter(|line| !line.contains("\"kind\":\"removed\"")).collect();
    trail_support::write_lines(&place.segments()[0], &without);
    assert!(!place.verify().is_sound());
}

#[test]
fn a_segment_that_was_changed_is_evidence_and_stays() {
    let place = Place::new();
    three_days(&place, 3);
    let path = place.segments()[0].clone();
    let text = fs::read_to_string(&path).expect("readable");
    fs::write(&path, text.replacen("vendor-a", "vendor-b", 1)).expect("writable");
    let refused = plan(&place.folder(), Moment::parse("2040-01-01T00:00:00Z").expect("a moment")).expect_err("changed");
    assert!(refused.is_damaged() && refused.to_string().contains("jsonl:2:"), "{refused}");
}
