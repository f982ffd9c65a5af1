//! Which patterns may have a value that begins with some token, by four looks into tables.

use crate::rule::{LONGEST_TOKEN, Opening};

/// Patterns are numbered in the order in which they were added, one bit each.
pub(crate) const PATTERNS_LIMIT: usize = 64;

/// What stands at either end of a line, where nothing does.
const NOTHING: u8 = b'\n';

/// What texts stand between in JSON, in queries and in forms.
const DOCUMENT_MARKS: &[u8] = b"\"':,[]{}=&?# \t";

/// By length, first byte and neighbours of a token: the patterns whose values may begin with it. One bit each.
pub(crate) struct Openings {
    by_length: [u64; LONGEST_TOKEN + 1],
    by_first: [u64; 256],
    before: [u64; 256],
    behind: [u64; 256],
    /// The same two where the line may be a document, whose marks end texts as a line's ends do.
    before_in_document: [u64; 256],
    behind_in_document: [u64; 256],
}

impl std::fmt::Debug for Openings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Openings")
    }
}

impl Openings {
    pub(super) fn new() -> Self {
        Self {
            by_length: [0; LONGEST_TOKEN + 1],
            by_first: [0; 256],
            before: [0; 256],
            behind: [0; 256],
            before_in_document: [0; 256],
            behind_in_document: [0; 256],
        }
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
        for (table, all) in [(&self.before, &mut self.before_in_document), (&self.behind, &mut self.behind_in_document)]
        {
            *all = *table;
            DOCUMENT_MARKS.iter().for_each(|mark| all[usize::from(*mark)] |= table[usize::from(NOTHING)]);
        }
    }

    /// The patterns of which a value may begin with the token at `start..end` of a line or of a document in it.
    #[inline]
    pub(crate) fn at_in_document(&self, text: &[u8], start: usize, end: usize) -> u64 {
        let behind = text.get(end).copied().unwrap_or(NOTHING);
        let possible = self.behind_in_document[usize::from(behind)] & self.by_first[usize::from(text[start])];
        if possible == 0 {
            return 0;
        }
        let before = if start == 0 { NOTHING } else { text[start - 1] };
        possible & self.by_length[(end - start).min(LONGEST_TOKEN)] & self.before_in_document[usize::from(before)]
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
