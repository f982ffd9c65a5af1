//! What can be wrong with a key.

use std::fmt;

/// This is no key. Says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignError(pub(super) Wrong);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Length,
    Public,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Wrong::Length => "a signing key is made of 32 secret bytes",
            Wrong::Public => "this is no public key: give one of Ed25519 or SM2 as PEM (-----BEGIN PUBLIC KEY-----)",
        })
    }
}

impl std::error::Error for SignError {}
