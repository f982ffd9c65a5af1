//! Strings and comments of SQL, and the cells of PostgreSQL's `COPY`.

/// Inside a string: quotes are doubled.
pub(crate) fn string(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if byte == b'\'' {
            out.push(b'\'');
        }
        out.push(byte);
    }
}

/// In a name without quotes, which stays one: what no name has becomes `_`, the stars of a mask too.
pub(crate) fn name(text: &str, out: &mut Vec<u8>) {
    for character in text.chars() {
        let is_of_name = character.is_alphanumeric() || matches!(character, '_' | '$' | '@' | '#');
        let mut written = [0; 4];
        out.extend_from_slice((if is_of_name { character } else { '_' }).encode_utf8(&mut written).as_bytes());
    }
}

/// Where a backslash escapes: it is written twice, and what would end a line or cell is written as an escape.
pub(crate) fn escaped(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'\\' => out.extend_from_slice(br"\\"),
            b'\n' => out.extend_from_slice(br"\n"),
            b'\r' => out.extend_from_slice(br"\r"),
            b'\t' => out.extend_from_slice(br"\t"),
            byte => out.push(byte),
        }
    }
}

/// Inside a comment: nothing that could make its end, or the beginning of another, together with what touches it.
pub(crate) fn comment(text: &[u8], out: &mut Vec<u8>) {
    let is_mark = |byte: Option<&u8>| matches!(byte, Some(b'*' | b'/'));
    out.extend(is_mark(text.first()).then_some(b' '));
    for (at, &byte) in text.iter().enumerate() {
        let is_pair = matches!((byte, text.get(at + 1)), (b'*', Some(b'/')) | (b'/', Some(b'*')));
        out.push(if byte.is_ascii_control() { b' ' } else { byte });
        out.extend(is_pair.then_some(b' '));
    }
    out.extend(is_mark(text.last()).then_some(b' '));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: fn(&[u8], &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        write(text.as_bytes(), &mut out);
        String::from_utf8(out).expect("UTF-8 stays UTF-8")
    }

    #[test]
    fn what_is_written_stays_in_its_place() {
        assert_eq!(written(string, "O'张''"), "O''张''''");
        let mut as_name = Vec::new();
        name("a**1-张", &mut as_name);
        assert_eq!(as_name, "a__1_张".as_bytes());
        assert_eq!(written(escaped, "a\\b\n\tc\r"), r"a\\b\n\tc\r");
        for (text, expected) in [("张**", "张** "), ("**/x", " ** /x"), ("a/*b\n", "a/ *b "), ("a*b", "a*b")] {
            assert_eq!(written(comment, text), expected);
        }
    }
}
