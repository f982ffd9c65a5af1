//! All fifteen rules as one regular expression of many patterns, searched in one pass.

use super::rule15::{Rule15, rules, star};
use super::{Peer, span};
use pii_tests::score::Span;
use regex_automata::meta::Regex;

/// `regex-automata`'s meta engine.
pub struct OnePass {
    rules: Vec<Rule15>,
    regex: Regex,
}

impl OnePass {
    /// Compiles the fifteen rules.
    ///
    /// # Panics
    /// Never: the patterns are part of this crate.
    #[must_use]
    pub fn new() -> Self {
        let rules = rules();
        let patterns: Vec<String> = rules.iter().map(Rule15::ascii_pattern).collect();
        let regex = Regex::new_many(&patterns).expect("the patterns compile");
        Self { rules, regex }
    }

    fn spans<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = (usize, usize, &'static str)> + 't {
        self.regex.find_iter(text).filter_map(|hit| {
            let rule = &self.rules[hit.pattern().as_usize()];
            let (mut start, end) = (hit.start(), hit.end());
            if rule.group.is_some() {
                // The group stands at the end of its pattern: 2 to 4 characters of 3 bytes behind the cue.
                let mut groups = self.regex.create_captures();
                let whole = regex_automata::Input::new(text).range(start..end);
                self.regex.captures(whole, &mut groups);
                start = groups.get_group(1).map_or(start, |group| group.start);
            }
            rule.counts(text, start, end).then(|| (start, end, rule.kind()))
        })
    }
}

impl Default for OnePass {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer for OnePass {
    fn name(&self) -> &'static str {
        "regex-automata, one pass"
    }

    fn mask(&mut self, chunk: &str, out: &mut Vec<u8>) -> usize {
        star(chunk.as_bytes(), self.spans(chunk.as_bytes()).map(|(start, end, _)| (start, end)), out)
    }

    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>) {
        found.extend(self.spans(chunk.as_bytes()).map(|(start, end, kind)| span(base + start, base + end, kind)));
    }
}
