//! What was found in an input and what became of it, as a decision counts it: no values, no places.

use pii_core::mask::Profile;
use pii_core::policy::Action;
use pii_core::{Kind, policy};
use pii_formats::{Masker, Output, Report};
use pii_store::trail::{ITEM_LIMIT, Item, Name};
use std::collections::BTreeMap;
use std::path::Path;

/// What a part that was passed on unread counts as.
pub const UNREAD: &str = "uninspected_part";

/// The reason of what was decided and not done, because a route only observes it.
const OBSERVED: &str = "observed";

/// The reason of what a route declares of a field that nobody can read.
const DECLARED: &str = "declared-not-inspected";

/// Counts of what was found. Those of pieces add up to those of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Items(BTreeMap<Sort, Amount>);

/// What counts as one item.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sort {
    kind: &'static str,
    action: &'static str,
    profile: Option<&'static str>,
    /// Why it left in clear: the line of the policy, or the type of a part that nobody read.
    reason: Option<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Amount {
    count: u64,
    least_bits: Option<f64>,
}

impl Items {
    /// Of all that there is in `output`, which `masker` has decided on.
    #[must_use]
    pub fn of(output: &Output, masker: &Masker) -> Self {
        let mut items = Self::default();
        for report in &output.reports {
            let amount = Amount { count: 1, least_bits: report.residual_bits() };
            items.add_one(Sort::of(report, masker), amount);
        }
        output.uninspected.iter().for_each(|part| items.add_unread(&part.media_type));
        items
    }

    /// Adds those of another piece.
    pub fn add(&mut self, other: Self) {
        other.0.into_iter().for_each(|(sort, amount)| self.add_one(sort, amount));
    }

    /// Counts a part of this media type that passes unread.
    pub fn add_unread(&mut self, media_type: &str) {
        let reason = Name::new(media_type);
        let sort = Sort { kind: UNREAD, action: Action::Pass.as_str(), profile: None, reason };
        self.add_one(sort, Amount { count: 1, least_bits: None });
    }

    /// Counts a field that passes unread, and that holds this kind by what its route declares.
    pub fn add_declared(&mut self, kind: Kind) {
        let reason = Name::new(DECLARED);
        let sort = Sort { kind: kind.as_str(), action: Action::Pass.as_str(), profile: None, reason };
        self.add_one(sort, Amount { count: 1, least_bits: None });
    }

    fn add_one(&mut self, sort: Sort, new: Amount) {
        let known = self.0.entry(sort).or_insert(Amount { count: 0, least_bits: None });
        known.count += new.count;
        known.least_bits = match (known.least_bits, new.least_bits) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }

    /// As they stand in a decision. Where there are more sorts than a decision takes ([`ITEM_LIMIT`]), their reasons are left out.
    #[must_use]
    pub fn recorded(&self) -> Vec<Item> {
        if self.0.len() <= ITEM_LIMIT {
            return self.0.iter().filter_map(|(sort, amount)| sort.item(*amount)).collect();
        }
        let mut fewer = Self::default();
        for (sort, amount) in &self.0 {
            fewer.add_one(Sort { reason: None, ..sort.clone() }, *amount);
        }
        fewer.0.iter().filter_map(|(sort, amount)| sort.item(*amount)).collect()
    }
}

impl Sort {
    fn of(report: &Report, masker: &Masker) -> Self {
        let decision = masker.decision(report);
        let profile = decision.map(|decision| decision.profile).filter(|_| report.action == Action::Mask.as_str());
        let is_in_clear = report.action == Action::Pass.as_str();
        let rule = decision.and_then(|decision| decision.rule).filter(|_| is_in_clear);
        let rule = rule.and_then(|rule| masker.policy().policy().rules().get(rule));
        Self {
            kind: report.kind.as_str(),
            action: report.action,
            profile: profile.map(Profile::as_str),
            reason: if report.is_observed() { Name::new(OBSERVED) } else { rule.and_then(line_of) },
        }
    }

    /// `None` for words that are none of the core's, which none is.
    fn item(&self, Amount { count, least_bits }: Amount) -> Option<Item> {
        Some(Item {
            kind: Kind::new(self.kind)?,
            count,
            action: Action::ALL.into_iter().find(|action| action.as_str() == self.action)?,
            profile: self.profile.and_then(|word| Profile::ALL.into_iter().find(|profile| profile.as_str() == word)),
            // Whole bits, and never more than are left.
            residual_bits: least_bits.map(|bits| bits.clamp(0.0, f64::from(u16::MAX)) as u16),
            reason: self.reason.clone(),
        })
    }
}

/// `firm.toml:12`; of a file whose name is no name of a trail `line:12`.
fn line_of(rule: &policy::PolicyRule) -> Option<Name> {
    let file = Path::new(rule.file()).file_name().unwrap_or_default().to_string_lossy();
    let named = Name::new(&format!("{file}:{}", rule.line()));
    named.or_else(|| Name::new(&format!("line:{}", rule.line())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(sorts: u32) -> Items {
        let mut items = Items::default();
        for nth in 0..sorts {
            let reason = Name::new(&format!("firm.toml:{nth}"));
            let sort = Sort { kind: "email", action: "pass", profile: None, reason };
            items.add_one(sort.clone(), Amount { count: 2, least_bits: Some(41.9) });
            items.add_one(sort, Amount { count: 1, least_bits: Some(40.7) });
        }
        items
    }

    #[test]
    fn the_one_that_shows_the_most_counts() {
        let recorded = items(1).recorded();
        assert_eq!((recorded[0].count, recorded[0].residual_bits), (3, Some(40)));
        assert_eq!(recorded[0].reason.as_ref().map(Name::as_str), Some("firm.toml:0"));
    }

    #[test]
    fn more_sorts_than_a_decision_takes_lose_their_reasons_and_no_count() {
        let recorded = items(200).recorded();
        assert_eq!((recorded.len(), recorded[0].count, &recorded[0].reason), (1, 600, &None));
        assert_eq!(items(128).recorded().len(), 128);
    }

    #[test]
    fn pieces_add_up() {
        let mut both = items(3);
        both.add(items(5));
        let mut other = items(5);
        other.add(items(3));
        assert_eq!(both, other);
    }
}
