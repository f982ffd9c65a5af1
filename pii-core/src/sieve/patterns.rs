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
    /// Only `possible` have a value in the line; of those nothing is known yet.
    pub(super) fn of(possible: u64) -> Self {
        Self { asked: !possible, possible: 0 }
    }

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

fn may_be_in(shape: &PatternShape, line: &[u8]) -> bool {
    let is_triggered = || shape.triggers.is_empty() || shape.triggers.iter().any(|word| word.find(line).is_some());
    shape.needs.are_met_in(line) && is_triggered() && (shape.asks_for_ends || shape.regex.is_match(line))
}
