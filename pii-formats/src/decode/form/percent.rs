//! Undoes percent-encoding (RFC 3986 §2.1), noting where each byte came from.

use memchr::memchr2;
use pii_core::OffsetMap;

/// What `+` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plus {
    /// Itself: in a URL's path, or any other text.
    Itself,
    /// A space: in a form or query.
    Space,
}

/// Appends the text of `raw` to `text` and its origins to `map`; `raw` begins at position `base` of what the map points
/// into. A `%` without two hexadecimal digits behind it stands for itself, as it does for browsers.
pub(crate) fn unescape(raw: &[u8], base: usize, plus: Plus, text: &mut Vec<u8>, map: &mut OffsetMap) {
    let mut at = 0;
    while let Some(plain) = memchr2(b'%', b'+', &raw[at..]) {
        text.extend_from_slice(&raw[at..at + plain]);
        map.push_same(plain, base + at);
        at += plain;
        let (byte, len) = match (escaped_byte(&raw[at..]), raw[at]) {
            (Some(byte), _) => (byte, 3),
            (None, b'+') if plus == Plus::Space => (b' ', 1),
            (None, itself) => (itself, 1),
        };
        text.push(byte);
        map.push_unit(1, base + at, len);
        at += len;
    }
    text.extend_from_slice(&raw[at..]);
    map.push_same(raw.len() - at, base + at);
}

/// The byte that `%XX` at the front of `raw` stands for.
pub(crate) fn escaped_byte(raw: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = raw else { return None };
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::percent;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_undone() {
        let cases: &[(&str, Plus, &[u8])] = &[
            ("plain", Plus::Space, b"plain"),
            ("%31%32%4a%4A", Plus::Space, b"12JJ"),
            ("a+b%2Bc", Plus::Space, b"a b+c"),
            ("a+b%2Bc", Plus::Itself, b"a+b+c"),
            ("%E5%BC%A0", Plus::Space, "张".as_bytes()),
            ("%D5%C5", Plus::Space, b"\xD5\xC5"),
            ("100%", Plus::Space, b"100%"),
            ("%%31%3", Plus::Space, b"%1%3"),
            ("%g1%+1", Plus::Itself, b"%g1%+1"),
        ];
        for (raw, plus, expected) in cases {
            let (mut text, mut map) = (Vec::new(), OffsetMap::default());
            unescape(raw.as_bytes(), 0, *plus, &mut text, &mut map);
            assert_eq!(text, *expected, "{raw}");
            assert_eq!(map.text_len(), expected.len(), "{raw}");
        }
    }

    #[test]
    fn every_byte_knows_its_source() {
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        unescape(b"a%31%32+b", 10, Plus::Space, &mut text, &mut map);
        assert_eq!(text, b"a12 b");
        for (span, source) in [(0..1, 10..11), (1..2, 11..14), (1..3, 11..17), (3..4, 17..18), (4..5, 18..19)] {
            assert_eq!(map.source_span(span.clone()), source, "{span:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back(text in any::<String>()) {
            for (encode, plus) in [(percent::percent as fn(&[u8], &mut Vec<u8>), Plus::Itself), (percent::form, Plus::Space)] {
                let (mut out, mut read) = (Vec::new(), Vec::new());
                encode(text.as_bytes(), &mut out);
                unescape(&out, 0, plus, &mut read, &mut OffsetMap::default());
                prop_assert_eq!(&read, text.as_bytes());
                prop_assert!(!out.iter().any(|b| matches!(b, b'&' | b'=' | b' ') || !b.is_ascii()));
            }
        }
    }
}
