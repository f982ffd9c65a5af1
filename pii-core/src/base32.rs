//! Base32 of RFC 4648, in small letters and without padding: what keys and surrogates are written in.
//!
//! The alphabet has none of 0, 1, 8 and 9. So nobody takes a zero for an O, and no run of digits in a surrogate can be a
//! mobile number (1…), a resident ID (its year is 18…, 19… or 20…) or anything else that needs one of the four.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Appends the characters of `bytes`.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            out.push(character(bits >> held));
        }
        bits &= (1 << held) - 1;
    }
    if held > 0 {
        out.push(character(bits << (5 - held)));
    }
}

/// The bytes that `text` stands for, in either case. `None` for anything that [`encode`] does not write: a foreign
/// character, a length that no number of bytes has, bits left over that are not zero.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if matches!(text.len() % 8, 1 | 3 | 6) {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for &byte in text {
        bits = bits << 5 | value(byte)?;
        held += 5;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
        bits &= (1 << held) - 1;
    }
    (bits == 0).then_some(out)
}

/// The character of the low five bits.
pub(crate) fn character(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

/// The five bits of a character, in either case.
pub(crate) fn value(byte: u8) -> Option<u32> {
    match byte.to_ascii_lowercase() {
        letter @ b'a'..=b'z' => Some(u32::from(letter - b'a')),
        digit @ b'2'..=b'7' => Some(u32::from(digit - b'2') + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    #[test]
    fn the_standards_own_examples() {
        // RFC 4648, section 10, in small letters and without padding.
        let table =
            [("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb")];
        for (plain, text) in table {
            assert_eq!(encoded(plain.as_bytes()), text);
            assert_eq!(decode(text.as_bytes()).as_deref(), Some(plain.as_bytes()));
            assert_eq!(decode(text.to_uppercase().as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(encoded(b"foobar"), "mzxw6ytboi");
    }

    #[test]
    fn there_is_one_way_to_write_a_thing() {
        for bad in ["a", "mzx", "mzxw6y", "mz", "m0", "m1", "m8", "m9", "my======", "m y", "m\u{fc}"] {
            assert_eq!(decode(bad.as_bytes()), None, "{bad}");
        }
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(73) ^ 0xA5).collect();
            assert_eq!(decode(encoded(&bytes).as_bytes()), Some(bytes));
        }
    }
}
