//! What is no personal information although it looks like some: order numbers, amounts, security codes, hot lines.

use super::error::RuleError;
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
    pub words: Vec<String>,
    /// Words that stand right behind one (元, 股).
    #[serde(default)]
    pub after: Vec<String>,
    /// Names of fields that hold one.
    #[serde(default)]
    pub fields: Vec<String>,
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

/// Values that are harmless by their own form, compiled.
#[derive(Debug)]
pub(crate) struct Harmless {
    regex: Option<Regex>,
}

impl Harmless {
    pub(super) fn build(file: &str, text: &str, patterns: &[Spanned<String>]) -> Result<Self, RuleError> {
        if patterns.is_empty() {
            return Ok(Self { regex: None });
        }
        let wrapped: Vec<String> = patterns.iter().map(|p| format!("^(?:{})$", p.get_ref())).collect();
        let regex = Regex::builder()
            .syntax(syntax::Config::new().utf8(false).unicode(true))
            .configure(Regex::config().utf8_empty(false))
            .build_many(&wrapped)
            .map_err(|e| {
                let at = e.pattern().map_or(0, |id| patterns[id.as_usize()].span().start);
                RuleError::at(file, text, at, "not a usable regular expression")
            })?;
        Ok(Self { regex: Some(regex) })
    }

    /// Whether `value`, a token with what is joined to it by `-` or `.`, is harmless by its own form.
    pub(crate) fn is(&self, value: &[u8]) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(value))
    }
}
