//! The tables that an input defines, and what the names of columns mean.

use crate::decode::naming;
use crate::sink::{Field, Sink};
use std::collections::HashMap;

/// The most tables that are remembered; with more, those that came before are forgotten.
const TABLES_LIMIT: usize = 4096;
/// The most bytes of names that are remembered.
const NAMES_LIMIT_BYTES: usize = 1 << 20;
/// The most columns of a table, and the most names whose meaning is kept.
pub(super) const COLUMNS_LIMIT: usize = 4096;
/// A longer name is cut, and its meaning is not kept.
const NAME_LIMIT_BYTES: usize = 256;

/// A column and what it holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) name: Box<[u8]>,
    pub(super) field: Field,
}

/// What is known of tables and names.
#[derive(Default)]
pub(super) struct Schema {
    tables: HashMap<Box<[u8]>, Vec<Column>>,
    names_bytes: usize,
    meanings: HashMap<Box<[u8]>, Field>,
}

impl Schema {
    /// What a name says about its values. The same few names come back in every statement.
    pub(super) fn field<S: Sink>(&mut self, name: &[u8], sink: &mut S) -> Field {
        if let Some(field) = self.meanings.get(name) {
            return *field;
        }
        let field = sink.field(name);
        if name.len() <= NAME_LIMIT_BYTES {
            if self.meanings.len() >= COLUMNS_LIMIT {
                self.meanings.clear();
            }
            self.meanings.insert(name.into(), field);
        }
        field
    }

    /// The column `name` of an `INSERT` into `table`: what its name says, or what its definition did.
    pub(super) fn column<S: Sink>(&mut self, table: &[u8], name: &[u8], sink: &mut S) -> Column {
        let mut field = self.field(name, sink);
        if !field.is_labelled {
            let defined = self.tables.get(&key(table)).and_then(|columns| named(columns, name));
            field = defined.map_or(field, |column| column.field);
        }
        Column { name: name[..name.len().min(NAME_LIMIT_BYTES)].into(), field }
    }

    /// The columns of `table` in the order in which they were defined; none where it is not known.
    pub(super) fn columns(&self, table: &[u8]) -> Vec<Column> {
        self.tables.get(&key(table)).cloned().unwrap_or_default()
    }

    /// Remembers a table.
    pub(super) fn define(&mut self, table: &[u8], columns: Vec<Column>) {
        let bytes = table.len() + columns.iter().map(|column| column.name.len() + size_of::<Column>()).sum::<usize>();
        if self.tables.len() >= TABLES_LIMIT || self.names_bytes + bytes > NAMES_LIMIT_BYTES {
            self.tables.clear();
            self.names_bytes = 0;
        }
        if bytes <= NAMES_LIMIT_BYTES {
            self.names_bytes += bytes;
            self.tables.insert(key(table), columns);
        }
    }

    /// Takes a comment on a column of a table that is remembered.
    pub(super) fn comment<S: Sink>(&mut self, table: &[u8], column: &[u8], comment: &[u8], sink: &mut S) {
        let columns = self.tables.get_mut(&key(table)).into_iter().flatten();
        for column in columns.filter(|known| known.name.eq_ignore_ascii_case(column)) {
            note_comment(column, comment, sink);
        }
    }
}

/// Where its name says nothing, a column holds what its comment says: `客户号`, `姓名（中文）`.
pub(super) fn note_comment<S: Sink>(column: &mut Column, comment: &[u8], sink: &mut S) {
    if column.field.is_labelled || comment.len() > NAME_LIMIT_BYTES {
        return;
    }
    let first = [&b"("[..], b",", b":", b";", "（".as_bytes(), "，".as_bytes(), "：".as_bytes(), "；".as_bytes()]
        .into_iter()
        .filter_map(|end| memchr::memmem::find(comment, end))
        .min();
    let whole = sink.field(naming::name_in(comment));
    column.field = match first {
        Some(end) if !whole.is_labelled => sink.field(naming::name_in(&comment[..end])),
        _ => whole,
    };
}

fn named<'c>(columns: &'c [Column], name: &[u8]) -> Option<&'c Column> {
    columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
}

/// Names of tables are compared without their case, which dialects see differently.
fn key(table: &[u8]) -> Box<[u8]> {
    table[..table.len().min(NAME_LIMIT_BYTES)].to_ascii_lowercase().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::RecordingSink;

    fn column(name: &str) -> Column {
        Column { name: name.as_bytes().into(), ..Column::default() }
    }

    #[test]
    fn a_table_is_known_by_its_name_whatever_its_case() {
        let (mut schema, mut sink) = (Schema::default(), RecordingSink::default());
        sink.labelled.push("客户号".as_bytes());
        schema.define(b"T_KHXX", vec![column("F1"), column("F2")]);
        schema.comment(b"t_khxx", b"f2", "客户号（唯一）".as_bytes(), &mut sink);
        let labelled: Vec<bool> = schema.columns(b"t_khxx").iter().map(|column| column.field.is_labelled).collect();
        assert_eq!(labelled, [false, true]);
        assert!(schema.column(b"T_khxx", b"f2", &mut sink).field.is_labelled);
        assert!(!schema.column(b"other", b"f2", &mut sink).field.is_labelled);
        assert!(schema.columns(b"other").is_empty());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut schema = Schema::default();
        for nth in 0..3 * TABLES_LIMIT {
            schema.define(format!("t{nth}").as_bytes(), vec![column(&"c".repeat(100)); 8]);
            assert!(schema.tables.len() <= TABLES_LIMIT && schema.names_bytes <= NAMES_LIMIT_BYTES);
            assert_eq!(schema.columns(format!("t{nth}").as_bytes()).len(), 8);
        }
        let mut sink = RecordingSink::default();
        for nth in 0..3 * COLUMNS_LIMIT {
            schema.field(format!("c{nth}").as_bytes(), &mut sink);
            assert!(schema.meanings.len() <= COLUMNS_LIMIT);
        }
    }
}
