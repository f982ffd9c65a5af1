//! What is no personal information although it looks like some: order numbers, amounts, security codes, hot lines.

use super::error::RuleError;
use super::reader::Reader;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use serde::Deserialize;
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
    pub(super) fn read(file: &str, text: &str) -> Result<Self, RuleError> {
        let reader = Reader { file, text };
        let parsed: HarmlessFile = reader.tables()?;
        let pattern = |written: &HarmlessPattern| {
            let anchored = format!("^(?:{})$", written.pattern.get_ref());
            reader.regex(&written.pattern, &anchored).map(|_| anchored)
        };
        Ok(Self {
            words: reader.words(&parsed.words)?,
            after: reader.words(&parsed.after)?,
            fields: reader.field_names(&parsed.fields)?,
            patterns: parsed.pattern.iter().map(pattern).collect::<Result<_, _>>()?,
        })
    }
}

/// Values that are harmless by their own form, compiled.
#[derive(Debug)]
pub(crate) struct Harmless {
    regex: Option<Regex>,
}

impl Harmless {
    /// The patterns of all files, of which each can be used by itself.
    pub(super) fn build(files: &[HarmlessWords]) -> Result<Self, String> {
        let patterns: Vec<&String> = files.iter().flat_map(|file| &file.patterns).collect();
        if patterns.is_empty() {
            return Ok(Self { regex: None });
        }
        let regex = Regex::builder()
            .syntax(syntax::Config::new().utf8(false).unicode(true))
            .configure(Regex::config().utf8_empty(false))
            .build_many(&patterns)
            .map_err(|_| "the patterns of harmless values are too large together".to_owned())?;
        Ok(Self { regex: Some(regex) })
    }

    /// Whether `value`, a token with what is joined to it by `-` or `.`, is harmless by its own form.
    pub(crate) fn is(&self, value: &[u8]) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(value))
    }
}
