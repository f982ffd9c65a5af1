//! What XML and HTML have in common: character references and the positions of attributes.

pub(crate) mod label;
pub(crate) mod reference;
pub(crate) mod space;

use std::ops::Range;

/// An attribute as it stands in a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Its name.
    pub(crate) name: Range<usize>,
    /// Its value, inside the quotes.
    pub(crate) value: Range<usize>,
}

/// What declarations of entities are as a part of a document that nobody has looked into (RFC 7303 §9.5).
pub(crate) const DECLARATIONS: &str = "application/xml-dtd";

/// Whether an entity is declared in a document's declarations (XML 1.0 §4.2).
pub(crate) fn declares_entity(declarations: &[u8]) -> bool {
    memchr::memmem::find(declarations, b"<!ENTITY").is_some()
}

/// The part of a qualified name behind the last colon: `idNo` of `c:idNo`.
pub(crate) fn local_name(name: &[u8]) -> &[u8] {
    memchr::memrchr(b':', name).map_or(name, |colon| &name[colon + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_no_part_of_the_local_name() {
        for (name, local) in [("idNo", "idNo"), ("c:idNo", "idNo"), ("a:b:c", "c"), ("a:", ""), ("", "")] {
            assert_eq!(local_name(name.as_bytes()), local.as_bytes(), "{name}");
        }
    }
}
