//! The words of a policy: what may be done with a value, whose it is, what a number in JSON becomes.

use std::fmt;

/// What is done with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// It leaves as it is.
    Pass,
    /// It is masked under a profile.
    Mask,
    /// It is encrypted and keeps its format. Needs keys.
    Fpe,
    /// A token stands for it. Needs keys.
    Token,
    /// It is encrypted and authenticated. Needs keys.
    Seal,
    /// A keyed digest stands for it. Needs keys.
    Hash,
    /// `***` stands for it.
    Drop,
    /// The whole message does not leave.
    Block,
}

impl Action {
    /// All of them, as policies spell them.
    pub const ALL: [Self; 8] =
        [Self::Pass, Self::Mask, Self::Fpe, Self::Token, Self::Seal, Self::Hash, Self::Drop, Self::Block];

    /// As policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Mask => "mask",
            Self::Fpe => "fpe",
            Self::Token => "token",
            Self::Seal => "seal",
            Self::Hash => "hash",
            Self::Drop => "drop",
            Self::Block => "block",
        }
    }

    /// Whether it cannot be done without keys.
    #[must_use]
    pub fn needs_keys(self) -> bool {
        matches!(self, Self::Fpe | Self::Token | Self::Seal | Self::Hash)
    }
}

/// What becomes of a JSON number that is masked: stars are no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum JsonNumber {
    /// The token becomes a string.
    #[default]
    String,
    /// The token becomes `null`.
    Null,
    /// The message does not leave.
    Block,
}

impl JsonNumber {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::String, Self::Null, Self::Block];

    /// As policies spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Null => "null",
            Self::Block => "block",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The channels that are known without a policy. All but `log` and `test_data` lead out of the firm.
pub(super) const CHANNELS: [&str; 6] = ["sms", "email", "push", "third_party", "log", "test_data"];

/// The channel of flows that name none, or one that no policy knows.
pub(super) const DEFAULT_CHANNEL: &str = "third_party";

/// Whether the floor holds on this known channel.
pub(super) fn is_outside(known_channel: &str) -> bool {
    !matches!(known_channel, "log" | "test_data")
}
