//! Finds the end of a string (RFC 8259 §7), and goes on where it stopped when the rest arrives.

use super::fault::Fault;

/// How far a string has been read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StringScan {
    scanned: usize,
    has_escapes: bool,
}

/// A string whose end is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StringToken {
    /// Bytes, both quotes included.
    pub(super) len: usize,
    /// Whether its text differs from its bytes.
    pub(super) has_escapes: bool,
}

impl StringScan {
    /// Reads `token`, which begins with the opening quote. `None` while the closing quote is missing; the same bytes
    /// with more behind them are then expected.
    pub(super) fn read(&mut self, token: &[u8]) -> Result<Option<StringToken>, Fault> {
        let mut at = self.scanned.max(1);
        loop {
            at += plain_run(&token[at..]);
            match token.get(at) {
                Some(b'"') => {
                    let whole = StringToken { len: at + 1, has_escapes: self.has_escapes };
                    *self = Self::default();
                    return Ok(Some(whole));
                }
                Some(b'\\') => match escape_len(&token[at..], at)? {
                    Some(len) => {
                        self.has_escapes = true;
                        at += len;
                    }
                    None => break,
                },
                Some(_) => return Err(Fault { at, what: "a control character in a string" }),
                None => break,
            }
        }
        self.scanned = at;
        Ok(None)
    }
}

/// The length of the escape at the front of `bytes`. `None` while it is not all there.
fn escape_len(bytes: &[u8], at: usize) -> Result<Option<usize>, Fault> {
    match bytes.get(1) {
        None => Ok(None),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(Some(2)),
        Some(b'u') => {
            let digits = &bytes[2..bytes.len().min(6)];
            match digits.iter().position(|b| !b.is_ascii_hexdigit()) {
                Some(wrong) => Err(Fault { at: at + 2 + wrong, what: "expected four hexadecimal digits" }),
                None => Ok((digits.len() == 4).then_some(6)),
            }
        }
        Some(_) => Err(Fault { at: at + 1, what: "an escape that JSON does not have" }),
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// How many bytes from the front stand for themselves: no quote, no backslash, no control character.
///
/// Eight bytes at a time. A subtraction borrows from a byte only after a byte that is a hit itself, so the lowest hit
/// is always right, and only the lowest is used.
fn plain_run(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quotes = word ^ (ONES * u64::from(b'"'));
        let backslashes = word ^ (ONES * u64::from(b'\\'));
        let hits = (quotes.wrapping_sub(ONES) & !quotes)
            | (backslashes.wrapping_sub(ONES) & !backslashes)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let hits = hits & HIGH_BITS;
        if hits != 0 {
            return nth * 8 + hits.trailing_zeros() as usize / 8;
        }
    }
    let is_special = |&b: &u8| b < 0x20 || b == b'"' || b == b'\\';
    bytes.len() - rest.len() + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_runs_end_at_every_special_byte() {
        for special in 0..=255_u8 {
            for before in 0..20 {
                let mut bytes = vec![0xFF; before];
                bytes.push(special);
                bytes.extend([b'x'; 9]);
                let is_plain = special >= 0x20 && special != b'"' && special != b'\\';
                let expected = if is_plain { bytes.len() } else { before };
                assert_eq!(plain_run(&bytes), expected, "byte {special} after {before}");
            }
        }
    }

    #[test]
    fn strings_end_at_their_quote() {
        type Expected = Result<Option<(usize, bool)>, usize>;
        let cases: &[(&[u8], Expected)] = &[
            (br#""""#, Ok(Some((2, false)))),
            (br#""abcdefghij","#, Ok(Some((12, false)))),
            (br#""a\"b","#, Ok(Some((6, true)))),
            (br#""\u00e9\\""#, Ok(Some((10, true)))),
            (br#""abc"#, Ok(None)),
            (br#""abc\"#, Ok(None)),
            (br#""abc\u12"#, Ok(None)),
            (br#""\x41""#, Err(2)),
            (br#""\u12g4""#, Err(5)),
            (b"\"a\nb\"", Err(2)),
        ];
        for (token, expected) in cases {
            let read = StringScan::default().read(token);
            let read = read.map(|t| t.map(|t| (t.len, t.has_escapes))).map_err(|f| f.at);
            assert_eq!(read, *expected, "{}", String::from_utf8_lossy(token));
        }
    }

    #[test]
    fn reading_goes_on_where_it_stopped() {
        let token = br#""12\u5f20\"3456789""#;
        let whole = StringScan::default().read(token).expect("well-formed");
        let mut scan = StringScan::default();
        for cut in 1..token.len() {
            assert_eq!(scan.read(&token[..cut]), Ok(None), "cut at {cut}");
        }
        assert_eq!(scan.read(token), Ok(whole));
    }
}
