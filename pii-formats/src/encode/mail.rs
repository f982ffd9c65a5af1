//! Writes text into messages: header lines, encoded words, extended parameters, quoted-printable.

use memchr::memmem;

/// The longest encoded word (RFC 2047 §2).
const WORD_LIMIT_BYTES: usize = 75;

/// Writes `bytes` as quoted-printable (RFC 2045 §6.7). Line breaks in `bytes` stay line breaks, and no other line break is
/// written: an edit stands on the lines that its value stood on.
pub(crate) fn write_quoted_printable(bytes: &[u8], out: &mut Vec<u8>) {
    for (at, &byte) in bytes.iter().enumerate() {
        let is_line_end = |from: usize| matches!(bytes[from..], [b'\n', ..] | [b'\r', b'\n', ..]);
        // White space is lost before a line end, and nobody knows here what follows the last byte.
        let is_last = at + 1 == bytes.len() || is_line_end(at + 1);
        let is_plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (matches!(byte, b' ' | b'\t') && !is_last);
        if is_plain || is_line_end(at) { out.push(byte) } else { write_escape(b'=', byte, out) }
    }
}

/// How much of `written`, which is quoted-printable without soft line breaks, goes into `room` bytes: whole escapes.
pub(crate) fn quoted_printable_len(written: &[u8], room: usize) -> usize {
    if room >= written.len() {
        return written.len();
    }
    let cut = written[..room].iter().rev().take(2).position(|&byte| byte == b'=');
    cut.map_or(room, |back| room - back - 1)
}

/// Writes `bytes`, which are in `charset`, as encoded words of that charset and letter. When they take several words, these
/// are separated as they are in `original`, or by a fold.
pub(crate) fn write_encoded_words(original: &[u8], bytes: &[u8], charset: &str, letter: u8, out: &mut Vec<u8>) {
    let frame = "=??X??=".len() + charset.len();
    let room = WORD_LIMIT_BYTES.saturating_sub(frame).max(16);
    let is_base64 = letter.eq_ignore_ascii_case(&b'B');
    let characters = Characters::of(charset);
    let separator = separator_in(original);
    let mut rest = bytes;
    loop {
        let (word, after) = rest.split_at(word_len(rest, characters, room, is_base64));
        out.extend_from_slice(b"=?");
        out.extend_from_slice(charset.as_bytes());
        out.extend_from_slice(&[b'?', letter, b'?']);
        if is_base64 {
            use base64::Engine;
            out.extend_from_slice(base64::engine::general_purpose::STANDARD.encode(word).as_bytes());
        } else {
            word.iter().for_each(|byte| write_q(*byte, out));
        }
        out.extend_from_slice(b"?=");
        rest = after;
        if rest.is_empty() {
            return;
        }
        out.extend_from_slice(separator);
    }
}

/// Writes `bytes`, which are in `charset`, as an extended parameter value (RFC 8187 §3.2: what needs no escape there needs
/// none in RFC 2231 either).
pub(crate) fn write_extended_value(bytes: &[u8], charset: &str, language: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{charset}'{language}'").as_bytes());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(byte);
        } else {
            write_escape(b'%', byte, out);
        }
    }
}

/// The white space between the first two encoded words of `original`. A fold when there is but one word, or other text.
fn separator_in(original: &[u8]) -> &[u8] {
    let mut ends = memmem::find_iter(original, b"?=").map(|n| &original[n + 2..]);
    let space = ends.find_map(|after| {
        let len = after.iter().take_while(|b| b.is_ascii_whitespace()).count();
        (len > 0 && after[len..].starts_with(b"=?")).then_some(&after[..len])
    });
    space.unwrap_or(b"\r\n ")
}

/// How many of `bytes` go into one word: whole characters, as RFC 2047 §5 demands.
fn word_len(bytes: &[u8], characters: Characters, room: usize, is_base64: bool) -> usize {
    let mut len = 0;
    let mut width = 0;
    while len < bytes.len() {
        let character = characters.first_len(&bytes[len..]);
        width += if is_base64 { character } else { bytes[len..len + character].iter().map(|b| q_width(*b)).sum() };
        let written = if is_base64 { width.div_ceil(3) * 4 } else { width };
        if written > room && len > 0 {
            break;
        }
        len += character;
    }
    len
}

/// How the bytes of a charset make up characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Characters {
    Single,
    Utf8,
    /// A byte from 0x81 on begins a character of two.
    Double,
    /// The same, or a character of four when the second byte is a digit.
    Gb18030,
    ShiftJis,
    /// They cannot be told apart without what stands before: no text in such a charset is divided.
    Shifting,
}

impl Characters {
    fn of(charset: &str) -> Self {
        const DOUBLE: [&str; 9] =
            ["gb2312", "gbk", "cp936", "x-gbk", "big5", "big5-hkscs", "euc-cn", "euc-kr", "euc-jp"];
        const SHIFTING: [&str; 7] = ["utf-7", "utf-16", "utf-32", "ucs-", "iso-2022-", "iso-10646", "hz-"];
        let name = charset.split('*').next().unwrap_or(charset).to_ascii_lowercase();
        match name.as_str() {
            "utf-8" | "utf8" => Self::Utf8,
            "gb18030" => Self::Gb18030,
            "shift_jis" | "shift-jis" => Self::ShiftJis,
            name if DOUBLE.contains(&name) => Self::Double,
            name if SHIFTING.iter().any(|start| name.starts_with(start)) => Self::Shifting,
            _ => Self::Single,
        }
    }

    /// How many bytes the first character of `bytes` has, which are not empty.
    fn first_len(self, bytes: &[u8]) -> usize {
        let len = match (self, bytes[0]) {
            (Self::Shifting, _) => bytes.len(),
            (Self::Utf8, 0xC2..=0xDF) => 2,
            (Self::Utf8, 0xE0..=0xEF) => 3,
            (Self::Utf8, 0xF0..=0xF4) => 4,
            (Self::Gb18030, 0x81..) if bytes.get(1).is_some_and(u8::is_ascii_digit) => 4,
            (Self::Gb18030 | Self::Double, 0x81..) => 2,
            (Self::ShiftJis, 0x81..=0x9F | 0xE0..=0xFC) => 2,
            _ => 1,
        };
        len.min(bytes.len())
    }
}

/// RFC 2047 §5 (3): these need no escape wherever the word stands.
fn is_q_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!*+-/".contains(&byte)
}

fn q_width(byte: u8) -> usize {
    if is_q_plain(byte) || byte == b' ' { 1 } else { 3 }
}

fn write_q(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b' ' => out.push(b'_'),
        _ if is_q_plain(byte) => out.push(byte),
        _ => write_escape(b'=', byte, out),
    }
}

fn write_escape(sign: u8, byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend_from_slice(&[sign, DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::eml::EmlDecoder;
    use crate::sink::recording::{nested, record};
    use proptest::prelude::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).expect("ASCII or UTF-8")
    }

    /// What a message reader takes the only nested document of `message` for.
    fn read_back(message: &str) -> Vec<u8> {
        let events = record(EmlDecoder, message.as_bytes(), &[]).expect("well-formed");
        let [document] = nested(&events)[..] else { panic!("one nested document: {message}") };
        document.bytes.clone()
    }

    #[test]
    fn quoted_printable_is_written() {
        let table = [
            ("138****8000", "138****8000"),
            ("a=b 张", "a=3Db =E5=BC=A0"),
            ("a ", "a=20"),
            ("a \r\n\tb\n", "a=20\r\n\tb\n"),
            ("a\rb", "a=0Db"),
        ];
        for (text, expected) in table {
            assert_eq!(written(|out| write_quoted_printable(text.as_bytes(), out)), expected, "{text:?}");
        }
    }

    #[test]
    fn quoted_printable_is_divided_between_characters() {
        for (room, expected) in [(0, 0), (1, 1), (2, 1), (3, 1), (4, 4), (5, 4), (6, 4), (7, 7), (8, 8), (99, 8)] {
            assert_eq!(quoted_printable_len(b"a=E5=BC*", room), expected, "{room}");
        }
    }

    #[test]
    fn encoded_words_are_written_as_they_were() {
        let gbk = b"\xD5\xC5**";
        let mut out = Vec::new();
        write_encoded_words(b"=?GBK?b?1cU=?=", gbk, "GBK", b'b', &mut out);
        assert_eq!(out, b"=?GBK?b?1cUqKg==?=");
        assert_eq!(
            written(|out| write_encoded_words(b"", "张 *=?_".as_bytes(), "utf-8*zh", b'Q', out)),
            "=?utf-8*zh?Q?=E5=BC=A0_*=3D=3F=5F?="
        );
        let long = "张".repeat(40);
        let separated =
            written(|out| write_encoded_words(b"=?a?Q?b?=\n\t=?a?Q?c?=", long.as_bytes(), "utf-8", b'B', out));
        assert!(separated.contains("?=\n\t=?utf-8?B?"));
        assert!(separated.split("\n\t").all(|word| word.len() <= WORD_LIMIT_BYTES));
        assert_eq!(written(|out| write_encoded_words(b"", b"", "utf-8", b'B', out)), "=?utf-8?B??=");
    }

    #[test]
    fn extended_values_are_written() {
        let seen = written(|out| write_extended_value("张 *.p".as_bytes(), "UTF-8", "zh", out));
        assert_eq!(seen, "UTF-8'zh'%E5%BC%A0%20%2A.p");
    }

    #[test]
    fn characters_are_not_divided() {
        for (charset, text, first) in [
            ("gb18030", &b"\x81\x30\x81\x30a"[..], 4),
            ("GB2312", b"\xD5\xC5a", 2),
            ("shift_jis", b"\xB1a", 1),
            ("iso-2022-jp", b"abc", 3),
            ("iso-8859-1", b"\xE5a", 1),
            ("utf-8", b"\xE5", 1),
        ] {
            assert_eq!(Characters::of(charset).first_len(text), first, "{charset}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[a-z张李*=?_ .\"%']{1,80}x", is_base64 in any::<bool>()) {
            let letter = if is_base64 { b'B' } else { b'Q' };
            let words = written(|out| write_encoded_words(b"", text.as_bytes(), "utf-8", letter, out));
            prop_assert!(words.split("\r\n ").all(|word| word.len() <= WORD_LIMIT_BYTES && word.is_ascii()));
            prop_assert_eq!(read_back(&format!("Subject: {words}\r\n\r\n")), text.as_bytes());
            let value = written(|out| write_extended_value(text.as_bytes(), "utf-8", "", out));
            let message = format!("Content-Disposition: attachment; filename*={value}\r\n\r\n");
            prop_assert_eq!(read_back(&message), text.as_bytes());
        }

        #[test]
        fn quoted_printable_is_read_back(text in "([a-z张*=. \t]{0,90}\r\n){0,3}x") {
            let body = written(|out| write_quoted_printable(text.as_bytes(), out));
            prop_assert_eq!(body.lines().count(), text.lines().count());
            let message = format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{body}");
            prop_assert_eq!(read_back(&message), text.as_bytes());
        }
    }
}
