//! Which patterns may have a value that begins with some token, by four looks into tables.

use crate::rule::{LONGEST_TOKEN, Opening};

/// Patterns are numbered in the order in which they were added, one bit each.
pub(crate) const PATTERNS_LIMIT: usize = 64;

/// What stands at either end of a line, where nothing does.
const NOTHING: u8 = b'\n';

/// By length, first byte and neighbours of a token: the patterns whose values may begin with it. One bit each.
pub(crate) struct Openings {
    by_length: [u64; LONGEST_TOKEN + 1],
    by_first: [u64; 256],
    before: [u64; 256],
    behind: [u64; 256],
}

impl std::fmt::Debug for Openings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Openings")
    }
}

impl Openings {
    pub(super) fn new() -> Self {
        Self { by_length: [0; LONGEST_TOKEN + 1], by_first: [0; 256], before: [0; 256], behind: [0; 256] }
    }

    /// Adds pattern number `nth`.
    pub(super) fn add(&mut self, nth: usize, opening: &Opening) {
        let bit = 1 << nth;
        for (length, patterns) in self.by_length.iter_mut().enumerate() {
            *patterns |= if opening.lengths >> length & 1 == 1 { bit } else { 0 };
        }
        let tables = [
            (&mut self.by_first, opening.first),
            (&mut self.before, opening.before),
            (&mut self.behind, opening.behind),
        ];
        for (table, set) in tables {
            for (byte, patterns) in (0..=u8::MAX).zip(table) {
                *patterns |= if set.has(byte) { bit } else { 0 };
            }
        }
    }

    /// The patterns of which a value may begin with the token at `start..end`.
    pub(crate) fn at(&self, text: &[u8], start: usize, end: usize) -> u64 {
        let before = if start == 0 { NOTHING } else { text[start - 1] };
        let behind = text.get(end).copied().unwrap_or(NOTHING);
        self.by_length[(end - start).min(LONGEST_TOKEN)]
            & self.by_first[usize::from(text[start])]
            & self.before[usize::from(before)]
            & self.behind[usize::from(behind)]
    }
}
