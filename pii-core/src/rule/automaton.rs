//! A pattern as a table of states: whether a match begins at one place takes a few steps there, and no search.
//!
//! The build makes those of this version's patterns, with this file: to make them takes longer than all else at the start.

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::util::{start, syntax};

/// The largest table, in bytes. What needs a larger one is searched for.
const TABLE_LIMIT_BYTES: usize = 256 << 10;

/// What its making may take, in bytes.
const MAKING_LIMIT_BYTES: usize = 512 << 10;

/// Where so many bytes do not tell, nothing is said.
const STEPS_LIMIT: usize = 512;

/// The most that may stand in a match before its first letter or digit, in bytes.
const LEAD_LIMIT_BYTES: usize = 32;

/// A pattern as a table of states.
pub(super) struct Automaton {
    pub(super) table: dense::DFA<Vec<u32>>,
    start: StateID,
    /// What a match may begin with that is no letter or digit of ASCII.
    pub(super) leads: [bool; 256],
    /// How much of that may stand before its first letter or digit, in bytes.
    pub(super) longest_lead: usize,
}

impl Automaton {
    /// `None` where the table would be too large.
    pub(super) fn new(pattern: &str) -> Option<Self> {
        let table = dense::Builder::new()
            .syntax(dialect())
            .thompson(thompson::Config::new().utf8(false).which_captures(WhichCaptures::None))
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Anchored)
                    .accelerate(false)
                    .dfa_size_limit(Some(TABLE_LIMIT_BYTES))
                    .determinize_size_limit(Some(MAKING_LIMIT_BYTES)),
            )
            .build(pattern)
            .ok()?;
        let start = beginning(&table)?;
        let mut automaton = Self { table, start, leads: [false; 256], longest_lead: 0 };
        for (byte, leads) in (0..=u8::MAX).zip(&mut automaton.leads) {
            let next = automaton.table.next_state(start, byte);
            *leads = !byte.is_ascii_alphanumeric() && !automaton.table.is_dead_state(next);
        }
        automaton.longest_lead = automaton.longest_lead()?;
        Some(automaton)
    }

    /// One that was laid out at build. `None` where there is none, and where the bytes are no automaton.
    pub(super) fn laid_out(bytes: &[u8]) -> Option<Self> {
        let (longest_lead, bytes) = bytes.split_first_chunk()?;
        let (leads, table) = bytes.split_first_chunk()?;
        let table = dense::DFA::from_bytes(table).ok()?.0.to_owned();
        let start = beginning(&table)?;
        let longest_lead = u32::from_ne_bytes(*longest_lead) as usize;
        Some(Self { table, start, leads: leads.map(|byte| byte != 0), longest_lead })
    }

    fn longest_lead(&self) -> Option<usize> {
        let mut states = vec![self.start];
        for length in 0..=LEAD_LIMIT_BYTES {
            let marks = || (0..=u8::MAX).filter(|byte| !byte.is_ascii_alphanumeric());
            let mut next: Vec<StateID> =
                states.iter().flat_map(|state| marks().map(|byte| self.table.next_state(*state, byte))).collect();
            next.retain(|state| !self.table.is_dead_state(*state));
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return Some(length);
            }
            states = next;
        }
        None
    }

    /// Whether a match begins where `text` does. `None`: that takes too long to say.
    #[inline]
    pub(super) fn begins(&self, text: &[u8]) -> Option<bool> {
        let mut state = self.start;
        for byte in text.iter().take(STEPS_LIMIT) {
            state = self.table.next_state(state, *byte);
            if self.table.is_special_state(state) {
                if self.table.is_match_state(state) {
                    return Some(true);
                }
                if self.table.is_dead_state(state) {
                    return Some(false);
                }
            }
        }
        let told = text.len() <= STEPS_LIMIT;
        told.then(|| self.table.is_match_state(self.table.next_eoi_state(state)))
    }

    /// Whether a match may begin with `text`.
    pub(super) fn may_begin_with(&self, text: &[u8]) -> bool {
        let state = text.iter().fold(self.start, |state, byte| self.table.next_state(state, *byte));
        !self.table.is_dead_state(state)
    }

    /// Whether a match may begin at `at`, where letters or digits begin, or at what leads to it.
    #[inline]
    pub(super) fn may_begin_around(&self, text: &[u8], at: usize) -> bool {
        if self.begins(&text[at..]) != Some(false) {
            return true;
        }
        let led = text[..at].iter().rev().take(self.longest_lead).take_while(|byte| !byte.is_ascii_alphanumeric());
        led.zip(1..)
            .any(|(byte, back)| self.leads[usize::from(*byte)] && self.begins(&text[at - back..]) != Some(false))
    }
}

fn beginning(table: &dense::DFA<Vec<u32>>) -> Option<StateID> {
    table.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
}

/// The pattern of all of a value.
pub(super) fn whole(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}

/// Han are written as they are, and text that is no UTF-8 is searched too.
pub(super) fn dialect() -> syntax::Config {
    syntax::Config::new().utf8(false).unicode(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_begins_at_a_place_or_at_what_leads_to_it() {
        let automaton =
            Automaton::new(r"(?P<value>(?:\+|（\+?)?852[- ]?[0-9]{4}|军?字第[0-9]{2}|[a-z]{3}@)").expect("small");
        assert_eq!(automaton.longest_lead, 9);
        for (text, at, is_one) in [
            ("8521234", 0, true),
            ("+8521234", 1, true),
            ("（+852 1234", 4, true),
            ("(852 1234", 1, true),
            ("军字第12", 9, true),
            ("军-12", 4, false),
            ("852-123", 0, false),
            ("a8521234", 0, false),
            ("abc@", 0, true),
        ] {
            assert_eq!(automaton.may_begin_around(text.as_bytes(), at), is_one, "{text}");
        }
    }

    #[test]
    fn ends_are_seen_and_no_time_is_lost() {
        let whole = Automaton::new("^(?:[0-9]{3}|[A-Z]+)$").expect("small");
        assert_eq!(whole.begins(b"123"), Some(true));
        assert_eq!(whole.begins(b"1234"), Some(false));
        assert_eq!(whole.begins(b""), Some(false));
        assert_eq!(whole.begins(&b"A".repeat(STEPS_LIMIT)), Some(true));
        assert_eq!(whole.begins(&b"A".repeat(STEPS_LIMIT + 1)), None);
    }

    #[test]
    fn what_grows_too_large_is_none() {
        assert!(Automaton::new("[^0-9，。]{0,60}(?:验证码|动态码|校验码){1,20}x").is_none());
        assert!(Automaton::new("-*[0-9]").is_none(), "no end to what may lead to it");
    }
}
