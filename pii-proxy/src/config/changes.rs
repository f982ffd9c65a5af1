//! When the configuration may change, and where what was taken is kept.

use super::ConfigError;
use super::calendar::{Calendar, Days, Hours};
use super::file::{Place, Word};
use pii_core::policy::Date;
use serde::Deserialize;
use std::path::PathBuf;

/// How changes are dealt with while the proxy runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The folder in which each configuration is kept that took effect. `None`: nowhere, and there is no way back.
    pub versions: Option<PathBuf>,
    /// When nothing is changed but in an emergency.
    pub calendar: Calendar,
}

/// `[changes]` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ChangesTable {
    versions: Option<PathBuf>,
    trading_hours: Vec<Word>,
    closed: Vec<Word>,
    open: Vec<Word>,
}

impl ChangesTable {
    pub(super) fn check(self, place: Place<'_>) -> Result<Changes, ConfigError> {
        let hours = self.trading_hours.iter().map(|word| {
            Hours::parse(word.get_ref()).ok_or_else(|| {
                place.error(word.span().start, "write hours in China as \"09:15-11:30\"; they may go over midnight")
            })
        });
        let all = |words: &[Word]| -> Result<Vec<Days>, ConfigError> {
            let wrong = "write a day as \"2027-01-01\", or days as \"2027-02-05..2027-02-14\"";
            let read = |word: &Word| days(word.get_ref()).ok_or_else(|| place.error(word.span().start, wrong));
            words.iter().map(read).collect()
        };
        let (hours, closed, open) = (hours.collect::<Result<_, _>>()?, all(&self.closed)?, all(&self.open)?);
        Ok(Changes { versions: self.versions, calendar: Calendar::new(hours, closed, open) })
    }
}

fn days(text: &str) -> Option<Days> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (Date::parse(first)?, Date::parse(last)?);
    (first <= last).then_some((first, last))
}
