//! Rules that never apply, because a later one of the same file always does where they do.

use super::error::Warning;
use super::field::Field;
use super::known::Known;
use super::rule::PolicyRule;
use crate::Class;

/// A warning for each rule that a later one of `rules`, all of one file, covers.
pub(super) fn unreachable(rules: &[PolicyRule], known: &Known<'_>) -> Vec<Warning> {
    let warning = |(index, rule): (usize, &PolicyRule)| {
        let covering = rules[index + 1..].iter().find(|later| covers(later, rule, known))?;
        let message = format!(
            "this rule never applies: the rule of line {} applies wherever it does, and the last one wins; \
             move it below, or take it out",
            covering.line
        );
        Some(Warning { file: rule.file().to_owned(), line: rule.line, message })
    };
    rules.iter().enumerate().filter_map(warning).collect()
}

fn covers(later: &PolicyRule, earlier: &PolicyRule, known: &Known<'_>) -> bool {
    let outlives = later.expires.is_none_or(|last| earlier.expires.is_some_and(|first| first <= last));
    outlives
        && includes(&later.channels, &earlier.channels, |later, earlier| known.is_on(earlier, later))
        && includes(&later.recipients, &earlier.recipients, |later, earlier| later.eq_ignore_ascii_case(earlier))
        && includes(&later.purposes, &earlier.purposes, |later, earlier| later.eq_ignore_ascii_case(earlier))
        && includes(&later.fields, &earlier.fields, Field::covers)
        && includes(&later.kinds, &earlier.kinds, PartialEq::eq)
        && (later.role.is_none() || later.role == earlier.role)
        && (!later.about || earlier.about)
        && covers_classes(later, earlier, known)
}

/// An empty list is no condition, so it includes everything. `covers` says of two words whether the later one holds wherever the
/// earlier one does.
fn includes<T>(later: &[T], earlier: &[T], covers: impl Fn(&T, &T) -> bool) -> bool {
    let is_covered = |one| later.iter().any(|other| covers(other, one));
    later.is_empty() || (!earlier.is_empty() && earlier.iter().all(is_covered))
}

fn covers_classes(later: &PolicyRule, earlier: &PolicyRule, known: &Known<'_>) -> bool {
    let holds = |class: Class| later.classes[usize::from(class.level()) - 1];
    if later.classes.iter().zip(earlier.classes).all(|(later, earlier)| *later || !earlier) {
        return true;
    }
    // A kind's values are of its class, except for organisations, of which some are persons.
    !earlier.kinds.is_empty()
        && earlier
            .kinds
            .iter()
            .all(|kind| known.class_of(*kind).is_some_and(|class| class != Class::ONE && holds(class)))
}
