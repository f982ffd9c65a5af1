//! Tells arrays that may be an embedding (64 numbers or more and nothing else) from ordinary ones.
//!
//! A face or voice embedding is one value: its numbers mean nothing one by one and everything together.

use super::number::NumberScan;

/// The fewest numbers that are taken together: the shortest embeddings in use have 64 dimensions.
const FEWEST: usize = 64;
/// The longest array, in bytes, that is taken together. 4096 dimensions take 80 KB; what is longer is a list of numbers.
const LIMIT_BYTES: usize = 1 << 20;
/// The most bytes that an element may take, white space included, so that looking again at one is cheap.
const ELEMENT_LIMIT_BYTES: usize = 256;

/// How far an array has been looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NumberArrayScan {
    scanned: usize,
    count: usize,
}

/// What an array is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Read it element by element.
    Ordinary,
    /// Take it as one: so many bytes.
    Together(usize),
    /// Not known before more arrives.
    Unknown,
}

impl NumberArrayScan {
    /// Looks at `token`, which begins with `[`. After `Unknown` the same bytes with more behind them are expected.
    pub(super) fn read(&mut self, token: &[u8], is_end: bool) -> Verdict {
        let verdict = self.look(token, is_end);
        if verdict != Verdict::Unknown {
            *self = Self::default();
        }
        verdict
    }

    fn look(&mut self, token: &[u8], is_end: bool) -> Verdict {
        let mut at = self.scanned.max(1);
        loop {
            if at > LIMIT_BYTES {
                return Verdict::Ordinary;
            }
            let rest = &token[at..];
            match element(&rest[..rest.len().min(ELEMENT_LIMIT_BYTES)]) {
                Element::Followed { len, is_last } => {
                    at += len;
                    self.count += 1;
                    if is_last {
                        return if self.count >= FEWEST { Verdict::Together(at) } else { Verdict::Ordinary };
                    }
                }
                Element::Cut if !is_end && rest.len() < ELEMENT_LIMIT_BYTES => {
                    self.scanned = at;
                    return Verdict::Unknown;
                }
                Element::Cut | Element::Other => return Verdict::Ordinary,
            }
        }
    }
}

enum Element {
    /// A number and the comma or bracket after it.
    Followed { len: usize, is_last: bool },
    /// The bytes end before it does.
    Cut,
    /// Not a number, or not well-formed.
    Other,
}

fn element(bytes: &[u8]) -> Element {
    let start = white_space(bytes);
    let Some(&first) = bytes.get(start) else { return Element::Cut };
    if first != b'-' && !first.is_ascii_digit() {
        return Element::Other;
    }
    let end = match NumberScan::default().read(&bytes[start..], false) {
        Ok(Some(len)) => start + len,
        Ok(None) => return Element::Cut,
        Err(_) => return Element::Other,
    };
    let after = end + white_space(&bytes[end..]);
    match bytes.get(after) {
        Some(b',') => Element::Followed { len: after + 1, is_last: false },
        Some(b']') => Element::Followed { len: after + 1, is_last: true },
        Some(_) => Element::Other,
        None => Element::Cut,
    }
}

fn white_space(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(count: usize, separator: &str) -> String {
        format!("[{}] ", vec!["-0.125"; count].join(separator))
    }

    #[test]
    fn long_arrays_of_numbers_go_together() {
        let cases = [
            (array(64, ","), Verdict::Together(64 * 7 + 1)),
            (array(64, " ,\n "), Verdict::Together(64 * 6 + 63 * 4 + 2)),
            (array(63, ","), Verdict::Ordinary),
            (array(64, ",null,"), Verdict::Ordinary),
            (array(64, ",,"), Verdict::Ordinary),
            (array(64, &format!(",{}", " ".repeat(ELEMENT_LIMIT_BYTES))), Verdict::Ordinary),
            (array(200_000, ","), Verdict::Ordinary),
            ("[]".to_owned(), Verdict::Ordinary),
            (format!("[{}", "1,".repeat(99)), Verdict::Ordinary),
        ];
        for (nth, (text, expected)) in cases.iter().enumerate() {
            assert_eq!(NumberArrayScan::default().read(text.as_bytes(), true), *expected, "case {nth}");
        }
    }

    #[test]
    fn looking_goes_on_where_it_stopped() {
        let text = array(70, ", ");
        let mut scan = NumberArrayScan::default();
        for cut in 1..text.len() - 1 {
            assert_eq!(scan.read(&text.as_bytes()[..cut], false), Verdict::Unknown, "cut at {cut}");
        }
        assert_eq!(scan.read(text.as_bytes(), false), Verdict::Together(text.len() - 1));
    }
}
