//! Long runs of base64 or hexadecimal digits that may be anything: ciphertext, a file, a key.
//!
//! What such a run holds is found by others, where it is text. What is left over is told, so that somebody who lets nothing
//! pass unread can stop it. Words joined to a path are no such run, nor are numbers, nor one letter over and over.

use std::ops::{Range, RangeInclusive};

/// A shorter run is a key, a digest or a token: what holds much has more, in bytes.
pub(crate) const RUN_LIMIT_BYTES: usize = 512;

/// The widths of lines that a run is folded into. In shorter ones stand words, and one longer line is a run of its own.
const WIDTHS: RangeInclusive<usize> = 40..=RUN_LIMIT_BYTES;

/// A run is looked at in blocks of so many bytes.
const BLOCK_BYTES: usize = 128;

/// So much of a run has to look like code: what is left of the shortest one where a block is mixed badly by chance.
const CODE_BYTES: usize = RUN_LIMIT_BYTES - BLOCK_BYTES;

/// The runs in `text` of more than [`RUN_LIMIT_BYTES`] that look like code, in order: each on one line, or folded into lines of one
/// width. Linear; most text is stepped over.
pub(crate) fn runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(window) = text.get(from..=from + RUN_LIMIT_BYTES) {
        match window.iter().rposition(|b| !is_code(*b) && !is_line_end(*b)) {
            Some(nth) => from += nth + 1,
            None => {
                let len = text[from..].iter().take_while(|b| is_code(**b) || is_line_end(**b)).count();
                folded(text, from..from + len, &mut out);
                from += len;
            }
        }
    }
    out
}

/// Whether bytes are more than [`RUN_LIMIT_BYTES`] that look like code.
pub(crate) fn is_long(run: &[u8]) -> bool {
    run.len() > RUN_LIMIT_BYTES && looks_like_code(run)
}

/// Appends what is one run in a stretch of lines: those of one width with a shorter last one, and every other line for itself.
fn folded(text: &[u8], stretch: Range<usize>, out: &mut Vec<Range<usize>>) {
    let mut run: Option<(Range<usize>, usize)> = None;
    let mut take = |run: Option<(Range<usize>, usize)>| {
        out.extend(run.map(|(run, _)| run).filter(|run| is_long(&text[run.clone()])));
    };
    let mut at = stretch.start;
    for line in text[stretch].split_inclusive(|b| *b == b'\n') {
        let width = line.trim_ascii_end().len();
        let end = at + width;
        match &mut run {
            Some((run, of_run)) if WIDTHS.contains(of_run) && width == *of_run => run.end = end,
            // Nothing follows a shorter line.
            Some((run, of_run)) if WIDTHS.contains(of_run) && (1..*of_run).contains(&width) => {
                run.end = end;
                *of_run = 0;
            }
            _ => take(run.replace((at..end, width))),
        }
        at += line.len();
    }
    take(run);
}

fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Whether enough of a run is mixed as code is. By block, so that a file's empty parts do not hide the rest.
fn looks_like_code(run: &[u8]) -> bool {
    let code = run.chunks(BLOCK_BYTES).filter(|block| Mix::of(block).is_of_code());
    code.map(<[u8]>::len).sum::<usize>() >= CODE_BYTES
}

/// What a block is made of.
#[derive(Default)]
struct Mix {
    upper: usize,
    lower: usize,
    digits: usize,
    signs: usize,
    /// How many letters and digits stand next to one of another sort.
    changes: usize,
    distinct: usize,
}

impl Mix {
    fn of(block: &[u8]) -> Self {
        let mut mix = Self::default();
        let mut seen = 0_u128;
        let mut before = 0;
        for &byte in block.iter().filter(|b| !is_line_end(**b)) {
            seen |= 1 << (byte & 0x7F);
            let sort = match byte {
                b'A'..=b'Z' => 1,
                b'a'..=b'z' => 2,
                b'0'..=b'9' => 3,
                _ => 0,
            };
            match sort {
                1 => mix.upper += 1,
                2 => mix.lower += 1,
                3 => mix.digits += 1,
                _ => mix.signs += 1,
            }
            mix.changes += usize::from(before != 0 && sort != 0 && before != sort);
            before = sort;
        }
        mix.distinct = seen.count_ones() as usize;
        mix
    }

    /// In random base64 two of five are capitals, as many small letters, one of six a digit, and two of three stand next to one
    /// of another sort; in words joined by capitals or signs hardly any digit does. In random hexadecimal and Base32 half or a
    /// third do.
    fn is_of_code(&self) -> bool {
        let Self { upper, lower, digits, signs, changes, distinct } = *self;
        let len = upper + lower + digits + signs;
        let is_percent = |count: usize, percent: usize| count * 100 >= len * percent;
        let is_mixed = is_percent(upper, 10) && is_percent(lower, 10);
        if is_mixed {
            return is_percent(digits, 4) && is_percent(changes, 45) && distinct >= 24;
        }
        let is_of_one_case = signs == 0 && (upper == 0 || lower == 0);
        is_of_one_case
            && is_percent(digits, 6)
            && is_percent(upper + lower, 15)
            && is_percent(changes, 22)
            && distinct >= 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::encode;
    use pii_tests::negative;
    use pii_tests::random::Random;
    use proptest::prelude::*;

    fn random(seed: u64, len: usize) -> Vec<u8> {
        let mut random = Random::new(seed);
        (0..len).map(|_| random.bits() as u8).collect()
    }

    fn written(alphabet: &[u8], seed: u64, len: usize) -> String {
        let mut random = Random::new(seed);
        (0..len).map(|_| char::from(alphabet[random.below(alphabet.len())])).collect()
    }

    fn found(text: &str) -> Vec<&str> {
        runs(text.as_bytes()).into_iter().map(|run| &text[run]).collect()
    }

    #[test]
    fn code_is_found_however_it_is_written() {
        for seed in 0..200 {
            let bytes = random(seed, 600);
            let base64 = String::from_utf8(encode(&bytes, seed % 2 == 0, false, None, false)).expect("ASCII");
            let lower = written(b"0123456789abcdef", seed, 600);
            let upper = lower.to_uppercase();
            let base32 = written(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", seed, 700);
            let base58 = written(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", seed, 600);
            for code in [base64, lower, upper, base32, base58] {
                for (before, behind) in [("", ""), ("密文：", "。"), ("data=", "="), ("a b ", "\nc")] {
                    assert_eq!(found(&format!("{before}{code}{behind}")), [&*code], "{seed}");
                }
                assert_eq!(found(&code[..RUN_LIMIT_BYTES]), [""; 0]);
            }
        }
    }

    #[test]
    fn lines_of_one_width_are_one_run() {
        for (width, line_end) in [(64, "\n"), (76, "\r\n"), (40, "\n")] {
            let coded = encode(&random(1, 1000), false, false, Some((width, line_end)), false);
            let coded = String::from_utf8(coded).expect("ASCII");
            let text = format!("-----BEGIN-----\n{coded}\n-----END-----\nBest regards\n");
            assert_eq!(found(&text), [&*coded], "{width}");
        }
        // Lines of words, and lines too short to have been folded.
        let coded = String::from_utf8(encode(&random(1, 1000), false, false, Some((36, "\n")), false)).expect("ASCII");
        assert_eq!(found(&coded), [""; 0]);
    }

    #[test]
    fn a_part_that_is_code_is_enough() {
        let code = written(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 3, 640);
        let text = format!("{}{code}{}", "A".repeat(4000), "A".repeat(4000));
        assert_eq!(found(&text), [&*text]);
    }

    #[test]
    fn words_numbers_and_repetitions_are_no_code() {
        let words = "getCustomerInformationByIdentityNumberAndAccountTypeOf2024";
        for text in [
            "a".repeat(5000),
            "0123456789".repeat(500),
            "ACGT".repeat(1000),
            "abc123".repeat(1000),
            words.repeat(50),
            format!("/{}", "customer/statements/2026/11/27/detail-page_".repeat(50)),
            "CUSTOMER_ID_NUMBER_2026_".repeat(50),
            "TheQuickBrownFoxJumpsOverTheLazyDog".repeat(50),
            "尊敬的客户，您的账户已开户。".repeat(500),
            "550e8400-e29b-41d4-a716-446655440000\n".repeat(50),
            ".a1{color:#f00;margin:0 4px}".repeat(100),
            "function(e,t){var n=e.r(t);n.d(t,\"a\",function(){return i});}".repeat(100),
            "https://x.cn/p?a=MTM4MDAxMzgwMDA&b=d41d8cd98f00b204e9800998ecf8427e&".repeat(50),
            "[1727040096959,222.09,216.15]".repeat(200),
        ] {
            assert_eq!(found(&text), [""; 0], "{}", &text[..20.min(text.len())]);
        }
        let harmless = String::from_utf8(negative::lines(11, 20_000)).expect("UTF-8");
        assert_eq!(found(&harmless), [""; 0]);
    }

    #[test]
    fn much_of_anything_takes_linear_time() {
        for unit in
            ["a", "aB3", "\n", "a\n", &format!("{}\n", "aB3x".repeat(10)), "aB3 ", &format!("{} ", "x".repeat(511))]
        {
            let text = unit.repeat(4_000_000 / unit.len());
            assert!(runs(text.as_bytes()).len() <= text.len());
        }
    }

    proptest! {
        #[test]
        fn runs_are_in_order_and_long(bytes in prop::collection::vec(prop::sample::select(&b"aB3\n\r ="[..]), 0..3000)) {
            let mut from = 0;
            for run in runs(&bytes) {
                prop_assert!(from <= run.start && run.len() > RUN_LIMIT_BYTES && run.end <= bytes.len());
                from = run.end;
            }
        }
    }
}
