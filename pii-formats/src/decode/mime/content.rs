//! What a part is by its bytes, whatever its type says (DESIGN: the format by type and by bytes).

use crate::charset::{Charset, detect};

/// How much of a part is looked at, in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// A part in which more than one of so many bytes is a control character is no text.
const CONTROLS_ONE_IN: usize = 64;

/// What well-known binary files begin with: PNG, JPEG, GIF, ZIP (and so Office), OLE (old Office), gzip, RAR, 7z, TIFF, PDF.
const SIGNATURES: [&[u8]; 11] = [
    b"\x89PNG",
    b"\xFF\xD8\xFF",
    b"GIF8",
    b"PK\x03\x04",
    b"\xD0\xCF\x11\xE0",
    b"\x1F\x8B",
    b"Rar!",
    b"7z\xBC\xAF",
    b"II*\0",
    b"MM\0*",
    b"%PDF-",
];

/// Languages of pages and documents that are text but write their own text in ways that are not read here.
const WRITTEN_OTHERWISE: [&[u8]; 3] = [b"%PDF-", b"%!PS", b"{\\rtf"];

/// Whether the bytes read as text in UTF-8, GB 18030 or UTF-16.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let controls = head.iter().filter(|b| b.is_ascii_control() && !b"\t\n\r\x0C\x1B\x01".contains(b)).count();
    let has_few_controls = controls * CONTROLS_ONE_IN <= head.len();
    match detect(head) {
        Charset::Utf16Le | Charset::Utf16Be => true,
        Charset::Gb18030 => has_few_controls,
        // Nothing else being likely, it is UTF-8 only if it is well-formed, up to a character that the head cuts off.
        Charset::Utf8 => has_few_controls && str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true),
    }
}

/// Whether the bytes are a well-known binary file, and not text that begins like one.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    SIGNATURES.iter().any(|signature| bytes.starts_with(signature)) && !is_text(bytes)
}

/// Whether text holds text that is written in a language of its own.
pub(super) fn writes_otherwise(bytes: &[u8]) -> bool {
    WRITTEN_OTHERWISE.iter().any(|beginning| bytes.starts_with(beginning))
}

/// Whether a file stands in the text that an old encoding has made lines of: uuencode, yEnc or BinHex. Mail programs show
/// it as an attachment, and what it holds is not read here.
pub(super) fn holds_encoded_file(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    while let Some(line) = lines.next() {
        let begins = match line.first() {
            Some(b'b') => is_uuencode_head(line) && lines.peek().is_some_and(|next| is_uuencoded(next)),
            Some(b'=') => line.starts_with(b"=ybegin "),
            Some(b'(') => line.starts_with(b"(This file must be converted with BinHex"),
            _ => false,
        };
        if begins {
            return true;
        }
    }
    false
}

/// `begin 644 name`, or `begin-base64 644 name` (POSIX `uuencode`).
fn is_uuencode_head(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"begin") else { return false };
    let rest = rest.strip_prefix(b"-base64").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix(b" ") else { return false };
    let mode = rest.iter().take_while(|b| matches!(b, b'0'..=b'7')).count();
    (3..=4).contains(&mode) && rest.get(mode) == Some(&b' ') && rest.len() > mode + 1
}

/// A line of characters from the space to the grave accent, or of base64.
fn is_uuencoded(line: &[u8]) -> bool {
    let is_of_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    !line.is_empty() && (line.iter().all(|b| matches!(b, b' '..=b'`')) || line.iter().all(is_of_base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_by_its_bytes() {
        let utf16: Vec<u8> = "\u{FEFF}手机13800138000".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let noise: Vec<u8> = (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let cut = ["客".repeat(HEAD_BYTES / 3).as_bytes(), "客户".as_bytes()].concat();
        let text: [&[u8]; 6] = [
            "手机13800138000".as_bytes(),
            b"\xBF\xCD\xBB\xA7\xD5\xC5\xC8\xFD,13800138000\n",
            &utf16,
            b"8=FIX.4.2\x0135=D\x01",
            b"GIF89a is how a picture begins, and this is none",
            &cut,
        ];
        for bytes in text {
            assert!(is_text(bytes) && !is_binary(bytes), "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
        for bytes in [&noise[..], b"\0\0\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0\x08\0"] {
            assert!(!is_text(bytes), "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
        assert!(is_binary(b"PK\x03\x04\x14\0\x06\0\x08\0") && !is_binary(b"\0\0\0"));
        assert!(writes_otherwise(b"{\\rtf1 13800138000}") && !writes_otherwise(b"rtf"));
    }

    #[test]
    fn old_encodings_are_recognised_by_their_first_lines() {
        for text in [
            "hello\nbegin 644 a.csv\n+,3,X,#`Q,S@P,#`\n`\nend\n",
            "begin 0644 客户.txt\r\n#86)C\r\n`\r\nend",
            "begin-base64 644 a\nMTM4\n====\n",
            "x\n=ybegin line=128 size=3 name=a\n",
            "(This file must be converted with BinHex 4.0)\n",
        ] {
            assert!(holds_encoded_file(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "begin",
            "begin 644",
            "begin 9am sharp\nok",
            "begin 644 a\n\n",
            "begin 644 a\n客户",
            "a begin 644 b\n#86)C",
        ] {
            assert!(!holds_encoded_file(text.as_bytes()), "{text}");
        }
    }
}
