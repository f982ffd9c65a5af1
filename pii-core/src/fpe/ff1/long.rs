//! FF1 on strings of any length and radix, by the crate `fpe`: big integers, tens of times slower.

use super::super::cipher::{Algorithm, Cipher};
use super::super::error::{FpeError, Reason};
use super::packed::Direction;
use aes::{Aes128Enc, Aes192Enc, Aes256Enc};
use cipher::{BlockCipherEncrypt, KeyInit};
use fpe::ff1::{FF1, FlexibleNumeralString, NumeralStringError};
use sm4::Sm4;

pub(super) fn run(
    cipher: &Cipher,
    direction: Direction,
    radix: u32,
    tweak: &[u8],
    numerals: &mut [u16],
) -> Result<(), FpeError> {
    let key = cipher.key();
    match cipher.algorithm() {
        Algorithm::Aes128 => with::<Aes128Enc>(key, direction, radix, tweak, numerals),
        Algorithm::Aes192 => with::<Aes192Enc>(key, direction, radix, tweak, numerals),
        Algorithm::Aes256 => with::<Aes256Enc>(key, direction, radix, tweak, numerals),
        Algorithm::Sm4 => with::<Sm4>(key, direction, radix, tweak, numerals),
    }
}

/// The key has its cipher's length, as every [`Cipher`]'s has: the crate would panic at another.
fn with<C: BlockCipherEncrypt + Clone + KeyInit>(
    key: &[u8],
    direction: Direction,
    radix: u32,
    tweak: &[u8],
    numerals: &mut [u16],
) -> Result<(), FpeError> {
    let ff1 = FF1::<C>::new(key, radix).map_err(|_| FpeError::new(Reason::Radix))?;
    let text = FlexibleNumeralString::from(numerals.to_vec());
    let result = match direction {
        Direction::Encrypt => ff1.encrypt(tweak, &text),
        Direction::Decrypt => ff1.decrypt(tweak, &text),
    };
    let result: Vec<u16> = result.map_err(reason)?.into();
    numerals.copy_from_slice(&result);
    Ok(())
}

fn reason(error: NumeralStringError) -> FpeError {
    FpeError::new(match error {
        NumeralStringError::TooShort { .. } => Reason::SmallDomain,
        NumeralStringError::TooLong { max_len, .. } => Reason::TooLong { limit: max_len },
        _ => Reason::Numeral,
    })
}
