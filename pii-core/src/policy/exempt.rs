//! Values that are nobody's personal data: the firm's own accounts, hot lines and staff numbers.

use super::error::PolicyError;
use super::known::Known;
use super::read::{Table, Written};
use super::rule::scope_of;
use crate::Kind;
use crate::time::Date;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use std::sync::Arc;

/// The most memory that a pattern may take, in bytes.
const PATTERN_LIMIT_BYTES: usize = 1 << 20;

/// Values that have nothing in common but being personal. A pattern that matches two of them would exempt anything.
const PROBES: [&str; 6] =
    ["13000000000", "11010518880228002X", "6228480000000000216", "ZHANGSAN@EXAMPLE.COM", "张三", "E12345678"];

/// Computes the keyed digest of a canonical value, as exemptions give it.
pub type Digest<'a> = &'a dyn Fn(&[u8]) -> String;

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
    if PROBES.iter().filter(|probe| is_match(&regex, probe)).count() > 1 || is_match(&regex, "") {
        let message =
            "the pattern matches almost anything: write the firm's own digits into it, such as \"95[0-9]{3}\"";
        return Err(table.source.error(written.line, message));
    }
    Ok(regex)
}

fn read_digest(table: &Table<'_, '_>, written: &Written<String>) -> Result<String, PolicyError> {
    let is_hex = written.value.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex || !(32..=128).contains(&written.value.len()) {
        let message = "the digest must be 32 to 128 hexadecimal digits, as the keyed digest of the value gives them";
        return Err(table.source.error(written.line, message));
    }
    Ok(written.value.to_ascii_lowercase())
}

pub(super) fn is_match(regex: &Regex, canonical: &str) -> bool {
    regex.is_match(Input::new(canonical).anchored(Anchored::Yes))
}
