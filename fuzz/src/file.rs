//! Rule files and policy files that anyone may have written.

use crate::masker::masker;
use pii_core::policy::{Date, Flow, Policy, Query, Role};
use pii_core::{Class, Engine, Kind, Rule, RuleSet};

const NAME: &str = "file.toml";

/// One rule file in so many is tried beside all others too: compiling them takes a hundred times as long as reading one.
const SET_EVERY: usize = 64;

/// A rule file is read, or refused with a line that it has. One that is read goes with the others, and its examples are
/// tried, whether they hold or not.
pub(crate) fn rule(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(error) = Rule::parse(NAME, text) {
        is_told_well(error.file(), Some(error.line()), &error.to_string(), text);
    } else if text.len().is_multiple_of(SET_EVERY) {
        let rules = RuleSet::with(&[(NAME.to_owned(), text.to_owned())]).expect("it is right by itself");
        let _ = Engine::new(rules).broken_examples();
    }
}

/// A policy file is read, or refused with a line that it has. One that is read decides, and explains what it decides.
pub(crate) fn policy(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let rules = masker().engine().rules();
    let kinds: Vec<(Kind, Class)> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    match Policy::parse(NAME, text, &kinds) {
        Err(error) => is_told_well(error.file(), error.line(), &error.to_string(), text),
        Ok(policy) => kinds.iter().for_each(|&(kind, class)| decides(&policy, kind, class)),
    }
}

fn is_told_well(file: &str, line: Option<usize>, told: &str, text: &str) {
    assert_eq!(file, NAME, "{told}");
    let lines = text.split('\n').count();
    assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "no line of {lines}: {told}");
    assert!(told.starts_with(NAME) && !told.trim_end().ends_with(':'), "{told}");
}

fn decides(policy: &Policy, kind: Kind, class: Class) {
    let today = Date::new(2026, 11, 23).expect("a day");
    for channel in [None, Some("sms"), Some("log"), Some("nobody knows it")] {
        let flow = Flow { channel, recipient: None, purpose: None, today };
        let query = Query { kind, class, role: Role::Unknown, field: Some("$.a"), about: false };
        let explained = policy.explain(&flow, &query).decision;
        // What a rule without a recipient and a purpose cannot do, whatever it says.
        let passes = explained.action.as_str() == "pass";
        assert!(!passes || class < Class::THREE, "{kind} passes in clear on {channel:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_without_a_line_is_no_good_one() {
        is_told_well(NAME, Some(2), "file.toml:2:1: no key; write \"kind\"", "a\nb");
        for (line, told) in [(None, "file.toml: no key"), (Some(3), "file.toml:3: no key"), (Some(1), "no key")] {
            assert!(std::panic::catch_unwind(|| is_told_well(NAME, line, told, "a\nb")).is_err(), "{told}");
        }
    }
}
