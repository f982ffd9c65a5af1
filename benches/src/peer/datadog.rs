//! Datadog's Sensitive Data Scanner with the fifteen rules.

use super::rule15::{KEYWORD_REACH_BYTES, Rule15, rules};
use super::{Peer, span};
use dd_sds::{
    MatchAction, ProximityKeywordsConfig, RegexRuleConfig, RootRuleConfig, RuleConfig, Scanner, SecondaryValidator,
};
use pii_tests::score::Span;
use std::sync::Arc;

/// `dd-sensitive-data-scanner`.
pub struct Datadog {
    kinds: Vec<&'static str>,
    masking: Scanner,
    finding: Scanner,
}

impl Datadog {
    /// Compiles the fifteen rules.
    ///
    /// # Panics
    /// Never: the patterns are part of this crate.
    #[must_use]
    pub fn new() -> Self {
        let rules = rules();
        let scanner = |action: &MatchAction| {
            let configured: Vec<_> = rules.iter().map(|rule| configured(rule, action.clone())).collect();
            Scanner::builder(&configured).build().expect("the scanner takes the fifteen rules")
        };
        Self {
            kinds: rules.iter().map(Rule15::kind).collect(),
            masking: scanner(&MatchAction::Redact { replacement: "***".to_owned() }),
            finding: scanner(&MatchAction::None),
        }
    }
}

impl Default for Datadog {
    fn default() -> Self {
        Self::new()
    }
}

fn configured(rule: &Rule15, action: MatchAction) -> RootRuleConfig<Arc<dyn RuleConfig>> {
    let validator = match rule.check.as_deref() {
        Some("cn_id") => Some(SecondaryValidator::ChineseIdChecksum),
        Some("luhn") => Some(SecondaryValidator::LuhnChecksum),
        // It has none for credit codes.
        _ => None,
    };
    let mut config = RegexRuleConfig::new(&rule.pattern).with_validator(validator);
    if !rule.keywords.is_empty() {
        config = config.with_proximity_keywords(ProximityKeywordsConfig {
            look_ahead_character_count: KEYWORD_REACH_BYTES,
            included_keywords: rule.keywords.clone(),
            excluded_keywords: Vec::new(),
        });
    }
    if let Some(group) = &rule.group {
        config = config.with_pattern_capture_group(group);
    }
    RootRuleConfig::new(config.build()).match_action(action)
}

impl Peer for Datadog {
    fn name(&self) -> &'static str {
        "dd-sensitive-data-scanner"
    }

    fn mask(&mut self, chunk: &str, out: &mut Vec<u8>) -> usize {
        let mut event = chunk.to_owned();
        let count = self.masking.scan(&mut event).expect("a chunk is scanned").len();
        *out = event.into_bytes();
        count
    }

    fn find(&mut self, chunk: &str, base: usize, found: &mut Vec<Span>) {
        let matches = self.finding.scan(&mut chunk.to_owned()).expect("a chunk is scanned");
        found.extend(
            matches
                .iter()
                .map(|hit| span(base + hit.start_index, base + hit.end_index_exclusive, self.kinds[hit.rule_index])),
        );
    }
}
