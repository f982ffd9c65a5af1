//! What a pattern tells of its matches before any of it is compiled. The build lays that out for the patterns of this version,
//! with this file, so that none of them is parsed at the start.

use super::needs::{Needs, has_value, is_value};
use super::opening::{Opening, value_group};
use regex_syntax::hir::{Hir, HirKind};

/// What is known of a pattern.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The group that is the value; 0 is the whole match.
    pub(crate) group: usize,
    /// What a text needs to hold a match.
    pub(crate) needs: Needs,
    /// How the first token of its values looks, where all of them have one.
    pub(crate) opening: Option<Opening>,
    /// It asks where a text begins or ends, so that a match in a part of a line need be none in the line.
    pub(crate) asks_for_ends: bool,
    /// Nothing stands before the value in a match that has one, and none asks where a text begins or ends.
    pub(crate) value_first: bool,
}

impl Told {
    pub(super) fn of(pattern: &Hir) -> Self {
        let group = match pattern.kind() {
            // All of a match is its value, and no group has to be looked for.
            HirKind::Capture(all) if all.name.as_deref() == Some("value") => 0,
            _ => value_group(pattern).map_or(0, |group| group.index as usize),
        };
        let asks_for_ends = !pattern.properties().look_set().is_empty();
        Self {
            group,
            needs: Needs::of(pattern),
            opening: Opening::of(pattern),
            asks_for_ends,
            value_first: !asks_for_ends && (!has_value(pattern) || begins_with_value(pattern)),
        }
    }
}

/// Whether nothing stands before the value in a match that has one.
fn begins_with_value(pattern: &Hir) -> bool {
    match pattern.kind() {
        HirKind::Capture(group) => is_value(group) || begins_with_value(&group.sub),
        HirKind::Concat(parts) => parts.first().is_some_and(begins_with_value),
        HirKind::Alternation(branches) => branches.iter().all(|branch| !has_value(branch) || begins_with_value(branch)),
        _ => false,
    }
}
