//! Digits of other scripts, and when a Chinese numeral is a digit of a number.

use super::{Folded, decode};

/// A run of numerals this long is a number and no word: 二〇二六 (a year) has four, and a phone's shortest part seven.
const NUMBER_DIGITS: usize = 7;

/// So many numerals in a row make a number of a run, wherever they stand in it.
const NUMERALS_IN_A_ROW: usize = 3;

/// The zeros of the decimal digits (general category Nd) outside ASCII and the full-width forms, which follow each other.
const ZEROS: [u32; 38] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x11066, 0x1FBF0,
];

/// What a character that is none of the special ones becomes.
pub(super) fn value(c: char) -> Folded {
    if let Some(numeral) = numeral(c) {
        return Folded::Numeral(numeral);
    }
    let code = c as u32;
    // Mathematical digits: five alphabets of ten.
    if (0x1D7CE..=0x1D7FF).contains(&code) {
        return Folded::To(b'0' + ((code - 0x1D7CE) % 10) as u8);
    }
    if (0x660..0x2000).contains(&code) || (0xA620..0xABFA).contains(&code) || code >= 0x104A0 {
        let zero = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1).map(|at| ZEROS[at]);
        if let Some(distance) = zero.map(|zero| code - zero).filter(|&d| d < 10) {
            return Folded::To(b'0' + distance as u8);
        }
    }
    Folded::Same
}

/// The value of a Chinese numeral that can be a digit. 十, 百, 千 are amounts and never digits; 两 and 幺 are spoken.
fn numeral(c: char) -> Option<u8> {
    Some(match c {
        '〇' | '零' | '○' => 0,
        '一' | '壹' | '幺' | '弌' => 1,
        '二' | '贰' | '貳' | '弍' => 2,
        '三' | '叁' | '參' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Whether a number that begins here is written in numerals: seven digits at least, three numerals at least among them.
pub(super) fn is_run(text: &[u8]) -> bool {
    let (mut digits, mut numerals) = (0, 0);
    walk(text, |is_numeral| {
        digits += 1;
        numerals += usize::from(is_numeral);
        digits >= NUMBER_DIGITS && numerals >= NUMERALS_IN_A_ROW
    });
    digits >= NUMBER_DIGITS && numerals >= NUMERALS_IN_A_ROW
}

/// Whether the numeral of `len` bytes at `at` is a digit of a number: it stands between digits, or among so many numerals
/// that the whole is a number.
pub(super) fn is_digit_here(text: &[u8], at: usize, len: usize) -> bool {
    let before = at > 0 && text[at - 1].is_ascii_digit();
    let after = text.get(at + len).is_some_and(u8::is_ascii_digit);
    (before && after) || is_run(run_start(text, at))
}

/// The text from the beginning of the run of digits around `at`. Looks back over no more than a number's worth.
fn run_start(text: &[u8], at: usize) -> &[u8] {
    let mut start = at;
    for _ in 0..4 * NUMBER_DIGITS {
        let Some(previous) = previous_start(text, start) else { break };
        let is_digit = text[previous].is_ascii_digit()
            || (text[previous] >= 0x80
                && matches!(decode(&text[previous..]), (Some(Folded::Numeral(_) | Folded::To(b'0'..=b'9')), _)))
            || (text[previous] >= 0x80 && matches!(decode(&text[previous..]), (Some(Folded::Nothing), _)));
        if !is_digit {
            break;
        }
        start = previous;
    }
    &text[start..]
}

/// Where the character before `at` begins.
fn previous_start(text: &[u8], at: usize) -> Option<usize> {
    (at.saturating_sub(4)..at).rev().find(|&i| text[i] & 0xC0 != 0x80)
}

/// Tells `digit` about each digit of the number at the beginning of `text` (whether it is a numeral) until it says enough.
fn walk(text: &[u8], mut digit: impl FnMut(bool) -> bool) {
    let mut at = 0;
    while at < text.len() {
        let (enough, len) = if text[at] < 0x80 {
            match text[at] {
                b'0'..=b'9' => (digit(false), 1),
                b' ' | b'-' if at > 0 => (false, 1),
                _ => return,
            }
        } else {
            match decode(&text[at..]) {
                (Some(Folded::Numeral(_)), len) => (digit(true), len),
                (Some(Folded::To(b'0'..=b'9')), len) => (digit(false), len),
                (Some(Folded::Nothing | Folded::Dash | Folded::To(b' ' | b'-')), len) => (false, len),
                _ => return,
            }
        };
        if enough {
            return;
        }
        at += len;
    }
}
