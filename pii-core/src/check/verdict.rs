//! What a check says.

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
