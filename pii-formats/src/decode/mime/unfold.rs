//! Header text without its folds and quoted pairs.

use crate::decode::run::Run;
use std::ops::Range;

/// Adds the header text at `source` to `run`. A line end with the white space behind it is read as that white space; the two
/// stand or fall together, so no edit can leave a line that does not begin with white space (RFC 5322 §2.2.3).
pub(crate) fn unfold(run: &mut Run, input: &[u8], source: Range<usize>) {
    read(run, input, source, false);
}

/// As [`unfold`], for the inside of a quoted string: `\"` is read as `"` (RFC 5322 §3.2.4).
pub(crate) fn unquote(run: &mut Run, input: &[u8], source: Range<usize>) {
    read(run, input, source, true);
}

fn read(run: &mut Run, input: &[u8], source: Range<usize>, has_pairs: bool) {
    let mut plain = source.start;
    let mut at = source.start;
    while at < source.end {
        let rest = &input[at..source.end];
        let (text, len): (&[u8], usize) = match rest {
            [b'\r', b'\n', space @ (b' ' | b'\t'), ..] => (std::slice::from_ref(space), 3),
            [b'\n', space @ (b' ' | b'\t'), ..] => (std::slice::from_ref(space), 2),
            // Only quotes and backslashes are escaped in earnest; `C:\客户` in a file name is meant as it stands.
            [b'\\', escaped @ (b'"' | b'\\'), ..] if has_pairs => (std::slice::from_ref(escaped), 2),
            _ => {
                at += 1;
                continue;
            }
        };
        run.push_same(input, plain..at);
        run.push_decoded(text, at..at + len);
        at += len;
        plain = at;
    }
    run.push_same(input, plain..source.end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_and_pairs_are_undone() {
        type Read = fn(&mut Run, &[u8], Range<usize>);
        let table: [(&str, Read, &str); 6] = [
            ("a b", unfold, "a b"),
            ("1101\r\n 05\n\t18", unfold, "1101 05\t18"),
            ("a\r\nb\nc\r", unfold, "a\r\nb\nc\r"),
            ("a\\\"b", unfold, "a\\\"b"),
            ("a\\\"b\\\\\\c\\", unquote, "a\"b\\\\c\\"),
            ("a\r\n b", unquote, "a b"),
        ];
        for (input, read, expected) in table {
            let mut run = Run::default();
            read(&mut run, input.as_bytes(), 0..input.len());
            assert_eq!(run.bytes(), expected.as_bytes(), "{input:?}");
            assert_eq!(run.source(), 0..input.len());
        }
    }
}
