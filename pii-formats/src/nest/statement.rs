//! Statements of SQL in text: what a log shows of the work of a data base.

use super::{Inner, InnerContent};
use crate::Format;
use crate::decode::sql::{Statement, statement};
use aho_corasick::{AhoCorasick, MatchKind};
use memchr::memchr2;
use std::ops::Range;
use std::sync::LazyLock;

/// What every statement that is looked for begins with, behind its first letter: `INSERT`, `REPLACE INTO`, `UPDATE`. None
/// of them ends as another begins.
static BEGINNINGS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build(["NSERT ", "nsert ", "EPLACE INTO", "eplace into", "PDATE ", "pdate "])
        .expect("a few short words are within every limit")
});

/// The words that show a statement stand within so many bytes.
const WORDS_LIMIT_BYTES: usize = 400;

/// The shortest statement that says anything, in bytes: `UPDATE t SET a='x'`.
const SHORTEST: usize = 18;

/// Where the first word stands in `text` that a statement may begin with.
pub(super) fn first_word(text: &[u8]) -> Option<usize> {
    BEGINNINGS.find(text).map(|word| word.start())
}

/// Whether a statement may begin in `text`.
pub(super) fn may_begin_in(text: &[u8]) -> bool {
    may_hold_value(text) && starts(text).next().is_some()
}

/// Most texts have neither a list nor an assignment.
fn may_hold_value(text: &[u8]) -> bool {
    text.len() >= SHORTEST && memchr2(b'(', b'=', text).is_some()
}

/// Where statements seem to begin, in order.
fn starts(text: &[u8]) -> impl Iterator<Item = usize> {
    let starts = BEGINNINGS.find_iter(text).filter_map(|word| word.start().checked_sub(1));
    starts.filter(|&start| begins_statement(text, start))
}

/// Adds the statements in `text` to what was found in it so far from `first` on, which are documents in order. A document
/// that stands in a statement is found when that is explored, and a statement in a document, too.
pub(super) fn find(text: &[u8], first: usize, out: &mut Vec<Inner>) {
    if !may_hold_value(text) {
        return;
    }
    let mut starts = starts(text).peekable();
    if starts.peek().is_none() {
        return;
    }
    let mut documents = out.split_off(first).into_iter().peekable();
    // What fails is read again from the next beginning. Text made to fail over and over is given up on.
    let mut patience = text.len() * 4 + 1024;
    let mut end = 0;
    for start in starts {
        while let Some(document) = documents.next_if(|document| document.source.end <= start) {
            out.push(document);
        }
        let is_inside = documents.peek().is_some_and(|document| document.source.start <= start);
        if start < end || is_inside {
            continue;
        }
        let Statement { len, read } = statement(&text[start..]);
        if let Some(len) = len {
            let source = start..start + len;
            let mut within = Vec::new();
            while let Some(document) = documents.next_if(|document| document.source.start < source.end) {
                within.push(document);
            }
            end = source.end;
            if within.last().is_none_or(|document| document.source.end <= end) {
                out.push(of(source));
            } else {
                out.extend(within);
            }
        }
        let wasted = read - len.unwrap_or(0);
        if wasted > patience {
            break;
        }
        patience -= wasted;
    }
    out.extend(documents);
}

fn of(source: Range<usize>) -> Inner {
    Inner { source, content: InnerContent::Same, reading: Some(Format::Sql.into()) }
}

/// Whether the words at `start` are those of a statement: `INSERT`, `INTO` soon behind it, or `SET` behind the name of what is
/// updated. Nearly all sentences with these words in them go no further.
fn begins_statement(text: &[u8], start: usize) -> bool {
    if start > 0 && (text[start - 1].is_ascii_alphanumeric() || text[start - 1] == b'_') {
        return false;
    }
    let window = &text[start..text.len().min(start + WORDS_LIMIT_BYTES)];
    let mut words = window.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let second = match words.next().and_then(<[u8]>::first) {
        Some(b'u' | b'U') => &b"set"[..],
        _ => b"into",
    };
    words.take(3).any(|word| word.eq_ignore_ascii_case(second))
}
