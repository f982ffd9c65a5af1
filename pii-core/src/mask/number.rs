//! Numbers and other runs of characters: some shown at the beginning, some at the end.

use super::layout::Layout;
use super::{Mask, Method};

/// Digits of an account number that always stay hidden.
const ACCOUNT_HIDDEN: usize = 6;

/// Characters of a value with digits in it that always stay hidden: 10⁴ candidates are the least that any habit leaves.
const NUMBER_HIDDEN: usize = 4;

/// Up to this many characters a value is short, and half of it stays hidden; of a longer one, a third.
const SHORT_CHARS: usize = 8;

pub(super) fn keep<'a>(mask: &Mask, canonical: &'a str) -> Layout<'a> {
    let (first, last) = shown_ends(mask, canonical);
    let hidden = Layout::default();
    let head = end_of_first(canonical, first);
    let tail = start_of_last(canonical, last);
    let hidden = if head > 0 { hidden.shown(&canonical[..head]) } else { hidden };
    let hidden = hidden.stars(mask.stars());
    if last > 0 { hidden.tail(&canonical[tail..]) } else { hidden }
}

/// How many characters of this value a mask shows at the beginning and at the end: what the mask says, less where the
/// value is too short for it. Shows less at the end first. (0, 0) for masks that show parts and not characters.
pub(super) fn shown_ends(mask: &Mask, canonical: &str) -> (usize, usize) {
    let length = canonical.chars().count();
    let digits = canonical.bytes().filter(u8::is_ascii_digit).count();
    match mask.method() {
        Method::TailOfAccount => {
            let last = mask.last().min(digits.saturating_sub(ACCOUNT_HIDDEN));
            // What is shown are digits: 军字第12345678号 ends with something else, and shows nothing.
            let all_digits = canonical.bytes().rev().take(last).all(|b| b.is_ascii_digit());
            (0, if all_digits { last } else { 0 })
        }
        Method::Keep => {
            let begins_with_letter = canonical.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
            let first = mask.first().max(usize::from(mask.letter() && begins_with_letter));
            let least_hidden = least_hidden(length, digits > 0);
            let room = length.saturating_sub(least_hidden);
            let first = first.min(room);
            (first, mask.last().min(room - first))
        }
        _ => (0, 0),
    }
}

fn least_hidden(length: usize, has_digits: bool) -> usize {
    let share = if length <= SHORT_CHARS { length.div_ceil(2) } else { length.div_ceil(3) };
    if has_digits { share.max(NUMBER_HIDDEN) } else { share }
}

fn end_of_first(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

fn start_of_last(text: &str, count: usize) -> usize {
    if count == 0 {
        return text.len();
    }
    text.char_indices().rev().nth(count - 1).map_or(0, |(at, _)| at)
}
