//! Overlaps: of several readings of the same characters one is kept, always the same one.

use crate::finding::Finding;
use std::cmp::Ordering;

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
    let weights: Vec<f32> = cluster.iter().map(|f| weight(f, cluster)).collect();
    let mut order: Vec<usize> = (0..cluster.len()).collect();
    order.sort_by(|&a, &b| better(&cluster[a], weights[a], &cluster[b], weights[b]));
    let first = kept.len();
    for index in order {
        let candidate = &cluster[index];
        let free =
            kept[first..].iter().all(|k| candidate.span.end <= k.span.start || k.span.end <= candidate.span.start);
        if free {
            kept.push(candidate.clone());
        }
    }
}

fn weight(finding: &Finding, cluster: &[Finding]) -> f32 {
    let holds = |other: &Finding| {
        other.kind != finding.kind
            && finding.span.start <= other.span.start
            && other.span.end <= finding.span.end
            && other.span.len() < finding.span.len()
    };
    finding.confidence + if cluster.iter().any(holds) { HOLDS_ANOTHER } else { 0.0 }
}

fn better(a: &Finding, a_weight: f32, b: &Finding, b_weight: f32) -> Ordering {
    b_weight
        .total_cmp(&a_weight)
        .then(b.priority.cmp(&a.priority))
        .then(b.span.len().cmp(&a.span.len()))
        .then(a.span.start.cmp(&b.span.start))
        .then(a.kind.cmp(&b.kind))
}
