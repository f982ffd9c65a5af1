//! A run of Han characters in text: what a Han name is cut from.

use crate::recognise::han::{char_at, char_before, is_han, simplified};
use std::ops::Range;

/// The most characters of a run that are looked at. The longest name has fifteen and a few words stand behind it.
const LIMIT: usize = 24;

/// Han characters and middle dots that stand together, simplified, with the place of each.
pub(super) struct Run {
    chars: [char; LIMIT],
    places: [usize; LIMIT + 1],
    length: usize,
}

impl Run {
    /// The run that begins at `at`, up to the limit.
    pub(super) fn forward(text: &[u8], at: usize) -> Self {
        let mut run = Self { chars: ['\0'; LIMIT], places: [at; LIMIT + 1], length: 0 };
        let mut end = at;
        while run.length < LIMIT {
            let Some((c, behind)) = char_at(text, end).filter(|&(c, _)| is_member(c)) else { break };
            run.chars[run.length] = simplified(c);
            run.length += 1;
            run.places[run.length] = behind;
            end = behind;
        }
        run
    }

    /// The run that ends at `end`, up to the limit and never across `floor`.
    pub(super) fn backward(text: &[u8], end: usize, floor: usize) -> Self {
        let (mut start, mut count) = (end, 0);
        while count < LIMIT {
            let found = char_before(text, start).filter(|&(c, place)| place >= floor && is_member(c));
            let Some((_, place)) = found else { break };
            start = place;
            count += 1;
        }
        Self::forward(&text[..end.min(text.len())], start)
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars[..self.length]
    }

    pub(super) fn has_dot(&self) -> bool {
        self.chars().contains(&'·')
    }

    /// Where the characters of `range` stand in the text.
    pub(super) fn span(&self, range: Range<usize>) -> Range<usize> {
        self.places[range.start.min(self.length)]..self.places[range.end.min(self.length)]
    }

    /// The place behind the run.
    pub(super) fn end(&self) -> usize {
        self.places[self.length]
    }

    /// Whether the run was cut at the limit.
    pub(super) fn is_cut(&self) -> bool {
        self.length == LIMIT
    }
}

fn is_member(c: char) -> bool {
    is_han(c) || c == '·'
}
