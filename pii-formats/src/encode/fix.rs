//! The check sum of FIX messages.

/// Tag 10: the sum of all bytes before it modulo 256, in three digits (FIX 4.4, volume 2).
/// `more` is added to the bytes that are there.
pub(crate) fn checksum(covered: &[u8], more: u8) -> [u8; 3] {
    let sum = covered.iter().fold(more, |sum, &byte| sum.wrapping_add(byte));
    [b'0' + sum / 100, b'0' + sum / 10 % 10, b'0' + sum % 10]
}

/// What has to be added where a log shows `count` of `separator` and the message has SOH, over which its sum is.
pub(crate) fn as_soh(separator: &[u8], count: usize) -> u8 {
    let one = separator.iter().fold(1u8, |sum, &byte| sum.wrapping_sub(byte));
    one.wrapping_mul((count % 256) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_three_digits() {
        assert_eq!(checksum(b"", 0), *b"000");
        assert_eq!(checksum(b"8=FIX.4.2\x01", 0), *b"031");
        assert_eq!(checksum(&[255, 2], 0), *b"001");
    }

    #[test]
    fn sums_are_those_of_the_message_and_not_of_the_log() {
        let message = "8=FIX.4.2#9=5#35=0#".repeat(200);
        let sent = checksum(message.replace('#', "\x01").as_bytes(), 0);
        for separator in ["\x01", "|", "^A", "<SOH>"] {
            let logged = message.replace('#', separator);
            assert_eq!(checksum(logged.as_bytes(), as_soh(separator.as_bytes(), 600)), sent, "{separator}");
        }
    }
}
