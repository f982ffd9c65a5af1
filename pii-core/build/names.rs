//! The tables of names: each word and what it costs, where its number is looked for, and for each character what the tables
//! say of it.

use crate::key::{WORD_LIMIT, key, places};
use crate::{BLOCK, entries, place};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

type Costs = BTreeMap<u64, u8>;

/// What the tables know of a character.
#[derive(Clone, Default)]
struct Character {
    alone: Option<u8>,
    longest_word: usize,
    begins_surname: bool,
    given: Option<[u8; 3]>,
}

/// The source of the tables: `surnames`, `words`, `no_names_alone`, `characters`.
pub(crate) fn tables(data: &Path) -> io::Result<String> {
    let surnames = costs(data, &["surnames.txt"])?;
    let words = costs(data, &["not_names.txt", "common_words.txt"])?;
    let alone = entries(data, "no_names_alone.txt")?;
    let whole = |word: &String| key(&word.chars().collect::<Vec<_>>()).unwrap_or_else(|| panic!("{word} is too long"));
    let mut alone: Vec<u64> = alone.iter().map(whole).collect();
    alone.sort_unstable();
    let mut out = String::from("Tables {\n");
    for (name, table) in [("surnames", &surnames), ("words", &words)] {
        let (keys, costs) = laid_out(table);
        writeln!(out, "{name}: Costs {{ keys: &{keys:?}, costs: &{costs:?} }},").expect("a string takes all");
    }
    writeln!(out, "no_names_alone: &{alone:?},").expect("a string takes all");
    out.push_str("characters: &[");
    for Character { alone, longest_word, begins_surname, given } in characters(data, &surnames, &words)? {
        write!(out, "known({alone:?}, {longest_word}, {begins_surname}, {given:?}),").expect("a string takes all");
    }
    out.push_str("],\n}\n");
    Ok(out)
}

/// Lines of a word and its cost. Of a word that stands there twice the lower cost counts.
fn costs(data: &Path, files: &[&str]) -> io::Result<Costs> {
    let mut table = Costs::new();
    for file in files {
        for line in entries(data, file)? {
            let (word, cost) = line.split_at(line.len() - 1);
            let cost = step(cost.as_bytes()[0]);
            table.entry(number(word)).and_modify(|known| *known = cost.min(*known)).or_insert(cost);
        }
    }
    Ok(table)
}

/// Costs are written as characters, so that they add up from `0` on.
fn step(written: u8) -> u8 {
    written.checked_sub(b'0').expect("a cost is a character from 0 on")
}

/// The number of a word, of which the first [`WORD_LIMIT`] characters count.
fn number(word: &str) -> u64 {
    let characters: Vec<char> = word.chars().take(WORD_LIMIT).collect();
    key(&characters).unwrap_or_else(|| panic!("no table holds the word {word}"))
}

/// The keys of a table and their costs, each where it is looked for. At most half of the places are taken.
fn laid_out(table: &Costs) -> (Vec<u64>, Vec<u8>) {
    let len = (2 * table.len()).next_power_of_two();
    let (mut keys, mut costs) = (vec![0; len], vec![0; len]);
    for (&key, &cost) in table {
        let free = places(key, len).find(|&place| keys[place] == 0).expect("half of the places are free");
        (keys[free], costs[free]) = (key, cost);
    }
    (keys, costs)
}

fn characters(data: &Path, surnames: &Costs, words: &Costs) -> io::Result<Vec<Character>> {
    let mut characters = vec![Character { longest_word: 1, ..Character::default() }; BLOCK.1];
    for (&key, &cost) in words {
        let length = WORD_LIMIT - key.trailing_zeros() as usize / 16;
        let character = &mut characters[place_of_first(key)];
        character.longest_word = character.longest_word.max(length);
        if length == 1 {
            character.alone = Some(cost);
        }
    }
    for &key in surnames.keys() {
        characters[place_of_first(key)].begins_surname = true;
    }
    for line in entries(data, "given_names.txt")? {
        let (name, costs) = line.split_at(line.len() - 3);
        let name = name.chars().next().expect("a line begins with its character");
        let steps: Vec<u8> = costs.bytes().map(step).collect();
        characters[place(name)].given = steps.try_into().ok();
    }
    Ok(characters)
}

fn place_of_first(key: u64) -> usize {
    let first = (key >> (16 * (WORD_LIMIT - 1))) as u32;
    place(char::from_u32(first).expect("a key is of characters"))
}
