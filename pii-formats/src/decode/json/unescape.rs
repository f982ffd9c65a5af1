//! Undoes the escapes of a JSON string (RFC 8259 §7), noting where each piece came from.

use memchr::memchr;
use pii_core::OffsetMap;

/// Appends the text of `raw` (what is between the quotes) to `text` and its origins to `map`; `raw` begins at
/// position `base` of what the map points into.
///
/// A lone surrogate becomes U+FFFD. A backslash that begins no escape stands for itself, so that text which is only
/// *like* a JSON string can be read too. `\xHH`, which JSON does not have but logs do, is a byte.
pub(crate) fn unescape(raw: &[u8], base: usize, text: &mut Vec<u8>, map: &mut OffsetMap) {
    let mut at = 0;
    while let Some(plain) = memchr(b'\\', &raw[at..]) {
        copy(&raw[at..at + plain], base + at, text, map);
        at += plain;
        let before = text.len();
        let len = escape(&raw[at..], text);
        map.push_unit(text.len() - before, base + at, len);
        at += len;
    }
    copy(&raw[at..], base + at, text, map);
}

fn copy(plain: &[u8], from: usize, text: &mut Vec<u8>, map: &mut OffsetMap) {
    text.extend_from_slice(plain);
    map.push_same(plain.len(), from);
}

/// Appends what the escape at the front of `raw` stands for and gives the escape's length.
fn escape(raw: &[u8], text: &mut Vec<u8>) -> usize {
    let short = match raw.get(1) {
        Some(&same @ (b'"' | b'\\' | b'/')) => same,
        Some(b'b') => 0x08,
        Some(b'f') => 0x0C,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return unicode_escape(raw, text),
        Some(b'x') => match hexadecimal(raw.get(2..4)).and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => {
                text.push(byte);
                return 4;
            }
            None => return backslash(text),
        },
        _ => return backslash(text),
    };
    text.push(short);
    2
}

fn unicode_escape(raw: &[u8], text: &mut Vec<u8>) -> usize {
    let Some(first) = hexadecimal(raw.get(2..6)) else { return backslash(text) };
    let low = match raw.get(6..8) {
        Some(br"\u") if (0xD800..0xDC00).contains(&first) => {
            hexadecimal(raw.get(8..12)).filter(|low| (0xDC00..0xE000).contains(low))
        }
        _ => None,
    };
    let (code_point, len) = match low {
        Some(low) => (0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00), 12),
        None => (first, 6),
    };
    let character = char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    len
}

fn backslash(text: &mut Vec<u8>) -> usize {
    text.push(b'\\');
    1
}

fn hexadecimal(digits: Option<&[u8]>) -> Option<u32> {
    let digits = digits?;
    digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        let cases = [
            (r"plain", "plain"),
            (r"\u0031\u0032", "12"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"\u5f20\u4e09", "张三"),
            (r"\ud840\udc0b", "\u{2000b}"),
            (r"\ud840", "\u{fffd}"),
            (r"\ud840\u0031", "\u{fffd}1"),
            (r"\ud840\ud840\udc0b", "\u{fffd}\u{2000b}"),
            (r"\udc0b", "\u{fffd}"),
            (r"\x31\x32", "12"),
            // What is no escape stays.
            (r"C:\games\", r"C:\games\"),
            (r"\u12", r"\u12"),
            (r"\x4", r"\x4"),
            (r"\u+123", r"\u+123"),
        ];
        for (raw, expected) in cases {
            let (mut text, mut map) = (Vec::new(), OffsetMap::default());
            unescape(raw.as_bytes(), 0, &mut text, &mut map);
            assert_eq!(String::from_utf8(text).expect("the cases are UTF-8"), expected, "{raw}");
            assert_eq!(map.text_len(), expected.len(), "{raw}");
        }
    }

    #[test]
    fn every_piece_knows_its_source() {
        let raw = br"a\u5f20\n\ud840\udc0b1";
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        unescape(raw, 100, &mut text, &mut map);
        assert_eq!(text, "a张\n\u{2000b}1".as_bytes());
        for (span, source) in
            [(0..1, 100..101), (1..4, 101..107), (4..5, 107..109), (5..9, 109..121), (9..10, 121..122)]
        {
            assert_eq!(map.source_span(span.clone()), source, "{span:?}");
        }
    }
}
