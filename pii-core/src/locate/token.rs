//! Tokens: runs of ASCII letters and digits, and the chains that single separators make of them.

use crate::plan::RUN_LIMIT;
use std::ops::Range;

/// A run of ASCII letters and digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it holds a digit.
    pub(super) has_digit: bool,
    /// Whether it holds a letter.
    pub(super) has_letter: bool,
    /// Whether it holds a small letter other than a last `x`.
    pub(super) has_small: bool,
    /// The separator that joins it to the token before, when exactly one kind of separator stands between; [`ODD`] for
    /// other marks; 0 for anything else.
    pub(super) joined_by: u8,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }
}

/// The characters that can join tokens to a chain. Which of them a form allows is the form's business.
fn joins(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'_' | b'/' | b',' | b':')
}

/// Stands for marks between two tokens that are no usual separator: a tab, `~`, `|`, a space on either side of a dash.
pub(super) const ODD: u8 = 0xFF;

/// The most bytes of marks that can stand inside one number: one mark of Chinese punctuation, or an ASCII one with a
/// space on either side. What stands further apart was not written as one number.
const JOINT_LIMIT_BYTES: usize = 3;

/// How far behind a span a run may reach that begins in it: as many tokens of one character as a run has at the most, each
/// with the widest joint before it.
const BEHIND_LIMIT_BYTES: usize = RUN_LIMIT * (1 + JOINT_LIMIT_BYTES);

/// Appends the tokens of `text` to `tokens`.
pub(super) fn tokens(text: &[u8], tokens: &mut Vec<Token>) {
    tokens_near(text, 0..text.len(), tokens);
}

/// The same for the tokens that begin in `span`, and those behind it that one of them may go on in. What joins the first
/// of them to one before is not told.
pub(super) fn tokens_near(text: &[u8], span: Range<usize>, tokens: &mut Vec<Token>) {
    let mut at = span.start;
    let mut previous_end = None;
    loop {
        // What stands farther off than a joint is wide begins no token that is asked for.
        let reach = span.end.max(at + JOINT_LIMIT_BYTES + 1).min(text.len());
        let Some(skip) = text[at..reach].iter().position(u8::is_ascii_alphanumeric) else { break };
        let start = at + skip;
        let joined_by = previous_end.map_or(0, |before: usize| joint(&text[before..start]));
        if start >= span.end && (joined_by == 0 || start - span.end > BEHIND_LIMIT_BYTES) {
            break;
        }
        let token = token(text, start, joined_by);
        tokens.push(token);
        previous_end = Some(token.end);
        at = token.end;
    }
}

/// The token that begins at `start`.
fn token(text: &[u8], start: usize, joined_by: u8) -> Token {
    let len = text[start..].iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len() - start);
    let run = &text[start..start + len];
    Token {
        start,
        end: start + len,
        has_digit: run.iter().any(u8::is_ascii_digit),
        has_letter: run.iter().any(u8::is_ascii_alphabetic),
        has_small: run[..len - 1].iter().any(u8::is_ascii_lowercase)
            || (run[len - 1].is_ascii_lowercase() && run[len - 1] != b'x'),
        joined_by,
    }
}

/// The separator between two tokens, if one separator (or one doubled space) is all that stands there.
fn joint(between: &[u8]) -> u8 {
    match between {
        [] => 0,
        [b] if joins(*b) => *b,
        [b' ', b' '] => b' ',
        // The blocks of CJK and of full-width punctuation; digits and letters of the latter are folded before.
        [0xE3, 0x80, _] | [0xEF, 0xBC, _] => ODD,
        marks if marks.len() <= JOINT_LIMIT_BYTES && marks.is_ascii() => ODD,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_their_joints() {
        let mut found = Vec::new();
        tokens("卡号6222 0000-1x、abc于1\t2".as_bytes(), &mut found);
        let seen: Vec<(usize, u8, bool, bool)> =
            found.iter().map(|t| (t.len(), t.joined_by, t.has_digit, t.has_small)).collect();
        let expected = [
            (4, 0, true, false),
            (4, b' ', true, false),
            (2, b'-', true, false),
            (3, ODD, false, true),
            (1, 0, true, false),
            (1, ODD, true, false),
        ];
        assert_eq!(seen, expected);
    }
}
