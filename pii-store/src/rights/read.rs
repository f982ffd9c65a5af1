//! Reading TOML with positions: every complaint knows its line, and what to write instead.

use super::error::RightsError;
use pii_core::nearest::nearest;
use pii_core::policy::Date;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The longest string that a message repeats: long enough for any word of ours.
const QUOTED_LIMIT_CHARS: usize = 40;

/// The file that is being read.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    /// Where its lines end ([`line_ends`]). Looked up for every word of a file that may have ten thousand rights.
    pub(super) line_ends: &'a [usize],
}

/// Something written, and the line it stands on.
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) line: usize,
}

/// A `[[right]]` and the file that it stands in.
pub(super) struct Table<'a, 'i> {
    source: Source<'a>,
    pub(super) line: usize,
    entries: &'a DeTable<'i>,
}

impl<'a> Source<'a> {
    pub(super) fn error(self, line: usize, message: impl Into<String>) -> RightsError {
        RightsError::at(self.name, line, message)
    }

    fn line_of(self, span: Range<usize>) -> usize {
        1 + self.line_ends.partition_point(|end| *end < span.start)
    }

    /// The whole document. What is no TOML is an error at its line.
    pub(super) fn parse(self) -> Result<DeTable<'a>, RightsError> {
        DeTable::parse(self.text).map(Spanned::into_inner).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line_of(span));
            let what = error.message().lines().next().unwrap_or("it cannot be read");
            self.error(line, format!("this is no TOML: {what}: write key = \"text\", key = 3 or key = [\"a\", \"b\"]"))
        })
    }

    /// The tables of `[[right]]`. The document has nothing else.
    pub(super) fn rights<'i>(self, document: &'a DeTable<'i>) -> Result<Vec<Table<'a, 'i>>, RightsError> {
        self.only(document, "the file", &["right"])?;
        let Some(value) = document.get("right") else {
            return Ok(Vec::new());
        };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let table = |item: &'a Spanned<DeValue<'i>>| {
            let line = self.line_of(item.span());
            match item.get_ref() {
                DeValue::Table(entries) => Ok(Table { source: self, line, entries }),
                _ => Err(self.error(line, "\"right\" must be a table: write [[right]] and its keys below")),
            }
        };
        items.into_iter().map(table).collect()
    }

    fn only(self, entries: &DeTable<'_>, place: &str, known: &[&str]) -> Result<(), RightsError> {
        let stranger = entries.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
        stranger.map_or(Ok(()), |key| {
            let line = self.line_of(key.span());
            Err(self.error(line, unknown(&format!("key in {place}"), key.get_ref(), known)))
        })
    }
}

/// Where the lines of a text end.
pub(super) fn line_ends(text: &str) -> Vec<usize> {
    text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect()
}

/// `unknown act "revael": write "reveal"`.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let word: String = word.chars().take(QUOTED_LIMIT_CHARS).collect();
    match nearest(&word, known.iter().copied()) {
        Some(meant) => format!("unknown {what} {word:?}: write {meant:?}"),
        None => format!("unknown {what} {word:?}: write one of {}", known.join(", ")),
    }
}

impl Table<'_, '_> {
    pub(super) fn error(&self, line: usize, message: impl Into<String>) -> RightsError {
        self.source.error(line, message)
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), RightsError> {
        self.source.only(self.entries, "[[right]]", known)
    }

    /// What must be there, since nothing is granted by leaving it out. `example` is what to write.
    fn required(&self, key: &str, example: &str) -> Result<&Spanned<DeValue<'_>>, RightsError> {
        let absent = || self.error(self.line, format!("a right must say {key:?}: write {example}"));
        self.entries.get(key).ok_or_else(absent)
    }

    /// A string, or a list of strings.
    pub(super) fn strings(&self, key: &str, example: &str) -> Result<Vec<Written<String>>, RightsError> {
        let value = self.required(key, example)?;
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let read_one = |item: &Spanned<DeValue<'_>>| {
            let line = self.source.line_of(item.span());
            let text = item.get_ref().as_str().map(str::to_owned);
            let complaint =
                || self.error(line, format!("{key:?} must be a string or a list of strings: write {example}"));
            Ok(Written { value: text.ok_or_else(complaint)?, line })
        };
        let list = items.into_iter().map(read_one).collect::<Result<Vec<_>, RightsError>>()?;
        if list.is_empty() {
            let line = self.source.line_of(value.span());
            return Err(self.error(line, format!("{key:?} is an empty list, which grants nothing: write {example}")));
        }
        Ok(list)
    }

    pub(super) fn string(&self, key: &str, example: &str) -> Result<Written<String>, RightsError> {
        let mut list = self.strings(key, example)?.into_iter();
        match (list.next(), list.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(self.error(self.line, format!("{key:?} must be one string, not a list: write {example}"))),
        }
    }

    /// A whole number from 1 to `limit`.
    pub(super) fn count(&self, key: &str, limit: u64, example: &str) -> Result<u64, RightsError> {
        let value = self.required(key, example)?;
        let integer = value.get_ref().as_integer();
        let number = integer.and_then(|it| u64::from_str_radix(&it.as_str().replace('_', ""), it.radix()).ok());
        let line = self.source.line_of(value.span());
        let complaint =
            || self.error(line, format!("{key:?} must be a whole number from 1 to {limit}: write {example}"));
        number.filter(|number| (1..=limit).contains(number)).ok_or_else(complaint)
    }

    /// `2027-01-31`, with or without quotes.
    pub(super) fn date(&self, key: &str, example: &str) -> Result<Date, RightsError> {
        let value = self.required(key, example)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => String::new(),
        };
        let line = self.source.line_of(value.span());
        let complaint = || self.error(line, format!("{key:?} must be a day that exists: write {example}"));
        Date::parse(&text).ok_or_else(complaint)
    }
}
