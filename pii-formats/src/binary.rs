//! Files that are no text: what they are by their first bytes. Nothing in them is found, and an edit would break them.

use crate::charset::{Charset, detect};
use crate::coding;

/// How much is looked at, in bytes.
const HEAD_BYTES: usize = 64 << 10;

/// A text has at most one control character in so many bytes.
const CONTROLS_ONE_IN: usize = 64;

/// A file whose media type is not known has more than one control character in so many bytes, and as many that no charset
/// explains. A log that is damaged here and there has fewer, and is read.
const NOISE_ONE_IN: usize = 32;

/// What files that no text can be taken for begin with.
const SIGNATURES: [(&[u8], &str); 19] = [
    (b"\x89PNG\r\n\x1A\n", "image/png"),
    (b"\xFF\xD8\xFF", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"PK\x07\x08", "application/zip"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage"),
    (b"\x1F\x8B\x08", "application/gzip"),
    (b"\xFD7zXZ\0", "application/x-xz"),
    (b"\x28\xB5\x2F\xFD", "application/zstd"),
    (b"\x04\x22\x4D\x18", "application/x-lz4"),
    (b"7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
    (b"Rar!\x1A\x07", "application/vnd.rar"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\x7FELF", "application/x-elf"),
    (b"PAR1\x15", "application/vnd.apache.parquet"),
    (b"\0\0\0\x14ftyp", "video/mp4"),
    (b"\0\0\0\x20ftyp", "video/mp4"),
];

/// Beginnings that a text may have too, so that the rest has to be no text.
const UNSURE: [(&[u8], &str); 2] = [(b"GIF87a", "image/gif"), (b"GIF89a", "image/gif")];

/// What Office files have in their first bytes: they are archives, and their names stand in clear.
const OFFICE: [(&[u8], &str); 3] = [
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
];

/// The media type of a file that is no text, or that is a PDF: its own text is written in a way that is not read here.
/// `may_be_noise` says whether bytes without a known beginning that no charset explains count as well.
pub(crate) fn media_type(bytes: &[u8], may_be_noise: bool) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let pdf = head.starts_with(b"%PDF-").then_some("application/pdf");
    let noise = || (may_be_noise && is_noise(head)).then_some("application/octet-stream");
    pdf.or_else(|| by_signature(head)).or_else(noise)
}

/// The media type of a well-known file that is no text.
pub(crate) fn by_signature(bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let begins = |(signature, _): &&(&[u8], &'static str)| head.starts_with(signature);
    let found = SIGNATURES.iter().find(begins).map(|(_, media_type)| *media_type);
    let found =
        found.or_else(|| UNSURE.iter().find(begins).filter(|_| !is_text(head)).map(|(_, media_type)| *media_type));
    match found {
        Some("application/zip") => Some(of_archive(head)),
        None if is_bzip2(head) => Some("application/x-bzip2"),
        None => coding::is_zlib(head, head.len() == HEAD_BYTES).then_some("application/zlib"),
        other => other,
    }
}

fn of_archive(head: &[u8]) -> &'static str {
    let has = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    let is_office = has(b"[Content_Types].xml") || has(b"_rels/.rels");
    let kind = OFFICE.iter().find(|(folder, _)| is_office && has(folder));
    kind.map_or("application/zip", |(_, media_type)| media_type)
}

/// A digit says how large its blocks are, and the first begins with the digits of pi.
fn is_bzip2(head: &[u8]) -> bool {
    matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..])
}

/// Whether the bytes read as text in UTF-8, GB 18030 or UTF-16.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    let has_few_controls = controls(head) * CONTROLS_ONE_IN <= head.len();
    match detect(head) {
        Charset::Utf16Le | Charset::Utf16Be => true,
        Charset::Gb18030 => has_few_controls,
        // Nothing else being likely, it is UTF-8 only if it is well-formed, up to a character that the head cuts off.
        Charset::Utf8 => has_few_controls && str::from_utf8(head).map_or_else(|e| e.error_len().is_none(), |_| true),
    }
}

/// Whether no charset explains the bytes, and controls stand all over them.
fn is_noise(head: &[u8]) -> bool {
    let is_much = |count: usize| count * NOISE_ONE_IN > head.len();
    let broken = || head.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    is_much(controls(head)) && detect(head) == Charset::Utf8 && is_much(broken())
}

/// Control characters other than those of texts, terminals and FIX.
fn controls(head: &[u8]) -> usize {
    head.iter().filter(|b| b.is_ascii_control() && !b"\t\n\r\x0C\x1B\x01".contains(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(len: u32) -> Vec<u8> {
        (0..len).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn text_by_its_bytes() {
        let cut = ["客".repeat(HEAD_BYTES / 3).as_bytes(), "客户".as_bytes()].concat();
        let text: [&[u8]; 6] = [
            "手机13800138000".as_bytes(),
            b"\xBF\xCD\xBB\xA7\xD5\xC5\xC8\xFD,13800138000\n",
            &utf16("\u{FEFF}手机13800138000"),
            b"8=FIX.4.2\x0135=D\x01",
            b"GIF89a is how a picture begins, and this is none",
            &cut,
        ];
        for bytes in text {
            assert!(is_text(bytes), "{}", bytes[..bytes.len().min(40)].escape_ascii());
            assert_eq!(media_type(bytes, true), None);
        }
        for bytes in [&noise(2000)[..], b"\0\0\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"PK\x03\x04\x14\0\x06\0\x08\0"] {
            assert!(!is_text(bytes), "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
    }

    #[test]
    fn a_stream_of_zlib_is_told_from_text_that_begins_like_one() {
        let zlib =
            coding::encode(&[coding::Coding::Deflate].into_iter().collect(), "手机13800138000\n".repeat(9).as_bytes());
        assert_eq!(by_signature(&zlib), Some("application/zlib"));
        assert_eq!(by_signature(&[&zlib[..], b"and more"].concat()), Some("application/zlib"));
        for text in ["H, 您好", "x^2 + y^2", "8=FIX.4.2\u{1}35=D\u{1}", "(O) 13800138000", "HK,13800138000,2024-01-02"]
        {
            assert_eq!(by_signature(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let stored = [b"PK\x03\x04\x0A\0\0\0a.txt".as_slice(), "客户张三\n".repeat(100).as_bytes()].concat();
        let gif = [b"GIF89a".as_slice(), &noise(400)].concat();
        for (bytes, expected) in [
            (&stored[..], "application/zip"),
            (b"PK\x03\x04\x14\0[Content_Types].xml...xl/workbook.xml", OFFICE[0].1),
            (b"PK\x03\x04\x14\0word/a.txt", "application/zip"),
            (b"%PDF-1.7\n1 0 obj\n", "application/pdf"),
            (b"\x1F\x8B\x08\0", "application/gzip"),
            (b"BZh91AY&SY\x12", "application/x-bzip2"),
            (b"\xFD7zXZ\0\0", "application/x-xz"),
            (b"\x28\xB5\x2F\xFD\x04", "application/zstd"),
            (b"7z\xBC\xAF\x27\x1C\0", "application/x-7z-compressed"),
            (b"Rar!\x1A\x07\0", "application/vnd.rar"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "application/x-ole-storage"),
            (b"\xFF\xD8\xFF\xE0\0", "image/jpeg"),
            (&gif, "image/gif"),
            (&noise(2000), "application/octet-stream"),
        ] {
            assert_eq!(media_type(bytes, true), Some(expected), "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
        assert_eq!(media_type(&noise(2000), false), None);
    }

    #[test]
    fn damaged_texts_are_texts() {
        let damaged =
            [b"\0\0\0\0".as_slice(), "客户张三 13800138000 \u{1B}[0m\n".repeat(20).as_bytes(), b"\xFF\xE5\xFE"]
                .concat();
        for bytes in
            [&damaged[..], &[0; 500], &utf16("客户张三,13800138000\n"), b"", b"PK", b"BZh is a name", b"a\xFFb"]
        {
            assert_eq!(media_type(bytes, true), None, "{}", bytes[..bytes.len().min(40)].escape_ascii());
        }
    }
}
