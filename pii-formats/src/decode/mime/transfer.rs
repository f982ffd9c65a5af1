//! Transfer encodings: quoted-printable and base64 (RFC 2045 §6).

use crate::decode::run::Run;
use crate::decode::whole::broken;
use crate::sink::{Codec, SyntaxError};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr;
use std::ops::Range;

/// Reads base64 with or without its filling, and whatever the bits that stand for nothing are.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// How the bytes of a body are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// As they are: `7bit`, `8bit`, `binary`.
    Identity,
    QuotedPrintable,
    Base64,
    /// In a way that is not known here.
    Unknown,
}

impl Transfer {
    /// What the value of a `Content-Transfer-Encoding` field says.
    pub(crate) fn named(value: &[u8]) -> Self {
        let end = value.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'(' | b';'));
        match value[..end.unwrap_or(value.len())].to_ascii_lowercase().as_slice() {
            // `7 bit` and `8-bit` are written too, and mean what they say.
            b"" | b"7bit" | b"8bit" | b"binary" | b"7" | b"8" | b"7-bit" | b"8-bit" => Self::Identity,
            b"quoted-printable" => Self::QuotedPrintable,
            b"base64" => Self::Base64,
            _ => Self::Unknown,
        }
    }
}

/// Adds the bytes that are written as quoted-printable at `source` to `run`. Soft line breaks, and the white space that
/// transport may add at the end of a line, belong to no text. What is no escape stays as it stands.
pub(crate) fn quoted_printable(run: &mut Run, input: &[u8], source: Range<usize>) {
    let mut at = source.start;
    while at < source.end {
        let end = memchr(b'\n', &input[at..source.end]).map_or(source.end, |n| at + n + 1);
        quoted_printable_line(run, input, at..end);
        at = end;
    }
}

fn quoted_printable_line(run: &mut Run, input: &[u8], line: Range<usize>) {
    let visible = line.len() - input[line.clone()].iter().rev().take_while(|b| b" \t\r\n".contains(b)).count();
    let mut end = line.start + visible;
    let is_soft = visible > 0 && input[end - 1] == b'=';
    end -= usize::from(is_soft);
    escapes(run, input, line.start..end, b'=');
    if !is_soft {
        let line_end = match &input[line.clone()] {
            [.., b'\r', b'\n'] => 2,
            [.., b'\n'] => 1,
            _ => 0,
        };
        run.push_same(input, line.end - line_end..line.end);
    }
}

/// Adds the bytes at `source` to `run`, in which `sign` and two hexadecimal digits stand for a byte.
pub(crate) fn escapes(run: &mut Run, input: &[u8], source: Range<usize>, sign: u8) {
    let mut at = source.start;
    while let Some(escape) = memchr(sign, &input[at..source.end]).map(|n| at + n) {
        run.push_same(input, at..escape);
        at = match hex_pair(&input[escape + 1..source.end]) {
            Some(byte) => {
                run.push_decoded(&[byte], escape..escape + 3);
                escape + 3
            }
            None => {
                run.push_same(input, escape..escape + 1);
                escape + 1
            }
        };
    }
    run.push_same(input, at..source.end);
}

fn hex_pair(digits: &[u8]) -> Option<u8> {
    let [high, low, ..] = digits else { return None };
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    u8::try_from(value(high)? * 16 + value(low)?).ok()
}

/// A body of base64: what it says and how it is folded.
pub(crate) struct Base64Body {
    /// From its first character to its last, without line ends around it.
    pub(crate) source: Range<usize>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) codec: Codec,
}

/// Decodes base64 on lines. A character outside the alphabet is an error: some readers would skip it and others stop.
pub(crate) fn base64_body(input: &[u8], source: Range<usize>) -> Result<Base64Body, SyntaxError> {
    let source = super::fields::trimmed(input, source);
    let written = &input[source.clone()];
    let bare: Vec<u8> = written.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = base64(&bare).ok_or_else(|| broken(source.start, "body is not base64"))?;
    let folded = memchr(b'\n', written).map(|end| {
        let is_crlf = end > 0 && written[end - 1] == b'\r';
        let line = written[..end].trim_ascii_end();
        (line.len(), if is_crlf { "\r\n" } else { "\n" })
    });
    let codec = Codec::Base64 { url_safe: false, padded: bare.len().is_multiple_of(4), folded, final_line_end: false };
    Ok(Base64Body { source, bytes, codec })
}

/// Decodes base64 without white space in it.
pub(crate) fn base64(written: &[u8]) -> Option<Vec<u8>> {
    BASE64.decode(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn encodings_by_name() {
        use Transfer::{Base64, Identity, QuotedPrintable, Unknown};
        for (name, expected) in [
            ("", Identity),
            ("8BIT", Identity),
            ("Base64", Base64),
            ("quoted-printable (a comment)", QuotedPrintable),
            ("x-uuencode", Unknown),
        ] {
            assert_eq!(Transfer::named(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn quoted_printable_is_read() {
        let table: &[(&str, &str)] = &[
            ("", ""),
            ("a=3Db=e5=BC=A0", "a=b张"),
            ("1101=\r\n05=\n18=  \t\r\n9", "110105189"),
            ("a  \r\nb \t\n\r\nc ", "a\r\nb\n\r\nc"),
            ("a=20\r\n", "a \r\n"),
            ("=", ""),
            ("=4", "=4"),
            ("=zz=3D=", "=zz="),
            ("a=\r\n=\r\nb", "ab"),
        ];
        for (input, expected) in table {
            let mut run = Run::default();
            quoted_printable(&mut run, input.as_bytes(), 0..input.len());
            assert_eq!(run.bytes(), expected.as_bytes(), "{input:?}");
        }
    }

    #[test]
    fn base64_bodies_and_their_folds() {
        type Expected = Option<(&'static [u8], Option<(usize, &'static str)>, bool)>;
        let table: &[(&str, Expected)] = &[
            ("", Some((b"", None, true))),
            ("MTEwMQ==", Some((b"1101", None, true))),
            ("MTEwMQ", Some((b"1101", None, false))),
            ("\r\nMTEw\r\nMQ==\r\n\r\n", Some((b"1101", Some((4, "\r\n")), true))),
            ("MTEw\nMQ==\n", Some((b"1101", Some((4, "\n")), true))),
            ("MTEw!MQ==", None),
            ("MTEwMQ==MTEw", None),
            ("M", None),
        ];
        for (input, expected) in table {
            let body = base64_body(input.as_bytes(), 0..input.len()).ok();
            let seen = body.as_ref().map(|b| {
                let Codec::Base64 { folded, padded, .. } = b.codec else { panic!("base64") };
                (&b.bytes[..], folded, padded)
            });
            assert_eq!(seen, *expected, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn origins_of_quoted_printable_read_as_the_text(input in "(=[0-9A-Fa-f]{2}|=\r\n|=|[ab \t]|\r\n){0,20}") {
            let mut run = Run::default();
            quoted_printable(&mut run, input.as_bytes(), 0..input.len());
            let crate::sink::Text::Decoded { text, map } = run.text() else { return Ok(()) };
            for (at, byte) in text.iter().enumerate() {
                let source = &input.as_bytes()[map.source_span(at..at + 1)];
                let escape = format!("={byte:02X}");
                prop_assert!(source == [*byte] || source.eq_ignore_ascii_case(escape.as_bytes()));
            }
        }
    }
}
