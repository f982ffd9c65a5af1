//! Names of fields in running text: `custNo=…`, `"idNo":…`, `<mobile>…`.

use super::token::Token;
use crate::rule::{LabelKind, Labels, WordHit};

/// Adds a hit for every identifier that is followed by `=`, `:` or the end of a tag and that the rules know as a field.
/// `hits` stay sorted; a field's name wins over words inside it.
pub(super) fn keys_in(text: &[u8], tokens: &[Token], labels: &Labels, hits: &mut Vec<WordHit>) {
    let words = hits.len();
    let mut index = 0;
    while index < tokens.len() {
        let first = index;
        // custNo, cust_no and cust-no are one name of several tokens.
        while index + 1 < tokens.len() && matches!(tokens[index + 1].joined_by, b'_' | b'-' | b'.') {
            index += 1;
        }
        let (start, end) = (tokens[first].start, tokens[index].end);
        index += 1;
        if end - start > 48 || !text[start].is_ascii_alphabetic() || !is_assigned(text, start, end) {
            continue;
        }
        if let Some(id) = labels.of_field(&text[start..end]) {
            hits.push(WordHit { start, end, label: LabelKind { before: Some(id), after: None }, is_field: true });
        }
    }
    if hits.len() > words {
        let (old, new) = hits.split_at(words);
        let inside = |hit: &WordHit| {
            // Keys come in order and don't overlap, so only one of them can reach over the word.
            let key = new.get(new.partition_point(|key| key.end <= hit.start));
            key.is_some_and(|key| key.start <= hit.start && hit.end <= key.end)
        };
        let mut merged: Vec<WordHit> = old.iter().filter(|hit| !inside(hit)).chain(new).copied().collect();
        merged.sort_by_key(|hit| hit.start);
        *hits = merged;
    }
}

/// Whether what stands behind a name makes it the name of a field.
fn is_assigned(text: &[u8], start: usize, end: usize) -> bool {
    let behind = &text[end..];
    let quotes = behind.iter().take(3).take_while(|b| matches!(b, b'"' | b'\'' | b'\\' | b' ')).count();
    match behind.get(quotes) {
        Some(b'=' | b':') => true,
        Some(0xEF) => behind[quotes..].starts_with("：".as_bytes()) || behind[quotes..].starts_with("＝".as_bytes()),
        Some(b'>') => start > 0 && matches!(text[start - 1], b'<' | b':' | b'.'),
        _ => false,
    }
}
