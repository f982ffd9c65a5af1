//! HTML in a text that may be none: a string in JSON, a cell, a line of a log.
//!
//! There a less-than sign compares as often as it begins a tag, and other languages have tags too. So only that is markup
//! which nothing else is written like: an element of HTML in a well-formed tag, or a comment. All the rest stays text,
//! and so nothing is lost that the text says.

use super::element::{is_element, is_switch};
use memchr::{memchr, memchr_iter, memmem};

/// More attributes than any tag has.
const ATTRIBUTE_LIMIT: usize = 1024;

/// A longer name of an attribute could hide a value, in bytes.
const NAME_LIMIT_BYTES: usize = 40;

/// Whether there is markup in `text`. Text without a less-than sign costs the search for one.
pub(crate) fn holds_markup(text: &[u8]) -> bool {
    let Some(first) = memchr(b'<', text) else { return false };
    let mut wary = Wary::new(text);
    memchr_iter(b'<', &text[first..]).any(|at| wary.is_markup(&text[first + at..]))
}

/// Tells markup from text, one less-than sign after another.
#[derive(Debug)]
pub(super) struct Wary {
    /// How many more bytes are read that turn out to be no markup. Text made to fail over and over is given up on.
    patience: usize,
}

impl Wary {
    pub(super) fn new(text: &[u8]) -> Self {
        Self { patience: text.len() * 4 + 1024 }
    }

    /// Whether markup begins at the front of `rest`, which is a less-than sign.
    pub(super) fn is_markup(&mut self, rest: &[u8]) -> bool {
        if self.patience == 0 {
            return false;
        }
        let mut tag = Tag { rest, at: 1 };
        let is_markup = match rest.get(1) {
            Some(b'!') => tag.is_comment(),
            Some(b'/') => tag.is_end_tag(),
            Some(_) => tag.is_start_tag(),
            None => false,
        };
        if !is_markup {
            self.patience = self.patience.saturating_sub(tag.at);
        }
        is_markup
    }
}

/// What may be a tag, and how far it has been read.
struct Tag<'t> {
    rest: &'t [u8],
    at: usize,
}

impl Tag<'_> {
    fn is_comment(&mut self) -> bool {
        let end: &[u8] = match &self.rest[self.at..] {
            [b'!', b'-', b'-', ..] => b"-->",
            rest if rest.get(1..8).is_some_and(|word| word.eq_ignore_ascii_case(b"doctype")) => b">",
            _ => return false,
        };
        let ends = memmem::find(&self.rest[self.at..], end).is_some();
        if !ends {
            self.at = self.rest.len();
        }
        ends
    }

    fn is_end_tag(&mut self) -> bool {
        self.at += 1;
        self.is_element() && {
            self.space();
            self.next() == Some(b'>')
        }
    }

    fn is_start_tag(&mut self) -> bool {
        if !self.is_element() {
            return false;
        }
        for _ in 0..ATTRIBUTE_LIMIT {
            self.space();
            match self.next() {
                Some(b'>') => return true,
                Some(b'/') => self.at += 1,
                _ if self.is_attribute() => {}
                _ => return false,
            }
        }
        false
    }

    fn is_element(&mut self) -> bool {
        let name = self.take(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_element(name) && self.next().is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
    }

    /// `name=value`, or one of the few names that need no value: `a<b and c>d` has no tag in it.
    fn is_attribute(&mut self) -> bool {
        let name = self.take(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.' | b'@'));
        if name.is_empty() || name.len() > NAME_LIMIT_BYTES {
            return false;
        }
        let is_switch = is_switch(name);
        self.space();
        if self.next() != Some(b'=') {
            return is_switch;
        }
        self.at += 1;
        self.space();
        match self.next() {
            Some(quote @ (b'"' | b'\'')) => {
                let inside = &self.rest[self.at + 1..];
                let len = memchr(quote, inside);
                self.at += 1 + len.map_or(inside.len(), |len| len + 1);
                len.is_some()
            }
            _ => {
                let is_of_value = |b: u8| !b.is_ascii_whitespace() && !matches!(b, b'"' | b'\'' | b'<' | b'>' | b'=');
                !self.take(is_of_value).is_empty() && self.next().is_some_and(|b| b.is_ascii_whitespace() || b == b'>')
            }
        }
    }

    fn next(&self) -> Option<u8> {
        self.rest.get(self.at).copied()
    }

    fn space(&mut self) {
        self.take(|b| b.is_ascii_whitespace());
    }

    fn take(&mut self, is_of_it: impl Fn(u8) -> bool) -> &[u8] {
        let rest = &self.rest[self.at..];
        let len = rest.iter().take_while(|&&b| is_of_it(b)).count();
        self.at += len;
        &rest[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_like_nothing_else_is_markup() {
        for text in [
            "<p>手机",
            "138<b>0013</b>8000",
            "</SPAN >",
            "a<br/>b",
            "a<br />b",
            "<span class=hl>",
            "<em class='hl' id = \"a>b\">",
            "<input value=\"1\" disabled>",
            "<a href=https://x.cn/a?b>",
            "x<!-- y -->z",
            "<!DOCTYPE html>",
            "<x-mark>",
            "a<b and c><i>",
            "1<2 <td\n>",
        ] {
            assert!(holds_markup(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_may_be_anything_else_is_text() {
        for text in [
            "",
            "<",
            "a<b",
            "a<b and c>d",
            "a<b && c>d",
            "if a<b then",
            "1<2>3",
            "<b",
            "<b x='>",
            "<b x=1",
            "<zhang@x.cn>",
            "<MTM4MDAxMzgwMDA=>",
            "List<String> Map<Long, I>",
            "<idNo>1</idNo>",
            "<data><code>1</code><time>2</time></data>",
            "<c:b>1</c:b>",
            "<?xml version='1.0'?>",
            "<![CDATA[x]]>",
            "<!-- x",
            "<span class=\\\"hl\\\">",
            "< b>",
            "<<<>>>",
            "[<init>] at A.<clinit>",
            "<b 110101189001011234>",
        ] {
            assert!(!holds_markup(text.as_bytes()), "{text}");
        }
    }
}
