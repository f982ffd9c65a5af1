//! Paths: how fields are named in reports, explanations and policies.
//!
//! A name in an input is data like any other: the key of an object may be a phone number, and the first row of a table
//! without a header is a customer. So decoders say which parts of a path are names, and one that may be a value is not
//! shown: its position stands there, or `***` where there is none. Names are looked at when something was found at their
//! path and not before, since most paths are never shown.

use pii_core::{Engine, Scratch};
use std::fmt::{self, Write as _};
use std::ops::Range;

/// What a name that is not shown leaves behind.
const HIDDEN: &str = "***";

/// The most bytes of a name that a path shows.
const NAME_LIMIT_BYTES: usize = 128;

/// Where a piece of text stands, as a decoder says it.
pub(crate) trait Path {
    /// Appends it to `out`.
    fn write(&self, out: &mut Trail);
}

/// Text whose parts between slashes, brackets and spaces may all be names.
impl<T: fmt::Display> Path for T {
    fn write(&self, out: &mut Trail) {
        let from = out.text.len();
        // A path that cannot be written is an empty one: nothing depends on it.
        let _ = write!(out.text, "{self}");
        let mut start = from;
        while start < out.text.len() {
            let rest = &out.text[start..];
            let len = rest.find(is_between).unwrap_or(rest.len());
            out.names.extend((len > 0).then_some(Name { at: start..start + len, position: None }));
            start += len + rest[len..].chars().next().map_or(0, char::len_utf8);
        }
    }
}

fn is_between(c: char) -> bool {
    matches!(c, '/' | '@' | ' ' | '<' | '>' | '*' | '#') || c.is_control()
}

/// A path as it is written down, with the names in it.
#[derive(Clone, Default)]
pub(crate) struct Trail {
    text: String,
    names: Vec<Name>,
}

/// A name in a path.
#[derive(Clone)]
struct Name {
    at: Range<usize>,
    /// What its neighbours are, and which one of them it is, from 1.
    position: Option<(&'static str, u64)>,
}

/// A path in a [`Trail`] that holds several.
#[derive(Clone)]
pub(crate) struct Stretch {
    text: Range<usize>,
    names: Range<usize>,
}

impl Trail {
    /// The path that `path` writes.
    #[cfg(test)]
    pub(crate) fn of(path: &dyn Path) -> Self {
        let mut trail = Self::default();
        path.write(&mut trail);
        trail
    }

    /// Text of the decoder's own.
    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A number.
    pub(crate) fn number(&mut self, number: u64) {
        let _ = write!(self.text, "{number}");
    }

    /// A name from the input: the one at `position` (from 1) among its neighbours. On one line, and not longer than a
    /// path needs.
    pub(crate) fn name(&mut self, name: &[u8], position: u64) {
        self.name_or(name, "#", position);
    }

    /// As [`name`](Self::name), with another word before the position (`column 2`).
    pub(crate) fn name_or(&mut self, name: &[u8], what: &'static str, position: u64) {
        let from = self.text.len();
        let shown = String::from_utf8_lossy(&name[..name.len().min(NAME_LIMIT_BYTES)]);
        // Control characters are those of ASCII, and some that begin with C2.
        if shown.bytes().any(|b| b.is_ascii_control() || b == 0xC2) {
            self.text.extend(shown.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
        } else {
            self.text.push_str(&shown);
        }
        self.names.push(Name { at: from..self.text.len(), position: Some((what, position)) });
    }

    /// Appends a path and says where it stands.
    pub(crate) fn append(&mut self, path: impl FnOnce(&mut Self)) -> Stretch {
        let (text, names) = (self.text.len(), self.names.len());
        path(self);
        Stretch { text: text..self.text.len(), names: names..self.names.len() }
    }

    /// One of the paths that were appended.
    pub(crate) fn stretch(&self, stretch: &Stretch) -> Self {
        let from = stretch.text.start;
        let names = self.names[stretch.names.clone()].iter();
        let names = names.map(|name| Name { at: name.at.start - from..name.at.end - from, ..name.clone() });
        Self { names: names.collect(), text: self.text[stretch.text.clone()].to_owned() }
    }

    /// How much there is of it.
    pub(crate) fn len(&self) -> (usize, usize) {
        (self.text.len(), self.names.len())
    }

    /// Forgets all but the first of it.
    pub(crate) fn truncate(&mut self, (text, names): (usize, usize)) {
        self.text.truncate(text);
        self.names.truncate(names);
    }

    /// The path with all names in it. Not to be shown.
    pub(crate) fn in_clear(&self) -> &str {
        &self.text
    }

    /// The path as it may be shown: without names that may be values.
    pub(crate) fn shown(&self, engine: &Engine, scratch: &mut Scratch) -> String {
        self.shown_if(|name| engine.is_title(name, scratch))
    }

    fn shown_if(&self, mut may_show: impl FnMut(&[u8]) -> bool) -> String {
        let mut shown = String::with_capacity(self.text.len());
        let mut from = 0;
        for name in &self.names {
            shown.push_str(&self.text[from..name.at.start]);
            let text = &self.text[name.at.clone()];
            match name.position {
                _ if may_show(text.as_bytes()) => shown.push_str(text),
                Some((what, position)) => {
                    let _ = write!(shown, "{what}{position}");
                }
                None => shown.push_str(HIDDEN),
            }
            from = name.at.end;
        }
        shown.push_str(&self.text[from..]);
        shown
    }
}

/// A path that was written down before, with its names.
impl Path for Trail {
    fn write(&self, out: &mut Trail) {
        let from = out.text.len();
        out.text.push_str(&self.text);
        let names = self.names.iter();
        out.names.extend(names.map(|name| Name { at: name.at.start + from..name.at.end + from, ..name.clone() }));
    }
}

/// The whole path, names and all: for tests of what decoders tell.
#[cfg(test)]
pub(crate) fn in_full(path: &dyn Path) -> String {
    Trail::of(path).shown_if(|_| true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pii_core::RuleSet;

    fn shown(trail: &Trail) -> String {
        trail.shown(&Engine::new(RuleSet::builtin()), &mut Scratch::default())
    }

    #[test]
    fn a_name_that_may_be_a_value_is_a_position() {
        let mut trail = Trail::default();
        trail.text("$.");
        trail.name(b"list", 1);
        trail.text("[");
        trail.number(7);
        trail.text("].");
        trail.name("张三".as_bytes(), 3);
        assert_eq!(shown(&trail), "$.list[7].#3");
        let (mut all, other) = (Trail::default(), Trail::of(&"x "));
        other.write(&mut all);
        let second = all.append(|all| trail.write(all));
        assert_eq!(shown(&all), "x $.list[7].#3");
        assert_eq!(shown(&all.stretch(&second)), "$.list[7].#3");
    }

    #[test]
    fn written_paths_are_looked_at_name_by_name() {
        for (path, expected) in [
            ("/customer/idNo/@type", "/customer/idNo/@type"),
            ("/customer/m13800138000/@张三", "/customer/***/@***"),
            ("part 1/Subject", "part 1/Subject"),
            ("X-138001", "***"),
            ("", ""),
        ] {
            assert_eq!(shown(&Trail::of(&path)), expected, "{path}");
        }
    }

    #[test]
    fn names_are_on_one_line_and_short() {
        let mut trail = Trail::default();
        trail.name(&[b'\n'; 1000], 1);
        assert_eq!(trail.text.chars().count(), NAME_LIMIT_BYTES);
        assert!(!trail.text.contains('\n'));
    }
}
