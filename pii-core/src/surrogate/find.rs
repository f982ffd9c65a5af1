//! Finds surrogates in a text.

use super::token;
use super::written::{MARK_BYTES, Mark};
use super::{check_character, written};
use crate::key::KeyId;
use memchr::memchr;
use std::ops::Range;

/// A surrogate that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    mark: Mark,
    span: Range<usize>,
    key_id: Option<KeyId>,
}

impl Found {
    /// What it is.
    #[must_use]
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Where it stands, in bytes.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The version of the key that made it: of tokens and digests. Sealed values and envelopes name theirs inside.
    #[must_use]
    pub fn key_id(&self) -> Option<KeyId> {
        self.key_id
    }
}

/// Finds the surrogates of a text, from first to last, in one pass.
///
/// Each is a whole word: neither an ASCII letter, a digit nor an underscore touches it. Its check character is right, and
/// what it is written with is what this version writes. Chinese characters may touch it.
#[must_use]
pub fn find(text: &[u8]) -> Surrogates<'_> {
    Surrogates { text, from: 0 }
}

/// The surrogates of a text: what [`find`] returns.
#[derive(Clone, Debug)]
pub struct Surrogates<'t> {
    text: &'t [u8],
    from: usize,
}

impl Iterator for Surrogates<'_> {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        // Every mark ends with the one underscore that a surrogate has. So words between two of them are read once.
        while let Some(at) = memchr(b'_', self.text.get(self.from..)?) {
            let underscore = self.from + at;
            let end = word_end(self.text, underscore + 1);
            self.from = end;
            if let Some(found) = at_underscore(self.text, underscore, end) {
                return Some(found);
            }
        }
        self.from = self.text.len();
        None
    }
}

/// Where the letters and digits from `from` on end.
fn word_end(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len())
}

fn at_underscore(text: &[u8], underscore: usize, end: usize) -> Option<Found> {
    let start = (underscore + 1).checked_sub(MARK_BYTES)?;
    let is_word = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    if start.checked_sub(1).is_some_and(is_word) || is_word(end) {
        return None;
    }
    let whole = text.get(start..end)?;
    let mark = Mark::at_start(whole)?;
    let key_id = match mark {
        Mark::Token | Mark::Vault | Mark::Digest => {
            check_character::is_right(whole).then_some(())?;
            Some(token::key_id(whole)?)
        }
        Mark::Sealed | Mark::Envelope => {
            written::read(mark, whole).filter(|bytes| !bytes.is_empty())?;
            None
        }
    };
    Some(Found { mark, span: start..end, key_id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::key::MacAlgorithm;
    use crate::surrogate::{Tokenizer, write};

    fn spans(text: &str) -> Vec<&str> {
        find(text.as_bytes()).map(|found| &text[found.span()]).collect()
    }

    fn token() -> String {
        let tokens = Tokenizer::new(MacAlgorithm::HmacSha256, KeyId::new(77).unwrap(), &[7; 32]).unwrap();
        tokens.token(Kind::new("qq").unwrap(), "", "10001")
    }

    #[test]
    fn found_between_anything_but_words() {
        let (token, sealed) = (token(), write(Mark::Sealed, &[9; 47]));
        let text = format!("客户{token}的卡 \"{sealed}\",{}\n_{sealed}", token.to_uppercase());
        assert_eq!(spans(&text), [token.as_str(), &sealed, &token.to_uppercase()]);
        let found: Vec<_> = find(text.as_bytes()).collect();
        assert_eq!(found[0].key_id(), KeyId::new(77));
        assert_eq!((found[1].mark(), found[1].key_id()), (Mark::Sealed, None));
    }

    #[test]
    fn what_is_damaged_is_not_found() {
        let token = token();
        for text in [
            format!("x{token}"),
            format!("{token}x"),
            format!("{token}_"),
            format!("_{token}"),
            format!("1{token}"),
            token[..token.len() - 1].to_owned(),
            token.replace("pit_", "pih_"),
            token.replace("pit_", "pit-"),
            token[1..].to_owned(),
            "pit_pis_pih_ _ pit_".to_owned(),
            String::new(),
        ] {
            assert_eq!(spans(&text), [""; 0], "{text}");
        }
        for at in (0..token.len()).filter(|at| *at != 3) {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'q' { b'r' } else { b'q' };
            assert_eq!(find(&changed).count(), 0, "character {at}");
        }
    }
}
