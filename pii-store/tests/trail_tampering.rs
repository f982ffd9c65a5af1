//! What somebody does to a trail afterwards: `verify` says what, and where.

mod trail_support;

use pii_store::trail::{FaultKind, Report};
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
    assert!(place.verify().is_sound());
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
    assert!(report.is_sound());
    assert_eq!(report.chains()[0].signed_through, None, "that it is not signed is said");
    let report = place.verify_with_witness();
    assert!(report.faults().iter().any(|fault| fault.kind == FaultKind::Truncated), "{report:?}");
}
