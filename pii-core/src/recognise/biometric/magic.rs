//! First bytes by which formats are known.

use super::What;

/// How many first bytes [`of`] needs to tell all formats apart.
pub(super) const HEADER_BYTES: usize = 24;

/// ISO/IEC 19794 parts 2 to 14 (2005 and 2011): three letters and a zero byte.
const TEMPLATES: [&[u8; 4]; 12] = [
    b"FMR\0", b"FSP\0", b"FIR\0", b"FAC\0", b"IIR\0", b"SDI\0", b"FSK\0", b"VIR\0", b"HND\0", b"SPD\0", b"VDI\0",
    b"DNA\0",
];

/// What begins with these bytes.
pub(super) fn of(bytes: &[u8]) -> Option<What> {
    // Text begins with none of these bytes but the letters, `#`, `<`, `O` and so on that the formats below share, so
    // most values are done after one comparison.
    let found = match bytes.first()? {
        0xff => marker_segments(bytes),
        0x89 => bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(What::Image),
        0x00 => boxes(bytes),
        b'R' => riff(bytes),
        b'#' | 0x02 => voice_messages(bytes),
        b'B' => bitmap(bytes),
        b'O' => bytes.starts_with(b"OggS\0").then_some(What::Voice),
        b'f' => bytes.starts_with(b"fLaC\0").then_some(What::Voice),
        b'I' | b'M' => (bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")).then_some(What::Image),
        b'1' => nist_transaction(bytes),
        _ => None,
    };
    // No text has the zero that all of the templates have.
    let is_template = || bytes.get(3) == Some(&0) && TEMPLATES.iter().any(|magic| bytes.starts_with(*magic));
    found.or_else(|| is_template().then_some(What::Template))
}

/// JPEG, WSQ (FBI IAFIS-IC-0110: a picture of a finger by its purpose) and a JPEG 2000 code stream.
fn marker_segments(bytes: &[u8]) -> Option<What> {
    match bytes {
        [0xff, 0xd8, 0xff, ..] | [0xff, 0xa0, 0xff, 0xa2..=0xa8, ..] | [0xff, 0x4f, 0xff, 0x51, ..] => {
            Some(What::Image)
        }
        _ => None,
    }
}

/// JPEG 2000 (ISO/IEC 15444-1 Annex I) and HEIF (ISO/IEC 23008-12).
fn boxes(bytes: &[u8]) -> Option<What> {
    let heif = matches!(bytes.get(4..12), Some(b"ftypheic" | b"ftypheix" | b"ftypmif1" | b"ftypavif"));
    (heif || bytes.starts_with(b"\0\0\0\x0cjP  ")).then_some(What::Image)
}

fn riff(bytes: &[u8]) -> Option<What> {
    match (bytes.get(..4)?, bytes.get(8..12)?) {
        (b"RIFF", b"WEBP") => Some(What::Image),
        (b"RIFF", b"WAVE") => Some(What::Voice),
        _ => None,
    }
}

/// AMR (RFC 4867) and the SILK files of messengers, which begin with a byte 2.
fn voice_messages(bytes: &[u8]) -> Option<What> {
    let silk = bytes.strip_prefix(b"\x02").unwrap_or(bytes).starts_with(b"#!SILK_V3");
    (silk || bytes.starts_with(b"#!AMR")).then_some(What::Voice)
}

/// A Windows bitmap, the usual output of fingerprint readers: two letters alone would be text.
fn bitmap(bytes: &[u8]) -> Option<What> {
    (bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4])).then_some(What::Image)
}

/// ANSI/NIST-ITL 1: a text record, with the group separator that no other text has.
fn nist_transaction(bytes: &[u8]) -> Option<What> {
    let separated = || bytes.iter().take(HEADER_BYTES).any(|&byte| byte == 0x1d);
    (bytes.starts_with(b"1.001:") && separated()).then_some(What::Template)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let table: &[(&[u8], Option<What>)] = &[
            (b"FMR\0 20\0", Some(What::Template)),
            (b"IIR\x00020\0", Some(What::Template)),
            (b"FAC\0", Some(What::Template)),
            (b"1.001:00000325\x1d1.002:0500", Some(What::Template)),
            (b"\xff\xd8\xff\xe0", Some(What::Image)),
            (b"\xff\xa0\xff\xa8", Some(What::Image)),
            (b"\x89PNG\r\n\x1a\n", Some(What::Image)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(What::Image)),
            (b"\0\0\0\x0cjP  \r\n", Some(What::Image)),
            (b"\0\0\0\x18ftypheic", Some(What::Image)),
            (b"BM\x36\0\x01\0\0\0\0\0\x36", Some(What::Image)),
            (b"RIFF\x10\0\0\0WAVEfmt ", Some(What::Voice)),
            (b"#!AMR\n", Some(What::Voice)),
            (b"\x02#!SILK_V3", Some(What::Voice)),
            (b"OggS\0\x02", Some(What::Voice)),
            (b"FIRST NAME", None),
            (b"FMR", None),
            (b"BMW X5 price", None),
            (b"RIFF raff and other words", None),
            (b"#!/bin/sh", None),
            (b"1.001: the first clause of a contract", None),
            (b"\xff\xa0\xff\x00", None),
            (b"\xff", None),
            (b"", None),
        ];
        for (bytes, what) in table {
            assert_eq!(of(bytes), *what, "{}", bytes.escape_ascii());
        }
    }
}
