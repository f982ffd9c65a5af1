//! Charsets: finding out which one bytes are in, and reading them as UTF-8 with the way back.

use encoding_rs::{Encoding, GB18030};
use pii_core::OffsetMap;

/// From here on a character takes three bytes of UTF-8, as all Han characters do.
const FIRST_OF_THREE_BYTES: char = '\u{800}';

/// A charset that is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Charset {
    /// UTF-8, and so US-ASCII.
    Utf8,
    /// GB 18030-2022, and so GBK and GB 2312.
    Gb18030,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

impl Charset {
    /// The charset that a declaration names. `None` for names that are unknown or not read here.
    ///
    /// The names are those of the Encoding Standard (WHATWG), in any case. Latin-1 and Windows-1252 are read as UTF-8: their
    /// ASCII half is the same, and what is found here is not written in the other half.
    #[must_use]
    pub fn by_label(label: &[u8]) -> Option<Self> {
        let encoding = Encoding::for_label_no_replacement(label)?;
        Some(match encoding.name() {
            "GBK" | "gb18030" => Self::Gb18030,
            "UTF-16LE" => Self::Utf16Le,
            "UTF-16BE" => Self::Utf16Be,
            "UTF-8" | "windows-1252" => Self::Utf8,
            _ => return None,
        })
    }

    /// Whether no text in this charset has a zero byte.
    pub(crate) fn has_no_zero(self) -> bool {
        matches!(self, Self::Utf8 | Self::Gb18030)
    }

    /// Whether bytes that are declared to be in this charset are plainly in another one: a reader who looks at them instead of
    /// the declaration, as many do, would read something else.
    pub(crate) fn is_contradicted_by(self, bytes: &[u8]) -> bool {
        let has_zero = || memchr::memchr(0, bytes).is_some();
        match self {
            Self::Utf8 => has_zero() || simdutf8::basic::from_utf8(bytes).is_err(),
            // Two characters of GBK can be two of UTF-8, but then these are Latin, Greek or Arabic.
            Self::Gb18030 => {
                let is_utf8 = |text: &str| text.chars().any(|c| c >= FIRST_OF_THREE_BYTES);
                has_zero() || str::from_utf8(bytes).is_ok_and(is_utf8)
            }
            Self::Utf16Le | Self::Utf16Be => match detect(bytes) {
                _ if !bytes.len().is_multiple_of(2) => true,
                Self::Utf8 => !has_zero() && str::from_utf8(bytes).is_ok(),
                other => other != self,
            },
        }
    }
}

/// The charset that bytes look like. A last character that is cut off does not count against one.
pub(crate) fn detect(bytes: &[u8]) -> Charset {
    match bytes {
        [0xFF, 0xFE, ..] => return Charset::Utf16Le,
        [0xFE, 0xFF, ..] => return Charset::Utf16Be,
        _ => {}
    }
    if let Some(charset) = utf16_without_mark(bytes) {
        return charset;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if reads_as_gb(text) => Charset::Gb18030,
        Ok(_) => Charset::Utf8,
        Err(error) if error.error_len().is_none() => Charset::Utf8,
        Err(_) if !is_damaged_utf8(bytes) && looks_like_gb(bytes) => Charset::Gb18030,
        Err(_) => Charset::Utf8,
    }
}

/// Whether all of a text that is not ASCII stands in runs of two characters or more of two bytes, each of which is a
/// Han character of GB 2312: a short Han text (募模) happens to be UTF-8 for `ļģ`, and nobody writes that.
fn reads_as_gb(text: &str) -> bool {
    let mut runs = text.split(|c: char| c.is_ascii()).filter(|run| !run.is_empty()).peekable();
    let is_gb = |run: &str| {
        let pairs = run.as_bytes().as_chunks::<2>();
        run.len() >= 4 && pairs.1.is_empty() && pairs.0.iter().all(|pair| matches!(pair, [0xC4..=0xDF, 0xA1..=0xBF]))
    };
    runs.peek().is_some() && runs.all(is_gb)
}

/// Whether most of what is not ASCII is UTF-8 of three bytes or more a character: a log with a few broken characters in
/// it. In GBK text few characters are so by chance.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| c.len_utf8() > 2).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    whole > broken * 2
}

/// UTF-16 without a byte order mark: read in the right order, nearly every unit is ASCII, Han or CJK punctuation.
fn utf16_without_mark(bytes: &[u8]) -> Option<Charset> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    // Text without a zero byte that is UTF-8 is UTF-8: two ASCII letters are a Han character as well.
    if sample.len() < 8 || (!sample.contains(&0) && std::str::from_utf8(sample).is_ok()) {
        return None;
    }
    // An ASCII letter is as good as two Han: in the wrong order it is a Han character.
    let weight = |unit: u16| -> i32 {
        match unit {
            0x09 | 0x0A | 0x0D | 0x20..=0x7E => 2,
            0xB7 | 0x2010..=0x2026 | 0x3000..=0x301F | 0x4E00..=0x9FFF | 0xFF00..=0xFFEF => 1,
            _ => -4,
        }
    };
    let sum = |unit: fn([u8; 2]) -> u16| {
        sample.chunks_exact(2).map(|pair| i64::from(weight(unit([pair[0], pair[1]])))).sum::<i64>()
    };
    let (little, big) = (sum(u16::from_le_bytes), sum(u16::from_be_bytes));
    let enough = sample.len() as i64 / 2 * 3 / 4;
    if little.max(big) < enough || little == big {
        return None;
    }
    Some(if little > big { Charset::Utf16Le } else { Charset::Utf16Be })
}

/// Whether what is not ASCII is mostly GB 2312 text, and no noise.
fn looks_like_gb(bytes: &[u8]) -> bool {
    let (mut common, mut wrong, mut at) = (0usize, 0usize, 0);
    while at < bytes.len() {
        let (len, _) = gb_unit(&bytes[at..]);
        match (bytes[at], bytes.get(at + 1)) {
            (0..=0x7F, _) => {}
            (0xA1..=0xF7, Some(0xA1..=0xFE)) => common += 1,
            (_, None) => {}
            _ if len == 1 => wrong += 1,
            _ => {}
        }
        at += len;
    }
    common > 0 && wrong * 20 <= common
}

/// The length in bytes of the GB18030 character at the beginning of `bytes`, and whether it is one.
fn gb_unit(bytes: &[u8]) -> (usize, bool) {
    match bytes {
        [0..=0x7F, ..] => (1, true),
        [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, ..] => (4, true),
        [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, ..] => (2, true),
        _ => (1, false),
    }
}

/// Reads bytes of one charset as UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transcoder {
    charset: Charset,
}

impl Transcoder {
    pub(crate) fn new(charset: Charset) -> Self {
        Self { charset }
    }

    /// Appends `input` as UTF-8 to `text`, and to `map` where each character came from in `input`. Returns how many bytes
    /// were read: a last character that is cut off waits, unless `end` says that nothing follows.
    ///
    /// What is no character becomes U+FFFD, so that positions behind it hold; its bytes stay in the source.
    pub(crate) fn push(self, input: &[u8], end: bool, text: &mut Vec<u8>, map: &mut OffsetMap) -> usize {
        match self.charset {
            Charset::Utf8 => {
                text.extend_from_slice(input);
                map.push_same(input.len(), 0);
                input.len()
            }
            Charset::Gb18030 => gb18030(input, end, text, map),
            Charset::Utf16Le => utf16(input, end, u16::from_le_bytes, text, map),
            Charset::Utf16Be => utf16(input, end, u16::from_be_bytes, text, map),
        }
    }
}

fn write(c: char, at: usize, len: usize, text: &mut Vec<u8>, map: &mut OffsetMap) {
    let mut buffer = [0; 4];
    let coded = c.encode_utf8(&mut buffer).as_bytes();
    text.extend_from_slice(coded);
    map.push_unit(coded.len(), at, len);
}

fn gb18030(input: &[u8], end: bool, text: &mut Vec<u8>, map: &mut OffsetMap) -> usize {
    let mut at = 0;
    while at < input.len() {
        let rest = &input[at..];
        if rest[0] < 0x80 {
            let run = rest.iter().position(|&b| b >= 0x80).unwrap_or(rest.len());
            text.extend_from_slice(&rest[..run]);
            map.push_same(run, at);
            at += run;
            continue;
        }
        let (len, whole) = gb_unit(rest);
        if !whole && !end && is_cut_off(rest) {
            break;
        }
        let c = if whole { gb_character(&rest[..len]) } else { char::REPLACEMENT_CHARACTER };
        write(c, at, len, text, map);
        at += len;
    }
    at
}

/// Whether the bytes could be the beginning of a character.
fn is_cut_off(rest: &[u8]) -> bool {
    matches!(rest, [0x81..=0xFE] | [0x81..=0xFE, 0x30..=0x39] | [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE])
}

fn gb_character(unit: &[u8]) -> char {
    let (decoded, _) = GB18030.decode_without_bom_handling(unit);
    let mut characters = decoded.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) => c,
        _ => char::REPLACEMENT_CHARACTER,
    }
}

fn utf16(input: &[u8], end: bool, unit: fn([u8; 2]) -> u16, text: &mut Vec<u8>, map: &mut OffsetMap) -> usize {
    let mut at = 0;
    while let Some(pair) = input.get(at..at + 2) {
        let first = unit([pair[0], pair[1]]);
        let second = input.get(at + 2..at + 4).map(|pair| unit([pair[0], pair[1]]));
        if (0xD800..0xDC00).contains(&first) && second.is_none() && !end {
            return at;
        }
        let decoded = char::decode_utf16([first].into_iter().chain(second)).next();
        let c = decoded.and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER);
        let len = c.len_utf16() * 2;
        write(c, at, len, text, map);
        at += len;
    }
    if end && at < input.len() {
        write(char::REPLACEMENT_CHARACTER, at, input.len() - at, text, map);
        at = input.len();
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(charset: Charset, bytes: &[u8]) -> (String, OffsetMap) {
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        assert_eq!(Transcoder::new(charset).push(bytes, true, &mut text, &mut map), bytes.len());
        (String::from_utf8(text).expect("UTF-8 is written"), map)
    }

    #[test]
    fn a_declaration_that_the_bytes_contradict_is_known() {
        use Charset::{Gb18030, Utf8, Utf16Be, Utf16Le};
        let text = "客户号13800138000";
        let gb = GB18030.encode(text).0.into_owned();
        let [little, big] =
            [u16::to_le_bytes, u16::to_be_bytes].map(|order| text.encode_utf16().flat_map(order).collect::<Vec<u8>>());
        let marked = [b"\xFE\xFF", &big[..]].concat();
        let all = [Utf8, Gb18030, Utf16Le, Utf16Be];
        for (bytes, fits) in [
            (text.as_bytes(), &[Utf8][..]),
            (&gb, &[Gb18030]),
            (&little, &[Utf16Le]),
            (&big, &[Utf16Be]),
            (&marked, &[Utf16Be]),
            // ASCII is the same in both, and two characters of GBK can be two of UTF-8.
            (b"mobile=13800138000", &[Utf8, Gb18030]),
            (&GB18030.encode("募模").0, &[Utf8, Gb18030]),
            (&little[..little.len() - 1], &[]),
        ] {
            let fitting: Vec<_> = all.into_iter().filter(|charset| !charset.is_contradicted_by(bytes)).collect();
            assert_eq!(fitting, fits, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn charsets_are_told_apart() {
        let gb = GB18030.encode("客户号：张三").0.into_owned();
        let utf16: Vec<u8> = "客户号13800138000".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, charset) in [
            (&b"plain"[..], Charset::Utf8),
            ("客户".as_bytes(), Charset::Utf8),
            (&"客户".as_bytes()[..5], Charset::Utf8),
            (&gb, Charset::Gb18030),
            (&utf16, Charset::Utf16Le),
            (b"\xFE\xFF\x00a", Charset::Utf16Be),
            (b"\x00a\x00b\x00c\x00d\x00e", Charset::Utf16Be),
            (b"", Charset::Utf8),
            ("客户张三\u{1F600}手机号码\n".repeat(3).as_bytes(), Charset::Utf8),
            ("Müller, café, naïveté; Привет".as_bytes(), Charset::Utf8),
            (&GB18030.encode("募模").0, Charset::Gb18030),
            (&["客户姓名：张三".as_bytes(), b"\xFF\xE5", "，身份证号码".as_bytes()].concat(), Charset::Utf8),
            (&GB18030.encode(&"姓名,证件号码,备注\n李四,无,北京\n".repeat(40)).0, Charset::Gb18030),
        ] {
            assert_eq!(detect(bytes), charset, "{}", bytes.escape_ascii());
        }
        assert_eq!(Charset::by_label(b"GB2312"), Some(Charset::Gb18030));
        assert_eq!(Charset::by_label(b"utf-16le"), Some(Charset::Utf16Le));
        assert_eq!(Charset::by_label(b"shift_jis"), None);
    }

    #[test]
    fn positions_lead_back() {
        let bytes = GB18030.encode("号：1张三2").0.into_owned();
        let (text, map) = read(Charset::Gb18030, &bytes);
        assert_eq!(text, "号：1张三2");
        let at = text.find('张').expect("it is there");
        let span = map.source_span(at..at + "张三".len());
        assert_eq!(GB18030.decode(&bytes[span]).0, "张三");
    }

    #[test]
    fn what_is_cut_off_waits() {
        let bytes = GB18030.encode("张").0.into_owned();
        let (mut text, mut map) = (Vec::new(), OffsetMap::default());
        assert_eq!(Transcoder::new(Charset::Gb18030).push(&bytes[..1], false, &mut text, &mut map), 0);
        assert_eq!(Transcoder::new(Charset::Gb18030).push(&bytes[..1], true, &mut text, &mut map), 1);
        assert_eq!(text, "\u{FFFD}".as_bytes());
    }

    proptest! {
        #[test]
        fn gb18030_is_read_as_the_library_reads_it(text in "\\PC{0,40}") {
            let bytes = GB18030.encode(&text).0.into_owned();
            let (ours, map) = read(Charset::Gb18030, &bytes);
            prop_assert_eq!(&ours, &GB18030.decode_without_bom_handling(&bytes).0);
            for (at, c) in ours.char_indices() {
                let span = map.source_span(at..at + c.len_utf8());
                prop_assert_eq!(GB18030.decode_without_bom_handling(&bytes[span]).0, c.to_string());
            }
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            for charset in [Charset::Utf16Le, Charset::Utf16Be, Charset::Gb18030] {
                let (text, map) = read(charset, &bytes);
                prop_assert_eq!(map.text_len(), text.len());
            }
            detect(&bytes);
        }
    }
}
