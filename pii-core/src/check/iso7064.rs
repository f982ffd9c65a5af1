//! ISO/IEC 7064 check character systems: MOD 11-2, MOD 11,10 and MOD 97-10.
//!
//! All three detect every single substitution. MOD 11-2 and MOD 97-10 also detect every swap of neighbours.

use super::digits;

/// The check character of MOD 11-2 (`0` to `9` or `X`) for a body of digits. `None` for any other body, or none at all.
#[must_use]
pub fn mod_11_2(body: &[u8]) -> Option<u8> {
    if body.is_empty() {
        return None;
    }
    // Clause 7.2.2, the recursive method: the sum doubles with every step to the right.
    let sum = body.iter().try_fold(0, |sum, &byte| Some((sum + digits::digit(byte)?) * 2 % 11))?;
    Some(b"10X98765432"[sum as usize])
}

/// The check digit of MOD 11,10 (a hybrid system) for a body of digits. `None` for any other body, or none at all.
#[must_use]
pub fn mod_11_10(body: &[u8]) -> Option<u8> {
    if body.is_empty() {
        return None;
    }
    let product = body.iter().try_fold(10, |product, &byte| {
        let sum = (product + digits::digit(byte)?) % 10;
        Some(if sum == 0 { 9 } else { sum * 2 % 11 })
    })?;
    u8::try_from((11 - product) % 10).ok().map(|digit| b'0' + digit)
}

/// The remainder modulo 97 of the number that the characters stand for, letters being two digits (A = 10 to Z = 35).
///
/// A string with its check digits in place leaves 1. `None` if a character is no digit or capital letter.
#[must_use]
pub fn mod_97(characters: impl IntoIterator<Item = u8>) -> Option<u32> {
    characters.into_iter().try_fold(0, |rest, byte| {
        let value = digits::base36(byte)?;
        Some((rest * if value < 10 { 10 } else { 100 } + value) % 97)
    })
}

/// The two check digits of MOD 97-10 for a body that they will stand behind.
#[must_use]
pub fn mod_97_10(body: &[u8]) -> Option<[u8; 2]> {
    let rest = mod_97(body.iter().copied().chain(*b"00"))?;
    let check = u8::try_from(98 - rest).ok()?;
    Some([b'0' + check / 10, b'0' + check % 10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        // ISO/IEC 7064:2003 and GB 11643-1999 print these.
        assert_eq!(mod_11_2(b"0794"), Some(b'0'));
        assert_eq!(mod_11_2(b"11010519491231002"), Some(b'X'));
        assert_eq!(mod_11_10(b"0794"), Some(b'5'));
        assert_eq!(mod_97_10(b"794"), Some(*b"44"));
    }

    #[test]
    fn what_is_no_body_has_no_check_character() {
        for body in [&b""[..], b"12A4", b"\xff", b" 1"] {
            assert_eq!(mod_11_2(body), None);
            assert_eq!(mod_11_10(body), None);
        }
        assert_eq!(mod_97_10(b"a"), None);
    }
}
