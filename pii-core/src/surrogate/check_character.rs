//! The check character of ISO/IEC 7064, hybrid system MOD 37,36, over letters and digits.

/// The check character of `body`, of which all but ASCII letters and digits is passed over. Letters count alike in both
/// cases. It finds every single wrong character, and nearly all swaps of neighbours.
pub(super) fn of(body: &[u8]) -> char {
    let product = body.iter().filter_map(|byte| char::from(*byte).to_digit(36)).fold(36, |product, value| {
        let sum = (product + value) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    char::from_digit((37 - product) % 36, 36).unwrap_or('0')
}

/// Whether the last byte is the check character of what stands before it.
pub(super) fn is_right(whole: &[u8]) -> bool {
    whole.split_last().is_some_and(|(last, body)| char::from(last.to_ascii_lowercase()) == of(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_systems() {
        // The Global Release Identifier and the ISAN use MOD 37,36; both print these examples.
        assert_eq!(of(b"A1-2425G-ABC1234002"), 'm');
        assert_eq!(of(b"0000-0000-3A8D-0000"), 'z');
        assert!(is_right(b"A12425GABC1234002M"));
        assert!(!is_right(b""));
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let whole = b"pit_k7hmabcdefghijklmnopq";
        let whole = format!("{}{}", String::from_utf8_lossy(whole), of(whole));
        for at in (0..whole.len()).filter(|at| *at != 3) {
            for other in (b'0'..=b'9').chain(b'a'..=b'z') {
                let mut changed = whole.clone().into_bytes();
                let is_same = changed[at] == other;
                changed[at] = other;
                assert_eq!(is_right(&changed), is_same);
            }
        }
    }
}
