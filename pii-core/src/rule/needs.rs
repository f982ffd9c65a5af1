//! What a text must hold for a pattern to have a chance in it, read off the pattern itself.
//!
//! An IPv4 address has three dots, a MAC address five colons or dashes or two dots. Counting the bytes of a line is far
//! cheaper than running a regular expression over it, and most lines lack something of most patterns.

use regex_syntax::hir::{Class, Hir, HirKind};

/// How often each ASCII byte stands in a text, and how many digits there are in all.
pub(crate) struct Counts {
    bytes: [u32; 128],
    digits: u32,
}

impl Counts {
    /// Counts the bytes of `text`.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut bytes = [0; 128];
        for byte in text {
            if let Some(count) = bytes.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let digits = bytes[usize::from(b'0')..=usize::from(b'9')].iter().sum();
        Self { bytes, digits }
    }

    fn zero() -> Self {
        Self { bytes: [0; 128], digits: 0 }
    }

    fn each(mut self, other: &Self, join: impl Fn(u32, u32) -> u32) -> Self {
        self.bytes.iter_mut().zip(other.bytes).for_each(|(mine, theirs)| *mine = join(*mine, theirs));
        self.digits = join(self.digits, other.digits);
        self
    }
}

/// What every match of a pattern holds at the least: one of several lists, for the pattern's alternatives.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    alternatives: Vec<Need>,
}

#[derive(Debug, PartialEq, Eq)]
struct Need {
    /// Bytes and how many of each.
    bytes: Vec<(u8, u32)>,
    digits: u32,
}

impl Needs {
    /// What matches of `pattern` need.
    pub(super) fn of(pattern: &Hir) -> Self {
        let mut alternatives = Vec::new();
        collect(pattern, &mut alternatives);
        Self { alternatives }
    }

    /// Whether a text with these counts may hold a match.
    pub(crate) fn are_met(&self, counts: &Counts) -> bool {
        let met = |need: &Need| {
            need.digits <= counts.digits && need.bytes.iter().all(|(byte, n)| counts.bytes[usize::from(*byte)] >= *n)
        };
        self.alternatives.iter().any(met)
    }
}

/// The alternatives at the top of a pattern, in groups or not.
fn collect(pattern: &Hir, out: &mut Vec<Need>) {
    match pattern.kind() {
        HirKind::Capture(group) => collect(&group.sub, out),
        HirKind::Alternation(branches) => branches.iter().for_each(|branch| collect(branch, out)),
        _ => {
            let least = least(pattern);
            let bytes = (0u8..).zip(least.bytes).filter(|(_, count)| *count > 0).collect();
            out.push(Need { bytes, digits: least.digits });
        }
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

/// A class says something only where all of it is digits.
fn of_class(class: &Class) -> Counts {
    let is_digit = |c: char| c.is_ascii_digit();
    let digits = match class {
        Class::Unicode(class) => class.ranges().iter().all(|range| is_digit(range.start()) && is_digit(range.end())),
        Class::Bytes(class) => {
            class.ranges().iter().all(|range| range.start().is_ascii_digit() && range.end().is_ascii_digit())
        }
    };
    Counts { digits: u32::from(digits), ..Counts::zero() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(pattern: &str) -> Needs {
        Needs::of(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    fn met(pattern: &str, text: &str) -> bool {
        needs(pattern).are_met(&Counts::of(text.as_bytes()))
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
        assert!(!met("字第[0-9]{4}", "字第12") && met("字第[0-9]{4}", "1234"));
    }

    #[test]
    fn what_may_be_missing_is_not_needed() {
        assert!(met("x?[0-9]{2,4}(?:ab|ac)", "12a") && !met("x?[0-9]{2,4}(?:ab|ac)", "12"));
        assert!(met("[0-9A-Z]{5}", "") && met("(?i)bearer", ""));
    }
}
