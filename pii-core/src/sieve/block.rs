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
    /// The block that begins at `base`. Behind the text's end stand spaces.
    pub(super) fn at(text: &[u8], base: usize) -> Self {
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

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "a function that takes SSE2 is called")]
fn classes(bytes: &[u8; BLOCK]) -> Block {
    // SAFETY: SSE2 belongs to every x86-64 processor.
    unsafe { classes_by_sixteen(bytes) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn classes_by_sixteen(bytes: &[u8; BLOCK]) -> Block {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
        _mm_sub_epi8,
    };
    let all = |byte: u8| _mm_set1_epi8(byte as i8);
    let is = |bytes: __m128i, byte: u8| _mm_cmpeq_epi8(bytes, all(byte));
    let is_within = |bytes: __m128i, first: u8, count: u8| {
        let distance = _mm_sub_epi8(bytes, all(first));
        _mm_cmpeq_epi8(_mm_min_epu8(distance, all(count - 1)), distance)
    };
    let bits = |bytes: __m128i| _mm_movemask_epi8(bytes) as u16;
    let mut block = Block::default();
    for (nth, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
        let [low, high] = [0, 8].map(|at| i64::from_le_bytes(*part[at..].first_chunk().unwrap_or(&[0; 8])));
        let part = _mm_set_epi64x(high, low);
        let digit = is_within(part, b'0', 10);
        let letter = is_within(_mm_or_si128(part, all(0x20)), b'a', 26);
        let token = _mm_or_si128(digit, letter);
        let signs =
            _mm_or_si128(_mm_or_si128(is(part, b'+'), is(part, b'/')), _mm_or_si128(is(part, b'-'), is(part, b'_')));
        let control = _mm_or_si128(is(part, 0), is(part, 0x1B));
        let shift = 16 * nth;
        block.token |= u64::from(bits(token)) << shift;
        block.digit |= u64::from(bits(digit)) << shift;
        block.beyond_ascii |= u64::from(bits(part)) << shift;
        block.control |= u64::from(bits(control)) << shift;
        block.code |= u64::from(bits(_mm_or_si128(token, signs))) << shift;
        block.bracket |= u64::from(bits(is(part, b'['))) << shift;
    }
    block
}

#[cfg(not(target_arch = "x86_64"))]
fn classes(bytes: &[u8; BLOCK]) -> Block {
    classes_one_by_one(bytes)
}

/// The same on every machine.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn classes_one_by_one(bytes: &[u8; BLOCK]) -> Block {
    let mut block = Block::default();
    for (nth, byte) in bytes.iter().enumerate() {
        let bit = |is: bool| u64::from(is) << nth;
        block.token |= bit(byte.is_ascii_alphanumeric());
        block.digit |= bit(byte.is_ascii_digit());
        block.beyond_ascii |= bit(!byte.is_ascii());
        block.control |= bit(matches!(byte, 0 | 0x1B));
        block.code |= bit(byte.is_ascii_alphanumeric() || b"+/-_".contains(byte));
        block.bracket |= bit(*byte == b'[');
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_is_of_the_same_classes_on_every_machine() {
        for first in 0..=u8::MAX {
            let bytes: [u8; BLOCK] = std::array::from_fn(|nth| first.wrapping_add(nth as u8));
            assert_eq!(classes(&bytes), classes_one_by_one(&bytes), "{first}");
        }
    }

    #[test]
    fn behind_the_end_stands_nothing() {
        assert_eq!(Block::at(b"a1[", 0), Block { token: 3, digit: 2, code: 3, bracket: 4, ..Block::default() });
        assert_eq!(Block::at(b"a1", 2), Block::default());
    }

    proptest! {
        #[test]
        fn any_bytes_are_of_the_same_classes(bytes in prop::collection::vec(any::<u8>(), BLOCK)) {
            let bytes = *bytes.first_chunk().expect("a block");
            prop_assert_eq!(classes(&bytes), classes_one_by_one(&bytes));
        }
    }
}
