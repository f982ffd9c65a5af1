//! Transfer codings, written out plainly: what disguises and e-mails are encoded with, and how outputs are read back.
//!
//! The engine's decoders are measured with these, so they share no code with it. The decoders are lenient: they give back
//! what a curious reader could make of the bytes, and leave alone what is not theirs.

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 with padding (RFC 4648 §4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = base64_in(STANDARD, bytes);
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Base64 of the URL-safe alphabet without padding (RFC 4648 §5).
#[must_use]
pub fn base64_url(bytes: &[u8]) -> String {
    base64_in(URL_SAFE, bytes)
}

fn base64_in(alphabet: &[u8; 64], bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let index = word >> (18 - 6 * place) & 63;
            text.push(char::from(alphabet[index as usize]));
        }
    }
    text
}

/// The bytes behind base64 of either alphabet, with or without padding. `None` for anything else.
#[must_use]
pub fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0_u32, 0);
    for byte in text.iter().filter(|byte| !matches!(byte, b'=' | b'\r' | b'\n')) {
        let index = STANDARD.iter().position(|c| c == byte).or_else(|| URL_SAFE.iter().position(|c| c == byte))?;
        word = (word << 6 | u32::try_from(index).ok()?) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits).to_be_bytes()[3]);
        }
    }
    Some(bytes)
}

/// Percent-encoding of every byte that RFC 3986 does not call unreserved; a space becomes `%20`.
#[must_use]
pub fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// Undoes percent-encoding and `+` for space. What does not begin a valid triplet stays.
#[must_use]
pub fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    triplets(bytes, b'%', |byte| if byte == b'+' { b' ' } else { byte })
}

/// Undoes quoted-printable (RFC 2045 §6.7): soft line breaks go, `=XX` becomes its byte.
#[must_use]
pub fn quoted_printable_decode(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => after,
            _ => {
                joined.push(*first);
                tail
            }
        };
    }
    triplets(&joined, b'=', |byte| byte)
}

/// `marker` and two hex digits become a byte, all else goes through `plain`.
fn triplets(bytes: &[u8], marker: u8, plain: fn(u8) -> u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(coded) if byte == marker => {
                out.push(coded);
                at += 3;
            }
            _ => {
                out.push(plain(byte));
                at += 1;
            }
        }
    }
    out
}

/// Undoes `\uXXXX` (with surrogate pairs), `\"`, `\\`, `\/`, `\n`, `\r` and `\t`.
#[must_use]
pub fn json_unescape(text: &str) -> String {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        rest = match (c, tail.chars().next()) {
            ('\\', Some('u')) => match tail.get(1..5).and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
                Some(unit) => {
                    units.push(unit);
                    &tail[5..]
                }
                None => tail,
            },
            ('\\', Some(escaped)) => {
                let meant = match escaped {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    other => other,
                };
                units.extend(meant.encode_utf16(&mut [0; 2]).iter());
                &tail[escaped.len_utf8()..]
            }
            _ => {
                units.extend(c.encode_utf16(&mut [0; 2]).iter());
                tail
            }
        };
    }
    String::from_utf16_lossy(&units)
}

/// Undoes decimal and hexadecimal character references and drops tags, as a browser shows the text.
#[must_use]
pub fn html_text(text: &str) -> String {
    without_markup(text, "")
}

/// The same with a stroke for every tag, for what tags separate.
#[must_use]
pub fn html_pieces(text: &str) -> String {
    without_markup(text, "|")
}

fn without_markup(text: &str, tag: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some(end) = rest.find('>')
        {
            out.push_str(tag);
            rest = &rest[end + 1..];
            continue;
        }
        if let Some((shown, tail)) = reference(rest) {
            out.push(shown);
            rest = tail;
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}

fn reference(text: &str) -> Option<(char, &str)> {
    let inner = text.strip_prefix("&#")?;
    let end = inner.bytes().take(10).position(|byte| byte == b';')?;
    let number = match inner.get(..end)?.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => inner[..end].parse().ok()?,
    };
    Some((char::from_u32(number)?, &inner[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648 §10.
        for (plain, coded) in
            [("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
            assert_eq!(base64_decode(coded.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(base64_url(&[0xFB, 0xFF]), "-_8");
        assert_eq!(base64_decode(b"Zm9*"), None);
    }

    #[test]
    fn readings_undo_what_a_reader_would() {
        assert_eq!(percent_decode(b"a%E5%BC%A0+b%zz"), "a张 b%zz".as_bytes());
        assert_eq!(quoted_printable_decode(b"=E5=BC=\r\n=A0=3D"), "张=".as_bytes());
        assert_eq!(json_unescape(r#"\u5f20\ud83d\ude00\"\\n"#), "张😀\"\\n");
        assert_eq!(html_text("1<b>3</b>&#56;&#x30;&amp;&#x;"), "1380&amp;&#x;");
    }

    proptest! {
        #[test]
        fn base64_comes_back(bytes: Vec<u8>) {
            prop_assert_eq!(base64_decode(base64(&bytes).as_bytes()), Some(bytes.clone()));
            prop_assert_eq!(base64_decode(base64_url(&bytes).as_bytes()), Some(bytes));
        }

        #[test]
        fn no_reading_panics(bytes: Vec<u8>, text: String) {
            let _ = (percent_decode(&bytes), quoted_printable_decode(&bytes), base64_decode(&bytes));
            let _ = (json_unescape(&text), html_text(&text));
        }
    }
}
