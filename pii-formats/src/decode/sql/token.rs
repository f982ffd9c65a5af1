//! The tokens of SQL, of all dialects together.

use super::literal::{self, Backslash};
use crate::decode::whole::{broken, over};
use crate::sink::SyntaxError;
use memchr::{memchr, memmem};
use std::ops::Range;

/// The longest token, in bytes.
pub(super) const TOKEN_LIMIT_BYTES: usize = 32 << 20;
/// The longest tag of a text between dollars, and the longest name in brackets, in bytes.
const NAME_LIMIT_BYTES: usize = 128;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    /// `-- …` or `# …` to the end of its line.
    LineComment,
    /// `/* … */`
    BlockComment,
    /// A name or a word of the language, or anything else that is written in one piece.
    Word,
    /// A name in double quotes, which MySQL takes for a string.
    DoubleQuoted(Backslash),
    /// A name in grave accents or brackets.
    Name,
    /// A string.
    Text(Backslash),
    /// A text between dollars or in Oracle's own quotes: nothing in it is escaped.
    Verbatim,
    Number,
    /// Any other character.
    Mark(u8),
}

/// A token. Positions are those of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    /// What is between its quotes or marks.
    pub(super) inner: Range<usize>,
}

/// Reads tokens.
#[derive(Clone, Copy)]
pub(super) struct Lexer<'a> {
    pub(super) input: &'a [u8],
    pub(super) is_end: bool,
    pub(super) is_mysql: bool,
}

/// A token, or `None` while it is not all there.
type Read = Result<Option<Token>, SyntaxError>;

impl Lexer<'_> {
    /// The token at `at`, where there is a byte.
    pub(super) fn token(&self, at: usize) -> Read {
        let rest = &self.input[at..];
        let token = match (rest[0], rest.get(1)) {
            (byte, _) if byte.is_ascii_whitespace() => Some(self.run(at, Kind::Space, |b| b.is_ascii_whitespace())),
            (b'-' | b'/', None) if !self.is_end => None,
            (b'-', Some(b'-')) => return self.line_comment(at, 2),
            (b'#', _) if self.is_mysql => return self.line_comment(at, 1),
            (b'/', Some(b'*')) => return self.block_comment(at),
            (b'\'', _) => return self.text(at, at, Backslash::of_strings(self.is_mysql)),
            (b'"', _) => {
                let backslash = if self.is_mysql { Backslash::MySql } else { Backslash::Same };
                return self.quoted(at, at, b'"', backslash, Kind::DoubleQuoted);
            }
            (b'`', _) => return self.quoted(at, at, b'`', Backslash::Same, |_| Kind::Name),
            (b'[', _) => self.bracketed(at),
            (b'$', _) if !self.is_mysql => return self.dollars(at),
            (b'0'..=b'9', _) => self.number(at),
            (byte, _) if is_of_word(byte) => return self.word(at),
            (byte, _) => Some(mark(byte, at)),
        };
        self.checked(at, token)
    }

    /// The word at `at`, where there is nothing but a word.
    pub(super) fn bare_word(&self, at: usize) -> Read {
        let word = self.run(at, Kind::Word, is_of_word);
        let is_whole = word.span.end < self.input.len() || self.is_end;
        self.checked(at, is_whole.then_some(word))
    }

    /// From `at` to the end of its line, which is left where it is.
    pub(super) fn line(&self, at: usize) -> Result<Option<Range<usize>>, SyntaxError> {
        let end = memchr(b'\n', &self.input[at..]).map(|len| at + len);
        match end.or(self.is_end.then_some(self.input.len())) {
            Some(end) => Ok(Some(at..end)),
            None => self.missing(at).map(|_| None),
        }
    }

    fn run(&self, at: usize, kind: Kind, is_in: impl Fn(u8) -> bool) -> Token {
        let rest = &self.input[at..];
        let len = rest.iter().position(|&b| !is_in(b)).unwrap_or(rest.len());
        Token { kind, span: at..at + len, inner: at..at + len }
    }

    /// Holds a token to the limit, and what is not all there too.
    fn checked(&self, at: usize, token: Option<Token>) -> Read {
        match token {
            Some(token) if token.span.len() > TOKEN_LIMIT_BYTES => Err(over(at, "a token of more than 32 MiB")),
            None => self.missing(at),
            token => Ok(token),
        }
    }

    fn missing(&self, at: usize) -> Read {
        if self.input.len() - at > TOKEN_LIMIT_BYTES {
            return Err(over(at, "a token of more than 32 MiB"));
        }
        Ok(None)
    }

    fn line_comment(&self, at: usize, marks: usize) -> Read {
        // In MySQL two dashes are a comment only before white space: `5--3`.
        if self.is_mysql && marks == 2 {
            match self.input.get(at + 2) {
                Some(byte) if !byte.is_ascii_whitespace() && !byte.is_ascii_control() => {
                    return Ok(Some(mark(b'-', at)));
                }
                None if !self.is_end => return Ok(None),
                _ => {}
            }
        }
        let token = self.line(at)?.map(|span| {
            let inner = (at + marks).min(span.end)..span.end;
            Token { kind: Kind::LineComment, span, inner }
        });
        self.checked(at, token)
    }

    fn block_comment(&self, at: usize) -> Read {
        let inner = at + 2;
        match memmem::find(&self.input[inner..], b"*/") {
            Some(len) => {
                let token = Token { kind: Kind::BlockComment, span: at..inner + len + 2, inner: inner..inner + len };
                self.checked(at, Some(token))
            }
            None if self.is_end => Err(broken(at, "the comment that begins here is never closed")),
            None => self.missing(at),
        }
    }

    /// The string whose quote stands at `open` and that begins at `at`, with what stands before the quote.
    fn text(&self, at: usize, open: usize, backslash: Backslash) -> Read {
        self.quoted(at, open, b'\'', backslash, Kind::Text)
    }

    fn quoted(
        &self,
        at: usize,
        open: usize,
        quote: u8,
        backslash: Backslash,
        kind: impl Fn(Backslash) -> Kind,
    ) -> Read {
        match literal::end(&self.input[open + 1..], quote, backslash, self.is_end) {
            Some((len, backslash)) => {
                let inner = open + 1..open + 1 + len;
                self.checked(at, Some(Token { kind: kind(backslash), span: at..inner.end + 1, inner }))
            }
            None if self.is_end => Err(broken(open, "the quote that begins here is never closed")),
            None => self.missing(at),
        }
    }

    /// `[name]`, which SQL Server writes; other brackets are about arrays.
    fn bracketed(&self, at: usize) -> Option<Token> {
        let rest = &self.input[at + 1..];
        let window = &rest[..rest.len().min(NAME_LIMIT_BYTES)];
        let is_in = |b: u8| is_of_word(b) || matches!(b, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
        let len = window.iter().position(|&b| !is_in(b));
        match len {
            Some(len) if window[len] == b']' && len > 0 && !window[0].is_ascii_digit() => {
                Some(Token { kind: Kind::Name, span: at..at + len + 2, inner: at + 1..at + 1 + len })
            }
            None if window.len() < NAME_LIMIT_BYTES && !self.is_end => None,
            _ => Some(mark(b'[', at)),
        }
    }

    /// `$tag$…$tag$`, as PostgreSQL writes the bodies of functions.
    fn dollars(&self, at: usize) -> Read {
        let rest = &self.input[at + 1..];
        let window = &rest[..rest.len().min(NAME_LIMIT_BYTES)];
        let is_tag = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || !b.is_ascii();
        let tag = match window.iter().position(|&b| !is_tag(b)) {
            Some(len) if window[len] == b'$' && !window[0].is_ascii_digit() => &self.input[at..at + len + 2],
            None if window.len() < NAME_LIMIT_BYTES && !self.is_end => return Ok(None),
            _ => return Ok(Some(mark(b'$', at))),
        };
        let inner = at + tag.len();
        match memmem::find(&self.input[inner..], tag) {
            Some(len) => {
                let span = at..inner + len + tag.len();
                self.checked(at, Some(Token { kind: Kind::Verbatim, span, inner: inner..inner + len }))
            }
            None if self.is_end => Err(broken(at, "the text between dollars that begins here is never closed")),
            None => self.missing(at),
        }
    }

    /// A number, or what begins with a digit and is none.
    fn number(&self, at: usize) -> Option<Token> {
        let mut run = self.run(at, Kind::Number, |b| is_of_word(b) || b == b'.');
        let is_exponent = |span: &Range<usize>| {
            let written = &self.input[span.clone()];
            let (last, mantissa) = written.split_last().unwrap_or((&0, &[]));
            matches!(last, b'e' | b'E') && mantissa.iter().all(|b| b.is_ascii_digit() || *b == b'.')
        };
        if is_exponent(&run.span) && matches!(self.input.get(run.span.end), Some(b'+' | b'-')) {
            run.span.end = self.run(run.span.end + 1, Kind::Number, |b| b.is_ascii_digit()).span.end;
        }
        if run.span.end == self.input.len() && !self.is_end {
            return None;
        }
        let is_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
        if !self.input[run.span.clone()].iter().all(is_number) {
            run.kind = Kind::Word;
        }
        run.inner = run.span.clone();
        Some(run)
    }

    /// A word, or the string whose prefix it is (`N'…'`, `E'…'`, `_utf8'…'`, `q'[…]'`).
    fn word(&self, at: usize) -> Read {
        let Some(word) = self.bare_word(at)? else { return Ok(None) };
        let end = word.span.end;
        let mut head = [0; 3];
        let len = head.len().min(end - at);
        head[..len].copy_from_slice(&self.input[at..at + len]);
        head.make_ascii_lowercase();
        let is_quoted = self.input.get(end) == Some(&b'\'');
        match &head[..len] {
            b"u" if self.input.get(end) == Some(&b'&') => match self.input.get(end + 1) {
                Some(b'\'') => self.text(at, end + 1, Backslash::Same),
                None if !self.is_end => Ok(None),
                _ => Ok(Some(word)),
            },
            _ if !is_quoted => Ok(Some(word)),
            b"e" => self.text(at, end, Backslash::C),
            b"n" | b"b" | b"x" => self.text(at, end, Backslash::of_strings(self.is_mysql)),
            b"q" | b"nq" => self.oracle_quoted(at, end + 1),
            [b'_', ..] => self.text(at, end, Backslash::of_strings(self.is_mysql)),
            _ => Ok(Some(word)),
        }
    }

    /// `q'[…]'`: the text ends with the bracket that closes the one at `open`, or with the same character, and a quote.
    fn oracle_quoted(&self, at: usize, open: usize) -> Read {
        let Some(&bracket) = self.input.get(open) else {
            let error = Err(broken(at, "the quote that begins here is never closed"));
            return if self.is_end { error } else { Ok(None) };
        };
        let close = match bracket {
            b'[' => b']',
            b'(' => b')',
            b'{' => b'}',
            b'<' => b'>',
            same => same,
        };
        match memmem::find(&self.input[open + 1..], &[close, b'\'']) {
            Some(len) => {
                let inner = open + 1..open + 1 + len;
                self.checked(at, Some(Token { kind: Kind::Verbatim, span: at..inner.end + 2, inner }))
            }
            None if self.is_end => Err(broken(at, "the quote that begins here is never closed")),
            None => self.missing(at),
        }
    }
}

fn mark(byte: u8, at: usize) -> Token {
    Token { kind: Kind::Mark(byte), span: at..at + 1, inner: at..at + 1 }
}

/// Whether a byte may be in a name without quotes.
pub(super) fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || matches!(byte, b'_' | b'$' | b'@' | b'#')
}
