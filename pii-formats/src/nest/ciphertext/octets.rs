//! Bytes as two hexadecimal digits each, with signs between them: `e6 89 8b`, `E6:89:8B`.

use super::{RUN_LIMIT_BYTES, stretches};
use std::ops::Range;

/// More signs do not stand between two bytes: a comma, a space, a line's end.
const SIGNS_LIMIT: usize = 4;

/// So many of a run's bytes have a letter, one in so many. What has none is a list of numbers, unless it is digits of ASCII.
const LETTERS_ONE_IN: usize = 8;

/// Appends the runs in `text` of more than [`RUN_LIMIT_BYTES`], in order. Linear.
pub(super) fn runs(text: &[u8], out: &mut Vec<Range<usize>>) {
    stretches(text, |byte| byte.is_ascii_hexdigit() || stands_between(byte), |stretch| in_stretch(text, stretch, out));
}

fn in_stretch(text: &[u8], stretch: Range<usize>, out: &mut Vec<Range<usize>>) {
    let mut at = stretch.start;
    while at < stretch.end {
        let is_first = at == 0 || !text[at - 1].is_ascii_alphanumeric();
        match is_first.then(|| Octets::at(text, at)).flatten() {
            Some(octets) => {
                at = octets.span.end;
                if octets.span.len() > RUN_LIMIT_BYTES && octets.are_bytes() {
                    out.push(octets.span);
                }
            }
            None => at += 1,
        }
    }
}

/// Whether all of `run` is such bytes.
pub(super) fn are_all_of(run: &[u8]) -> bool {
    Octets::at(run, 0).is_some_and(|octets| octets.span.len() == run.len() && octets.are_bytes())
}

struct Octets {
    span: Range<usize>,
    count: usize,
    /// How many have a letter.
    with_letter: usize,
    /// How many are a digit in ASCII, and which digits there are.
    of_digits: usize,
    digits: u16,
}

impl Octets {
    /// As many as stand at `start` of `text`.
    fn at(text: &[u8], start: usize) -> Option<Self> {
        let mut octets = Self { span: start..start, count: 0, with_letter: 0, of_digits: 0, digits: 0 };
        let mut at = start;
        while let Some([high, low]) = text.get(at..at + 2).filter(|two| two.iter().all(u8::is_ascii_hexdigit)) {
            let behind = &text[at + 2..];
            if behind.first().is_some_and(u8::is_ascii_alphanumeric) {
                break;
            }
            octets.span.end = at + 2;
            octets.count += 1;
            octets.with_letter += usize::from(high.is_ascii_alphabetic() || low.is_ascii_alphabetic());
            if *high == b'3' && low.is_ascii_digit() {
                octets.of_digits += 1;
                octets.digits |= 1 << (low - b'0');
            }
            let signs = behind.iter().take(SIGNS_LIMIT + 1).take_while(|byte| stands_between(**byte)).count();
            if signs == 0 || signs > SIGNS_LIMIT {
                break;
            }
            at += 2 + signs;
        }
        (octets.count > 0).then_some(octets)
    }

    /// Whether they are more than a list of numbers.
    fn are_bytes(&self) -> bool {
        let are_digits = self.of_digits * 8 >= self.count * 7 && self.digits.count_ones() >= 6;
        self.with_letter * LETTERS_ONE_IN >= self.count || are_digits
    }
}

fn stands_between(byte: u8) -> bool {
    matches!(byte, b' ' | b',' | b':' | b';' | b'-' | b'.' | b'_' | b'|' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut out = Vec::new();
        runs(text.as_bytes(), &mut out);
        out.into_iter().map(|run| &text[run]).collect()
    }

    fn written(bytes: &[u8], sign: &str) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(sign)
    }

    #[test]
    fn bytes_with_signs_between_them_are_one_run() {
        let text = "手机13800138000，证件号码110105188702280028。".repeat(5);
        let digits = "13800138000,110105188702280028,".repeat(8).replace(',', "");
        for (bytes, sign) in
            [(text.as_bytes(), " "), (text.as_bytes(), ":"), (digits.as_bytes(), ", "), (text.as_bytes(), "\r\n")]
        {
            let code = written(bytes, sign);
            for (before, behind) in [("", ""), ("密文：", "。"), ("a ", ".")] {
                assert_eq!(found(&format!("{before}{code}{behind}")), [&*code]);
                assert!(are_all_of(code.as_bytes()));
            }
            assert_eq!(found(&code[..RUN_LIMIT_BYTES - 2]), [""; 0]);
        }
    }

    #[test]
    fn lists_of_numbers_are_no_bytes() {
        for text in [
            "12 34 56 78 90 11 ".repeat(100),
            "10:30:45 ".repeat(100),
            "36, 37, 36, 36, 35, ".repeat(100),
            "26-11-27 ".repeat(100),
            "138 00 13 80 00 ".repeat(100),
            "550e8400-e29b-41d4-a716-446655440000 ".repeat(30),
            "be ad fe in to do ".repeat(100),
        ] {
            assert_eq!(found(&text), [""; 0], "{}", &text[..18]);
        }
    }

    #[test]
    fn much_of_anything_takes_linear_time() {
        for unit in ["ab ", "a", "ab", "12,34:", "ab     "] {
            assert!(found(&unit.repeat(4_000_000 / unit.len())).len() <= 1);
        }
    }
}
