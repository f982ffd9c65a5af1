//! Header text in which some words are encoded: what has to be read, and written, as one.
//!
//! White space between two encoded words is not shown, so a character or a number may be cut between them; and a label may
//! be encoded while the number behind it is not. All of a text that has an encoded word in it is therefore one carrier, as
//! long as one charset can write it.

use super::declared::extends_ascii;
use super::encoded_word::{self, EncodedWord};
use super::fields::trimmed;
use super::unfold::unfold;
use crate::decode::run::Run;
use crate::decode::whole::broken;
use crate::sink::SyntaxError;
use std::ops::Range;

/// A piece of header text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text without encoded words.
    Plain(Range<usize>),
    /// Text with encoded words in it.
    Coded(Coded),
}

/// Text that is to be written as encoded words when it is edited.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Coded {
    pub(crate) source: Range<usize>,
    /// What it says, in `charset`.
    pub(crate) bytes: Vec<u8>,
    /// As written, with the language that may follow.
    pub(crate) charset: Vec<u8>,
    /// `B` or `Q`.
    pub(crate) letter: u8,
}

impl Coded {
    /// The charset's name, without the language (RFC 2231 §5).
    pub(crate) fn charset_name(&self) -> &[u8] {
        charset_name(&self.charset)
    }
}

/// Divides the header text at `range` into its pieces.
pub(crate) fn read(input: &[u8], range: Range<usize>) -> Result<Vec<Piece>, SyntaxError> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = range.start;
    while let Some(word) = encoded_word::find(input, at..range.end)? {
        let between = at..word.source.start;
        // White space between encoded words is not shown (RFC 2047 §6.2).
        if !trimmed(input, between.clone()).is_empty() {
            add(&mut groups, Group::plain(input, between), false)?;
        }
        at = word.source.end;
        let is_adjacent = groups.last().is_some_and(|g| g.ends_with_word);
        add(&mut groups, Group::word(input, word), is_adjacent)?;
    }
    if groups.is_empty() {
        return Ok(vec![Piece::Plain(range)]);
    }
    if at < range.end {
        add(&mut groups, Group::plain(input, at..range.end), false)?;
    }
    Ok(groups.into_iter().map(|group| group.finish(input)).collect())
}

/// Neighbours that one charset can write.
struct Group {
    source: Range<usize>,
    bytes: Vec<u8>,
    /// The charset that it needs, as written. `None` while everything is ASCII.
    charset: Option<Vec<u8>>,
    /// The first encoded word's charset and letter.
    word: Option<(Vec<u8>, u8)>,
    ends_with_word: bool,
}

impl Group {
    fn plain(input: &[u8], source: Range<usize>) -> Self {
        let mut run = Run::default();
        unfold(&mut run, input, source.clone());
        let bytes = run.bytes().to_vec();
        let charset = match str::from_utf8(&bytes) {
            Ok(text) if text.is_ascii() => None,
            Ok(_) => Some(b"utf-8".to_vec()),
            // Bytes of a charset that nobody names. No encoded word can be written for them.
            Err(_) => Some(Vec::new()),
        };
        Self { source, bytes, charset, word: None, ends_with_word: false }
    }

    fn word(input: &[u8], word: EncodedWord) -> Self {
        let written = input[word.charset].to_vec();
        let is_ascii = word.bytes.is_ascii() && extends_ascii(&written);
        let charset = (!is_ascii).then(|| written.clone());
        Self {
            source: word.source,
            bytes: word.bytes,
            charset,
            word: Some((written, word.letter)),
            ends_with_word: true,
        }
    }

    /// The charset that this and `next` can both be written in, if there is one.
    fn joint_charset(&self, next: &Self) -> Option<Option<Vec<u8>>> {
        let ascii_fits = |charset: &[u8]| !charset.is_empty() && extends_ascii(charset);
        match (&self.charset, &next.charset) {
            (None, None) => Some(None),
            (Some(one), None) | (None, Some(one)) if ascii_fits(one) => Some(Some(one.clone())),
            (Some(one), Some(two)) if !one.is_empty() && charset_name(one).eq_ignore_ascii_case(charset_name(two)) => {
                Some(Some(one.clone()))
            }
            _ => None,
        }
    }

    fn finish(self, input: &[u8]) -> Piece {
        let source = trimmed(input, self.source.clone());
        let Some((first_charset, letter)) = self.word else { return Piece::Plain(source) };
        let charset = self.charset.unwrap_or(first_charset);
        let mut bytes = &self.bytes[..];
        if source.start > self.source.start {
            bytes = bytes.trim_ascii_start();
        }
        if source.end < self.source.end {
            bytes = bytes.trim_ascii_end();
        }
        Piece::Coded(Coded { source, bytes: bytes.to_vec(), charset, letter })
    }
}

fn add(groups: &mut Vec<Group>, next: Group, is_adjacent: bool) -> Result<(), SyntaxError> {
    let Some(last) = groups.last_mut() else {
        groups.push(next);
        return Ok(());
    };
    let Some(charset) = last.joint_charset(&next) else {
        // Two charsets that are shown without a space between them: nobody can search, or write, what is cut there.
        let is_cut = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        if is_adjacent && is_cut(last.bytes.last()) && is_cut(next.bytes.first()) {
            return Err(broken(next.source.start, "encoded words of two charsets cut a word"));
        }
        groups.push(next);
        return Ok(());
    };
    last.charset = charset;
    last.bytes.extend_from_slice(&next.bytes);
    last.source.end = next.source.end;
    last.word = last.word.take().or(next.word);
    last.ends_with_word = next.ends_with_word;
    Ok(())
}

fn charset_name(written: &[u8]) -> &[u8] {
    written.split(|b| *b == b'*').next().unwrap_or(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(input: &str) -> Result<Vec<String>, SyntaxError> {
        let pieces = read(input.as_bytes(), 0..input.len())?;
        let text = |piece: &Piece| match piece {
            Piece::Plain(range) => input[range.clone()].to_owned(),
            Piece::Coded(coded) => format!(
                "{:?} {} {}: {}",
                coded.source,
                String::from_utf8_lossy(&coded.charset),
                char::from(coded.letter),
                String::from_utf8_lossy(&coded.bytes)
            ),
        };
        Ok(pieces.iter().map(text).collect())
    }

    #[test]
    fn what_belongs_together_is_one_carrier() {
        let table: &[(&str, &[&str])] = &[
            ("plain\r\n text", &["plain\r\n text"]),
            ("=?utf-8?Q?1101?=", &["0..16 utf-8 Q: 1101"]),
            // A number and a character that are cut between words.
            ("=?utf-8?Q?1101?=\r\n =?UTF-8?B?MDU=?=", &["0..35 utf-8 Q: 110105"]),
            ("=?utf-8?Q?=E5=BC?= =?utf-8?Q?=A0?=", &["0..34 utf-8 Q: 张"]),
            // A label that is encoded before a number that is not.
            ("=?utf-8?B?5byg?= 1101 =?utf-8?Q?x?=", &["0..35 utf-8 B: 张 1101 x"]),
            ("Re: =?utf-8?B?5byg?=", &["0..20 utf-8 B: Re: 张"]),
            (" =?a?Q?1?= ", &["1..10 a Q: 1"]),
            // ASCII goes with any charset that has it in it.
            ("=?us-ascii?Q?a?= =?utf-8?B?5byg?=", &["0..33 utf-8 Q: a张"]),
            ("张 =?us-ascii?Q?a?=", &["0..20 utf-8 Q: 张 a"]),
            // Two charsets cannot be one carrier.
            ("=?gbk?Q?=D5=C5?= =?utf-8?B?5byg?=", &["0..16 gbk Q: \u{FFFD}\u{FFFD}", "17..33 utf-8 B: 张"]),
            ("=?utf-7?Q?a?= b", &["0..13 utf-7 Q: a", "b"]),
            ("=?utf-7?Q?a?= =?utf-7?Q?b?=", &["0..27 utf-7 Q: ab"]),
        ];
        for (input, expected) in table {
            assert_eq!(
                told(input).as_deref(),
                Ok(&expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
                "{input:?}"
            );
        }
        let cut = "=?gbk?Q?=D5=C51101?= =?utf-8?Q?05=E5=BC=A0?=";
        assert_eq!(told(cut).map_err(|e| e.at), Err(21));
    }
}
