//! Runs of letters and digits, from the bits of blocks.

use super::block::{BLOCK, Block};

/// A run of letters and digits of ASCII.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) has_digit: bool,
    pub(super) has_letter: bool,
}

impl Token {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// The token and its first bits in a block.
    #[inline]
    fn goes_on(self, block: &Block, from: u32, to: u32, end: usize) -> Self {
        let up_to = u64::MAX.checked_shr(BLOCK as u32 - to).unwrap_or(0);
        let bits = u64::MAX << from & up_to;
        Self {
            end,
            has_digit: self.has_digit || block.digit & bits != 0,
            has_letter: self.has_letter || block.token & !block.digit & bits != 0,
            ..self
        }
    }
}

/// The token that reaches over the end of a block, as far as it has been read.
#[derive(Clone, Copy, Default)]
pub(super) struct Begun(Option<Token>);

impl Begun {
    pub(super) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Calls `found` for every token that ends in a block, until it says that this is enough.
    #[inline(always)]
    pub(super) fn tokens(&mut self, base: usize, block: &Block, mut found: impl FnMut(Token) -> bool) {
        let mut begun = self.0.take();
        let behind_token = block.token << 1 | u64::from(begun.is_some());
        let mut begins = block.token & !behind_token;
        let mut ends = !block.token & behind_token;
        let mut next = |begun: &mut Option<Token>| match begun.take() {
            Some(token) => (token, 0),
            None => {
                let begin = begins.trailing_zeros();
                begins &= begins.wrapping_sub(1);
                (Token { start: base + begin as usize, ..Token::default() }, begin)
            }
        };
        while ends != 0 {
            let end = ends.trailing_zeros();
            ends &= ends - 1;
            let (token, begin) = next(&mut begun);
            if found(token.goes_on(block, begin, end, base + end as usize)) {
                return;
            }
        }
        if block.token >> (BLOCK - 1) == 1 {
            let (token, begin) = next(&mut begun);
            self.0 = Some(token.goes_on(block, begin, BLOCK as u32, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::block;
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &[u8]) -> Vec<Token> {
        let (mut all, mut begun) = (Vec::new(), Begun::default());
        for base in (0..=text.len()).step_by(BLOCK) {
            begun.tokens(base, &Block::at(text, base, block::classes), |token| {
                all.push(token);
                false
            });
        }
        all
    }

    fn one_by_one(text: &[u8]) -> Vec<Token> {
        let (mut all, mut at) = (Vec::new(), 0);
        while let Some(skip) = text[at..].iter().position(u8::is_ascii_alphanumeric) {
            let start = at + skip;
            let end = start + text[start..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            let has = |is: fn(&u8) -> bool| text[start..end].iter().any(is);
            let (has_digit, has_letter) = (has(u8::is_ascii_digit), has(u8::is_ascii_alphabetic));
            all.push(Token { start, end, has_digit, has_letter });
            at = end;
        }
        all
    }

    #[test]
    fn tokens_reach_over_blocks() {
        let long = [b"7".repeat(200), b" ".to_vec(), b"a1".repeat(64)].concat();
        assert_eq!(tokens(&long), one_by_one(&long));
        assert_eq!(tokens(b""), []);
    }

    proptest! {
        #[test]
        fn the_bits_of_blocks_tell_the_same_as_the_bytes(text in prop::collection::vec(prop_oneof![Just(b'1'), Just(b'z'), Just(b' '), any::<u8>()], 0..300)) {
            prop_assert_eq!(tokens(&text), one_by_one(&text));
        }
    }
}
