//! What a record says of a person beside the numbers in it: the age, the sex.
//!
//! Neither is masked and neither is a kind of its own, but both narrow what a masked identity number can be, so the floor
//! under masks has to know of them. Where they are looked for is said by who calls: in texts that hold a finding, and in
//! fields of their own.

use crate::rule::{NAME_LIMIT_BYTES, normalise, title_parts};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::OnceLock;

/// What stays visible of a person in a text. Holds no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// An age: 35岁, 年龄：35, a field `age`.
    pub age: bool,
    /// The sex: 男, 先生, a field `gender`.
    pub sex: bool,
}

impl Aside {
    /// What both say together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { age: self.age || other.age, sex: self.sex || other.sex }
    }

    /// What a field of this name holds.
    pub(crate) fn of_field_named(name: &[u8]) -> Self {
        let is = |form: &[u8], names: &[&str]| names.iter().any(|known| known.as_bytes() == form);
        let said = |form: &[u8]| Self { age: is(form, &AGE_FIELDS), sex: is(form, &SEX_FIELDS) };
        // 性别（男/女）.
        if !name.is_ascii() {
            return title_parts(name).iter().fold(Self::default(), |all, part| all.and(said(part)));
        }
        // Most names are longer, and every field of a document is asked for.
        if name.len() > FIELD_LIMIT_BYTES {
            return Self::default();
        }
        let mut buffer = [0; NAME_LIMIT_BYTES];
        normalise(name, &mut buffer).map_or_else(Self::default, |len| said(&buffer[..len]))
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// The longest of the names in ASCII, with separators.
const FIELD_LIMIT_BYTES: usize = 16;

const AGE_FIELDS: [&str; 8] = ["age", "custage", "clientage", "nl", "khnl", "年龄", "客户年龄", "周岁"];

const SEX_FIELDS: [&str; 12] = [
    "sex",
    "gender",
    "custsex",
    "custgender",
    "clientsex",
    "clientgender",
    "xb",
    "khxb",
    "性别",
    "客户性别",
    "称谓",
    "称呼",
];

/// How far behind 年龄 its number may stand, in bytes: 年龄（周岁）： 35.
const NUMBER_REACH_BYTES: usize = 24;

/// What the value of a field says that by its name `tells` an age or a sex.
pub(crate) fn in_field(tells: Aside, value: &[u8]) -> Aside {
    Aside { age: tells.age && holds_digit(value), sex: tells.sex && !value.trim_ascii().is_empty() }
}

/// What free text says. Linear in the text.
pub(crate) fn in_text(text: &[u8]) -> Aside {
    let mut aside = Aside::default();
    // All of the words are Chinese.
    if text.is_ascii() {
        return aside;
    }
    for word in words().find_iter(text) {
        let (before, behind) = (&text[..word.start()], &text[word.end()..]);
        match WORDS[word.pattern().as_usize()].1 {
            Says::AgeBefore => aside.age |= ends_in_numeral(before),
            Says::AgeBehind => aside.age |= holds_digit(&behind[..behind.len().min(NUMBER_REACH_BYTES)]),
            Says::Sex => aside.sex = true,
            Says::SexAlone => aside.sex |= !ends_in_han(before) && !begins_with_han(behind) || labelled(before),
            Says::Neither => {}
        }
    }
    aside
}

/// What a word says.
#[derive(Clone, Copy)]
enum Says {
    /// It stands behind a number of years.
    AgeBefore,
    /// It stands before one.
    AgeBehind,
    Sex,
    /// Only where it is a word of its own: 男 in 男，35岁, and not in 男装.
    SexAlone,
    /// It holds another of the words and leaves open what that says.
    Neither,
}

/// Longer words before those that they hold.
const WORDS: [(&str, Says); 17] = [
    ("先生/女士", Says::Neither),
    ("先生／女士", Says::Neither),
    ("先生、女士", Says::Neither),
    ("女士/先生", Says::Neither),
    ("男/女", Says::Neither),
    ("周岁", Says::AgeBefore),
    ("岁", Says::AgeBefore),
    ("歲", Says::AgeBefore),
    ("年龄", Says::AgeBehind),
    ("年齡", Says::AgeBehind),
    ("先生", Says::Sex),
    ("女士", Says::Sex),
    ("小姐", Says::Sex),
    ("太太", Says::Sex),
    ("男性", Says::Sex),
    ("男", Says::SexAlone),
    ("女", Says::SexAlone),
];

fn words() -> &'static AhoCorasick {
    static FOUND: OnceLock<AhoCorasick> = OnceLock::new();
    FOUND.get_or_init(|| {
        let words = WORDS.iter().map(|(word, _)| word);
        AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(words)
            .expect("a few short words are within every limit")
    })
}

fn holds_digit(text: &[u8]) -> bool {
    // Full-width digits are EF BC 90 to 99.
    text.iter().any(u8::is_ascii_digit) || text.windows(3).any(|w| matches!(w, [0xEF, 0xBC, 0x90..=0x99]))
}

/// Whether a digit or a Chinese numeral stands at the end: 35, 三十五.
fn ends_in_numeral(before: &[u8]) -> bool {
    let numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let before = before.trim_ascii_end();
    before.last().is_some_and(u8::is_ascii_digit)
        || matches!(before, [.., 0xEF, 0xBC, 0x90..=0x99])
        || numerals.iter().any(|numeral| before.ends_with(numeral.as_bytes()))
}

/// 性别：男, 性别男.
fn labelled(before: &[u8]) -> bool {
    before.ends_with("性别".as_bytes()) || before.ends_with("为".as_bytes())
}

/// Han characters begin with E3 to E9 in UTF-8; the marks of Chinese text begin with E2, E3 80 and EF.
fn begins_with_han(behind: &[u8]) -> bool {
    matches!(behind, [0xE4..=0xE9, ..])
}

fn ends_in_han(before: &[u8]) -> bool {
    before.len() >= 3 && begins_with_han(&before[before.len() - 3..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_and_sex_are_seen_in_text() {
        for (text, age, sex) in [
            ("张三，男，35岁", true, true),
            ("张三 男 身份证", false, true),
            ("性别男", false, true),
            ("性别：女，年龄：35", true, true),
            ("年龄（周岁）： 35", true, false),
            ("张先生今年三十五岁", true, true),
            ("３５岁", true, false),
            ("尊敬的先生/女士", false, false),
            ("男装和女鞋打折", false, false),
            ("年龄不符合要求", false, false),
            ("岁月如歌", false, false),
            ("性别（男/女）：", false, false),
            ("", false, false),
        ] {
            assert_eq!(in_text(text.as_bytes()), Aside { age, sex }, "{text}");
        }
    }

    #[test]
    fn fields_are_known_by_name() {
        for (name, age, sex) in
            [("age", true, false), ("gender", false, true), ("性别", false, true), ("page", false, false)]
        {
            assert_eq!(Aside::of_field_named(name.as_bytes()), Aside { age, sex }, "{name}");
        }
    }
}
