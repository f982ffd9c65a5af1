//! One of the several ways to write a value, so that equal values have equal tokens.

use std::borrow::Cow;

/// The way to write a value that its token is made of.
///
/// Full-width letters, digits and signs become ASCII, white space at the ends goes, and white space inside becomes one
/// space. A number (digits with at most as many letters, spaces, hyphens, a plus sign) then loses spaces and hyphens and
/// gets capitals: `6228 4800`, `11010518880228002x`. Everything else gets small letters, as e-mail addresses are
/// compared. Names and addresses in Chinese stay as they are.
///
/// This is kept for good: another way would give other tokens.
#[must_use]
pub fn normalised(value: &str) -> Cow<'_, str> {
    if is_plain_number(value) {
        return Cow::Borrowed(value);
    }
    let mut folded = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().map(narrow));
    }
    if is_number(&folded) {
        folded.retain(|c| c != ' ' && c != '-');
        folded.make_ascii_uppercase();
    } else {
        folded.make_ascii_lowercase();
    }
    Cow::Owned(folded)
}

/// What most values are: nothing but digits.
fn is_plain_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let others = text.bytes().filter(|byte| matches!(byte, b' ' | b'-' | b'+')).count();
    digits > 0 && letters <= digits && digits + letters + others == text.len()
}

/// A full-width form (U+FF01 to U+FF5E) as ASCII.
fn narrow(c: char) -> char {
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn ways_to_write_one_value() {
        let table: [(&[&str], &str); 6] = [
            (
                &[
                    "6228480000000000216",
                    "6228 4800 0000 0000 216",
                    "6228-4800-0000-0000-216",
                    "６２２８480000000000216",
                ],
                "6228480000000000216",
            ),
            (&["11010518880228002X", " 11010518880228002x\n", "110105 18880228 002x"], "11010518880228002X"),
            (&["+86 138-0000-0000", "+8613800000000"], "+8613800000000"),
            (&["a.b@Example.com", "A.B@EXAMPLE.COM"], "a.b@example.com"),
            (&["阿不都 热西提", "阿不都\u{3000} 热西提"], "阿不都 热西提"),
            (&["", "  "], ""),
        ];
        for (ways, expected) in table {
            for way in ways {
                assert_eq!(normalised(way), expected, "{way}");
                assert_eq!(normalised(&normalised(way)), expected, "twice is once");
            }
        }
        assert_ne!(normalised("a.b@example.com"), normalised("ab@example.com"));
        assert_ne!(normalised("Li-Ming"), normalised("LiMing"));
    }
}
