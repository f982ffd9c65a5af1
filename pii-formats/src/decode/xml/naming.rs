//! What the names around a value say about it: `<idNo>`, `<field name="idNo">`, `<name>idNo</name><value>…</value>`.

use crate::decode::markup::label::LABEL_LIMIT_BYTES;
use crate::decode::markup::{Attribute, local_name};
use crate::decode::naming;
use std::ops::Range;

/// Whether `name` only says that there is a value.
pub(super) fn is_value(name: &[u8]) -> bool {
    naming::is_value(local_name(name))
}

/// Whether `name` says that what it holds is the name of something else: `<field name="idNo">`, `<item key="idNo">`.
pub(super) fn is_naming(name: &[u8]) -> bool {
    naming::is_naming(local_name(name))
}

/// Whether `name` is that of an element whose first child names the second: `<entry><string>idNo</string><string>…`, as
/// programs in Java write their maps.
pub(super) fn is_pair(name: &[u8]) -> bool {
    local_name(name).eq_ignore_ascii_case(b"entry")
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
