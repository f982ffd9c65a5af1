//! The automata of the rules' patterns (`src/rule/automaton.rs`), one behind the other, and where each of them stands.

use crate::automaton::Automaton;
use std::collections::BTreeMap;

/// Patterns, and what is laid out for each: nothing where there is no automaton of a fair size.
#[derive(Default)]
pub(crate) struct Automata(BTreeMap<String, Vec<u8>>);

impl Automata {
    pub(crate) fn add(&mut self, pattern: &str) {
        self.0.entry(pattern.to_owned()).or_insert_with(|| Automaton::new(pattern).map_or_else(Vec::new, laid_out));
    }

    /// All automata as bytes, and the source of a table of the patterns, in order, and where theirs begin and end.
    pub(crate) fn laid_out(&self) -> (Vec<u8>, String) {
        let mut bytes = Vec::new();
        let mut rows = String::new();
        for (pattern, automaton) in &self.0 {
            let start = bytes.len();
            bytes.extend(automaton);
            rows += &format!("    ({pattern:?}, {start}..{}),\n", bytes.len());
        }
        (bytes, format!("&[\n{rows}]"))
    }
}

/// As `Automaton::laid_out` reads it, in the byte order of the machine that it is built for.
fn laid_out(automaton: Automaton) -> Vec<u8> {
    let is_big = std::env::var("CARGO_CFG_TARGET_ENDIAN").is_ok_and(|order| order == "big");
    let lead = u32::try_from(automaton.longest_lead).expect("a lead is short");
    let mut bytes = if is_big { lead.to_be_bytes() } else { lead.to_le_bytes() }.to_vec();
    bytes.extend(automaton.leads.map(u8::from));
    let (table, padding) =
        if is_big { automaton.table.to_bytes_big_endian() } else { automaton.table.to_bytes_little_endian() };
    bytes.extend(&table[padding..]);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}
