//! The charset that a message declares for a text, weighed against the text's bytes.
//!
//! Mail programs declare what they do not send: GBK under the name of `gb2312`, UTF-8 under the name of whatever the sender's
//! machine is set to, eight-bit text as `us-ascii`. A reader shows such text all the same, so the bytes have the last word.

use crate::charset::Charset;
use crate::decode::whole::broken;
use crate::sink::SyntaxError;

/// What to take `bytes` for that are declared as `label`: the label, or `None` where the bytes have to tell.
///
/// An error, placed at `at`, when the text is written in a charset in which even digits may be coded and that is not read
/// here: it would pass unread.
pub(super) fn charset<'l>(label: &'l [u8], bytes: &[u8], at: usize) -> Result<Option<&'l [u8]>, SyntaxError> {
    match Charset::by_label(label) {
        Some(charset) => Ok((!charset.is_contradicted_by(bytes)).then_some(label)),
        None if shifts(label, bytes) => Err(broken(at, "charset is not read here: send this text in UTF-8")),
        None => Ok(None),
    }
}

/// Whether ASCII bytes mean ASCII characters in the charset, wherever they stand.
pub(super) fn extends_ascii(label: &[u8]) -> bool {
    let name = label.to_ascii_lowercase();
    let others: [&[u8]; 7] = [b"utf-16", b"utf-32", b"utf-7", b"ucs-", b"iso-2022-", b"iso-10646", b"hz-"];
    !others.iter().any(|other| name.starts_with(other))
}

/// Whether `bytes` use what makes the charset different from ASCII: a sign that shifts (`+` in UTF-7, `~{` in HZ, escape in
/// ISO 2022), or zero bytes.
fn shifts(label: &[u8], bytes: &[u8]) -> bool {
    let has_sign =
        || bytes.iter().any(|b| matches!(b, b'+' | 0x1B | 0)) || memchr::memmem::find(bytes, b"~{").is_some();
    !extends_ascii(label) && has_sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_the_last_word() {
        let gbk = b"\xBF\xCD\xBB\xA7\xD5\xC5\xC8\xFD"; // 客户张三
        let utf8 = "客户张三".as_bytes();
        let utf16 = b"\xFE\xFF\x00\x31\x00\x38";
        let table: &[(&str, &[u8], Option<&str>)] = &[
            ("gb2312", gbk, Some("gb2312")),
            ("x-gbk", gbk, Some("x-gbk")),
            ("gbk", utf8, None),
            ("utf-8", utf8, Some("utf-8")),
            ("utf8", gbk, None),
            ("us-ascii", gbk, None),
            ("us-ascii", utf8, Some("us-ascii")),
            ("gbk", b"1380", Some("gbk")),
            // Greek in UTF-8 and two characters of GBK.
            ("gbk", "ΑΒ".as_bytes(), Some("gbk")),
            ("unicode", utf8, None),
            ("utf-16", utf16, None),
            ("utf-16be", &utf16[2..], Some("utf-16be")),
            ("nonsense", gbk, None),
            ("big5", gbk, None),
            ("utf-7", b"1380", None),
        ];
        for (label, bytes, expected) in table {
            let seen = charset(label.as_bytes(), bytes, 0);
            assert_eq!(seen, Ok(expected.map(str::as_bytes)), "{label} {}", bytes.escape_ascii());
        }
        for (label, bytes) in [("UTF-7", &b"+ATEAMw-"[..]), ("hz-gb-2312", b"~{VU~}"), ("iso-2022-cn", b"\x1B$)A")] {
            assert!(charset(label.as_bytes(), bytes, 3).is_err_and(|e| e.at == 3), "{label}");
        }
    }
}
