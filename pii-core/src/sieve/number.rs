//! Numbers that may count without a word beside them.

use super::token::Token;
use crate::check::Verdict;
use crate::finding::Support;
use crate::plan::{Plan, RUN_LIMIT};
use crate::rule::{Form, RuleSet, Shape};
use crate::validate::{self, Case};

/// A token of letters that begins a number in groups has no more than these: GB29 NWBK …
const HEAD_LETTERS: usize = 4;

/// By the first character of a run in either case: the lengths, one bit each, that a value may have which counts alone.
pub(super) struct Numbers {
    whole: [u64; 256],
    /// The same where separators may stand in it.
    in_groups: [u64; 256],
    /// The fewest digits in a token that has letters too for a number to be found among them.
    fewest_among_letters: u32,
    /// The shortest of the numbers that are known without a mark between them.
    shortest_proven: usize,
}

impl Numbers {
    pub(super) fn new(rules: &RuleSet, plan: &Plan) -> Self {
        let shortest_proven = plan.proven_lengths().next().unwrap_or(RUN_LIMIT);
        let mut numbers =
            Self { whole: [0; 256], in_groups: [0; 256], fewest_among_letters: u32::MAX, shortest_proven };
        for length in 1..=RUN_LIMIT {
            for candidate in plan.alone_of_length(length) {
                let form = &rules.at(candidate.id.rule).forms[usize::from(candidate.id.form)];
                let Shape::Token(shape) = &form.shape else { continue };
                if !may_count_alone(form) {
                    continue;
                }
                let prefix = candidate.prefix.map(|nth| &shape.prefixes[usize::from(nth)]);
                let begins = |byte: u8| {
                    let upper = byte.to_ascii_uppercase();
                    match prefix.and_then(|prefix| prefix.iter().find(|b| b.is_ascii_alphanumeric())) {
                        Some(first) => *first == upper,
                        None => shape.first.has(upper),
                    }
                };
                for byte in (0..=u8::MAX).filter(|byte| begins(*byte)) {
                    numbers.whole[usize::from(byte)] |= 1 << length;
                    if shape.separators.len() > 0 {
                        numbers.in_groups[usize::from(byte)] |= 1 << length;
                    }
                }
            }
        }
        let of_digits = (b'0'..=b'9').fold(0, |all, digit| all | numbers.whole[usize::from(digit)]);
        // One of them may be the X of a check character.
        let shortest = (of_digits.trailing_zeros() as usize).min(shortest_of(|length| plan.may_be_firm(length))) - 1;
        numbers.fewest_among_letters = shortest.min(2 * shortest_proven) as u32;
        numbers
    }

    /// Whether a number that counts may begin with the token, or in it.
    #[inline]
    pub(super) fn may_begin(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token) -> bool {
        let len = token.len();
        if token.digits == 0 && len > HEAD_LETTERS {
            return false;
        }
        let first = usize::from(text[token.start]);
        if len <= RUN_LIMIT
            && self.whole[first] >> len & 1 == 1
            && self.is_one(rules, plan, &text[token.start..token.end])
        {
            return true;
        }
        if text.get(token.end).is_some_and(|mark| plan.separates_alone(*mark))
            && self.in_groups[first] >> len.min(63) > 1
            && self.is_in_groups(rules, plan, text, token)
        {
            return true;
        }
        match token.has_letter() {
            true => token.digits >= self.fewest_among_letters && self.is_among_letters(rules, plan, text, token),
            false => len >= 2 * self.shortest_proven && begins_proven(rules, plan, &text[token.start..token.end]),
        }
    }

    fn is_one(&self, rules: &RuleSet, plan: &Plan, token: &[u8]) -> bool {
        let mut run = [0; RUN_LIMIT];
        let run = &mut run[..token.len()];
        run.copy_from_slice(token);
        run.make_ascii_uppercase();
        counts_alone(rules, plan, run)
    }

    /// Whether the token begins a number in groups, with the same mark between all of them.
    fn is_in_groups(&self, rules: &RuleSet, plan: &Plan, text: &[u8], token: &Token) -> bool {
        let lengths = self.in_groups[usize::from(text[token.start])];
        let mark = text[token.end];
        let (mut length, mut end, mut has_digit) = (token.len(), token.end, token.digits > 0);
        while let Some(next) = joined(text, end, mark).filter(|_| length < RUN_LIMIT && lengths >> length > 1) {
            let group = token_len(&text[next..]);
            (length, end) = (length + group, next + group);
            has_digit = has_digit || text[next..end].iter().any(u8::is_ascii_digit);
            if !has_digit {
                return false;
            }
            if length <= RUN_LIMIT && lengths >> length & 1 == 1 {
                let (mut run, mut filled) = ([0; RUN_LIMIT], 0);
                for byte in text[token.start..end].iter().filter(|b| b.is_ascii_alphanumeric()) {
                    run[filled] = byte.to_ascii_uppercase();
                    filled += 1;
                }
                if counts_alone(rules, plan, &run[..length]) {
                    return true;
                }
            }
        }
        false
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

/// The shortest length that `is` holds of.
fn shortest_of(is: impl Fn(usize) -> bool) -> usize {
    (1..=RUN_LIMIT).find(|length| is(*length)).unwrap_or(RUN_LIMIT)
}

/// Whether a value of the form counts where nothing speaks for it but its check.
fn may_count_alone(form: &Form) -> bool {
    let verdict = form.check.map(|_| Verdict::Valid);
    Case { verdict, support: Support::Alone, ..Case::default() }.confidence(&form.confidence) >= validate::THRESHOLD
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

/// Where the token begins that `mark`, or two spaces, joins to what ends at `end`.
fn joined(text: &[u8], end: usize, mark: u8) -> Option<usize> {
    let is_token = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    if *text.get(end)? != mark {
        return None;
    }
    match text.get(end + 1)? {
        b' ' if mark == b' ' => is_token(end + 2).then_some(end + 2),
        _ => is_token(end + 1).then_some(end + 1),
    }
}

fn token_len(text: &[u8]) -> usize {
    text.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len())
}
