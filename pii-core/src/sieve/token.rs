//! Runs of letters and digits, from the bits of blocks.

use super::block::{BLOCK, Block};

/// A run of letters and digits of ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: u32,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn has_letter(&self) -> bool {
        (self.digits as usize) < self.len()
    }
}

/// Where the token began that reaches over the end of a block, and its digits so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Begun(Option<(usize, u32)>);

impl Begun {
    /// Calls `found` for every token that ends in a block, or with the text where the block reaches beyond it, until it
    /// says that this is enough.
    #[inline]
    pub(super) fn tokens(&mut self, text_len: usize, base: usize, block: &Block, mut found: impl FnMut(Token) -> bool) {
        let mut edges = block.token ^ (block.token << 1 | u64::from(self.0.is_some()));
        let mut begun = self.0.take();
        while edges != 0 {
            let place = edges.trailing_zeros();
            edges &= edges - 1;
            let at = base + place as usize;
            match begun.take() {
                None => begun = Some((at, 0)),
                Some((start, digits)) => {
                    let digits = digits + digits_in(block, start.saturating_sub(base) as u32, place);
                    if found(Token { start, end: at, digits }) {
                        return;
                    }
                }
            }
        }
        let Some((start, digits)) = begun else { return };
        let digits = digits + digits_in(block, start.saturating_sub(base) as u32, BLOCK as u32);
        if base + BLOCK >= text_len {
            found(Token { start, end: text_len, digits });
        } else {
            self.0 = Some((start, digits));
        }
    }
}

/// Digits of a block from one place in it up to another.
#[inline]
fn digits_in(block: &Block, from: u32, to: u32) -> u32 {
    let up_to = u64::MAX.checked_shr(BLOCK as u32 - to).unwrap_or(0);
    (block.digit >> from << from & up_to).count_ones()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens(text: &[u8]) -> Vec<Token> {
        let (mut all, mut begun) = (Vec::new(), Begun::default());
        for base in (0..text.len()).step_by(BLOCK) {
            begun.tokens(text.len(), base, &Block::at(text, base), |token| {
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
            let digits = text[start..end].iter().filter(|b| b.is_ascii_digit()).count() as u32;
            all.push(Token { start, end, digits });
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
