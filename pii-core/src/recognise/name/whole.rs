//! A name that is all of a value: a field, a cell of a row.

use super::reading::{all_name, name_cost, surname_length};
use super::refuse::{is_no_person, title_at_end};
use super::run::Run;
use super::tables::{Part, given, is_no_name_alone, surname, word};
use super::{Form, NameMatch, han_form, latin};
use std::ops::Range;

/// How far a field that may hold a name speaks for one, in steps.
const FIELD: i32 = 4;
/// Surnames dearer than this are too rare to be believed without any evidence.
pub(super) const RARE_SURNAME: u32 = 24;
/// Given names dearer than this are too odd to be believed without any evidence.
const RARE_NAME: u32 = 56;
/// The longest value that is looked at, in bytes.
const VALUE_LIMIT: usize = 96;

/// The name that `value` is, white space around it left out; `None` when it is something else.
///
/// `sure_field`: the field's name says that it holds a person's name, so any two to fifteen Han characters and Latin
/// names count, unless they name an organisation or nobody.
pub(crate) fn whole(value: &[u8], sure_field: bool) -> Option<NameMatch> {
    let range = trimmed(value);
    if range.len() > VALUE_LIMIT || range.is_empty() {
        return None;
    }
    let text = &value[..range.end];
    if text[range.start].is_ascii_alphabetic() {
        return if sure_field { latin::whole(text, range.start) } else { None };
    }
    let run = Run::forward(text, range.start);
    if run.end() != range.end && sure_field && is_remark(&text[run.end()..]) {
        return whole(&text[..run.end()], sure_field);
    }
    if run.end() != range.end {
        return if sure_field { spaced(text, &run, range) } else { None };
    }
    if is_no_person(run.chars()) {
        return None;
    }
    let count = run.chars().len() - title_at_end(run.chars());
    let chars = &run.chars()[..count];
    if run.has_dot() {
        return is_dotted(chars).then(|| NameMatch {
            span: run.span(0..count),
            confidence: if sure_field { 0.95 } else { 0.7 },
            form: Form::Minority,
        });
    }
    let gain = all_name(chars);
    let stands = if sure_field {
        (2..=15).contains(&count) && !(gain.is_none() && is_plain_words(chars))
    } else {
        count <= 4 && gain.is_some_and(|gain| gain + FIELD >= 0)
    };
    let confidence = if sure_field && gain.is_some() {
        0.95
    } else if sure_field {
        0.8
    } else {
        0.7
    };
    (stands && !is_no_person(chars)).then(|| NameMatch { span: run.span(0..count), confidence, form: han_form(chars) })
}

/// The name that a cell of a row is when nothing says what its column holds: a common surname and a given name of usual
/// characters that is no word. The row's other cells must speak for it.
pub(crate) fn in_row(cell: &[u8]) -> Option<NameMatch> {
    let found = whole(cell, false)?;
    let run = Run::forward(cell, found.span.start);
    let chars = run.chars();
    if found.form == Form::Minority {
        return Some(NameMatch { confidence: 0.5, ..found });
    }
    stands_alone(chars).then_some(NameMatch { confidence: 0.6, ..found })
}

/// Whether characters with nothing before or behind them can hardly be anything but a name: a usual surname, a given
/// name of known characters, and no word.
pub(super) fn stands_alone(chars: &[char]) -> bool {
    let Some(length) = surname_length(chars) else { return false };
    let (family, own) = chars.split_at(length);
    let parts: &[Part] = if own.len() == 1 { &[Part::Only] } else { &[Part::First, Part::Second] };
    let known = own.len() <= 2 && own.iter().zip(parts).all(|(&c, &part)| given(c, part).1);
    let usual = surname(family).is_some_and(|cost| cost <= RARE_SURNAME)
        && name_cost(chars).is_some_and(|cost| cost <= RARE_NAME);
    let is_word = word(chars).is_some() || is_no_name_alone(chars);
    known && usual && !is_word && all_name(chars).is_some_and(|gain| gain >= 0) && !is_no_person(chars)
}

/// Whether all of `rest` is a remark in brackets behind a name: 张三（投资者）.
fn is_remark(rest: &[u8]) -> bool {
    let within = |open: &str, close: &str| {
        let inside = rest.strip_prefix(open.as_bytes()).and_then(|rest| rest.strip_suffix(close.as_bytes()));
        inside.is_some_and(|inside| memchr::memmem::find(inside, close.as_bytes()).is_none())
    };
    within("(", ")") || within("（", "）")
}

/// 张 三 in a field for names.
fn spaced(text: &[u8], run: &Run, range: Range<usize>) -> Option<NameMatch> {
    let mut at = run.end();
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    let own = Run::forward(text, at);
    let fits =
        at > run.end() && own.end() == range.end && run.chars().len() <= 2 && (1..=2).contains(&own.chars().len());
    (fits && surname(run.chars()).is_some() && !is_no_person(own.chars())).then_some(NameMatch {
        span: range,
        confidence: 0.9,
        form: Form::Han,
    })
}

/// Parts of one to fifteen characters with one dot between them.
fn is_dotted(chars: &[char]) -> bool {
    let mut parts = chars.split(|&c| c == '·');
    let count = parts.clone().count();
    (2..=5).contains(&count) && parts.all(|part| (1..=15).contains(&part.len()))
}

/// Whether the characters are one ordinary word or two.
fn is_plain_words(chars: &[char]) -> bool {
    let is_word = |part: &[char]| part.len() > 1 && word(part).is_some();
    is_word(chars) || (2..chars.len().saturating_sub(1)).any(|at| is_word(&chars[..at]) && is_word(&chars[at..]))
}

fn trimmed(value: &[u8]) -> Range<usize> {
    let (mut start, mut end) = (0, value.len());
    loop {
        let rest = &value[start..end];
        if rest.first().is_some_and(u8::is_ascii_whitespace) {
            start += 1;
        } else if rest.last().is_some_and(u8::is_ascii_whitespace) {
            end -= 1;
        } else if rest.starts_with(IDEOGRAPHIC_SPACE) {
            start += 3;
        } else if rest.ends_with(IDEOGRAPHIC_SPACE) {
            end -= 3;
        } else {
            return start..end;
        }
    }
}

const IDEOGRAPHIC_SPACE: &[u8] = "\u{3000}".as_bytes();
