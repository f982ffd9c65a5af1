//! An output held against the one that was expected, in both directions: what was left although it should have been hidden, and
//! what was changed needlessly. Says where and what, never a value.

use super::sentence::place;
use pii_formats::{Masker, Report};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices_deadline};
use std::ops::Range;
use std::time::{Duration, Instant};

/// How long the two are aligned. Beyond it the alignment is coarser, and so are the places.
const ALIGNMENT_LIMIT: Duration = Duration::from_secs(5);

/// Changes this close to each other are told as one, in bytes: the mask of one number keeps some of its digits.
const NEAR_BYTES: usize = 8;

/// In which direction an output differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// It was expected to be masked, and is there in clear.
    Leak,
    /// It was expected to stay, and was changed.
    Needless,
    /// It was changed, but into something else.
    Otherwise,
}

/// A difference, told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) direction: Direction,
    pub(super) line: usize,
    /// What differs, where, and which rule decided.
    pub(super) what: String,
}

impl Direction {
    pub(super) const ALL: [Self; 3] = [Self::Leak, Self::Needless, Self::Otherwise];

    /// As it is told of one difference.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Leak => "left in clear, expected to be masked",
            Self::Needless => "changed needlessly, expected to stay",
            Self::Otherwise => "changed into something else than expected",
        }
    }

    /// As it is counted.
    pub(super) fn counted(self) -> &'static str {
        match self {
            Self::Leak => "left in clear",
            Self::Needless => "changed needlessly",
            Self::Otherwise => "changed otherwise",
        }
    }
}

/// What differs between `masked` and `expected`, which both come of `input`. `reports` are of the run that masked it.
pub(super) fn differences(
    input: &[u8],
    (masked, expected): (&[u8], &[u8]),
    reports: &[Report],
    masker: &Masker,
) -> Vec<Difference> {
    if masked == expected {
        return Vec::new();
    }
    let (got, wanted) = (Aligned::new(input, masked), Aligned::new(input, expected));
    let mut found = Vec::new();
    let compared = |range: Range<usize>| -> Option<Direction> {
        let (got, wanted, was) = (got.text(&range), wanted.text(&range), &input[range]);
        if got == wanted {
            return None;
        }
        Some(if got == was {
            Direction::Leak
        } else if wanted == was {
            Direction::Needless
        } else {
            Direction::Otherwise
        })
    };
    let span = |report: &Report| report.start as usize..(report.end as usize).min(input.len());
    for report in reports {
        if let Some(direction) = compared(span(report)) {
            let (kind, place, why) = (report.kind, place(report), masker.explain(report));
            found.push(Difference { direction, line: report.line as usize, what: format!("{kind} at {place}: {why}") });
        }
    }
    let findings: Vec<Range<usize>> = reports.iter().map(span).collect();
    for range in outside(wanted.changes().chain(got.changes()).collect(), &findings) {
        if let Some(direction) = compared(range.clone()) {
            let what = match direction {
                Direction::Leak => "nothing is found there",
                _ => "beside what is found",
            };
            found.push(Difference {
                direction,
                line: line_of(input, range.start),
                what: format!("bytes {}-{}: {what}", range.start, range.end),
            });
        }
    }
    if found.is_empty() {
        // The two differ, and each aligns with the input in another way.
        let at = masked.iter().zip(expected).take_while(|(one, other)| one == other).count();
        let (line, what) = (line_of(masked, at), format!("byte {at} of the output"));
        found.push(Difference { direction: Direction::Otherwise, line, what });
    }
    found.sort_by_key(|difference| difference.line);
    found
}

/// Changes that touch no finding, those near each other together.
fn outside(changes: Vec<Range<usize>>, findings: &[Range<usize>]) -> Vec<Range<usize>> {
    let findings = together(findings.to_vec(), 0);
    let touches = |change: &Range<usize>| {
        let next = findings.partition_point(|finding| finding.end < change.start);
        findings.get(next).is_some_and(|finding| finding.start <= change.end)
    };
    together(changes.into_iter().filter(|change| !touches(change)).collect(), NEAR_BYTES)
}

/// These ranges in order, those that overlap or have at most `gap` bytes between them as one.
fn together(mut ranges: Vec<Range<usize>>, gap: usize) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut together: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match together.last_mut() {
            Some(last) if range.start <= last.end + gap => last.end = last.end.max(range.end),
            _ => together.push(range),
        }
    }
    together
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at.min(bytes.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

/// An output, and which bytes of it come of which of the input.
struct Aligned<'a> {
    output: &'a [u8],
    steps: Vec<DiffOp>,
}

impl<'a> Aligned<'a> {
    fn new(input: &[u8], output: &'a [u8]) -> Self {
        let deadline = Instant::now().checked_add(ALIGNMENT_LIMIT);
        Self { output, steps: capture_diff_slices_deadline(Algorithm::Myers, input, output, deadline) }
    }

    /// What stands in the output in the place of this stretch of the input.
    fn text(&self, input: &Range<usize>) -> &'a [u8] {
        let start = self.touching(input.start).map(|step| begins(step, input.start)).min().unwrap_or(0);
        let end = self.touching(input.end).map(|step| ends(step, input.end)).max().unwrap_or(self.output.len());
        self.output.get(start..end).unwrap_or_default()
    }

    /// The stretches of the input that are something else in the output.
    fn changes(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.steps.iter().filter(|step| step.tag() != DiffTag::Equal).map(DiffOp::old_range)
    }

    fn touching(&self, at: usize) -> impl Iterator<Item = &DiffOp> {
        let first = self.steps.partition_point(|step| step.old_range().end < at);
        self.steps[first..].iter().take_while(move |step| step.old_range().start <= at)
    }
}

/// Where the output begins of what begins in the input at `at`, as far as this step says.
fn begins(step: &DiffOp, at: usize) -> usize {
    let (input, output) = (step.old_range(), step.new_range());
    match step.tag() {
        DiffTag::Equal => output.start + (at - input.start),
        DiffTag::Insert => output.start,
        DiffTag::Delete | DiffTag::Replace if at == input.end => output.end,
        DiffTag::Delete | DiffTag::Replace => output.start,
    }
}

/// Where it ends of what ends there.
fn ends(step: &DiffOp, at: usize) -> usize {
    let (input, output) = (step.old_range(), step.new_range());
    match step.tag() {
        DiffTag::Equal => output.start + (at - input.start),
        DiffTag::Insert => output.end,
        DiffTag::Delete | DiffTag::Replace if at == input.start => output.start,
        DiffTag::Delete | DiffTag::Replace => output.end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_place_of_something() {
        let aligned = |input: &str, output: &'static str, range: Range<usize>| {
            String::from_utf8_lossy(Aligned::new(input.as_bytes(), output.as_bytes()).text(&range)).into_owned()
        };
        let input = r#"{"a":13800138000,"b":"x"}"#;
        assert_eq!(aligned(input, r#"{"a":"138******00","b":"x"}"#, 5..16), r#""138******00""#);
        assert_eq!(aligned(input, r#"{"a":13800138000,"b":"***"}"#, 22..23), "***");
        assert_eq!(aligned(input, input, 5..16), "13800138000");
        assert_eq!(aligned(input, r#"{"a":,"b":"x"}"#, 5..16), "");
        assert_eq!(aligned("ab", "", 0..2), "");
    }

    #[test]
    fn changes_near_each_other_are_one() {
        assert_eq!(outside(vec![30..31, 0..2, 5..6, 20..21], std::slice::from_ref(&(19..22))), [0..6, 30..31]);
    }
}
