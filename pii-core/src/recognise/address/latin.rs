//! Addresses in Latin letters, behind a label or in a field only: they reach to the end of the line or the field.

use super::{AddressMatch, Levels};
use std::ops::Range;

/// The longest address, in bytes.
const LIMIT: usize = 300;

/// The address that begins at `at`.
pub(super) fn read(text: &[u8], at: usize) -> Option<AddressMatch> {
    let rest = &text[at..text.len().min(at + LIMIT)];
    let length = rest
        .iter()
        .enumerate()
        .position(|(place, &byte)| {
            byte >= 0x80
                || matches!(
                    byte,
                    b'\n' | b'\r' | b'\t' | b'"' | b'|' | b';' | b'<' | b'>' | b'{' | b'}' | b'[' | b']' | b'*'
                )
                || byte == b'\\' && matches!(rest.get(place + 1), Some(b'n' | b'r' | b't' | b'"'))
        })
        .unwrap_or(rest.len());
    if rest.get(length) == Some(&b'*') {
        return None;
    }
    let mut kept = &rest[..length];
    // "Address: …, Shanghai Phone: 138": the next label is no part of it.
    if let Some(colon) = kept.iter().position(|byte| matches!(byte, b':' | b'=')) {
        let label = kept[..colon].iter().rposition(|byte| matches!(byte, b' ' | b',')).unwrap_or(0);
        kept = &kept[..label];
    }
    let kept = kept.trim_ascii_end();
    let kept = kept.strip_suffix(b".").or_else(|| kept.strip_suffix(b",")).unwrap_or(kept);
    is_address(kept).then(|| AddressMatch { span: at..at + kept.len(), confidence: 0.8, kept: Levels::NONE })
}

/// The address that `range` of `value` is.
pub(super) fn whole(value: &[u8], range: Range<usize>) -> Option<AddressMatch> {
    let found = read(&value[..range.end], range.start)?;
    (found.span.end + 1 >= range.end).then_some(AddressMatch { span: range, ..found })
}

/// Two words or more, and one that addresses have with a number or another such word.
fn is_address(text: &[u8]) -> bool {
    let words = || text.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let has_number = words().any(|word| word[0].is_ascii_digit() && word.len() <= 6);
    let places = words().filter(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))).count();
    words().count() >= 3 && (places > 1 || (places > 0 && has_number))
}

const WORDS: &[&str] = &[
    "road",
    "rd",
    "street",
    "st",
    "avenue",
    "ave",
    "av",
    "lane",
    "ln",
    "rm",
    "room",
    "flat",
    "unit",
    "building",
    "bldg",
    "block",
    "blk",
    "floor",
    "fl",
    "no",
    "district",
    "dist",
    "city",
    "province",
    "county",
    "town",
    "village",
    "tower",
    "plaza",
    "court",
    "garden",
    "gardens",
    "house",
    "suite",
    "apartment",
    "apt",
    "boulevard",
    "blvd",
    "drive",
    "dr",
    "square",
    "mansion",
    "centre",
    "center",
    "alley",
    "lu",
    "jie",
    "dadao",
    "qu",
    "shi",
    "sheng",
    "zhen",
    "cun",
    "xian",
    "beijing",
    "shanghai",
    "guangzhou",
    "shenzhen",
    "pudong",
    "hong",
    "kong",
    "kowloon",
    "central",
    "china",
    "prc",
    "estate",
    "highway",
    "po",
    "box",
];
