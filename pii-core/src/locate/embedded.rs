//! Numbers that nothing sets off: letters touch them (`mobile13800138000`), or another number does.
//!
//! Most digits among letters are pieces of digests, order numbers and codes. So one counts only by a check that chance
//! does not pass, or by a check and a label that touches it; and digits without a mark between them are several numbers
//! only when all of them are accounted for.

use super::context::Surroundings;
use super::numbers::Runs;
use super::token::Token;
use crate::check::Verdict;
use crate::finding::{Finding, Role, Support};
use crate::plan::{FormId, RUN_LIMIT, is_proven};
use crate::rule::Shape;
use crate::validate::{self, Case};
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

/// The shortest digits that begin a number: people write a phone as 138 0013 8000.
const GROUP_AT_LEAST: usize = 3;

/// How many letters the name of a field has that a number touches: shorter ones (`gh`, `zh`, `dh`) begin order numbers,
/// and longer ones are no names.
pub(crate) const NAME_LETTERS: RangeInclusive<usize> = 4..=48;

/// Appends what is inside the first token of `runs`, which is nothing as a whole. Returns where the last of it ends.
pub(super) fn find(runs: &Runs<'_, '_>, out: &mut Vec<Finding>) -> Option<usize> {
    let token = runs.tokens[runs.first];
    let text = runs.context.text;
    let shortest = runs.searcher.plan.proven_lengths().next().unwrap_or(RUN_LIMIT);
    if !token.has_digit || (!token.has_letter && token.len() < 2 * shortest) {
        return None;
    }
    if let Some(end) = behind_han_word(runs, &token, out) {
        return Some(end);
    }
    let mut is_harmless = None;
    let mut furthest = None;
    for core in cores(text, token.start..token.end) {
        let here = within(runs, &token, core.clone());
        let worth_trying =
            here.around.label.is_some() || runs.searcher.plan.may_be_firm(core.len()) || core.len() >= 2 * shortest;
        if !worth_trying || *is_harmless.get_or_insert_with(|| runs.is_harmless_between(runs.first, runs.first)) {
            continue;
        }
        let found = alone(&here, core.clone(), out).or_else(|| side_by_side(&here, core, out));
        furthest = found.or(furthest);
    }
    furthest
}

/// What stands in the token behind a Chinese word that ends in a letter (沪A, B股账号A): all of a value, letters too.
fn behind_han_word(runs: &Runs<'_, '_>, token: &Token, out: &mut Vec<Finding>) -> Option<usize> {
    let start = runs.context.end_of_han_word_in(token.start..token.end)?;
    let around = runs.context.around(start, None);
    let rest = Token { start, has_letter: false, ..*token };
    let behind = runs.tokens[runs.first + 1..].iter().take(RUN_LIMIT).take_while(|token| token.joined_by != 0);
    let tokens: Vec<Token> = std::iter::once(rest).chain(behind.copied()).collect();
    Runs { tokens: &tokens, first: 0, around, is_embedded: false, ..*runs }.search(out)
}

/// The stretches of digits in a token, each with an `x` behind it that may be a check character.
fn cores(text: &[u8], token: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_core = |b: u8| b.is_ascii_digit() || matches!(b, b'x' | b'X');
    let mut at = token.start;
    std::iter::from_fn(move || {
        while at < token.end {
            let start = at + text[at..token.end].iter().position(u8::is_ascii_digit)?;
            let length = text[start..token.end].iter().take_while(|&&b| is_core(b)).count();
            at = start + length;
            if length >= GROUP_AT_LEAST {
                return Some(start..at);
            }
        }
        None
    })
}

/// The surroundings of a core and the run of tokens that begins with it.
struct Here<'a, 'e> {
    runs: &'a Runs<'a, 'e>,
    around: Surroundings<'a>,
    token: Token,
}

/// What is said about a core: by a word that touches it or its token, or by a field's name that it follows.
fn within<'a, 'e>(runs: &'a Runs<'a, 'e>, token: &Token, core: Range<usize>) -> Here<'a, 'e> {
    let text = runs.context.text;
    let name = &text[token.start..core.start];
    let is_name = NAME_LETTERS.contains(&name.len()) && name.iter().all(u8::is_ascii_alphabetic);
    let named = || {
        let label = if is_name { runs.context.labels.of_field(name) } else { None };
        label.map(|label| (runs.context.labels.get(label), Support::Word))
    };
    let mut around = runs.context.around(core.start, None);
    around.label = around.label.or_else(named).or(runs.around.label);
    around.near = None;
    Here { runs, around, token: *token }
}

/// The core as one number, with the groups behind it where it ends its token.
fn alone(here: &Here<'_, '_>, core: Range<usize>, out: &mut Vec<Finding>) -> Option<usize> {
    let text = here.runs.context.text;
    let digits = core.start..core.start + text[core.clone()].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = (core != digits).then(|| core.clone());
    [Some(digits), whole].into_iter().flatten().filter_map(|piece| one(here, piece, out)).max()
}

fn one(here: &Here<'_, '_>, piece: Range<usize>, out: &mut Vec<Finding>) -> Option<usize> {
    let goes_on = piece.end == here.token.end && here.around.names_a_kind();
    let first = Token { start: piece.start, end: piece.end, has_digit: true, ..Token::default() };
    let behind = &here.runs.tokens[here.runs.first + 1..];
    let groups = behind.iter().take(RUN_LIMIT).take_while(|token| goes_on && token.joined_by != 0);
    let tokens: Vec<Token> = std::iter::once(first).chain(groups.copied()).collect();
    let runs = Runs { tokens: &tokens, first: 0, around: here.around, is_embedded: true, ..*here.runs };
    runs.search(out)
}

/// The core as several numbers without a mark between them: each one has a form whose check proves it, and nothing is
/// left over.
fn side_by_side(here: &Here<'_, '_>, core: Range<usize>, out: &mut Vec<Finding>) -> Option<usize> {
    let text = here.runs.context.text;
    let value = text[core.clone()].to_ascii_uppercase();
    let numbers = cut(here.runs, &value)?;
    // An X within the core is a check character and no letter that touches it.
    let glued = core != (here.token.start..here.token.end) && !here.around.names_a_kind();
    let contradicted =
        [&here.runs.around, &here.around].into_iter().any(|around| here.runs.context.contradicts(around, core.end));
    let before = out.len();
    for (span, id) in numbers {
        let labelled = here.around.says(id.rule);
        let (support, role) = labelled.unwrap_or((Support::Alone, Role::Unknown));
        let named_otherwise = labelled.is_none() && here.around.names_a_kind();
        let case = Case { verdict: Some(Verdict::Valid), support, role, contradicted, named_otherwise, glued };
        let span = core.start + span.start..core.start + span.end;
        out.extend(validate::finding(here.runs.searcher.rules, id, span, &case));
    }
    (out.len() > before).then_some(core.end)
}

/// Cuts `value` into numbers that are proven by their checks, if it can be cut without a rest. Linear in its length: a
/// place that is reached twice is left once.
fn cut(runs: &Runs<'_, '_>, value: &[u8]) -> Option<Vec<(Range<usize>, FormId)>> {
    let mut reached: BTreeMap<usize, (usize, FormId)> = BTreeMap::new();
    let mut at = 0;
    while at < value.len() {
        for length in runs.searcher.plan.proven_lengths().filter(|length| at + length <= value.len()) {
            if let Some(id) = proven(runs, &value[at..at + length]) {
                reached.entry(at + length).or_insert((at, id));
            }
        }
        at = *reached.range(at + 1..).next()?.0;
    }
    let mut numbers = Vec::new();
    let mut end = value.len();
    while end > 0 {
        let (start, id) = reached.get(&end).copied()?;
        numbers.push((start..end, id));
        end = start;
    }
    numbers.reverse();
    Some(numbers)
}

/// The form that proves a number by its check.
fn proven(runs: &Runs<'_, '_>, number: &[u8]) -> Option<FormId> {
    let fits = |id: FormId| {
        let form = &runs.searcher.rules.at(id.rule).forms[usize::from(id.form)];
        let Shape::Token(shape) = &form.shape else { return false };
        is_proven(form) && shape.fits(number) && form.check.is_some_and(|check| check(number) == Verdict::Valid)
    };
    let forms = runs.searcher.plan.of_length(number.len()).iter();
    forms.filter(|candidate| candidate.prefix.is_none()).map(|candidate| candidate.id).find(|id| fits(*id))
}
