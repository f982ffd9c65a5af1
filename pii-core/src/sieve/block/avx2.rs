//! The classes of bytes with AVX2: those that both halves of a byte have in a table of sixteen.

use super::{BLOCK, Block};
use std::arch::x86_64::{
    __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

/// Whether the machine has it, and the instructions for single bits that came with it.
#[inline]
pub(in crate::sieve) fn is_there() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

const DIGIT: u8 = 1;
const A_TO_O: u8 = 2;
const P_TO_Z: u8 = 4;
const PLUS_MINUS_SLASH: u8 = 8;
const UNDERSCORE: u8 = 16;
const BRACKET: u8 = 32;
const ZERO: u8 = 64;
const ESCAPE: u8 = 128;

const TOKEN: u8 = DIGIT | A_TO_O | P_TO_Z;

/// What a byte may be by its upper half. Nothing is above 127.
const BY_UPPER: [u8; 16] = [
    ZERO,
    ESCAPE,
    PLUS_MINUS_SLASH,
    DIGIT,
    A_TO_O,
    P_TO_Z | UNDERSCORE | BRACKET,
    A_TO_O,
    P_TO_Z,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
];

/// What a byte may be by its lower half.
const BY_LOWER: [u8; 16] = {
    let mut table = [0; 16];
    let mut half = 0;
    while half < 16 {
        table[half] = match half {
            0 => DIGIT | P_TO_Z | ZERO,
            1..=9 => DIGIT | A_TO_O | P_TO_Z,
            0xA => A_TO_O | P_TO_Z,
            0xB => A_TO_O | PLUS_MINUS_SLASH | BRACKET | ESCAPE,
            0xD => A_TO_O | PLUS_MINUS_SLASH,
            0xF => A_TO_O | PLUS_MINUS_SLASH | UNDERSCORE,
            _ => A_TO_O,
        };
        half += 1;
    }
    table
};

/// The same as [`super::classes`].
#[target_feature(enable = "avx2")]
#[inline]
pub(in crate::sieve) fn classes(bytes: &[u8; BLOCK]) -> Block {
    let (upper, lower) = (table(&BY_UPPER), table(&BY_LOWER));
    let mut block = Block::default();
    for (half, shift) in bytes.as_chunks::<32>().0.iter().zip([0, 32]) {
        let bytes = load(half);
        let of_lower = _mm256_shuffle_epi8(lower, _mm256_and_si256(bytes, _mm256_set1_epi8(0x0F)));
        let halves = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0x0F));
        let classes = _mm256_and_si256(of_lower, _mm256_shuffle_epi8(upper, halves));
        block.token |= bits_of(classes, TOKEN) << shift;
        block.digit |= bits_of(classes, DIGIT) << shift;
        block.beyond_ascii |= u64::from(_mm256_movemask_epi8(bytes) as u32) << shift;
        block.control |= bits_of(classes, ZERO | ESCAPE) << shift;
        block.code |= bits_of(classes, TOKEN | PLUS_MINUS_SLASH | UNDERSCORE) << shift;
        block.bracket |= bits_of(classes, BRACKET) << shift;
    }
    block
}

/// The bytes that are of any of some classes, one bit each.
#[target_feature(enable = "avx2")]
#[inline]
fn bits_of(classes: __m256i, of: u8) -> u64 {
    let is_none = _mm256_cmpeq_epi8(_mm256_and_si256(classes, _mm256_set1_epi8(of as i8)), _mm256_setzero_si256());
    u64::from(!(_mm256_movemask_epi8(is_none) as u32))
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "a vector is read from memory")]
fn load(bytes: &[u8; 32]) -> __m256i {
    // SAFETY: there are 32 bytes, and they need not be aligned.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "a vector is read from memory")]
fn table(of: &[u8; 16]) -> __m256i {
    // SAFETY: there are 16 bytes, and they need not be aligned.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(of.as_ptr().cast()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `None` on a machine without it.
    #[expect(unsafe_code, reason = "the machine is asked first")]
    fn by_avx2(bytes: &[u8; BLOCK]) -> Option<Block> {
        // SAFETY: the machine has it.
        is_there().then(|| unsafe { classes(bytes) })
    }

    fn check(bytes: &[u8; BLOCK]) {
        if let Some(block) = by_avx2(bytes) {
            assert_eq!(block, super::super::classes(bytes));
        }
    }

    #[test]
    fn every_byte_is_of_the_same_classes_on_every_machine() {
        for first in 0..=u8::MAX {
            check(&std::array::from_fn(|nth| first.wrapping_add(nth as u8)));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_of_the_same_classes(bytes in prop::collection::vec(any::<u8>(), BLOCK)) {
            check(bytes.first_chunk().expect("a block"));
        }
    }
}
