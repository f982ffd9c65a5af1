//! A version of a key, without its secret.

use crate::{KeyAlgorithm, Purpose};
use pii_core::key::KeyId;
use pii_core::policy::Date;
use std::fmt;

/// What may be done with a version of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// New data is protected with it, and old data opened. One version of each purpose at most.
    Primary,
    /// Old data is opened with it.
    Enabled,
    /// Nothing is done with it, and it can come back.
    Disabled,
    /// As disabled, and it may be destroyed from that day on.
    Pending(Date),
    /// Its secret is gone. The id is kept, so that no other key ever has it.
    Destroyed,
}

impl State {
    /// The word that stands in files and lists.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Pending(_) => "pending",
            Self::Destroyed => "destroyed",
        }
    }

    /// Whether data can be opened with it.
    #[must_use]
    pub fn is_usable(self) -> bool {
        matches!(self, Self::Primary | Self::Enabled)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pending(on) => write!(f, "pending (to be destroyed from {on} on)"),
            state => f.write_str(state.word()),
        }
    }
}

/// A version of a key, without its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    pub(crate) id: KeyId,
    pub(crate) purpose: Purpose,
    pub(crate) algorithm: KeyAlgorithm,
    pub(crate) state: State,
    pub(crate) added: Date,
}

impl Version {
    /// Its id, as it stands in tokens and envelopes.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The algorithm that it is used with.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// What may be done with it.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// The day that it was added.
    #[must_use]
    pub fn added(&self) -> Date {
        self.added
    }
}
