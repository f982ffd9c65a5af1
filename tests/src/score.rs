//! Found against planted.
//!
//! A planted value is *covered* when findings cover at least four fifths of its bytes, and *typed* when one of them has a
//! kind that is right there. A finding that touches no planted value is *wrong*, provided that its kind is planted
//! somewhere in the corpus; findings of other kinds are listed apart, because the corpus says nothing about them.
//! This is the reference scorer's definition (`benches/corpus/score.py`), over kinds in place of its type names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

/// Bytes and the kinds that may stand there; a finding has one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The kinds that are right; the first is the one that is counted.
    pub kinds: Vec<String>,
}

/// The counts of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Planted values.
    pub planted: usize,
    /// Covered ones.
    pub covered: usize,
    /// Covered by a finding of the right kind.
    pub typed: usize,
    /// Findings.
    pub found: usize,
    /// Findings that touch no planted value.
    pub wrong: usize,
}

/// A comparison.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// Per kind that is planted.
    pub kinds: BTreeMap<String, Tally>,
    /// Findings of kinds that are not planted: how many there are, and how many touch no planted value.
    pub apart: BTreeMap<String, Tally>,
    /// The indices of the planted values that are not covered.
    pub missed: Vec<usize>,
    /// The indices of the findings that are wrong.
    pub wrong: Vec<usize>,
}

impl Score {
    /// All planted kinds together.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.kinds.values().fold(Tally::default(), |sum, tally| Tally {
            planted: sum.planted + tally.planted,
            covered: sum.covered + tally.covered,
            typed: sum.typed + tally.typed,
            found: sum.found + tally.found,
            wrong: sum.wrong + tally.wrong,
        })
    }
}

impl Tally {
    /// The share that is not covered, in percent.
    #[must_use]
    pub fn missed_percent(self) -> f64 {
        percent(self.planted - self.covered, self.planted)
    }

    /// The share of findings that are wrong, in percent.
    #[must_use]
    pub fn wrong_percent(self) -> f64 {
        percent(self.wrong, self.found)
    }
}

/// `part` in a hundred of `whole`; 0 of nothing. Counts stay far below 2^52, so the floats are exact.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// Compares. Neither list needs to be sorted; the indices in the score are those of the lists as given.
#[must_use]
pub fn compare(truths: &[Span], findings: &[Span]) -> Score {
    let mut score = Score::default();
    let order = sorted(findings);
    // The longest finding bounds how far before a value one that reaches into it can begin.
    let longest = findings.iter().map(|finding| finding.end - finding.start).max().unwrap_or(0);
    let mut used = BTreeSet::new();
    for (index, truth) in truths.iter().enumerate() {
        let first = order.partition_point(|at| findings[*at].start + longest <= truth.start);
        let near = order[first..].iter().take_while(|at| findings[**at].start < truth.end);
        let touching: Vec<usize> = near.copied().filter(|at| findings[*at].end > truth.start).collect();
        used.extend(touching.iter().copied());
        let tally = score.kinds.entry(truth.kinds[0].clone()).or_default();
        tally.planted += 1;
        if covered(truth, &touching, findings) * 5 < (truth.end - truth.start) * 4 {
            score.missed.push(index);
            continue;
        }
        tally.covered += 1;
        tally.typed += usize::from(touching.iter().any(|at| truth.kinds.contains(&findings[*at].kinds[0])));
    }
    for (index, finding) in findings.iter().enumerate() {
        let wrong = !used.contains(&index);
        let planted = score.kinds.get_mut(&finding.kinds[0]);
        if wrong && planted.is_some() {
            score.wrong.push(index);
        }
        let tally = match planted {
            Some(tally) => tally,
            None => score.apart.entry(finding.kinds[0].clone()).or_default(),
        };
        tally.found += 1;
        tally.wrong += usize::from(wrong);
    }
    score
}

fn sorted(findings: &[Span]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by_key(|at| (findings[*at].start, findings[*at].end));
    order
}

/// How many of the value's bytes lie in a finding; where two findings overlap, a byte counts once.
fn covered(truth: &Span, touching: &[usize], findings: &[Span]) -> usize {
    let mut reached = truth.start;
    let mut sum = 0;
    for at in touching {
        let (start, end) = (findings[*at].start.max(reached), findings[*at].end.min(truth.end));
        sum += end.saturating_sub(start);
        reached = reached.max(end);
    }
    sum
}

/// The kind that a type name of the reference corpus means.
#[must_use]
pub fn kind_of_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "CN_ID" => "resident_id",
        "MOBILE" => "mobile_phone",
        "BANK_CARD" => "bank_card",
        "EMAIL" => "email",
        "SH_ACCT" | "SZ_ACCT" => "securities_account",
        "FUND_ACCT" => "capital_account",
        "FUT_CODE" => "futures_account",
        "PASSPORT" => "passport",
        "USCC" => "uscc",
        "LANDLINE" => "landline_phone",
        "NAME" => "person_name",
        "ADDRESS" => "address",
        "IPV4" => "ip_address",
        "MAC" => "mac_address",
        "CUST_NO" => "customer_no",
        "OTP" => "verification_code",
        _ => return None,
    })
}

/// Reads the reference corpus's truth: start, end and type name, separated by tabs.
///
/// # Errors
/// When reading fails, or with the number of a line that is not of that form.
pub fn read_truth(lines: impl BufRead) -> io::Result<Vec<Span>> {
    let mut truths = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let wrong = || io::Error::other(format!("line {} of the truth is not start, end, type", index + 1));
        truths.push(truth_row(&line?).ok_or_else(wrong)?);
    }
    Ok(truths)
}

fn truth_row(line: &str) -> Option<Span> {
    let mut columns = line.split('\t');
    let (start, end) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
    let kind = kind_of_type(columns.next()?)?;
    (start < end && columns.next().is_none()).then(|| Span { start, end, kinds: vec![kind.to_owned()] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, kind: &str) -> Span {
        Span { start, end, kinds: kind.split('|').map(str::to_owned).collect() }
    }

    #[test]
    fn four_fifths_are_enough_and_less_is_not() {
        let truths = [span(100, 110, "email"), span(200, 210, "email"), span(300, 310, "email")];
        let found = [span(102, 110, "email"), span(203, 210, "email"), span(295, 304, "qq"), span(304, 320, "email")];
        let score = compare(&truths, &found);
        assert_eq!(score.kinds["email"], Tally { planted: 3, covered: 2, typed: 2, found: 3, wrong: 0 });
        assert_eq!((score.missed, score.wrong), (vec![1], vec![]));
        assert_eq!(score.apart["qq"], Tally { found: 1, ..Tally::default() });
    }

    #[test]
    fn a_byte_counts_once_however_many_findings_hold_it() {
        let truths = [span(0, 10, "qq")];
        let found = [span(0, 5, "qq"), span(0, 4, "qq"), span(1, 5, "qq")];
        assert_eq!(compare(&truths, &found).missed, [0]);
    }

    #[test]
    fn a_long_finding_that_begins_far_before_still_covers() {
        let truths = [span(500, 510, "qq"), span(600, 610, "email")];
        let found = [span(0, 700, "email"), span(499, 500, "qq"), span(510, 512, "qq")];
        let score = compare(&truths, &found);
        assert_eq!(score.missed, [0; 0]);
        assert_eq!(score.kinds["qq"].typed, 0);
        assert_eq!(score.wrong, [1, 2]);
    }

    #[test]
    fn a_second_kind_may_be_right_and_kinds_not_planted_are_apart() {
        let truths = [span(0, 10, "capital_account|fund_account")];
        let found = [span(0, 10, "fund_account"), span(20, 30, "capital_account"), span(40, 50, "vin")];
        let score = compare(&truths, &found);
        assert_eq!(score.kinds["capital_account"], Tally { planted: 1, covered: 1, typed: 1, found: 1, wrong: 1 });
        assert_eq!(score.wrong, [1]);
        assert_eq!(score.apart["vin"].wrong, 1);
        assert_eq!(score.total().planted, 1);
    }

    #[test]
    fn truth_is_read_and_mistakes_have_a_line() {
        let read = read_truth("0\t18\tCN_ID\n20\t31\tMOBILE\n".as_bytes()).expect("two rows");
        assert_eq!(read, [span(0, 18, "resident_id"), span(20, 31, "mobile_phone")]);
        for bad in ["5\t4\tCN_ID", "0\t4", "0\t4\tNOBODY", "0\t4\tCN_ID\tmore"] {
            let error = read_truth(format!("0\t18\tCN_ID\n{bad}\n").as_bytes()).expect_err(bad);
            assert!(error.to_string().contains("line 2"));
        }
    }

    #[test]
    fn percentages_of_nothing_are_nothing() {
        assert!(Tally::default().missed_percent().abs() < f64::EPSILON);
        let tally = Tally { planted: 200, covered: 199, found: 50, wrong: 1, ..Tally::default() };
        assert!((tally.missed_percent() - 0.5).abs() < 1e-9 && (tally.wrong_percent() - 2.0).abs() < 1e-9);
    }
}
