//! Writes text into XML and HTML so that it is read as text.

/// Writes `text` as character data. `>` is escaped too, so that no `]]>` can arise.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        match escape(byte) {
            Some(reference) => out.extend_from_slice(reference),
            None => out.push(byte),
        }
    }
}

/// Writes `text` as a part of an attribute's value, whichever quotes it stands in. Line breaks and tabs are written as
/// references, because a reader would turn them into spaces (XML 1.0 §3.3.3).
pub(crate) fn write_attribute(text: &str, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'\t' => out.extend_from_slice(b"&#9;"),
            b'\n' => out.extend_from_slice(b"&#10;"),
            b'\r' => out.extend_from_slice(b"&#13;"),
            _ => match escape(byte) {
                Some(reference) => out.extend_from_slice(reference),
                None => out.push(byte),
            },
        }
    }
}

/// Writes `text` as a part of a CDATA section. Where `]]>` stands or could arise with what is before or behind, the section
/// is closed and opened again (XML 1.0 §2.7 has no other way).
pub(crate) fn write_cdata(text: &str, out: &mut Vec<u8>) {
    const ANEW: &[u8] = b"]]><![CDATA[";
    // Brackets at the very start count, because more of them may stand before.
    let mut only_brackets = true;
    let mut brackets = 0;
    for &byte in text.as_bytes() {
        if byte == b'>' && (brackets >= 2 || only_brackets) {
            out.extend_from_slice(ANEW);
        }
        brackets = if byte == b']' { brackets + 1 } else { 0 };
        only_brackets &= byte == b']';
        out.push(byte);
    }
    if brackets > 0 {
        out.extend_from_slice(ANEW);
    }
}

fn escape(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::xml::XmlDecoder;
    use crate::sink::recording::{record, segments};
    use proptest::prelude::*;

    /// What an XML reader takes the edit for between `before` and `behind`.
    fn read_back(document: &str) -> Vec<String> {
        let events = record(XmlDecoder, document.as_bytes(), &[]).expect("well-formed");
        segments(&events).iter().map(|s| s.text_str()).collect()
    }

    type Write = fn(&str, &mut Vec<u8>);

    fn written(write: Write, text: &str) -> String {
        let mut out = Vec::new();
        write(text, &mut out);
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn edits_are_escaped() {
        let table: &[(Write, &str, &str)] = &[
            (write_text, "张**<&>\"'\n", "张**&lt;&amp;&gt;\"'\n"),
            (write_attribute, "\"'<&>\t\r\n", "&#34;&#39;&lt;&amp;&gt;&#9;&#13;&#10;"),
            (write_cdata, "a<&>]]x", "a<&>]]x"),
            (write_cdata, "]]>", "]]]]><![CDATA[>"),
            (write_cdata, ">", "]]><![CDATA[>"),
            (write_cdata, "a]", "a]]]><![CDATA["),
            (write_cdata, "a]>", "a]>"),
        ];
        for (write, text, expected) in table {
            assert_eq!(written(*write, text), *expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn edits_are_read_back(text in r#"[\]<>&"'a*张]{1,8}"#) {
            prop_assert_eq!(read_back(&format!("<a>x{}y</a>", written(write_text, &text))), [format!("x{text}y")]);
            prop_assert_eq!(read_back(&format!("<a>x<![CDATA[]]{}>y]]></a>", written(write_cdata, &text))), [format!("x]]{text}>y")]);
            for quote in ["'", "\""] {
                let document = format!("<a b={quote}x{}y{quote}/>", written(write_attribute, &text));
                prop_assert_eq!(read_back(&document), [format!("x{text}y")]);
            }
        }
    }
}
