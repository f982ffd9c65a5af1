//! Percent-encoding (RFC 3986 §2.1), one layer of it.

use std::fmt::Write as _;

/// A text with its percent signs undone once. `each` says what stands for a byte, and is told whether it was coded; a percent sign
/// without two hexadecimal digits behind it is one.
pub(crate) fn undone(text: &[u8], each: impl Fn(u8, bool) -> u8) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(text.len()), 0);
    while at < text.len() {
        let coded = text.get(at..at + 3).and_then(unhex);
        out.push(each(coded.unwrap_or(text[at]), coded.is_some()));
        at += if coded.is_some() { 3 } else { 1 };
    }
    out
}

/// Bytes with all of them coded but those that are `plain`, which are ASCII.
pub(crate) fn coded(bytes: &[u8], plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn unhex(window: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match window {
        [b'%', high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_layer_is_undone() {
        let undone = |text: &str| {
            undone(text.as_bytes(), |byte, was_coded| if was_coded { byte } else { byte.to_ascii_uppercase() })
        };
        for (text, expected) in [("", ""), ("a%62%2563", "Ab%63"), ("%", "%"), ("%4", "%4"), ("%zz%4%41", "%ZZ%4A")] {
            assert_eq!(undone(text), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_coded() {
        assert_eq!(coded("a-张 %".as_bytes(), |byte| byte.is_ascii_alphanumeric()), "a%2D%E5%BC%A0%20%25");
    }
}
