//! Names of what the ledger speaks of: opaque bytes, written in hexadecimal, and codes.

use super::wire::as_text;
use crate::hex::{Hex, unhex};
use crate::key::KeyId;
use sm3::{Digest as _, Sm3};
use std::fmt;

/// The longest code, in bytes.
pub const CODE_LIMIT_BYTES: usize = 64;

/// A data subject: opaque bytes that were drawn at random. It says nothing of who it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId([u8; 16]);

/// A consent record: opaque bytes, drawn by whoever asked for the consent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

/// An SM3 digest (GB/T 32905-2016).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sm3Digest([u8; 32]);

/// A keyed hash of something that leads to a data subject (a phone number, an ID number, an account). Whoever has the key
/// makes it; the value itself is never here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AliasDigest {
    key: KeyId,
    bytes: [u8; 32],
}

/// The name of something that was declared, or of a channel: small ASCII letters, digits, `_`, `-` and `.`, a letter first,
/// 64 bytes at most.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Box<str>);

impl SubjectId {
    /// These bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text.as_bytes()).map(Self)
    }
}

impl RecordId {
    /// These bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text.as_bytes()).map(Self)
    }
}

impl Sm3Digest {
    /// The digest of `text`.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        Self(Sm3::digest(text).into())
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        unhex(text.as_bytes()).map(Self)
    }
}

impl AliasDigest {
    /// What `key` made of a value.
    #[must_use]
    pub const fn new(key: KeyId, bytes: [u8; 32]) -> Self {
        Self { key, bytes }
    }

    /// Which key made it.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The keyed hash.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 32] {
        self.bytes
    }

    /// Reads `k7hm:` and 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (key, digits) = text.split_once(':')?;
        Some(Self { key: KeyId::parse(key)?, bytes: unhex(digits.as_bytes())? })
    }
}

impl Code {
    /// `None` for what is no code.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let begins = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.');
        (begins && text.len() <= CODE_LIMIT_BYTES && text.bytes().all(fits)).then(|| Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

macro_rules! written_in_hex {
    ($($type:ty),*) => {$(
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Hex(&self.0), f)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&Hex(&self.0), f)
            }
        }
    )*};
}

written_in_hex!(SubjectId, RecordId, Sm3Digest);
as_text!(SubjectId, "a subject of 32 hexadecimal digits", SubjectId::parse);
as_text!(RecordId, "a record of 32 hexadecimal digits", RecordId::parse);
as_text!(Sm3Digest, "an SM3 digest of 64 hexadecimal digits", Sm3Digest::parse);
as_text!(AliasDigest, "a key, a colon and 64 hexadecimal digits", AliasDigest::parse);
as_text!(Code, "a code of small letters, digits, _, - and .", Code::new);

impl fmt::Display for AliasDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.key, Hex(&self.bytes))
    }
}

/// Shows the key alone: a keyed hash of a phone number is still personal information.
impl fmt::Debug for AliasDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AliasDigest({}:…)", self.key)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_has_one_way_to_be_written() {
        let text = "00ff10a0000000000000000000000001";
        assert_eq!(SubjectId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        for bad in ["", "00", &text.to_uppercase(), &format!("{text}0"), "zz".repeat(16).as_str()] {
            assert_eq!(RecordId::parse(bad), None, "{bad}");
        }
        let alias = format!("k7hm:{}", "0a".repeat(32));
        let read = AliasDigest::parse(&alias).expect("an alias");
        assert_eq!((read.to_string(), format!("{read:?}")), (alias, "AliasDigest(k7hm:…)".to_owned()));
    }

    #[test]
    fn sm3_is_the_standards() {
        // GB/T 32905-2016, A.1.
        let digest = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        assert_eq!(Sm3Digest::of(b"abc").to_string(), digest);
    }
}
