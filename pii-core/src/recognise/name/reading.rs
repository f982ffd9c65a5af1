//! Is it a name, and where does it end: the likeliest way to read a run of Han characters.
//!
//! Chinese has no spaces, so a name ends where the rest reads best as ordinary words: 李明申请办理 is 李明 and two words,
//! because 李明申 would leave 请办理. The same weighing says whether there is a name at all: 申请 begins with a surname
//! too, but the word is far likelier than the name.

use super::tables::{Cost, Part, WORD_LIMIT, given, longest_word, may_begin_surname, single, surname, word};
use std::cell::OnceCell;

/// The characters that are weighed behind a name. What stands farther off cannot tell where it ends.
const WINDOW: usize = 12;
/// What the longer reading is ahead by: a character that leaks is worse than one too many masked.
const LONGER: Cost = 3;
/// One character between a name and a delimiter is hardly ever a word.
const STRAY: Cost = 8;
/// A surname that a name would have twice (陈李美玲) is rare.
const SECOND_SURNAME: Cost = 12;
/// A name that is an ordinary word as well needs better evidence than one that is not.
const IS_WORD: i32 = 12;
/// The longest name with a surname and no dot: four characters of surname and two of given name.
pub(super) const NAME_LIMIT: usize = 6;

/// A reading of a run as a name with words beside it.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    /// Characters of the name.
    pub length: usize,
    /// How much likelier it is than words alone, in steps; below 0 words are likelier.
    pub gain: i32,
}

/// The best reading of `chars` that begins with a name.
///
/// `closed`: a delimiter stands behind them, so one word of one character is an unlikely rest.
pub(super) fn name_first(chars: &[char], closed: bool) -> Option<Reading> {
    let closed = closed && chars.len() <= WINDOW;
    let chars = &chars[..chars.len().min(WINDOW)];
    let names: [Option<Cost>; NAME_LIMIT + 1] = std::array::from_fn(|length| chars.get(..length).and_then(name_cost));
    // Most of what stands behind a cue begins with no surname at all.
    if names.iter().all(Option::is_none) {
        return None;
    }
    let rest = costs_to_end(chars);
    let weigh = |length: usize| {
        let name = names[length]?;
        let stray = if closed && length + 1 == chars.len() { STRAY } else { 0 };
        let gain = signed(rest[0]) - signed(name + rest[length] + stray) - word_penalty(&chars[..length]);
        Some(Reading { length, gain })
    };
    best((2..=chars.len().min(NAME_LIMIT)).filter_map(weigh), LONGER)
}

/// The best reading of `chars` that ends with a name.
pub(super) fn name_last(chars: &[char]) -> Option<Reading> {
    let chars = &chars[chars.len().saturating_sub(WINDOW)..];
    let costs = OnceCell::new();
    let weigh = |length: usize| {
        let start = chars.len() - length;
        let name = name_cost(&chars[start..])?;
        let costs = costs.get_or_init(|| costs_from_start(chars));
        let gain = signed(costs[chars.len()]) - signed(name + costs[start]) - word_penalty(&chars[start..]);
        Some(Reading { length, gain })
    };
    best((2..=chars.len().min(NAME_LIMIT)).filter_map(weigh), 0)
}

/// How much likelier all of `chars` are one name than words; `None` without a surname.
pub(super) fn all_name(chars: &[char]) -> Option<i32> {
    let name = name_cost(chars)?;
    Some(signed(costs_to_end(&chars[..chars.len().min(WINDOW)])[0]) - signed(name) - word_penalty(chars))
}

/// What `chars` cost as words only.
pub(super) fn words_cost(chars: &[char]) -> Cost {
    costs_to_end(&chars[..chars.len().min(WINDOW)])[0]
}

/// Whether all of `chars` are words of the tables, with particles between them: 请联系, 麻烦转给. A reading of them as a
/// name and its surroundings is worth something only then; 法 before 兰克福 is no word.
pub(super) fn are_words(chars: &[char]) -> bool {
    let cut = chars.len() > WINDOW;
    let chars = &chars[chars.len().saturating_sub(WINDOW)..];
    // Where what stands before was cut off, a word may begin within its first characters.
    let mut ends = [false; WINDOW + 1];
    ends[..if cut { WORD_LIMIT } else { 1 }].fill(true);
    for end in 1..=chars.len() {
        let is_particle = ends[end - 1] && PARTICLES.contains(chars[end - 1]);
        let is_word = |length: usize| ends[end - length] && word(&chars[end - length..end]).is_some();
        ends[end] |= is_particle || (2..=WORD_LIMIT.min(end)).any(is_word);
    }
    ends[chars.len()]
}

/// Words of one character that often stand before a name.
const PARTICLES: &str = "给找请让叫是由和与及跟对向替为把被问约见陪等的说已在将来去要收";

/// The length of the longest word of two or more characters that `chars` begin with, or 0.
pub(super) fn leading_word(chars: &[char]) -> usize {
    let longest = chars.first().map_or(0, |&first| longest_word(first));
    (2..=chars.len().min(longest)).rev().find(|&length| word(&chars[..length]).is_some()).unwrap_or(0)
}

/// The length of the surname that `chars` begin with; a compound one wins when a given name is left behind it.
pub(super) fn surname_length(chars: &[char]) -> Option<usize> {
    (1..=chars.len().saturating_sub(1).min(4)).rev().find(|&length| surname(&chars[..length]).is_some())
}

/// What all of `chars` cost as one name: surname, one or two characters of given name.
pub(super) fn name_cost(chars: &[char]) -> Option<Cost> {
    // Most characters of a text begin no surname.
    if !chars.first().is_some_and(|&first| may_begin_surname(first)) {
        return None;
    }
    let splits = (1..chars.len()).filter_map(|at| {
        let (family, own) = chars.split_at(at);
        if let Some(cost) = surname(family).filter(|_| own.len() <= 2) {
            return Some(cost + given_cost(own)?);
        }
        // A married name in Hong Kong style has two single surnames.
        let &[first, second] = family else { return None };
        (own.len() == 2)
            .then(|| Some(surname(&[first])? + surname(&[second])? + SECOND_SURNAME + given_cost(own)?))
            .flatten()
    });
    splits.min()
}

fn given_cost(own: &[char]) -> Option<Cost> {
    match *own {
        // About one name in five has one character.
        [only] => Some(4 + given(only, Part::Only).0),
        [first, second] => Some(1 + given(first, Part::First).0 + given(second, Part::Second).0),
        _ => None,
    }
}

fn word_penalty(chars: &[char]) -> i32 {
    if word(chars).is_some() { IS_WORD } else { 0 }
}

fn best(readings: impl Iterator<Item = Reading>, longer: Cost) -> Option<Reading> {
    readings.reduce(|best, next| {
        let ahead = signed(longer) * i32::try_from(next.length.saturating_sub(best.length)).unwrap_or(0);
        if next.gain + ahead >= best.gain { next } else { best }
    })
}

/// For each place, what the characters from it to the end cost as words, read in the likeliest way.
fn costs_to_end(chars: &[char]) -> [Cost; WINDOW + 1] {
    let mut costs = [0; WINDOW + 1];
    for at in (0..chars.len()).rev() {
        let longer = (2..=longest_word(chars[at]).min(chars.len() - at))
            .filter_map(|length| Some(word(&chars[at..at + length])? + costs[at + length]));
        let alone = single(chars[at]) + costs[at + 1];
        costs[at] = longer.min().map_or(alone, |longer| longer.min(alone));
    }
    costs
}

/// For each place, what the characters before it cost as words, read in the likeliest way.
fn costs_from_start(chars: &[char]) -> [Cost; WINDOW + 1] {
    let mut costs = [Cost::MAX; WINDOW + 1];
    costs[0] = 0;
    for at in 0..chars.len() {
        let mut reach = |length: usize, cost: Cost| costs[at + length] = costs[at + length].min(costs[at] + cost);
        reach(1, single(chars[at]));
        for length in 2..=longest_word(chars[at]).min(chars.len() - at) {
            if let Some(cost) = word(&chars[at..at + length]) {
                reach(length, cost);
            }
        }
    }
    costs
}

fn signed(cost: Cost) -> i32 {
    i32::try_from(cost).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn a_name_ends_where_words_begin() {
        for (text, length) in [
            ("王小明于", 3),
            ("李明您好", 2),
            ("张海已", 2),
            ("王伟客户", 2),
            ("李明申请", 2),
            ("欧阳明月先生", 4),
            ("张三于", 2),
            ("张三身份证号", 2),
            ("陈思远", 3),
            ("王国强", 3),
            ("陈李美玲", 4),
            ("刘洋将于", 2),
        ] {
            let reading = name_first(&of(text), false).unwrap();
            assert_eq!(reading.length, length, "{text}");
            assert!(reading.gain > 0, "{text} {}", reading.gain);
        }
    }

    #[test]
    fn words_cost_the_same_from_either_end() {
        for text in ["李明申请办理开户手续", "平安银行股份有限公司客户", "𠮷野家于马上", "的", ""]
        {
            let chars = of(text);
            assert_eq!(costs_from_start(&chars)[chars.len()], costs_to_end(&chars)[0], "{text}");
        }
    }

    #[test]
    fn words_that_begin_with_a_surname_are_likelier_as_words() {
        for text in ["申请办理", "平安银行", "金融街", "马上开户", "黄金账户", "于今日", "高风险产品", "万元", "权益"]
        {
            assert!(name_first(&of(text), false).is_none_or(|reading| reading.gain < 0), "{text}");
        }
    }
}
