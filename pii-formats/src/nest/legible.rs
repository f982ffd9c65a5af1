//! Whether bytes that were decoded are text.

/// Of text in UTF-16 as many units are ASCII, one in so many: any two bytes of words, decoded, may be a Han character.
const ASCII_UNITS_ONE_IN: usize = 4;

/// Whether `tenths` of the bytes are printable characters in UTF-8, GB 2312 or UTF-16.
///
/// Of GBK only the part that GB 2312 has is counted: any two bytes would nearly make a character of all of it.
pub(super) fn reads_as_text(bytes: &[u8], tenths: usize) -> bool {
    let is_enough = |printable: usize| printable * 10 >= bytes.len() * tenths;
    !bytes.is_empty()
        && (is_enough(printable_in_utf8(bytes))
            || is_enough(printable_in_gb2312(bytes))
            || is_enough(printable_in_utf16(bytes, u16::from_be_bytes))
            || is_enough(printable_in_utf16(bytes, u16::from_le_bytes)))
}

/// How many bytes are of characters that nobody prints.
pub(super) fn unprintable(bytes: &[u8]) -> usize {
    bytes.len() - printable_in_utf8(bytes).max(printable_in_gb2312(bytes))
}

fn printable_in_utf8(bytes: &[u8]) -> usize {
    let printable = |c: &char| !c.is_control() || c.is_ascii_whitespace();
    bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(printable).map(char::len_utf8).sum()
}

fn printable_in_gb2312(bytes: &[u8]) -> usize {
    let (mut at, mut printable) = (0, 0);
    while at < bytes.len() {
        let len = match &bytes[at..] {
            [0x20..=0x7E | b'\t' | b'\n' | b'\r', ..] => 1,
            [0xA1..=0xA3 | 0xB0..=0xF7, 0xA1..=0xFE, ..] => 2,
            _ => 0,
        };
        printable += len;
        at += len.max(1);
    }
    printable
}

fn printable_in_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> usize {
    let (pairs, _) = bytes.as_chunks::<2>();
    let (mut ascii, mut others) = (0, 0);
    for pair in pairs {
        match unit(*pair) {
            0x09 | 0x0A | 0x0D | 0x20..=0x7E => ascii += 1,
            0xB7 | 0x2010..=0x2026 | 0x3000..=0x301F | 0x4E00..=0x9FFF | 0xFEFF | 0xFF00..=0xFFEF => others += 1,
            _ => {}
        }
    }
    if ascii * ASCII_UNITS_ONE_IN < pairs.len() { 0 } else { (ascii + others) * 2 }
}

#[cfg(test)]
mod tests {
    use super::reads_as_text;

    #[test]
    fn text_is_known_in_its_charsets() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| "手机：13800138000".encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        for text in [
            "手机：13800138000".as_bytes(),
            b"\xCA\xD6\xBB\xFA13800138000",
            &utf16(u16::to_be_bytes),
            &utf16(u16::to_le_bytes),
        ] {
            assert!(reads_as_text(text, 9), "{}", text.escape_ascii());
        }
        let noise: Vec<u8> = (0..768_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let han: Vec<u8> = (0..40_u16).flat_map(|n| (0x4E00 + n * 300).to_be_bytes()).collect();
        for bytes in [&noise[..], &han, b""] {
            assert!(!reads_as_text(bytes, 7));
        }
    }
}
