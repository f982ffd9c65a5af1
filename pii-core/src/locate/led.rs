//! Candidates that a label leads to: what stands right behind a word, before a word, or alone in a field.

use super::context::Context;
use super::{Searcher, bridge};
use crate::finding::{Finding, Role, Support};
use crate::kind::Class;
use crate::mask;
use crate::plan::FormId;
use crate::recognise::{address, biometric, name};
use crate::rule::{Label, Recogniser, Shape, THRESHOLD, WordHit};
use crate::validate::{self, Case};
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::ops::Range;

/// How far behind a label a value is looked for, in bytes.
const VALUE_LIMIT_BYTES: usize = 4096;

/// Appends what labels lead to.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, out: &mut Vec<Finding>) {
    for hit in context.hits {
        if let Some(id) = hit.label.before {
            for &(rule, role) in &context.labels.get(id).kinds {
                for &form in searcher.plan.led_by(rule) {
                    behind(searcher, context, hit, form, role, out);
                }
            }
        }
        if let Some(id) = hit.label.after {
            for &(rule, _) in &context.labels.get(id).kinds {
                for &form in searcher.plan.led_by(rule) {
                    before(searcher, context, hit, form, out);
                }
            }
        }
    }
    for id in context.evidence.fields() {
        for &(rule, role) in &context.labels.get(id).kinds {
            for &form in searcher.plan.led_by(rule) {
                whole(searcher, context, form, role, Support::Field, out);
            }
        }
    }
    if let Some(rule) = context.evidence.column {
        for &form in searcher.plan.led_by(rule) {
            whole(searcher, context, form, Role::Unknown, Support::Column, out);
        }
    }
}

/// A value that begins right behind the word.
fn behind(s: &Searcher<'_>, context: &Context<'_>, hit: &WordHit, id: FormId, role: Role, out: &mut Vec<Finding>) {
    let at = bridge::end(context.text, hit.end);
    let text = &context.text[..context.text.len().min(at + VALUE_LIMIT_BYTES)];
    if at >= text.len() {
        return;
    }
    let assigned = at > hit.end;
    let support = if hit.is_field { Support::Field } else { Support::Word };
    let span = match &s.rules.at(id.rule).forms[usize::from(id.form)].shape {
        Shape::AfterLabel(regex) => after_label(regex, text, at),
        Shape::Recogniser(Recogniser::PersonName) => behind_name_cue(text, at, is_vague(context, hit)),
        Shape::Recogniser(Recogniser::Address) => address::after_label(text, at).map(|found| found.span),
        Shape::Recogniser(Recogniser::Biometric) if assigned => biometric::behind_label(text, at),
        _ => None,
    };
    let stands = |span: &Range<usize>| {
        let masked = mask::looks_masked(&text[span.clone()]) || mask::is_beside_stars(text, span.start, span.end);
        let part = hit.is_field && is_vague(context, hit) && goes_on(text, span.end);
        !masked && !part
    };
    let Some(span) = span.filter(stands) else { return };
    push_case(s, id, span, Case { support, role, ..Case::default() }, out);
}

/// A name behind a cue. Behind one that stands before other things too, Latin letters are a name when they are written as
/// one: `Name: Zhang San`, but not `name: closePosition`.
fn behind_name_cue(text: &[u8], at: usize, vague: bool) -> Option<Range<usize>> {
    if vague && !text.get(at)?.is_ascii_uppercase() {
        return name::after_cue(text, at, name::Cue::Phrase).map(|found| found.span);
    }
    let span = name::after_cue(text, at, name::Cue::Label)?.span;
    (!vague || capitalised(&text[span.clone()]) > 1).then_some(span)
}

/// How many words begin with a capital letter.
fn capitalised(text: &[u8]) -> usize {
    text.split(|&b| b == b' ').filter(|word| word.first().is_some_and(u8::is_ascii_uppercase)).count()
}

/// Whether the word stands before other things too.
fn is_vague(context: &Context<'_>, hit: &WordHit) -> bool {
    hit.label.before.is_some_and(|id| context.labels.get(id).vague)
}

/// Whether the value of a field has more in it than ends at `end`: 张裕 in `"name":"张裕A"` is no person.
fn goes_on(text: &[u8], end: usize) -> bool {
    text.get(end).is_some_and(|&b| b.is_ascii_alphanumeric() || matches!(b, 0xE3..=0xE9))
}

/// A name that ends right before the word, or before a bracket or an underscore that joins the two.
fn before(s: &Searcher<'_>, context: &Context<'_>, hit: &WordHit, id: FormId, out: &mut Vec<Finding>) {
    if !matches!(s.rules.at(id.rule).forms[usize::from(id.form)].shape, Shape::Recogniser(Recogniser::PersonName)) {
        return;
    }
    let joined = context.text[..hit.start].strip_suffix(b"_").map_or(hit.start, <[u8]>::len);
    if let Some(found) = name::before_cue(context.text, joined, 0) {
        if name::is_surname(&String::from_utf8_lossy(&context.text[found.span.clone()])) {
            return;
        }
        push_case(s, id, found.span, Case { support: Support::Word, ..Case::default() }, out);
    }
}

/// A value that stands alone in its field.
fn whole(s: &Searcher<'_>, context: &Context<'_>, id: FormId, role: Role, support: Support, out: &mut Vec<Finding>) {
    let text = context.text;
    let lead = text.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(text.len());
    let value = text[lead..].trim_ascii_end();
    if value.is_empty() || mask::looks_masked(value) {
        return;
    }
    let span = match &s.rules.at(id.rule).forms[usize::from(id.form)].shape {
        // A field's value goes as a whole when what may follow a label is at its beginning; a credential goes in any case.
        Shape::AfterLabel(regex) => {
            let goes = s.rules.at(id.rule).class == Class::FOUR || after_label(regex, value, 0).is_some();
            goes.then_some(0..value.len())
        }
        Shape::Recogniser(Recogniser::PersonName) => {
            let is_sure = |label: &Label| label.names(id.rule) && !label.vague;
            let sure = context.evidence.fields().any(|field| is_sure(context.labels.get(field)));
            let latin = value.first().is_some_and(u8::is_ascii_uppercase) && capitalised(value) > 1;
            name::whole(value, sure || (latin && support == Support::Field)).map(|found| found.span)
        }
        Shape::Recogniser(Recogniser::Address) => address::whole(value).map(|found| found.span),
        Shape::Recogniser(Recogniser::Biometric) => biometric::whole(value, true).map(|_| 0..value.len()),
        _ => None,
    };
    if let Some(span) = span {
        push_case(s, id, lead + span.start..lead + span.end, Case { support, role, ..Case::default() }, out);
    }
}

fn after_label(regex: &Regex, text: &[u8], at: usize) -> Option<Range<usize>> {
    let input = Input::new(text).range(at..).anchored(Anchored::Yes);
    regex.find(input).map(|found| found.range()).filter(|range| !range.is_empty())
}

fn push_case(s: &Searcher<'_>, id: FormId, span: Range<usize>, case: Case, out: &mut Vec<Finding>) {
    out.extend(validate::finding(s.rules, id, span, &case));
}

/// A finding that a recogniser is sure of by itself.
pub(super) fn push(
    s: &Searcher<'_>,
    id: FormId,
    span: Range<usize>,
    confidence: f32,
    support: Support,
    out: &mut Vec<Finding>,
) {
    if confidence < THRESHOLD {
        return;
    }
    // The rule's confidence for a label counts as the highest that a recogniser can reach.
    let case = Case { support: Support::Word, ..Case::default() };
    if let Some(mut found) = validate::finding(s.rules, id, span, &case) {
        found.confidence = found.confidence.min(confidence);
        found.reasons.support = support;
        out.push(found);
    }
}
