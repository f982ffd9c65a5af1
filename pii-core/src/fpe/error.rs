//! Why something cannot be enciphered. Never says what the value was.

use std::fmt;

/// Why something cannot be enciphered or deciphered. Holds no value, key or tweak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FpeError(Reason);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    KeyLength { algorithm: &'static str, right_bytes: usize },
    Radix,
    SmallDomain,
    LargeDomain,
    TooLong { limit: usize },
    TweakTooLong { limit_bytes: usize },
    Numeral,
    Outside,
    NotValid { kind: &'static str },
    Sparse,
    NoMark,
    NoSubject,
    OneWay { kind: &'static str },
    NoMethod { kind: &'static str },
    ShiftDays { limit: u16 },
}

impl FpeError {
    pub(super) fn new(reason: Reason) -> Self {
        Self(reason)
    }

    /// Whether the key has not as many bytes as the algorithm takes.
    #[must_use]
    pub fn is_key_length(self) -> bool {
        matches!(self.0, Reason::KeyLength { .. })
    }

    /// Whether there are fewer values of this form than may safely be enciphered this way.
    #[must_use]
    pub fn is_small_domain(self) -> bool {
        self.0 == Reason::SmallDomain
    }

    /// Whether a length, a tweak, a radix or a domain is over its limit.
    #[must_use]
    pub fn is_limit(self) -> bool {
        use Reason::{LargeDomain, Radix, ShiftDays, TooLong, TweakTooLong};
        matches!(self.0, TooLong { .. } | TweakTooLong { .. } | ShiftDays { .. } | Radix | LargeDomain)
    }

    /// Whether a kind cannot do what was asked of it: it has no method, no check character to mark a value with, or no way
    /// back; or its rule makes values too rare among those of their shape.
    #[must_use]
    pub fn is_unsupported(self) -> bool {
        matches!(self.0, Reason::NoMethod { .. } | Reason::NoMark | Reason::OneWay { .. } | Reason::Sparse)
    }

    /// Whether it takes the person whom the value is about, and none was named.
    #[must_use]
    pub fn is_subject(self) -> bool {
        self.0 == Reason::NoSubject
    }

    /// Whether the value is none of its kind: a wrong check digit, an unknown region, a character that is no numeral, a
    /// number outside the domain.
    #[must_use]
    pub fn is_value(self) -> bool {
        matches!(self.0, Reason::Numeral | Reason::Outside | Reason::NotValid { .. })
    }
}

impl fmt::Display for FpeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::KeyLength { algorithm, right_bytes } => write!(f, "a key of {algorithm} has {right_bytes} bytes"),
            Reason::Radix => f.write_str("a radix is 2 to 65536"),
            Reason::SmallDomain => f.write_str("fewer values have this form than this encryption is safe for"),
            Reason::LargeDomain => f.write_str("more values have this form than this encryption can count"),
            Reason::TooLong { limit } => write!(f, "more than {limit} numerals"),
            Reason::TweakTooLong { limit_bytes } => write!(f, "a tweak of more than {limit_bytes} bytes"),
            Reason::Numeral => f.write_str("a character is no numeral of this radix"),
            Reason::Outside => f.write_str("a number is outside the domain"),
            Reason::NotValid { kind } => write!(f, "no valid {kind}"),
            Reason::Sparse => {
                f.write_str("values are too rare among those of their shape: the rule's [fpe] needs a `check`")
            }
            Reason::NoMark => f.write_str("values without a check character cannot be marked as invalid"),
            Reason::NoSubject => f.write_str("a date is shifted by its person, and none was named"),
            Reason::OneWay { kind } => write!(f, "a {kind} is replaced for good: there is no way back"),
            Reason::NoMethod { kind } => write!(f, "the rule of {kind} has no [fpe]"),
            Reason::ShiftDays { limit } => write!(f, "a date is shifted by 1 to {limit} days at most"),
        }
    }
}

impl fmt::Debug for FpeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for FpeError {}
