//! What somebody does to a trail afterwards: `verify` says what, and where.

mod trail_support;

use pii_core::sign::SignAlgorithm;
use pii_store::trail::{Class, FaultKind, Hash, Head, Report, VerifyingKeys, WitnessHeads, plan, verify};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use std::fs;
use std::path::PathBuf;
use trail_support::{Place, lines, three_days, write_lines};

/// Decisions a day.
const A_DAY: u8 = 6;

/// A line by its place in the whole trail: which segment, which line of it.
fn spot(place: &Place, choice: usize) -> (PathBuf, Vec<String>, usize, bool) {
    let segments = place.segments();
    let all: Vec<(usize, usize)> = segments
        .iter()
        .enumerate()
        .flat_map(|(segment, path)| (0..lines(path).len()).map(move |line| (segment, line)))
        .collect();
    let at = choice % all.len();
    let (segment, line) = all[at];
    (segments[segment].clone(), lines(&segments[segment]), line, at == all.len() - 1)
}

fn seq(line: &str) -> u64 {
    let rest = line.split("\"seq\":").nth(1).expect("it has a number");
    rest.split(',').next().and_then(|digits| digits.parse().ok()).expect("a number")
}

/// The first fault, and its line as an index, and its number.
fn first(report: &Report) -> (FaultKind, u64, u64, String) {
    let fault = report.faults().first().unwrap_or_else(|| panic!("nothing was noticed: {report:?}"));
    (fault.kind, fault.line, fault.seq, fault.segment.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_that_was_removed(choice in any::<usize>()) {
        let place = Place::new();
        three_days(&place, A_DAY);
        let (path, mut all, line, is_last) = spot(&place, choice);
        let removed = all.remove(line);
        let at_end = line == all.len();
        write_lines(&path, &all);
        let (kind, at, number, _) = first(&place.verify_with_witness());
        prop_assert_eq!(number, seq(&removed));
        let expected = if at_end { FaultKind::Truncated } else { FaultKind::Removed };
        prop_assert_eq!(kind, expected);
        if !at_end {
            prop_assert_eq!(at, line as u64 + 1);
        }
        // Without a witness all but the last line is noticed.
        prop_assert_eq!(place.verify().is_sound(), is_last);
    }

    #[test]
    fn a_byte_that_was_changed(choice in any::<usize>(), place_in_line in any::<usize>(), other in 0x20_u8..0x7f) {
        let place = Place::new();
        three_days(&place, A_DAY);
        let (path, all, line, is_last) = spot(&place, choice);
        let mut changed = all.clone();
        let mut bytes = changed[line].clone().into_bytes();
        let at = place_in_line % bytes.len();
        if bytes[at] == other {
            return Ok(());
        }
        bytes[at] = other;
        changed[line] = String::from_utf8(bytes).expect("ASCII");
        write_lines(&path, &changed);
        let report = place.verify_with_witness();
        let (kind, fault_line, number, segment) = first(&report);
        prop_assert_eq!(&segment, &path.file_name().expect("a file").to_string_lossy());
        prop_assert_eq!(fault_line, line as u64 + 1, "{:?}", report);
        // The number alone of the last line may have been changed: then nothing follows that says so.
        if !is_last {
            prop_assert_eq!(number, seq(&all[line]), "{:?}", report);
            prop_assert_eq!(kind, FaultKind::Changed, "{:?}", report);
        }
        prop_assert!(!place.verify().is_sound());
    }

    #[test]
    fn two_lines_that_were_exchanged(choice in any::<usize>()) {
        let place = Place::new();
        three_days(&place, A_DAY);
        let (path, mut all, line, _) = spot(&place, choice);
        if line + 1 >= all.len() {
            return Ok(());
        }
        all.swap(line, line + 1);
        write_lines(&path, &all);
        let report = place.verify();
        let (kind, fault_line, number, _) = first(&report);
        prop_assert_eq!((kind, fault_line), (FaultKind::Reordered, line as u64 + 1), "{:?}", report);
        prop_assert_eq!(number, seq(&all[line + 1]));
    }

    #[test]
    fn a_line_that_was_moved_or_copied(choice in any::<usize>(), to in any::<usize>(), copied in any::<bool>()) {
        let place = Place::new();
        three_days(&place, A_DAY);
        let (path, mut all, line, _) = spot(&place, choice);
        let moved = if copied { all[line].clone() } else { all.remove(line) };
        let to = to % (all.len() + 1);
        if !copied && to == line {
            return Ok(());
        }
        all.insert(to, moved);
        write_lines(&path, &all);
        let report = place.verify();
        prop_assert!(!report.is_sound());
        let expected = if copied { FaultKind::Inserted } else { FaultKind::Reordered };
        prop_assert!(report.faults().iter().any(|fault| fault.kind == expected || fault.kind == FaultKind::Removed), "{:?}", report);
    }

    #[test]
    fn an_end_that_was_cut_off(choice in any::<usize>()) {
        let place = Place::new();
        three_days(&place, A_DAY);
        let (path, mut all, line, _) = spot(&place, choice);
        let gone = all.split_off(line);
        write_lines(&path, &all);
        let report = place.verify_with_witness();
        let (kind, fault_line, number, segment) = first(&report);
        prop_assert_eq!(number, seq(&gone[0]), "{:?}", report);
        if line > 0 {
            prop_assert_eq!(kind, FaultKind::Truncated, "{:?}", report);
        }
        let is_last = place.segments().last() == Some(&path);
        // In the last segment it is the line behind the end, else the one that stands in its place.
        if is_last && line > 0 {
            prop_assert_eq!((fault_line, segment), (line as u64 + 1, path.file_name().expect("a file").to_string_lossy().into_owned()));
        }
        prop_assert_eq!(place.verify().is_sound(), is_last, "{:?}", place.verify());
    }
}

#[test]
fn a_segment_that_was_removed() {
    for number in 0..3 {
        let place = Place::new();
        three_days(&place, A_DAY);
        let path = place.segments()[number].clone();
        let gone = lines(&path);
        fs::remove_file(&path).expect("removed");
        let report = place.verify_with_witness();
        let fault = report.faults().first().expect("noticed").clone();
        let expected = if number == 2 { FaultKind::Truncated } else { FaultKind::Removed };
        assert_eq!(fault.kind, expected, "{report:?}");
        assert_eq!((fault.seq, fault.through), (seq(&gone[0]), seq(gone.last().expect("lines"))), "{report:?}");
        assert_eq!(place.verify().is_sound(), number == 2);
    }
}

#[test]
fn a_trail_that_was_removed_is_missed_by_the_witness_alone() {
    let place = Place::new();
    three_days(&place, A_DAY);
    for path in place.segments() {
        fs::remove_file(path).expect("removed");
    }
    assert!(
        place.verify().is_sound() && !place.verify().is_proven(),
        "nothing is wrong with nothing, and nothing proven"
    );
    let (kind, _, number, _) = first(&place.verify_with_witness());
    assert_eq!((kind, number), (FaultKind::Truncated, 1));
}

#[test]
fn segments_that_were_renamed() {
    let place = Place::new();
    three_days(&place, A_DAY);
    let [one, two, _] = <[PathBuf; 3]>::try_from(place.segments()).expect("three");
    let aside = place.root.path().join("aside");
    fs::rename(&one, &aside).expect("renamed");
    fs::rename(&two, &one).expect("renamed");
    fs::rename(&aside, &two).expect("renamed");
    assert!(!place.verify().is_sound());
}

/// Somebody who has everything but the key makes the chain anew behind a changed record: with the trail's own writer.
#[test]
fn a_chain_that_was_made_anew() {
    let place = Place::new();
    three_days(&place, A_DAY);
    let other = Place { root: tempfile::tempdir().expect("a folder"), clock: place.clock.clone() };
    // The same records but one, unsigned, as nobody else has the key.
    let trail = other.open(other.options());
    trail.append(trail_support::record(99)).expect("taken").wait().expect("written");
    drop(trail);
    for path in place.segments() {
        fs::remove_file(path).expect("removed");
    }
    let forged = other.segments()[0].clone();
    fs::copy(&forged, place.folder().join(forged.file_name().expect("a file"))).expect("copied");
    let report = place.verify();
    assert_eq!(first(&report).0, FaultKind::Unsigned, "{report:?}");
    assert_eq!(report.chains()[0].signed_through, None);
    let report = place.verify_with_witness();
    assert!(report.faults().iter().any(|fault| fault.kind == FaultKind::Truncated), "{report:?}");
}

/// Whoever has the key and the clock, and no patience.
#[test]
fn a_segment_that_was_removed_before_its_time() {
    let early = |moves: &[u64]| {
        let place = Place::new();
        three_days(&place, A_DAY);
        // Ahead by many years, so that the trail itself allows it; behind that perhaps back to the day.
        place.clock.set(moves[0]);
        let trail = place.open(place.witnessed());
        trail.append(trail_support::record(1)).expect("taken").wait().expect("written");
        trail.remove(&plan(&place.folder(), trail_support::at(moves[0])).expect("readable"), |_| ()).expect("removed");
        for back in &moves[1..] {
            place.clock.set(*back);
            trail.append(trail_support::record(2)).expect("taken").wait().expect("written");
        }
        drop(trail);
        place
    };
    let (many_years, today) = (trail_support::TEN_O_CLOCK + 20 * 366 * 86_400, trail_support::TEN_O_CLOCK + 4 * 86_400);
    let lawful = early(&[many_years, many_years + 60]);
    assert!(
        lawful.verify().is_sound() && lawful.verify_with_witness().is_proven(),
        "{:?}",
        lawful.verify_with_witness()
    );
    let put_back = early(&[many_years, today]);
    assert_eq!(first(&put_back.verify()).0, FaultKind::Removed, "a clock that goes back behind a removal");
    // The key is there and the line says that all is old: the witness knows of lines behind which records were written.
    let head = |seq: u64, at: u64| {
        let chain = Hash::new([7; 32]);
        let head = Head {
            node: trail_support::name("n1"),
            class: Class::Business,
            seq,
            chain,
            at: trail_support::at(at),
            signed: None,
        };
        head.sign(&trail_support::signing_key(SignAlgorithm::Ed25519))
    };
    let with = |head: Head| {
        let mut heads = WitnessHeads::new(trail_support::name("n1"));
        heads.add(head);
        verify(&lawful.folder(), &trail_support::verifying_keys(), Some(&heads), |_| ()).expect("readable")
    };
    assert_eq!(first(&with(head(2, many_years - 86_400))).0, FaultKind::Removed);
    assert!(with(head(2, trail_support::TEN_O_CLOCK)).is_sound());
    let removed = lines(&lawful.segments()[0])
        .into_iter()
        .find(|line| line.contains("\"kind\":\"removed\""))
        .expect("it is said");
    let last = removed.split("\"last\":").nth(1).and_then(|rest| rest.split(',').next()).expect("a number");
    let other = with(head(last.parse().expect("a number"), trail_support::TEN_O_CLOCK));
    assert_eq!(first(&other).0, FaultKind::Removed, "the witness has another last line of it");
}

/// Anybody may have added it.
#[test]
fn a_head_that_nobody_signed_is_not_held_against_a_trail() {
    let place = Place::new();
    three_days(&place, A_DAY);
    let mut heads = place.heads();
    let read = heads.read_heads();
    let chain = Hash::new([7; 32]);
    let at = trail_support::at(trail_support::TEN_O_CLOCK);
    for seq in [2, 10_000] {
        heads.add(Head { node: trail_support::name("n1"), class: Class::Business, seq, chain, at, signed: None });
    }
    assert!(read > 0 && heads.read_heads() == read + 2);
    let report = verify(&place.folder(), &trail_support::verifying_keys(), Some(&heads), |_| ()).expect("readable");
    assert!(report.is_sound() && report.is_proven(), "{report:?}");
    assert!(report.faults().iter().all(|fault| fault.kind == FaultKind::Witness) && report.faults().len() == 2);
    let without_keys = verify(&place.folder(), &VerifyingKeys::new(), Some(&heads), |_| ()).expect("readable");
    assert!(!without_keys.is_sound(), "where there is no key, nothing else can be told");
}

#[test]
fn heads_that_stand_in_an_array_are_read() {
    let place = Place::new();
    three_days(&place, A_DAY);
    let one = lines(&place.witness())[0].clone();
    std::fs::write(place.witness(), format!("{{\"posted\":[{}]}}\n", [&*one, &*one].join(", "))).expect("writable");
    assert_eq!(place.heads().read_heads(), 2);
}
