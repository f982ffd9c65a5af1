//! Whether a pattern may have a value that begins with a token, without a search for it where that can be helped.

use super::pattern;
use crate::locate::Searcher;
use crate::rule::PatternShape;

/// What is known of the patterns in one line: one bit each.
#[derive(Default)]
pub(super) struct InLine {
    asked: u64,
    possible: u64,
}

impl InLine {
    /// Whether one of `patterns`, one bit each, may have a value in `line` that begins with the token at `at`.
    pub(super) fn may_match(&mut self, searcher: &Searcher<'_>, line: &[u8], at: usize, mut patterns: u64) -> bool {
        patterns &= self.possible | !self.asked;
        while patterns != 0 {
            let nth = patterns.trailing_zeros();
            patterns &= patterns - 1;
            let Some(shape) = pattern(searcher, searcher.plan.opened_patterns()[nth as usize]) else { continue };
            if shape.may_begin_around(line, at) && self.knows(nth, || may_be_in(shape, line)) {
                return true;
            }
        }
        false
    }

    fn knows(&mut self, nth: u32, is_possible: impl FnOnce() -> bool) -> bool {
        if self.asked >> nth & 1 == 0 {
            self.asked |= 1 << nth;
            self.possible |= u64::from(is_possible()) << nth;
        }
        self.possible >> nth & 1 == 1
    }
}

/// Marks that most lines do not hold, and the patterns whose values cannot do without, one bit each.
pub(super) struct Marks(Vec<(u8, u64)>);

/// Most lines hold some of these.
const COMMON_MARKS: &[u8] = b" .,:;-_/\\\"'=&()[]{}<>";

impl Marks {
    pub(super) fn new(searcher: &Searcher<'_>) -> Self {
        let mut marks: Vec<(u8, u64)> = Vec::new();
        for (nth, id) in searcher.plan.opened_patterns().iter().enumerate() {
            let Some(shape) = pattern(searcher, *id).filter(|shape| !shape.asks_for_ends) else { continue };
            let is_rare = |byte: &u8| !byte.is_ascii_alphanumeric() && !COMMON_MARKS.contains(byte);
            let Some(mark) = shape.needs.bytes_of_all().find(is_rare) else { continue };
            match marks.iter_mut().find(|(byte, _)| *byte == mark) {
                Some((_, patterns)) => *patterns |= 1 << nth,
                None => marks.push((mark, 1 << nth)),
            }
        }
        Self(marks)
    }

    /// The patterns that may have a value in a line.
    pub(super) fn patterns_in(&self, line: &[u8]) -> u64 {
        self.0.iter().fold(u64::MAX, |possible, (mark, patterns)| match memchr::memchr(*mark, line) {
            Some(_) => possible,
            None => possible & !patterns,
        })
    }
}

fn may_be_in(shape: &PatternShape, line: &[u8]) -> bool {
    let is_triggered = || shape.triggers.is_empty() || shape.triggers.iter().any(|word| word.find(line).is_some());
    shape.needs.are_met_in(line) && is_triggered() && (shape.asks_for_ends || shape.regex.is_match(line))
}
