//! Numbers that may count without a word beside them.

use super::token::Token;
use crate::finding::Support;
use crate::locate::HEAD_LETTERS;
use crate::plan::{Plan, RUN_LIMIT};
use crate::rule::{RuleSet, Shape};
use crate::validate::{self, Case};

/// By the first character of a run in either case: the lengths, one bit each, that a value may have which counts alone.
pub(super) struct Numbers {
    /// What may stand between the groups of a number, as a table: every token of a text is asked about.
    separates: [bool; 256],
    whole: [u64; 256],
    /// The same where separators may stand in it.
    in_groups: [u64; 256],
    /// The shortest of these.
    shortest_in_groups: usize,
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
    pub(super) fn new(rules: &RuleSet, plan: &Plan) -> Self {
        let shortest_proven = plan.proven_lengths().next().unwrap_or(RUN_LIMIT);
        let mut numbers = Self {
            separates: std::array::from_fn(|byte| plan.separates_alone(byte as u8)),
            whole: std::array::from_fn(|byte| plan.alone_lengths((byte as u8).to_ascii_uppercase())),
            in_groups: [0; 256],
            shortest_in_groups: 0,
            fewest_among_letters: 0,
            shortest_proven,
        };
        for length in 1..=RUN_LIMIT {
            for candidate in plan.alone_of_length(length) {
                let form = &rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
                let Shape::Token(shape) = &form.shape else { continue };
                let prefix = candidate.prefix.map(|nth| &shape.prefixes[usize::from(nth)]);
                let begins = |byte: u8| {
                    let upper = byte.to_ascii_uppercase();
                    match prefix.and_then(|prefix| prefix.iter().find(|b| b.is_ascii_alphanumeric())) {
                        Some(first) => *first == upper,
                        None => shape.first.has(upper),
                    }
                };
                let has_groups = shape.separators.len() > 0;
                for byte in (0..=u8::MAX).filter(|byte| has_groups && begins(*byte)) {
                    numbers.in_groups[usize::from(byte)] |= 1 << length;
                }
            }
        }
        let of_digits = (b'0'..=b'9').fold(0, |all, digit| all | numbers.whole[usize::from(digit)]);
        // One of them may be the X of a check character.
        let shortest = (of_digits.trailing_zeros() as usize).min(shortest_of(|length| plan.may_be_firm(length))) - 1;
        numbers.fewest_among_letters = shortest.min(2 * shortest_proven);
        numbers.shortest_in_groups =
            numbers.in_groups.iter().fold(0, |all, lengths| all | lengths).trailing_zeros() as usize;
        numbers
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
        let mut starts = 0..=behind_han_word(text, token.start, token.end);
        starts.any(|skipped| {
            let value = &text[token.start + skipped..token.end];
            value.len() <= RUN_LIMIT
                && self.whole[usize::from(value[0])] >> value.len() & 1 == 1
                && self.is_one(rules, plan, value)
        }) || (len >= self.fewest_among_letters && self.is_among(rules, plan, text, token))
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
        // The characters of the groups, from the last backwards.
        let mut run = [0; RUN_LIMIT];
        let (mut from, mut end) = (RUN_LIMIT, token.end);
        loop {
            let group = text[..end].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
            let Some(room) = from.checked_sub(group).filter(|_| group > 0) else { return false };
            run[room..from].copy_from_slice(&text[end - group..end]);
            run[room..from].make_ascii_uppercase();
            from = room;
            let (start, length) = (end - group, RUN_LIMIT - from);
            let is_head = group <= HEAD_LETTERS || text[start..end].iter().any(u8::is_ascii_digit);
            let counts = |skipped: usize| {
                self.in_groups[usize::from(text[start + skipped])] >> (length - skipped) & 1 == 1
                    && counts_alone(rules, plan, &run[from + skipped..])
            };
            if start < token.start && is_head && (0..=behind_han_word(text, start, end)).any(counts) {
                return true;
            }
            let Some(before) = joined_before(text, start, mark) else { return false };
            end = before;
        }
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
            if [digits, length].into_iter().any(|length| counts_alone(rules, plan, &rest[..length])) {
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
