//! Reading decimal digits from bytes that may be anything.

/// The value of one decimal digit.
pub(super) fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The number that up to nine digits stand for.
pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    debug_assert!(bytes.len() <= 9, "ten digits may not fit");
    bytes.iter().try_fold(0, |sum, &byte| Some(sum * 10 + digit(byte)?))
}

/// Whether there is nothing but decimal digits.
pub(super) fn all(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// The value of a decimal digit (0 to 9) or a capital letter (A = 10 to Z = 35).
pub(super) fn base36(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}
