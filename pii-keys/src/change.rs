//! What can be changed in a keyring, and what a change would do.

use crate::{KeyAlgorithm, Purpose};
use pii_core::audit::Act;
use pii_core::key::KeyId;
use pii_core::policy::Date;
use std::fmt;

/// A change to a keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds a version, enabled. It is promoted once every node has the keyring that it is in.
    Add {
        /// What it is for.
        purpose: Purpose,
        /// What it is used with. `None`: what is usual.
        algorithm: Option<KeyAlgorithm>,
    },
    /// Makes an enabled version the primary one. The one before stays enabled, and so what it protected opens as before.
    Promote {
        /// Which one.
        id: KeyId,
        /// Also on the day that it was added, when a node may not have it yet.
        at_once: bool,
    },
    /// Puts an enabled version out of use.
    Disable {
        /// Which one.
        id: KeyId,
    },
    /// Puts a disabled version back into use.
    Enable {
        /// Which one.
        id: KeyId,
    },
    /// The first step of destruction: from that day on a disabled version may be destroyed.
    Schedule {
        /// Which one.
        id: KeyId,
        /// From which day on; after today.
        on: Date,
    },
    /// Takes the first step back.
    Cancel {
        /// Which one.
        id: KeyId,
    },
    /// The second step: erases the secret. What only this version opens is deleted by that.
    Destroy {
        /// Which one.
        id: KeyId,
    },
}

impl Change {
    /// Promotes a version, but not on the day that it was added.
    #[must_use]
    pub fn promote(id: KeyId) -> Self {
        Self::Promote { id, at_once: false }
    }

    /// The version that it is about, where it has one already.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        match *self {
            Self::Add { .. } => None,
            Self::Promote { id, .. }
            | Self::Disable { id }
            | Self::Enable { id }
            | Self::Schedule { id, .. }
            | Self::Cancel { id }
            | Self::Destroy { id } => Some(id),
        }
    }

    /// What the audit record calls it.
    #[must_use]
    pub fn act(&self) -> Act {
        match self {
            Self::Add { .. } => Act::KeyAdded,
            Self::Promote { .. } => Act::KeyPromoted,
            Self::Disable { .. } => Act::KeyDisabled,
            Self::Enable { .. } => Act::KeyEnabled,
            Self::Schedule { .. } => Act::DestructionScheduled,
            Self::Cancel { .. } => Act::DestructionCancelled,
            Self::Destroy { .. } => Act::KeyDestroyed,
        }
    }
}

/// What a change does, or would do in a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub(crate) act: Act,
    pub(crate) key: Option<KeyId>,
    pub(crate) count: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) generation: Option<u64>,
}

impl Plan {
    pub(crate) fn new(act: Act, key: Option<KeyId>, count: u64, lines: Vec<String>) -> Self {
        Self { act, key, count, lines, generation: None }
    }

    /// What is done.
    #[must_use]
    pub fn act(&self) -> Act {
        self.act
    }

    /// The version that it is about: of one that is added only once it was.
    #[must_use]
    pub fn key(&self) -> Option<KeyId> {
        self.key
    }

    /// On how many versions or keys.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What happens, a sentence a line.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
