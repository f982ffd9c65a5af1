//! What a text must hold for a pattern to have a chance in it, read off the pattern itself.
//!
//! An IPv4 address has three dots, a MAC address five colons or dashes or two dots. Counting the bytes of a line is far
//! cheaper than running a regular expression over it, and most lines lack something of most patterns.

use regex_syntax::hir::{Capture, Class, Hir, HirKind};
use std::borrow::Cow;

/// How often each ASCII byte stands in a text, and how many digits and bytes above 127 there are in all.
pub(crate) struct Counts {
    bytes: [u32; 128],
    digits: u32,
    beyond_ascii: u32,
}

impl Counts {
    /// Counts the bytes of `text`.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut bytes = [0; 128];
        let mut beyond_ascii = 0;
        for byte in text {
            match bytes.get_mut(usize::from(*byte)) {
                Some(count) => *count += 1,
                None => beyond_ascii += 1,
            }
        }
        let digits = bytes[usize::from(b'0')..=usize::from(b'9')].iter().sum();
        Self { bytes, digits, beyond_ascii }
    }

    fn zero() -> Self {
        Self { bytes: [0; 128], digits: 0, beyond_ascii: 0 }
    }

    fn each(mut self, other: &Self, join: impl Fn(u32, u32) -> u32) -> Self {
        self.bytes.iter_mut().zip(other.bytes).for_each(|(mine, theirs)| *mine = join(*mine, theirs));
        self.digits = join(self.digits, other.digits);
        self.beyond_ascii = join(self.beyond_ascii, other.beyond_ascii);
        self
    }
}

/// What every match of a pattern holds at the least: one of several lists, for the pattern's alternatives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    pub(super) alternatives: Cow<'static, [Need]>,
}

/// What every match of one of a pattern's alternatives holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// Bytes and how many of each.
    pub(super) bytes: Cow<'static, [(u8, u32)]>,
    pub(super) digits: u32,
    pub(super) beyond_ascii: u32,
    /// The longest piece of text that stands in it; nothing where there is none of two bytes or more.
    pub(super) literal: Cow<'static, [u8]>,
}

impl Needs {
    /// What matches of `pattern` need.
    pub(super) fn of(pattern: &Hir) -> Self {
        Self { alternatives: with_value(pattern).into_iter().map(need).collect() }
    }

    /// The bytes that every match holds.
    pub(crate) fn bytes_of_all(&self) -> impl Iterator<Item = u8> + '_ {
        let (first, others) = self.alternatives.split_first().map_or((&[][..], &[][..]), |(f, o)| (&*f.bytes, o));
        let holds = |need: &Need, byte: u8| need.bytes.iter().any(|(other, _)| *other == byte);
        first.iter().map(|(byte, _)| *byte).filter(move |byte| others.iter().all(|need| holds(need, *byte)))
    }

    /// Whether a text with these counts may hold a match.
    pub(crate) fn are_met(&self, counts: &Counts, text: &[u8]) -> bool {
        let met = |need: &Need| {
            need.digits <= counts.digits
                && need.beyond_ascii <= counts.beyond_ascii
                && need.bytes.iter().all(|(byte, n)| counts.bytes[usize::from(*byte)] >= *n)
                && need.has_literal(text)
        };
        self.alternatives.iter().any(met)
    }

    /// The same, counted in the text itself. Quicker in short ones.
    pub(crate) fn are_met_in(&self, text: &[u8]) -> bool {
        let has = |byte: u8, times: u32| match times {
            1 => memchr::memchr(byte, text).is_some(),
            _ => memchr::memchr_iter(byte, text).count() >= times as usize,
        };
        let digits = || text.iter().filter(|byte| byte.is_ascii_digit()).count();
        let beyond_ascii = || text.iter().filter(|byte| !byte.is_ascii()).count();
        let met = |need: &Need| {
            need.bytes.iter().all(|(byte, times)| has(*byte, *times))
                && (need.beyond_ascii == 0 || beyond_ascii() >= need.beyond_ascii as usize)
                && (need.digits == 0 || digits() >= need.digits as usize)
                && need.has_literal(text)
        };
        self.alternatives.iter().any(met)
    }
}

/// The alternatives at the top of a pattern, in groups or not, that have a value. Where none names its value, all are one;
/// where some do, the others are there to be passed over.
fn with_value(pattern: &Hir) -> Vec<&Hir> {
    let mut all = Vec::new();
    alternatives(pattern, false, &mut all);
    let names_value = all.iter().any(|(_, has_value)| *has_value);
    all.into_iter().filter(|(_, has_value)| *has_value || !names_value).map(|(branch, _)| branch).collect()
}

fn alternatives<'p>(pattern: &'p Hir, is_in_value: bool, out: &mut Vec<(&'p Hir, bool)>) {
    match pattern.kind() {
        HirKind::Capture(group) => alternatives(&group.sub, is_in_value || is_value(group), out),
        HirKind::Alternation(branches) => branches.iter().for_each(|branch| alternatives(branch, is_in_value, out)),
        _ => out.push((pattern, is_in_value || has_value(pattern))),
    }
}

/// Whether a group names the value of a pattern.
pub(super) fn is_value(group: &Capture) -> bool {
    group.name.as_deref() == Some("value")
}

/// Whether a part of a pattern holds that group, or is it.
pub(super) fn has_value(pattern: &Hir) -> bool {
    match pattern.kind() {
        HirKind::Capture(group) => is_value(group) || has_value(&group.sub),
        HirKind::Repetition(repetition) => has_value(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_value),
        _ => false,
    }
}

fn need(pattern: &Hir) -> Need {
    let least = least(pattern);
    let bytes: Vec<(u8, u32)> = (0u8..).zip(least.bytes).filter(|(_, count)| *count > 0).collect();
    let literal = literal(pattern).unwrap_or_default().to_vec();
    let (bytes, literal) = (bytes.into(), literal.into());
    Need { bytes, digits: least.digits, beyond_ascii: least.beyond_ascii, literal }
}

impl Need {
    fn has_literal(&self, text: &[u8]) -> bool {
        let Some(first) = self.literal.first() else { return true };
        // The text is short, and what a finder takes to be made costs more than the look.
        memchr::memchr_iter(*first, text).any(|at| text[at..].starts_with(&self.literal))
    }
}

/// The longest piece of text, of two bytes or more, that stands in every match.
fn literal(pattern: &Hir) -> Option<&[u8]> {
    match pattern.kind() {
        HirKind::Literal(literal) => Some(&*literal.0).filter(|text| text.len() > 1),
        HirKind::Capture(group) => literal(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => literal(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(literal).max_by_key(|text| text.len()),
        _ => None,
    }
}

/// How often each byte stands in any match at the least.
fn least(pattern: &Hir) -> Counts {
    match pattern.kind() {
        HirKind::Literal(literal) => Counts::of(&literal.0),
        HirKind::Class(class) => of_class(class),
        HirKind::Capture(group) => least(&group.sub),
        HirKind::Repetition(repetition) => {
            least(&repetition.sub).each(&Counts::zero(), |count, _| count.saturating_mul(repetition.min))
        }
        HirKind::Concat(parts) => {
            parts.iter().fold(Counts::zero(), |sum, part| sum.each(&least(part), u32::saturating_add))
        }
        HirKind::Alternation(branches) => {
            let all = branches.iter().map(least).reduce(|a, b| a.each(&b, u32::min));
            all.unwrap_or_else(Counts::zero)
        }
        HirKind::Empty | HirKind::Look(_) => Counts::zero(),
    }
}

/// A class says something only where all of it is digits, or above 127.
fn of_class(class: &Class) -> Counts {
    let is_digit = |c: char| c.is_ascii_digit();
    let (digits, beyond_ascii) = match class {
        Class::Unicode(class) => {
            let beyond_ascii = class.ranges().iter().map(|range| range.start()).min().filter(|first| !first.is_ascii());
            let digits = class.ranges().iter().all(|range| is_digit(range.start()) && is_digit(range.end()));
            (digits, beyond_ascii.map_or(0, char::len_utf8))
        }
        Class::Bytes(class) => {
            let first = class.ranges().iter().map(|range| range.start()).min();
            let digits =
                class.ranges().iter().all(|range| range.start().is_ascii_digit() && range.end().is_ascii_digit());
            (digits, usize::from(first.is_some_and(|first| !first.is_ascii())))
        }
    };
    Counts { digits: u32::from(digits), beyond_ascii: beyond_ascii as u32, ..Counts::zero() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(pattern: &str) -> Needs {
        Needs::of(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    fn met(pattern: &str, text: &str) -> bool {
        let (needs, text) = (needs(pattern), text.as_bytes());
        let is_met = needs.are_met(&Counts::of(text), text);
        assert_eq!(needs.are_met_in(text), is_met, "{pattern}");
        is_met
    }

    #[test]
    fn alternatives_need_what_each_of_them_needs() {
        let address = r"[0-9]+(?:\.[0-9]+){4,}|(?P<value>(?:25[0-5]|1?[0-9])(?:\.[0-9]{1,3}){3})";
        assert!(
            met(address, "10.0.0.1") && met(address, "1.2.3.4.5") && !met(address, "1.2.3") && !met(address, "...")
        );
        let card = "(?P<value>(?:[0-9A-F]{2}:){5}[0-9A-F]{2}|(?:[0-9A-F]{2}-){5}[0-9A-F]{2})";
        assert!(met(card, "00:00:5E:00:53:01") && met(card, "AA-BB-CC-DD-EE-FF") && !met(card, "00:00-5E-00-53"));
        assert_eq!(needs("a[0-9]{3}|").alternatives.len(), 2);
        assert!(met("a[0-9]{3}|", ""), "the empty pattern needs nothing");
        assert!(!met("字第[0-9]{4}", "字第12") && !met("字第[0-9]{4}", "1234字") && met("字第[0-9]{4}", "字第1234"));
        assert!(met("[使领][0-9]{4}", "领1234") && !met("[使领][0-9]{4}", "1234"));
        assert!(met("(?:852|853)[0-9]{4}", "8521234") && !met("85[23][0-9]{4}", "8123458"));
    }

    #[test]
    fn what_may_be_missing_is_not_needed() {
        assert!(met("x?[0-9]{2,4}(?:ab|ac)", "12a") && !met("x?[0-9]{2,4}(?:ab|ac)", "12"));
        assert!(met("[0-9A-Z]{5}", "") && met("(?i)bearer", ""));
    }
}
