//! How a value is written: full-width or not, with separators, in capitals or small letters; and another in the same way.

use crate::fold;
use crate::offset_map::OffsetMap;

/// What full-width letters and digits are beyond those of ASCII.
const FULL_WIDTH: u32 = 0xFEE0;

const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const BANKERS_NUMERALS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// A value as it was given, and the plain text that it stands for.
pub(super) struct Written<'t> {
    source: &'t str,
    /// The plain text and the way back, where that is another text. Most values stand in files as they are.
    folded: Option<(Vec<u8>, OffsetMap)>,
}

impl<'t> Written<'t> {
    pub(super) fn of(source: &'t str) -> Self {
        if fold::is_plain(source.as_bytes()) {
            return Self { source, folded: None };
        }
        let (mut plain, mut map) = (Vec::with_capacity(source.len()), OffsetMap::default());
        fold::fold(source.as_bytes(), &mut plain, &mut map);
        Self { source, folded: Some((plain, map)) }
    }

    /// The plain text: ASCII digits and letters for full-width ones and for numerals, no invisible characters.
    pub(super) fn plain(&self) -> &str {
        match &self.folded {
            None => self.source,
            // Folding copies or replaces whole characters.
            Some((plain, _)) => str::from_utf8(plain).unwrap_or_default(),
        }
    }

    /// Another plain text of the same length, written as this one: what has not changed stays as it is.
    pub(super) fn with(&self, plain: &[u8]) -> String {
        let Some((own, map)) = &self.folded else { return str::from_utf8(plain).unwrap_or(self.source).to_owned() };
        let mut text = String::with_capacity(self.source.len());
        let mut from = 0;
        for (at, (&new, &old)) in plain.iter().zip(own).enumerate() {
            if new == old {
                continue;
            }
            let place = map.source_span(at..at + 1);
            let (Some(before), Some(original)) = (self.source.get(from..place.start), self.source.get(place.clone()))
            else {
                continue;
            };
            text.push_str(before);
            text.push(self.styled(original, new));
            from = place.end;
        }
        text.push_str(self.source.get(from..).unwrap_or_default());
        text
    }

    /// A text of another length, in full-width characters where all letters and digits of this one are.
    pub(super) fn like(&self, text: &str) -> String {
        let is_wide =
            |c: char| matches!(c, '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}');
        let all_wide = !self.source.chars().any(|c| c.is_ascii_alphanumeric()) && self.source.chars().any(is_wide);
        if !all_wide {
            return text.to_owned();
        }
        // Of what stands between them, the full-width form is taken that the value itself has.
        let widened = |c: char| char::from_u32(u32::from(c) + FULL_WIDTH).filter(|_| c.is_ascii_graphic()).unwrap_or(c);
        let is_used = |c: char| c.is_ascii_alphanumeric() || self.source.contains(widened(c));
        text.chars().map(|c| if is_used(c) { widened(c) } else { c }).collect()
    }

    /// Another text, with the blanks around it that this one has.
    pub(super) fn around(&self, other: &str) -> String {
        let blank = |text: &'t str, rest: &str| text.get(..text.len() - rest.len()).unwrap_or_default();
        let before = blank(self.source, self.source.trim_start());
        let behind = self.source.get(self.source.trim_end().len()..).unwrap_or_default();
        [before, &self.like(other), behind].concat()
    }

    /// An ASCII character, written as the original one is.
    fn styled(&self, original: &str, new: u8) -> char {
        let plain = char::from(new);
        match original.chars().next() {
            Some('\u{FF01}'..='\u{FF5E}') => char::from_u32(u32::from(new) + FULL_WIDTH).unwrap_or(plain),
            Some(c) if new.is_ascii_digit() && is_numeral(c) => self.numeral(usize::from(new - b'0')).unwrap_or(plain),
            _ => plain,
        }
    }

    /// A Chinese numeral of the sort that the text has.
    fn numeral(&self, digit: usize) -> Option<char> {
        let is_banker = |c: char| c != '零' && BANKERS_NUMERALS.contains(&c);
        let row = if self.source.chars().any(is_banker) { BANKERS_NUMERALS } else { NUMERALS };
        row.get(digit).copied()
    }
}

fn is_numeral(c: char) -> bool {
    NUMERALS.contains(&c) || BANKERS_NUMERALS.contains(&c) || c == '○'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_value_is_written_in_the_same_way() {
        for (source, plain, other, expected) in [
            ("138-0013 8000", "138-0013 8000", "139-1111 2222", "139-1111 2222"),
            ("１３８００１３８０００", "13800138000", "13911112222", "１３９１１１１２２２２"),
            ("138\u{200B}0013８０００", "13800138000", "13911112222", "139\u{200B}1111２２２２"),
            ("一三八〇〇一三八〇〇〇", "13800138000", "13911112222", "一三九一一一一二二二二"),
            ("壹叁捌零零壹叁捌零零零", "13800138000", "13011112222", "壹叁零壹壹壹壹贰贰贰贰"),
            ("京Ａ１2345", "京A12345", "京A67890", "京Ａ６7890"),
        ] {
            let written = Written::of(source);
            assert_eq!(written.plain(), plain);
            assert_eq!(written.with(other.as_bytes()), expected);
            assert_eq!(written.with(plain.as_bytes()), source);
        }
        assert_eq!(Written::of("１０．０．０．１").like("10.2.3.4"), "１０．２．３．４");
        assert_eq!(Written::of("１０.０.０.１").like("10.2.3.4"), "１０.２.３.４");
        assert_eq!(Written::of("10.0.0.1").like("10.2.3.4"), "10.2.3.4");
    }
}
