//! Sixty-four bytes at a time: one bit for each byte of a class.

/// The size of a block, in bytes.
pub(super) const BLOCK: usize = 64;

/// One bit for each of 64 bytes, the first byte's the lowest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// Letters and digits of ASCII.
    pub(super) token: u64,
    pub(super) digit: u64,
    pub(super) beyond_ascii: u64,
    /// A zero byte, or the beginning of a terminal's control sequence.
    pub(super) control: u64,
    /// What base64 is written with.
    pub(super) code: u64,
    /// `[`
    pub(super) bracket: u64,
}

impl Block {
    /// The block that begins at `base`, with `classes` telling of what classes its bytes are. Behind the text's end stand
    /// spaces.
    #[inline(always)]
    pub(super) fn at(text: &[u8], base: usize, classes: impl Fn(&[u8; BLOCK]) -> Self) -> Self {
        let rest = &text[base..];
        match rest.first_chunk::<BLOCK>() {
            Some(bytes) => classes(bytes),
            None => {
                let mut bytes = [b' '; BLOCK];
                bytes[..rest.len()].copy_from_slice(rest);
                classes(&bytes)
            }
        }
    }
}

/// The classes of bytes, on every machine.
pub(super) fn classes(bytes: &[u8; BLOCK]) -> Block {
    let mut block = Block::default();
    for (nth, byte) in bytes.iter().enumerate() {
        let class = CLASSES[usize::from(*byte)];
        let bit = |of: u8| u64::from(class & of != 0) << nth;
        block.token |= bit(DIGIT | LETTER);
        block.digit |= bit(DIGIT);
        block.beyond_ascii |= bit(BEYOND_ASCII);
        block.control |= bit(CONTROL);
        block.code |= bit(DIGIT | LETTER | SIGN);
        block.bracket |= bit(BRACKET);
    }
    block
}

const DIGIT: u8 = 1;
const LETTER: u8 = 2;
/// A sign of base64.
const SIGN: u8 = 4;
const CONTROL: u8 = 8;
const BRACKET: u8 = 16;
const BEYOND_ASCII: u8 = 32;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'+' | b'/' | b'-' | b'_' => SIGN,
            0 | 0x1B => CONTROL,
            b'[' => BRACKET,
            0x80.. => BEYOND_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_the_end_stands_nothing() {
        let at = |text: &[u8], base| Block::at(text, base, classes);
        assert_eq!(at(b"a1[", 0), Block { token: 3, digit: 2, code: 3, bracket: 4, ..Block::default() });
        assert_eq!(at(b"a1", 2), Block::default());
    }

    #[test]
    fn every_byte_is_of_its_classes() {
        for byte in 0..=u8::MAX {
            let all = |is: bool| if is { u64::MAX } else { 0 };
            let expected = Block {
                token: all(byte.is_ascii_alphanumeric()),
                digit: all(byte.is_ascii_digit()),
                beyond_ascii: all(!byte.is_ascii()),
                control: all(matches!(byte, 0 | 0x1B)),
                code: all(byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)),
                bracket: all(byte == b'['),
            };
            assert_eq!(classes(&[byte; BLOCK]), expected, "{byte}");
        }
    }
}
