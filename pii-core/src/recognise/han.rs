//! Characters in bytes that may not be UTF-8, Han in particular.
//!
//! Knows characters only: no names, no places.

/// The number of the character at `at`, if it is one of the unified block U+4E00 to U+9FFF; it has three bytes.
///
/// Nearly every character of Chinese text is, and what is asked of each is much shorter then.
#[inline]
pub(crate) fn unified_at(text: &[u8], at: usize) -> Option<u32> {
    let &[first @ 0xE4..=0xE9, second @ 0x80..=0xBF, third @ 0x80..=0xBF] = text.get(at..at + 3)? else { return None };
    let code = u32::from(first & 0x0F) << 12 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
    (code >= FIRST).then_some(code)
}

/// The character that begins at `at` and the place behind it; `None` at the end and on bytes that are no UTF-8.
pub(crate) fn char_at(text: &[u8], at: usize) -> Option<(char, usize)> {
    let first = *text.get(at)?;
    if first < 0x80 {
        return Some((char::from(first), at + 1));
    }
    if let Some(code) = unified_at(text, at) {
        return Some((char::from_u32(code)?, at + 3));
    }
    let length = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let decoded = std::str::from_utf8(text.get(at..at + length)?).ok()?;
    Some((decoded.chars().next()?, at + length))
}

/// The character that ends at `end` and the place where it begins; `None` at the start and on bytes that are no UTF-8.
pub(super) fn char_before(text: &[u8], end: usize) -> Option<(char, usize)> {
    for length in 1..=4 {
        let start = end.checked_sub(length)?;
        if *text.get(start)? & 0xC0 != 0x80 {
            let (found, behind) = char_at(text, start)?;
            return (behind == end).then_some((found, start));
        }
    }
    None
}

/// Whether it is a Han character: the unified blocks with all extensions, the compatibility blocks, and 〇.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '\u{20000}'..='\u{323AF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{3007}')
}

/// The simplified form of a character; tables hold simplified characters only.
pub(super) fn simplified(c: char) -> char {
    Forms::get().simplified(c)
}

/// The table of simplified forms, for whoever asks for every character of a text.
#[derive(Clone, Copy)]
pub(crate) struct Forms(&'static [u16]);

impl Forms {
    pub(crate) fn get() -> Self {
        Self(SIMPLIFIED)
    }

    pub(crate) fn simplified(self, c: char) -> char {
        char::from_u32(self.simplified_code(u32::from(c))).unwrap_or(c)
    }

    /// The same for a character's number. Both forms have three bytes in UTF-8.
    pub(crate) fn simplified_code(self, code: u32) -> u32 {
        match self.0.get(code.wrapping_sub(FIRST) as usize) {
            Some(&to) if to != 0 => u32::from(to),
            _ => code,
        }
    }

    /// A word with its characters simplified.
    pub(crate) fn simplified_word(self, word: &str) -> String {
        let mut simple = String::with_capacity(word.len());
        simple.extend(word.chars().map(|c| self.simplified(c)));
        simple
    }
}

/// The first character of the unified block, which holds all traditional characters of the table.
const FIRST: u32 = 0x4E00;

/// For each character of the unified block its simplified form, or 0, as the build laid it out. Every character of a text is
/// looked up, so this is an array and no search.
static SIMPLIFIED: &[u16] = &include!(concat!(env!("OUT_DIR"), "/traditional.rs"));

/// The lines of a data file that are no comment.
pub(super) fn entries(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_both_ways_and_refuses_what_is_no_utf8() {
        let text = "a王𬎆".as_bytes();
        assert_eq!(char_at(text, 0), Some(('a', 1)));
        assert_eq!(char_at(text, 1), Some(('王', 4)));
        assert_eq!(char_at(text, 4), Some(('𬎆', 8)));
        assert_eq!(char_at(text, 8), None);
        assert_eq!(char_at(text, 2), None);
        assert_eq!(char_before(text, 8), Some(('𬎆', 4)));
        assert_eq!(char_before(text, 4), Some(('王', 1)));
        assert_eq!(char_before(text, 3), None);
        assert_eq!(char_before(text, 0), None);
        assert_eq!(char_at(b"\xE7\x8E", 0), None);
        for broken in
            [&b"\xE7\x8Ea"[..], b"\xE7a\x8B", b"\xED\xA0\x80", b"\xE0\x80\x80", b"\xC0\x80", b"\xF5\x80\x80\x80"]
        {
            assert_eq!(char_at(broken, 0), None);
        }
        for c in ['\u{800}', '\u{FFFF}', '\u{D7FF}', '\u{E000}', '\u{7FF}', '\u{10000}', char::MAX] {
            assert_eq!(char_at(c.to_string().as_bytes(), 0), Some((c, c.len_utf8())));
        }
        assert_eq!(char_before(b"\xE7\x8E", 2), None);
        assert_eq!(char_before(b"\x80\x80\x80\x80\x80", 5), None);
    }

    #[test]
    fn every_pair_of_the_file_is_known_and_no_other() {
        let mut pairs = 0;
        for line in entries(include_str!("../../data/traditional.txt")) {
            let chars: Vec<char> = line.chars().collect();
            pairs += chars.len() / 2;
            assert!(chars.chunks(2).all(|pair| simplified(pair[0]) == pair[1]), "{line}");
        }
        let changed = ('\0'..=char::MAX).filter(|c| simplified(*c) != *c).count();
        assert_eq!(changed, pairs);
    }

    #[test]
    fn knows_han_and_its_simplified_forms() {
        for han in ['王', '㐂', '𠮷', '𬎆', '〇'] {
            assert!(is_han(han));
        }
        for other in ['a', '1', '·', '，', '：', 'あ'] {
            assert!(!is_han(other));
        }
        for (from, to) in
            [('張', '张'), ('陳', '陈'), ('劉', '刘'), ('號', '号'), ('廣', '广'), ('王', '王'), ('a', 'a')]
        {
            assert_eq!(simplified(from), to);
        }
    }
}
