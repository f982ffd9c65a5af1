//! What was checked and cannot be changed any more.

use super::wire::says;
use std::fmt;
use std::ops::Deref;

/// Something with rules of its own, as its parts were written.
pub trait Parts {
    /// Looks at the parts.
    ///
    /// # Errors
    /// What is wrong with them, and what to write.
    fn check(&self) -> Result<(), DeclarationError>;
}

/// Parts that were checked. They can be read and not changed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Sound<P>(P);

impl<P: Parts> Sound<P> {
    /// Checks the parts.
    ///
    /// # Errors
    /// What is wrong with them, and what to write.
    pub fn new(parts: P) -> Result<Self, DeclarationError> {
        parts.check()?;
        Ok(Self(parts))
    }

    /// The parts, to write another version from.
    #[must_use]
    pub fn into_parts(self) -> P {
        self.0
    }
}

impl<P> Deref for Sound<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

impl<'de, P: Parts + serde::Deserialize<'de>> serde::Deserialize<'de> for Sound<P> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(P::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// What is wrong with a declaration: the field, and what belongs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeclarationError {
    field: &'static str,
    wants: &'static str,
}

impl DeclarationError {
    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for DeclarationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.wants)
    }
}

impl std::error::Error for DeclarationError {}

/// Fails with this field unless `holds`.
pub(super) fn want(holds: bool, field: &'static str, wants: &'static str) -> Result<(), DeclarationError> {
    if holds { Ok(()) } else { Err(DeclarationError { field, wants }) }
}

/// A text that has to say something.
pub(super) fn want_text(text: &str, field: &'static str) -> Result<(), DeclarationError> {
    want(says(text), field, "write what it is, in 4096 bytes at most")
}

/// A text that may be missing, but not empty.
pub(super) fn want_text_if_any(text: Option<&str>, field: &'static str) -> Result<(), DeclarationError> {
    text.map_or(Ok(()), |text| want_text(text, field))
}

/// A list with at least one thing, and no more than a person would write.
pub(super) fn want_some<T>(list: &[T], field: &'static str) -> Result<(), DeclarationError> {
    want((1..=LIST_LIMIT).contains(&list.len()), field, "name at least one, and 256 at most")
}

/// A list that may be empty.
pub(super) fn want_few<T>(list: &[T], field: &'static str) -> Result<(), DeclarationError> {
    want(list.len() <= LIST_LIMIT, field, "name 256 at most")
}

/// How long a list in a declaration may be.
const LIST_LIMIT: usize = 256;
