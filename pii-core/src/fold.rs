//! Undoing disguises: full-width digits, zero-width characters, exotic spaces and dashes, Chinese digits, digits in circles
//! and key caps, colours.
//!
//! A number written as `１１０１０５…` or with a zero-width space in it is the same number. [`fold`] writes a text the
//! plain way and notes where each character came from. It is meant for what people and programs do to numbers; it is no
//! Unicode normalisation, and Han text passes unchanged.
//!
//! Most texts need none of it. [`needs_folding`] finds out at the cost of looking at bytes above 127 and of one search
//! for a zero byte and the byte that begins a terminal's control sequence.

mod digit;
mod escape;

use crate::offset_map::OffsetMap;
use escape::ESC;
use std::borrow::Cow;

/// A zero byte. It sets numbers off from each other as often as it stands inside one, so it becomes a space.
const NUL: u8 = 0;

/// Whether [`fold`] would change anything that matters to finding.
#[must_use]
pub(crate) fn needs_folding(text: &[u8]) -> bool {
    if memchr::memchr2(ESC, NUL, text).is_some() {
        return true;
    }
    let mut at = 0;
    while let Some(skip) = text[at..].iter().position(|&b| b >= 0x80) {
        at += skip;
        match digit::plain_han_len(&text[at..]) {
            0 => {}
            len => {
                at += len;
                continue;
            }
        }
        let (folded, len) = decode(&text[at..]);
        if folded.is_some_and(|folded| disguises(text, at, folded)) {
            return true;
        }
        at += len;
    }
    false
}

/// Whether a text is to be folded for the character at `at`, a byte above 127.
pub(crate) fn needs_folding_at(text: &[u8], at: usize) -> bool {
    decode(&text[at..]).0.is_some_and(|folded| disguises(text, at, folded))
}

/// Whether it matters to finding what the character at `at` becomes.
fn disguises(text: &[u8], at: usize, folded: Folded) -> bool {
    let before = text[..at].last();
    match folded {
        Folded::Same | Folded::Punctuation(_) => false,
        // Prose uses dashes too; only one that joins a digit disguises anything.
        Folded::Dash => before.is_some_and(u8::is_ascii_alphanumeric),
        Folded::Numeral(_) => digit::is_run(&text[at..]) || before.is_some_and(u8::is_ascii_digit),
        Folded::Enclosed(_) => digit::is_row(&text[at..]),
        Folded::Mark => before.is_some_and(u8::is_ascii_digit),
        Folded::Nothing | Folded::To(_) | Folded::MiddleDot => true,
    }
}

/// Whether a text with this character may need folding.
pub(crate) fn may_disguise(c: char) -> bool {
    !matches!(becomes(c), Folded::Same | Folded::Punctuation(_))
}

/// Writes `text` the plain way to `out` (cleared before), and to `map` where each piece came from.
///
/// Bytes that are not UTF-8 are copied as they are.
pub(crate) fn fold(text: &[u8], out: &mut Vec<u8>, map: &mut OffsetMap) {
    out.clear();
    map.clear();
    let mut at = 0;
    while at < text.len() {
        if text[at] == ESC {
            at += escape::len(&text[at..]);
            continue;
        }
        if text[at] == NUL {
            push(b' ', out, map, at, 1);
            at += 1;
            continue;
        }
        if text[at] < 0x80 {
            let run = text[at..].iter().position(|&b| b >= 0x80 || b == ESC || b == NUL).unwrap_or(text.len() - at);
            out.extend_from_slice(&text[at..at + run]);
            map.push_same(run, at);
            at += run;
            continue;
        }
        let (folded, len) = decode(&text[at..]);
        match folded {
            Some(Folded::Nothing) => {}
            Some(Folded::To(byte) | Folded::Punctuation(byte)) => push(byte, out, map, at, len),
            Some(Folded::Dash) => push(b'-', out, map, at, len),
            Some(Folded::MiddleDot) => {
                out.extend_from_slice("·".as_bytes());
                map.push_unit("·".len(), at, len);
            }
            Some(Folded::Numeral(value)) => {
                if digit::is_digit_here(text, at, len) {
                    push(b'0' + value, out, map, at, len);
                } else {
                    copy(text, at, len, out, map);
                }
            }
            Some(Folded::Enclosed(value)) if digit::is_enclosed_here(text, at) => push(b'0' + value, out, map, at, len),
            Some(Folded::Mark) if out.last().is_some_and(u8::is_ascii_digit) => {}
            Some(Folded::Same | Folded::Enclosed(_) | Folded::Mark) | None => copy(text, at, len, out, map),
        }
        at += len;
    }
}

/// `text` written the plain way; borrowed where nothing in it changes.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let (mut out, mut map) = (Vec::with_capacity(text.len()), OffsetMap::default());
    fold(text.as_bytes(), &mut out, &mut map);
    Cow::Owned(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Whether [`fold`] leaves every byte of `text` as it is.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    if text.is_ascii() {
        return memchr::memchr2(ESC, NUL, text).is_none();
    }
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte < 0x80 {
            if byte == ESC || byte == NUL {
                return false;
            }
            at += 1;
            continue;
        }
        let han = digit::plain_han_len(&text[at..]);
        if han > 0 {
            at += han;
            continue;
        }
        let (folded, len) = decode(&text[at..]);
        let stays = match folded {
            None | Some(Folded::Same) => true,
            Some(Folded::Numeral(_)) => !digit::is_digit_here(text, at, len),
            Some(Folded::Enclosed(_)) => !digit::is_enclosed_here(text, at),
            Some(Folded::Mark) => !text[..at].last().is_some_and(u8::is_ascii_digit),
            Some(_) => false,
        };
        if !stays {
            return false;
        }
        at += len;
    }
    true
}

fn push(byte: u8, out: &mut Vec<u8>, map: &mut OffsetMap, at: usize, len: usize) {
    out.push(byte);
    map.push_unit(1, at, len);
}

fn copy(text: &[u8], at: usize, len: usize, out: &mut Vec<u8>, map: &mut OffsetMap) {
    out.extend_from_slice(&text[at..at + len]);
    map.push_same(len, at);
}

/// What a character becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folded {
    /// Itself.
    Same,
    /// Nothing: it is invisible.
    Nothing,
    /// An ASCII character, and seeing it matters: digits, letters, spaces.
    To(u8),
    /// An ASCII character, but no reason to fold: full-width punctuation is ordinary Chinese.
    Punctuation(u8),
    /// `-`
    Dash,
    /// `·`, as in minority names.
    MiddleDot,
    /// A Chinese digit, which is a digit only among digits.
    Numeral(u8),
    /// A digit in a circle, in brackets, with a dot or above the line. Alone it numbers items and notes.
    Enclosed(u8),
    /// Drawn over the character before it: nothing over a digit, and a part of a letter.
    Mark,
}

/// What the character at the beginning of `text` (a byte above 127) becomes, and its length in bytes.
/// `None`: not UTF-8; one byte to copy.
fn decode(text: &[u8]) -> (Option<Folded>, usize) {
    let len = match text[0] {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return (None, 1),
    };
    let Some(c) = text.get(..len).and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(|s| s.chars().next())
    else {
        return (None, 1);
    };
    (Some(becomes(c)), len)
}

fn becomes(c: char) -> Folded {
    match c {
        // Most of what stands in a Chinese text, so it comes first.
        '\u{3400}'..='\u{9FFF}' => digit::value(c),
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => Folded::To(ascii(c, 0xFEE0)),
        // Full-width @ + - . _ / * stand inside numbers and addresses: they matter. The rest is punctuation.
        '＠' | '＋' | '－' | '．' | '＿' | '／' | '＊' | '＝' | '＆' | '％' => Folded::To(ascii(c, 0xFEE0)),
        '\u{FF01}'..='\u{FF5E}' => Folded::Punctuation(ascii(c, 0xFEE0)),
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' => Folded::Nothing,
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => Folded::Nothing,
        // The fillers of Hangul: no text but Korean's own needs them.
        '\u{3164}' | '\u{FFA0}' => Folded::Nothing,
        '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20F0}' => Folded::Mark,
        '\u{E0100}'..='\u{E01EF}' | '\u{E0001}'..='\u{E007F}' => Folded::Nothing,
        '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Folded::To(b' '),
        '\u{2028}' | '\u{2029}' | '\u{2800}' => Folded::To(b' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{2043}' => Folded::Dash,
        '\u{2160}'..='\u{216B}' | '\u{2170}'..='\u{217B}' => roman(c),
        '•' | '‧' | '・' | '･' | '∙' | '⋅' => Folded::MiddleDot,
        _ => digit::value(c),
    }
}

/// Of the Roman numerals, only the ten takes part: it is the X of an ID's check character.
fn roman(c: char) -> Folded {
    if matches!(c, 'Ⅹ' | 'ⅹ') { Folded::To(b'X') } else { Folded::Same }
}

fn ascii(c: char, offset: u32) -> u8 {
    u8::try_from(c as u32 - offset).expect("full-width forms stand at a fixed distance from ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded_text(text: &str) -> String {
        let (mut out, mut map) = (Vec::new(), OffsetMap::default());
        fold(text.as_bytes(), &mut out, &mut map);
        String::from_utf8(out).expect("UTF-8 in, UTF-8 out")
    }

    #[test]
    fn disguises_are_undone() {
        for (disguised, plain) in [
            ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
            ("11010519491231002Ⅹ", "11010519491231002X"),
            ("138\u{200B}0013\u{AD}8000", "13800138000"),
            ("138\u{A0}0013\u{2009}8000", "138 0013 8000"),
            ("138–0013—8000", "138-0013-8000"),
            ("一三八〇〇一三八〇〇〇", "13800138000"),
            ("壹叁捌零零壹叁捌零零零", "13800138000"),
            ("13八00138000", "13800138000"),
            ("一三八00138000", "13800138000"),
            ("𝟏𝟑𝟖00138000", "13800138000"),
            ("١٣٨00138000", "13800138000"),
            ("zhang＠example．com", "zhang@example.com"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("1\u{336}3\u{20DD}8\u{301}\u{336}00138000", "13800138000"),
            ("1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣", "13800138000"),
            ("1⃣3⃣8⃣00138000", "13800138000"),
            ("①③⑧⓪⓪①③⑧⓪⓪⓪", "13800138000"),
            ("⑴⑶⑻00138000", "13800138000"),
            ("138001⒊⒏⒐000", "138001389000"),
            ("❶❸❽00138000", "13800138000"),
            ("➀➂➇⓿⓿➊➌➑000", "13800138000"),
            ("¹³⁸⁰⁰¹³⁸⁰⁰⁰", "13800138000"),
            ("₁₃₈00138000", "13800138000"),
            ("𝟭𝟯𝟴00138000", "13800138000"),
            ("138\0\u{0}0013", "138  0013"),
            ("138\u{3164}0013\u{FFA0}8000", "13800138000"),
            ("138\u{115F}0013\u{1160}8000", "13800138000"),
            ("138\u{2800}0013\u{2800}8000", "138 0013 8000"),
            ("138\u{FE0F}0013\u{2060}80\u{180E}0\u{2064}0", "13800138000"),
            ("\u{1b}[31m138\u{1b}[1m00138000\u{1b}[0m", "13800138000"),
            ("\u{1b}]0;张三\u{7}13800138000", "0;张三\u{7}13800138000"),
        ] {
            assert_eq!(folded_text(disguised), plain);
            assert!(needs_folding(disguised.as_bytes()), "{disguised}");
        }
    }

    #[test]
    fn prose_is_left_alone() {
        for text in [
            "尊敬的客户，您的委托已成交（一）",
            "第一三共、三亚、二〇二六年十一月、一二三四",
            "——尽职调查“补充”材料……",
            "一、第一13800138000",
            "①13800138000②13900139000③13700137000",
            "见注①②，详见⑴",
            "10m²13800138000",
            "Jose\u{301} Nu\u{303}ez 13800138000",
        ] {
            assert!(!needs_folding(text.as_bytes()), "{text}");
        }
        // A row of them numbers items too; a letter keeps what is drawn over it.
        for text in ["①②③适用", "①②③ 2 款", "Jose\u{301} 1\u{200B}"] {
            assert_eq!(folded_text(text), text.replace('\u{200B}', ""), "{text}");
        }
        // Digits next to a single Han numeral keep their number.
        assert_eq!(folded_text("第一13800138000"), "第一13800138000");
    }

    proptest! {
        #[test]
        fn what_is_borrowed_is_what_folding_writes(text in "[ -~一-十张甲①-③·•〇０-９\u{301}\u{200B}\u{1b}\0³]{0,12}") {
            let (plain, expected) = (folded(&text), folded_text(&text));
            prop_assert_eq!(plain.as_ref(), expected.as_str());
            prop_assert_eq!(matches!(plain, Cow::Borrowed(_)), expected == text);
        }

        #[test]
        fn any_bytes_fold_and_map_back(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let (mut out, mut map) = (Vec::new(), OffsetMap::default());
            fold(&text, &mut out, &mut map);
            prop_assert!(map.text_len() == out.len());
            let span = map.source_span(0..out.len());
            prop_assert!(span.end <= text.len());
        }

        #[test]
        fn what_needs_no_folding_keeps_its_digits(text in "[ -~一-十，。：０-９]{0,40}") {
            if !needs_folding(text.as_bytes()) {
                let digits = |s: &str| s.chars().filter(char::is_ascii_digit).count();
                prop_assert_eq!(digits(&text), digits(&folded_text(&text)));
            }
        }
    }
}
