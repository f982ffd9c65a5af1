//! What is wrong with a configuration, and where.

use std::fmt;

/// Why a configuration cannot be used: the file and the line, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    place: String,
    what: String,
}

impl ConfigError {
    pub(crate) fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { place: format!("{file}:{line}"), what: what.into() }
    }

    pub(crate) fn on_command_line(option: &str, what: impl Into<String>) -> Self {
        Self { place: option.to_owned(), what: what.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for ConfigError {}

/// Why a file gives no configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The system does not let it be read: its name, and why.
    Unreadable(String),
    /// It says what cannot be.
    Wrong(ConfigError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(what) => f.write_str(what),
            Self::Wrong(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReadError {}
