//! The containers around the place that is being read, and the path that they make.

use crate::encode::json::json_value;
use crate::sink::{Field, RecordId};
use std::fmt::{self, Write};
use std::ops::Range;

/// The most bytes of a key that a path shows. A key is only a name here; longer ones are cut.
const NAME_LIMIT_BYTES: usize = 128;

/// Open arrays and objects, the outermost first.
#[derive(Default)]
pub(super) struct Stack {
    frames: Vec<Frame>,
    /// The current keys of all frames one after another, so that a key costs no allocation.
    names: Vec<u8>,
}

struct Frame {
    kind: Kind,
    /// The record of the scalars in it. `None` where no object is around.
    record: Option<RecordId>,
    /// The field that the container itself is the value of.
    outer: Field,
    /// The field of the value that is read next.
    inner: Field,
}

enum Kind {
    /// The element's index.
    Array(u64),
    /// Where the current key stands among the names.
    Object(Range<usize>),
}

impl Stack {
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// The field of the value that is read now.
    pub(super) fn field(&self) -> Field {
        self.frames.last().map(|frame| frame.inner).unwrap_or_default()
    }

    /// The field that the innermost container is the value of.
    pub(super) fn outer_field(&self) -> Field {
        self.frames.last().map(|frame| frame.outer).unwrap_or_default()
    }

    /// The innermost object's record.
    pub(super) fn record(&self) -> Option<RecordId> {
        self.frames.last().and_then(|frame| frame.record)
    }

    /// Whether the innermost container is an object. `None` outside all of them.
    pub(super) fn is_in_object(&self) -> Option<bool> {
        self.frames.last().map(|frame| matches!(frame.kind, Kind::Object(_)))
    }

    pub(super) fn push_array(&mut self) {
        let (outer, record) = (self.field(), self.record());
        self.frames.push(Frame { kind: Kind::Array(0), record, outer, inner: outer });
    }

    pub(super) fn push_object(&mut self, record: Option<RecordId>) {
        let end = self.names.len();
        let outer = self.field();
        self.frames.push(Frame { kind: Kind::Object(end..end), record, outer, inner: Field::default() });
    }

    /// Leaves the innermost container; gives its record if it is an object that has one.
    pub(super) fn pop(&mut self) -> Option<RecordId> {
        let frame = self.frames.pop()?;
        match frame.kind {
            Kind::Array(_) => None,
            Kind::Object(name) => {
                self.names.truncate(name.start);
                frame.record
            }
        }
    }

    /// In an object: what is read next is the value of `name`.
    pub(super) fn set_key(&mut self, name: &[u8], field: Field) {
        let Some(Frame { kind: Kind::Object(range), inner, .. }) = self.frames.last_mut() else { return };
        self.names.truncate(range.start);
        self.names.extend_from_slice(&name[..name.len().min(NAME_LIMIT_BYTES)]);
        range.end = self.names.len();
        *inner = field;
    }

    /// In an array: what is read next is one element further.
    pub(super) fn next_element(&mut self) {
        if let Some(Frame { kind: Kind::Array(index), .. }) = self.frames.last_mut() {
            *index += 1;
        }
    }
}

/// The path: `$.list[3].name`, and `$["a b"]` for a key that is not an identifier.
impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('$')?;
        for frame in &self.frames {
            match &frame.kind {
                Kind::Array(index) => write!(f, "[{index}]")?,
                Kind::Object(name) => write_key(&self.names[name.clone()], f)?,
            }
        }
        Ok(())
    }
}

fn write_key(name: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = String::from_utf8_lossy(name);
    if is_identifier(&name) {
        return write!(f, ".{name}");
    }
    let mut quoted = Vec::new();
    json_value(&name, &mut quoted);
    write!(f, "[{}]", String::from_utf8_lossy(&quoted))
}

fn is_identifier(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$');
    starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_keys_and_elements() {
        let mut stack = Stack::default();
        assert_eq!(stack.to_string(), "$");
        stack.push_object(None);
        stack.set_key(b"gone", Field::default());
        stack.set_key(b"list", Field::default());
        stack.push_array();
        stack.next_element();
        stack.push_object(None);
        for (key, shown) in [
            ("name", "$.list[1].name"),
            ("证件号码", "$.list[1].证件号码"),
            ("a b", r#"$.list[1]["a b"]"#),
            ("x\"y", r#"$.list[1]["x\"y"]"#),
            ("138", r#"$.list[1]["138"]"#),
            ("", r#"$.list[1][""]"#),
        ] {
            stack.set_key(key.as_bytes(), Field::default());
            assert_eq!(stack.to_string(), shown);
        }
        stack.pop();
        stack.next_element();
        assert_eq!(stack.to_string(), "$.list[2]");
        stack.pop();
        assert_eq!(stack.to_string(), "$.list");
    }

    #[test]
    fn long_keys_are_cut_in_paths() {
        let mut stack = Stack::default();
        stack.push_object(None);
        stack.set_key(&[b'a'; 1000], Field::default());
        assert_eq!(stack.to_string().len(), "$.".len() + NAME_LIMIT_BYTES);
    }

    #[test]
    fn elements_are_of_their_arrays_field() {
        let phones = Field { is_labelled: true, ..Field::default() };
        let mut stack = Stack::default();
        stack.push_object(None);
        stack.set_key(b"phones", phones);
        stack.push_array();
        stack.push_array();
        assert_eq!(stack.field(), phones);
        stack.push_object(None);
        assert_eq!((stack.field(), stack.outer_field()), (Field::default(), phones));
    }
}
