//! Header fields: their names, their values and where the header ends (RFC 5322 §2.2).

use crate::decode::whole::{broken, over};
use crate::sink::SyntaxError;
use memchr::memchr;
use std::ops::Range;

/// The most fields one header may have.
const FIELD_LIMIT: usize = 4096;

/// A header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: Range<usize>,
    /// Its value with the folds in it, without white space around it.
    pub(crate) value: Range<usize>,
}

/// Reads the header at the front of `part`: its fields, and where the body begins.
pub(crate) fn read(input: &[u8], part: Range<usize>) -> Result<(Vec<Field>, usize), SyntaxError> {
    let mut fields: Vec<Field> = Vec::new();
    let mut at = part.start;
    while at < part.end {
        let next = memchr(b'\n', &input[at..part.end]).map_or(part.end, |n| at + n + 1);
        let line = &input[at..next];
        if matches!(line, b"\n" | b"\r\n") {
            at = next;
            break;
        }
        if matches!(line[0], b' ' | b'\t') {
            let last = fields.last_mut().ok_or_else(|| broken(at, "header begins with a folded line"))?;
            last.value.end = next;
        } else {
            let len = memchr(b':', line).ok_or_else(|| broken(at, "header line without a colon"))?;
            let name = trimmed(input, at..at + len);
            if name.is_empty() || input[name.clone()].iter().any(|b| !b.is_ascii_graphic()) {
                return Err(broken(at, "header field's name is not a name"));
            }
            if fields.len() == FIELD_LIMIT {
                return Err(over(at, "more than 4096 header fields"));
            }
            fields.push(Field { name, value: at + len + 1..next });
        }
        at = next;
    }
    for field in &mut fields {
        field.value = trimmed(input, field.value.clone());
    }
    Ok((fields, at))
}

/// The value of the first field called `name`, which is in lower case.
pub(crate) fn find(input: &[u8], fields: &[Field], name: &str) -> Option<Range<usize>> {
    called(input, fields, name).next().map(|field| field.value.clone())
}

/// Where the second field called `name` begins, if there is one.
pub(crate) fn find_second(input: &[u8], fields: &[Field], name: &str) -> Option<usize> {
    called(input, fields, name).nth(1).map(|field| field.name.start)
}

fn called<'f>(input: &[u8], fields: &'f [Field], name: &str) -> impl Iterator<Item = &'f Field> {
    fields.iter().filter(move |f| input[f.name.clone()].eq_ignore_ascii_case(name.as_bytes()))
}

/// `range` without the white space at its ends.
pub(crate) fn trimmed(input: &[u8], range: Range<usize>) -> Range<usize> {
    let start = range.start + input[range.clone()].iter().take_while(|b| b.is_ascii_whitespace()).count();
    let end = range.end - input[start..range.end].iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    type Told<'a> = (Vec<(&'a str, &'a str)>, &'a str);

    fn told(input: &str) -> Result<Told<'_>, usize> {
        let (fields, body) = read(input.as_bytes(), 0..input.len()).map_err(|e| e.at)?;
        let texts = fields.iter().map(|f| (&input[f.name.clone()], &input[f.value.clone()])).collect();
        Ok((texts, &input[body..]))
    }

    #[test]
    fn fields_and_bodies() {
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
        let table: &[Row<'_>] = &[
            ("", &[], ""),
            ("\r\nbody", &[], "body"),
            ("A: b\r\nC:d\r\n\r\nbody", &[("A", "b"), ("C", "d")], "body"),
            ("A: b\n c\n\td\n\nbody\n\n", &[("A", "b\n c\n\td")], "body\n\n"),
            ("A : b\r\n \r\n\r\nbody", &[("A", "b")], "body"),
            ("A:\r\nB: c", &[("A", ""), ("B", "c")], ""),
            ("A: b: c\r\n", &[("A", "b: c")], ""),
        ];
        for (input, fields, body) in table {
            assert_eq!(told(input), Ok((fields.to_vec(), *body)), "{input:?}");
        }
        for (input, at) in [(" A: b", 0), ("A: b\nc\n\n", 5), (": a", 0), ("A b: c", 0), ("客: c", 0)] {
            assert_eq!(told(input), Err(at), "{input:?}");
        }
        let many = "a:\n".repeat(FIELD_LIMIT + 1);
        assert!(read(many.as_bytes(), 0..many.len()).is_err_and(|e| e.is_limit));
    }
}
