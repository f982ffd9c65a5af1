//! Names without a cue that stand right before what is surely somebody's: `张三（身份证号…`, `张三，证券账户…`.

use super::context::Context;
use super::{Searcher, bridge, led};
use crate::finding::{Finding, Support};
use crate::kind::Class;
use crate::recognise::name;

/// What may stand between a name and the number or label behind it.
const CONNECTORS: [&str; 12] = ["（", "(", "：", ":", "，", ",", "、", "_", " ", "-", "/", "|"];

/// The most of them.
const CONNECTORS_LIMIT: usize = 2;

/// A name before a number is surer than a word between two commas and less sure than one behind a label.
const CONFIDENCE: f32 = 0.8;

/// Appends the names that stand right before the findings of `out[from..]`.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, from: usize, out: &mut Vec<Finding>) {
    let Some(id) = searcher.recognised.name else { return };
    for index in from..out.len() {
        if out[index].class < Class::THREE || out[index].kind == searcher.rules.at(id.rule).kind {
            continue;
        }
        let end = before_connectors(context.text, head(context, out[index].span.start));
        if let Some(found) = name::before_cue(context.text, end, 0) {
            led::push(searcher, id, found.span, CONFIDENCE.min(found.confidence), Support::Near, out);
        }
    }
}

/// Where the label of the value at `start` begins, or the value itself.
fn head(context: &Context<'_>, start: usize) -> usize {
    let index = context.hits.partition_point(|hit| hit.end <= start);
    let label = context.hits[..index].last().filter(|hit| bridge::spans(context.text, hit.end, start));
    label.map_or(start, |hit| hit.start)
}

fn before_connectors(text: &[u8], mut end: usize) -> usize {
    for _ in 0..CONNECTORS_LIMIT {
        match CONNECTORS.iter().find(|connector| text[..end].ends_with(connector.as_bytes())) {
            Some(connector) => end -= connector.len(),
            None => break,
        }
    }
    end
}
