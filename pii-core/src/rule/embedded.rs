//! The rules that come with this version, as the build laid them out: names, texts, tables, and what their patterns tell.

use super::laid_out::Tables;
use super::needs::{Need, Needs};
use super::opening::{ByteSet, Opening};
use super::told::Told;
use std::borrow::Cow;

/// A rule file in `rules/`, as it was at build.
#[derive(Debug)]
pub(super) struct Embedded {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    /// What the text says, laid out.
    tables: &'static [u8],
}

/// All of them, in order of their names.
pub(super) static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The patterns of their forms, in order.
static PATTERNS: &[(&str, Told)] = include!(concat!(env!("OUT_DIR"), "/patterns.rs"));

impl Embedded {
    pub(super) fn tables(&self) -> Tables<'static> {
        Tables::of(self.tables)
    }
}

/// What is known of a pattern of theirs.
pub(super) fn told(pattern: &str) -> Option<Told> {
    let at = PATTERNS.binary_search_by_key(&pattern, |(known, _)| known).ok()?;
    Some(PATTERNS[at].1.clone())
}
