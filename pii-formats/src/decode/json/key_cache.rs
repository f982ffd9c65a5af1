//! What the keys of objects mean, looked up once for each distinct spelling.
//!
//! The same few keys come back in millions of objects. The cache is direct-mapped: keys that meet in a slot push each
//! other out, which costs a look-up and nothing else, so keys chosen to collide gain nobody anything.

use super::titles;
use super::unescape::unescape;
use crate::decode::naming;
use crate::sink::{Field, Sink, key_hash};
use pii_core::OffsetMap;

const FIRST_SLOTS: usize = 64;
const MOST_SLOTS: usize = 4096;
/// Longer keys are not kept.
const KEY_LIMIT_BYTES: usize = 256;

/// Keys by their bytes between the quotes.
#[derive(Default)]
pub(super) struct KeyCache {
    /// A power of two of them, or none before the first look-up.
    slots: Vec<Key>,
    /// The last key that was too long to be kept.
    long: Key,
    misses: usize,
}

/// A key and what it means.
#[derive(Clone, Default)]
pub(super) struct Key {
    /// As written between the quotes.
    raw: Vec<u8>,
    /// Without escapes, if there are any.
    decoded: Option<Vec<u8>>,
    is_known: bool,
    /// What its name says.
    field: Field,
    /// Whether it says nothing of its own: the object's own field is then what counts.
    is_generic: bool,
    /// Whether its value names the value beside it.
    pub(super) is_naming: bool,
    /// Whether its value lists the titles of rows.
    pub(super) lists_titles: bool,
    /// Whether it may itself hold personal data: no rule knows it, and it has six digits or more, a character outside
    /// ASCII, or `@`.
    pub(super) may_hold_data: bool,
    /// What its name is compared by.
    pub(super) hash: u64,
}

impl Key {
    /// The key without escapes.
    pub(super) fn name(&self) -> &[u8] {
        self.decoded.as_deref().unwrap_or(&self.raw)
    }

    /// What counts for the value of this key: what the key says, or for `value` and the like, what `outer` says, the field
    /// that is named beside it or that its object is the value of.
    pub(super) fn field_within(&self, outer: Field) -> Field {
        if self.is_generic && !self.field.is_labelled && outer.is_labelled { outer } else { self.field }
    }

    fn learn<S: Sink>(raw: &[u8], has_escapes: bool, sink: &mut S) -> Self {
        let decoded = has_escapes.then(|| {
            let mut text = Vec::new();
            unescape(raw, 0, &mut text, &mut OffsetMap::default());
            text
        });
        let mut key = Self { raw: raw.to_vec(), decoded, is_known: true, ..Self::default() };
        key.field = sink.field(key.name());
        key.is_generic = naming::is_value(key.name());
        key.is_naming = naming::is_naming(key.name());
        key.lists_titles = titles::are_listed_in(key.name());
        key.may_hold_data = !key.field.is_labelled && may_hold_data(key.name());
        key.hash = key_hash(key.name());
        key
    }
}

impl KeyCache {
    pub(super) fn look_up<S: Sink>(&mut self, raw: &[u8], has_escapes: bool, sink: &mut S) -> &Key {
        if raw.len() > KEY_LIMIT_BYTES {
            self.long = Key::learn(raw, has_escapes, sink);
            return &self.long;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(FIRST_SLOTS, Key::default);
        }
        let mut slot = self.slot_of(raw);
        if !(self.slots[slot].is_known && self.slots[slot].raw == raw) {
            self.make_room();
            slot = self.slot_of(raw);
            self.slots[slot] = Key::learn(raw, has_escapes, sink);
        }
        &self.slots[slot]
    }

    /// Documents with a few keys stay small; one with many gets room for them.
    fn make_room(&mut self) {
        self.misses += 1;
        if self.misses <= self.slots.len() || self.slots.len() >= MOST_SLOTS {
            return;
        }
        let larger = vec![Key::default(); self.slots.len() * 4];
        for key in std::mem::replace(&mut self.slots, larger) {
            let slot = self.slot_of(&key.raw);
            self.slots[slot] = key;
        }
    }

    fn slot_of(&self, raw: &[u8]) -> usize {
        // Folded. Keys are short, and nothing but speed hangs on the spread.
        let hash = key_hash(raw);
        let folded = hash ^ (hash >> 32);
        usize::try_from(folded % (1 << 31)).map_or(0, |hash| hash & (self.slots.len() - 1))
    }
}

fn may_hold_data(name: &[u8]) -> bool {
    let digits = name.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 6 || name.iter().any(|&b| !b.is_ascii() || b == b'@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::RecordingSink;

    #[test]
    fn a_key_is_looked_up_once() {
        let (mut cache, mut sink) = (KeyCache::default(), RecordingSink::default());
        for _ in 0..3 {
            assert_eq!(cache.look_up(b"idNo", false, &mut sink).name(), b"idNo");
            assert_eq!(cache.look_up(br"\u59d3", true, &mut sink).name(), "姓".as_bytes());
        }
        assert_eq!(sink.names, [b"idNo".to_vec(), "姓".as_bytes().to_vec()]);
    }

    #[test]
    fn many_keys_and_long_keys_keep_their_meaning() {
        let (mut cache, mut sink) = (KeyCache::default(), RecordingSink::default());
        sink.labelled = vec![b"k7"];
        for nth in (0..20_000).chain(0..20) {
            let key = format!("k{nth}");
            let found = cache.look_up(key.as_bytes(), false, &mut sink);
            assert_eq!((found.name(), found.field.is_labelled), (key.as_bytes(), nth == 7));
        }
        assert_eq!(cache.slots.len(), MOST_SLOTS);
        let long = [b'x'; KEY_LIMIT_BYTES + 1];
        assert_eq!(cache.look_up(&long, false, &mut sink).name(), long);
        assert_eq!(cache.look_up(b"", false, &mut sink).name(), b"");
    }

    #[test]
    fn keys_that_may_be_data_are_told_from_names() {
        for (name, expected) in [
            ("13800138000", true),
            ("a1b2c3d4e5f6", true),
            ("line12345", false),
            ("a@b.cn", true),
            ("张三", true),
            ("idNo", false),
            ("", false),
        ] {
            assert_eq!(may_hold_data(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn a_generic_key_speaks_for_the_field_around_it() {
        let mut sink = RecordingSink::default();
        sink.labelled.push(b"content");
        sink.whole.push(b"face");
        let mobile = Field { is_labelled: true, ..Field::default() };
        let face = Key::learn(b"face", false, &mut sink).field;
        assert!(face.takes_whole);
        for (key, outer, expected) in [
            ("value", mobile, mobile),
            ("Text", mobile, mobile),
            ("value", Field::default(), Field::default()),
            ("values", mobile, Field::default()),
            ("face", mobile, face),
            ("content", face, mobile),
        ] {
            let key = Key::learn(key.as_bytes(), false, &mut sink);
            assert_eq!(key.field_within(outer), expected);
        }
    }
}
