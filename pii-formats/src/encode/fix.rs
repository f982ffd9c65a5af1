//! The check sum of FIX messages.

/// Tag 10: the sum of all bytes before it modulo 256, in three digits (FIX 4.4, volume 2).
pub(crate) fn checksum(covered: &[u8]) -> [u8; 3] {
    let sum = covered.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    [b'0' + sum / 100, b'0' + sum / 10 % 10, b'0' + sum % 10]
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn sums_have_three_digits() {
        assert_eq!(checksum(b""), *b"000");
        assert_eq!(checksum(b"8=FIX.4.2\x01"), *b"031");
        assert_eq!(checksum(&[255, 2]), *b"001");
    }
}
