//! Tokens and digests of values.

use super::written::{MARK_BYTES, Mark, with_check};
use crate::key::{Entropy, EntropyError, KeyId, Mac, MacAlgorithm};
use crate::{Kind, base32};
use std::fmt;

/// How many bits of the keyed hash a token keeps. Truncation from the left is what FIPS 198-1 and SP 800-107 allow.
pub const TOKEN_BITS: usize = 128;

/// How many characters those bits are written with.
const BODY_CHARACTERS: usize = TOKEN_BITS.div_ceil(5);

/// How many bytes a token, a vault's token or a digest is written with: mark, key id, body, check character.
pub(super) const TOKEN_BYTES: usize = MARK_BYTES + 4 + BODY_CHARACTERS + 1;

/// Names this way to make tokens. Another one gets another name, so that two never meet.
const TOKEN_USE: &[u8] = b"pii token 1";
const DIGEST_USE: &[u8] = b"pii digest 1";

/// Makes tokens and digests with one version of a key.
pub struct Tokenizer {
    id: KeyId,
    mac: Mac,
}

impl Tokenizer {
    /// Sets up a key. `None` where it has less than 16 bytes.
    #[must_use]
    pub fn new(algorithm: MacAlgorithm, id: KeyId, key: &[u8]) -> Option<Self> {
        Some(Self { id, mac: Mac::new(algorithm, key)? })
    }

    /// The version of the key, as it stands in every token.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.id
    }

    /// The token of a value: the same for the same kind, scope and value, and for nothing else.
    ///
    /// `scope` keeps apart what must not be joined (a tenant, a project of test data). Never put a table or column there:
    /// joins would break. The value is taken as it is; [`super::normalised`] makes one of several ways to write it.
    #[must_use]
    pub fn token(&self, kind: Kind, scope: &str, value: &str) -> String {
        self.written(Mark::Token, TOKEN_USE, kind, scope, value)
    }

    /// The digest of a value, for the action `hash`: as a token, but with no vault to lead back. A token and a digest of
    /// one value have nothing in common.
    #[must_use]
    pub fn digest(&self, kind: Kind, scope: &str, value: &str) -> String {
        self.written(Mark::Digest, DIGEST_USE, kind, scope, value)
    }

    fn written(&self, mark: Mark, use_label: &[u8], kind: Kind, scope: &str, value: &str) -> String {
        let parts = [use_label, kind.as_str().as_bytes(), scope.as_bytes(), value.as_bytes()];
        write(mark, self.id, &self.mac.of_parts(&parts))
    }
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokenizer({}, {:?})", self.id, self.mac)
    }
}

/// A random token, for a vault that keeps which value it stands for. `id` is the key that the vault's entry is sealed with.
///
/// # Errors
/// There is no randomness to be had.
pub fn random_token(id: KeyId, entropy: &mut dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0; TOKEN_BITS / 8];
    entropy.fill(&mut bytes)?;
    Ok(write(Mark::Vault, id, &bytes))
}

fn write(mark: Mark, id: KeyId, bytes: &[u8]) -> String {
    let kept = bytes.get(..TOKEN_BITS / 8).unwrap_or(bytes);
    let mut out = format!("{}{id}", mark.prefix());
    out.reserve_exact(BODY_CHARACTERS + 1);
    base32::encode(kept, &mut out);
    with_check(out)
}

/// The key id of a token. `None` for what no [`write`] gives, the check character aside.
pub(super) fn key_id(text: &[u8]) -> Option<KeyId> {
    (text.len() == TOKEN_BYTES).then_some(())?;
    let (id, rest) = text.get(MARK_BYTES..)?.split_at_checked(4)?;
    base32::decode(rest.get(..BODY_CHARACTERS)?)?;
    KeyId::parse(std::str::from_utf8(id).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer(algorithm: MacAlgorithm) -> Tokenizer {
        Tokenizer::new(algorithm, KeyId::new(5).unwrap(), &[7; 32]).unwrap()
    }

    #[test]
    fn a_token_depends_on_all_that_it_is_made_of() {
        let (card, id) = (Kind::new("bank_card").unwrap(), Kind::new("resident_id").unwrap());
        let tokens = tokenizer(MacAlgorithm::HmacSha256);
        let all = [
            tokens.token(card, "a", "1"),
            tokens.token(id, "a", "1"),
            tokens.token(card, "b", "1"),
            tokens.token(card, "a", "2"),
            tokens.token(card, "a1", ""),
            tokens.digest(card, "a", "1"),
            tokenizer(MacAlgorithm::HmacSm3).token(card, "a", "1"),
            Tokenizer::new(MacAlgorithm::HmacSha256, tokens.key_id(), &[8; 32]).unwrap().token(card, "a", "1"),
        ];
        let bodies: std::collections::BTreeSet<&str> = all.iter().map(|token| &token[8..34]).collect();
        assert_eq!(bodies.len(), all.len());
        for token in &all {
            assert_eq!(token.len(), TOKEN_BYTES);
            assert_eq!(key_id(token.as_bytes()), KeyId::new(5));
        }
        assert_eq!(tokens.token(card, "a", "1"), all[0]);
    }

    #[test]
    fn tokens_stay_as_they_are() {
        // Kept for good: tokens of earlier versions stand in files. The body is the first 16 bytes of HMAC-SHA-256 and
        // HMAC-SM3, computed apart from this code (Python's hmac over OpenSSL), over the framed parts.
        let kind = Kind::new("mobile_phone").unwrap();
        let token = |algorithm| tokenizer(algorithm).token(kind, "test", "13800000000");
        assert_eq!(token(MacAlgorithm::HmacSha256), "pit_aaafttynaifyqbhyf5pyot2pzdqnuei");
        assert_eq!(token(MacAlgorithm::HmacSm3), "pit_aaafrwvtreydc3og3qu35sq475a37ii");
    }

    #[test]
    fn debug_output_has_no_key() {
        assert_eq!(format!("{:?}", tokenizer(MacAlgorithm::HmacSm3)), "Tokenizer(aaaf, Mac(HMAC-SM3))");
    }
}
