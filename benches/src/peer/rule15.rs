//! The fifteen rules of `corpus/rules15.toml`, which regular-expression engines and scanners run.

use pii_tests::check_digits;
use pii_tests::score::kind_of_type;
use serde::Deserialize;

/// How far before a value one of its keywords may stand, in bytes.
pub(super) const KEYWORD_REACH_BYTES: usize = 48;

/// One rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule15 {
    #[serde(rename = "type")]
    kind: String,
    pub(super) pattern: String,
    #[serde(default)]
    pub(super) check: Option<String>,
    #[serde(default)]
    pub(super) keywords: Vec<String>,
    #[serde(default)]
    pub(super) group: Option<String>,
}

#[derive(Deserialize)]
struct File {
    rule: Vec<Rule15>,
}

/// All fifteen.
pub(super) fn rules() -> Vec<Rule15> {
    let file: File = toml::from_str(include_str!("../../corpus/rules15.toml")).expect("the file of rules is read here");
    file.rule
}

impl Rule15 {
    /// The kind that the rule finds.
    pub(super) fn kind(&self) -> &'static str {
        kind_of_type(&self.kind).expect("every type of the rules is a type of the truth")
    }

    /// The pattern with `\b` and `\d` as the rules mean them: ASCII.
    pub(super) fn ascii_pattern(&self) -> String {
        self.pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]")
    }

    /// Whether a match counts: its check passes, and a keyword stands near before it where the rule wants one.
    pub(super) fn counts(&self, text: &[u8], start: usize, end: usize) -> bool {
        self.checks(&text[start..end]) && (self.keywords.is_empty() || self.has_keyword(&text[..start]))
    }

    fn checks(&self, value: &[u8]) -> bool {
        let plain: String = value.iter().filter(|b| b.is_ascii_alphanumeric()).map(|&b| char::from(b)).collect();
        let Some((last, body)) = plain.char_indices().last().map(|(at, last)| (last, &plain[..at])) else {
            return false;
        };
        match self.check.as_deref() {
            None => true,
            Some("cn_id") => check_digits::mod_11_2(body) == last.to_ascii_uppercase(),
            Some("luhn") => check_digits::is_luhn(&plain),
            Some("uscc") => {
                plain.chars().all(|c| check_digits::USCC_ALPHABET.contains(c)) && check_digits::uscc(body) == last
            }
            Some(other) => unreachable!("{other} is no check of the rules"),
        }
    }

    fn has_keyword(&self, before: &[u8]) -> bool {
        let near = &before[before.len().saturating_sub(KEYWORD_REACH_BYTES)..];
        self.keywords.iter().any(|keyword| memchr::memmem::find(near, keyword.as_bytes()).is_some())
    }
}

/// Writes `text` to `out` with the spans replaced by as many stars as they have bytes. Spans are in order.
pub(super) fn star(text: &[u8], spans: impl Iterator<Item = (usize, usize)>, out: &mut Vec<u8>) -> usize {
    out.clear();
    let (mut at, mut count) = (0, 0);
    for (start, end) in spans {
        count += 1;
        if start >= at {
            out.extend_from_slice(&text[at..start]);
            out.resize(out.len() + end - start, b'*');
            at = end;
        }
    }
    out.extend_from_slice(&text[at..]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_rules_are_read() {
        let rules = rules();
        assert_eq!(rules.len(), 15);
        assert!(rules.iter().all(|rule| !rule.kind().is_empty()));
    }

    #[test]
    fn checks_and_keywords_are_asked_for() {
        let rules = rules();
        let id = &rules[0];
        assert!(id.counts(b"11010519491231002X", 0, 18) && !id.counts(b"110105194912310021", 0, 18));
        let account = rules.iter().find(|rule| !rule.keywords.is_empty()).expect("a rule with keywords");
        let text = format!("{}:0100000001", account.keywords[0]);
        assert!(account.counts(text.as_bytes(), text.len() - 10, text.len()));
        assert!(!account.counts(b"0100000001", 0, 10));
    }

    #[test]
    fn stars_stand_in_place_of_spans() {
        let mut out = Vec::new();
        assert_eq!(star(b"abcdef", [(1, 3), (5, 6)].into_iter(), &mut out), 2);
        assert_eq!(out, b"a**de*");
    }
}
