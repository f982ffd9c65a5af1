//! One pass of `regex` for each rule, as most masking libraries work.

use super::rule15::{Rule15, rules, star};
use super::{Peer, span};
use pii_tests::score::Span;
use regex::bytes::Regex;

/// `regex`, once per rule.
pub struct PerRule {
    rules: Vec<(Rule15, Regex)>,
    spans: Vec<(usize, usize, &'static str)>,
}

impl PerRule {
    /// Compiles the fifteen rules.
    ///
    /// # Panics
    /// Never: the patterns are part of this crate.
    #[must_use]
    pub fn new() -> Self {
        let compile = |rule: Rule15| {
            let regex = Regex::new(&rule.ascii_pattern()).expect("the patterns compile");
            (rule, regex)
        };
        Self { rules: rules().into_iter().map(compile).collect(), spans: Vec::new() }
    }

    /// The matches of all rules, in order, the earlier and longer one where two overlap.
    fn search(&mut self, text: &[u8]) {
        self.spans.clear();
        for (rule, regex) in &self.rules {
            for hit in regex.find_iter(text) {
                let (mut start, end) = (hit.start(), hit.end());
                if let Some(name) = &rule.group
                    && let Some(groups) = regex.captures_at(text, start)
                {
                    start = groups.name(name).map_or(start, |group| group.start());
                }
                if rule.counts(text, start, end) {
                    self.spans.push((start, end, rule.kind()));
                }
            }
        }
        self.spans.sort_unstable_by_key(|&(start, end, _)| (start, std::cmp::Reverse(end)));
        let mut reached = 0;
        self.spans.retain(|&(start, end, _)| {
            let free = start >= reached;
            reached = if free { end } else { reached };
            free
        });
    }
}

impl Default for PerRule {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for PerRule {
    fn name(&self) -> &'static str {
        "regex, one pass per rule"
    }

    fn mask(&mut self, chunk: &str, out: &mut Vec<u8>) -> usize {
        self.search(chunk.as_bytes());
        star(chunk.as_bytes(), self.spans.iter().map(|&(start, end, _)| (start, end)), out)
    }

    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>) {
        self.search(chunk.as_bytes());
        found.extend(self.spans.iter().map(|&(start, end, kind)| span(base + start, base + end, kind)));
    }
}
