//! JSON strings (RFC 8259 §7).

use std::io::Write;

/// Appends `text` as it stands inside the quotes of a JSON string. Only what must be escaped is.
pub(crate) fn json_string(text: &str, out: &mut Vec<u8>) {
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..=0x1F => b"\\u",
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[plain_from..at]);
        out.extend_from_slice(short);
        if short == b"\\u" {
            write!(out, "{byte:04x}").expect("writing to memory does not fail");
        }
        plain_from = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[plain_from..]);
}

/// Appends `text` as a JSON value: a string with its quotes.
pub(crate) fn json_value(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    json_string(text, out);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_must_be_escaped_is() {
        let mut out = Vec::new();
        json_value("张三 / \"a\\b\"\n\r\t\u{1}\u{7f}", &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "\"张三 / \\\"a\\\\b\\\"\\n\\r\\t\\u0001\u{7f}\"");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            json_value(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("a JSON string"), text);
        }
    }
}
