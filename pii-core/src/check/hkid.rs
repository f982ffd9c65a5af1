//! Hong Kong identity card numbers: one or two letters, six digits, and a check character (in brackets, as written).

use super::digits;
use super::verdict::Verdict;

/// One string of this form in eleven passes by chance, and part numbers have it too: [`Verdict::Likely`] at most.
#[must_use]
pub fn check(value: &[u8]) -> Verdict {
    match value.split_last() {
        Some((last, body)) if check_char(body) == Some(*last) => Verdict::Likely,
        _ => Verdict::Invalid,
    }
}

/// The check character (`0` to `9` or `A`) for one or two capital letters and six digits. `None` for anything else.
#[must_use]
pub fn check_char(body: &[u8]) -> Option<u8> {
    let letters = body.len().checked_sub(6).filter(|letters| (1..=2).contains(letters))?;
    let (letters, number) = body.split_at(letters);
    if !letters.iter().all(u8::is_ascii_uppercase) || !digits::all(number) {
        return None;
    }
    // A single letter stands behind a blank, which counts 36 in the first of nine places.
    let blank = if letters.len() == 1 { 36 * 9 } else { 0 };
    let weighted = body.iter().rev().zip(2..);
    let sum = weighted.map(|(&byte, weight)| Some(digits::base36(byte)? * weight)).sum::<Option<u32>>()?;
    Some(b"0A987654321"[((sum + blank) % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_numbers() {
        for valid in [&b"A0000003"[..], b"AB0000017", b"G123456A"] {
            assert_eq!(check(valid), Verdict::Likely, "{}", valid.escape_ascii());
        }
        for invalid in [&b"A000000Z"[..], b"A0000004", b"A000000", b"ABC0000003", b"10000003", b"a0000003", b"", b"A"] {
            assert_eq!(check(invalid), Verdict::Invalid, "{}", invalid.escape_ascii());
        }
    }

    #[test]
    fn one_wrong_digit_is_found() {
        for (at, other) in (1..7).flat_map(|at| (b'1'..=b'9').map(move |other| (at, other))) {
            let mut value = *b"A0000003";
            value[at] = other;
            assert_eq!(check(&value), Verdict::Invalid, "{}", value.escape_ascii());
        }
    }
}
