//! What is wrong with a token, and where in it.

use crate::sink::SyntaxError;

/// A token that is not well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Position from the token's first byte.
    pub(super) at: usize,
    /// As in [`SyntaxError`].
    pub(super) what: &'static str,
}

impl Fault {
    /// The same fault for a token that begins at `token_start` of the input.
    pub(super) fn in_input(self, token_start: usize) -> SyntaxError {
        SyntaxError { at: token_start + self.at, what: self.what, is_limit: false }
    }
}
