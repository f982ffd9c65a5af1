//! Texts that name the value beside them.

use crate::sink::{Field, Sink};

/// The longest text that is taken for a field's name, in bytes.
pub(crate) const LABEL_LIMIT_BYTES: usize = 96;

/// The field that the first name known to a rule stands for; without one, the field of the first name.
pub(crate) fn first_labelled<'n, S: Sink>(sink: &mut S, names: impl IntoIterator<Item = &'n [u8]>) -> Field {
    let mut first = None;
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        let field = sink.field(name);
        if field.is_labelled {
            return field;
        }
        first = first.or(Some(field));
    }
    first.unwrap_or_default()
}

/// The name in a text that may be a label: `证件号码` of ` *证件号码：`. Empty when the text is too long for one.
pub(crate) fn label_in(text: &[u8]) -> &[u8] {
    if text.len() > LABEL_LIMIT_BYTES {
        return &[];
    }
    let mut label = text;
    loop {
        let before = label.len();
        label = label.trim_ascii();
        for mark in ["：", ":", "*", "\u{A0}", "\u{3000}"] {
            label = label.strip_suffix(mark.as_bytes()).unwrap_or(label);
        }
        for mark in ["*", "\u{A0}", "\u{3000}"] {
            label = label.strip_prefix(mark.as_bytes()).unwrap_or(label);
        }
        if label.len() == before {
            return label;
        }
    }
}

/// Whether a text ends the way a label does that stands alone: `证件号码：`.
pub(crate) fn ends_as_label(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    text.ends_with(b":") || text.ends_with("：".as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::recording::RecordingSink;

    #[test]
    fn the_first_known_name_wins() {
        let mut sink = RecordingSink::default();
        sink.labelled.push(b"idNo");
        assert!(first_labelled(&mut sink, [&b""[..], b"x", b"idNo", b"y"]).is_labelled);
        assert_eq!(sink.names, [b"x".to_vec(), b"idNo".to_vec()]);
        assert!(!first_labelled(&mut sink, [&b"x"[..]]).is_labelled);
        assert!(!first_labelled(&mut sink, []).is_labelled);
    }

    #[test]
    fn labels_without_their_marks() {
        for text in ["证件号码", " *证件号码： ", "证件号码:\u{A0}", "证件号码：*"] {
            assert_eq!(label_in(text.as_bytes()), "证件号码".as_bytes(), "{text}");
        }
        assert_eq!(label_in(&[b'x'; LABEL_LIMIT_BYTES + 1]), b"");
        assert_eq!(label_in(b" : "), b"");
        assert!(ends_as_label("证件： ".as_bytes()) && ends_as_label(b"a:") && !ends_as_label(b"a"));
    }
}
