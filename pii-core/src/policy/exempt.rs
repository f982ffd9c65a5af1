//! Values that are nobody's personal data: the firm's own accounts, hot lines and staff numbers.

mod probes;
#[cfg(test)]
mod tests;

use super::error::PolicyError;
use super::known::Known;
use super::read::{Table, Written};
use super::rule::scope_of;
use crate::Kind;
use crate::surrogate::{self, Mark};
use crate::time::Date;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::sync::Arc;

/// The most memory that a pattern may take, in bytes.
const PATTERN_LIMIT_BYTES: usize = 1 << 20;

/// Gives the digest of the value in question, as the action `hash` writes it; nothing where nobody can make one.
pub type Digest<'a> = &'a dyn Fn() -> Option<String>;

/// A value, or several, that are no findings.
#[derive(Clone)]
pub struct Exemption {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
    pub(super) matcher: Matcher,
    pub(super) kinds: Vec<Kind>,
    pub(super) channels: Vec<String>,
    pub(super) expires: Date,
    owner: String,
    why: String,
}

#[derive(Clone)]
pub(super) enum Matcher {
    Pattern(Regex),
    /// Lower case.
    Digest(String),
}

impl Exemption {
    /// The file it stands in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line it begins on, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Who answers for it.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Why it is nobody's personal data.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// The last day on which it applies.
    #[must_use]
    pub fn expires(&self) -> Date {
        self.expires
    }

    /// Whether it names its value by a keyed digest, so that it holds only where somebody has the key.
    #[must_use]
    pub fn is_by_digest(&self) -> bool {
        matches!(self.matcher, Matcher::Digest(_))
    }

    /// Whether all that this one exempts by its digest is exempt by `other` too.
    #[must_use]
    pub fn is_digest_within(&self, other: &Self) -> bool {
        let is_same = match (&self.matcher, &other.matcher) {
            (Matcher::Digest(one), Matcher::Digest(another)) => one == another,
            _ => false,
        };
        let channels = &other.channels;
        let holds_as_widely = channels.is_empty()
            || (!self.channels.is_empty() && self.channels.iter().all(|channel| channels.contains(channel)));
        is_same && holds_as_widely && self.kinds == other.kinds && self.expires <= other.expires
    }

    pub(super) fn read(table: &Table<'_, '_>, file: &Arc<str>, known: &Known<'_>) -> Result<Self, PolicyError> {
        table.only(&["pattern", "digest", "owner", "expires", "why", "kind", "channel"])?;
        let matcher = match (table.string("pattern")?, table.string("digest")?) {
            (Some(pattern), None) => Matcher::Pattern(read_pattern(table, &pattern)?),
            (None, Some(digest)) => Matcher::Digest(read_digest(table, &digest)?),
            _ => return Err(table.error("an exemption has either a pattern or a digest: write one of them")),
        };
        let needed = |key: &str, example: &str| table.error(format!("an exemption needs {key}: add {example}"));
        let (kinds, channels) = scope_of(table, known)?;
        let text = |key: &str, example: &str| Ok(table.string(key)?.ok_or_else(|| needed(key, example))?.value);
        Ok(Self {
            file: file.clone(),
            line: table.line,
            matcher,
            kinds,
            channels,
            owner: text("owner", "owner = \"who answers for it\"")?,
            why: text("why", "why = \"our own hot line\"")?,
            expires: table.date("expires")?.ok_or_else(|| needed("expires", "expires = 2027-01-31"))?.value,
        })
    }

    /// Whether it holds for this kind on this day and these channels.
    pub(super) fn applies(&self, kind: Kind, channels: &[String], today: Date) -> bool {
        self.expires >= today
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && (self.channels.is_empty() || self.channels.iter().any(|c| channels.contains(c)))
    }
}

fn read_pattern(table: &Table<'_, '_>, written: &Written<String>) -> Result<Regex, PolicyError> {
    let config =
        Regex::config().nfa_size_limit(Some(PATTERN_LIMIT_BYTES)).onepass_size_limit(Some(PATTERN_LIMIT_BYTES));
    // The value as a whole has to match.
    let whole = format!(r"\A(?:{})\z", written.value);
    let regex = Regex::builder().configure(config).build(&whole).map_err(|error| {
        let why = if error.size_limit().is_some() {
            "is too large: write several exemptions"
        } else {
            "is no regular expression"
        };
        table.source.error(written.line, format!("the pattern {why}"))
    })?;
    let too_much = match probes::let_through_by(|value| is_match(&regex, value)) {
        Some(what) => format!("would let {what} through, whosesoever they are"),
        None if is_match(&regex, "") => "matches what is empty too".to_owned(),
        None => return Ok(regex),
    };
    let message = format!(
        "the pattern {too_much}: write the firm's own values, spelt out (\"4008000001|4008000002\"), or what they begin with \
         (\"95[0-9]{{3}}\")"
    );
    Err(table.source.error(written.line, message))
}

fn read_digest(table: &Table<'_, '_>, written: &Written<String>) -> Result<String, PolicyError> {
    let text = written.value.as_bytes();
    let is_digest = surrogate::find(text)
        .next()
        .is_some_and(|found| found.mark() == Mark::Digest && found.span() == (0..text.len()));
    if !is_digest {
        let message = "the digest must be one that the firm's key makes of the value, \"pih_…\": mask the value under a rule \
                       with action = \"hash\" and no scope, and take what stands in its place";
        return Err(table.source.error(written.line, message));
    }
    Ok(written.value.to_ascii_lowercase())
}

pub(super) fn is_match(regex: &Regex, canonical: &str) -> bool {
    regex.is_match(Input::new(canonical).anchored(Anchored::Yes))
}
