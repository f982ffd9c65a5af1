//! A run of tokens taken as one value: what it spells and how it is cut, kept up to date while it grows.
//!
//! Every token of a line begins runs of up to [`RUN_LIMIT`] characters, so what a form asks of one has to be known
//! without going through its tokens again.

use super::token::{ODD, Token};
use crate::plan::RUN_LIMIT;
use crate::rule::AsciiSet;

/// Consecutive tokens without what separates them.
pub(super) struct Run {
    characters: [u8; RUN_LIMIT],
    length: usize,
    /// How many tokens it has.
    pub(super) tokens: usize,
    /// Where its last token ends in the text.
    pub(super) end: usize,
    /// Whether a token with letters has a small one among them (a last `x` aside).
    pub(super) has_small: bool,
    first_joint: u8,
    joints: AsciiSet,
    has_odd: bool,
    /// Whether the same mark stands between all of its tokens.
    pub(super) alike: bool,
    sizes: Sizes,
    sizes_behind_head: Sizes,
}

impl Run {
    pub(super) fn new() -> Self {
        Self {
            characters: [0; RUN_LIMIT],
            length: 0,
            tokens: 0,
            end: 0,
            has_small: false,
            first_joint: 0,
            joints: AsciiSet::default(),
            has_odd: false,
            alike: true,
            sizes: Sizes::default(),
            sizes_behind_head: Sizes::default(),
        }
    }

    /// Takes the next token of `text`. `false` when it is too long.
    pub(super) fn push(&mut self, text: &[u8], token: &Token) -> bool {
        let Some(room) = self.characters.get_mut(self.length..self.length + token.len()) else { return false };
        room.copy_from_slice(&text[token.start..token.end]);
        room.make_ascii_uppercase();
        self.length += token.len();
        if self.tokens > 0 {
            self.join(token.joined_by);
            self.sizes_behind_head.push(token.len());
        }
        self.sizes.push(token.len());
        self.has_small |= token.has_letter && token.has_small;
        self.tokens += 1;
        self.end = token.end;
        true
    }

    fn join(&mut self, joint: u8) {
        if self.tokens == 1 {
            self.first_joint = joint;
        }
        self.alike &= joint == self.first_joint;
        match joint {
            ODD => self.has_odd = true,
            _ => self.joints = self.joints.with(joint),
        }
    }

    /// What the run spells: upper case, without separators.
    pub(super) fn canonical(&self) -> &[u8] {
        &self.characters[..self.length]
    }

    /// Whether nothing but these characters stands between the run's tokens.
    pub(super) fn is_joined_by(&self, separators: AsciiSet) -> bool {
        !self.has_odd && separators.holds(self.joints)
    }

    /// Whether the groups look like groups of one number. `has_head`: the first of them may be a prefix or letters.
    pub(super) fn is_regular(&self, has_head: bool) -> bool {
        self.sizes.is_regular() || (has_head && self.sizes_behind_head.is_regular())
    }
}

/// The sizes of a number's groups, as far as their regularity is concerned.
struct Sizes {
    count: usize,
    first: usize,
    second: usize,
    last: usize,
    /// All but the last are like the first.
    head_alike: bool,
    /// All but the first are like the second.
    tail_alike: bool,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { count: 0, first: 0, second: 0, last: 0, head_alike: true, tail_alike: true }
    }
}

impl Sizes {
    fn push(&mut self, size: usize) {
        match self.count {
            0 => self.first = size,
            1 => self.second = size,
            _ => {}
        }
        if self.count > 0 {
            self.head_alike &= self.last == self.first;
            self.tail_alike &= size == self.second;
        }
        self.last = size;
        self.count += 1;
    }

    /// Whether groups of these sizes look like one number: all alike but a shorter first or last one.
    fn is_regular(&self) -> bool {
        let shorter_last = self.head_alike && self.last <= self.first.max(4);
        let shorter_first = self.count > 2 && self.tail_alike && self.first <= self.second;
        self.count < 2 || shorter_last || shorter_first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_groups() {
        let is_regular = |sizes: &[usize]| {
            let mut seen = Sizes::default();
            sizes.iter().for_each(|size| seen.push(*size));
            seen.is_regular()
        };
        for sizes in [&[4, 4, 4, 4][..], &[4, 4, 4, 4, 3], &[3, 4, 4], &[1, 1, 1, 1], &[6, 4], &[8], &[]] {
            assert!(is_regular(sizes), "{sizes:?}");
        }
        for sizes in [&[2, 4, 3][..], &[4, 2, 2], &[2, 19]] {
            assert!(!is_regular(sizes), "{sizes:?}");
        }
    }
}
