//! Words without which some patterns have no value: all of them are looked for at once.

use super::pattern;
use crate::locate::Searcher;
use aho_corasick::packed;

/// Shorter ones stand in every other line, and are slow to look for.
const SHORTEST_BYTES: usize = 3;

/// The triggers of the patterns whose triggers are words.
pub(super) struct Triggers {
    /// The patterns that have some, one bit each.
    patterns: u64,
    /// `None`: there are none.
    finder: Option<packed::Searcher>,
    /// By the number of a word: the patterns that it is a trigger of.
    of_word: Vec<u64>,
}

/// The trigger that stands first behind some place: where, and the patterns that it is of.
#[derive(Clone, Copy)]
pub(super) struct Next {
    /// From here on none stands before it.
    from: usize,
    at: usize,
    patterns: u64,
}

impl Triggers {
    pub(super) fn new(searcher: &Searcher<'_>) -> Self {
        let mut words: Vec<(Vec<u8>, u64)> = Vec::new();
        let is_word = |trigger: &[u8]| trigger.len() >= SHORTEST_BYTES && !trigger.iter().all(u8::is_ascii_digit);
        for (nth, id) in searcher.plan.opened_patterns().iter().enumerate() {
            let Some(shape) = pattern(searcher, *id).filter(|shape| !shape.triggers.is_empty()) else { continue };
            if !shape.triggers.iter().all(|trigger| is_word(trigger.needle())) {
                continue;
            }
            for trigger in shape.triggers.iter().map(|trigger| trigger.needle().to_vec()) {
                match words.iter_mut().find(|(word, _)| *word == trigger) {
                    Some((_, patterns)) => *patterns |= 1 << nth,
                    None => words.push((trigger, 1 << nth)),
                }
            }
        }
        // Where one word begins with another, the patterns of both are looked for in any case.
        let hidden = words.iter().fold(0, |all, (word, patterns)| {
            let hides = |(other, of_other): &&(Vec<u8>, u64)| {
                of_other != patterns && (word.starts_with(other) || other.starts_with(word))
            };
            words.iter().filter(hides).fold(all, |all, (_, of_other)| all | of_other | patterns)
        });
        let finder = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .builder()
            .extend(words.iter().map(|(word, _)| word))
            .build();
        let patterns = words.iter().fold(0, |all, (_, patterns)| all | patterns) & !hidden;
        let patterns = if finder.is_some() { patterns } else { 0 };
        Self { patterns, finder, of_word: words.into_iter().map(|(_, patterns)| patterns).collect() }
    }

    /// The patterns that may have a value in the line from `start` to `end` of a text. `next`: the first trigger behind some
    /// place before the line; it is brought up to date.
    pub(super) fn patterns_in(&self, text: &[u8], start: usize, end: usize, next: &mut Option<Next>) -> u64 {
        let mut possible = !self.patterns;
        let mut from = start;
        loop {
            let trigger =
                next.filter(|next| next.from <= from && from <= next.at).unwrap_or_else(|| self.next(text, from));
            *next = Some(trigger);
            if trigger.at >= end {
                return possible;
            }
            possible |= trigger.patterns;
            from = trigger.at + 1;
        }
    }

    fn next(&self, text: &[u8], from: usize) -> Next {
        let found = self.finder.as_ref().and_then(|finder| finder.find(&text[from..]));
        found.map_or(Next { from, at: text.len(), patterns: 0 }, |found| Next {
            from,
            at: from + found.start(),
            patterns: self.of_word[found.pattern().as_usize()],
        })
    }
}
