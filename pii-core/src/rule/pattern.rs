//! The regular expressions of rules. Those that come with this version are compiled when a text first needs them: a text
//! needs few of them, and compiling all takes longer than anything else at the start.

use super::automaton::{Automaton, dialect};
use super::reader::Reader;
use super::told::Told;
use super::{RuleError, embedded};
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::syntax;
use regex_syntax::hir::Hir;
use std::ops::Deref;
use std::sync::OnceLock;
use toml::Spanned;

/// What a pattern may grow to when it is compiled, in bytes. A rule that needs more would slow every search.
const SIZE_LIMIT_BYTES: usize = 1 << 20;

/// A regular expression that can be used.
pub(crate) struct Pattern {
    text: Box<str>,
    regex: OnceLock<Regex>,
    /// `None` in it: there is none of a fair size.
    automaton: OnceLock<Option<Box<Automaton>>>,
}

impl Clone for Pattern {
    /// A copy is compiled again when it is first needed.
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), regex: OnceLock::new(), automaton: OnceLock::new() }
    }
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.regex.get_or_init(|| match compiled(&self.text) {
            Ok(regex) => regex,
            // One that was given is compiled when it is read, and the tests compile those of this version.
            Err(_) => panic!("an embedded pattern cannot be used: {}", self.text),
        })
    }
}

impl Pattern {
    fn automaton(&self) -> Option<&Automaton> {
        let made = || match embedded::automaton(&self.text) {
            Some(laid_out) => Automaton::laid_out(laid_out),
            None => Automaton::new(&self.text),
        };
        self.automaton.get_or_init(|| made().map(Box::new)).as_deref()
    }

    /// Whether there is a match at the beginning of `text`. Quicker than to ask the regular expression, for one that begins
    /// with `^`.
    #[inline]
    pub(crate) fn begins(&self, text: &[u8]) -> bool {
        self.automaton().and_then(|automaton| automaton.begins(text)).unwrap_or_else(|| self.is_match(text))
    }

    /// Whether a match at the beginning of a text may begin with these bytes.
    pub(crate) fn may_begin_with(&self, first: &[u8]) -> bool {
        self.automaton().is_none_or(|automaton| automaton.may_begin_with(first))
    }

    /// Whether a match may begin at `at`, where letters or digits begin, or at what leads to it. Quicker than to look for
    /// one.
    #[inline]
    pub(crate) fn may_begin_around(&self, text: &[u8], at: usize) -> bool {
        self.automaton().is_none_or(|automaton| automaton.may_begin_around(text, at))
    }
}

impl Reader<'_> {
    /// `pattern`, which stands in the file at `at`.
    pub(super) fn pattern(&self, at: &Spanned<String>, pattern: String) -> Result<Pattern, RuleError> {
        let regex = OnceLock::new();
        if self.embedded.is_none() {
            let compiled = compiled(&pattern).map_err(|detail| self.no_pattern(at, &detail))?;
            // It is new, and so nothing is in it.
            let _ = regex.set(compiled);
        }
        Ok(Pattern { text: pattern.into(), regex, automaton: OnceLock::new() })
    }

    /// A regular expression that finds something where there is something, and what it tells of it.
    pub(super) fn telling_pattern(&self, pattern: &Spanned<String>) -> Result<(Pattern, Told), RuleError> {
        let (built, parsed) = self.finding_pattern(pattern)?;
        let told = parsed.map_or_else(|| embedded::told(pattern.get_ref()), |parsed| Some(Told::of(&parsed)));
        let told = told.ok_or_else(|| self.no_pattern(pattern, "it is not laid out"))?;
        Ok((built, told))
    }

    /// A regular expression that finds something where there is something, and how it reads where it was parsed.
    pub(super) fn finding_pattern(&self, pattern: &Spanned<String>) -> Result<(Pattern, Option<Hir>), RuleError> {
        let built = self.pattern(pattern, pattern.get_ref().clone())?;
        if self.embedded.is_some() {
            return Ok((built, None));
        }
        let parsed = syntax::parse_with(pattern.get_ref(), &dialect())
            .map_err(|error| self.no_pattern(pattern, &last_line(&error.to_string())))?;
        if parsed.properties().minimum_len() == Some(0) {
            let error = self.error(pattern.span(), "this pattern also finds nothing at all, everywhere");
            return Err(error.hint("write + for *, or {1,9} for {0,9}"));
        }
        Ok((built, Some(parsed)))
    }

    fn no_pattern(&self, at: &Spanned<String>, detail: &str) -> RuleError {
        let what = format!("this is no regular expression that can be used: {detail}");
        self.error(at.span(), what).hint("no look-around and no back-references; `\\\\.` in \"…\" or '\\.'")
    }
}

/// A pattern, or what is wrong with it.
fn compiled(pattern: &str) -> Result<Regex, String> {
    let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT_BYTES));
    Regex::builder().syntax(dialect()).configure(config).build(pattern).map_err(|error| detail(&error))
}

/// Several patterns as one; `None` where they are too large together.
pub(super) fn compiled_together(patterns: &[String]) -> Option<Regex> {
    Regex::builder().syntax(dialect()).configure(Regex::config().utf8_empty(false)).build_many(patterns).ok()
}

fn detail(error: &BuildError) -> String {
    use std::error::Error as _;
    last_line(&error.source().map_or_else(|| error.to_string(), ToString::to_string))
}

fn last_line(message: &str) -> String {
    message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("").trim().to_owned()
}
