//! The tokens of HTML, read as forgivingly as a browser does (HTML §13.2.5): only a limit is an error.

use super::fragment::Wary;
use crate::decode::markup::Attribute;
use crate::decode::whole::over;
use crate::sink::SyntaxError;
use memchr::{memchr, memmem};
use std::ops::Range;

/// More attributes than any page has.
const ATTRIBUTE_LIMIT: usize = 1024;

/// A token and where its parts stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A tag; its attributes are in [`Tokens::attributes`].
    Tag { name: Range<usize>, is_end: bool },
    /// Character data with references.
    Text(Range<usize>),
    /// What is inside an element that holds no markup (`script`, `style`), without references.
    Raw(Range<usize>),
    /// What is inside a comment, or in what a browser takes for one.
    Comment(Range<usize>),
}

/// What the content of an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Markup,
    /// Text with references, up to the element's own end tag (`title`, `textarea`).
    Text,
    /// Text without references.
    Raw,
}

/// Reads tokens from the front.
pub(super) struct Tokens<'a> {
    input: &'a [u8],
    at: usize,
    /// The attributes of the tag that was read last.
    pub(super) attributes: Vec<Attribute>,
    /// The element whose content is not markup, and what it is.
    inside: (Range<usize>, Inside),
    /// What tells tags from text where there may be no HTML at all.
    wary: Option<Wary>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { input, at: 0, attributes: Vec::new(), inside: (0..0, Inside::Markup), wary: None }
    }

    /// The tokens of a text that may be no HTML: what need not be a tag is text.
    pub(super) fn of_fragment(input: &'a [u8]) -> Self {
        Self { wary: Some(Wary::new(input)), ..Self::new(input) }
    }

    /// The next token. `None` at the end of the input.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SyntaxError> {
        if self.at == self.input.len() {
            return Ok(None);
        }
        let (name, inside) = std::mem::replace(&mut self.inside, (0..0, Inside::Markup));
        if inside != Inside::Markup {
            let end = self.end_tag_of(&self.input[name]);
            let content = std::mem::replace(&mut self.at, end)..end;
            if !content.is_empty() {
                return Ok(Some(if inside == Inside::Raw { Token::Raw(content) } else { Token::Text(content) }));
            }
        }
        let rest = &self.input[self.at..];
        Ok(Some(match rest {
            [b'<', ..] if self.wary.as_mut().is_some_and(|wary| !wary.is_markup(rest)) => self.text(),
            [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic() => self.tag(2)?,
            [b'<', letter, ..] if letter.is_ascii_alphabetic() => self.tag(1)?,
            [b'<', b'!', b'-', b'-', ..] => self.comment(),
            [b'<', b'!' | b'?' | b'/', ..] => self.bogus_comment(),
            _ => self.text(),
        }))
    }

    fn text(&mut self) -> Token {
        let rest = &self.input[self.at..];
        // A less-than sign that begins no tag is text.
        let skipped = usize::from(rest[0] == b'<');
        let end = memchr(b'<', &rest[skipped..]).map_or(self.input.len(), |n| self.at + skipped + n);
        Token::Text(std::mem::replace(&mut self.at, end)..end)
    }

    /// Where the end tag of the element `name` stands from here on, or the end of the input.
    fn end_tag_of(&self, name: &[u8]) -> usize {
        let mut starts = memmem::find_iter(&self.input[self.at..], b"</").map(|n| self.at + n);
        let is_tag = |start: &usize| {
            let after = &self.input[start + 2..];
            let is_name = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            is_name && after.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
        };
        starts.find(is_tag).unwrap_or(self.input.len())
    }

    fn comment(&mut self) -> Token {
        let inside = self.at + 4;
        let rest = &self.input[inside..];
        // `<!-->` and `<!--->` are over at once.
        let abrupt = [&b">"[..], b"->"].into_iter().find(|end| rest.starts_with(end));
        let (len, ending) = match abrupt {
            Some(end) => (0, end.len()),
            None => {
                let mut dashes = memmem::find_iter(rest, b"--");
                let end = dashes.find_map(|n| match rest[n + 2..] {
                    [b'>', ..] => Some((n, 3)),
                    [b'!', b'>', ..] => Some((n, 4)),
                    // `--->`: the iterator steps over pairs, so the odd hyphen is looked past here.
                    [b'-', b'>', ..] => Some((n + 1, 3)),
                    [b'-', b'!', b'>', ..] => Some((n + 1, 4)),
                    _ => None,
                });
                end.unwrap_or((rest.len(), 0))
            }
        };
        self.at = inside + len + ending;
        Token::Comment(inside..inside + len)
    }

    fn bogus_comment(&mut self) -> Token {
        let inside = self.at + 2;
        let end = memchr(b'>', &self.input[inside..]).map_or(self.input.len(), |n| inside + n);
        self.at = (end + 1).min(self.input.len());
        Token::Comment(inside..end)
    }

    fn tag(&mut self, name_offset: usize) -> Result<Token, SyntaxError> {
        let start = self.at + name_offset;
        self.at = start;
        let name = self.take_until(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
        self.attributes.clear();
        loop {
            self.take_until(|b| !(b.is_ascii_whitespace() || b == b'/'));
            match self.input.get(self.at) {
                None => break,
                Some(b'>') => {
                    self.at += 1;
                    break;
                }
                Some(_) if self.attributes.len() == ATTRIBUTE_LIMIT => {
                    return Err(over(self.at, "more than 1024 attributes"));
                }
                Some(_) => self.attribute(),
            }
        }
        let is_end = name_offset == 2;
        if !is_end {
            self.inside = (name.clone(), inside_of(&self.input[name.clone()]));
        }
        Ok(Token::Tag { name, is_end })
    }

    fn attribute(&mut self) {
        let name_start = self.at;
        // An equals sign may be the first character of a name, and only that.
        self.at += 1;
        self.take_until(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'='));
        let name = name_start..self.at;
        let name_end = self.at;
        self.take_until(|b| !b.is_ascii_whitespace());
        let mut value = name_end..name_end;
        if self.input.get(self.at) == Some(&b'=') {
            self.at += 1;
            self.take_until(|b| !b.is_ascii_whitespace());
            value = match self.input.get(self.at) {
                Some(quote @ (b'"' | b'\'')) => {
                    self.at += 1;
                    let value = self.take_until(|b| b == *quote);
                    self.at = (self.at + 1).min(self.input.len());
                    value
                }
                _ => self.take_until(|b| b.is_ascii_whitespace() || b == b'>'),
            };
        }
        self.attributes.push(Attribute { name, value });
    }

    fn take_until(&mut self, is_end: impl Fn(u8) -> bool) -> Range<usize> {
        let start = self.at;
        let rest = &self.input[start..];
        self.at += rest.iter().position(|b| is_end(*b)).unwrap_or(rest.len());
        start..self.at
    }
}

fn inside_of(name: &[u8]) -> Inside {
    const RAW: [&str; 6] = ["script", "style", "xmp", "iframe", "noembed", "noframes"];
    const TEXT: [&str; 2] = ["title", "textarea"];
    let is_one_of = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()));
    if is_one_of(&RAW) {
        Inside::Raw
    } else if is_one_of(&TEXT) {
        Inside::Text
    } else {
        Inside::Markup
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> Vec<String> {
        let mut tokens = Tokens::new(input.as_bytes());
        let mut seen = Vec::new();
        while let Some(token) = tokens.next().expect("within the limits") {
            let (sign, range) = match token {
                Token::Tag { name, is_end } => (if is_end { ">" } else { "<" }, name),
                Token::Text(range) => ("t", range),
                Token::Raw(range) => ("r", range),
                Token::Comment(range) => ("!", range),
            };
            seen.push(format!("{sign}{}", &input[range]));
            if sign == "<" {
                let attributes = tokens.attributes.iter();
                seen.extend(attributes.map(|a| format!("@{}={}", &input[a.name.clone()], &input[a.value.clone()])));
            }
        }
        seen
    }

    #[test]
    fn tokens_as_a_browser_reads_them() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("a<b c=\"d>\" e='f' g=h i>j</b >k", &["ta", "<b", "@c=d>", "@e=f", "@g=h", "@i=", "tj", ">b", "tk"]),
            ("<a/b/c=d/>", &["<a", "@b=", "@c=d/"]),
            ("<a =b=c>", &["<a", "@=b=c"]),
            ("<a b = c>", &["<a", "@b=c"]),
            ("1 < 2 <3", &["t1 ", "t< 2 ", "t<3"]),
            ("<", &["t<"]),
            ("<a", &["<a"]),
            ("<a b='1101", &["<a", "@b=1101"]),
            ("<!-- a -- b -->c", &["! a -- b ", "tc"]),
            ("<!-->a<!--->b<!--c--!>d", &["!", "ta", "!", "tb", "!c", "td"]),
            ("<!--a--->b", &["!a-", "tb"]),
            ("<!--a", &["!a"]),
            ("<!DOCTYPE html><?p?></ x>", &["!DOCTYPE html", "!p?", "! x"]),
            ("<![CDATA[1]]>", &["![CDATA[1]]"]),
            ("<Script a>1</b><b></scripts></SCRIPT >2", &["<Script", "@a=", "r1</b><b></scripts>", ">SCRIPT", "t2"]),
            ("<title>a<b>&amp;</title>", &["<title", "ta<b>&amp;", ">title"]),
            ("<style></style>a", &["<style", ">style", "ta"]),
            ("<textarea>a", &["<textarea", "ta"]),
            ("</", &["!"]),
            ("<!", &["!"]),
        ];
        for (input, expected) in table {
            assert_eq!(read(input), *expected, "{input}");
        }
    }
}
