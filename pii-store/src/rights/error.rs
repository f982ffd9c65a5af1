//! What is wrong with a file of rights, and where.

use std::fmt;

/// Why a file of rights cannot be used. Says the file, the line and what to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct RightsError {
    file: String,
    line: usize,
    message: String,
}

impl RightsError {
    pub(super) fn at(file: &str, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for RightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl fmt::Debug for RightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RightsError {}
