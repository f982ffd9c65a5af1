//! The trail as it is written, opened again and verified, in order and out of it.

mod trail_support;

use pii_core::Kind;
use pii_core::audit::{Act, Event, Phase, Sink as _};
use pii_core::sign::SignAlgorithm;
use pii_store::trail::{
    Class, Ending, Outcome, Position, Record, SEGMENT_LEAST_BYTES, Tail, Trail, VerifyingKeys, verify,
};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::time::Duration;
use trail_support::{Place, TEN_O_CLOCK, key_id, lines, record, signing_key, three_days};

#[test]
fn a_line_says_all_in_one_order() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let position = trail.append(record(1)).expect("taken").wait().expect("written");
    assert_eq!(position, Position { class: Class::Business, seq: 2 });
    trail.append(Record::Outcome(Outcome::of(position, Ending::Sent))).expect("taken").wait().expect("written");
    trail.close().expect("closed");
    let lines = lines(&place.segments()[0]);
    assert!(lines[0].contains(r#""kind":"begun","hash":"sm3","previous":"0000"#), "{}", lines[0]);
    assert!(lines[0].starts_with(r#"{"v":1,"node":"n1","class":"business","seq":1,"at":"2026-11-23T10:00:00.000Z","#));
    let digest = |byte: &str| format!("\"{}:{}\"", key_id(), byte.repeat(32));
    let expected = format!(
        r#""kind":"decision","channel":"sms","recipient":"vendor-a","purpose":"notice","subjects":[{}],"verdict":"send","items":[{{"is":"resident_id","count":1,"action":"mask","profile":"strict","residual_bits":40}}],"policy":"policy-3","rules":"rules-0.1.0","ledger":4,"input":{},"output":{},"chain":""#,
        digest("01"),
        digest("01"),
        digest("65"),
    );
    assert!(lines[1].contains(&expected), "{}", lines[1]);
    assert!(
        lines[2].contains(r#""seq":3,"at":"2026-11-23T10:00:00.000Z","kind":"outcome","decision":2,"outcome":"sent","#)
    );
    assert!(lines[3].contains(r#""kind":"checkpoint","cause":"close","key":"#), "{}", lines[3]);
    assert_eq!(lines.len(), 4);
    // Every line is JSON by itself.
    for line in lines {
        serde_json::from_str::<serde_json::Value>(&line).expect("JSON");
    }
}

#[test]
fn what_was_closed_goes_on_in_the_same_segment_and_days_have_their_own() {
    let place = Place::new();
    three_days(&place, 5);
    assert_eq!(place.segments().len(), 3);
    let trail = place.open(place.witnessed());
    trail.append(record(9)).expect("taken").wait().expect("written");
    drop(trail);
    assert_eq!(place.segments().len(), 3);
    let report = place.verify_with_witness();
    assert!(report.is_proven(), "{report:?}");
    let chain = &report.chains()[0];
    // Three times begun and five decisions, twice a checkpoint and the seal, a checkpoint at the end; one more and another.
    assert_eq!((chain.first, chain.last, chain.segments), (1, 3 * 6 + 2 * 2 + 1 + 2, 3));
    assert_eq!((chain.signed_through, chain.witnessed_through), (Some(chain.last - 1), Some(chain.last)));
    assert_eq!((chain.recovered, chain.clock_back), (0, 0));
}

#[test]
fn without_a_witness_the_tail_is_not_provable() {
    let place = Place::new();
    let trail = place.open(place.signed());
    trail.append(record(1)).expect("taken").wait().expect("written");
    drop(trail);
    let report = place.verify();
    assert!(report.is_sound() && !report.is_proven());
    assert_eq!(report.chains()[0].tail, Tail::NotProvable { records: 3 });
    assert!(report.chains()[0].tail.to_string().starts_with("tail not provable"));
}

#[test]
fn segments_end_by_size() {
    let place = Place::new();
    let trail = place.open(place.signed().segments_of(SEGMENT_LEAST_BYTES).expect("the least"));
    for round in 0..20 {
        let tickets: Vec<_> = (0..40).map(|number| trail.append(record(number)).expect("taken")).collect();
        for ticket in tickets {
            ticket.wait().expect("written");
        }
        assert!(trail.health().stopped.is_none(), "{round}");
    }
    drop(trail);
    assert!(place.segments().len() > 4, "{}", place.segments().len());
    for segment in place.segments() {
        assert!(fs::metadata(segment).expect("there").len() < SEGMENT_LEAST_BYTES + 64 * 1024);
    }
    assert!(place.verify().is_sound(), "{:?}", place.verify());
}

#[test]
fn only_one_process_writes() {
    let place = Place::new();
    let trail = place.open(place.options());
    let second = Trail::open(&place.folder(), place.options()).expect_err("it is written");
    assert!(second.is_locked(), "{second}");
    drop(trail);
    drop(place.open(place.options()));
}

#[test]
fn a_closed_trail_takes_nothing() {
    let place = Place::new();
    let trail = place.open(place.options());
    let recorder = trail.recorder();
    trail.close().expect("closed");
    assert!(recorder.append(record(1)).expect_err("closed").is_stopped());
}

#[test]
fn keys_acts_are_recorded_without_numbers() {
    let place = Place::new();
    let trail = place.open(place.options());
    let mut recorder = trail.recorder();
    let event = Event {
        act: Act::Revealed,
        phase: Phase::Intended,
        key: Some(key_id()),
        actor: "complaints-desk",
        purpose: "complaint",
        reason: "case 4711, she called from 13800138000",
        count: 3,
        kinds: &[(Kind::new("bank_card").expect("a name"), 3)],
        generation: None,
    };
    recorder.record(&event).expect("recorded");
    drop(trail);
    let line = &lines(&place.segments()[0])[1];
    assert!(line.contains(r#""kind":"key","act":"revealed","phase":"intended","key":""#), "{line}");
    assert!(line.contains(r#""reason":"case 4711, she called from *","purpose":"complaint","count":3,"kinds":[{"is":"bank_card","count":3}]"#), "{line}");
}

#[test]
fn a_clock_that_jumps_back_changes_no_order() {
    let place = Place::new();
    let trail = place.open(place.signed());
    for seconds in [TEN_O_CLOCK, TEN_O_CLOCK - 86_400 * 3, TEN_O_CLOCK + 5] {
        place.clock.set(seconds);
        trail.append(record(1)).expect("taken").wait().expect("written");
    }
    drop(trail);
    let report = place.verify();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(place.segments().len(), 1);
    assert_eq!(report.chains()[0].clock_back, 1);
}

#[test]
fn a_torn_last_line_is_left_out_at_each_of_its_bytes() {
    let place = Place::new();
    let trail = place.open(place.signed());
    for number in 0..3 {
        trail.append(record(number)).expect("taken").wait().expect("written");
    }
    drop(trail);
    let path = place.segments()[0].clone();
    let whole = fs::read(&path).expect("readable");
    // Up to the end of the third decision, as a kill would have left it.
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    let (before, end) = (ends[2] + 1, ends[3] + 1);
    for cut in before..end {
        fs::write(&path, &whole[..cut]).expect("writable");
        fs::write(path.with_extension("anew"), &whole[..cut / 2])
            .expect("as if it was stopped while it put it in order");
        let report = place.verify();
        assert_eq!(report.is_sound(), cut == before, "{cut}: {report:?}");
        let trail = place.open(place.signed());
        let position = trail.append(record(7)).expect("taken").wait().expect("written");
        // Begun, two decisions, recovered, its checkpoint, this one.
        assert_eq!(position.seq, 6);
        drop(trail);
        let report = place.verify();
        assert!(report.is_sound(), "{cut}: {report:?}");
        assert_eq!(report.chains()[0].recovered, 1);
        assert!(!path.with_extension("anew").exists());
        assert!(lines(&path)[3].contains(&format!(r#""kind":"recovered","cut_bytes":{},"#, cut - before)));
    }
}

#[test]
fn a_first_line_cut_short_leaves_nothing() {
    for cut in [0, 1, 100] {
        let place = Place::new();
        three_days(&place, 2);
        let path = place.segments()[2].clone();
        let whole = fs::read(&path).expect("readable");
        fs::write(&path, &whole[..cut]).expect("writable");
        let trail = place.open(place.witnessed());
        trail.append(record(7)).expect("taken").wait().expect("written");
        drop(trail);
        assert_eq!(place.segments().len(), 3);
        assert_eq!(fs::read(path.with_extension("torn-1")).expect("it is evidence"), whole[..cut]);
        assert!(place.verify().is_sound(), "{:?}", place.verify());
        // The witness had seen more.
        assert!(!place.verify_with_witness().is_sound());
    }
}

#[test]
fn a_last_segment_that_was_changed_is_not_gone_on_with() {
    let place = Place::new();
    three_days(&place, 2);
    let path = place.segments()[2].clone();
    let text = fs::read_to_string(&path).expect("readable");
    fs::write(&path, text.replacen("vendor-a", "vendor-b", 1)).expect("writable");
    let refused = Trail::open(&place.folder(), place.witnessed()).expect_err("changed");
    assert!(refused.is_damaged(), "{refused}");
    assert!(refused.to_string().contains("jsonl:2: "), "{refused}");
}

#[test]
fn many_threads_get_numbers_of_their_own() {
    let place = Place::new();
    let trail = place.open(place.signed());
    let mut all: Vec<u64> = std::thread::scope(|scope| {
        let record_some = |thread: u8| {
            let recorder = trail.recorder();
            move || {
                let one =
                    |number: u8| recorder.append(record(thread ^ number)).expect("taken").wait().expect("written").seq;
                (0..25).map(one).collect::<Vec<u64>>()
            }
        };
        let threads: Vec<_> = (0..8).map(|thread| scope.spawn(record_some(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("well")).collect()
    });
    drop(trail);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 200);
    assert!(place.verify().is_sound());
}

#[test]
fn other_keys_tell_no_signature() {
    let place = Place::new();
    three_days(&place, 1);
    let other = signing_key(SignAlgorithm::Sm2);
    let keys = VerifyingKeys::new().with(key_id(), other.verifying_key());
    let report = verify(&place.folder(), &keys, None, |_| ()).expect("readable");
    assert!(!report.is_sound());
    assert_eq!(report.chains()[0].signed_through, None);
}

#[test]
fn heads_are_sent_while_nothing_happens() {
    let place = Place::new();
    let options = place.witnessed().heads_every(Duration::from_millis(20)).expect("often");
    let trail = place.open(options);
    trail.append(record(1)).expect("taken").wait().expect("written");
    std::thread::sleep(Duration::from_millis(600));
    let idle = lines(&place.witness()).len();
    assert!(idle >= 3, "{idle}");
    let health = trail.health().witness.expect("it has one");
    assert!(health.error.is_none() && health.last_taken.is_some(), "{health:?}");
    // And the trail itself has grown by one checkpoint only.
    assert_eq!(lines(&place.segments()[0]).len(), 3);
    drop(trail);
    assert!(place.verify_with_witness().is_proven());
    // Other lines in the witness's file are passed over.
    let mut file = OpenOptions::new().append(true).open(place.witness()).expect("there");
    file.write_all(b"something else\n{\"node\":\n\xff\n").expect("writable");
    assert!(place.verify_with_witness().is_proven());
}
