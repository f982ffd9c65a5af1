//! Overlaps: of several readings of the same characters one is kept, always the same one.

use crate::finding::Finding;
use crate::kind::Class;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

/// How much a reading gains that holds another one inside it: an e-mail address that holds a phone number is an address.
const HOLDS_ANOTHER: f32 = 0.1;

/// Keeps of `findings[from..]` those that win, in order of position.
///
/// The surer reading wins; then the kind of higher priority, the longer span, the earlier one, the kind's name.
pub(crate) fn resolve(findings: &mut Vec<Finding>, from: usize) {
    if findings.len() - from > 1 {
        let mut rest = findings.split_off(from);
        rest.sort_by(|a, b| a.span.start.cmp(&b.span.start).then(b.span.end.cmp(&a.span.end)));
        for cluster in clusters(&mut rest) {
            keep_winners(cluster, findings);
        }
    }
    findings[from..].sort_by_key(|f| f.span.start);
}

/// Runs of findings that touch each other, sorted by position.
fn clusters(sorted: &mut [Finding]) -> impl Iterator<Item = &mut [Finding]> {
    sorted.chunk_by_mut({
        let mut reach = 0;
        move |a, b| {
            reach = reach.max(a.span.end);
            let touches = b.span.start < reach;
            if !touches {
                reach = 0;
            }
            touches
        }
    })
}

fn keep_winners(cluster: &mut [Finding], kept: &mut Vec<Finding>) {
    if let [only] = cluster {
        kept.push(only.clone());
        return;
    }
    let weights: Vec<f32> = (0..cluster.len()).map(|index| weight(&cluster[index..])).collect();
    let mut order: Vec<usize> = (0..cluster.len()).collect();
    order.sort_by(|&a, &b| better(&cluster[a], weights[a], &cluster[b], weights[b]));
    // Where the winners so far begin and end. They don't overlap, so only the last that begins before a candidate's end
    // can stand in its way.
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut secrets: Vec<usize> = Vec::new();
    for index in order {
        let candidate = &cluster[index];
        let last = taken.range(..candidate.span.end).next_back();
        if last.is_none_or(|(_, end)| *end <= candidate.span.start) {
            taken.insert(candidate.span.start, candidate.span.end);
            kept.push(candidate.clone());
        } else if candidate.class == Class::FOUR {
            secrets.push(index);
        }
    }
    for index in secrets {
        if let Some(span) = left_over(&cluster[index].span, &taken) {
            taken.insert(span.start, span.end);
            kept.push(Finding { span, ..cluster[index].clone() });
        }
    }
}

/// What stays of a credential when one winner takes its end or its beginning: the rest of a token is as secret as the token,
/// and nothing else is known about it. Where several do, or one stands inside it, it was hardly one.
fn left_over(span: &Range<usize>, taken: &BTreeMap<usize, usize>) -> Option<Range<usize>> {
    let mut reaching = taken.range(..span.end).rev().take_while(|(_, end)| **end > span.start);
    let (start, end) = reaching.next().map(|(start, end)| (*start, *end))?;
    match reaching.next() {
        None if span.start < start && span.end < end => Some(span.start..start),
        None if start < span.start && end < span.end => Some(end..span.end),
        _ => None,
    }
}

/// How much the first of `sorted` weighs. What it holds begins behind it: findings are sorted by where they begin, the
/// longer one first.
fn weight(sorted: &[Finding]) -> f32 {
    let finding = &sorted[0];
    let mut inside = sorted[1..].iter().take_while(|other| other.span.start < finding.span.end);
    let holds = |other: &Finding| {
        other.kind != finding.kind && other.span.end <= finding.span.end && other.span.len() < finding.span.len()
    };
    finding.confidence + if inside.any(holds) { HOLDS_ANOTHER } else { 0.0 }
}

fn better(a: &Finding, a_weight: f32, b: &Finding, b_weight: f32) -> Ordering {
    b_weight
        .total_cmp(&a_weight)
        .then(b.priority.cmp(&a.priority))
        .then(b.span.len().cmp(&a.span.len()))
        .then(a.span.start.cmp(&b.span.start))
        .then(a.kind.cmp(&b.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Reasons, Role};
    use crate::kind::Kind;
    use proptest::prelude::*;

    fn finding((start, length, kind, confidence): (usize, usize, u8, u8)) -> Finding {
        Finding {
            rule: 0,
            form: 0,
            kind: Kind::new(["first", "second", "third"][usize::from(kind)]).expect("a name"),
            class: Class::TWO,
            span: start..start + length,
            confidence: f32::from(confidence) / 10.0,
            priority: 0,
            role: Role::Unknown,
            reasons: Reasons::default(),
            about: false,
        }
    }

    /// The same as [`resolve`], every finding compared with every other.
    fn resolve_slowly(findings: &[Finding]) -> Vec<Finding> {
        let overlap = |a: &Finding, b: &Finding| a.span.start < b.span.end && b.span.start < a.span.end;
        let inside = |a: &Finding, b: &Finding| {
            a.kind != b.kind && a.span.start <= b.span.start && b.span.end <= a.span.end && b.span.len() < a.span.len()
        };
        let weight =
            |a: &Finding| a.confidence + if findings.iter().any(|b| inside(a, b)) { HOLDS_ANOTHER } else { 0.0 };
        let mut order: Vec<&Finding> = findings.iter().collect();
        order.sort_by(|a, b| better(a, weight(a), b, weight(b)));
        let mut kept: Vec<Finding> = Vec::new();
        for candidate in order {
            if !kept.iter().any(|winner| overlap(winner, candidate)) {
                kept.push(candidate.clone());
            }
        }
        kept.sort_by_key(|winner| winner.span.start);
        kept
    }

    #[test]
    fn the_rest_of_a_credential_stays_secret() {
        let secret = |start, length| Finding { class: Class::FOUR, ..finding((start, length, 0, 5)) };
        let resolved = |findings: &[Finding]| {
            let mut findings = findings.to_vec();
            resolve(&mut findings, 0);
            findings.into_iter().map(|found| (found.span, found.class)).collect::<Vec<_>>()
        };
        let winner = finding((10, 10, 1, 9));
        for (loser, spans) in [
            (secret(2, 12), vec![(2..10, Class::FOUR), (10..20, Class::TWO)]),
            (secret(15, 9), vec![(10..20, Class::TWO), (20..24, Class::FOUR)]),
            (secret(2, 30), vec![(10..20, Class::TWO)]),
            (secret(12, 4), vec![(10..20, Class::TWO)]),
            (secret(2, 18), vec![(10..20, Class::TWO)]),
            (secret(10, 14), vec![(10..20, Class::TWO)]),
            (finding((2, 12, 0, 5)), vec![(10..20, Class::TWO)]),
        ] {
            assert_eq!(resolved(&[winner.clone(), loser]), spans);
        }
        let two = [winner, finding((0, 4, 1, 9)), secret(2, 12)];
        assert_eq!(resolved(&two), [(0..4, Class::TWO), (10..20, Class::TWO)]);
    }

    proptest! {
        #[test]
        fn looking_up_overlaps_keeps_what_comparing_all_of_them_keeps(
            drawn in prop::collection::vec((0usize..60, 1usize..20, 0u8..3, 5u8..10), 0..40),
        ) {
            let mut findings: Vec<Finding> = drawn.into_iter().map(finding).collect();
            let slowly = resolve_slowly(&findings);
            resolve(&mut findings, 0);
            prop_assert_eq!(findings, slowly);
        }
    }
}
