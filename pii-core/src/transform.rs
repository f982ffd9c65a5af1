//! What stands in a value's place by a key: another value of its form, a token, a sealed value, a digest.
//!
//! The core decides which values are treated so and has no keys. Whoever has them is a [`Transform`]: it is asked for each
//! value, and what it cannot do is told apart from what it may not. A value without a form to keep is masked in full; a
//! key that is not to be had stops the message. Nothing leaves in clear because of a key.

use crate::Kind;
use crate::policy::{Action, Terms};
use crate::rule::Rule;
use std::fmt;

/// A value that something keyed is to stand for. Its `Debug` output does not show it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// One of the actions that need keys.
    pub action: Action,
    /// The rule that found the value, with its description of the form that is kept.
    pub rule: &'a Rule,
    /// The value as it is written, in full-width digits and with separators where it has them.
    pub written: &'a str,
    /// The same, by which it is equal to others: half-width, in upper case, without separators.
    pub canonical: &'a str,
    /// What tells the person of the record from others (a document's or customer's number); the value itself where the record
    /// names nobody. Dates of one person are shifted alike by it.
    pub subject: &'a str,
    /// What the flow is for, empty where nobody says: a sealed value opens for nothing else.
    pub purpose: &'a str,
    /// What the rule of the policy says of the result.
    pub terms: &'a Terms,
}

impl Asked<'_> {
    /// What kind of value it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.rule.kind()
    }
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("action", &self.action).field("kind", &self.kind()).finish_non_exhaustive()
    }
}

/// Whoever has the keys.
pub trait Transform: Send + Sync {
    /// Whether it can do this at all. A policy that asks a flow for what nobody can do is refused before anything is read.
    fn offers(&self, action: Action) -> bool;

    /// What stands in the value's place.
    ///
    /// # Errors
    /// The value has no form that could be kept, or the key may or can not be used.
    fn transform(&self, asked: &Asked<'_>) -> Result<String, TransformError>;
}

/// Why nothing keyed stands in a value's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransformError {
    /// The value is of no form that encryption keeps: it is masked in full.
    NoForm,
    /// The key is missing or disabled, a quota is spent, a store does not answer. What is wrong and what to do, without a
    /// value; the message is stopped.
    Unavailable(String),
}

impl fmt::Display for TransformError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoForm => f.write_str("the value has no form that encryption could keep"),
            Self::Unavailable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for TransformError {}
