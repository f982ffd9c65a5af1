//! Where the parts of a multipart body stand (RFC 2046 §5.1).

use crate::decode::whole::{broken, over};
use crate::sink::SyntaxError;
use memchr::memmem;
use std::ops::Range;

/// The longest boundary. RFC 2046 §5.1.1 allows 70 characters; some programs take a few more.
const BOUNDARY_LIMIT_BYTES: usize = 256;

/// A body in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    /// What stands before the first boundary.
    pub(crate) preamble: Range<usize>,
    /// Each part with its header, without the line end before the next boundary.
    pub(crate) parts: Vec<Range<usize>>,
    /// What stands behind the last boundary.
    pub(crate) epilogue: Range<usize>,
    /// Whether the last boundary is there.
    pub(crate) is_closed: bool,
}

/// The boundary of a body whose header is not at hand: what follows two hyphens on the first line that begins with them.
/// The lines before it are the preamble.
pub(crate) fn first(input: &[u8]) -> Result<&[u8], SyntaxError> {
    let named = input.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end));
    named.ok_or_else(|| broken(0, "no line is a boundary: it begins with two hyphens"))
}

/// Divides `body` at the lines that hold `boundary`. `limit` is how many parts there may be.
pub(crate) fn split(input: &[u8], body: Range<usize>, boundary: &[u8], limit: usize) -> Result<Parts, SyntaxError> {
    if boundary.is_empty() || boundary.len() > BOUNDARY_LIMIT_BYTES {
        return Err(broken(body.start, "boundary is empty or too long"));
    }
    let delimiter = [b"--", boundary].concat();
    let finder = memmem::Finder::new(&delimiter);
    let mut preamble = None;
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut search = body.start;
    while let Some(found) = finder.find(&input[search..body.end]).map(|n| search + n) {
        search = found + delimiter.len();
        let is_at_line_start = found == body.start || input[found - 1] == b'\n';
        let Some((next, is_last)) = line_rest(&input[..body.end], search).filter(|_| is_at_line_start) else {
            continue;
        };
        let before = without_line_end(input, open.unwrap_or(body.start)..found);
        if open.is_some() {
            if parts.len() == limit {
                return Err(over(found, "more than 1000 parts"));
            }
            parts.push(before);
        } else {
            preamble = Some(before);
        }
        if is_last {
            let preamble = preamble.expect("the first boundary that is met sets it");
            return Ok(Parts { preamble, parts, epilogue: next..body.end, is_closed: true });
        }
        open = Some(next);
        search = next;
    }
    let (Some(preamble), Some(start)) = (preamble, open) else {
        return Err(broken(body.start, "boundary is not met"));
    };
    if parts.len() == limit {
        return Err(over(start, "more than 1000 parts"));
    }
    parts.push(start..body.end);
    Ok(Parts { preamble, parts, epilogue: body.end..body.end, is_closed: false })
}

/// What follows a boundary on its line: where the next line begins, and whether this is the last boundary. `None` when
/// there is other text, and so no boundary but text that looks like one.
fn line_rest(input: &[u8], at: usize) -> Option<(usize, bool)> {
    let is_last = input[at..].starts_with(b"--");
    let at = at + if is_last { 2 } else { 0 };
    let padding = input[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    match &input[at + padding..] {
        [] => Some((at + padding, is_last)),
        [b'\n', ..] => Some((at + padding + 1, is_last)),
        [b'\r', b'\n', ..] => Some((at + padding + 2, is_last)),
        _ => None,
    }
}

fn without_line_end(input: &[u8], range: Range<usize>) -> Range<usize> {
    let len = match &input[range.clone()] {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    };
    range.start..range.end - len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(input: &str, boundary: &str) -> Result<(String, Vec<String>, String, bool), SyntaxError> {
        let parts = split(input.as_bytes(), 0..input.len(), boundary.as_bytes(), 3)?;
        let text = |range: &Range<usize>| input[range.clone()].to_owned();
        Ok((text(&parts.preamble), parts.parts.iter().map(text).collect(), text(&parts.epilogue), parts.is_closed))
    }

    #[test]
    fn parts_stand_between_boundaries() {
        type Expected<'a> = (&'a str, &'a [&'a str], &'a str, bool);
        let table: &[(&str, Expected<'_>)] = &[
            ("--b\r\n\r\n1\r\n--b--\r\n", ("", &["\r\n1"], "", true)),
            ("pre\n--b\n1\n--b\n2\n\n--b--\nepi\n", ("pre", &["1", "2\n"], "epi\n", true)),
            ("--b \t\r\n1\r\n--b--", ("", &["1"], "", true)),
            ("--b\r\n--bb\r\n--b-\r\nx--b\r\n--b--x\r\n--b--", ("", &["--bb\r\n--b-\r\nx--b\r\n--b--x"], "", true)),
            ("--b\r\n--b\r\n--b--", ("", &["", ""], "", true)),
            ("--b\r\n1", ("", &["1"], "", false)),
            ("--b--\r\n", ("", &[], "", true)),
        ];
        for (input, (preamble, parts, epilogue, is_closed)) in table {
            let parts = parts.iter().map(|p| (*p).to_owned()).collect();
            let expected = ((*preamble).to_owned(), parts, (*epilogue).to_owned(), *is_closed);
            assert_eq!(told(input, "b"), Ok(expected), "{input:?}");
        }
        for (input, boundary) in [("", "b"), ("x", "b"), ("--b\n--b--", ""), ("--b", &"b".repeat(257))] {
            assert!(told(input, boundary).is_err_and(|e| !e.is_limit), "{input:?}");
        }
        for input in ["--b\n--b\n--b\n--b\n--b--", "--b\n--b\n--b\n--b\n"] {
            assert!(told(input, "b").is_err_and(|e| e.is_limit), "{input:?}");
        }
    }

    #[test]
    fn the_first_line_with_hyphens_names_the_boundary() {
        assert_eq!(first(b"--a b \r\nx"), Ok(&b"a b"[..]));
        assert_eq!(first(b"--"), Ok(&b""[..]));
        assert_eq!(first(b"x\n--b"), Ok(&b"b"[..]));
        assert!(first(b"x\n-b").is_err());
    }
}
