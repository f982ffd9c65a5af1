//! What is no personal information although it looks like some: order numbers, amounts, security codes, hot lines.

use super::error::RuleError;
use super::pattern::compiled_together;
use super::reader::Reader;
use regex_automata::meta::Regex;
use serde::Deserialize;
use std::sync::OnceLock;
use toml::Spanned;

/// The file `harmless.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmlessFile {
    /// Words that stand before a harmless value (委托编号).
    #[serde(default)]
    pub words: Vec<Spanned<String>>,
    /// Words that stand right behind one (元, 股).
    #[serde(default)]
    pub after: Vec<Spanned<String>>,
    /// Names of fields that hold one.
    #[serde(default)]
    pub fields: Vec<Spanned<String>>,
    /// Values that are harmless by their own form.
    #[serde(default)]
    pub pattern: Vec<HarmlessPattern>,
}

/// A form of harmless values.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HarmlessPattern {
    /// For people.
    #[allow(dead_code, reason = "the name says in the file what the pattern is for")]
    pub name: String,
    /// A regular expression over a whole token and the characters that join it to its neighbours.
    pub pattern: Spanned<String>,
}

/// What one such file says, once it has been looked at.
pub(super) struct HarmlessWords {
    pub(super) words: Vec<String>,
    pub(super) after: Vec<String>,
    pub(super) fields: Vec<String>,
    patterns: Vec<String>,
}

impl HarmlessWords {
    /// Reads one file.
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, RuleError> {
        let parsed: HarmlessFile = reader.tables()?;
        let pattern = |written: &HarmlessPattern| {
            let anchored = format!("^(?:{})$", written.pattern.get_ref());
            reader.pattern(&written.pattern, anchored.clone()).map(|_| anchored)
        };
        Ok(Self {
            words: reader.words(parsed.words)?,
            after: reader.words(parsed.after)?,
            fields: reader.field_names(parsed.fields)?,
            patterns: parsed.pattern.iter().map(pattern).collect::<Result<_, _>>()?,
        })
    }
}

/// Values that are harmless by their own form.
pub(crate) struct Harmless {
    patterns: Vec<String>,
    /// All of them in one. Compiled when the first value is looked at, unless patterns were given.
    regex: OnceLock<Regex>,
}

impl std::fmt::Debug for Harmless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Harmless({:?})", self.patterns)
    }
}

impl Harmless {
    /// The patterns of all files, of which each can be used by itself.
    pub(super) fn build(files: &[HarmlessWords], is_embedded: bool) -> Result<Self, String> {
        let built =
            Self { patterns: files.iter().flat_map(|file| &file.patterns).cloned().collect(), regex: OnceLock::new() };
        if !is_embedded && !built.patterns.is_empty() {
            let regex =
                built.compiled().ok_or_else(|| "the patterns of harmless values are too large together".to_owned())?;
            // It is new, and so nothing is in it.
            let _ = built.regex.set(regex);
        }
        Ok(built)
    }

    fn compiled(&self) -> Option<Regex> {
        compiled_together(&self.patterns)
    }

    fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| match self.compiled() {
            Some(regex) => regex,
            // Those that were given are compiled when they are read, and the tests compile those of this version.
            None => panic!("the embedded patterns of harmless values cannot be used"),
        })
    }

    /// Whether `value`, a token with what is joined to it by `-` or `.`, is harmless by its own form.
    pub(crate) fn is(&self, value: &[u8]) -> bool {
        !self.patterns.is_empty() && self.regex().is_match(value)
    }
}
