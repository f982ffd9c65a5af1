//! `attachment; filename="…"; filename*=utf-8''…`: values with parameters (RFC 2045 §5.1, RFC 2231, RFC 2183).

use super::fields::trimmed;
use super::transfer::escapes;
use super::unfold::{unfold, unquote};
use crate::decode::run::Run;
use crate::decode::whole::{broken, over};
use crate::sink::SyntaxError;
use std::ops::Range;

/// The most parameters one value may have.
const PARAMETER_LIMIT: usize = 256;

/// A value and its parameters.
#[derive(Debug, Default)]
pub(crate) struct Parameterised {
    /// What stands before the first semicolon.
    pub(crate) main: Range<usize>,
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// In lower case, without the signs of RFC 2231.
    pub(crate) name: Vec<u8>,
    pub(crate) value: Value,
}

/// How a parameter's value is written.
#[derive(Debug)]
pub(crate) enum Value {
    /// As it stands, perhaps in quotes, perhaps on several sections (`filename*0="…"; filename*1="…"`).
    Plain {
        run: Run,
        /// From the start of the first section to the end of the last, without the quotes.
        source: Range<usize>,
        /// Whether there is one section and no more.
        is_single: bool,
    },
    /// `charset'language'…` with percent-escapes, perhaps in several sections.
    Extended {
        /// From the charset to the end of the last section.
        source: Range<usize>,
        charset: Vec<u8>,
        language: Vec<u8>,
        /// Its bytes, in its charset.
        bytes: Vec<u8>,
    },
}

impl Parameterised {
    /// Reads the value at `range`.
    pub(crate) fn read(input: &[u8], range: Range<usize>) -> Result<Self, SyntaxError> {
        let mut pieces = divide(input, range).into_iter();
        let main = pieces.next().unwrap_or(0..0);
        let mut sections = Vec::new();
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            if sections.len() == PARAMETER_LIMIT {
                return Err(over(piece.start, "more than 256 parameters"));
            }
            sections.extend(Section::read(input, piece));
        }
        Ok(Self { main, parameters: join(input, &sections)? })
    }

    /// The text of the parameter `name`, in lower case, if it is there and not extended.
    pub(crate) fn text(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|p| p.name == name.as_bytes()).map(|found| found.value.bytes())
    }
}

impl Value {
    /// What it says, in its charset.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain { run, .. } => run.bytes(),
            Self::Extended { bytes, .. } => bytes,
        }
    }
}

/// Divides a value at the semicolons that stand outside quotes and comments.
fn divide(input: &[u8], range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    let mut is_quoted = false;
    let mut is_escaped = false;
    for at in range.clone() {
        match input[at] {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b';' if !is_quoted => {
                pieces.push(trimmed(input, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(trimmed(input, start..range.end));
    pieces
}

/// One `name*0*="value"`.
struct Section {
    name: Vec<u8>,
    number: Option<usize>,
    is_extended: bool,
    is_quoted: bool,
    /// Inside its quotes.
    value: Range<usize>,
    /// With its quotes.
    written: Range<usize>,
}

impl Section {
    /// Reads one piece between semicolons. What stands behind a closing quote, and what has no equals sign, is kept as a
    /// value without a name, so that nothing is passed over.
    fn read(input: &[u8], piece: Range<usize>) -> impl Iterator<Item = Self> {
        let equals = memchr::memchr(b'=', &input[piece.clone()]).map(|n| piece.start + n);
        let name = equals.map_or(&[][..], |equals| input[piece.start..equals].trim_ascii()).to_ascii_lowercase();
        let whole = trimmed(input, equals.map_or(piece.start, |equals| equals + 1)..piece.end);
        let Some(close) = closing_quote(input, whole.clone()) else {
            return [Some(Self::called(name, whole.clone(), whole)), None].into_iter().flatten();
        };
        let value = whole.start + 1..close;
        let written = whole.start..(close + 1).min(whole.end);
        let behind = trimmed(input, written.end..whole.end);
        let rest = (!behind.is_empty()).then(|| Self::called(Vec::new(), behind.clone(), behind));
        [Some(Self::called(name, value, written)), rest].into_iter().flatten()
    }

    fn called(name: Vec<u8>, value: Range<usize>, written: Range<usize>) -> Self {
        let is_quoted = value != written;
        let is_extended = name.ends_with(b"*");
        let bare = name.strip_suffix(b"*").unwrap_or(&name);
        let mut parts = bare.splitn(2, |b| *b == b'*');
        let base = parts.next().unwrap_or_default().to_vec();
        match parts.next().map(|digits| str::from_utf8(digits).ok().and_then(|n| n.parse().ok())) {
            None => Self { name: base, number: None, is_extended, is_quoted, value, written },
            Some(Some(number)) => Self { name: base, number: Some(number), is_extended, is_quoted, value, written },
            // `name*x` is a name like any other.
            Some(None) => Self { name, number: None, is_extended: false, is_quoted, value, written },
        }
    }
}

/// Where the quoted string ends that `range` begins with; the end of the range when it is not closed. `None` when there are
/// no quotes.
fn closing_quote(input: &[u8], range: Range<usize>) -> Option<usize> {
    if input.get(range.start).filter(|_| !range.is_empty()) != Some(&b'"') {
        return None;
    }
    let mut is_escaped = false;
    let inside = range.start + 1..range.end;
    let close = inside.clone().find(|&at| match input[at] {
        _ if is_escaped => {
            is_escaped = false;
            false
        }
        b'\\' => {
            is_escaped = true;
            false
        }
        byte => byte == b'"',
    });
    Some(close.unwrap_or(range.end))
}

/// Joins the sections that make up one parameter (RFC 2231 §3).
fn join(input: &[u8], sections: &[Section]) -> Result<Vec<Parameter>, SyntaxError> {
    let mut parameters = Vec::new();
    let mut rest = sections;
    while let [first, after @ ..] = rest {
        let continued = match first.number {
            None => 0,
            Some(0) => {
                after.iter().enumerate().take_while(|(n, s)| s.name == first.name && s.number == Some(n + 1)).count()
            }
            // Readers differ in what they make of sections out of order.
            Some(_) => return Err(broken(first.value.start, "parameter's sections are out of order")),
        };
        let (parameter, after) = rest.split_at(continued + 1);
        parameters.push(Parameter { name: first.name.clone(), value: value_of(input, parameter)? });
        rest = after;
    }
    Ok(parameters)
}

fn value_of(input: &[u8], sections: &[Section]) -> Result<Value, SyntaxError> {
    let (Some(first), Some(last)) = (sections.first(), sections.last()) else {
        return Ok(Value::Plain { run: Run::default(), source: 0..0, is_single: true });
    };
    // Quotes around one value stay; where several sections become one, those of the first and the last go with them.
    let source = match sections {
        [only] => only.value.clone(),
        _ => first.written.start..last.written.end,
    };
    let mut run = Run::default();
    let mut start = first.value.start;
    let mut declared = None;
    if first.is_extended {
        let marks = input[first.value.clone()].split(|b| *b == b'\'').collect::<Vec<_>>();
        let [charset, language, _, ..] = marks[..] else {
            return Err(broken(first.value.start, "extended value without its charset"));
        };
        start += charset.len() + language.len() + 2;
        declared = Some((charset.to_vec(), language.to_vec()));
    }
    for section in sections {
        let value = start.max(section.value.start)..section.value.end;
        if section.is_extended {
            escapes(&mut run, input, value, b'%');
        } else if section.is_quoted {
            unquote(&mut run, input, value);
        } else {
            unfold(&mut run, input, value);
        }
    }
    Ok(match declared {
        Some((charset, language)) => Value::Extended { source, charset, language, bytes: run.bytes().to_vec() },
        None => Value::Plain { run, source, is_single: sections.len() == 1 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(input: &str) -> Result<Vec<String>, SyntaxError> {
        let read = Parameterised::read(input.as_bytes(), 0..input.len())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut seen = vec![input[read.main.clone()].to_owned()];
        seen.extend(read.parameters.iter().map(|p| match &p.value {
            Value::Plain { run, .. } => format!("{}={}", text(&p.name), text(run.bytes())),
            Value::Extended { source, charset, language, bytes } => {
                format!("{}={}'{}'{} at {source:?}", text(&p.name), text(charset), text(language), text(bytes))
            }
        }));
        Ok(seen)
    }

    #[test]
    fn parameters_as_they_are_written() {
        let table: &[(&str, &[&str])] = &[
            ("", &[""]),
            ("text/plain", &["text/plain"]),
            ("a; Charset=GBK ; b=\"c;\\\"d\\\\\"", &["a", "charset=GBK", "b=c;\"d\\"]),
            ("a;; b=张 三.pdf;", &["a", "b=张 三.pdf"]),
            ("a; b=\"c\r\n d\"; e", &["a", "b=c d", "=e"]),
            ("a; b=\"c", &["a", "b=c"]),
            ("a; b=\"c\" (d\\) e; f=\"\"", &["a", "b=c", "=(d\\) e", "f="]),
            ("a; f*=\"utf-8''%31\"", &["a", "f=utf-8''1 at 7..17"]),
            ("a; b=\"c\\\"; d=e", &["a", "b=c\"; d=e"]),
            ("a; b=\"", &["a", "b="]),
            ("a; f*=utf-8'zh'%E5%BC%A0%2", &["a", "f=utf-8'zh'张%2 at 6..26"]),
            ("a; f*0=\"11\"; f*1=01; g=2", &["a", "f=1101", "g=2"]),
            ("a; f*0*=utf-8''%E5%BC;\r\n f*1*=%A0;\r\n f*2=\".p%41\"", &["a", "f=utf-8''张.p%41 at 8..48"]),
            ("a; f*x=1", &["a", "f*x=1"]),
            ("a; f*0=1; f*0=2", &["a", "f=1", "f=2"]),
        ];
        for (input, expected) in table {
            let expected: Vec<String> = expected.iter().map(|s| (*s).to_owned()).collect();
            assert_eq!(told(input), Ok(expected), "{input:?}");
        }
        for (input, at) in [("a; f*1=1", 7), ("a; f*0=1; f*2=2", 14), ("a; f*=x", 6), ("a; f*=x'y", 6)] {
            assert_eq!(told(input).map_err(|e| (e.at, e.is_limit)), Err((at, false)), "{input:?}");
        }
        assert!(told(&"a;b".repeat(400)).is_err_and(|e| e.is_limit));
    }

    #[test]
    fn texts_are_found_by_name() {
        let input = b"a; b=1; c*=utf-8''%31";
        let read = Parameterised::read(input, 0..input.len()).unwrap();
        assert_eq!((read.text("b"), read.text("c"), read.text("d")), (Some(&b"1"[..]), Some(&b"1"[..]), None));
    }
}
