//! Bytes as hexadecimal digits. Small letters only, so that bytes have one way to be written, and a text that was read is the
//! one that is written again.

use std::fmt;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Shows bytes as digits, two each.
///
/// ```
/// use pii_core::hex::{Hex, unhex};
///
/// assert_eq!(Hex(&[0, 255]).to_string(), "00ff");
/// assert_eq!(unhex(b"00ff"), Some([0, 255]));
/// assert_eq!(unhex::<2>(b"00FF"), None);
/// ```
#[derive(Clone, Copy)]
pub struct Hex<'b>(pub &'b [u8]);

/// The two digits of a byte.
#[inline]
#[must_use]
pub fn digits(byte: u8) -> [u8; 2] {
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Reads the digits of so many bytes, and nothing else.
#[must_use]
pub fn unhex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; N];
    if text.len() != 2 * N {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Digest by digest: whoever escapes what is written here, as JSON does, looks at each piece anew.
        let mut piece = [[0; 2]; 32];
        self.0.chunks(piece.len()).try_for_each(|bytes| {
            piece.iter_mut().zip(bytes).for_each(|(pair, byte)| *pair = digits(*byte));
            let pairs = piece.get(..bytes.len()).unwrap_or_default();
            // Made of `DIGITS` alone.
            f.write_str(std::str::from_utf8(pairs.as_flattened()).unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_read_as_it_is_written() {
        for byte in 0..=u8::MAX {
            assert_eq!(Hex(&[byte]).to_string(), format!("{byte:02x}"));
            assert_eq!(unhex(Hex(&[byte, 7]).to_string().as_bytes()), Some([byte, 7]));
        }
        for length in [0, 31, 32, 33, 64, 200] {
            let bytes: Vec<u8> = (0..length).collect();
            let expected: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(Hex(&bytes).to_string(), expected);
        }
        for bad in ["", "0", "000", "0G", "0A", " 0", "+1", "é"] {
            assert_eq!(unhex::<1>(bad.as_bytes()), None, "{bad}");
        }
    }
}
