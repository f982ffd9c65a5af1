//! How an upstream is asked whether it is well.

use super::ConfigError;
use super::amount;
use super::file::{Place, Word};
use super::matcher;
use serde::Deserialize;
use std::time::Duration;

/// How an upstream is asked whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The path, behind the upstream's own.
    pub path: String,
    /// How often.
    pub every: Duration,
    /// So many failures in a row are too many.
    pub fails: u32,
}

/// `[route.health]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HealthTable {
    path: Word,
    every: Option<Word>,
    fails: Option<toml::Spanned<u32>>,
}

const USUAL_EVERY: Duration = Duration::from_secs(10);

/// Whoever asks more often is a burden.
const LEAST_EVERY: Duration = Duration::from_secs(1);

const USUAL_FAILS: u32 = 3;

impl HealthTable {
    pub(super) fn check(&self, place: Place<'_>) -> Result<Health, ConfigError> {
        let path = matcher::path_of(&self.path, place)?;
        let every = self.every.as_ref().map(|word| {
            let every = amount::time(word, place)?;
            let too_often =
                || place.error(word.span().start, "an upstream is asked once a second at most: write \"1 s\" or more");
            (every >= LEAST_EVERY).then_some(every).ok_or_else(too_often)
        });
        let fails = self.fails.as_ref().map(|fails| {
            let none = || place.error(fails.span().start, "without a failure nothing is down: write a number from 1");
            Some(*fails.get_ref()).filter(|fails| *fails > 0).ok_or_else(none)
        });
        let (every, fails) = (every.transpose()?, fails.transpose()?);
        Ok(Health { path, every: every.unwrap_or(USUAL_EVERY), fails: fails.unwrap_or(USUAL_FAILS) })
    }
}
