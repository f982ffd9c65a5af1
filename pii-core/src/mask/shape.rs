//! What stands for the hidden part. Stars by default; some providers' template variables refuse them.

use crate::nearest::nearest;

/// The longest word that may stand in place of a value, in characters: template variables are often held to 20.
const WORD_LIMIT_CHARS: usize = 16;

/// Mask characters that [`super::looks_masked`] knows again, so that masking twice is masking once. No digit is among
/// them: `138000000000` would be a number, not a mask.
const CHARACTERS: [char; 8] = ['*', '＊', '×', '●', '■', '□', '#', 'X'];

/// What stands for the hidden part of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `138****00`.
    #[default]
    Stars,
    /// Another mask character: `138XXXX00`.
    Char(char),
    /// Only the letters and digits that the mask shows at the end: `00`. For variables that take letters and digits only.
    /// Where the mask shows no end, `0`.
    TailOnly,
    /// A neutral word in place of the whole value: `客户`.
    Word(String),
}

impl Shape {
    /// Parses `stars`, `tail`, `char:X` or `word:客户`, as policies write it.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, rest) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        match (name, rest) {
            ("stars", None) => Ok(Self::Stars),
            ("tail", None) => Ok(Self::TailOnly),
            ("char", Some(rest)) => Self::parse_character(rest),
            ("word", Some(rest)) => Self::parse_word(rest),
            _ => Err(match nearest(name, ["stars", "tail", "char", "word"]) {
                Some("char") => format!("unknown shape {text:?}: write \"char:X\""),
                Some("word") => format!("unknown shape {text:?}: write \"word:客户\""),
                Some(meant) => format!("unknown shape {text:?}: write {meant:?}"),
                None => format!("unknown shape {text:?}: write \"stars\", \"tail\", \"char:X\" or \"word:客户\""),
            }),
        }
    }

    fn parse_character(rest: &str) -> Result<Self, String> {
        let mut characters = rest.chars();
        match (characters.next(), characters.next()) {
            (Some(c), None) if CHARACTERS.contains(&c) => Ok(Self::Char(c)),
            _ => Err(format!("the mask character must be one of {}", CHARACTERS.map(String::from).join(" "))),
        }
    }

    fn parse_word(rest: &str) -> Result<Self, String> {
        let fits = (1..=WORD_LIMIT_CHARS).contains(&rest.chars().count());
        if fits && rest.chars().all(char::is_alphabetic) {
            return Ok(Self::Word(rest.to_owned()));
        }
        Err(format!(
            "a word in place of a value has 1 to {WORD_LIMIT_CHARS} letters and no digits, such as \"word:客户\""
        ))
    }

    /// The character that stands for a hidden one.
    pub(super) fn star(&self) -> char {
        match self {
            Self::Char(c) => *c,
            _ => '*',
        }
    }

    /// Whether a mask looks like letters: `zXXX@a.cn` is an e-mail address all the same, so such values show nothing.
    pub(super) fn reads_as_text(&self) -> bool {
        self.star().is_alphanumeric()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_parsed_or_corrected() {
        assert_eq!(Shape::parse("stars"), Ok(Shape::Stars));
        assert_eq!(Shape::parse("tail"), Ok(Shape::TailOnly));
        assert_eq!(Shape::parse("char:×"), Ok(Shape::Char('×')));
        assert_eq!(Shape::parse("word:客户"), Ok(Shape::Word("客户".into())));
        for (text, message) in [
            ("star", "unknown shape \"star\": write \"stars\""),
            ("char", "unknown shape \"char\": write \"char:X\""),
            ("wrod:客户", "unknown shape \"wrod:客户\": write \"word:客户\""),
            ("blank", "unknown shape \"blank\": write \"stars\", \"tail\", \"char:X\" or \"word:客户\""),
            ("char:0", "the mask character must be one of * ＊ × ● ■ □ # X"),
            ("char:XX", "the mask character must be one of * ＊ × ● ■ □ # X"),
            ("word:", "a word in place of a value has 1 to 16 letters and no digits, such as \"word:客户\""),
            ("word:用户9", "a word in place of a value has 1 to 16 letters and no digits, such as \"word:客户\""),
        ] {
            assert_eq!(Shape::parse(text).expect_err(text), message);
        }
    }
}
