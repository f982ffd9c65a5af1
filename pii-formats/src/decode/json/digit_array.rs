//! A number whose digits are the elements of an array: `[1,3,8,…]`, `["1","3","8",…]`.

use super::number_array::Verdict;
use std::ops::RangeInclusive;

/// The digits of the shortest number that is anybody's by itself, a mobile phone's, and of the longest, a card's.
const DIGITS: RangeInclusive<usize> = 11..=19;

/// A longer array is not looked at, in bytes: white space may stand between its elements.
const LIMIT_BYTES: usize = 256;

/// Looks at `token`, which begins with `[`. After `Unknown` the same bytes with more behind them are expected.
pub(super) fn read(token: &[u8], is_end: bool) -> Verdict {
    let seen = &token[..token.len().min(LIMIT_BYTES)];
    match digits(seen, &mut |_| {}) {
        Scanned::All { len, count } if DIGITS.contains(&count) => Verdict::Together(len),
        Scanned::Cut if !is_end && token.len() < LIMIT_BYTES => Verdict::Unknown,
        _ => Verdict::Ordinary,
    }
}

/// Writes the digits of such an array to `out`. `false` when it is none.
pub(super) fn write_out(token: &[u8], out: &mut Vec<u8>) -> bool {
    let from = out.len();
    let is_it = token.len() <= LIMIT_BYTES
        && matches!(digits(token, &mut |digit| out.push(digit)), Scanned::All { count, .. } if DIGITS.contains(&count));
    if !is_it {
        out.truncate(from);
    }
    is_it
}

enum Scanned {
    /// All of an array of digits: its length in bytes, and how many there are.
    All {
        len: usize,
        count: usize,
    },
    /// The bytes end before it does.
    Cut,
    Other,
}

fn digits(token: &[u8], tell: &mut impl FnMut(u8)) -> Scanned {
    let (mut at, mut count) = (1, 0);
    let space = |at: usize| token.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_whitespace()).count();
    loop {
        at += space(at);
        let is_quoted = token.get(at) == Some(&b'"');
        at += usize::from(is_quoted);
        let Some(&digit) = token.get(at) else { return Scanned::Cut };
        // The check digit of an ID may be an X.
        let is_check_digit = is_quoted && matches!(digit, b'X' | b'x');
        if !digit.is_ascii_digit() && !is_check_digit {
            return Scanned::Other;
        }
        tell(digit);
        count += 1;
        at += 1;
        match token.get(at) {
            Some(b'"') if is_quoted => at += 1,
            Some(_) if is_quoted => return Scanned::Other,
            _ => {}
        }
        at += space(at);
        match token.get(at) {
            Some(b',') => at += 1,
            Some(b']') => return Scanned::All { len: at + 1, count },
            Some(_) => return Scanned::Other,
            None => return Scanned::Cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_digits_are_numbers() {
        for (text, digits) in [
            ("[1,3,8,0,0,1,3,8,0,0,0]", Some("13800138000")),
            ("[ \"1\", \"3\",\"8\",0,0,1,3,8,0,0,\n 0 ]", Some("13800138000")),
            ("[1,1,0,1,0,5,1,8,8,7,0,2,2,8,0,0,2,\"X\"]", Some("11010518870228002X")),
            ("[1,3,8,0,0,1,3,8,0,0]", None),
            ("[1,3,8,0,0,1,3,8,0,0,10]", None),
            ("[1,3,8,0,0,1,3,8,0,0,0.5]", None),
            ("[1,3,8,0,0,1,3,8,0,0,X]", None),
            ("[1,3,8,0,0,1,3,8,0,0,\"0]", None),
            ("[1,3,8,0,0,1,3,8,0,0,[0]]", None),
            ("[]", None),
        ] {
            let mut out = Vec::new();
            assert_eq!(write_out(text.as_bytes(), &mut out), digits.is_some(), "{text}");
            assert_eq!(String::from_utf8_lossy(&out), digits.unwrap_or_default());
            let expected = digits.map_or(Verdict::Ordinary, |_| Verdict::Together(text.len()));
            assert_eq!(read(format!("{text},1").as_bytes(), false), expected, "{text}");
            for cut in (1..text.len()).filter(|_| digits.is_some()) {
                assert_eq!(read(&text.as_bytes()[..cut], false), Verdict::Unknown, "{cut} {text}");
                assert_eq!(read(&text.as_bytes()[..cut], true), Verdict::Ordinary, "{cut} {text}");
            }
        }
        assert_eq!(read(format!("[1{}", " ".repeat(LIMIT_BYTES)).as_bytes(), false), Verdict::Ordinary);
    }
}
