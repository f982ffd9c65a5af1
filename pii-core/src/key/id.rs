//! The name of a version of a key.

use super::{Entropy, EntropyError};
use crate::base32;
use std::fmt;

/// There are this many key ids.
pub const KEY_ID_LIMIT: u32 = 1 << 20;

/// How many characters an id is written with.
const CHARACTERS: usize = 4;

/// The name of a version of a key: 20 bits, written as four characters (`k7hm`), as they stand in tokens.
///
/// Ids are drawn at random, so those of two keyrings hardly meet (one chance in a million for each pair); where they do,
/// the wrong key opens nothing. It is no secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u32);

impl KeyId {
    /// `None` from [`KEY_ID_LIMIT`] on.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (number < KEY_ID_LIMIT).then_some(Self(number))
    }

    /// A random id. The caller sees to it that its keyring has no such id yet.
    ///
    /// # Errors
    /// There is no randomness to be had.
    pub fn random(entropy: &mut dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 4];
        entropy.fill(&mut bytes)?;
        Ok(Self(u32::from_be_bytes(bytes) % KEY_ID_LIMIT))
    }

    /// The id as a number below [`KEY_ID_LIMIT`].
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }

    /// Reads the four characters that `Display` writes, in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != CHARACTERS {
            return None;
        }
        text.bytes().try_fold(0, |number, byte| Some(number << 5 | base32::value(byte)?)).map(Self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        [15, 10, 5, 0].into_iter().try_for_each(|shift| f.write_char(base32::character(self.0 >> shift)))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_four_characters() {
        for number in [0, 1, 31, 32, 0xA_BCDE, KEY_ID_LIMIT - 1] {
            let id = KeyId::new(number).unwrap();
            let text = id.to_string();
            assert_eq!(text.len(), 4);
            assert_eq!(KeyId::parse(&text), Some(id));
            assert_eq!(KeyId::parse(&text.to_uppercase()), Some(id));
        }
        assert_eq!(KeyId::new(KEY_ID_LIMIT), None);
        for bad in ["", "abc", "abcde", "abc1", "ab\u{e9}", "a bc"] {
            assert_eq!(KeyId::parse(bad), None, "{bad}");
        }
    }
}
