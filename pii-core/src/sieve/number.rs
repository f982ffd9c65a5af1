//! Numbers that may count without a word beside them.

use super::token::Token;
use crate::finding::Support;
use crate::locate::HEAD_LETTERS;
use crate::plan::{Plan, RUN_LIMIT};
use crate::rule::{RuleSet, Shape};
use crate::validate::{self, Case};

/// The lengths, one bit each, that values have which count alone.
pub(super) struct Numbers {
    /// What may stand between the groups of a number, as a table: every token of a text is asked about.
    separates: [bool; 256],
    shortest_in_groups: usize,
    longest_in_groups: usize,
    /// The fewest digits in a token that has letters too for a number to be found among them.
    fewest_among_letters: usize,
    /// The shortest of the numbers that are known without a mark between them.
    shortest_proven: usize,
}

/// Tokens with the same mark between them, up to the one that was read last.
#[derive(Clone, Copy, Default)]
pub(super) struct Chain {
    /// Where the last one ends, how long it is and whether it holds a digit.
    end: usize,
    last: usize,
    last_has_digit: bool,
    /// The mark; 0 where there is but one token.
    mark: u8,
    /// How long all of them are together.
    length: usize,
    has_digit: bool,
}

impl Chain {
    /// Takes the next token. Whether it goes on from the one before.
    #[inline(always)]
    fn takes(&mut self, separates: &[bool; 256], text: &[u8], token: &Token) -> bool {
        let gap = token.start - self.end;
        let mark = if token.start > 0 { text[token.start - 1] } else { 0 };
        let is_joined = (gap == 1 || gap == 2 && mark == b' ' && text[token.start - 2] == b' ')
            && self.last > 0
            && separates[usize::from(mark)];
        let (length, has_digit) = match is_joined {
            true if self.mark == mark || self.mark == 0 => (self.length, self.has_digit),
            true => (self.last, self.last_has_digit),
            false => (0, false),
        };
        *self = Self {
            end: token.end,
            last: token.len(),
            last_has_digit: token.has_digit,
            mark: if length > 0 { mark } else { 0 },
            length: length + token.len(),
            has_digit: has_digit || token.has_digit,
        };
        length > 0
    }
}

impl Numbers {
    pub(super) fn new(plan: &Plan) -> Self {
        let shortest_proven = plan.proven_lengths().next().unwrap_or(RUN_LIMIT);
        // One of them may be the X of a check character.
        let whole = plan.alone();
        let shortest = whole.shortest_of_digits().min(shortest_of(|length| plan.may_be_firm(length))) - 1;
        Self {
            separates: std::array::from_fn(|byte| plan.separates_alone(byte as u8)),
            fewest_among_letters: shortest.min(2 * shortest_proven),
            shortest_in_groups: plan.alone_in_groups().lengths().trailing_zeros() as usize,
            longest_in_groups: plan.alone_in_groups().lengths().checked_ilog2().unwrap_or(0) as usize,
            shortest_proven,
        }
    }

    /// Whether a number that counts may be the token, end with it or stand in it.
    #[inline(always)]
    pub(super) fn may_end(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token, chain: &mut Chain) -> bool {
        let goes_on = chain.takes(&self.separates, text, token);
        let len = token.len();
        if goes_on
            && chain.length >= self.shortest_in_groups
            && chain.has_digit
            && self.is_in_groups(rules, plan, text, token)
        {
            return true;
        }
        if !token.has_digit {
            return false;
        }
        let is_whole = |skipped: usize| {
            let value = &text[token.start + skipped..token.end];
            plan.alone().may_be(value) && self.is_one(rules, plan, value)
        };
        is_whole(0)
            || (1..=behind_han_word(text, token.start, token.end)).any(is_whole)
            || (len >= self.fewest_among_letters && self.is_among(rules, plan, text, token))
    }

    /// Whether a number stands among the letters of the token, or several of them without a mark between.
    fn is_among(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token) -> bool {
        let value = &text[token.start..token.end];
        if !token.has_letter {
            return value.len() >= 2 * self.shortest_proven && begins_proven(rules, plan, value);
        }
        let digits: usize = value.iter().map(|b| usize::from(b.is_ascii_digit())).sum();
        digits >= self.fewest_among_letters && self.is_among_letters(rules, plan, text, token)
    }

    #[inline(never)]
    fn is_one(&self, rules: &RuleSet, plan: &Plan, token: &[u8]) -> bool {
        let mut run = [0; RUN_LIMIT];
        let run = &mut run[..token.len()];
        run.copy_from_slice(token);
        run.make_ascii_uppercase();
        counts_alone(rules, plan, run)
    }

    /// Whether the token ends a number in groups, with the same mark between all of them.
    fn is_in_groups(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token) -> bool {
        let mark = text[token.start - 1];
        let (mut start, mut end, mut length) = (token.start, token.end, 0);
        loop {
            length += end - start;
            if length > self.longest_in_groups {
                return false;
            }
            let counts = |skipped: usize| {
                let groups = &text[start + skipped..token.end];
                self.is_from(rules, plan, groups, end - start - skipped, length - skipped)
            };
            if start < token.start && (counts(0) || (1..=behind_han_word(text, start, end)).any(counts)) {
                return true;
            }
            let Some(before) = joined_before(text, start, mark) else { return false };
            end = before;
            start = end - text[..end].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        }
    }

    /// Whether the groups of a text, `length` characters in all and `head` of them in the first, are a number that counts.
    fn is_from(&self, rules: &RuleSet, plan: &Plan, text: &[u8], head: usize, length: usize) -> bool {
        let mut characters = text.iter().copied().filter(u8::is_ascii_alphanumeric);
        let first = [characters.next().unwrap_or(0), characters.next().unwrap_or(0)];
        if !plan.alone_in_groups().may_begin(first, length)
            || (head > HEAD_LETTERS && !text[..head].iter().any(u8::is_ascii_digit))
        {
            return false;
        }
        let mut run = [0; RUN_LIMIT];
        let characters = text.iter().filter(|b| b.is_ascii_alphanumeric());
        run.iter_mut().zip(characters).for_each(|(run, character)| *run = character.to_ascii_uppercase());
        counts_alone(rules, plan, &run[..length])
    }

    /// Whether a number may stand among the letters of the token.
    fn is_among_letters(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token) -> bool {
        let mut at = token.start;
        while let Some(skip) = text[at..token.end].iter().position(u8::is_ascii_digit) {
            let start = at + skip;
            let rest = &text[start..token.end];
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let length = rest.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'x' | b'X')).count();
            if plan.may_be_firm(digits) || plan.may_be_firm(length) || length >= 2 * self.shortest_proven {
                return true;
            }
            // A word before it that ends in the token makes it worth a look, whatever the word speaks of: 登录IP138…
            if [digits, length]
                .into_iter()
                .any(|length| plan.alone().may_be(&rest[..length]) && self.is_one(rules, plan, &rest[..length]))
            {
                return true;
            }
            at = start + length;
        }
        false
    }
}

/// How many letters at the beginning of a token may belong to a Chinese word before it (登录IP, 沪A), so that a number may
/// begin behind any of them.
#[inline]
fn behind_han_word(text: &[u8], start: usize, end: usize) -> usize {
    if text[..start].last().is_none_or(u8::is_ascii) {
        return 0;
    }
    text[start..end - 1].iter().take_while(|b| b.is_ascii_alphabetic()).count()
}

/// The shortest length that `is` holds of.
fn shortest_of(is: impl Fn(usize) -> bool) -> usize {
    (1..=RUN_LIMIT).find(|length| is(*length)).unwrap_or(RUN_LIMIT)
}

/// Whether digits begin with a number that is known without a mark behind it.
fn begins_proven(rules: &RuleSet, plan: &Plan, digits: &[u8]) -> bool {
    let lengths = plan.proven_lengths().take_while(|length| *length <= digits.len());
    lengths.into_iter().any(|length| counts_alone(rules, plan, &digits[..length]))
}

/// Whether some form takes the run for a value without a word beside it.
fn counts_alone(rules: &RuleSet, plan: &Plan, run: &[u8]) -> bool {
    plan.alone_of_length(run.len()).iter().any(|candidate| {
        let form = &rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
        let Shape::Token(shape) = &form.shape else { return false };
        let value = match candidate.prefix {
            None => Some(run),
            Some(nth) => {
                let prefix = shape.prefixes[usize::from(nth)].as_slice();
                run.strip_prefix(prefix.strip_prefix(b"+").unwrap_or(prefix))
            }
        };
        let Some(value) = value.filter(|value| shape.fits(value)) else { return false };
        let case = Case { verdict: form.check.map(|check| check(value)), support: Support::Alone, ..Case::default() };
        validate::finding(rules, candidate.id, 0..run.len(), &case).is_some()
    })
}

/// Where the token ends that `mark`, or two spaces, joins to what begins at `start`.
fn joined_before(text: &[u8], start: usize, mark: u8) -> Option<usize> {
    let end = text[..start].strip_suffix(&[mark])?;
    let end = if mark == b' ' { end.strip_suffix(b" ").unwrap_or(end) } else { end };
    end.last().is_some_and(u8::is_ascii_alphanumeric).then_some(end.len())
}
