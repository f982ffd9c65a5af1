//! What is wrong with a policy file, and where.

use super::words::Action;
use std::fmt;

/// Why a policy cannot be used. Says the file, the line and what to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyError {
    file: String,
    line: Option<usize>,
    message: String,
    kind: ErrorKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ErrorKind {
    Written,
    NeedsKeys,
}

impl PolicyError {
    pub(super) fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line), message: message.into(), kind: ErrorKind::Written }
    }

    pub(super) fn needs_keys(file: &str, line: usize, action: Action) -> Self {
        let action = action.as_str();
        let message = format!(
            "the action {action:?} needs a key for it: give a keyring that has one (`pii keys init` makes a keyring), or \
             write \"mask\" or \"drop\""
        );
        Self { kind: ErrorKind::NeedsKeys, ..Self::at(file, line, message) }
    }

    /// The file, as it was named when the policy was parsed.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// Whether the file is right but asks for something that takes keys.
    #[must_use]
    pub fn is_missing_keys(&self) -> bool {
        self.kind == ErrorKind::NeedsKeys
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl fmt::Debug for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PolicyError {}

/// Something in a policy that works but is hardly what was meant.
#[derive(Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file, as it was named when the policy was parsed.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is odd about it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl fmt::Debug for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A channel that neither this version nor the policy knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownChannel {
    pub(super) channel: String,
    pub(super) meant: Option<String>,
    pub(super) known: String,
}

impl fmt::Display for UnknownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown channel {:?}: ", self.channel)?;
        match &self.meant {
            Some(meant) => write!(f, "write {meant:?}, or another of {}", self.known)?,
            None => write!(f, "write one of {}", self.known)?,
        }
        f.write_str("; a channel of your own needs a [[channel]] in the policy file")
    }
}

impl std::error::Error for UnknownChannel {}

/// A purpose that a policy with purposes does not declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPurpose {
    /// None where there is none, and one is required.
    pub(super) purpose: Option<String>,
    pub(super) meant: Option<String>,
    pub(super) known: String,
}

impl fmt::Display for UnknownPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.purpose {
            Some(purpose) => write!(f, "unknown purpose {purpose:?}: ")?,
            None => f.write_str("the policy requires that each flow names its purpose: ")?,
        }
        match &self.meant {
            Some(meant) => write!(f, "write {meant:?}, or another of {}", self.known)?,
            None => write!(f, "write one of {}", self.known)?,
        }
        f.write_str("; a purpose of your own needs a [[purpose]] in the policy file")
    }
}

impl std::error::Error for UnknownPurpose {}
