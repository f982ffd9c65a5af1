//! Base64 (RFC 4648 §4, §5) read and written again in the variant that it was in.

use crate::sink::Codec;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memchr;

/// The most bytes that are decoded.
pub(crate) const DECODED_LIMIT_BYTES: usize = 1 << 20;

/// The longest run that [`decode_run`] decodes.
pub(crate) const RUN_LIMIT_BYTES: usize = 64;

/// Bits that the last character has to spare are not looked at: no reader looks at them.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const READ_STANDARD: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const READ_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Decodes `coded`, and says how it was coded.
///
/// `coded` is one run, or lines of one length (the last may be shorter) that all end the same way. `None` if it is
/// not base64 or longer than [`DECODED_LIMIT_BYTES`].
pub(crate) fn decode(coded: &[u8]) -> Option<(Vec<u8>, Codec)> {
    if coded.len() / 3 * 2 > DECODED_LIMIT_BYTES {
        return None;
    }
    let folding = Folding::of(coded)?;
    let run = folding.unfold(coded);
    let url_safe = is_url_safe(&run);
    let padded = run.ends_with(b"=");
    let bytes = if url_safe { READ_URL_SAFE.decode(&run) } else { READ_STANDARD.decode(&run) }.ok()?;
    if bytes.len() > DECODED_LIMIT_BYTES {
        return None;
    }
    // A length that needs no padding does not tell. The standard alphabet usually comes with it.
    let padded = padded || (run.len().is_multiple_of(4) && !url_safe);
    let codec = Codec::Base64 { url_safe, padded, folded: folding.lines, final_line_end: folding.has_final_line_end };
    Some((bytes, codec))
}

/// Decodes one run of at most [`RUN_LIMIT_BYTES`] without asking for memory. `None` if it is not base64.
pub(crate) fn decode_run<'b>(run: &[u8], buffer: &'b mut [u8; RUN_LIMIT_BYTES]) -> Option<&'b [u8]> {
    let engine = if is_url_safe(run) { READ_URL_SAFE } else { READ_STANDARD };
    let len = engine.decode_slice(run, buffer.as_mut_slice()).ok()?;
    buffer.get(..len)
}

/// Encodes `bytes` in a variant of base64.
///
/// A line length of 0 is read as "not folded".
pub(crate) fn encode(
    bytes: &[u8],
    url_safe: bool,
    padded: bool,
    folded: Option<(usize, &str)>,
    final_line_end: bool,
) -> Vec<u8> {
    let alphabet = if url_safe { &URL_SAFE } else { &STANDARD };
    let engine = GeneralPurpose::new(alphabet, GeneralPurposeConfig::new().with_encode_padding(padded));
    let run = engine.encode(bytes).into_bytes();
    let Some((width, line_end)) = folded.filter(|&(width, _)| width > 0) else { return run };
    let mut out = run.chunks(width).collect::<Vec<_>>().join(line_end.as_bytes());
    if final_line_end {
        out.extend_from_slice(line_end.as_bytes());
    }
    out
}

/// Without a character that only one alphabet has, what has no padding but needs some is taken as URL-safe, because that is
/// where padding is left out.
fn is_url_safe(run: &[u8]) -> bool {
    let tells = run.iter().find(|b| matches!(b, b'-' | b'_' | b'+' | b'/'));
    match tells {
        Some(b'-' | b'_') => true,
        Some(_) => false,
        None => !run.len().is_multiple_of(4),
    }
}

/// How a text is broken into lines.
struct Folding {
    lines: Option<(usize, &'static str)>,
    has_final_line_end: bool,
}

impl Folding {
    /// `None` if the lines differ in more than the last one's length.
    fn of(coded: &[u8]) -> Option<Self> {
        let Some(first) = memchr(b'\n', coded) else {
            return Some(Self { lines: None, has_final_line_end: false });
        };
        let (width, line_end) = match coded[..first].strip_suffix(b"\r") {
            Some(line) => (line.len(), "\r\n"),
            None => (first, "\n"),
        };
        let stride = width + line_end.len();
        let has_final_line_end = coded.ends_with(line_end.as_bytes());
        let body = if has_final_line_end { &coded[..coded.len() - line_end.len()] } else { coded };
        let mut lines = body.chunks(stride).peekable();
        while let Some(line) = lines.next() {
            let content = if lines.peek().is_some() { line.strip_suffix(line_end.as_bytes())? } else { line };
            let is_whole = content.len() == width || lines.peek().is_none();
            if width == 0 || content.is_empty() || !is_whole || content.iter().any(|b| matches!(b, b'\r' | b'\n')) {
                return None;
            }
        }
        Some(Self { lines: Some((width, line_end)), has_final_line_end })
    }

    fn unfold(&self, coded: &[u8]) -> Vec<u8> {
        match self.lines {
            None => coded.to_vec(),
            Some(_) => coded.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codec(url_safe: bool, padded: bool, folded: Option<(usize, &'static str)>, final_line_end: bool) -> Codec {
        Codec::Base64 { url_safe, padded, folded, final_line_end }
    }

    #[test]
    fn variants_are_recognised() {
        type Expected = Option<(&'static [u8], Codec)>;
        let cases: &[(&str, Expected)] = &[
            ("MTM4MDAxMzgwMDA=", Some((b"13800138000", codec(false, true, None, false)))),
            ("MTM4MDAxMzgwMDA", Some((b"13800138000", codec(true, false, None, false)))),
            ("++//", Some((b"\xFB\xEF\xFF", codec(false, true, None, false)))),
            ("--__", Some((b"\xFB\xEF\xFF", codec(true, false, None, false)))),
            ("MTIz\r\nNDU2\r\nNzg=", Some((b"12345678", codec(false, true, Some((4, "\r\n")), false)))),
            ("MTIz\nNDU2\n", Some((b"123456", codec(false, true, Some((4, "\n")), true)))),
            ("MTIz\nNDU2\r\n", None),
            ("MTI\nzNDU2", None),
            ("MTIz\n\nNDU2", None),
            ("\nMTIz", None),
            ("+-+-", None),
            ("MTIzN", None),
            ("MT=z", None),
            ("张三", None),
        ];
        for (coded, expected) in cases {
            let expected = expected.clone().map(|(bytes, codec)| (bytes.to_vec(), codec));
            assert_eq!(decode(coded.as_bytes()), expected, "{coded:?}");
        }
    }

    #[test]
    fn long_runs_are_left_alone() {
        assert!(decode(&vec![b'A'; (DECODED_LIMIT_BYTES / 3) * 4]).is_some());
        assert_eq!(decode(&vec![b'A'; DECODED_LIMIT_BYTES * 2]), None);
    }

    proptest! {
        #[test]
        fn what_was_read_is_written_the_same(
            bytes in prop::collection::vec(any::<u8>(), 1..200),
            url_safe: bool, padded: bool, width in 1_usize..80, folds: bool, crlf: bool, final_line_end: bool,
        ) {
            let folded = folds.then_some((width, if crlf { "\r\n" } else { "\n" }));
            let coded = encode(&bytes, url_safe, padded, folded, final_line_end);
            let (decoded, codec) = decode(&coded).expect("just encoded");
            prop_assert_eq!(&decoded, &bytes);
            let Codec::Base64 { url_safe, padded, folded, final_line_end } = codec else { panic!("another codec") };
            prop_assert_eq!(encode(&bytes, url_safe, padded, folded, final_line_end), coded);
        }
    }
}
