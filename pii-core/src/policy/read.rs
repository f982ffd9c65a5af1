//! Reading TOML with positions: every complaint knows its line, and every unknown word its nearest known one.

use super::error::PolicyError;
use crate::nearest::nearest;
use crate::time::Date;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The longest string that a message repeats: long enough for any word of ours.
const QUOTED_LIMIT_CHARS: usize = 40;

/// The file that is being read.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

/// Something written, and the line it stands on.
#[derive(Clone, Debug)]
pub(super) struct Written<T> {
    pub value: T,
    pub line: usize,
}

/// A table and the file that it stands in.
pub(super) struct Table<'a, 'i> {
    pub source: Source<'a>,
    pub line: usize,
    what: &'a str,
    entries: &'a DeTable<'i>,
}

impl<'a> Source<'a> {
    pub(super) fn error(self, line: usize, message: impl Into<String>) -> PolicyError {
        PolicyError::at(self.name, line, message)
    }

    pub(super) fn line_of(self, span: Range<usize>) -> usize {
        let before = self.text.as_bytes().get(..span.start).unwrap_or_default();
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    /// The whole document. What is no TOML is an error at its line.
    pub(super) fn parse(self) -> Result<DeTable<'a>, PolicyError> {
        DeTable::parse(self.text).map(toml::Spanned::into_inner).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line_of(span));
            let what = error.message().lines().next().unwrap_or("it cannot be read");
            self.error(line, format!("this is no TOML: {what}: write key = \"text\", key = 3 or key = [\"a\", \"b\"]"))
        })
    }
}

/// The tables of an array of tables (`[[rule]]`), or of one (`[defaults]`).
pub(super) fn tables<'a, 'i>(
    source: Source<'a>,
    document: &'a DeTable<'i>,
    what: &'a str,
) -> Result<Vec<Table<'a, 'i>>, PolicyError> {
    let Some(value) = document.get(what) else {
        return Ok(Vec::new());
    };
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let table = |item: &'a toml::Spanned<DeValue<'i>>| {
        let line = source.line_of(item.span());
        match item.get_ref() {
            DeValue::Table(entries) => Ok(Table { source, line, what, entries }),
            _ => Err(source.error(line, format!("{what:?} must be a table: write [[{what}]] and its keys below"))),
        }
    };
    items.into_iter().map(table).collect()
}

/// Complains about keys that nobody knows.
pub(super) fn only_known(
    source: Source<'_>,
    entries: &DeTable<'_>,
    place: &str,
    known: &[&str],
) -> Result<(), PolicyError> {
    let stranger = entries.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
    stranger.map_or(Ok(()), |key| {
        let line = source.line_of(key.span());
        Err(source.error(line, unknown(&format!("key in {place}"), key.get_ref(), known.iter().copied())))
    })
}

/// `unknown action "maks": write "mask"`.
pub(super) fn unknown<'w>(what: &str, word: &str, known: impl IntoIterator<Item = &'w str> + Clone) -> String {
    let word = shortened(word);
    match nearest(&word, known.clone()) {
        Some(meant) => format!("unknown {what} {word:?}: write {meant:?}"),
        None => format!("unknown {what} {word:?}: write one of {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// As much of a word as a message repeats.
pub(super) fn shortened(word: &str) -> String {
    word.chars().take(QUOTED_LIMIT_CHARS).collect()
}

impl Table<'_, '_> {
    pub(super) fn error(&self, message: impl Into<String>) -> PolicyError {
        self.source.error(self.line, message)
    }

    pub(super) fn only(&self, known: &[&str]) -> Result<(), PolicyError> {
        only_known(self.source, self.entries, &format!("[[{}]]", self.what), known)
    }

    pub(super) fn line_of(&self, key: &str) -> usize {
        self.entries.get(key).map_or(self.line, |value| self.source.line_of(value.span()))
    }

    /// A string, or a list of strings. Absent is `None`; a list of nothing is an error, since it would match nothing.
    pub(super) fn strings(&self, key: &str) -> Result<Option<Vec<Written<String>>>, PolicyError> {
        let wanted = "a string or a list of strings";
        self.list(key, wanted, |value| value.as_str().map(str::to_owned).filter(|text| !text.trim().is_empty()))
    }

    /// `true` or `false`.
    pub(super) fn yes_or_no(&self, key: &str) -> Result<Option<bool>, PolicyError> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let complaint =
            || self.source.error(self.line_of(key), format!("{key:?} must be true or false, without quotes"));
        value.get_ref().as_bool().map(Some).ok_or_else(complaint)
    }

    /// Whether there is a list of nothing.
    pub(super) fn is_empty_list(&self, key: &str) -> bool {
        matches!(self.entries.get(key).map(toml::Spanned::get_ref), Some(DeValue::Array(items)) if items.is_empty())
    }

    /// A whole number, or a list of them.
    pub(super) fn numbers(&self, key: &str) -> Result<Option<Vec<Written<i64>>>, PolicyError> {
        self.list(key, "a whole number or a list of them", whole_number)
    }

    fn list<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Result<Option<Vec<Written<T>>>, PolicyError> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let read_one = |item: &toml::Spanned<DeValue<'_>>| {
            let line = self.source.line_of(item.span());
            let complaint = || self.source.error(line, format!("{key:?} must be {wanted}, and not empty"));
            Ok(Written { value: read(item.get_ref()).ok_or_else(complaint)?, line })
        };
        let list = items.into_iter().map(read_one).collect::<Result<Vec<_>, PolicyError>>()?;
        if list.is_empty() {
            let message = format!("{key:?} is an empty list, which matches nothing: take it out to match everything");
            return Err(self.source.error(self.line_of(key), message));
        }
        Ok(Some(list))
    }

    pub(super) fn string(&self, key: &str) -> Result<Option<Written<String>>, PolicyError> {
        let Some(list) = self.strings(key)? else {
            return Ok(None);
        };
        let mut list = list.into_iter();
        match (list.next(), list.next()) {
            (Some(one), None) => Ok(Some(one)),
            _ => Err(self.source.error(self.line_of(key), format!("{key:?} must be one string, not a list"))),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<Written<i64>>, PolicyError> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let line = self.line_of(key);
        let complaint = || self.source.error(line, format!("{key:?} must be a whole number"));
        Ok(Some(Written { value: whole_number(value.get_ref()).ok_or_else(complaint)?, line }))
    }

    /// `2027-01-31`, with or without quotes.
    pub(super) fn date(&self, key: &str) -> Result<Option<Written<Date>>, PolicyError> {
        let Some(value) = self.entries.get(key) else {
            return Ok(None);
        };
        let line = self.line_of(key);
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            _ => String::new(),
        };
        let complaint = || self.source.error(line, format!("{key:?} must be a day that exists, such as 2027-01-31"));
        Ok(Some(Written { value: Date::parse(&text).ok_or_else(complaint)?, line }))
    }

    /// One of a closed set of words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        known: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, PolicyError> {
        let Some(word) = self.string(key)? else {
            return Ok(None);
        };
        self.one_of(key, &word, known, name).map(Some)
    }

    /// The same for a list of them.
    pub(super) fn words<T: Copy>(
        &self,
        key: &str,
        known: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<Option<Vec<T>>, PolicyError> {
        let Some(words) = self.strings(key)? else {
            return Ok(None);
        };
        words.iter().map(|word| self.one_of(key, word, known, &name)).collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn one_of<T: Copy>(
        &self,
        key: &str,
        word: &Written<String>,
        known: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, PolicyError> {
        known.iter().copied().find(|known| name(*known) == word.value).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|known| name(*known)).collect();
            self.source.error(word.line, unknown(key, &word.value, names))
        })
    }
}

fn whole_number(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}
