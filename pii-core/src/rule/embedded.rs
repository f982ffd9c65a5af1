//! The rules that come with this version, as the build laid them out: names, texts, tables, and what their patterns tell.

use super::laid_out::Tables;
use super::needs::{Need, Needs};
use super::opening::{ByteSet, Opening};
use super::told::Told;
use std::borrow::Cow;
use std::ops::Range;

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

/// The automata of their patterns, one behind the other.
static AUTOMATA: &Aligned<[u8]> = &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/automata")));

/// As the tables of an automaton want it.
#[repr(C, align(4))]
struct Aligned<B: ?Sized>(B);

/// The patterns that were asked for one, in order, and where it stands.
static PLACES: &[(&str, Range<usize>)] = include!(concat!(env!("OUT_DIR"), "/automata.rs"));

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

/// The automaton of a pattern of theirs, nothing where it would be too large. `None`: the pattern is none of theirs.
pub(super) fn automaton(pattern: &str) -> Option<&'static [u8]> {
    let at = PLACES.binary_search_by_key(&pattern, |(known, _)| known).ok()?;
    AUTOMATA.0.get(PLACES[at].1.clone())
}

#[cfg(test)]
mod tests {
    use super::super::automaton::Automaton;
    use super::*;

    #[test]
    fn automata_are_laid_out_as_their_patterns_say() {
        for (pattern, place) in PLACES {
            let laid_out = Automaton::laid_out(&AUTOMATA.0[place.clone()]);
            let made = Automaton::new(pattern);
            assert_eq!(laid_out.is_some(), made.is_some(), "{pattern}");
            if let (Some(laid_out), Some(made)) = (laid_out, made) {
                assert_eq!(
                    laid_out.table.to_bytes_native_endian().0,
                    made.table.to_bytes_native_endian().0,
                    "{pattern}"
                );
                assert_eq!((laid_out.leads, laid_out.longest_lead), (made.leads, made.longest_lead), "{pattern}");
            }
        }
        assert!(PLACES.iter().filter(|(_, place)| !place.is_empty()).count() > 30, "most patterns have one");
    }
}
