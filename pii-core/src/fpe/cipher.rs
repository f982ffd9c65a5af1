//! Block ciphers with their keys.

use super::error::{FpeError, Reason};
use super::sm4_wide::{self, Sm4Wide};
use aes::{Aes128Enc, Aes192Enc, Aes256Enc};
use cipher::consts::U16;
use cipher::{Array, BlockCipherEncClosure, BlockCipherEncrypt, KeyInit};
use sm4::Sm4;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A block of 16 bytes.
pub(super) type Block = Array<u8, U16>;

/// From this many blocks on SM4's instructions for 64 are faster than one block after the other.
const WORTH_FILLING_UP: usize = 3;

/// The longest key, in bytes.
const KEY_LIMIT_BYTES: usize = 32;

/// A block cipher of 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// AES (FIPS 197) with a key of 16 bytes.
    Aes128,
    /// AES with a key of 24 bytes.
    Aes192,
    /// AES with a key of 32 bytes.
    Aes256,
    /// SM4 (GB/T 32907-2016) with a key of 16 bytes.
    Sm4,
}

impl Algorithm {
    /// How many bytes a key has.
    #[must_use]
    pub fn key_bytes(self) -> usize {
        match self {
            Self::Aes128 | Self::Sm4 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// The name that the standards use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
            Self::Sm4 => "SM4",
        }
    }
}

/// A block cipher with its key. A copy shares the key, and the last one to go wipes it.
///
/// AES runs on the processor's own instructions where it has them. What a compiler leaves on the stack while a key is set
/// up is out of reach and not wiped.
#[derive(Clone)]
pub struct Cipher(Arc<Keyed>);

struct Keyed {
    algorithm: Algorithm,
    schedule: Schedule,
    /// The key itself, filled up with zeros, for the crate that takes no schedule.
    key: Zeroizing<[u8; KEY_LIMIT_BYTES]>,
}

/// The round keys, of encryption only: FF1 never runs a cipher backwards. All of them wipe themselves when dropped.
#[allow(clippy::large_enum_variant, reason = "there is one for each key, behind an `Arc`")]
enum Schedule {
    Aes128(Aes128Enc),
    Aes192(Aes192Enc),
    Aes256(Aes256Enc),
    Sm4(Sm4, Option<Sm4Wide>),
}

impl Cipher {
    /// Sets up a key.
    ///
    /// # Errors
    /// The key has another length than [`Algorithm::key_bytes`] ([`FpeError::is_key_length`]).
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, FpeError> {
        let right_bytes = algorithm.key_bytes();
        let wrong = || FpeError::new(Reason::KeyLength { algorithm: algorithm.name(), right_bytes });
        let schedule = match algorithm {
            Algorithm::Aes128 => Aes128Enc::new_from_slice(key).map(Schedule::Aes128),
            Algorithm::Aes192 => Aes192Enc::new_from_slice(key).map(Schedule::Aes192),
            Algorithm::Aes256 => Aes256Enc::new_from_slice(key).map(Schedule::Aes256),
            Algorithm::Sm4 => Sm4::new_from_slice(key).map(|sm4| Schedule::Sm4(sm4, Sm4Wide::new(key))),
        };
        let schedule = schedule.map_err(|_| wrong())?;
        let mut padded = Zeroizing::new([0; KEY_LIMIT_BYTES]);
        padded.get_mut(..right_bytes).ok_or_else(wrong)?.copy_from_slice(key);
        Ok(Self(Arc::new(Keyed { algorithm, schedule, key: padded })))
    }

    /// Which cipher it is.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// Runs something on the cipher from inside, so that it is compiled for the instructions that the cipher was found to
    /// have, with the round keys in registers.
    pub(super) fn run(&self, work: impl BlockCipherEncClosure<BlockSize = U16>) {
        match &self.0.schedule {
            Schedule::Aes128(aes) => aes.encrypt_with_backend(work),
            Schedule::Aes192(aes) => aes.encrypt_with_backend(work),
            Schedule::Aes256(aes) => aes.encrypt_with_backend(work),
            Schedule::Sm4(sm4, _) => sm4.encrypt_with_backend(work),
        }
    }

    /// Enciphers blocks that do not depend on each other, as many at a time as the cipher can.
    pub(super) fn encrypt_blocks(&self, blocks: &mut [Block]) {
        match &self.0.schedule {
            Schedule::Aes128(aes) => aes.encrypt_blocks(blocks),
            Schedule::Aes192(aes) => aes.encrypt_blocks(blocks),
            Schedule::Aes256(aes) => aes.encrypt_blocks(blocks),
            Schedule::Sm4(_, Some(wide)) if blocks.len() >= WORTH_FILLING_UP => encrypt_wide(wide, blocks),
            Schedule::Sm4(sm4, _) => sm4.encrypt_blocks(blocks),
        }
    }

    /// The last block of CBC with a first vector of zeros: the function PRF of SP 800-38G.
    pub(super) fn chain(&self, blocks: impl IntoIterator<Item = [u8; 16]>) -> u128 {
        blocks.into_iter().fold(0, |last, block| {
            let mut block = [Block::from((last ^ u128::from_be_bytes(block)).to_be_bytes())];
            self.encrypt_blocks(&mut block);
            u128::from_be_bytes(block[0].0)
        })
    }

    /// The key, for the crate that sets up a schedule of its own.
    pub(super) fn key(&self) -> &[u8] {
        self.0.key.get(..self.0.algorithm.key_bytes()).unwrap_or_default()
    }
}

/// What is left of the last 64 is filled up: that is nearly free, where a block alone takes as long as all of them.
fn encrypt_wide(wide: &Sm4Wide, blocks: &mut [Block]) {
    for blocks in blocks.chunks_mut(sm4_wide::BLOCKS) {
        let mut together = [[0; 16]; sm4_wide::BLOCKS];
        for (bytes, block) in together.iter_mut().zip(&*blocks) {
            *bytes = block.0;
        }
        wide.encrypt_blocks(&mut together);
        for (block, bytes) in blocks.iter_mut().zip(together) {
            block.0 = bytes;
        }
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cipher({})", self.0.algorithm.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Algorithm; 4] = [Algorithm::Aes128, Algorithm::Aes192, Algorithm::Aes256, Algorithm::Sm4];

    #[test]
    fn a_key_of_another_length_is_an_error() {
        for algorithm in ALL {
            for length in 0..=65 {
                let made = Cipher::new(algorithm, &vec![1; length]);
                assert_eq!(made.is_ok(), length == algorithm.key_bytes(), "{algorithm:?} {length}");
                assert!(made.is_ok() || made.is_err_and(FpeError::is_key_length));
            }
        }
    }

    #[test]
    fn debug_output_names_the_algorithm_alone() {
        let cipher = Cipher::new(Algorithm::Sm4, &[0xA5; 16]).unwrap();
        assert_eq!(format!("{cipher:?}"), "Cipher(SM4)");
    }

    #[test]
    fn the_standards_own_blocks() {
        // FIPS 197 Appendix C (keys 000102…, plain text 00112233…), and GB/T 32907-2016 Appendix A.1.
        let key: Vec<u8> = (0..32).collect();
        let plain = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128;
        let sm4 = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128;
        let table = [
            (Algorithm::Aes128, &key[..16], plain, 0x69c4_e0d8_6a7b_0430_d8cd_b780_70b4_c55a),
            (Algorithm::Aes192, &key[..24], plain, 0xdda9_7ca4_864c_dfe0_6eaf_70a0_ec0d_7191),
            (Algorithm::Aes256, &key[..], plain, 0x8ea2_b7ca_5167_45bf_eafc_4990_4b49_6089),
            (Algorithm::Sm4, &sm4.to_be_bytes()[..], sm4, 0x681e_df34_d206_965e_86b3_e94f_536e_4246),
        ];
        for (algorithm, key, plain, expected) in table {
            let cipher = Cipher::new(algorithm, key).unwrap();
            assert_eq!(cipher.chain([plain.to_be_bytes()]), expected, "{algorithm:?}");
            let mut many = [Block::from(plain.to_be_bytes()); 130];
            cipher.encrypt_blocks(&mut many);
            assert!(many.iter().all(|block| u128::from_be_bytes(block.0) == expected), "{algorithm:?}");
        }
    }
}
