//! Digits of other scripts, and when a Chinese numeral or a digit in a circle is a digit of a number.

use super::{Folded, decode};

/// A run of numerals this long is a number and no word: 二〇二六 (a year) has four, and a phone's shortest part seven.
const NUMBER_DIGITS: usize = 7;

/// So many numerals in a row make a number of a run, wherever they stand in it.
const NUMERALS_IN_A_ROW: usize = 3;

/// How far a row of digits in circles is looked for, in digits: the longest numbers back and ahead.
const WALK_LIMIT_DIGITS: usize = 8 * NUMBER_DIGITS;

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
    if let Some(digit) = enclosed(c) {
        return Folded::Enclosed(digit);
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

/// The numerals of [`numeral`] whose first byte is one of 0xE4 to 0xE9, by that byte: one bit for each second byte.
const HAN_NUMERALS: [u64; 6] = {
    let bytes = "零一壹幺弌二贰貳弍三叁參弎四肆五伍六陆陸七柒八捌九玖".as_bytes();
    let mut seconds = [0; 6];
    let mut at = 0;
    while at < bytes.len() {
        seconds[(bytes[at] - 0xE4) as usize] |= 1 << (bytes[at + 1] & 0x3F);
        at += 3;
    }
    seconds
};

/// The length of the Han characters that `text` begins with and that can be no numeral: nearly all of a Chinese text.
pub(super) fn plain_han_len(text: &[u8]) -> usize {
    let is_plain = |&[lead, second, third]: &[u8; 3]| {
        let seconds = HAN_NUMERALS.get(usize::from(lead.wrapping_sub(0xE4)));
        let is_character = second & 0xC0 == 0x80 && third & 0xC0 == 0x80;
        is_character && seconds.is_some_and(|seconds| seconds >> (second & 0x3F) & 1 == 0)
    };
    3 * text.as_chunks().0.iter().take_while(|character| is_plain(character)).count()
}

/// The digits in circles and brackets, with dots, above and below the line: where the ones begin, and the zeros.
fn enclosed(c: char) -> Option<u8> {
    const ONES: [u32; 7] = [0x2460, 0x2474, 0x2488, 0x24F5, 0x2776, 0x2780, 0x278A];
    Some(match c {
        '⁰' | '₀' | '⓪' | '⓿' | '\u{1F100}' | '\u{1F10B}' | '\u{1F10C}' => 0,
        '¹' => 1,
        '²' => 2,
        '³' => 3,
        '⁴'..='⁹' => (c as u32 - 0x2070) as u8,
        '₁'..='₉' => (c as u32 - 0x2080) as u8,
        '①'..='➒' => {
            let one = ONES.iter().rev().find(|&&one| one <= c as u32)?;
            u8::try_from(c as u32 - one + 1).ok().filter(|digit| *digit <= 9)?
        }
        _ => return None,
    })
}

/// What [`walk`] meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A digit that is one everywhere.
    Digit,
    /// A Chinese numeral.
    Numeral,
    /// A digit in a circle.
    Enclosed,
    /// A space or a dash.
    Gap,
}

/// Whether a number that begins here is written in numerals: seven digits at least, three numerals at least among them.
pub(super) fn is_run(text: &[u8]) -> bool {
    let (mut digits, mut numerals) = (0, 0);
    walk(text, |step| {
        digits += usize::from(step != Step::Gap);
        numerals += usize::from(step == Step::Numeral);
        step == Step::Enclosed || (digits >= NUMBER_DIGITS && numerals >= NUMERALS_IN_A_ROW)
    });
    digits >= NUMBER_DIGITS && numerals >= NUMERALS_IN_A_ROW
}

/// Whether three digits in circles stand side by side here.
pub(super) fn is_row(text: &[u8]) -> bool {
    let mut row = 0;
    walk(text, |step| {
        row += usize::from(step == Step::Enclosed);
        step != Step::Enclosed || row >= NUMERALS_IN_A_ROW
    });
    row >= NUMERALS_IN_A_ROW
}

/// Whether the digit in a circle at `at` belongs to a number: seven digits at least, three in circles side by side among
/// them. One alone numbers an item as often as not, with a number before it and behind: ①13800138000②13900139000.
pub(super) fn is_enclosed_here(text: &[u8], at: usize) -> bool {
    let (mut digits, mut row, mut longest) = (0, 0, 0);
    walk(run_start(text, at), |step| {
        digits += usize::from(step != Step::Gap);
        row = if step == Step::Enclosed { row + 1 } else { 0 };
        longest = longest.max(row);
        let is_found = digits >= NUMBER_DIGITS && longest >= NUMERALS_IN_A_ROW;
        step == Step::Numeral || is_found || digits > WALK_LIMIT_DIGITS
    });
    digits >= NUMBER_DIGITS && longest >= NUMERALS_IN_A_ROW
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
        let is_digit = match text[previous] {
            byte @ ..0x80 => byte.is_ascii_digit(),
            _ => matches!(
                decode(&text[previous..]).0,
                Some(
                    Folded::Numeral(_) | Folded::Enclosed(_) | Folded::To(b'0'..=b'9') | Folded::Nothing | Folded::Mark
                )
            ),
        };
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

/// Tells `step` about each character of the number at the beginning of `text` until it says enough.
fn walk(text: &[u8], mut step: impl FnMut(Step) -> bool) {
    let mut at = 0;
    while at < text.len() {
        let (met, len) = if text[at] < 0x80 {
            match text[at] {
                b'0'..=b'9' => (Some(Step::Digit), 1),
                b' ' | b'-' if at > 0 => (Some(Step::Gap), 1),
                _ => return,
            }
        } else {
            match decode(&text[at..]) {
                (Some(Folded::Numeral(_)), len) => (Some(Step::Numeral), len),
                (Some(Folded::Enclosed(_)), len) => (Some(Step::Enclosed), len),
                (Some(Folded::To(b'0'..=b'9')), len) => (Some(Step::Digit), len),
                (Some(Folded::Dash | Folded::To(b' ' | b'-')), len) => (Some(Step::Gap), len),
                (Some(Folded::Nothing | Folded::Mark), len) => (None, len),
                _ => return,
            }
        };
        if met.is_some_and(&mut step) {
            return;
        }
        at += len;
    }
}
