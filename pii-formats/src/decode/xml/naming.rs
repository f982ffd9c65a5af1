//! What the names around a value say about it: `<idNo>`, `<field name="idNo">`, `<name>idNo</name><value>…</value>`.

use crate::decode::markup::label::LABEL_LIMIT_BYTES;
use crate::decode::markup::{Attribute, local_name};
use std::ops::Range;

/// Attributes whose value names the field that their element is: `<field name="idNo">`, `<item key="idNo">`.
const NAMING: [&str; 10] = ["name", "key", "field", "fieldname", "id", "code", "label", "title", "column", "caption"];

/// Names of elements and attributes that only say that there is a value, whose meaning is named elsewhere.
const VALUES: [&str; 14] = [
    "value",
    "val",
    "v",
    "text",
    "content",
    "data",
    "string",
    "str",
    "int",
    "i4",
    "i8",
    "long",
    "double",
    "fieldvalue",
];

/// Whether `name` only says that there is a value.
pub(super) fn is_value(name: &[u8]) -> bool {
    is_one_of(&VALUES, name)
}

/// Whether `name` says that what it holds is the name of something else.
pub(super) fn is_naming(name: &[u8]) -> bool {
    is_one_of(&NAMING, name)
}

/// Whether `name` is that of an element whose first child names the second: `<entry><string>idNo</string><string>…`, as
/// programs in Java write their maps.
pub(super) fn is_pair(name: &[u8]) -> bool {
    is_one_of(&["entry"], name)
}

fn is_one_of(names: &[&str], name: &[u8]) -> bool {
    let local = local_name(name);
    names.iter().any(|known| local.eq_ignore_ascii_case(known.as_bytes()))
}

/// The first of an element's attributes that names it.
pub(super) fn naming_attribute(input: &[u8], attributes: &[Attribute]) -> Option<Range<usize>> {
    let mut short = attributes.iter().filter(|a| (1..=LABEL_LIMIT_BYTES).contains(&a.value.len()));
    short.find(|a| is_naming(&input[a.name.clone()])).map(|a| a.value.clone())
}

/// Whether an attribute declares a namespace.
pub(super) fn is_namespace(name: &[u8]) -> bool {
    name == b"xmlns" || name.starts_with(b"xmlns:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_values() {
        for name in ["value", "Value", "soap:VALUE", "string"] {
            assert!(is_value(name.as_bytes()) && !is_naming(name.as_bytes()), "{name}");
        }
        for name in ["name", "c:Key"] {
            assert!(is_naming(name.as_bytes()) && !is_value(name.as_bytes()), "{name}");
        }
        assert!(!is_value(b"idNo") && !is_naming(b"idNo"));
        assert!(is_namespace(b"xmlns:id") && is_namespace(b"xmlns") && !is_namespace(b"xmlnsid"));
    }
}
