//! Values that are named beside them and not around them: `<field name="idNo">`, `{"key":"idNo","value":…}`.

/// What holds the name of the field that stands beside it.
const NAMING: [&str; 15] = [
    "name",
    "key",
    "keyname",
    "field",
    "fieldname",
    "fieldcode",
    "paramname",
    "id",
    "code",
    "label",
    "title",
    "column",
    "caption",
    "prop",
    "k",
];

/// What only says that there is a value, whose meaning is named elsewhere.
const VALUES: [&str; 15] = [
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
    "paramvalue",
];

/// Whether `name` only says that there is a value.
pub(super) fn is_value(name: &[u8]) -> bool {
    is_one_of(&VALUES, name)
}

/// Whether `name` says that what it holds is the name of something else.
pub(super) fn is_naming(name: &[u8]) -> bool {
    is_one_of(&NAMING, name)
}

fn is_one_of(names: &[&str], name: &[u8]) -> bool {
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// The name in a text that names a field: without the colon that forms and cards put behind it.
pub(super) fn name_in(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    let text = text.strip_suffix(b":").or_else(|| text.strip_suffix("：".as_bytes())).unwrap_or(text);
    text.trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_values() {
        assert!(is_value(b"Value") && !is_naming(b"Value"));
        assert!(is_naming(b"keyName") && !is_value(b"keyName"));
        assert!(!is_value(b"idNo") && !is_naming(b"idNo"));
        assert_eq!(name_in(" 姓名： ".as_bytes()), "姓名".as_bytes());
        assert_eq!(name_in(b"mobile:"), b"mobile");
    }
}
