//! The containers around the place that is being read, and the path that they make.

use super::titles::Titles;
use crate::path::{Path, Trail};
use crate::sink::{Field, ObjectId, RecordId, Sink};
use std::ops::Range;

/// The most bytes of a key that a path shows. A key is only a name here; longer ones are cut.
const NAME_LIMIT_BYTES: usize = 128;

/// Open arrays and objects, the outermost first.
#[derive(Default)]
pub(super) struct Stack {
    frames: Vec<Frame>,
    /// The current keys of all frames one after another, so that a key costs no allocation.
    names: Vec<u8>,
    /// The hashes of all keys so far of the objects that are open.
    hashes: Vec<u64>,
    /// The titles of rows.
    titles: Titles,
}

/// More keys of one object are not kept. So many take more than the longest record that is waited for.
const KEYS_LIMIT: usize = 1 << 18;

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
    /// The same of an array whose elements have titles. It is a record of its own, as an object is.
    Row(u64),
    Object(Object),
}

#[derive(Default)]
struct Object {
    /// Where the current key stands among the names.
    name: Range<usize>,
    /// Where its keys begin among the hashes.
    hashes_from: usize,
    /// How many keys it has had.
    keys: u64,
    /// Once one of its keys was told.
    id: Option<ObjectId>,
    /// Whether the current key is one whose value names the value beside it.
    is_naming: bool,
    /// The field that was named so.
    named: Option<Field>,
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
        let is_first = matches!(self.frames.last(), Some(Frame { kind: Kind::Array(0), .. }));
        if is_first && !self.titles.are_of_row_at(self.depth() + 1) {
            self.titles.begin_in_array(self.depth());
        }
        self.frames.push(Frame { kind: Kind::Array(0), record, outer, inner: outer });
    }

    /// Whether the array that was begun is a row whose elements have titles.
    pub(super) fn is_at_row(&self) -> bool {
        self.titles.are_of_row_at(self.depth())
    }

    /// The array that was begun is a row.
    pub(super) fn begin_row(&mut self, record: RecordId) {
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = Kind::Row(0);
            frame.record = Some(record);
            frame.inner = self.titles.of_element(0).unwrap_or(frame.outer);
        }
    }

    pub(super) fn push_object(&mut self, record: Option<RecordId>) {
        let end = self.names.len();
        let outer = self.field();
        let object = Object { name: end..end, hashes_from: self.hashes.len(), ..Object::default() };
        self.frames.push(Frame { kind: Kind::Object(object), record, outer, inner: Field::default() });
    }

    /// Leaves the innermost container; gives its record if it has one of its own.
    pub(super) fn pop<S: Sink>(&mut self, sink: &mut S) -> Option<RecordId> {
        let depth = self.depth();
        let frame = self.frames.pop()?;
        let elements = match frame.kind {
            Kind::Array(last) | Kind::Row(last) => last + 1,
            Kind::Object(_) => 0,
        };
        self.titles.end(depth, elements);
        let object = match frame.kind {
            Kind::Object(object) => object,
            Kind::Row(_) => return frame.record,
            Kind::Array(_) => return None,
        };
        if let (Some(id), Some(record)) = (object.id, frame.record) {
            let hashes = &self.hashes[object.hashes_from..];
            sink.keys(record, id, (object.keys == hashes.len() as u64).then_some(hashes));
        }
        self.names.truncate(object.name.start);
        self.hashes.truncate(object.hashes_from);
        frame.record
    }

    /// In an object: what is read next is the value of `name`.
    pub(super) fn set_key(&mut self, name: &[u8], hash: u64, field: Field, is_naming: bool) {
        self.titles.forget_unread(self.depth());
        let Some(Frame { kind: Kind::Object(object), inner, .. }) = self.frames.last_mut() else { return };
        self.names.truncate(object.name.start);
        self.names.extend_from_slice(&name[..name.len().min(NAME_LIMIT_BYTES)]);
        object.name.end = self.names.len();
        object.keys += 1;
        object.is_naming = is_naming;
        if self.hashes.len() - object.hashes_from < KEYS_LIMIT {
            self.hashes.push(hash);
        }
        *inner = field;
    }

    /// Whether what is read now is a value that names the value beside it.
    pub(super) fn is_naming(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { kind: Kind::Object(object), .. }) if object.is_naming)
    }

    /// The field that a value of the innermost object has named.
    pub(super) fn named_field(&self) -> Option<Field> {
        match &self.frames.last()?.kind {
            Kind::Object(object) => object.named,
            Kind::Array(_) | Kind::Row(_) => None,
        }
    }

    /// A value of the innermost object names the value beside it.
    pub(super) fn name_value(&mut self, field: Field) {
        if let Some(Frame { kind: Kind::Object(object), .. }) = self.frames.last_mut() {
            object.named = Some(field);
        }
    }

    /// The innermost object, one of whose keys is told.
    pub(super) fn object<S: Sink>(&mut self, sink: &mut S) -> ObjectId {
        match self.frames.last_mut() {
            Some(Frame { kind: Kind::Object(object), .. }) => *object.id.get_or_insert_with(|| sink.new_object()),
            _ => ObjectId::default(),
        }
    }

    /// In an array: what is read next is one element further.
    pub(super) fn next_element(&mut self) {
        match self.frames.last_mut() {
            Some(Frame { kind: Kind::Array(index), .. }) => *index += 1,
            Some(Frame { kind: Kind::Row(index), inner, outer, .. }) => {
                *index += 1;
                *inner = self.titles.of_element(*index).unwrap_or(*outer);
            }
            _ => {}
        }
    }

    /// The value of the innermost object's current key lists titles.
    pub(super) fn begin_titles(&mut self) {
        self.titles.begin_in_object(self.depth());
    }

    /// The place in its list of the title that a text which is read now would be, if it may be one.
    pub(super) fn title_to_read(&self) -> Option<u64> {
        if !self.titles.are_read_at(self.depth()) {
            return None;
        }
        match self.frames.as_slice() {
            [.., Frame { kind: Kind::Array(index), .. }] => Some(*index),
            [.., Frame { kind: Kind::Array(index), .. }, Frame { kind: Kind::Object(title), .. }] => {
                title.is_naming.then_some(*index)
            }
            _ => None,
        }
    }

    pub(super) fn note_title(&mut self, index: u64, field: Field) {
        self.titles.note(index, field);
    }

    /// What is read now is no title.
    pub(super) fn refuse_title(&mut self) {
        self.titles.refuse();
    }
}

/// The path: `$.list[3].name`, and `$["a b"]` for a key that is not an identifier.
impl Path for Stack {
    fn write(&self, out: &mut Trail) {
        out.text("$");
        for frame in &self.frames {
            match &frame.kind {
                Kind::Array(index) | Kind::Row(index) => {
                    out.text("[");
                    out.number(*index);
                    out.text("]");
                }
                Kind::Object(object) => write_key(&self.names[object.name.clone()], object.keys, out),
            }
        }
    }
}

fn write_key(name: &[u8], position: u64, out: &mut Trail) {
    let (before, behind) = if is_identifier(&String::from_utf8_lossy(name)) { (".", "") } else { ("[\"", "\"]") };
    out.text(before);
    out.name(name, position);
    out.text(behind);
}

fn is_identifier(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$');
    starts_well && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::in_full;
    use crate::sink::recording::RecordingSink;

    #[test]
    fn paths_follow_keys_and_elements() {
        let mut stack = Stack::default();
        assert_eq!(in_full(&stack), "$");
        stack.push_object(None);
        stack.set_key(b"gone", 0, Field::default(), false);
        stack.set_key(b"list", 0, Field::default(), false);
        stack.push_array();
        stack.next_element();
        stack.push_object(None);
        for (key, shown) in [
            ("name", "$.list[1].name"),
            ("证件号码", "$.list[1].证件号码"),
            ("a b", r#"$.list[1]["a b"]"#),
            ("138", r#"$.list[1]["138"]"#),
            ("", r#"$.list[1][""]"#),
        ] {
            stack.set_key(key.as_bytes(), 0, Field::default(), false);
            assert_eq!(in_full(&stack), shown);
        }
        stack.pop(&mut RecordingSink::default());
        stack.next_element();
        assert_eq!(in_full(&stack), "$.list[2]");
        stack.pop(&mut RecordingSink::default());
        assert_eq!(in_full(&stack), "$.list");
    }

    #[test]
    fn long_keys_are_cut_in_paths() {
        let mut stack = Stack::default();
        stack.push_object(None);
        stack.set_key(&[b'a'; 1000], 0, Field::default(), false);
        assert_eq!(in_full(&stack).len(), "$.".len() + NAME_LIMIT_BYTES);
    }

    #[test]
    fn elements_are_of_their_arrays_field() {
        let phones = Field { is_labelled: true, ..Field::default() };
        let mut stack = Stack::default();
        stack.push_object(None);
        stack.set_key(b"phones", 0, phones, false);
        stack.push_array();
        stack.push_array();
        assert_eq!(stack.field(), phones);
        stack.push_object(None);
        assert_eq!((stack.field(), stack.outer_field()), (Field::default(), phones));
    }
}
