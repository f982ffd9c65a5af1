//! Strings: where they end, and what they say.

use memchr::{memchr, memchr2};
use pii_core::OffsetMap;

/// What a backslash is in a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backslash {
    /// A character like others, as the standard has it.
    Same,
    /// Nobody has said yet. It escapes a quote that is followed by a letter or digit, which nothing behind a string is.
    Unknown,
    /// It escapes quotes and nothing else: what an unknown one turned out to do.
    Quotes,
    /// MySQL's escapes.
    MySql,
    /// PostgreSQL's escapes in `E'…'`.
    C,
}

impl Backslash {
    /// In strings without a prefix.
    pub(super) fn of_strings(is_mysql: bool) -> Self {
        if is_mysql { Self::MySql } else { Self::Unknown }
    }

    /// Whether a backslash has to be written twice.
    pub(super) fn escapes(self) -> bool {
        matches!(self, Self::Quotes | Self::MySql | Self::C)
    }
}

/// Where the string ends that `rest` begins behind the opening quote of: the position of its closing quote, and what
/// backslashes are in it. `None` while that is not there.
pub(super) fn end(rest: &[u8], quote: u8, backslash: Backslash, is_end: bool) -> Option<(usize, Backslash)> {
    let mut found = backslash;
    let mut at = 0;
    loop {
        at += memchr2(quote, b'\\', &rest[at..])?;
        let next = rest.get(at + 1).copied();
        if next.is_none() && !is_end {
            return None;
        }
        at += match (rest[at], next) {
            (b'\\', Some(byte)) if found == Backslash::Unknown || found == Backslash::Quotes => {
                let behind = rest.get(at + 2).copied();
                if byte == quote && behind.is_none() && !is_end {
                    return None;
                }
                let is_escape = byte == quote && behind.is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
                if is_escape {
                    found = Backslash::Quotes;
                }
                1 + usize::from(is_escape)
            }
            (b'\\', _) => 1 + usize::from(found.escapes()),
            (_, Some(byte)) if byte == quote => 2,
            _ => return Some((at, found)),
        };
        if at > rest.len() {
            return None;
        }
    }
}

/// Whether a string's text differs from its bytes.
pub(super) fn has_escapes(raw: &[u8], quote: u8, backslash: Backslash) -> bool {
    memchr(quote, raw).is_some() || (backslash.escapes() && memchr(b'\\', raw).is_some())
}

/// Appends the text of `raw` to `text` and its origins to `map`; `raw` begins at position `base` of what the map points into.
pub(super) fn unescape(
    raw: &[u8],
    quote: u8,
    backslash: Backslash,
    base: usize,
    text: &mut Vec<u8>,
    map: &mut OffsetMap,
) {
    let mut at = 0;
    while at < raw.len() {
        let run = memchr2(quote, b'\\', &raw[at..]).unwrap_or(raw.len() - at);
        text.extend_from_slice(&raw[at..at + run]);
        map.push_same(run, base + at);
        at += run;
        let rest = &raw[at..];
        let before = text.len();
        let len = match (rest.first(), rest.get(1)) {
            (None, _) => break,
            (Some(b'\\'), Some(byte)) => match backslash {
                Backslash::Same | Backslash::Unknown => 0,
                Backslash::Quotes if *byte == quote => single(quote, text),
                Backslash::Quotes => 0,
                Backslash::MySql => mysql_escape(*byte, text),
                Backslash::C => c_escape(rest, text),
            },
            (Some(_), Some(byte)) if *byte == quote => single(quote, text),
            _ => 0,
        };
        if len == 0 {
            text.push(rest[0]);
        }
        map.push_unit(text.len() - before, base + at, len.max(1));
        at += len.max(1);
    }
}

/// A character that two stand for.
fn single(byte: u8, text: &mut Vec<u8>) -> usize {
    text.push(byte);
    2
}

/// `\` and `byte`, as MySQL reads them; 0 where they are two characters.
fn mysql_escape(byte: u8, text: &mut Vec<u8>) -> usize {
    single(
        match byte {
            b'0' => 0,
            b'b' => 0x08,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'Z' => 0x1A,
            b'%' | b'_' => return 0,
            // The first byte of a character of several is not all of it.
            byte if !byte.is_ascii() => return 0,
            same => same,
        },
        text,
    )
}

/// The escape at the front of `rest`, as PostgreSQL reads it, and its length.
fn c_escape(rest: &[u8], text: &mut Vec<u8>) -> usize {
    let digits = |from: usize, most: usize, radix: u32| {
        let digits = rest[from..].iter().take(most);
        let values = digits.map_while(|&b| char::from(b).to_digit(radix));
        values.fold((0, 0_usize), |(value, count), digit| (value * radix + digit, count + 1))
    };
    let byte = match rest[1] {
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0'..=b'7' => {
            let (value, count) = digits(1, 3, 8);
            text.push(u8::try_from(value & 0xFF).unwrap_or_default());
            return 1 + count;
        }
        b'x' => {
            let (value, count) = digits(2, 2, 16);
            text.push(if count == 0 { b'x' } else { u8::try_from(value).unwrap_or_default() });
            return 2 + count;
        }
        letter @ (b'u' | b'U') => {
            let wanted = if letter == b'u' { 4 } else { 8 };
            let (value, count) = digits(2, wanted, 16);
            if count < wanted {
                return 0;
            }
            let character = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return 2 + wanted;
        }
        byte if !byte.is_ascii() => return 0,
        same => same,
    };
    single(byte, text)
}

/// Appends the text of a cell of `COPY … FROM stdin`: escapes as in C.
pub(super) fn unescape_copied(raw: &[u8], base: usize, text: &mut Vec<u8>, map: &mut OffsetMap) {
    // No quote is special there: a byte that no text has.
    unescape(raw, 0xFF, Backslash::C, base, text, map);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str, backslash: Backslash) -> String {
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        unescape(raw.as_bytes(), b'\'', backslash, 7, &mut text, &mut map);
        assert_eq!(map.text_len(), text.len(), "{raw}");
        assert!(text.is_empty() || map.source_span(0..text.len()) == (7..7 + raw.len()), "{raw}");
        String::from_utf8(text).expect("the cases are UTF-8")
    }

    #[test]
    fn strings_say_what_each_dialect_reads() {
        for (raw, backslash, expected) in [
            ("it''s", Backslash::Same, "it's"),
            (r"C:\new", Backslash::Same, r"C:\new"),
            (r"C:\new", Backslash::Unknown, r"C:\new"),
            (r"it\'s \n", Backslash::Quotes, r"it's \n"),
            (r#"it\'s ''\n\t\\\Z\0\"x\%\q"#, Backslash::MySql, "it's '\n\t\\\u{1a}\0\"x\\%q"),
            (r"\u5f20\U00004e09\x41\101\'\b\q\u12", Backslash::C, "张三AA'\u{8}q\\u12"),
            ("\\张", Backslash::MySql, "\\张"),
        ] {
            assert_eq!(read(raw, backslash), expected, "{raw}");
        }
    }

    #[test]
    fn strings_end_at_their_quote() {
        for (rest, backslash, expected) in [
            ("a', 'b'", Backslash::Unknown, Some((1, Backslash::Unknown))),
            ("it''s' ", Backslash::Unknown, Some((5, Backslash::Unknown))),
            (r"C:\', 'b'", Backslash::Unknown, Some((3, Backslash::Unknown))),
            (r"it\'s', 'b'", Backslash::Unknown, Some((5, Backslash::Quotes))),
            (r"it\', 'b'", Backslash::MySql, Some((6, Backslash::MySql))),
            (r"C:\', 'b'", Backslash::Same, Some((3, Backslash::Same))),
            ("never", Backslash::Same, None),
            (r"never\'", Backslash::MySql, None),
            (r"never\", Backslash::MySql, None),
        ] {
            assert_eq!(end(rest.as_bytes(), b'\'', backslash, true), expected, "{rest}");
            // A prefix of it says the same or that more has to arrive.
            for cut in 0..rest.len() {
                let before = end(&rest.as_bytes()[..cut], b'\'', backslash, false);
                assert!(before.is_none() || before == expected, "{rest} cut at {cut}");
            }
        }
    }
}
