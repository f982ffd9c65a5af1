//! Which findings are where the message goes: those of fields that are listed and hold nothing else.

use super::Counted;
use crate::record::Found;
use pii_core::Standing;
use std::collections::HashMap;
use std::sync::Arc;

/// Marks them. All findings of a text are in one record, unless it was too long to be waited for: then none of them is.
pub(super) fn mark(counted: &mut [Counted], founds: &[Found]) {
    let text_of = |found: &Found| found.routing.as_ref().map(|(text, _)| Arc::as_ptr(text));
    let mut counts = vec![false; founds.len()];
    counted.iter().for_each(|counted| counts[counted.nth] = true);
    // What stands in each text. An exempt value is no finding, and is nothing else that the message says either.
    let mut texts: HashMap<_, Vec<usize>> = HashMap::new();
    for (nth, found) in founds.iter().enumerate() {
        if let Some(text) = text_of(found) {
            texts.entry(text).or_default().push(nth);
        }
    }
    texts.retain(|_, inside| {
        let routes = |found: &Found| {
            found.routing.as_ref().is_some_and(|(text, _)| text.take(found.finding.kind(), found.value()))
        };
        inside.iter().all(|nth| !counts[*nth] || routes(&founds[*nth])) && is_nothing_else(founds, inside)
    });
    for counted in counted {
        if text_of(&founds[counted.nth]).is_some_and(|text| texts.contains_key(&text)) {
            counted.standing = Standing::Routing;
        }
    }
}

/// Whether all of a text is in the findings `inside` it.
fn is_nothing_else(founds: &[Found], inside: &[usize]) -> bool {
    let within = inside.iter().filter_map(|nth| {
        let (text, span) = founds[*nth].routing.as_ref()?;
        Some((text, (span.clone(), founds[*nth].finding.kind())))
    });
    let (texts, mut spans): (Vec<_>, Vec<_>) = within.unzip();
    spans.sort_by_key(|(span, _)| span.start);
    texts.first().is_some_and(|text| text.are_all(&spans))
}
