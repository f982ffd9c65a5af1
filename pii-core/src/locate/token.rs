//! Tokens: runs of ASCII letters and digits, and the chains that single separators make of them.

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

/// Appends the tokens of `text` to `tokens`.
pub(super) fn tokens(text: &[u8], tokens: &mut Vec<Token>) {
    let mut at = 0;
    let mut previous_end = None;
    while let Some(skip) = text[at..].iter().position(u8::is_ascii_alphanumeric) {
        let start = at + skip;
        let len = text[start..].iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len() - start);
        let end = start + len;
        let run = &text[start..end];
        let joined_by = previous_end.map_or(0, |before: usize| joint(&text[before..start]));
        tokens.push(Token {
            start,
            end,
            has_digit: run.iter().any(u8::is_ascii_digit),
            has_letter: run.iter().any(u8::is_ascii_alphabetic),
            has_small: run[..len - 1].iter().any(u8::is_ascii_lowercase)
                || (run[len - 1].is_ascii_lowercase() && run[len - 1] != b'x'),
            joined_by,
        });
        previous_end = Some(end);
        at = end;
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
