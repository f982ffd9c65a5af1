//! A key-encryption key that this process holds: 32 secret bytes, wherever they came from.

use super::Kek;
use crate::{KekError, algorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pii_core::key::{Described, Entropy, KeyId, Mac, MacAlgorithm, Secret, Suite};
use pii_core::seal::{SealAlgorithm, WrappingKey};
use zeroize::Zeroizing;

/// How many bytes a key-encryption key has.
pub(super) const KEY_BYTES: usize = 32;

/// What the 32 bytes are written with in base64.
const BASE64_BYTES: usize = 44;

/// A key-encryption key that is used as it is, and where it came from.
pub(super) trait Held {
    /// [`Kek::provider`].
    const PROVIDER: &'static str;

    /// The key.
    fn secret(&self) -> &Secret;
}

impl<K: Held> Kek for K {
    fn provider(&self) -> &'static str {
        K::PROVIDER
    }

    fn described(&self, suite: Suite) -> Vec<Described> {
        let (seal, mac) = algorithms(suite);
        vec![seal.described(), mac.described()]
    }

    fn protect(&self, suite: Suite, root: &Secret, entropy: &mut dyn Entropy) -> Result<Vec<u8>, KekError> {
        Ok(wrapping_key(suite, self.secret(), K::PROVIDER)?.wrap_secret(b"root", root, entropy)?)
    }

    fn recover(&self, suite: Suite, protected: &[u8]) -> Result<Secret, KekError> {
        Ok(wrapping_key(suite, self.secret(), K::PROVIDER)?.unwrap_secret(b"root", protected)?)
    }
}

/// What a root key is wrapped with.
pub(super) fn algorithms(suite: Suite) -> (SealAlgorithm, MacAlgorithm) {
    let mac = match suite {
        Suite::Any => MacAlgorithm::HmacSha256,
        Suite::Sm => MacAlgorithm::HmacSm3,
    };
    (algorithm::wrapping(suite), mac)
}

/// The key of a root key. It is derived, so that one secret for both suites is two keys, and none of them is used for
/// anything else.
pub(super) fn wrapping_key(suite: Suite, secret: &Secret, origin: &str) -> Result<WrappingKey, KekError> {
    let (seal, mac) = algorithms(suite);
    let mac = Mac::new(mac, secret.expose()).ok_or_else(KekError::unopened)?;
    let derived = mac.derive(&format!("pii-keys 1: {origin}: {}", seal.described().name));
    // A file's header names key-encryption keys by provider. An id is for keys of a ring.
    let id = KeyId::new(0).ok_or_else(KekError::unopened)?;
    let key = derived.expose().get(..seal.key_bytes()).unwrap_or_default();
    Ok(WrappingKey::new(seal, id, key)?)
}

/// Reads 32 bytes in base64, as `openssl rand -base64 32` writes them: one line, with or without its end.
pub(super) fn parse(text: &[u8], origin: &str) -> Result<Secret, KekError> {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let wrong = || KekError::written(format!("{origin}: a key is 32 random bytes in base64, on one line"));
    let mut key = Zeroizing::new(vec![0; KEY_BYTES + 1]);
    let length = match line.len() {
        BASE64_BYTES => STANDARD.decode_slice(line, &mut key).map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    let key = key.get(..length).filter(|key| key.len() == KEY_BYTES).ok_or_else(wrong)?;
    if key.iter().all(|byte| Some(byte) == key.first()) {
        return Err(KekError::written(format!("{origin}: 32 equal bytes are no key: write `openssl rand -base64 32`")));
    }
    Ok(Secret::copy_of(key))
}

/// Writes what [`parse`] reads.
pub(super) fn written(secret: &Secret) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(vec![b'\n'; BASE64_BYTES + 1]);
    // The slice is as long as the text of 32 bytes, so this cannot fail.
    let _ = STANDARD.encode_slice(secret.expose(), text.get_mut(..BASE64_BYTES).unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_base64() {
        let secret = Secret::copy_of(&(0..32).collect::<Vec<u8>>());
        let text = written(&secret);
        assert_eq!(&text[..], b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        assert_eq!(parse(&text, "file"), Ok(Secret::copy_of(secret.expose())));
        assert_eq!(parse(&text[..44], "file"), Ok(secret));
        for bad in [&b""[..], b"AAECAwQ=", &text[1..], b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n", &[b'A'; 44]] {
            assert!(parse(bad, "file").is_err_and(|error| error.is_written_wrong()));
        }
        let zeros = format!("{}=", "A".repeat(43));
        assert!(parse(zeros.as_bytes(), "file").is_err_and(|error| error.is_written_wrong()));
    }
}
