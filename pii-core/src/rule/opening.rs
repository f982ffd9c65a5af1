//! What the first run of letters and digits in a pattern's value looks like, read off the pattern itself.
//!
//! A value of a pattern never begins or ends within a run of letters and digits (a token), so its first token is a whole
//! one. How long that token may be, what it begins with and what stands on either side of it is known before any regular
//! expression runs, and most tokens of a text begin no value of any pattern.

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Repetition};

/// Tokens of this length and of all above are one.
pub(crate) const LONGEST: usize = 63;

/// The first token of a value. A value may begin with one only where all four agree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opening {
    /// Bit `n`: the token may have `n` characters. Bit [`LONGEST`]: that many or more.
    pub(crate) lengths: u64,
    pub(crate) first: ByteSet,
    /// What may stand before it, a line's beginning (as `\n`) included.
    pub(crate) before: ByteSet,
    /// What may stand behind it, a line's end (as `\n`) included.
    pub(crate) behind: ByteSet,
}

/// A set of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ByteSet(pub(super) [u64; 4]);

impl ByteSet {
    fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let mut set = Self::default();
        bytes.into_iter().for_each(|byte| set.0[usize::from(byte >> 6)] |= 1 << (byte & 63));
        set
    }

    /// All that is no letter or digit.
    fn outside_tokens() -> Self {
        Self::of((0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric()))
    }

    pub(crate) fn has(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    fn is_empty(self) -> bool {
        self == Self::default()
    }

    fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

impl Opening {
    /// How values of `pattern` begin, which are its group `value`, or all of it. `None`: some have no token in them.
    pub(super) fn of(pattern: &Hir) -> Option<Self> {
        let mut walk = Walk::default();
        let value = value_group(pattern).map_or(pattern, |group| &*group.sub);
        let end = walk.all(value, At { fresh: true, ..At::default() });
        if end.fresh || !end.lead.is_empty() {
            return None;
        }
        if end.lengths != 0 {
            walk.ends(end.lengths, ByteSet::outside_tokens());
        }
        Some(walk.found)
    }
}

/// The group that is the value of a pattern.
pub(super) fn value_group(pattern: &Hir) -> Option<&Capture> {
    match pattern.kind() {
        HirKind::Capture(group) if group.name.as_deref() == Some("value") => Some(group),
        HirKind::Capture(group) => value_group(&group.sub),
        HirKind::Repetition(repetition) => value_group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(value_group),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// Where in a value one may be: several at once, for what the pattern leaves open.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct At {
    /// At its beginning.
    fresh: bool,
    /// Behind one of these bytes and before the first token.
    lead: ByteSet,
    /// In the first token, behind that many characters. One bit each.
    lengths: u64,
    /// Behind the first token.
    past: bool,
}

impl At {
    fn or(self, other: Self) -> Self {
        Self {
            fresh: self.fresh || other.fresh,
            lead: self.lead.or(other.lead),
            lengths: self.lengths | other.lengths,
            past: self.past || other.past,
        }
    }
}

/// Goes through a pattern and notes what first tokens it can make.
#[derive(Default)]
struct Walk {
    found: Opening,
}

impl Walk {
    fn all(&mut self, pattern: &Hir, at: At) -> At {
        match pattern.kind() {
            HirKind::Empty | HirKind::Look(_) => at,
            HirKind::Literal(literal) => literal.0.iter().fold(at, |at, byte| self.one(&Letters::byte(*byte), at)),
            HirKind::Class(class) => self.one(&Letters::of(class), at),
            HirKind::Capture(group) => self.all(&group.sub, at),
            HirKind::Concat(parts) => parts.iter().fold(at, |at, part| self.all(part, at)),
            HirKind::Alternation(branches) => {
                branches.iter().fold(At::default(), |to, branch| to.or(self.all(branch, at)))
            }
            HirKind::Repetition(repetition) => self.repeated(repetition, at),
        }
    }

    fn repeated(&mut self, repetition: &Repetition, mut at: At) -> At {
        for _ in 0..repetition.min {
            let next = self.all(&repetition.sub, at);
            if next == at {
                break;
            }
            at = next;
        }
        let more = repetition.max.map_or(u32::MAX, |max| max.saturating_sub(repetition.min));
        let mut any = at;
        for _ in 0..more {
            at = self.all(&repetition.sub, at);
            let joined = any.or(at);
            // Lengths saturate, so this comes to an end.
            if joined == any {
                break;
            }
            any = joined;
        }
        any
    }

    fn one(&mut self, letters: &Letters, at: At) -> At {
        let mut to = At { past: at.past, ..At::default() };
        let in_token = !letters.in_token.is_empty();
        let outside = !letters.outside_first.is_empty();
        if at.fresh || !at.lead.is_empty() {
            if in_token {
                self.found.first = self.found.first.or(letters.in_token);
                let before = if at.fresh { ByteSet::outside_tokens() } else { at.lead };
                self.found.before = self.found.before.or(before);
                to.lengths |= 1 << 1;
            }
            if outside {
                to.lead = letters.outside_last;
            }
        }
        if at.lengths != 0 {
            if in_token {
                to.lengths |= at.lengths << 1 | at.lengths & 1 << LONGEST;
            }
            if outside {
                self.ends(at.lengths, letters.outside_first);
                to.past = true;
            }
        }
        to
    }

    /// Notes that the first token may end behind so many characters, before one of `behind`.
    fn ends(&mut self, lengths: u64, behind: ByteSet) {
        self.found.lengths |= lengths;
        self.found.behind = self.found.behind.or(behind);
    }
}

/// What one character of a pattern may be.
struct Letters {
    /// ASCII letters and digits.
    in_token: ByteSet,
    /// The first bytes of all else.
    outside_first: ByteSet,
    /// The last bytes of all else.
    outside_last: ByteSet,
}

impl Letters {
    fn byte(byte: u8) -> Self {
        Self::ranges([(byte, byte)].into_iter(), std::iter::empty())
    }

    fn of(class: &Class) -> Self {
        match class {
            Class::Bytes(class) => {
                let ranges = class.ranges().iter().map(|range| (range.start(), range.end()));
                Self::ranges(ranges, std::iter::empty())
            }
            Class::Unicode(class) => {
                let ascii = class.ranges().iter().filter_map(|range| {
                    let start = u8::try_from(range.start()).ok().filter(u8::is_ascii)?;
                    Some((start, u8::try_from(range.end()).unwrap_or(0x7F).min(0x7F)))
                });
                let wide = class.ranges().iter().filter(|range| !range.end().is_ascii());
                Self::ranges(ascii, wide.map(|range| (range.start().max('\u{80}'), range.end())))
            }
        }
    }

    fn ranges(bytes: impl Iterator<Item = (u8, u8)>, characters: impl Iterator<Item = (char, char)>) -> Self {
        let bytes: Vec<u8> = bytes.flat_map(|(from, to)| from..=to).collect();
        let (inside, outside): (Vec<u8>, Vec<u8>) = bytes.iter().partition(|byte| byte.is_ascii_alphanumeric());
        let outside = ByteSet::of(outside);
        let (mut first, mut last) = (outside, outside);
        for (from, to) in characters {
            first = first.or(ByteSet::of(ends(from).0..=ends(to).0));
            let is_narrow = u32::from(from) >> 6 == u32::from(to) >> 6;
            last = last.or(ByteSet::of(if is_narrow { ends(from).1..=ends(to).1 } else { 0x80..=0xBF }));
        }
        Self { in_token: ByteSet::of(inside), outside_first: first, outside_last: last }
    }
}

/// The first and the last byte of a character.
fn ends(character: char) -> (u8, u8) {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    (bytes[0], bytes[bytes.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(pattern: &str) -> Option<Opening> {
        Opening::of(&regex_syntax::parse(pattern).expect("a pattern"))
    }

    fn lengths(pattern: &str) -> Vec<usize> {
        let lengths = opening(pattern).expect("a pattern with a token").lengths;
        (0..64).filter(|n| lengths >> n & 1 == 1).collect()
    }

    fn begins(pattern: &str, text: &str) -> bool {
        let opening = opening(pattern).expect("a pattern with a token");
        let at = text.bytes().position(|b| b.is_ascii_alphanumeric()).expect("a token");
        let len = text.as_bytes()[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let before = at.checked_sub(1).map_or(b'\n', |before| text.as_bytes()[before]);
        let behind = text.as_bytes().get(at + len).copied().unwrap_or(b'\n');
        opening.lengths >> len.min(LONGEST) & 1 == 1
            && opening.first.has(text.as_bytes()[at])
            && opening.before.has(before)
            && opening.behind.has(behind)
    }

    #[test]
    fn lengths_of_the_first_token() {
        assert_eq!(lengths("[0-9]{3}-?[0-9]{4}"), [3, 7]);
        assert_eq!(lengths("(?:ab|[0-9]{2,4})x?[.][0-9]"), [2, 3, 4, 5]);
        assert_eq!(lengths("[a-z]+"), (1..=LONGEST).collect::<Vec<_>>());
        assert_eq!(lengths("[A-Za-z0-9][A-Za-z0-9._-]{0,3}@"), [1, 2, 3, 4]);
        assert_eq!(lengths("(?:身份证)[0-9]{9}护照"), [9]);
        assert_eq!(lengths("[a-z]+ (?P<value>[0-9]{2}) [a-z]+"), [2], "only the value counts");
        assert_eq!(lengths("[0-9]+(?:[.][0-9]+){4,}|(?P<value>[0-9]{1,3}(?:[.][0-9]{1,3}){3})"), [1, 2, 3]);
        assert_eq!(lengths("a{200}"), [LONGEST]);
    }

    #[test]
    fn what_stands_around_the_first_token() {
        let plate = "[京沪][A-Z][ ·.-]?[0-9]{5}";
        assert!(begins(plate, "京A12345") && begins(plate, "沪B·12345") && !begins(plate, "于A12345"));
        assert!(!begins(plate, "京A1234567") && !begins(plate, "京112345") && !begins(plate, "A12345"));
        let card = "(?P<value>[A-Z]{1,2}[0-9]{6} ?[(（][0-9A][)）])";
        assert!(begins(card, "A123456(7)") && begins(card, "AB123456（7）") && begins(card, "号A123456 (7)"));
        assert!(!begins(card, "A123456") && !begins(card, "1123456(7)") && !begins(card, "A12345(7)"));
        assert!(begins("[0-9]{4}", "1234") && begins("[0-9]{4}", "，1234，") && begins("[+]?[0-9]{4}", "+1234"));
    }

    #[test]
    fn values_without_a_token_are_told() {
        assert_eq!(opening("[一-龥]+"), None);
        assert_eq!(opening("第[0-9]*号"), None);
        assert_eq!(opening("[0-9]?-*"), None);
    }
}
