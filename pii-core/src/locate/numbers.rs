//! Candidates by shape: tokens, and chains of tokens that separators cut a number into.

use super::Searcher;
use super::context::{Context, Surroundings};
use super::token::{Token, is_regular};
use crate::check::Verdict;
use crate::finding::{Finding, Role, Support};
use crate::mask;
use crate::plan::{RUN_LIMIT, TokenForm};
use crate::rule::{Form, Label, Shape, TokenShape};
use crate::validate::{self, Case};

/// Separators between a value and the next one in a list that shares its label: `A/B`, `A、B`, `A和B`.
const LIST_SEPARATORS: [&str; 10] = ["/", "、", "和", "及", "与", "或", " / ", "&", "变更为", "改为"];

/// Appends what the tokens of a line are.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, tokens: &[Token], out: &mut Vec<Finding>) {
    // The label of the last value found, and where that value ended.
    let mut list: Option<(usize, &Label)> = None;
    for first in 0..tokens.len() {
        let start = &tokens[first];
        let inherited = list.filter(|(end, _)| is_list_gap(context.text, *end, start.start)).map(|(_, label)| label);
        let around = context.around(start.start, start.end, inherited);
        if !start.has_digit && around.label.is_none() && around.column.is_none() && !begins_number(tokens, first) {
            continue;
        }
        let mut runs = Runs { searcher, context, tokens, first, around };
        if let Some(end) = runs.search(out)
            && let Some((label, _)) = around.label
        {
            list = Some((end, label));
        }
    }
}

/// Whether a token of letters alone is the head of a number in groups (`E 1234 5678`, `GB29 NWBK …`).
fn begins_number(tokens: &[Token], first: usize) -> bool {
    tokens[first].len() <= 4 && tokens.get(first + 1).is_some_and(|next| next.has_digit && next.joined_by != 0)
}

fn is_list_gap(text: &[u8], from: usize, to: usize) -> bool {
    from < to && LIST_SEPARATORS.iter().any(|separator| text[from..to] == *separator.as_bytes())
}

/// The runs of tokens that begin at one token.
struct Runs<'a, 'e> {
    searcher: &'a Searcher<'e>,
    context: &'a Context<'a>,
    tokens: &'a [Token],
    first: usize,
    around: Surroundings<'a>,
}

impl Runs<'_, '_> {
    /// Tries every run of tokens that begins here. Returns where the longest one that counts ends.
    fn search(&mut self, out: &mut Vec<Finding>) -> Option<usize> {
        let mut canonical = [0u8; RUN_LIMIT];
        let mut length = 0;
        let mut furthest = None;
        for last in self.first..self.tokens.len() {
            let token = &self.tokens[last];
            if last > self.first && token.joined_by == 0 {
                break;
            }
            let Some(room) = canonical.get_mut(length..length + token.len()) else { break };
            room.copy_from_slice(&self.context.text[token.start..token.end]);
            room.make_ascii_uppercase();
            length += token.len();
            if self.supported() || self.searcher.plan.may_stand_alone(length) {
                let run = Run { canonical: &canonical[..length], last };
                if self.forms(&run, out) {
                    furthest = Some(token.end);
                }
            }
        }
        furthest
    }

    fn supported(&self) -> bool {
        self.around.label.is_some() || self.around.near.is_some() || self.around.column.is_some()
    }

    /// Weighs every form that the run may have. Whether any counted.
    fn forms(&self, run: &Run<'_>, out: &mut Vec<Finding>) -> bool {
        let mut counted = false;
        let start = self.tokens[self.first].start;
        let end = self.tokens[run.last].end;
        for candidate in self.searcher.plan.of_length(run.canonical.len()) {
            let rule = self.searcher.rules.at(candidate.id.rule);
            let form = &rule.forms[usize::from(candidate.id.form)];
            let Some((support, role)) = self.support(candidate) else { continue };
            let Shape::Token(shape) = &form.shape else { continue };
            let Some(value) = self.value(candidate, shape, run) else { continue };
            if !self.separators_fit(shape, form, run, support) || !shape.fits(value.canonical) {
                continue;
            }
            // A UUID is a UUID whatever a piece of it passes; a word right beside the value knows better.
            if support < Support::Word && self.is_harmless(run) {
                continue;
            }
            let verdict = form.check.map(|check| check(value.canonical));
            let case = Case {
                verdict,
                support,
                role,
                contradicted: self.contradicted(end),
                named_otherwise: support == Support::Alone && self.around.names_a_kind(),
                glued: self.is_glued(run) || self.is_badly_spelt(form, run, verdict),
            };
            // What is left of a number that was masked already: 110101********1234.
            if verdict < Some(Verdict::Likely) && self.is_masked(start, end) {
                continue;
            }
            let span = start - value.sign..end;
            if let Some(found) = validate::finding(self.searcher.rules, candidate.id, span, &case) {
                out.push(found);
                counted = true;
            }
        }
        counted
    }

    /// What speaks for a form here, and the role that it gives. `None`: nothing, and the form needs something.
    fn support(&self, candidate: &TokenForm) -> Option<(Support, Role)> {
        let rule = candidate.id.rule;
        if let Some((label, support)) = self.around.label
            && let Some(role) = label.role_for(rule)
        {
            return Some((support, role));
        }
        if self.around.column == Some(rule) {
            return Some((Support::Column, Role::Unknown));
        }
        if let Some(role) = self.around.near.and_then(|label| label.role_for(rule)) {
            return Some((Support::Near, role));
        }
        (!candidate.needs_support).then_some((Support::Alone, Role::Unknown))
    }

    /// The canonical value behind the form's prefix. `None` where the prefix does not stand there.
    fn value<'r>(&self, candidate: &TokenForm, shape: &TokenShape, run: &Run<'r>) -> Option<Value<'r>> {
        let start = self.tokens[self.first].start;
        let has_plus = start > 0 && self.context.text[start - 1] == b'+';
        let Some(nth) = candidate.prefix else { return Some(Value { canonical: run.canonical, sign: 0 }) };
        let prefix = &shape.prefixes[usize::from(nth)];
        let (sign, digits) = match prefix.split_first() {
            Some((b'+', digits)) if has_plus => (1, digits),
            Some((b'+', _)) | None => return None,
            Some(_) => (0, prefix.as_slice()),
        };
        run.canonical.strip_prefix(digits).map(|canonical| Value { canonical, sign })
    }

    /// Whether the form allows what separates the run's tokens.
    fn separators_fit(&self, shape: &TokenShape, form: &Form, run: &Run<'_>, support: Support) -> bool {
        if run.last == self.first {
            return true;
        }
        let inner = &self.tokens[self.first + 1..=run.last];
        if !inner.iter().all(|token| shape.separators.has(token.joined_by)) {
            return false;
        }
        // A number that its own check proves may be cut anywhere, if always in the same way. For the others, groups have to
        // look like groups: otherwise a date and a quantity side by side make an account.
        let alike = inner.windows(2).all(|pair| pair[0].joined_by == pair[1].joined_by);
        if form.confidence.firm {
            return alike;
        }
        let alike = alike || (support != Support::Alone && shape.prefixes.len() > 1);
        let sizes = self.tokens[self.first..=run.last].iter().map(Token::len);
        let after_prefix = self.tokens[self.first + 1..=run.last].iter().map(Token::len);
        let has_head = !shape.prefixes.is_empty() || self.tokens[self.first].has_letter;
        let regular = is_regular(sizes) || (has_head && is_regular(after_prefix));
        alike && regular
    }

    fn is_masked(&self, start: usize, end: usize) -> bool {
        mask::is_beside_stars(self.context.text, start, end) || mask::looks_masked(&self.context.text[start..end])
    }

    /// What stands beside the run says that it is harmless.
    fn contradicted(&self, end: usize) -> bool {
        let unit = self.context.around(self.tokens[self.first].start, end, None).unit;
        Surroundings { unit, ..self.around }.contradicted()
    }

    /// The run, with all that is joined to it, is harmless by its own form (a UUID, a hot line).
    fn is_harmless(&self, run: &Run<'_>) -> bool {
        let joined = |token: &Token| matches!(token.joined_by, b'-' | b'.');
        let mut first = self.first;
        while first > 0 && joined(&self.tokens[first]) && self.first - first < 8 {
            first -= 1;
        }
        let mut last = run.last;
        while last + 1 < self.tokens.len() && joined(&self.tokens[last + 1]) && last - run.last < 8 {
            last += 1;
        }
        self.searcher.rules.harmless().is(&self.context.text[self.tokens[first].start..self.tokens[last].end])
    }

    /// Whether the run is a piece of something longer: digits go on behind a dash, a dot or an underscore.
    fn is_glued(&self, run: &Run<'_>) -> bool {
        let start = &self.tokens[self.first];
        let glue = |joined_by: u8| matches!(joined_by, b'-' | b'.' | b'_');
        let before = self.first > 0 && glue(start.joined_by) && self.tokens[self.first - 1].has_digit;
        let after = self.tokens.get(run.last + 1).is_some_and(|next| glue(next.joined_by) && next.has_digit);
        before || after
    }

    /// Small letters are no part of a number that stands alone: hex digests are full of them.
    fn is_badly_spelt(&self, form: &Form, run: &Run<'_>, verdict: Option<Verdict>) -> bool {
        let small = self.tokens[self.first..=run.last].iter().any(|token| token.has_letter && token.has_small);
        small && !(form.confidence.firm && verdict == Some(Verdict::Valid))
    }
}

/// A run of tokens taken as one value.
struct Run<'r> {
    canonical: &'r [u8],
    last: usize,
}

/// A run without its prefix.
struct Value<'r> {
    canonical: &'r [u8],
    /// How many characters stand before the first token (a `+`).
    sign: usize,
}
