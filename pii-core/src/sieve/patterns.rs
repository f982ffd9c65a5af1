//! Whether a pattern may have a value around a token, without asking its regular expression where that can be helped.

use super::pattern;
use crate::locate::Searcher;
use crate::rule::Scarcest;
use std::ops::Range;

/// Longer matches are looked for in all of a line, in bytes.
const NEAR_LIMIT_BYTES: usize = 64;

/// What is asked first of the patterns, in the order of their bits.
pub(super) struct Patterns {
    quick: Vec<Quick>,
}

/// What is asked first of a pattern.
#[derive(Default)]
struct Quick {
    /// How far a match reaches, in bytes, where that is not far.
    reach: Option<usize>,
    /// For each alternative, what is scarcest of what it needs.
    needs: Vec<Scarcest>,
}

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

    fn knows(&mut self, nth: u32, is_possible: impl FnOnce() -> bool) -> bool {
        if self.asked >> nth & 1 == 0 {
            self.asked |= 1 << nth;
            self.possible |= u64::from(is_possible()) << nth;
        }
        self.possible >> nth & 1 == 1
    }
}

impl Patterns {
    pub(super) fn new(searcher: &Searcher<'_>) -> Self {
        let quick = searcher.plan.opened_patterns().iter().map(|id| {
            pattern(searcher, *id).map_or_else(Quick::default, |shape| Quick {
                reach: shape.longest_match.filter(|longest| *longest <= NEAR_LIMIT_BYTES),
                needs: shape.needs.scarcest(),
            })
        });
        Self { quick: quick.collect() }
    }

    /// Whether one of the patterns may match around a token of a line. A match that is short stands near it, and what it
    /// needs is not in so few bytes of most lines.
    pub(super) fn may_match(
        &self,
        searcher: &Searcher<'_>,
        line: &[u8],
        token: Range<usize>,
        mut patterns: u64,
        known: &mut InLine,
    ) -> bool {
        patterns &= known.possible | !known.asked;
        while patterns != 0 {
            let nth = patterns.trailing_zeros();
            patterns &= patterns - 1;
            let quick = &self.quick[nth as usize];
            let near = quick.reach.map(|reach| around(line, &token, reach));
            if near.is_some_and(|near| !quick.needs.iter().any(|need| need.is_met(near))) {
                continue;
            }
            let Some(shape) = pattern(searcher, searcher.plan.opened_patterns()[nth as usize]) else { continue };
            let has_match =
                |text: &[u8]| shape.needs.are_met_in(text) && (shape.asks_for_ends || shape.regex.is_match(text));
            let is_possible = known.knows(nth, || {
                let is_triggered =
                    shape.triggers.is_empty() || shape.triggers.iter().any(|word| word.find(line).is_some());
                is_triggered && (near.is_some() || has_match(line))
            });
            if is_possible && near.is_none_or(has_match) {
                return true;
            }
        }
        false
    }
}

/// The bytes that a match of `reach` bytes may have which holds the token.
fn around<'l>(line: &'l [u8], token: &Range<usize>, reach: usize) -> &'l [u8] {
    &line[token.end.saturating_sub(reach)..line.len().min(token.start + reach)]
}
