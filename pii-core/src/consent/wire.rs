//! How values of the core are written in an entry's JSON: as the texts that they have elsewhere.

use crate::Kind;
use crate::purpose::Method;
use crate::time::{Date, Moment, Period};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fmt;

/// A type that is a text in JSON: what `Display` writes and a function reads.
macro_rules! as_text {
    ($type:ty, $what:literal, $parse:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                $parse(&text).ok_or_else(|| serde::de::Error::custom(concat!("expected ", $what)))
            }
        }
    };
}
pub(super) use as_text;

as_text!(Kind, "the name of a kind", Kind::new);
as_text!(Method, "a method", Method::parse);
as_text!(Moment, "a point in time", Moment::parse);
as_text!(Date, "a day", Date::parse);
as_text!(Period, "a length of time", Period::parse);

/// The longest signature, or public key, in bytes.
const BYTES_LIMIT: usize = 4096;

/// Bytes that are Base64 in JSON: a signature, a public key.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64(Vec<u8>);

impl Base64 {
    /// `None` for no bytes and for more than 4096.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=BYTES_LIMIT).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// Reads Base64 of RFC 4648 with its padding.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= BYTES_LIMIT * 4 / 3 + 4).then_some(())?;
        Self::new(&BASE64_STANDARD.decode(text).ok()?)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

as_text!(Base64, "Base64 of at most 4096 bytes", Base64::parse);

/// Whether a text that has to say something does, within a limit that no honest text reaches.
pub(super) fn says(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= super::TEXT_LIMIT_BYTES
}
