//! Names in Latin letters: ZHANG San, Zhang Xiaoming, O'Neil, Jean-Luc, "Li, Wei".
//!
//! Any two words could be one, so they count behind a label or in a field for names only.

use super::{Form, NameMatch};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The most words that a name has.
const WORD_LIMIT: usize = 5;
/// The most letters of a word.
const LETTER_LIMIT: usize = 24;

/// The Latin name that begins at `at`, behind a label.
pub(super) fn read(text: &[u8], at: usize) -> Option<NameMatch> {
    let words = words(text, at);
    // "Name: Li Wei Phone: 138…": a word with `:` or `=` behind it is the next label.
    let count = match words.last() {
        Some(last) if matches!(text.get(last.1), Some(b':' | b'=')) => words.len() - 1,
        _ => words.len(),
    };
    judged(text, &words[..count])
}

/// The Latin name that `text` is from `at` to its end.
pub(super) fn whole(text: &[u8], at: usize) -> Option<NameMatch> {
    let words = words(text, at);
    (words.last()?.1 == text.len()).then(|| judged(text, &words)).flatten()
}

fn judged(text: &[u8], words: &[(usize, usize)]) -> Option<NameMatch> {
    let of = |&(start, end): &(usize, usize)| &text[start..end];
    let mut kept = words;
    // A name in capitals ends before a word in small letters: "ZHANG San has logged in".
    if words.first().is_some_and(|word| of(word)[0].is_ascii_uppercase()) {
        let small = |word: &(usize, usize)| of(word)[0].is_ascii_lowercase() && !is_particle(of(word));
        kept = &words[..words.iter().position(small).unwrap_or(words.len())];
    } else if words.len() > 3 {
        return None;
    }
    if words.iter().any(|word| is_any(of(word), ORGANISATIONS)) {
        return None;
    }
    if let Some(refused) = kept.iter().position(|word| is_any(of(word), REFUSED)) {
        kept = &kept[..refused];
    }
    let (first, last) = (kept.first()?, kept.last()?);
    let letters: usize = kept.iter().map(|word| word.1 - word.0).sum();
    if letters < 2 || matches!(text.get(last.1), Some(b'*' | b'@' | b'_' | b'0'..=b'9' | b'(')) {
        return None;
    }
    let pinyin = kept.iter().any(|word| is_pinyin_surname(of(word)));
    let confidence = match (kept.len(), pinyin) {
        (1, false) => 0.6,
        (1, true) | (_, false) => 0.8,
        (_, true) => 0.9,
    };
    Some(NameMatch { span: first.0..last.1, confidence, form: Form::Latin })
}

/// The words from `at`: letters, with `'`, `-` and `.` in them, one space or one `, ` between them.
fn words(text: &[u8], at: usize) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = at;
    while words.len() < WORD_LIMIT {
        let length = text[start..]
            .iter()
            .take(LETTER_LIMIT + 1)
            .take_while(|c| c.is_ascii_alphabetic() || matches!(c, b'\'' | b'-' | b'.'))
            .count();
        if length > LETTER_LIMIT || !text.get(start).is_some_and(u8::is_ascii_alphabetic) {
            break;
        }
        let word = &text[start..start + length];
        // The stop behind an initial belongs to it, the one behind a sentence does not.
        let kept = if length == 2 { length } else { word.trim_ascii_end().len() - trailing(word) };
        words.push((start, start + kept));
        if kept < length {
            break;
        }
        let comma = words.len() == 1 && text[start + length..].starts_with(b", ");
        if !comma && text.get(start + length) != Some(&b' ') {
            break;
        }
        start += length + if comma { 2 } else { 1 };
    }
    words
}

fn trailing(word: &[u8]) -> usize {
    word.iter().rev().take_while(|c| matches!(c, b'.' | b'-' | b'\'')).count()
}

fn is_particle(word: &[u8]) -> bool {
    ["de", "la", "van", "von", "der", "bin", "al", "da", "del", "di"].iter().any(|particle| word == particle.as_bytes())
}

fn is_any(word: &[u8], known: &[&str]) -> bool {
    known.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

fn is_pinyin_surname(word: &[u8]) -> bool {
    static SURNAMES: LazyLock<HashSet<&[u8]>> = LazyLock::new(|| PINYIN.split(' ').map(str::as_bytes).collect());
    let mut small = [0; LETTER_LIMIT];
    let Some(small) = small.get_mut(..word.len()) else { return false };
    small.copy_from_slice(word);
    small.make_ascii_lowercase();
    SURNAMES.contains(&*small)
}

/// Words of fields and programs: a name ends before them.
const REFUSED: &[&str] = &[
    "null",
    "none",
    "nil",
    "n",
    "na",
    "nan",
    "undefined",
    "true",
    "false",
    "test",
    "unknown",
    "anonymous",
    "admin",
    "root",
    "user",
    "client",
    "customer",
    "name",
    "string",
    "order",
    "phone",
    "mobile",
    "tel",
    "email",
    "id",
    "passport",
    "account",
    "address",
    "sir",
    "madam",
    "system",
    "service",
    "mr.",
    "mr",
    "ms",
    "ms.",
    "mrs",
    "mrs.",
    "dr",
    "dr.",
    "team",
    "investor",
    "guest",
    "empty",
    "default",
    "http",
    "https",
];

/// Words of firms and funds.
const ORGANISATIONS: &[&str] = &[
    "ltd",
    "ltd.",
    "limited",
    "inc",
    "inc.",
    "llc",
    "corp",
    "corp.",
    "co.",
    "company",
    "bank",
    "group",
    "fund",
    "capital",
    "securities",
    "holdings",
    "plc",
    "gmbh",
    "asset",
    "management",
    "trust",
    "futures",
    "insurance",
    "university",
    "branch",
];

const PINYIN: &str = "ai an bai bao bi bian cai cao cen chai chang che chen cheng chi chu cong cui dai deng di ding dong dou du \
duan fan fang fei feng fu gan gao ge geng gong gou gu guan guo han hao he hong hou hu hua huang huo ji jia jian jiang jiao jin \
jing ju kang ke kong kuang lai lan lang lei leng li lian liang liao lin ling liu long lou lu luo lv lyu lyv ma mao mei meng mi \
miao mo mu ni nie ning niu ou ouyang pan pang pei peng pi pu qi qian qiang qiao qin qiu qu quan ran ren rong ruan sha shan shang \
shangguan shao shen sheng shi shu shui sima situ song su sui sun tan tang tao teng tian tong tu wan wang wei wen weng wu xi xia \
xiang xiao xie xin xing xiong xu xuan xue yan yang yao ye yi yin ying you yu yuan yue yun zan zang zeng zha zhai zhan zhang zhao \
zhen zheng zhi zhong zhou zhu zhuang zhuge zhuo zong zou zu zuo chan cheung chow chu fung ho hui ip kwan kwok lam lau lee leung \
lui mak ng siu tam tsang tse wong yeung yip yuen tsai hsu hsieh chiang chou";
