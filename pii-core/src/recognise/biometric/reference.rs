//! What a field whose name says biometric holds when its content has no known beginning: an address, a path, a file's
//! name, a number under which a sample is kept, a short code, a list of numbers.
//!
//! Each of them leads to a face or is one, so it goes. What stays is what such fields say of a check: words (`PASS`,
//! 已通过), yes and no, scores, dates, times and versions. A value is told from a word by its letters, and in doubt it
//! is a value: a status that is gone can be asked for again.
//!
//! A `fingerprint` can be a key's or a certificate's as well. Names that say so (`device_fingerprint`,
//! `tls_fingerprint`, 证书指纹) are no rule's; under the bare name, what is written the way OpenSSH and OpenSSL write
//! fingerprints (`SHA256:…`, pairs of hexadecimal digits with colons) is a key's. A bare digest is not told apart,
//! because back ends keep templates under digests too, and goes.

/// Files that cameras, microphones and readers make.
const MEDIA: [&[u8]; 36] = [
    b"jpg", b"jpeg", b"png", b"bmp", b"gif", b"webp", b"heic", b"heif", b"tif", b"tiff", b"jp2", b"wsq", b"raw",
    b"wav", b"amr", b"mp3", b"m4a", b"aac", b"pcm", b"silk", b"ogg", b"opus", b"flac", b"mp4", b"mov", b"avi", b"mkv",
    b"webm", b"h264", b"3gp", b"dat", b"bin", b"fmr", b"tpl", b"npy", b"feat",
];

/// A shorter code says too little to lead to anything: a result, a count.
const CODE_CHARACTERS: usize = 6;
/// So many digits alone are a code of an error or a count; among letters, one digit fewer is a status with a number
/// (`LIVENESS_E1001`).
const NUMBER_DIGITS: usize = 5;
const DIGITS_AMONG_LETTERS: usize = 4;
/// The longest word that is looked at as one.
const WORD_LETTERS: usize = 24;
/// No word has more consonants in a row than `lengths`, nor one letter three times.
const CONSONANTS: usize = 5;
const SAME_LETTER: usize = 2;

/// Whether a value that stands in such a field is more than a status. Linear in its length.
pub(super) fn is_one(value: &[u8]) -> bool {
    has_list(value) || strings(value).any(|text| is_address(text) || pieces(text).any(is_code))
}

/// Where a value behind a label in running text ends: at white space, a quote, a comma or a sentence's sign. Han characters
/// inside it are its own (`/人脸/1.jpg`), those at its end are the sentence's.
pub(super) fn end_in_text(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    // The bracket itself is passed over as what stands between a label and its value.
    let is_bracketed = rest.starts_with(b"[") || text[..at].ends_with(b"[");
    if is_bracketed && let Some(close) = memchr::memchr(b']', rest).filter(|close| has_list(&rest[..*close])) {
        return at + close + usize::from(rest.starts_with(b"["));
    }
    // A data URI has a comma and semicolons of its own, and an address's query has ampersands.
    let ends: &[u8] = if rest.starts_with(b"data:") { b" \"'<>\r\n\t" } else { b" ,;\"'<>\r\n\t" };
    let mut in_query = false;
    let end = rest.iter().enumerate().position(|(nth, byte)| {
        in_query |= *byte == b'?';
        ends.contains(byte) || (*byte == b'&' && !in_query) || is_han_sign(&rest[nth..])
    });
    let value = &rest[..end.unwrap_or(rest.len())];
    at + value.iter().rposition(u8::is_ascii).map_or(0, |last| last + 1)
}

/// The signs of Chinese writing: U+3000 to U+303F, and the full-width forms from U+FF00 on.
fn is_han_sign(text: &[u8]) -> bool {
    matches!(text, [0xe3, 0x80, ..] | [0xef, 0xbc | 0xbd, ..])
}

/// The strings of a JSON array or object, with its other tokens; of anything else, the value itself.
fn strings(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_container = matches!(value.first(), Some(b'[' | b'{'));
    value.split(move |byte| is_container && *byte == b'"').map(<[u8]>::trim_ascii)
}

/// The runs of characters that codes, dates and words are written with.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-.:%".contains(byte);
    text.split(move |byte| !is_part(byte)).filter(|piece| !piece.is_empty())
}

/// An address with its scheme, a path from a root, the name of a recording's file. JSON may write `\/` for a slash.
fn is_address(text: &[u8]) -> bool {
    let is_rooted = match text {
        [b'/' | b'~', _, ..] | [b'.', b'/', ..] | [b'.', b'.', b'/', ..] | [b'\\', b'\\' | b'/', ..] => true,
        [drive, b':', b'/' | b'\\', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    };
    let has_scheme = memchr::memchr_iter(b':', text)
        .any(|colon| matches!(&text[colon + 1..], [b'/', b'/', ..] | [b'\\', b'/', b'\\', b'/', ..]));
    is_rooted || has_scheme || text.split(|byte| b" ,;|?".contains(byte)).any(is_media_file)
}

fn is_media_file(name: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', name).filter(|dot| *dot > 0) else { return false };
    MEDIA.iter().any(|extension| extension.eq_ignore_ascii_case(&name[dot + 1..]))
}

/// Two numbers or more with commas between them, in brackets or alone.
fn has_list(value: &[u8]) -> bool {
    let is_number = |part: &[u8]| {
        let part = part.trim_ascii();
        let bare = part.strip_prefix(b"-").unwrap_or(part);
        bare.first().is_some_and(u8::is_ascii_digit) && bare.iter().all(|byte| b"0123456789.eE+-".contains(byte))
    };
    value.split(|byte| matches!(byte, b'[' | b']' | b'{' | b'}' | b'"')).any(|list| {
        let mut parts = list.split(|byte| *byte == b',').skip_while(|part| part.trim_ascii().is_empty());
        parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number)
    })
}

/// A run of characters under which something is kept, or that is a piece of base64 or hexadecimal.
fn is_code(piece: &[u8]) -> bool {
    let characters = piece.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let digits = piece.iter().filter(|byte| byte.is_ascii_digit()).count();
    if characters < CODE_CHARACTERS || is_key_fingerprint(piece) || is_measure(piece) {
        return false;
    }
    if digits == characters {
        return digits > NUMBER_DIGITS;
    }
    let is_padded = piece.ends_with(b"=") && piece.len().is_multiple_of(4);
    digits > DIGITS_AMONG_LETTERS || is_padded || piece.contains(&b'+') || !parts(piece).all(reads)
}

fn parts(piece: &[u8]) -> impl Iterator<Item = &[u8]> {
    piece.split(|byte| !byte.is_ascii_alphanumeric())
}

/// Whether a run of letters and digits is a word, a number, or one with the other behind it (`v2`, `SM3`).
fn reads(part: &[u8]) -> bool {
    let switches = part.windows(2).filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit()).count();
    switches <= 1 && part.split(u8::is_ascii_digit).all(is_word)
}

fn is_word(letters: &[u8]) -> bool {
    let is_vowel = |byte: u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let consonants = letters.chunk_by(|a, b| !is_vowel(*a) && !is_vowel(*b)).map(<[u8]>::len).max().unwrap_or(0);
    let same = letters.chunk_by(u8::eq_ignore_ascii_case).map(<[u8]>::len).max().unwrap_or(0);
    letters.len() <= WORD_LETTERS && consonants <= CONSONANTS && same <= SAME_LETTER && is_cased_as_words(letters)
}

/// Small letters, capitals, or words with a capital each (`NotDetected`). In base64 both are mixed.
fn is_cased_as_words(letters: &[u8]) -> bool {
    let begins_a_word =
        |at: usize| letters[at + 1..].len() >= 2 && letters[at + 1..at + 3].iter().all(u8::is_ascii_lowercase);
    letters.iter().all(u8::is_ascii_uppercase)
        || (0..letters.len()).all(|at| letters[at].is_ascii_lowercase() || begins_a_word(at))
}

/// A score, a share, a date, a time or a version: digits in short groups.
fn is_measure(piece: &[u8]) -> bool {
    let bare = piece.strip_suffix(b"%").or_else(|| piece.strip_suffix(b"Z")).unwrap_or(piece);
    let bare = bare.strip_prefix(b"-").or_else(|| bare.strip_prefix(b"v")).unwrap_or(bare);
    let is_group = |text: &[u8], digits: std::ops::RangeInclusive<usize>| {
        digits.contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
    };
    let is_decimal =
        once(bare, b'.').is_some_and(|(whole, fraction)| is_group(whole, 0..=3) && is_group(fraction, 1..=17));
    let is_dotted = bare.split(|byte| *byte == b'.').all(|text| is_group(text, 1..=4));
    let (day, time) = once(bare, b'T').unwrap_or((bare, b"00:00"));
    let is_day = |text: &[u8]| {
        let groups: Vec<&[u8]> = text.split(|byte| matches!(byte, b'-' | b'/')).take(4).collect();
        matches!(groups[..], [year, month, day] if is_group(year, 4..=4) && is_group(month, 1..=2) && is_group(day, 1..=2))
    };
    // A fraction of a second and the hours from Greenwich stand behind the time.
    let is_time = |text: &[u8]| {
        text.split(|byte| matches!(byte, b':' | b'.' | b'+' | b'-')).all(|part| is_group(part, 2..=9))
            && once(&text[..text.len().min(3)], b':').is_some()
    };
    let is_version = is_dotted && memchr::memchr(b'.', bare).is_some();
    is_decimal || is_version || is_day(day) && is_time(time) || is_time(bare)
}

/// What stands before and behind the separator, if there is exactly one.
fn once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let mut parts = text.split(|byte| *byte == separator);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(behind), None) => Some((before, behind)),
        _ => None,
    }
}

/// `SHA256:…` as OpenSSH prints it, and the pairs of OpenSSL: 16 (MD5), 20 (SHA-1) or 32 (SHA-256) of them.
fn is_key_fingerprint(piece: &[u8]) -> bool {
    let named = [b"SHA256:".as_slice(), b"SHA1:", b"SHA512:", b"MD5:"];
    let pairs = piece.split(|byte| *byte == b':').count();
    let in_pairs =
        || piece.split(|byte| *byte == b':').all(|pair| pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit));
    named.iter().any(|name| piece.len() > name.len() && piece[..name.len()].eq_ignore_ascii_case(name))
        || matches!(pairs, 16 | 20 | 32) && in_pairs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_leads_to_a_sample_is_a_value() {
        for value in [
            "https://oss.example.com/face/2026/a8f3.jpg",
            "https:\\/\\/oss.example.com\\/face",
            "oss://bucket/latest",
            "/data/liveness/20261101/8837261.jpg",
            "/face/latest",
            "D:\\faces\\latest",
            "../faces/latest",
            "张三_人脸.jpg",
            "front.JPG;back.JPG",
            "face.wsq",
            "VP00012345",
            "VP-000000000001",
            "声纹编号VP00012345",
            "a8f38837261",
            "01A8F38837261FFEE",
            "9f86d081884c7d659a2feaa0c55ad015",
            "550e8400-e29b-41d4-a716-446655440000",
            "a1b2c3d4",
            "AAAABBBBCCCC",
            "QkFTRTY0",
            "SGVsbG8=",
            "YWJjZGVm",
            "12345678",
            "[0.12,-0.33,0.9]",
            "0.12, -0.33",
            "{\"v\":[1,2]}",
            "[\"a8f38837261\"]",
            "{\"url\":\"https://oss.example.com/1\",\"score\":0.98}",
        ] {
            assert!(is_one(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_tells_of_a_check_is_none() {
        for value in [
            "",
            "PASS",
            "已通过",
            "true",
            "enabled",
            "NOT_DETECTED",
            "NotDetected",
            "UNSUPPORTED",
            "passed, no retry",
            "N/A",
            "pass/fail",
            "未通过：光线不足",
            "0.98",
            "0.987654321",
            "98.5%",
            "-0.5",
            "1",
            "10001",
            "E1001",
            "LIVENESS_OK_01",
            "v2.10.3",
            "SM3",
            "2026-11-01",
            "2026/11/01 10:22:33",
            "2026-11-01T10:22:33.123+08:00",
            "2026-11-01T10:22:33Z",
            "10:22:33",
            "[]",
            "{}",
            "[\"PASS\",\"FAIL\"]",
            "{\"score\":0.98,\"status\":\"PASS\"}",
            "SHA256:uNiVztksCsDhcc0u9e8BrqXVXDYkqdNuMdFVzYXnpKw",
            "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15",
        ] {
            assert!(!is_one(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_value_in_running_text_ends_with_its_last_letter() {
        for (text, value) in [
            ("https://oss.example.com/1.jpg，请核对", "https://oss.example.com/1.jpg"),
            ("https://oss.example.com/1?a=1&sign=2 请核对", "https://oss.example.com/1?a=1&sign=2"),
            ("https://oss.example.com/1&name=2", "https://oss.example.com/1"),
            ("/人脸/张三.jpg请核对", "/人脸/张三.jpg"),
            ("已录入", ""),
            ("VP00012345（有效）", "VP00012345"),
            ("0.12, -0.33", "0.12"),
            ("[0.12, -0.33, 0.9] 请核对", "[0.12, -0.33, 0.9]"),
            ("data:image/png;base64,iVBORw0 x", "data:image/png;base64,iVBORw0"),
        ] {
            assert_eq!(&text[..end_in_text(text.as_bytes(), 0)], value, "{text}");
        }
    }

    /// A fixed sequence without a pattern, so that the share is the same in every run.
    #[test]
    fn short_base64_is_told_from_words() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut bytes = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let codes = (0..10_000).map(|_| super::super::base64::encode(&std::array::from_fn::<u8, 12, _>(|_| bytes())));
        let missed: Vec<String> = codes.filter(|code| !is_one(code.as_bytes())).collect();
        assert!(missed.len() <= 20, "{} of 10,000 read as words: {missed:?}", missed.len());
    }

    proptest! {
        #[test]
        fn any_bytes_do(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            is_one(&bytes);
        }
    }
}
