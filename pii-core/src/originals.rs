//! Values that a text may hold no more: those that were replaced, looked for in what is about to leave.
//!
//! Nothing is asked of the words around them and nothing of their kind: what was held to be personal in one place is looked for
//! in every other as it is written, disguises undone. So it finds what the engine would not, a number that only a label gave
//! away. What is chance and what is not is told by the characters beside it.

use crate::finding::Finding;
use crate::fold;
use crate::offset_map::OffsetMap;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Shorter values recur by chance, in bytes.
pub const SHORTEST_VALUE_BYTES: usize = 6;

/// All values together are no longer, in bytes: they take as much memory as what they were found in.
pub const ORIGINALS_LIMIT_BYTES: usize = 16 << 20;

/// So many letters and digits hardly ever come together by chance, between letters or digits of the other sort.
const UNMISTAKABLE_BYTES: usize = 11;

/// A Han value of no more characters may be a piece of another word: 高峰 of 交易高峰期.
const HAN_WORD_BYTES: usize = 2 * 3;

/// Values that are looked for. Their memory is wiped when they are dropped.
pub struct Originals {
    /// The values one behind the other.
    bytes: Zeroizing<Vec<u8>>,
    /// In the order of the values, each of which is there once.
    entries: Vec<Entry>,
    /// Which two bytes a value begins with.
    beginnings: Zeroizing<Vec<u64>>,
}

struct Entry {
    start: usize,
    end: usize,
    finding: Finding,
    /// The longest other value that this one begins with.
    within: Option<usize>,
}

impl fmt::Debug for Originals {
    /// Shows no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Originals").field("values", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Originals {
    /// Those of `values` that are long enough to be looked for ([`SHORTEST_VALUE_BYTES`]), each with the finding that it was.
    /// `None`: they are longer than [`ORIGINALS_LIMIT_BYTES`].
    #[must_use]
    pub fn of<'a>(values: impl Iterator<Item = (&'a Finding, &'a str)> + Clone) -> Option<Self> {
        let mut len = 0;
        each_form(values.clone(), |_, form| len += form.len());
        if len > ORIGINALS_LIMIT_BYTES {
            return None;
        }
        let mut originals = Self::with_capacity(len);
        each_form(values, |finding, form| originals.add(finding, form.as_bytes()));
        originals.lay_out();
        Some(originals)
    }

    /// With room for `len` bytes of values: memory that grows would leave a copy behind.
    fn with_capacity(len: usize) -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(len)), ..Self::default() }
    }

    fn add(&mut self, finding: &Finding, value: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.entries.push(Entry { start, end: self.bytes.len(), finding: finding.clone(), within: None });
    }

    fn lay_out(&mut self) {
        let Self { bytes, entries, beginnings } = self;
        let value = |entry: &Entry| &bytes[entry.start..entry.end];
        entries.sort_by(|a, b| value(a).cmp(value(b)));
        entries.dedup_by(|next, entry| value(next) == value(entry));
        beginnings.resize((1 << 16) / 64, 0);
        for nth in 0..entries.len() {
            let mut before = nth.checked_sub(1);
            while let Some(at) = before.filter(|at| !value(&entries[nth]).starts_with(value(&entries[*at]))) {
                before = entries[at].within;
            }
            let (word, bit) = beginning(value(&entries[nth]));
            beginnings[word] |= bit;
            entries[nth].within = before;
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether one of the values stands in `text`.
    #[must_use]
    pub fn stand_in(&self, text: &[u8]) -> bool {
        let mut is_in = false;
        self.each_in(text, |_, _| is_in = true);
        is_in
    }

    /// Adds to `findings`, which are in order, the places in `text` at which one of the values stands and nothing was found.
    pub fn find(&self, text: &[u8], findings: &mut Vec<Finding>) {
        let known = findings.len();
        self.each_in(text, |entry, span| {
            let before = findings[..known].partition_point(|finding| finding.span().start < span.end);
            if before.checked_sub(1).is_none_or(|nth| findings[nth].span().end <= span.start) {
                findings.push(entry.finding.again_at(span));
            }
        });
        if findings.len() > known {
            findings.sort_by_key(|finding| finding.span().start);
        }
    }

    /// Forgets the values that stand in one of `texts`: what may be seen there is no secret elsewhere.
    pub fn forget_those_in<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let mut seen = vec![false; self.entries.len()];
        for text in texts {
            self.each_in(text.as_bytes(), |entry, _| {
                let value = self.value(entry);
                if let Ok(nth) = self.entries.binary_search_by(|other| self.value(other).cmp(value)) {
                    seen[nth] = true;
                }
            });
        }
        // What is left is laid out anew, so that values that begin like others are found again.
        let mut left = Self::with_capacity(self.bytes.len());
        for (entry, _) in self.entries.iter().zip(seen).filter(|(_, seen)| !seen) {
            left.add(&entry.finding, self.value(entry));
        }
        left.lay_out();
        *self = left;
    }

    /// Tells of every place in `text` at which a value stands, the longest that does, in positions of `text`.
    fn each_in(&self, text: &[u8], mut tell: impl FnMut(&Entry, Range<usize>)) {
        if self.is_empty() || text.len() < SHORTEST_VALUE_BYTES {
            return;
        }
        if !fold::needs_folding(text) {
            return self.each_in_plain(text, tell);
        }
        let (mut plain, mut map) = (Zeroizing::new(Vec::with_capacity(text.len())), OffsetMap::default());
        fold::fold(text, &mut plain, &mut map);
        self.each_in_plain(&plain, |entry, span| tell(entry, map.source_span(span)));
    }

    fn each_in_plain(&self, text: &[u8], mut tell: impl FnMut(&Entry, Range<usize>)) {
        let mut at = 0;
        while at + SHORTEST_VALUE_BYTES <= text.len() {
            let (word, bit) = beginning(&text[at..]);
            let found = if self.beginnings[word] & bit == 0 { None } else { self.longest_at(text, at) };
            match found {
                Some(entry) => {
                    let end = at + (entry.end - entry.start);
                    tell(entry, at..end);
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    /// The longest value that stands at `at`, and not as a piece of something else.
    fn longest_at(&self, text: &[u8], at: usize) -> Option<&Entry> {
        let rest = &text[at..];
        // The last value that is not behind the text in order: a value that the text begins with is it, or begins it.
        let behind = self.entries.partition_point(|entry| self.value(entry) <= rest);
        let mut nth = behind.checked_sub(1);
        while let Some(entry) = nth.map(|nth| &self.entries[nth]) {
            let value = self.value(entry);
            if rest.starts_with(value) && stands_apart(text, at..at + value.len()) {
                return Some(entry);
            }
            nth = entry.within;
        }
        None
    }

    fn value(&self, entry: &Entry) -> &[u8] {
        &self.bytes[entry.start..entry.end]
    }
}

/// No values.
impl Default for Originals {
    fn default() -> Self {
        Self { bytes: Zeroizing::default(), entries: Vec::new(), beginnings: Zeroizing::default() }
    }
}

/// Where the first two bytes of `value` stand among the beginnings.
fn beginning(value: &[u8]) -> (usize, u64) {
    let two = usize::from(u16::from_be_bytes([value[0], value[1]]));
    (two / 64, 1 << (two % 64))
}

/// Tells of each value as it may stand in a text without disguises: as it is written, and a number without what separates its
/// digits.
fn each_form<'a>(values: impl Iterator<Item = (&'a Finding, &'a str)>, mut tell: impl FnMut(&'a Finding, &str)) {
    for (finding, value) in values {
        let folded = Zeroizing::new(fold::folded(value).into_owned());
        let written = folded.trim();
        for form in [Some(Cow::Borrowed(written)), unseparated(written).map(Cow::Owned)].into_iter().flatten() {
            let form = Zeroizing::new(form.into_owned());
            if form.len() >= SHORTEST_VALUE_BYTES {
                tell(finding, &form);
            }
        }
    }
}

/// A number without spaces, hyphens and dots, if it has any.
fn unseparated(number: &str) -> Option<String> {
    let is_number = number.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'.'));
    let has_digits = number.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST_VALUE_BYTES;
    let is_separated = number.bytes().any(|b| !b.is_ascii_alphanumeric());
    (is_number && has_digits && is_separated).then(|| number.replace([' ', '-', '.'], ""))
}

/// Whether the value at `span` is no piece of another number or word.
fn stands_apart(text: &[u8], span: Range<usize>) -> bool {
    let value = &text[span.clone()];
    let (before, behind) = (&text[..span.start], &text[span.end..]);
    if is_han(value) {
        return value.len() > HAN_WORD_BYTES || !(ends_in_han(before) || begins_with_han(behind));
    }
    let is_unmistakable = value.len() >= UNMISTAKABLE_BYTES;
    let joins = |a: Option<&u8>, b: Option<&u8>| match (a, b) {
        (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => true,
        (Some(a), Some(b)) if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => true,
        (Some(a), Some(b)) => a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && !is_unmistakable,
        _ => false,
    };
    !joins(before.last(), value.first()) && !joins(value.last(), behind.first())
}

/// Whether these are Han characters of the first plane, three bytes each, and nothing else.
fn is_han(value: &[u8]) -> bool {
    value.len().is_multiple_of(3) && value.chunks(3).all(begins_with_han)
}

fn begins_with_han(text: &[u8]) -> bool {
    matches!(text, [0xE4, 0xB8..=0xBF, ..] | [0xE5..=0xE9, ..])
}

fn ends_in_han(text: &[u8]) -> bool {
    text.len() >= 3 && begins_with_han(&text[text.len() - 3..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Evidence, RuleSet, Scratch, Segment};
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Some finding: what it is of does not matter here.
    static FINDING: LazyLock<Finding> = LazyLock::new(|| {
        let mut findings = Vec::new();
        let segment = Segment::new(b"13800138000", Evidence::none()).expect("short");
        Engine::new(RuleSet::builtin()).find(segment, &mut Scratch::default(), &mut findings);
        findings.remove(0)
    });

    fn originals(values: &[&str]) -> Originals {
        Originals::of(values.iter().map(|value| (&*FINDING, *value))).expect("short")
    }

    fn found<'t>(originals: &Originals, text: &'t str) -> Vec<&'t str> {
        let mut findings = Vec::new();
        originals.find(text.as_bytes(), &mut findings);
        findings.iter().map(|finding| &text[finding.span()]).collect()
    }

    #[test]
    fn a_value_is_found_where_it_is_no_piece_of_another() {
        for (value, text, expected) in [
            ("13800138000", "手机13800138000。", &["13800138000"][..]),
            ("13800138000", "13800138000", &["13800138000"]),
            ("13800138000", "13800138000,13800138000", &["13800138000", "13800138000"]),
            ("13800138000", "113800138000", &[]),
            ("13800138000", "138001380001", &[]),
            ("13800138000", "mobile13800138000x", &["13800138000"]),
            ("13800138000", "１３８-0013", &[]),
            ("13800138000", "１３８００１３8000", &["１３８００１３8000"]),
            ("13800138000", "138\u{200B}00138000", &["138\u{200B}00138000"]),
            ("１３８００１３８０００", "13800138000", &["13800138000"]),
            ("138-0013-8000", "138-0013-8000 13800138000", &["138-0013-8000", "13800138000"]),
            ("100301", "a100301", &[]),
            ("100301", "100301a", &[]),
            ("100301", "编号100301号", &["100301"]),
            ("secret", "a secret.", &["secret"]),
            ("secret", "secrets", &[]),
            ("高峰", "交易高峰期", &[]),
            ("高峰", "高峰，您好", &["高峰"]),
            ("高峰", "姓名：高峰", &["高峰"]),
            ("欧阳明", "尊敬的欧阳明先生", &["欧阳明"]),
            ("阿依古丽·买买提", "请阿依古丽·买买提来", &["阿依古丽·买买提"]),
            ("张三", "张三丰", &[]),
            ("12345", "12345", &[]),
            ("", "x", &[]),
        ] {
            assert_eq!(found(&originals(&[value]), text), expected, "{value} {text}");
        }
    }

    #[test]
    fn the_longest_that_stands_apart_is_meant() {
        let values = originals(&["123456", "123456 7890", "123456 7890 12", "123456 78"]);
        for (text, expected) in [
            ("123456 7890 12", "123456 7890 12"),
            ("123456 7890 123", "123456 7890"),
            ("123456 78901", "123456"),
            ("123456 789", "123456"),
            ("123456 78", "123456 78"),
            ("123456", "123456"),
        ] {
            assert_eq!(found(&values, text), [expected], "{text}");
        }
    }

    #[test]
    fn what_is_found_already_is_not_found_again() {
        let values = originals(&["13800138000"]);
        let mut findings = vec![FINDING.again_at(0..3), FINDING.again_at(12..23)];
        values.find(b"138 138-001 13800138000 13800138000", &mut findings);
        assert_eq!(findings.iter().map(Finding::span).collect::<Vec<_>>(), [0..3, 12..23, 24..35]);
    }

    #[test]
    fn what_may_be_seen_is_forgotten() {
        let mut values = originals(&["13800138000", "13900139000", "13900139000 转 1", "8613800138000"]);
        values.forget_those_in(["+86 13900139000", "x"].into_iter());
        assert_eq!(found(&values, "13800138000 13900139000 8613800138000"), ["13800138000", "8613800138000"]);
        assert!(values.stand_in("13800138000".as_bytes()) && !values.stand_in("13900139000".as_bytes()));
        values.forget_those_in(["13800138000", "13900139000 转 1", "8613800138000"].into_iter());
        assert!(values.is_empty() && !values.stand_in("13800138000".as_bytes()));
    }

    #[test]
    fn no_value_is_shown_and_all_are_bounded() {
        assert_eq!(format!("{:?}", originals(&["13800138000"])), "Originals { values: 1, .. }");
        let long = "x".repeat(ORIGINALS_LIMIT_BYTES);
        assert!(Originals::of([(&*FINDING, &*long)].into_iter()).is_some());
        assert!(Originals::of([(&*FINDING, &*long), (&*FINDING, "123456")].into_iter()).is_none());
    }

    proptest! {
        #[test]
        fn they_are_those_of_a_plain_search(
            values in prop::collection::vec("[12]{3,4}[-12]{3,5}", 1..6),
            text in "[12,-]{0,80}",
        ) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            let mut findings = Vec::new();
            let all = originals(&values);
            all.find(text.as_bytes(), &mut findings);
            for finding in &findings {
                prop_assert!(all.entries.iter().any(|entry| all.value(entry) == &text.as_bytes()[finding.span()]));
            }
            // Each place that is apart is found, or lies in one that is.
            for value in &values {
                for (at, _) in text.match_indices(value) {
                    let span = at..at + value.len();
                    let is_in = findings.iter().any(|f| f.span().start < span.end && span.start < f.span().end);
                    prop_assert!(is_in || !stands_apart(text.as_bytes(), span));
                }
            }
        }

        #[test]
        fn no_text_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut findings = Vec::new();
            originals(&["13800138000", "张三丰"]).find(&bytes, &mut findings);
            prop_assert!(findings.iter().all(|finding| finding.span().end <= bytes.len()));
        }
    }
}
