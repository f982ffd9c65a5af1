//! Where a value stands in a text: what a label gave away in one place is no secret in another.

use memchr::memchr;
use memchr::memmem::Finder;

/// So often the value's byte that is looked for may turn out to be something else's before a search is laid out, which takes
/// as long as going over some hundred bytes.
const MISSES_LIMIT: usize = 12;

/// The places at which a value stands in a text, in bytes, in order and without overlaps. Linear in the text; an empty value
/// stands nowhere.
pub struct Occurrences<'a> {
    text: &'a [u8],
    value: &'a [u8],
    at: usize,
    misses: usize,
    search: Option<Finder<'a>>,
}

impl std::fmt::Debug for Occurrences<'_> {
    /// Shows nothing of the value or the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Occurrences")
    }
}

impl<'a> Occurrences<'a> {
    /// Those of `value` in `text`.
    #[must_use]
    pub fn of(value: &'a [u8], text: &'a [u8]) -> Self {
        Self { text, value, at: 0, misses: 0, search: None }
    }

    /// The byte of the value that is looked for. Nearly all Han characters begin with the same few bytes, and no byte is
    /// rarer than the last of a character.
    fn anchor(&self) -> Option<usize> {
        self.value.first().map(|first| if first.is_ascii() { 0 } else { 2.min(self.value.len() - 1) })
    }
}

impl Iterator for Occurrences<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let anchor = self.anchor()?;
        while self.misses < MISSES_LIMIT {
            if self.text.len() < self.at + self.value.len() {
                return None;
            }
            let last = self.text.len() - self.value.len() + anchor;
            let place = self.at + memchr(self.value[anchor], &self.text[self.at + anchor..=last])?;
            if self.text[place..].starts_with(self.value) {
                self.at = place + self.value.len();
                return Some(place);
            }
            self.at = place + 1;
            self.misses += 1;
        }
        let rest = self.text.get(self.at..)?;
        let search = self.search.get_or_insert_with(|| Finder::new(self.value));
        let place = self.at + search.find(rest)?;
        self.at = place + self.value.len();
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_value_stands_nowhere() {
        assert_eq!(Occurrences::of(b"", b"text").count(), 0);
    }

    proptest! {
        #[test]
        fn they_are_those_of_a_plain_search(value in "(a|b|张|章){1,3}", text in "(a|b|张|章|弓|-){0,60}") {
            let plain: Vec<usize> = memchr::memmem::find_iter(text.as_bytes(), value.as_bytes()).collect();
            let found: Vec<usize> = Occurrences::of(value.as_bytes(), text.as_bytes()).collect();
            prop_assert_eq!(found, plain);
        }
    }
}
