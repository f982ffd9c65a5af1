//! What text parts hold that is not read here, whatever their type says.

/// Languages of pages and documents that are text but write their own text in ways that are not read here.
const WRITTEN_OTHERWISE: [&[u8]; 3] = [b"%PDF-", b"%!PS", b"{\\rtf"];

/// Whether text holds text that is written in a language of its own.
pub(super) fn writes_otherwise(bytes: &[u8]) -> bool {
    WRITTEN_OTHERWISE.iter().any(|beginning| bytes.starts_with(beginning))
}

/// Whether a file stands in the text that an old encoding has made lines of: uuencode, yEnc or BinHex. Mail programs show
/// it as an attachment, and what it holds is not read here.
pub(super) fn holds_encoded_file(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    while let Some(line) = lines.next() {
        let begins = match line.first() {
            Some(b'b') => is_uuencode_head(line) && lines.peek().is_some_and(|next| is_uuencoded(next)),
            Some(b'=') => line.starts_with(b"=ybegin "),
            Some(b'(') => line.starts_with(b"(This file must be converted with BinHex"),
            _ => false,
        };
        if begins {
            return true;
        }
    }
    false
}

/// `begin 644 name`, or `begin-base64 644 name` (POSIX `uuencode`).
fn is_uuencode_head(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"begin") else { return false };
    let rest = rest.strip_prefix(b"-base64").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix(b" ") else { return false };
    let mode = rest.iter().take_while(|b| matches!(b, b'0'..=b'7')).count();
    (3..=4).contains(&mode) && rest.get(mode) == Some(&b' ') && rest.len() > mode + 1
}

/// A line of characters from the space to the grave accent, or of base64.
fn is_uuencoded(line: &[u8]) -> bool {
    let is_of_base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    !line.is_empty() && (line.iter().all(|b| matches!(b, b' '..=b'`')) || line.iter().all(is_of_base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_be_written_in_a_language_of_their_own() {
        assert!(writes_otherwise(b"{\\rtf1 13800138000}") && !writes_otherwise(b"rtf"));
    }

    #[test]
    fn old_encodings_are_recognised_by_their_first_lines() {
        for text in [
            "hello\nbegin 644 a.csv\n+,3,X,#`Q,S@P,#`\n`\nend\n",
            "begin 0644 客户.txt\r\n#86)C\r\n`\r\nend",
            "begin-base64 644 a\nMTM4\n====\n",
            "x\n=ybegin line=128 size=3 name=a\n",
            "(This file must be converted with BinHex 4.0)\n",
        ] {
            assert!(holds_encoded_file(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "begin",
            "begin 644",
            "begin 9am sharp\nok",
            "begin 644 a\n\n",
            "begin 644 a\n客户",
            "a begin 644 b\n#86)C",
        ] {
            assert!(!holds_encoded_file(text.as_bytes()), "{text}");
        }
    }
}
