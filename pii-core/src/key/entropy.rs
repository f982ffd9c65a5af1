//! Where random bytes come from.

use std::fmt;

/// A source of bytes that nobody can guess. The operating system's is in `pii-keys`; a test may bring one that repeats.
pub trait Entropy {
    /// Fills `bytes` with random ones.
    ///
    /// # Errors
    /// There is no randomness to be had. What was written to `bytes` must then not be used.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// There is no randomness to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntropyError;

impl fmt::Display for EntropyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random bytes are to be had")
    }
}

impl std::error::Error for EntropyError {}
