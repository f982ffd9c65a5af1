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
    find(&tables().surnames, key(chars)?)
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
    word(&[c]).unwrap_or(UNKNOWN_WORD)
}

struct Tables {
    surnames: NumberMap<u8>,
    given: NumberMap<[u8; 3]>,
    words: NumberMap<u8>,
    no_names_alone: Vec<u64>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        surnames: words(&[include_str!("../../../data/surnames.txt")]),
        given: given_names(include_str!("../../../data/given_names.txt")),
        words: words(&[include_str!("../../../data/not_names.txt"), include_str!("../../../data/common_words.txt")]),
        no_names_alone: keys(include_str!("../../../data/no_names_alone.txt")),
    })
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
