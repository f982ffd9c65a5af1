//! The 7-3-1 check digit of machine-readable travel documents (ICAO Doc 9303, part 3, 4.9).
//!
//! It detects every wrong digit. Letters count A = 10 to Z = 35 modulo 10, so that some wrong letters pass.

use super::digits;
use super::verdict::Verdict;

/// Three characters or more (digits, capital letters, the filler `<`) with the right digit last. One string in ten
/// passes by chance, so it is [`Verdict::Likely`] at most.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.split_last() {
        Some((last, body)) if body.len() >= 2 && check_char(body) == Some(*last) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// The check digit for a body of digits, capital letters and `<`. `None` for any other body, or none at all.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    if body.is_empty() {
        return None;
    }
    let weighted = body.iter().zip([7, 3, 1].into_iter().cycle());
    let sum = weighted
        .map(|(&byte, weight)| Some(value_of(byte)? * weight))
        .try_fold(0, |sum, term| Some((sum + term?) % 10))?;
    u8::try_from(sum).ok().map(|digit: u8| b'0' + digit)
}

fn value_of(byte: u8) -> Option<u32> {
    if byte == b'<' { Some(0) } else { digits::base36(byte) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manuals_own_examples() {
        // Doc 9303 part 3: a date, and a document number with a filler.
        assert_eq!(check_char(b"520727"), Some(b'3'));
        assert_eq!(check_char(b"AB2134<<<"), Some(b'5'));
        assert_eq!(check(b"L898902C36"), Verdict::Likely);
        for bad in [&b"L898902C35"[..], b"", b"0", b"00", b"5a07273", b"\xff\xff\xff"] {
            assert_eq!(check(bad), Verdict::Invalid, "{}", bad.escape_ascii());
        }
    }
}
