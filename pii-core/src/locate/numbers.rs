//! Candidates by shape: tokens, and chains of tokens that separators cut a number into.

use super::Searcher;
use super::context::{Context, Surroundings};
use super::embedded;
use super::run::Run;
use super::token::{ODD, Token};
use crate::check::Verdict;
use crate::finding::{Finding, Role, Support};
use crate::mask;
use crate::plan::{RUN_LIMIT, TokenForm};
use crate::rule::{Form, Label, Shape, TokenShape};
use crate::validate::{self, Case};

/// Separators between a value and the next one in a list that shares its label: `A/B`, `A、B`, `A和B`.
const LIST_SEPARATORS: [&str; 10] = ["/", "、", "和", "及", "与", "或", " / ", "&", "变更为", "改为"];

/// A token of letters that begins a number in groups has no more than these: GB29 NWBK …
pub(crate) const HEAD_LETTERS: usize = 4;

/// So many groups make one number of a form without a check, where marks that no form knows stand between them. Two of
/// them are as often two things.
const ODD_GROUPS_AT_LEAST: usize = 3;

/// How far to either side what is joined to a run is looked at, in tokens: a UUID has five, a version or a date with its
/// time no more than eight.
const JOINED_TOKENS_LIMIT: usize = 8;

/// Appends what the tokens of a line are.
pub(super) fn find(searcher: &Searcher<'_>, context: &Context<'_>, tokens: &[Token], out: &mut Vec<Finding>) {
    find_where(searcher, context, tokens, |_, _| true, out);
}

/// Appends what those tokens are that a word or a field speaks of, or a word in them.
pub(super) fn find_spoken_of(searcher: &Searcher<'_>, context: &Context<'_>, tokens: &[Token], out: &mut Vec<Finding>) {
    find_where(
        searcher,
        context,
        tokens,
        |token, around| around.says_something() || (token.has_digit && token.has_letter),
        out,
    );
}

/// Appends what those tokens are that are `wanted` with their surroundings.
fn find_where(
    searcher: &Searcher<'_>,
    context: &Context<'_>,
    tokens: &[Token],
    wanted: impl Fn(&Token, &Surroundings<'_>) -> bool,
    out: &mut Vec<Finding>,
) {
    // The label of the last value found, and where that value ended.
    let mut list: Option<(usize, &Label)> = None;
    let mut passed = 0;
    for first in 0..tokens.len() {
        let start = &tokens[first];
        passed += context.hits[passed..].iter().take_while(|hit| hit.end <= start.start).count();
        let inherited = list.filter(|(end, _)| is_list_gap(context.text, *end, start.start)).map(|(_, label)| label);
        let is_spoken_of = inherited.is_some() || context.may_say(passed, start.start);
        let around =
            if is_spoken_of { context.around_behind(passed, start.start, inherited) } else { Surroundings::default() };
        if !start.has_digit && around.label.is_none() && around.column.is_none() && !begins_number(tokens, first) {
            continue;
        }
        if !wanted(start, &around) {
            continue;
        }
        let runs = Runs { searcher, context, tokens, first, around, is_embedded: false };
        if let Some(end) = runs.search(out).or_else(|| embedded::find(&runs, out))
            && let Some((label, _)) = around.label
        {
            list = Some((end, label));
        }
    }
}

/// Whether a run of the tokens may have one of these lengths, one bit each, or a number may stand among the letters of one.
pub(super) fn may_fit(tokens: &[Token], lengths: u64) -> bool {
    (0..tokens.len()).any(|first| {
        let goes_on = |token: &&Token| token.joined_by != 0;
        let behind = tokens[first + 1..].iter().take_while(goes_on);
        let mut length = 0;
        (tokens[first].has_digit && tokens[first].has_letter)
            || std::iter::once(&tokens[first]).chain(behind).any(|token| {
                length += token.len();
                length <= RUN_LIMIT && lengths >> length & 1 == 1
            })
    })
}

/// Whether a token of letters alone is the head of a number in groups (`E 1234 5678`, `GB29 NWBK …`).
fn begins_number(tokens: &[Token], first: usize) -> bool {
    let joined = |next: &Token| next.has_digit && !matches!(next.joined_by, 0 | ODD);
    tokens[first].len() <= HEAD_LETTERS && tokens.get(first + 1).is_some_and(joined)
}

fn is_list_gap(text: &[u8], from: usize, to: usize) -> bool {
    from < to && LIST_SEPARATORS.iter().any(|separator| text[from..to] == *separator.as_bytes())
}

/// The runs of tokens that begin at one token.
pub(super) struct Runs<'a, 'e> {
    pub(super) searcher: &'a Searcher<'e>,
    pub(super) context: &'a Context<'a>,
    pub(super) tokens: &'a [Token],
    pub(super) first: usize,
    pub(super) around: Surroundings<'a>,
    /// The first token is a piece of one that has letters too.
    pub(super) is_embedded: bool,
}

impl Runs<'_, '_> {
    /// Tries every run of tokens that begins here. Returns where the longest one that counts ends.
    pub(super) fn search(&self, out: &mut Vec<Finding>) -> Option<usize> {
        let [first, second] = self.beginning();
        let alone = self.searcher.plan.alone().lengths_behind([first, second]);
        let mut lengths = Lengths { alone, spoken_of: 0 };
        let mut rules = 0;
        if self.supported() {
            for rule in self.supported_rules() {
                rules |= rule_bit(rule);
                lengths.spoken_of |= self.searcher.plan.token_lengths_from(rule, first);
            }
        }
        if !self.may_reach(lengths) {
            return None;
        }
        let mut run = Run::new();
        let (from, mut furthest) = (out.len(), None);
        for token in &self.tokens[self.first..] {
            let goes_on = run.tokens == 0 || self.goes_on(token.joined_by, &mut lengths);
            if !goes_on || !run.push(self.context.text, token) {
                break;
            }
            let length = run.canonical().len();
            if lengths.all() >> length & 1 == 1 && self.forms(&run, rules, out) {
                furthest = Some(run.end);
            }
            if lengths.all() >> length <= 1 {
                break;
            }
        }
        if let Some(end) = furthest {
            self.drop_pieces(end, from, out);
        }
        furthest
    }

    /// Drops of `out[from..]` what is no more than the first groups of the number that ends at `end`: under a label of several
    /// kinds, 12 of a card's 16 digits are an account that the rest would be left of. What a check speaks for stays, and so
    /// does one token alone: another number may stand beside it.
    fn drop_pieces(&self, end: usize, from: usize, out: &mut Vec<Finding>) {
        let whole = out[from..].iter().filter(|found| found.span.end == end).map(|found| found.reasons.support).max();
        let first_group = self.tokens[self.first].end;
        let mut kept = from;
        for nth in from..out.len() {
            let Finding { span, reasons, .. } = &out[nth];
            let is_piece = span.end > first_group && span.end < end;
            let is_proven = reasons.verdict >= Some(Verdict::Likely);
            if !is_piece || is_proven || whole < Some(reasons.support) {
                out.swap(kept, nth);
                kept += 1;
            }
        }
        out.truncate(kept);
    }

    /// The first two characters of the runs that begin here, in upper case; the second is 0 where there is one only.
    fn beginning(&self) -> [u8; 2] {
        let token = &self.tokens[self.first];
        let at = |place: usize| self.context.text[place].to_ascii_uppercase();
        let second = match self.tokens.get(self.first + 1) {
            _ if token.len() > 1 => at(token.start + 1),
            Some(next) if next.joined_by != 0 => at(next.start),
            _ => 0,
        };
        [at(token.start), second]
    }

    /// Whether any run that begins here has one of the lengths. Most tokens of a line begin no number, and this is all that
    /// is asked of them.
    fn may_reach(&self, mut lengths: Lengths) -> bool {
        let mut length = self.tokens[self.first].len();
        let mut behind = self.tokens[self.first + 1..].iter();
        while length <= RUN_LIMIT && lengths.all() >> length != 0 {
            if lengths.all() >> length & 1 == 1 {
                return true;
            }
            match behind.next() {
                Some(next) if self.goes_on(next.joined_by, &mut lengths) => length += next.len(),
                _ => return false,
            }
        }
        false
    }

    /// Whether a number may go on behind this joint: marks that no form knows take a label that says that it is one. What
    /// counts without a label has none but the marks of its forms, so other lengths are out behind it.
    fn goes_on(&self, joint: u8, lengths: &mut Lengths) -> bool {
        lengths.alone &= self.searcher.plan.alone_lengths_joined_by(joint);
        joint != 0 && (self.searcher.plan.separates(joint) || self.around.names_a_kind())
    }

    /// Whether anything says that some kind stands here.
    fn supported(&self) -> bool {
        self.around.names_a_kind() || self.around.near.is_some() || self.around.column.is_some()
    }

    /// The rules of all kinds that anything speaks for.
    fn supported_rules(&self) -> impl Iterator<Item = u16> {
        let Surroundings { label, also, near, column } = self.around;
        let labels = label.map(|(label, _)| label).into_iter().chain(also).chain(near);
        labels.flat_map(|label| label.kinds.iter().map(|(rule, _)| *rule)).chain(column)
    }

    /// Weighs every form that the run may have. Whether any counted. `rules`: the bits of those that something
    /// speaks for.
    fn forms(&self, run: &Run, rules: u64, out: &mut Vec<Finding>) -> bool {
        let before = out.len();
        let (plan, length) = (self.searcher.plan, run.canonical().len());
        let candidates = if self.supported() { plan.of_length(length) } else { plan.alone_of_length(length) };
        let may_count = |form: &&TokenForm| !form.needs_support || rules & rule_bit(form.id.rule) != 0;
        for candidate in candidates.iter().filter(may_count) {
            if let Some(found) = self.weighed(candidate, run) {
                out.push(found);
            }
        }
        out.len() > before
    }

    /// The finding that the run makes as a value of one form.
    fn weighed(&self, candidate: &TokenForm, run: &Run) -> Option<Finding> {
        let form = &self.searcher.rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
        let Shape::Token(shape) = &form.shape else { return None };
        // What costs least comes first: most runs of a line are none of the forms that have their length.
        let value = self.value(candidate, shape, run)?;
        if !shape.has_ends_of(value.canonical) {
            return None;
        }
        let (support, role) = self.support(candidate)?;
        if (support < Support::Word && !run.is_joined_by(shape.separators)) || !shape.fits(value.canonical) {
            return None;
        }
        let verdict = form.check.map(|check| check(value.canonical));
        if !self.is_cut_right(shape, form, run, (support, verdict))
            || (self.is_embedded && !self.may_be_embedded(form, shape, support, verdict))
        {
            return None;
        }
        let case = Case {
            verdict,
            support,
            role,
            contradicted: self.context.contradicts(&self.around, run.end),
            named_otherwise: support == Support::Alone && self.around.names_a_kind(),
            glued: self.is_glued(run) || is_badly_spelt(form, run, verdict),
        };
        let start = self.tokens[self.first].start;
        let found = validate::finding(self.searcher.rules, candidate.id, start - value.sign..run.end, &case)?;
        // A UUID is a UUID whatever a piece of it passes; a word right beside the value knows better. And what is left
        // of a number that was masked already (110101********1234) is no number.
        let harmless = support < Support::Word && self.is_harmless(run);
        let masked = verdict < Some(Verdict::Likely) && self.is_masked(start, run.end);
        (!harmless && !masked).then_some(found)
    }

    /// What speaks for a form here, and the role that it gives. `None`: nothing, and the form needs something.
    fn support(&self, candidate: &TokenForm) -> Option<(Support, Role)> {
        let rule = candidate.id.rule;
        if let Some(said) = self.around.says(rule) {
            return Some(said);
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
    fn value<'r>(&self, candidate: &TokenForm, shape: &TokenShape, run: &'r Run) -> Option<Value<'r>> {
        let start = self.tokens[self.first].start;
        let has_plus = start > 0 && self.context.text[start - 1] == b'+';
        let Some(nth) = candidate.prefix else { return Some(Value { canonical: run.canonical(), sign: 0 }) };
        let prefix = &shape.prefixes[usize::from(nth)];
        let (sign, digits) = match prefix.split_first() {
            Some((b'+', digits)) if has_plus => (1, digits),
            Some((b'+', _)) | None => return None,
            Some(_) => (0, prefix.as_slice()),
        };
        run.canonical().strip_prefix(digits).map(|canonical| Value { canonical, sign })
    }

    /// Whether the form allows what separates the run's tokens.
    fn is_cut_right(
        &self,
        shape: &TokenShape,
        form: &Form,
        run: &Run,
        (support, verdict): (Support, Option<Verdict>),
    ) -> bool {
        if run.tokens == 1 {
            return true;
        }
        let firm = form.confidence.firm;
        let has_head = !shape.prefixes.is_empty() || self.tokens[self.first].has_letter;
        if run.is_joined_by(shape.separators) {
            // A number that its own check proves may be cut anywhere, if always in the same way. For the others, groups
            // have to look like groups: otherwise a date and a quantity side by side make an account.
            let alike = run.alike || (!firm && support != Support::Alone && shape.prefixes.len() > 1);
            return alike && (firm || run.is_regular(has_head));
        }
        // Any other marks: a label has to say what it is, and the number has to be just that.
        let exact = match verdict {
            Some(Verdict::Valid) => true,
            Some(verdict) => verdict == Verdict::Likely && shape.has_one_length(),
            None => shape.has_one_length() && run.tokens >= ODD_GROUPS_AT_LEAST,
        };
        support >= Support::Word && run.alike && exact && (firm || run.is_regular(has_head))
    }

    /// Letters that touch a number make it a piece of something else as often as not, so it takes more than usual: a check
    /// that chance does not pass, or a check and a label.
    fn may_be_embedded(&self, form: &Form, shape: &TokenShape, support: Support, verdict: Option<Verdict>) -> bool {
        match verdict {
            Some(Verdict::Valid) => form.confidence.firm || self.around.names_a_kind(),
            Some(Verdict::Likely) => support >= Support::Word,
            None => shape.after_name && support >= Support::Word,
            _ => false,
        }
    }

    fn is_masked(&self, start: usize, end: usize) -> bool {
        mask::is_beside_stars(self.context.text, start, end) || mask::looks_masked(&self.context.text[start..end])
    }

    /// The run, with all that is joined to it, is harmless by its own form (a UUID, a hot line).
    fn is_harmless(&self, run: &Run) -> bool {
        self.is_harmless_between(self.first, self.first + run.tokens - 1)
    }

    /// The same for the tokens from `first` to `last`.
    pub(super) fn is_harmless_between(&self, first: usize, last: usize) -> bool {
        let joined = |token: &&Token| matches!(token.joined_by, b'-' | b'.');
        let before = self.tokens[..=first].iter().rev().take(JOINED_TOKENS_LIMIT).take_while(joined).count();
        let after = self.tokens[last + 1..].iter().take(JOINED_TOKENS_LIMIT).take_while(joined).count();
        let (start, end) = (self.tokens[first - before].start, self.tokens[last + after].end);
        self.searcher.rules.harmless().is(&self.context.text[start..end])
    }

    /// Whether the run is a piece of something longer: digits go on behind a dash, a dot or an underscore, or letters
    /// without a label.
    fn is_glued(&self, run: &Run) -> bool {
        let start = &self.tokens[self.first];
        let glue = |joined_by: u8| matches!(joined_by, b'-' | b'.' | b'_');
        let before = self.first > 0 && glue(start.joined_by) && self.tokens[self.first - 1].has_digit;
        let after = self.tokens.get(self.first + run.tokens).is_some_and(|next| glue(next.joined_by) && next.has_digit);
        before || after || (self.is_embedded && !self.around.names_a_kind())
    }
}

/// Small letters are no part of a number that stands alone: hex digests are full of them.
fn is_badly_spelt(form: &Form, run: &Run, verdict: Option<Verdict>) -> bool {
    run.has_small && !(form.confidence.firm && verdict == Some(Verdict::Valid))
}

/// The lengths that a number may have which begins with some character, one bit each.
#[derive(Clone, Copy)]
struct Lengths {
    /// Where nothing speaks for it.
    alone: u64,
    /// That of the kinds that something speaks for.
    spoken_of: u64,
}

impl Lengths {
    fn all(self) -> u64 {
        self.alone | self.spoken_of
    }
}

/// One of the bits of a word, which several rules may share.
fn rule_bit(rule: u16) -> u64 {
    1 << (rule & 63)
}

/// A run without its prefix.
struct Value<'r> {
    canonical: &'r [u8],
    /// How many characters stand before the first token (a `+`).
    sign: usize,
}
