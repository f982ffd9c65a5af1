//! Names and versions that may stand in a record. What could be a person's number is none.

use super::hash::Hash;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// The longest name, in bytes.
pub const NAME_LIMIT_BYTES: usize = 96;

/// The most digits that a name has: fewer than a mobile number, an ID or a card, and enough for a date.
pub const NAME_DIGIT_LIMIT: usize = 10;

/// The most digits of a name that stand in a row: a day has eight of them (`policy-20261127`), and a mobile number or an account
/// behind a letter has more.
pub const NAME_DIGIT_RUN_LIMIT: usize = 8;

/// The longest text of a note, in bytes.
pub const NOTE_LIMIT_BYTES: usize = 1024;

/// So many digits on end, with or without blanks, dashes, points, strokes and brackets between, are blanked in a note.
const NOTE_DIGITS: usize = 7;

/// The name of a node, a channel, a recipient, a purpose, an article, a document.
///
/// A letter, and then letters, digits, `_`, `-`, `.`, `:`, `/`, all of ASCII, with at most [`NAME_DIGIT_LIMIT`] digits and
/// [`NAME_DIGIT_RUN_LIMIT`] of them in a row: a recipient who is known by a phone number or an address of mail only gets a name
/// from whoever writes the record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// `None` where it is spelt otherwise, or longer than [`NAME_LIMIT_BYTES`].
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let starts_well = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        let spelt_well = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:/".contains(&b));
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        let in_a_row = name.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
        let few_digits = digits <= NAME_DIGIT_LIMIT && in_a_row <= NAME_DIGIT_RUN_LIMIT;
        let is_name = starts_well && spelt_well && few_digits && name.len() <= NAME_LIMIT_BYTES;
        is_name.then(|| Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which version of a policy, of rules, of a consent or a notice: by a name, or by a hash of its text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Version {
    /// As somebody named it.
    Named(Name),
    /// The SHA-256 or SM3 of what it says.
    Hashed(Hash),
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("hash=") {
            Some(hex) => Hash::parse(hex).map(Self::Hashed),
            None => Name::new(text).map(Self::Named),
        }
    }
}

/// Some words of whoever did something, at most [`NOTE_LIMIT_BYTES`], on one line. Long numbers and addresses of mail are
/// blanked; anything else that is a person's must not come in.
#[derive(Clone, PartialEq, Eq)]
pub struct Note(Box<str>);

impl Note {
    /// Takes words over: longer ones are cut, numbers of seven digits and more and addresses of mail become `*`, control
    /// characters blanks.
    #[must_use]
    pub fn new(words: &str) -> Self {
        let mut end = words.len().min(NOTE_LIMIT_BYTES);
        while !words.is_char_boundary(end) {
            end -= 1;
        }
        let mut out = String::with_capacity(end);
        let mut number = String::new();
        for c in without_mail(&words[..end]).into_iter().map(|c| if c.is_control() { ' ' } else { c }) {
            if c.is_numeric() || (!number.is_empty() && joins(c)) {
                number.push(c);
            } else {
                end_of_number(&mut number, &mut out);
                out.push(c);
            }
        }
        end_of_number(&mut number, &mut out);
        Self(out.into())
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is written between the digits of one number.
fn joins(c: char) -> bool {
    let is_dash = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}');
    let is_invisible = matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    c.is_whitespace()
        || is_dash
        || is_invisible
        || matches!(c, '.' | '_' | '/' | '(' | ')' | '．' | '＿' | '／' | '（' | '）')
}

/// The characters of a text, with `*` in the place of each address of mail.
fn without_mail(words: &str) -> Vec<char> {
    let all: Vec<char> = words.chars().collect();
    let (mut out, mut at): (Vec<char>, usize) = (Vec::with_capacity(all.len()), 0);
    while at < all.len() {
        let domain = mail_part(all[at + 1..].iter());
        if matches!(all[at], '@' | '＠') && domain > 0 {
            out.truncate(out.len() - mail_part(out.iter().rev()));
            out.push('*');
            at += domain;
        } else {
            out.push(all[at]);
        }
        at += 1;
    }
    out
}

/// How many characters of a name or a domain of mail come first: of ASCII, wide or not. Where there are none, of any script,
/// so that words without blanks between are left in front of an address that has another.
fn mail_part<'c>(chars: impl Iterator<Item = &'c char> + Clone) -> usize {
    let of_ascii = |c: &&char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '*' | '\u{FF0D}'..='\u{FF5A}')
    };
    match chars.clone().take_while(of_ascii).count() {
        0 => chars.take_while(|c| c.is_alphanumeric()).count(),
        count => count,
    }
}

fn end_of_number(number: &mut String, out: &mut String) {
    let digits = number.chars().filter(|c| c.is_numeric()).count();
    if digits < NOTE_DIGITS {
        out.push_str(number);
    } else {
        let after = number.len() - number.trim_end_matches(joins).len();
        out.push('*');
        out.push_str(&number[number.len() - after..]);
    }
    number.clear();
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "{name}"),
            Self::Hashed(hash) => write!(f, "hash={hash}"),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({} bytes)", self.0.len())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::word::read(deserializer, Self::new)
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::word::read(deserializer, Self::parse)
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::word::read(deserializer, |text| Some(Self::new(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_number_is_no_name() {
        for good in [
            "sms",
            "vendor-a.cn",
            "PIPL-13-1-3",
            "policy-2026-11-27",
            "policy-20261127",
            "policy-20261127.12",
            "crm:prod/7",
            "ip-10-0-12-34.cn",
        ] {
            assert_eq!(Name::new(good).map(|name| name.to_string()).as_deref(), Some(good));
        }
        let long = format!("a{}", "b".repeat(NAME_LIMIT_BYTES));
        let spelt = ["", "7a", "a@b.cn", "a b", "a\"b", "张三", "a\n", &long];
        let numbers =
            ["13800138000", "to-138-0013-8000", "t13800138000", "m138001380", "acct.0213456789", "x123456789:a"];
        for bad in spelt.into_iter().chain(numbers) {
            assert_eq!(Name::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_note_keeps_no_long_number() {
        for (words, kept) in [
            ("case 4711", "case 4711"),
            ("tel 138 0013-8000 asked", "tel * asked"),
            ("身份证11010519491231002X", "身份证*X"),
            ("１３８００１３８０００", "*"),
            ("a\nb", "a b"),
            ("138.0013.8000", "*"),
            ("138_0013/8000 (0)", "*)"),
            ("(021) 6888-1234, 2", "(*, 2"),
            ("138\u{A0}0013\u{A0}8000", "*"),
            ("138–0013—8000−1", "*"),
            ("6222 0212 3456 7890 123。", "*。"),
            ("1.2 and 3/4", "1.2 and 3/4"),
            ("mail zhang.san+1@qq.com asked", "mail * asked"),
            ("邮箱lisi@example.cn的客户", "邮箱*的客户"),
            ("13800138000＠ｑｑ．ｃｏｍ", "*"),
            ("张三@例子.cn", "*.cn"),
            ("a @ b", "a @ b"),
            ("@", "@"),
        ] {
            assert_eq!(Note::new(words).as_str(), kept);
        }
        assert_eq!(Note::new(&"字".repeat(1000)).as_str().len(), 1023);
    }
}
