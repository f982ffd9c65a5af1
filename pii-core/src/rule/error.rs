//! What is wrong with a rule file, and what to write instead.

use std::fmt;

/// A rule file that cannot be used. Says file, line and column, and what to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct RuleError {
    file: String,
    at: Option<(usize, usize)>,
    what: String,
    hint: Option<String>,
}

impl RuleError {
    /// An error at byte `offset` of `text`.
    pub(super) fn at(file: &str, text: &str, offset: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), at: Some(line_and_column(text, offset)), what: what.into(), hint: None }
    }

    /// An error of the file as a whole.
    pub(super) fn whole(file: &str, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), at: None, what: what.into(), hint: None }
    }

    /// Adds what to write instead.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The file, as it was named when it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Line, from 1, where one is to blame.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.at.map(|(line, _)| line)
    }
}

/// Line and column, both from 1, columns in characters.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    (line, column)
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.at {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RuleError {}

/// The known word nearest to `given`, if it is near enough to be what was meant.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (given.chars().count() / 3).max(1) + 1;
    known.into_iter().map(|word| (edits(given, word), word)).filter(|(cost, _)| *cost <= limit).min().map(|(_, w)| w)
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_only_when_it_is_near() {
        assert_eq!(nearest("lenght", ["length", "alphabet"]), Some("length"));
        assert_eq!(nearest("residnt_id", ["resident_id", "residence_permit"]), Some("resident_id"));
        assert_eq!(nearest("zzz", ["length", "alphabet"]), None);
    }

    #[test]
    fn an_error_names_file_line_and_column() {
        let error = RuleError::at("a.toml", "one\n二三x", 10, "bad").hint("write y");
        assert_eq!(error.to_string(), "a.toml:2:3: bad; write y");
        assert_eq!(error.line(), Some(2));
    }
}
