//! What the patterns of the rules tell of their matches (`src/rule/told.rs`), as source.

use crate::automata::Automata;
use crate::automaton;
use crate::told::Told;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// Patterns and the source of what is known of them.
#[derive(Default)]
pub(crate) struct Patterns(BTreeMap<String, String>);

impl Patterns {
    /// Takes the patterns of a rule's forms, and for those that one is asked of makes an automaton. `name` is what errors
    /// call the rule's file.
    pub(crate) fn all_of(&mut self, name: &str, rule: &DeTable<'_>, automata: &mut Automata) {
        let forms = rule.get("form").and_then(|forms| forms.get_ref().as_array());
        let tables = forms.into_iter().flatten().filter_map(|form| form.get_ref().as_table());
        for form in tables {
            let text = |key| form.get(key).and_then(|text| text.get_ref().as_str());
            if let Some(matches) = text("matches") {
                automata.add(&automaton::whole(matches));
            }
            let Some(pattern) = text("pattern") else { continue };
            let mut parser = regex_syntax::ParserBuilder::new().utf8(false).unicode(true).build();
            let parsed = parser.parse(pattern).unwrap_or_else(|error| panic!("{name}: {error}"));
            let told = Told::of(&parsed);
            if told.value_first {
                automata.add(pattern);
            }
            self.0.insert(pattern.to_owned(), source(&told));
        }
    }

    /// In the order of the patterns.
    pub(crate) fn source(&self) -> String {
        let rows = self.0.iter().map(|(pattern, told)| format!("    ({pattern:?}, {told}),\n"));
        format!("&[\n{}]", rows.collect::<String>())
    }
}

fn source(told: &Told) -> String {
    let needs = told.needs.alternatives.iter().map(|need| {
        let (bytes, literal) = (&need.bytes, &need.literal);
        let (digits, beyond_ascii) = (need.digits, need.beyond_ascii);
        format!(
            "Need {{ bytes: Cow::Borrowed(&{bytes:?}), digits: {digits}, beyond_ascii: {beyond_ascii}, \
             literal: Cow::Borrowed(&{literal:?}) }}"
        )
    });
    let needs = needs.collect::<Vec<_>>().join(", ");
    let Told { group, opening, asks_for_ends, value_first, .. } = told;
    // What `Debug` shows of an opening is how it is written.
    format!(
        "Told {{ group: {group}, needs: Needs {{ alternatives: Cow::Borrowed(&[{needs}]) }}, opening: {opening:?}, \
         asks_for_ends: {asks_for_ends}, value_first: {value_first} }}"
    )
}
