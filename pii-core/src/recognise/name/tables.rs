//! The tables of names: surnames, characters of given names, and the words that are no names.
//!
//! All tables hold simplified characters. Costs are steps of 0.4 nats of -ln p, so they add up; a rarer thing costs
//! more. They are laid out at build (`build/names.rs`), so that nothing is read at the start.

use super::key::{key, places};

pub(super) use super::key::WORD_LIMIT;

/// What a step is worth and how rare a thing is: steps of 0.4 nats.
pub(super) type Cost = u32;

/// A given name's character that no table knows. Names use more characters than any table holds.
const UNKNOWN_GIVEN: Cost = 26;
/// A character that stands for no word of its own.
const UNKNOWN_WORD: Cost = 36;
/// Where in a given name a character stands.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Only,
    First,
    Second,
}

/// What a surname of one to four characters costs; `None` when it is none.
pub(super) fn surname(chars: &[char]) -> Option<Cost> {
    may_begin_surname(*chars.first()?).then(|| TABLES.surnames.get(key(chars)?)).flatten()
}

/// What a character costs in a given name, and whether the table knows it.
pub(super) fn given(c: char, part: Part) -> (Cost, bool) {
    match TABLES.of_character(c).and_then(|character| character.given) {
        Some(costs) => (Cost::from(costs[part as usize]), true),
        None => (UNKNOWN_GIVEN, false),
    }
}

/// What an ordinary word costs; `None` when it is in no table.
pub(super) fn word(chars: &[char]) -> Option<Cost> {
    TABLES.words.get(key(chars)?)
}

/// Whether it is likelier something else than a name where nothing but a number or a row speaks for one: a town, goods.
pub(super) fn is_no_name_alone(chars: &[char]) -> bool {
    key(chars).is_some_and(|key| TABLES.no_names_alone.binary_search(&key).is_ok())
}

/// What a character costs as a word of its own.
pub(super) fn single(c: char) -> Cost {
    TABLES.of_character(c).map_or(UNKNOWN_WORD, |character| Cost::from(character.alone))
}

/// The length of the longest word that begins with a character, and 1 where none does.
pub(super) fn longest_word(first: char) -> usize {
    TABLES.of_character(first).map_or(1, |character| usize::from(character.longest_word))
}

/// Whether a surname begins with the character.
pub(super) fn may_begin_surname(first: char) -> bool {
    TABLES.of_character(first).is_some_and(|character| character.begins_surname)
}

/// What is known of one character of the unified block, in one look: most questions end there.
#[derive(Clone, Copy)]
struct Character {
    /// What it costs as a word of its own.
    alone: u8,
    longest_word: u8,
    begins_surname: bool,
    /// What it costs in a given name, by [`Part`].
    given: Option<[u8; 3]>,
}

const fn known(alone: Option<u8>, longest_word: u8, begins_surname: bool, given: Option<[u8; 3]>) -> Character {
    let alone = match alone {
        Some(cost) => cost,
        None => UNKNOWN_WORD as u8,
    };
    Character { alone, longest_word, begins_surname, given }
}

/// Words and what they cost. A word stands at the first of its places that was free.
struct Costs {
    keys: &'static [u64],
    costs: &'static [u8],
}

impl Costs {
    fn get(&self, key: u64) -> Option<Cost> {
        let mut taken = places(key, self.keys.len()).take_while(|&place| self.keys[place] != 0);
        taken.find(|&place| self.keys[place] == key).map(|place| Cost::from(self.costs[place]))
    }
}

struct Tables {
    /// Of the unified block, in order. The tables hold no other characters.
    characters: &'static [Character],
    surnames: Costs,
    words: Costs,
    /// In order.
    no_names_alone: &'static [u64],
}

static TABLES: Tables = include!(concat!(env!("OUT_DIR"), "/names.rs"));

/// The first character of the unified block.
const FIRST: u32 = 0x4E00;

impl Tables {
    /// What is known of a character; `None` outside the block.
    fn of_character(&self, c: char) -> Option<&'static Character> {
        self.characters.get(u32::from(c).wrapping_sub(FIRST) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::han::entries;
    use std::collections::BTreeMap;

    const SURNAMES: &str = include_str!("../../../data/surnames.txt");
    const NOT_NAMES: &str = include_str!("../../../data/not_names.txt");
    const COMMON_WORDS: &str = include_str!("../../../data/common_words.txt");

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

    /// Words and what is written behind them, in so many characters.
    fn lines(file: &'static str, behind: usize) -> Vec<(Vec<char>, &'static str)> {
        entries(file).map(|line| line.split_at(line.len() - behind)).map(|(word, costs)| (of(word), costs)).collect()
    }

    /// What is written of each word, the lowest where there are two. Words are looked up by their first four characters.
    fn written(files: &[&'static str]) -> BTreeMap<Vec<char>, Cost> {
        let mut costs = BTreeMap::new();
        for (mut word, cost) in files.iter().flat_map(|file| lines(file, 1)) {
            word.truncate(WORD_LIMIT);
            let cost = Cost::from(cost.as_bytes()[0] - b'0');
            costs.entry(word).and_modify(|known: &mut Cost| *known = cost.min(*known)).or_insert(cost);
        }
        costs
    }

    #[test]
    fn tables_hold_what_the_files_say_and_nothing_else() {
        let held = |table: &Costs| table.keys.iter().filter(|key| **key != 0).count();
        let surnames = written(&[SURNAMES]);
        assert!(surnames.iter().all(|(name, cost)| surname(name) == Some(*cost)));
        assert_eq!(held(&TABLES.surnames), surnames.len());
        let words = written(&[NOT_NAMES, COMMON_WORDS]);
        assert!(words.iter().all(|(known, cost)| word(known) == Some(*cost)));
        assert_eq!(held(&TABLES.words), words.len());
        let alone = lines(include_str!("../../../data/no_names_alone.txt"), 0);
        assert!(alone.iter().all(|(word, _)| is_no_name_alone(word)) && TABLES.no_names_alone.len() == alone.len());
        let names = lines(include_str!("../../../data/given_names.txt"), 3);
        for (name, costs) in &names {
            for (part, cost) in [Part::Only, Part::First, Part::Second].into_iter().zip(costs.bytes()) {
                assert_eq!(given(name[0], part), (Cost::from(cost - b'0'), true), "{name:?}");
            }
        }
        assert_eq!(TABLES.characters.iter().filter(|character| character.given.is_some()).count(), names.len());
    }

    #[test]
    fn no_search_is_long() {
        for table in [&TABLES.surnames, &TABLES.words] {
            let looked = |key: u64| {
                places(key, table.keys.len()).take_while(|&place| ![0, key].contains(&table.keys[place])).count() + 1
            };
            let keys = || table.keys.iter().copied().filter(|key| *key != 0);
            assert!(keys().map(looked).sum::<usize>() < 2 * keys().count());
            // A character that begins no word is asked for too.
            assert!(('\u{4E00}'..='\u{9FFF}').filter_map(|c| key(&[c])).chain(keys()).map(looked).max() < Some(40));
        }
    }

    #[test]
    fn characters_know_what_the_words_say() {
        for c in '\u{4E00}'..='\u{9FFF}' {
            assert_eq!(single(c), word(&[c]).unwrap_or(UNKNOWN_WORD), "{c}");
        }
        let words = written(&[NOT_NAMES, COMMON_WORDS]);
        assert!(words.keys().all(|word| longest_word(word[0]) >= word.len()));
        assert!(words.keys().any(|word| longest_word(word[0]) == word.len()) && longest_word('𠮷') == 1);
        let surnames = written(&[SURNAMES]);
        let begin = |c: char| surnames.keys().any(|name| name[0] == c);
        assert!(('\u{4E00}'..='\u{9FFF}').all(|c| may_begin_surname(c) == begin(c)) && !may_begin_surname('𠮷'));
    }

    #[test]
    fn files_are_sorted_and_small() {
        for file in [NOT_NAMES, COMMON_WORDS] {
            assert!(file.len() < 150_000);
            assert!(
                entries(file)
                    .zip(entries(file).skip(1))
                    .all(|(one, next)| one[..one.len() - 1] < next[..next.len() - 1])
            );
        }
    }
}
