//! The same value once more: what a label gave away in one place is no secret in another.

use super::taken::Taken;
use super::token::Token;
use crate::finding::{Finding, Support};
use crate::occurrences::Occurrences;
use std::ops::Range;

/// Shorter values recur by chance, in bytes.
const SHORTEST_BYTES: usize = 6;

/// So many values of a line are looked for again.
const VALUES_LIMIT: usize = 32;

/// Appends the other places at which the values of `out[from..]` stand in the line.
pub(super) fn find(text: &[u8], tokens: &[Token], from: usize, out: &mut Vec<Finding>) {
    let known = out.len();
    if known == from {
        return;
    }
    let taken = Taken::by(&out[from..]);
    for index in from..known.min(from + VALUES_LIMIT) {
        let found = &out[index];
        if found.reasons.support < Support::Word
            || found.span.len() < SHORTEST_BYTES
            || is_repeated(text, index, from, out)
        {
            continue;
        }
        let value = found.span.clone();
        let template = found.clone();
        if text[value.clone()].iter().all(u8::is_ascii_alphanumeric) {
            let same = tokens.iter().filter(|token| text[token.start..token.end] == text[value.clone()]);
            add(same.map(|token| token.start..token.end), &template, &taken, out);
        } else if !text[value.start].is_ascii() {
            let same = Occurrences::of(&text[value.clone()], text);
            add(same.map(|at| at..at + value.len()), &template, &taken, out);
        }
    }
}

/// Whether an earlier finding of the same text was looked for already.
fn is_repeated(text: &[u8], index: usize, from: usize, out: &[Finding]) -> bool {
    out[from..index].iter().any(|earlier| text[earlier.span.clone()] == text[out[index].span.clone()])
}

fn add(spans: impl Iterator<Item = Range<usize>>, template: &Finding, taken: &Taken, out: &mut Vec<Finding>) {
    out.extend(spans.filter(|span| taken.is_free(span)).map(|span| template.again_at(span)));
}
