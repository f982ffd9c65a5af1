//! Names of people: another name of the same shape, chosen by the key, for good.
//!
//! Surnames and characters of given names are drawn as often as people bear them, so that what comes out looks like a list of
//! people. That makes it no permutation: two people may come out with one name, and there is no way back. Equal names come
//! out equal, whatever else stands in the record; a name never comes out as itself.

use super::error::{FpeError, Reason};
use super::keyed::Keyed;
use super::pick::Weighted;
use super::written::Written;
use crate::recognise::han::{Forms, is_han};
use crate::recognise::name::{surname_len, whole};
use std::sync::LazyLock;

/// The longest name, in characters.
const LENGTH_LIMIT: usize = 64;

/// How many names are tried until one is another and reads as a name. One in twenty or so does not.
const ATTEMPTS: u8 = 32;

/// Characters in which names from other languages are written.
const TRANSCRIBING: &str = "阿艾巴比布达迪多尔法菲格古哈海吉加卡克库拉莱里丽罗马麦玛米木穆娜尼努诺帕普奇热茹赛沙苏索塔特提图吐瓦西娅亚伊依尤扎孜";

/// Surnames and syllables of given names in Latin letters.
const LATIN_SURNAMES: &str = "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Liang Song Zheng \
    Xie Han Tang Feng Dong Xiao Cheng Cao Yuan Deng Fu Shen Zeng Peng Lv Su Lu Jiang Cai Jia Ding Wei Xue Ye Yan Yu Pan";
const LATIN_GIVEN: &str = "Wei Fang Min Jing Li Qiang Lei Jun Yan Jie Juan Tao Ming Chao Xia Ping Gang Ying Hua Fei Yun Lan Bo Hao \
    Kai Lin Mei Na Ning Peng Qing Rui Shan Shu Ting Xin Yi Yu Zhen Bin Cheng Dan Dong Feng Hong Hui Jian Liang Long Mian Rong";

const SURNAMES: &str = include_str!("../../data/surnames.txt");
const GIVEN_NAMES: &str = include_str!("../../data/given_names.txt");
const SEXES: &str = include_str!("../../data/given_name_sex.txt");

/// What of a name stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KeepName {
    pub(super) surname: bool,
    pub(super) sex: bool,
}

struct Tables {
    /// Surnames of one character, and compound ones.
    surnames: [Weighted<&'static str>; 2],
    /// Characters of given names: the whole, the first, the second.
    given: [Weighted<char>; 3],
    /// Characters that are nearly always a woman's, and a man's.
    sexes: [Vec<char>; 2],
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let lines = |file: &'static str| file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let split = |line: &'static str, behind: usize| line.split_at(line.len() - behind);
    let surnames = |is_compound: bool| {
        let all = lines(SURNAMES).map(|line| split(line, 1));
        Weighted::new(all.filter(|(name, _)| (name.chars().count() > 1) == is_compound).map(|(n, c)| (n, cost(c, 0))))
    };
    let given = |at: usize| {
        let all = lines(GIVEN_NAMES).map(|line| split(line, 3));
        Weighted::new(all.filter_map(|(name, costs)| Some((name.chars().next()?, cost(costs, at)))))
    };
    let mut sexes = lines(SEXES).map(|line| line.chars().collect());
    Tables {
        surnames: [surnames(false), surnames(true)],
        given: [given(0), given(1), given(2)],
        sexes: [sexes.next().unwrap_or_default(), sexes.next().unwrap_or_default()],
    }
});

/// The cost that one character tells.
fn cost(costs: &str, at: usize) -> u8 {
    costs.as_bytes().get(at).map_or(u8::MAX, |byte| byte.saturating_sub(b'0'))
}

/// The codec for names.
pub(super) struct Names {
    keyed: Keyed,
    keep: KeepName,
}

impl Names {
    pub(super) fn new(keyed: Keyed, keep: KeepName) -> Self {
        Self { keyed, keep }
    }

    /// Another name.
    ///
    /// # Errors
    /// Neither Han nor Latin letters, or more than 64 characters.
    pub(super) fn run(&self, text: &str) -> Result<String, FpeError> {
        let not_valid = FpeError::new(Reason::NotValid { kind: "person_name" });
        let written = Written::of(text);
        let plain = written.plain().trim();
        // 张 三 is 张三, set wide.
        let narrow: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
        let plain = if narrow.chars().all(is_han) { narrow.as_str() } else { plain };
        let simplified: String = plain.chars().map(|c| Forms::get().simplified(c)).collect();
        // ZHANG SAN is Zhang San.
        let simplified = in_initial_capitals(&simplified);
        let count = simplified.chars().count();
        if count == 0 || count > LENGTH_LIMIT {
            return Err(not_valid);
        }
        let other = |attempt: u8| {
            let choice = Choice { keyed: &self.keyed, name: &simplified, attempt };
            if simplified.chars().all(is_han) && count <= 6 {
                Some(self.han(&choice, plain))
            } else if simplified.chars().any(is_han) {
                Some(transcribed(&choice))
            } else if simplified.chars().any(|c| c.is_alphabetic()) {
                Some(self.latin(&choice))
            } else {
                None
            }
        };
        let is_other = |name: &String| *name != simplified && name != plain;
        let mut others = (0..ATTEMPTS).map_while(other).filter(is_other).peekable();
        let first = others.peek().cloned().ok_or(not_valid)?;
        // 刘中学 is no name to whoever reads it: what reads as one goes before what comes first.
        let name = others.find(|name| reads_as_name(name)).unwrap_or(first);
        Ok(written.around(&in_case_of(plain, &name)))
    }

    fn han(&self, choice: &Choice<'_>, plain: &str) -> String {
        let length = surname_len(choice.name);
        let (surname, given) = choice.name.split_at_checked(length).unwrap_or((choice.name, ""));
        let characters = given.chars().count();
        // What has no given name is a surname alone, and what would leave nothing else to change is not kept.
        let keeps_surname = self.keep.surname && characters > 0;
        let is_compound = usize::from(surname.chars().count() > 1);
        let tables = &*TABLES;
        let mut name = if keeps_surname {
            plain.chars().take(surname.chars().count()).collect()
        } else {
            tables.surnames.get(is_compound).and_then(|all| choice.of(all, "surname", 0)).unwrap_or_default().to_owned()
        };
        let sex = if self.keep.sex { sex(given) } else { None };
        for at in 0..characters {
            name.extend(given_character(choice, sex, at, characters));
        }
        name
    }

    /// Words in Latin letters, with capitals at their beginnings. The first is the surname.
    fn latin(&self, choice: &Choice<'_>) -> String {
        let mut text = String::new();
        let mut words = 0;
        for (word, behind) in Words(choice.name) {
            if !word.is_empty() {
                let list = if words == 0 { LATIN_SURNAMES } else { LATIN_GIVEN };
                match list.split_whitespace().nth(choice.number("latin", words, list.split_whitespace().count())) {
                    _ if words == 0 && self.keep.surname => text.push_str(word),
                    Some(_) if word.len() == 1 => text.push(choice.letter(words)),
                    other => text.push_str(other.unwrap_or(word)),
                }
                words += 1;
            }
            text.push_str(behind);
        }
        text
    }
}

/// The words of a text, each with what stands between it and the next one. Only the first may be empty.
struct Words<'t>(&'t str);

impl<'t> Iterator for Words<'t> {
    type Item = (&'t str, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        let text = Some(self.0).filter(|text| !text.is_empty())?;
        let (word, rest) = text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()));
        let (behind, rest) = rest.split_at(rest.find(char::is_alphabetic).unwrap_or(rest.len()));
        self.0 = rest;
        Some((word, behind))
    }
}

/// Whether a name is one where nothing says so.
fn reads_as_name(name: &str) -> bool {
    whole(name.as_bytes(), name.is_ascii()).is_some_and(|found| found.span == (0..name.len()))
}

/// A choice that name and key make, and another one with each attempt.
struct Choice<'a> {
    keyed: &'a Keyed,
    name: &'a str,
    attempt: u8,
}

impl Choice<'_> {
    fn number(&self, purpose: &str, at: usize, bound: usize) -> usize {
        let at = [u8::try_from(at).unwrap_or(u8::MAX), self.attempt];
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.keyed.number(purpose, &[self.name.as_bytes(), &at], bound)).unwrap_or(0)
    }

    fn of<T: Copy>(&self, all: &Weighted<T>, purpose: &str, at: usize) -> Option<T> {
        let at = [u8::try_from(at).unwrap_or(u8::MAX), self.attempt];
        all.at(self.keyed.number(purpose, &[self.name.as_bytes(), &at], all.total()))
    }

    /// An initial.
    fn letter(&self, at: usize) -> char {
        u8::try_from(self.number("initial", at, 26)).map_or('A', |n| char::from(b'A' + n))
    }
}

/// A character of a given name, at its place among so many. The last one tells the sex, where it is known.
fn given_character(choice: &Choice<'_>, sex: Option<usize>, at: usize, of: usize) -> Option<char> {
    let tables = &*TABLES;
    if let (Some(own), true) = (sex.and_then(|sex| tables.sexes.get(sex)), at + 1 == of) {
        return own.get(choice.number("sex", at, own.len())).copied();
    }
    let part = match (at, of) {
        (_, 1) => 0,
        (0, _) => 1,
        _ => 2,
    };
    let others = sex.and_then(|sex| tables.sexes.get(1 - sex));
    let drawn = |attempt: u8| {
        let choice = Choice { attempt: choice.attempt.wrapping_add(attempt), ..*choice };
        choice.of(tables.given.get(part)?, "given", at)
    };
    // One draw in ten or so is a character of the other sex.
    (0..16).filter_map(drawn).find(|c| others.is_none_or(|others| !others.contains(c)))
}

/// 0 for a woman's given name, 1 for a man's, where the table knows one of its characters and none of the other sex.
fn sex(given: &str) -> Option<usize> {
    let [women, men] = TABLES.sexes.each_ref().map(|list| given.chars().any(|c| list.contains(&c)));
    match (women, men) {
        (true, false) => Some(0),
        (false, true) => Some(1),
        _ => None,
    }
}

/// A name from another language: as many characters, and the dots where they are.
fn transcribed(choice: &Choice<'_>) -> String {
    let count = TRANSCRIBING.chars().count();
    let other = |(at, c): (usize, char)| match c {
        _ if is_han(c) => TRANSCRIBING.chars().nth(choice.number("transcribed", at, count)).unwrap_or(c),
        _ => c,
    };
    choice.name.chars().enumerate().map(other).collect()
}

/// A name as it is known by, whatever its capitals are: each word begins with one.
fn in_initial_capitals(name: &str) -> String {
    let mut is_behind_letter = false;
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if is_behind_letter {
            text.extend(c.to_lowercase());
        } else {
            text.extend(c.to_uppercase());
        }
        is_behind_letter = c.is_alphabetic();
    }
    text
}

/// A name of as many words, each in the case of the one that it takes the place of.
fn in_case_of(original: &str, name: &str) -> String {
    let mut originals = Words(original).map(|(word, _)| word);
    let in_case = |(word, behind): (&str, &str)| word_in_case_of(originals.next().unwrap_or_default(), word) + behind;
    Words(name).map(in_case).collect()
}

fn word_in_case_of(original: &str, word: &str) -> String {
    let is_upper = original.chars().all(char::is_uppercase);
    let is_lower = original.chars().all(char::is_lowercase);
    match (is_upper, is_lower) {
        // A surname that stays.
        _ if original.to_lowercase() == word.to_lowercase() => original.to_owned(),
        (true, false) => word.to_uppercase(),
        (false, true) => word.to_lowercase(),
        _ => word.to_owned(),
    }
}
