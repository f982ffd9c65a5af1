//! The tokens of XML, with the well-formedness that one token shows (XML 1.0 §2 and §3, Namespaces not considered).

use crate::decode::markup::Attribute;
use crate::decode::whole::{broken, over};
use crate::sink::SyntaxError;
use memchr::{memchr, memmem};
use std::ops::Range;

/// More attributes than any interface has. Duplicates are looked for pair by pair, so their number is bounded.
const ATTRIBUTE_LIMIT: usize = 256;

/// A token and where its parts stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A start tag; its attributes are in [`Tokens::attributes`].
    Start {
        name: Range<usize>,
        is_empty: bool,
    },
    End {
        name: Range<usize>,
    },
    /// Character data with references, up to the next `<`.
    Text(Range<usize>),
    /// What is inside a CDATA section.
    CData(Range<usize>),
    /// What is inside a comment.
    Comment(Range<usize>),
    /// What follows the target of a processing instruction. Empty for the XML declaration.
    Instruction(Range<usize>),
    /// A document type declaration behind its keyword: identifiers and the internal subset.
    DocumentType(Range<usize>),
}

/// Reads tokens from the front.
pub(super) struct Tokens<'a> {
    input: &'a [u8],
    at: usize,
    /// The attributes of the start tag that was read last.
    pub(super) attributes: Vec<Attribute>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        let at = if input.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
        Self { input, at, attributes: Vec::new() }
    }

    /// Where the next token begins.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next token. `None` at the end of the input.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SyntaxError> {
        let rest = &self.input[self.at..];
        let token = match rest {
            [] => return Ok(None),
            [b'<', b'/', ..] => self.end_tag()?,
            [b'<', b'?', ..] => self.instruction()?,
            [b'<', b'!', b'-', b'-', ..] => self.comment()?,
            [b'<', b'!', b'[', ..] => self.cdata()?,
            [b'<', b'!', ..] => self.document_type()?,
            [b'<', ..] => self.start_tag()?,
            _ => {
                let end = memchr(b'<', rest).map_or(self.input.len(), |n| self.at + n);
                Token::Text(std::mem::replace(&mut self.at, end)..end)
            }
        };
        Ok(Some(token))
    }

    fn end_tag(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += 2;
        let name = self.name()?;
        self.skip_space();
        if self.input.get(self.at) != Some(&b'>') {
            return Err(broken(start, "end tag is not closed"));
        }
        self.at += 1;
        Ok(Token::End { name })
    }

    fn start_tag(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let name = self.name()?;
        self.attributes.clear();
        loop {
            let had_space = self.skip_space();
            match self.input.get(self.at) {
                Some(b'>') => {
                    self.at += 1;
                    return Ok(Token::Start { name, is_empty: false });
                }
                Some(b'/') if self.input.get(self.at + 1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(Token::Start { name, is_empty: true });
                }
                Some(_) if had_space => self.attribute()?,
                Some(_) => return Err(broken(self.at, "space expected before an attribute")),
                None => return Err(broken(start, "start tag is not closed")),
            }
        }
    }

    fn attribute(&mut self) -> Result<(), SyntaxError> {
        let name = self.name()?;
        self.skip_space();
        if self.input.get(self.at) != Some(&b'=') {
            return Err(broken(self.at, "equals sign expected after an attribute's name"));
        }
        self.at += 1;
        self.skip_space();
        let quote = match self.input.get(self.at) {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err(broken(self.at, "attribute's value is not in quotes")),
        };
        let value_start = self.at + 1;
        let Some(len) = memchr(quote, &self.input[value_start..]) else {
            return Err(broken(self.at, "attribute's value is not closed"));
        };
        let value = value_start..value_start + len;
        if let Some(n) = memchr(b'<', &self.input[value.clone()]) {
            return Err(broken(value_start + n, "less-than sign in an attribute's value"));
        }
        self.at = value.end + 1;
        if self.attributes.iter().any(|a| self.input[a.name.clone()] == self.input[name.clone()]) {
            return Err(broken(name.start, "attribute is given twice"));
        }
        if self.attributes.len() == ATTRIBUTE_LIMIT {
            return Err(over(name.start, "more than 256 attributes"));
        }
        self.attributes.push(Attribute { name, value });
        Ok(())
    }

    fn instruction(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        self.at += 2;
        let target = self.name()?;
        let Some(len) = memmem::find(&self.input[self.at..], b"?>") else {
            return Err(broken(start, "processing instruction is not closed"));
        };
        let data = self.at..self.at + len;
        self.at = data.end + 2;
        if !self.input[target.clone()].eq_ignore_ascii_case(b"xml") {
            return Ok(Token::Instruction(data));
        }
        let declared_at = if self.input.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
        if start != declared_at {
            return Err(broken(start, "XML declaration is not at the start"));
        }
        Ok(Token::Instruction(data.end..data.end))
    }

    fn comment(&mut self) -> Result<Token, SyntaxError> {
        let inside = self.at + 4;
        let Some(len) = memmem::find(&self.input[inside..], b"--") else {
            return Err(broken(self.at, "comment is not closed"));
        };
        let end = inside + len;
        if self.input.get(end + 2) != Some(&b'>') {
            return Err(broken(end, "two hyphens in a comment"));
        }
        self.at = end + 3;
        Ok(Token::Comment(inside..end))
    }

    fn cdata(&mut self) -> Result<Token, SyntaxError> {
        let inside = self.at + b"<![CDATA[".len();
        if !self.input[self.at..].starts_with(b"<![CDATA[") {
            return Err(broken(self.at, "CDATA section expected"));
        }
        let Some(len) = memmem::find(&self.input[inside..], b"]]>") else {
            return Err(broken(self.at, "CDATA section is not closed"));
        };
        self.at = inside + len + 3;
        Ok(Token::CData(inside..inside + len))
    }

    /// Finds the end of a document type declaration past the quotes, comments and instructions in it. What it declares is
    /// not looked at: no entity is ever expanded.
    fn document_type(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        if !self.input[start..].starts_with(b"<!DOCTYPE") {
            return Err(broken(start, "declaration is unknown"));
        }
        let inside = start + b"<!DOCTYPE".len();
        let mut at = inside;
        let mut is_inside = false;
        let unclosed = || broken(start, "document type declaration is not closed");
        loop {
            let rest = self.input.get(at..).filter(|rest| !rest.is_empty()).ok_or_else(unclosed)?;
            let skipped = match rest {
                [quote @ (b'"' | b'\''), after @ ..] => memchr(*quote, after).map(|n| n + 2),
                [b'<', b'!', b'-', b'-', after @ ..] => memmem::find(after, b"-->").map(|n| n + 7),
                [b'<', b'?', after @ ..] => memmem::find(after, b"?>").map(|n| n + 4),
                [b'[', ..] if !is_inside => {
                    is_inside = true;
                    Some(1)
                }
                [b']', ..] if is_inside => {
                    is_inside = false;
                    Some(1)
                }
                [b'>', ..] if !is_inside => break,
                _ => Some(1),
            };
            at += skipped.ok_or_else(unclosed)?;
        }
        self.at = at + 1;
        Ok(Token::DocumentType(inside..at))
    }

    fn name(&mut self) -> Result<Range<usize>, SyntaxError> {
        let rest = &self.input[self.at..];
        let is_start = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b':') || !b.is_ascii();
        if !rest.first().is_some_and(is_start) {
            return Err(broken(self.at, "name expected"));
        }
        let is_part = |b: &u8| is_start(b) || b.is_ascii_digit() || matches!(b, b'-' | b'.');
        let len = rest.iter().take_while(|b| is_part(b)).count();
        self.at += len;
        Ok(self.at - len..self.at)
    }

    fn skip_space(&mut self) -> bool {
        let len = self.input[self.at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at += len;
        len > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> Result<Vec<String>, SyntaxError> {
        let mut tokens = Tokens::new(input.as_bytes());
        let mut seen = Vec::new();
        while let Some(token) = tokens.next()? {
            let (sign, range) = match token {
                Token::Start { name, is_empty } => (if is_empty { "/" } else { "<" }, name),
                Token::End { name } => (">", name),
                Token::Text(range) => ("t", range),
                Token::CData(range) => ("c", range),
                Token::Comment(range) => ("!", range),
                Token::Instruction(range) => ("?", range),
                Token::DocumentType(range) => ("d", range),
            };
            seen.push(format!("{sign}{}", &input[range]));
            if sign == "<" || sign == "/" {
                let attributes = tokens.attributes.iter();
                seen.extend(attributes.map(|a| format!("@{}={}", &input[a.name.clone()], &input[a.value.clone()])));
            }
        }
        Ok(seen)
    }

    #[test]
    fn tokens_and_their_parts() {
        let input = "\u{FEFF}<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b \"]>\"><!-- ]> -->]><a:x b = \"1>2\"\n客='\"'><?p q?>t\
                     <![CDATA[<]]]]><!--c--></a:x ><b/>";
        let expected = [
            "?",
            "d a [<!ENTITY b \"]>\"><!-- ]> -->]",
            "<a:x",
            "@b=1>2",
            "@客=\"",
            "? q",
            "tt",
            "c<]]",
            "!c",
            ">a:x",
            "/b",
        ];
        assert_eq!(read(input), Ok(expected.map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_is_not_well_formed_is_refused_where_it_stands() {
        let table = [
            ("<", 1),
            ("< a>", 1),
            ("<a", 0),
            ("<a b", 4),
            ("<a b=c>", 5),
            ("<a b='c>", 5),
            ("<a b='<'>", 6),
            ("<a b='1'c='2'>", 8),
            ("<a b='1' b='2'>", 9),
            ("<a/ >", 2),
            ("</a", 0),
            ("</a b>", 0),
            ("<!-- a", 0),
            ("<!-- a -- b -->", 7),
            ("<!-->", 0),
            ("<![CDATA[a]]", 0),
            ("<![cdata[a]]>", 0),
            ("<!ELEMENT a>", 0),
            ("<!DOCTYPE a [", 0),
            ("<!DOCTYPE a '>", 0),
            ("<?a", 0),
            ("<??>", 2),
            (" <?xml version='1.0'?>", 1),
        ];
        for (input, at) in table {
            let error = read(input).expect_err(input);
            assert_eq!((error.at, error.is_limit), (at, false), "{input}: {}", error.what);
        }
        let many: String = (0..300).map(|n| format!(" a{n}=''")).collect();
        assert!(read(&format!("<a{many}>")).is_err_and(|e| e.is_limit));
    }
}
