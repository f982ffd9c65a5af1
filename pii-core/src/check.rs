//! Checks: what an identifier's own digits say about it.
//!
//! A check sees a *canonical* value: ASCII, upper case, separators and disguises gone. It is a pure function and knows
//! nothing of labels, context or masks. A rule names its check; [`named`] finds it.

/// What a check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It cannot be one.
    Invalid,
    /// It has the form of one (a real region, a real date) and only the check character is wrong: a mistyped number,
    /// and never something else such as a bank card.
    NearMiss,
    /// The check passes, but chance passes it often (Luhn without a known BIN).
    Likely,
    /// The check passes and chance hardly ever does.
    Valid,
}

/// A check, as rules name it.
pub type Check = fn(&[u8]) -> Verdict;

/// The check of this name, if there is one.
#[must_use]
pub fn named(_name: &str) -> Option<Check> {
    None
}
