//! SM4 by the instructions of GFNI and AVX-512.
//!
//! All `unsafe` of encryption is in this file: calls of functions that take these instructions, behind the one constructor
//! that asks for them, and reading and writing whole registers.
//!
//! SM4's byte substitution (GB/T 32907-2016, 6.2) is an inversion in the field modulo x^8+x^7+x^6+x^5+x^4+x^2+1 between two
//! affine maps. GFNI inverts in AES's field, so both maps are joined with the change of fields that sends x to 0x23.

#![expect(unsafe_code, reason = "SM4 is fifteen times as fast in batches (`benches`, bin `fpe`)")]

use super::BLOCKS;
use std::arch::x86_64::{
    __m512i, _mm512_cvtsi512_si32, _mm512_gf2p8affine_epi64_epi8, _mm512_gf2p8affineinv_epi64_epi8, _mm512_loadu_si512,
    _mm512_rol_epi32, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_set4_epi32, _mm512_setzero_si512,
    _mm512_shuffle_epi8, _mm512_storeu_si512, _mm512_ternarylogic_epi32, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};
use zeroize::Zeroizing;

/// The first affine map, into AES's field, and the second, out of it: each row a byte, as the instruction wants them.
const INTO: i64 = 0x4c28_7db9_1a22_505d;
const INTO_CONSTANT: i32 = 0x3e;
const OUT_OF: i64 = 0xf3ab_34a9_74a6_b589_u64.cast_signed();
const OUT_OF_CONSTANT: i32 = 0xd3;

/// The system parameters FK of key expansion (7.3).
const FK: [u32; 4] = [0xA3B1_BAC6, 0x56AA_3350, 0x677D_9197, 0xB270_22DC];

/// Of three inputs' eight combinations, those with an odd number of ones: exclusive or.
const XOR: i32 = 0b1001_0110;

/// SM4 with its round keys, on a processor that has the instructions. The round keys are wiped when it is dropped.
pub(in super::super) struct Sm4Wide {
    round_keys: Zeroizing<[u32; 32]>,
}

impl Sm4Wide {
    /// `None` where the processor lacks the instructions, or the key has not 16 bytes.
    pub(in super::super) fn new(key: &[u8]) -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("gfni");
        let key: &[u8; 16] = key.try_into().ok()?;
        if !has_all {
            return None;
        }
        // SAFETY: the processor has just been asked for all three.
        Some(Self { round_keys: unsafe { expand(key) } })
    }

    /// Enciphers blocks that do not depend on each other.
    pub(in super::super) fn encrypt_blocks(&self, blocks: &mut [[u8; 16]; BLOCKS]) {
        // SAFETY: there is an `Sm4Wide`, so `new` has asked for the instructions.
        unsafe { encrypt(&self.round_keys, blocks) }
    }
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn expand(key: &[u8; 16]) -> Zeroizing<[u32; 32]> {
    let mut round_keys = Zeroizing::new([0; 32]);
    let mut state = Zeroizing::new(FK);
    for (word, bytes) in state.iter_mut().zip(key.as_chunks::<4>().0) {
        *word ^= u32::from_be_bytes(*bytes);
    }
    for (i, round_key) in (0..).zip(round_keys.iter_mut()) {
        let [first, second, third, fourth] = *state;
        // CK: byte j of word i is 7 (4 i + j) modulo 256.
        let ck = u32::from_be_bytes([0, 1, 2, 3].map(|j| (4u8 * i + j).wrapping_mul(7)));
        let substituted = substitute(_mm512_set1_epi32((second ^ third ^ fourth ^ ck).cast_signed()));
        let word = _mm512_cvtsi512_si32(substituted).cast_unsigned();
        *round_key = first ^ word ^ word.rotate_left(13) ^ word.rotate_left(23);
        *state = [second, third, fourth, *round_key];
    }
    round_keys
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn encrypt(round_keys: &[u32; 32], blocks: &mut [[u8; 16]; BLOCKS]) {
    let registers = blocks.as_flattened_mut().as_chunks_mut::<64>().0;
    // Four groups of sixteen blocks: while one waits for an instruction's result, the others go on.
    let mut groups = [[_mm512_setzero_si512(); 4]; 4];
    for (group, bytes) in groups.iter_mut().zip(registers.as_chunks::<4>().0) {
        for (register, bytes) in group.iter_mut().zip(bytes) {
            // SAFETY: it reads the 64 bytes that are there; no alignment is asked for.
            *register = swap_bytes(unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) });
        }
        *group = transpose(*group);
    }
    for [first, second, third, fourth] in round_keys.as_chunks().0 {
        for [a, b, c, d] in &mut groups {
            *a = round(*a, *b, *c, *d, *first);
            *b = round(*b, *c, *d, *a, *second);
            *c = round(*c, *d, *a, *b, *third);
            *d = round(*d, *a, *b, *c, *fourth);
        }
    }
    for (group, bytes) in groups.into_iter().zip(registers.as_chunks_mut::<4>().0) {
        let [first, second, third, fourth] = group;
        for (register, bytes) in transpose([fourth, third, second, first]).into_iter().zip(bytes) {
            // SAFETY: it writes the 64 bytes that are there; no alignment is asked for.
            unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), swap_bytes(register)) };
        }
    }
}

/// F: one round on sixteen blocks.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn round(a: __m512i, b: __m512i, c: __m512i, d: __m512i, round_key: u32) -> __m512i {
    let sum = _mm512_xor_si512(d, _mm512_set1_epi32(round_key.cast_signed()));
    _mm512_xor_si512(a, diffuse(substitute(_mm512_ternarylogic_epi32::<XOR>(b, c, sum))))
}

/// τ: the substitution of each byte.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn substitute(words: __m512i) -> __m512i {
    let moved = _mm512_gf2p8affine_epi64_epi8::<INTO_CONSTANT>(words, _mm512_set1_epi64(INTO));
    _mm512_gf2p8affineinv_epi64_epi8::<OUT_OF_CONSTANT>(moved, _mm512_set1_epi64(OUT_OF))
}

/// L: each word with four of its rotations.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn diffuse(words: __m512i) -> __m512i {
    let near = _mm512_ternarylogic_epi32::<XOR>(words, _mm512_rol_epi32::<2>(words), _mm512_rol_epi32::<10>(words));
    _mm512_ternarylogic_epi32::<XOR>(near, _mm512_rol_epi32::<18>(words), _mm512_rol_epi32::<24>(words))
}

/// Words are written with their first byte the highest.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn swap_bytes(words: __m512i) -> __m512i {
    _mm512_shuffle_epi8(words, _mm512_set4_epi32(0x0C0D_0E0F, 0x0809_0A0B, 0x0405_0607, 0x0001_0203))
}

/// Sixteen blocks, four to a register, become registers of all first, second, third and fourth words; and back again.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
#[inline]
fn transpose([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab_low, ab_high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let (cd_low, cd_high) = (_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(ab_low, cd_low),
        _mm512_unpackhi_epi64(ab_low, cd_low),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use cipher::{Array, BlockCipherEncrypt, KeyInit};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_sm4(key: [u8; 16], seed: [u8; 16]) {
            let Some(wide) = Sm4Wide::new(&key) else { return Ok(()) };
            let one = sm4::Sm4::new(&key.into());
            let mut blocks = [seed; BLOCKS];
            for (block, nth) in blocks.iter_mut().zip(1u8..) {
                block.rotate_left(usize::from(nth % 16));
                block[0] ^= nth;
            }
            let expected = blocks.map(|block| {
                let mut block = Array::from(block);
                one.encrypt_block(&mut block);
                block.0
            });
            wide.encrypt_blocks(&mut blocks);
            prop_assert_eq!(blocks, expected);
        }
    }

    #[test]
    fn a_key_of_another_length_is_none() {
        assert!(Sm4Wide::new(&[0; 15]).is_none() && Sm4Wide::new(&[0; 17]).is_none());
    }
}
