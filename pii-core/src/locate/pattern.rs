//! Candidates by regular expression: plates, addresses of machines and mailboxes, numbers with brackets in them.

use super::Searcher;
use super::context::Context;
use super::token::Token;
use crate::check::Verdict;
use crate::finding::{Finding, Role, Support};
use crate::mask;
use crate::plan::FormId;
use crate::rule::{Counts, PatternShape, Shape};
use crate::validate::{self, Case};
use regex_automata::{Anchored, Input};
use std::cell::LazyCell;

/// The longest canonical value of a pattern that a check looks at, in bytes.
const CHECKED_LIMIT_BYTES: usize = 64;

/// Appends what the patterns find in a line.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, tokens: &[Token], out: &mut Vec<Finding>) {
    let counts = LazyCell::new(|| Counts::of(context.text));
    let tokens = tokens.iter().map(|token| (token.start, token.end));
    let form = |id: FormId| &searcher.rules.at(id.rule).forms[usize::from(id.form)];
    let may_begin = |id: FormId, at: usize| match &form(id).shape {
        Shape::Pattern(shape) => shape.may_begin_around(context.text, at),
        _ => false,
    };
    for id in searcher.plan.patterns_among(context.text, tokens, may_begin) {
        let form = form(id);
        let Shape::Pattern(shape) = &form.shape else { continue };
        if !shape.needs.are_met(&counts, context.text) {
            continue;
        }
        let triggered =
            shape.triggers.is_empty() || shape.triggers.iter().any(|trigger| trigger.find(context.text).is_some());
        if !triggered {
            continue;
        }
        each_match(shape, context.text, |start, end| {
            if is_inside_a_word(context.text, start, end) {
                return;
            }
            let around = context.around(start, None);
            let labelled = around.says(id.rule);
            let near = around.near.and_then(|label| label.role_for(id.rule)).map(|role| (Support::Near, role));
            let column = (around.column == Some(id.rule)).then_some((Support::Column, Role::Unknown));
            let (support, role) = labelled.or(column).or(near).unwrap_or_default();
            let verdict = form.check.map(|check| {
                let mut buffer = [0; CHECKED_LIMIT_BYTES];
                check(canonical(&context.text[start..end], &mut buffer))
            });
            if verdict < Some(Verdict::Likely) && mask::is_beside_stars(context.text, start, end) {
                return;
            }
            let harmless = searcher.rules.harmless().is(&context.text[start..end]);
            let glued = is_glued(context.text, start, end);
            let contradicted = context.contradicts(&around, end) || harmless;
            let case = Case { verdict, support, role, contradicted, glued, ..Case::default() };
            out.extend(validate::finding(searcher.rules, id, start..end, &case));
        });
    }
}

/// Calls `found` with the value of each match.
fn each_match(shape: &PatternShape, text: &[u8], mut found: impl FnMut(usize, usize)) {
    if shape.group == 0 {
        for hit in shape.regex.find_iter(text) {
            found(hit.start(), hit.end());
        }
        return;
    }
    let mut groups = shape.regex.create_captures();
    let mut at = 0;
    while at < text.len() {
        shape.regex.captures(Input::new(text).range(at..).anchored(Anchored::No), &mut groups);
        let Some(hit) = groups.get_match() else { break };
        if let Some(value) = groups.get_group(shape.group) {
            found(value.start, value.end);
        }
        at = hit.end().max(at + 1);
    }
}

/// Whether the match begins or ends in the middle of a run of letters and digits.
fn is_inside_a_word(text: &[u8], start: usize, end: usize) -> bool {
    let joined = |a: u8, b: u8| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric();
    start >= end
        || (start > 0 && joined(text[start - 1], text[start]))
        || (end < text.len() && joined(text[end - 1], text[end]))
}

/// Whether the match is a piece of something that dashes or underscores hold together (a UUID). What holds an `@` is none:
/// behind it an underscore only sets off what was written there, `zhangsan@example.com_20240101`.
fn is_glued(text: &[u8], start: usize, end: usize) -> bool {
    if text[start..end].contains(&b'@') {
        return false;
    }
    let glue = |b: u8| matches!(b, b'-' | b'_');
    let before = start > 1 && glue(text[start - 1]) && text[start - 2].is_ascii_alphanumeric();
    let after = end + 1 < text.len() && glue(text[end]) && text[end + 1].is_ascii_alphanumeric();
    before || after
}

/// The value as its check wants it: upper case, without spaces, dashes and brackets (full-width ones are EF BC 88 and
/// EF BC 89); dots and colons stay.
fn canonical<'b>(value: &[u8], buffer: &'b mut [u8; CHECKED_LIMIT_BYTES]) -> &'b [u8] {
    let mut len = 0;
    let kept =
        value.iter().filter(|b| !matches!(b, b' ' | b'(' | b')' | b'-' | b'[' | b']' | 0xEF | 0xBC | 0x88 | 0x89));
    for byte in kept.take(CHECKED_LIMIT_BYTES) {
        buffer[len] = byte.to_ascii_uppercase();
        len += 1;
    }
    &buffer[..len]
}
