//! What a value means, as the cipher is told.

use super::error::{FpeError, Reason};
use crate::Kind;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The longest tweak, in bytes. A tweak goes through the block cipher, so a long one costs time.
pub const TWEAK_LIMIT_BYTES: usize = 256;

/// What a value means. Equal values under different tweaks have unrelated results; a tweak is no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Tweak(Box<[u8]>);

impl Tweak {
    /// Any bytes, up to [`TWEAK_LIMIT_BYTES`].
    ///
    /// # Errors
    /// More bytes than that ([`FpeError::is_limit`]).
    pub fn new(bytes: &[u8]) -> Result<Self, FpeError> {
        if bytes.len() > TWEAK_LIMIT_BYTES {
            return Err(FpeError::new(Reason::TweakTooLong { limit_bytes: TWEAK_LIMIT_BYTES }));
        }
        Ok(Self(bytes.into()))
    }

    /// The tweak of a kind in a scope: the first 8 bytes of SHA-256 of `pii-ff1-v1|kind|scope`.
    ///
    /// The scope is what the firm keeps apart (a test environment, a recipient). Neither table nor column belongs in it,
    /// or joins break; nor does a key's version. A kind's name has no `|`, so no two pairs read alike.
    #[must_use]
    pub fn of(kind: Kind, scope: &str) -> Self {
        let mut hash = Sha256::new();
        for part in ["pii-ff1-v1|", kind.as_str(), "|", scope] {
            hash.update(part);
        }
        Self(hash.finalize().iter().copied().take(8).collect())
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Tweak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tweak({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tweak_is_its_kind_and_scope() {
        // The first 8 bytes that `printf 'pii-ff1-v1|resident_id|test' | sha256sum` prints.
        let kind = Kind::new("resident_id").unwrap();
        let hex: String = Tweak::of(kind, "test").as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "44cc52cb9be68e50");
        assert_ne!(Tweak::of(kind, "test"), Tweak::of(kind, "test2"));
        assert_ne!(Tweak::of(kind, "test"), Tweak::of(Kind::new("bank_card").unwrap(), "test"));
    }

    #[test]
    fn a_long_tweak_is_an_error() {
        assert!(Tweak::new(&[0; TWEAK_LIMIT_BYTES]).is_ok());
        assert!(Tweak::new(&[0; TWEAK_LIMIT_BYTES + 1]).is_err_and(FpeError::is_limit));
    }
}
