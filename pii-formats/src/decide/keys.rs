//! Whether two keys of an object come out alike, which would make one of two fields.

use crate::record::{Closed, Found, Key, Replacement};
use crate::sink::key_hash;
use pii_core::NewToken;
use std::collections::{BTreeMap, HashSet};

/// The first finding whose edit gives its key a name that another key of its object has, or may have.
pub(super) fn collision<'c>(closed: &'c Closed, replacements: &[Option<Replacement>]) -> Option<&'c Found> {
    let mut edited: BTreeMap<(u64, u64), Edited<'c>> = BTreeMap::new();
    for (found, replacement) in closed.founds.iter().zip(replacements) {
        if let (Some((key, span)), Some(Replacement { text, token: NewToken::String, .. })) = (&found.key, replacement)
        {
            let edited = edited.entry((key.object.0, key.nth)).or_insert_with(|| Edited::new(found, key));
            match span {
                Some(span) => edited.replace(span.start, span.end, text),
                None => edited.inside.push(text.clone()),
            }
        }
    }
    let mut names = HashSet::new();
    edited.into_values().find(|edited| !edited.is_free(closed) || !names.insert(edited.identity())).map(|e| e.found)
}

/// A key in which something is edited.
struct Edited<'c> {
    found: &'c Found,
    key: &'c Key,
    /// The key up to `upto`, with its edits.
    name: Vec<u8>,
    upto: usize,
    /// What is edited in something that the key encodes.
    inside: Vec<String>,
}

impl<'c> Edited<'c> {
    fn new(found: &'c Found, key: &'c Key) -> Self {
        Self { found, key, name: Vec::new(), upto: 0, inside: Vec::new() }
    }

    fn replace(&mut self, start: usize, end: usize, text: &str) {
        self.name.extend_from_slice(self.key.text.get(self.upto..start).unwrap_or_default());
        self.name.extend_from_slice(text.as_bytes());
        self.upto = end;
    }

    fn name(&self) -> Vec<u8> {
        [&self.name, &self.key.text[self.upto..]].concat()
    }

    /// Equal for two keys that come out alike.
    fn identity(&self) -> (u64, Vec<u8>, Vec<String>) {
        // What is encoded in a key comes out alike where its edits are, whatever it was before.
        let name = if self.inside.is_empty() { self.name() } else { Vec::new() };
        (self.key.object.0, name, self.inside.clone())
    }

    /// Whether no key that stays as it is has this name. Of an object that was not waited for nobody knows.
    fn is_free(&self, closed: &Closed) -> bool {
        let Some(Some(hashes)) = closed.keys.get(&self.key.object).filter(|_| !closed.cut_short) else { return false };
        !self.inside.is_empty() || hashes.binary_search(&key_hash(&self.name())).is_err()
    }
}
