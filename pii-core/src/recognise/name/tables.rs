//! The tables of names: surnames, characters of given names, and the words that are no names.
//!
//! All tables hold simplified characters. Costs are steps of 0.4 nats of -ln p, so they add up; a rarer thing costs
//! more. Tables load at first use.

use crate::number_map::NumberMap;
use crate::recognise::han::entries;
use std::sync::OnceLock;

/// What a step is worth and how rare a thing is: steps of 0.4 nats.
pub(super) type Cost = u32;

/// A given name's character that no table knows. Names use more characters than any table holds.
const UNKNOWN_GIVEN: Cost = 26;
/// A character that stands for no word of its own.
const UNKNOWN_WORD: Cost = 36;
/// The longest word of the tables, in characters.
pub(super) const WORD_LIMIT: usize = 4;

/// Where in a given name a character stands.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Only,
    First,
    Second,
}

/// What a surname of one to four characters costs; `None` when it is none.
pub(super) fn surname(chars: &[char]) -> Option<Cost> {
    may_begin_surname(*chars.first()?).then(|| find(&tables().surnames, key(chars)?)).flatten()
}

/// What a character costs in a given name, and whether the table knows it.
pub(super) fn given(c: char, part: Part) -> (Cost, bool) {
    match tables().given.get(&u64::from(c)) {
        Some(costs) => (Cost::from(costs[part as usize]), true),
        None => (UNKNOWN_GIVEN, false),
    }
}

/// What an ordinary word costs; `None` when it is in no table.
pub(super) fn word(chars: &[char]) -> Option<Cost> {
    find(&tables().words, key(chars)?)
}

/// Whether it is likelier something else than a name where nothing but a number or a row speaks for one: a town, goods.
pub(super) fn is_no_name_alone(chars: &[char]) -> bool {
    key(chars).is_some_and(|key| tables().no_names_alone.binary_search(&key).is_ok())
}

/// What a character costs as a word of its own.
pub(super) fn single(c: char) -> Cost {
    match tables().of_character(c) {
        Some(character) => Cost::from(character.alone),
        None => word(&[c]).unwrap_or(UNKNOWN_WORD),
    }
}

/// The length of the longest word that begins with a character, and 1 where none does.
pub(super) fn longest_word(first: char) -> usize {
    tables().of_character(first).map_or(WORD_LIMIT, |character| usize::from(character.longest_word))
}

/// Whether a surname begins with the character.
pub(super) fn may_begin_surname(first: char) -> bool {
    tables().of_character(first).is_none_or(|character| character.begins_surname)
}

/// What is known of one character of the unified block, in one look: most questions end there.
#[derive(Clone, Copy)]
struct Character {
    /// What it costs as a word of its own.
    alone: u8,
    longest_word: u8,
    begins_surname: bool,
}

/// The first character of the unified block, and how many it has.
const BLOCK: (u32, usize) = (0x4E00, 0x5200);

/// The table of characters, from those of words.
fn characters(words: &NumberMap<u8>, surnames: &NumberMap<u8>) -> Vec<Character> {
    let unknown = Character { alone: UNKNOWN_WORD as u8, longest_word: 1, begins_surname: false };
    let mut characters = vec![unknown; BLOCK.1];
    for (&key, &cost) in words {
        let length = (WORD_LIMIT - key.trailing_zeros() as usize / 16) as u8;
        if let Some(character) = characters.get_mut(place(first(key))) {
            character.longest_word = character.longest_word.max(length);
            if length == 1 {
                character.alone = cost;
            }
        }
    }
    for &key in surnames.keys() {
        if let Some(character) = characters.get_mut(place(first(key))) {
            character.begins_surname = true;
        }
    }
    characters
}

/// The first character of a key.
fn first(key: u64) -> u32 {
    (key >> (16 * (WORD_LIMIT - 1))) as u32
}

fn place(code: u32) -> usize {
    code.wrapping_sub(BLOCK.0) as usize
}

struct Tables {
    characters: Vec<Character>,
    surnames: NumberMap<u8>,
    given: NumberMap<[u8; 3]>,
    words: NumberMap<u8>,
    no_names_alone: Vec<u64>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let surnames = words(&[include_str!("../../../data/surnames.txt")]);
        let words =
            words(&[include_str!("../../../data/not_names.txt"), include_str!("../../../data/common_words.txt")]);
        Tables {
            characters: characters(&words, &surnames),
            surnames,
            given: given_names(include_str!("../../../data/given_names.txt")),
            words,
            no_names_alone: keys(include_str!("../../../data/no_names_alone.txt")),
        }
    })
}

impl Tables {
    /// What is known of a character; `None` outside the block.
    fn of_character(&self, c: char) -> Option<&Character> {
        self.characters.get(place(u32::from(c)))
    }
}

/// Lines of a word and its cost. Of a word that stands there twice, or that begins two longer ones, the lower cost counts.
fn words(files: &[&'static str]) -> NumberMap<u8> {
    let mut table = NumberMap::with_capacity_and_hasher(16_000, Default::default());
    for line in files.iter().flat_map(|file| entries(file)) {
        let (word, cost) = line.split_at(line.len() - 1);
        let mut chars = ['\0'; WORD_LIMIT];
        let mut length = 0;
        for c in word.chars().take(WORD_LIMIT) {
            chars[length] = c;
            length += 1;
        }
        if let Some(key) = key(&chars[..length]) {
            let cost = cost.as_bytes()[0] - b'0';
            table.entry(key).and_modify(|known: &mut u8| *known = cost.min(*known)).or_insert(cost);
        }
    }
    table
}

/// Lines of one word, in order.
fn keys(file: &'static str) -> Vec<u64> {
    let of = |line: &str| key(&line.chars().collect::<Vec<_>>());
    let mut keys: Vec<u64> = entries(file).filter_map(of).collect();
    keys.sort_unstable();
    keys
}

fn given_names(file: &'static str) -> NumberMap<[u8; 3]> {
    let mut table = NumberMap::with_capacity_and_hasher(3_000, Default::default());
    for line in entries(file) {
        let (name, costs) = line.split_at(line.len() - 3);
        let step = |part: usize| costs.as_bytes()[part] - b'0';
        table.extend(name.chars().next().map(|c| (u64::from(c), [step(0), step(1), step(2)])));
    }
    table
}

/// A word as a number that sorts as the word does; `None` for what no table can hold.
fn key(chars: &[char]) -> Option<u64> {
    if chars.is_empty() || chars.len() > WORD_LIMIT {
        return None;
    }
    let mut key = 0;
    for place in 0..WORD_LIMIT {
        let code = chars.get(place).map_or(0, |&c| u32::from(c));
        key = key << 16 | u64::from(u16::try_from(code).ok()?);
    }
    Some(key)
}

fn find(table: &NumberMap<u8>, key: u64) -> Option<Cost> {
    table.get(&key).map(|cost| Cost::from(*cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn tables_hold_what_their_names_say() {
        for name in ["王", "欧阳", "闫", "肖", "付", "爱新觉罗", "于"] {
            assert!(surname(&of(name)).is_some(), "{name}");
        }
        for name in ["的", "您", "请", "客户", "", "王小明三四"] {
            assert!(surname(&of(name)).is_none(), "{name}");
        }
        for name in ["平安", "马上", "黄金", "金融街", "白云山", "方正证券", "身份证", "您好", "于"]
        {
            assert!(word(&of(name)).is_some(), "{name}");
        }
        for name in ["李明", "王伟", "𠮷"] {
            assert!(word(&of(name)).is_none(), "{name}");
        }
        assert!(given('伟', Part::Only).0 < given('了', Part::Only).0);
        assert_eq!(given('𬎆', Part::Second), (UNKNOWN_GIVEN, false));
    }

    #[test]
    fn characters_know_what_the_words_say() {
        let tables = tables();
        for c in '\u{4E00}'..='\u{9FFF}' {
            assert_eq!(single(c), word(&[c]).unwrap_or(UNKNOWN_WORD), "{c}");
        }
        for &key in tables.words.keys() {
            let length = (0..WORD_LIMIT).filter(|n| key >> (16 * n) & 0xFFFF != 0).count();
            let begins = char::from_u32(first(key)).expect("a character");
            assert!(longest_word(begins) >= length, "{begins}");
        }
        let surnames = tables.surnames.keys().map(|key| char::from_u32(first(*key)).expect("a character"));
        assert!(surnames.into_iter().all(may_begin_surname) && !may_begin_surname('的'));
    }

    #[test]
    fn files_are_sorted_and_small() {
        let files = [include_str!("../../../data/not_names.txt"), include_str!("../../../data/common_words.txt")];
        for file in files {
            assert!(file.len() < 150_000);
            assert!(
                entries(file)
                    .zip(entries(file).skip(1))
                    .all(|(one, next)| one[..one.len() - 1] < next[..next.len() - 1])
            );
        }
    }
}
