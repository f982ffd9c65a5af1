//! Tokens: runs of ASCII letters and digits, and the chains that single separators make of them.

/// A run of ASCII letters and digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it holds a digit.
    pub(super) has_digit: bool,
    /// Whether it holds a letter.
    pub(super) has_letter: bool,
    /// Whether it holds a small letter other than a last `x`.
    pub(super) has_small: bool,
    /// The separator that joins it to the token before, when exactly one kind of separator stands between; else 0.
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
        [b] if joins(*b) => *b,
        [b' ', b' '] => b' ',
        _ => 0,
    }
}

/// Whether groups of these sizes look like one number written in groups: all alike but a shorter first or last one.
pub(super) fn is_regular(sizes: impl Iterator<Item = usize> + Clone) -> bool {
    let count = sizes.clone().count();
    if count < 2 {
        return true;
    }
    let all_but_last = sizes.clone().take(count - 1);
    let first = sizes.clone().next().unwrap_or(0);
    let last = sizes.clone().last().unwrap_or(0);
    let head_alike = all_but_last.clone().all(|size| size == first) && last <= first.max(4);
    let second = sizes.clone().nth(1).unwrap_or(0);
    let tail_alike = count > 2 && sizes.skip(1).all(|size| size == second) && first <= second;
    head_alike || tail_alike
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_their_joints() {
        let mut found = Vec::new();
        tokens("卡号6222 0000-1x、abc".as_bytes(), &mut found);
        let seen: Vec<(usize, u8, bool, bool)> =
            found.iter().map(|t| (t.len(), t.joined_by, t.has_digit, t.has_small)).collect();
        assert_eq!(seen, [(4, 0, true, false), (4, b' ', true, false), (2, b'-', true, false), (3, 0, false, true)]);
    }

    #[test]
    fn regular_groups() {
        for sizes in [&[4, 4, 4, 4][..], &[4, 4, 4, 4, 3], &[3, 4, 4], &[1, 1, 1, 1], &[6, 4], &[8]] {
            assert!(is_regular(sizes.iter().copied()), "{sizes:?}");
        }
        for sizes in [&[2, 4, 3][..], &[4, 2, 2], &[2, 19]] {
            assert!(!is_regular(sizes.iter().copied()), "{sizes:?}");
        }
    }
}
