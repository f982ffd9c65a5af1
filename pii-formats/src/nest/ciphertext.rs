//! Long runs of base64, base85 or hexadecimal digits that may be anything: ciphertext, a file, a key.
//!
//! What such a run holds is found by others, where it is text. What is left over is told, so that somebody who lets nothing
//! pass unread can stop it. Words joined to a path are no such run, nor are numbers, nor one letter over and over.

mod mix;
mod octets;

use mix::Mix;
use std::ops::{Range, RangeInclusive};

/// A shorter run is a key, a digest or a token: what holds much has more, in bytes.
pub(crate) const RUN_LIMIT_BYTES: usize = 512;

/// The widths of lines that a run is folded into. In shorter ones stand words, and one longer line is a run of its own.
const WIDTHS: RangeInclusive<usize> = 40..=RUN_LIMIT_BYTES;

/// A run is looked at in blocks of so many bytes.
const BLOCK_BYTES: usize = 128;

/// So much of a run has to look like code: what is left of the shortest one where a block is mixed badly by chance.
const CODE_BYTES: usize = RUN_LIMIT_BYTES - BLOCK_BYTES;

/// A way in which runs are written.
struct Writing {
    /// Whether a byte is one of its characters.
    is_of: fn(u8) -> bool,
    /// Whether a byte ends the lines, or stands between the pieces, that a run of it is folded into.
    is_joint: fn(u8) -> bool,
    /// Whether what a block is made of looks like it.
    is_mixed: fn(&Mix) -> bool,
}

/// In this order: what is a run of one is looked at no more.
const WRITINGS: [Writing; 4] = [
    Writing { is_of: is_code, is_joint: is_line_end, is_mixed: Mix::is_of_code },
    // The parts of what is encrypted as JSON web tokens are (RFC 7516 §7.1).
    Writing { is_of: |byte| is_code(byte) || byte == b'.', is_joint: is_line_end, is_mixed: Mix::is_of_base64 },
    Writing { is_of: is_code, is_joint: stands_between, is_mixed: Mix::is_of_base64 },
    // Ascii85, Z85 and RFC 1924 differ in their signs.
    Writing { is_of: |byte| byte.is_ascii_graphic(), is_joint: is_line_end, is_mixed: Mix::is_of_base85 },
];

/// The runs in `text` of more than [`RUN_LIMIT_BYTES`] that look like code, in order: each on one line, or folded into lines of one
/// width, or into pieces of one width with signs between them. Linear; most text is stepped over.
pub(crate) fn runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    if text.len() <= RUN_LIMIT_BYTES {
        return out;
    }
    for writing in &WRITINGS {
        let known = out.len();
        writing.runs(text, &mut out);
        drop_known(&mut out, known);
    }
    let known = out.len();
    octets::runs(text, &mut out);
    drop_known(&mut out, known);
    out.sort_by_key(|run| run.start);
    out
}

/// Drops of what came behind the first `known` runs those that lie over one of them.
fn drop_known(runs: &mut Vec<Range<usize>>, known: usize) {
    if known == 0 || runs.len() == known {
        return;
    }
    let mut before = runs[..known].to_vec();
    before.sort_by_key(|run| run.start);
    let mut nth = 0;
    runs.retain(|run| {
        nth += 1;
        let from = before.partition_point(|known| known.end <= run.start);
        nth <= known || before.get(from).is_none_or(|known| known.start >= run.end)
    });
}

/// Whether bytes are more than [`RUN_LIMIT_BYTES`] that look like code.
pub(crate) fn is_long(run: &[u8]) -> bool {
    run.len() > RUN_LIMIT_BYTES && (WRITINGS.iter().any(|writing| writing.is_like(run)) || octets::are_all_of(run))
}

impl Writing {
    fn runs(&self, text: &[u8], out: &mut Vec<Range<usize>>) {
        let takes = |byte: u8| (self.is_of)(byte) || (self.is_joint)(byte);
        stretches(text, takes, |stretch| self.folded(text, stretch, out));
    }

    /// Appends what is one run in a stretch of lines: those of one width with a shorter last one, and every other line for itself.
    fn folded(&self, text: &[u8], stretch: Range<usize>, out: &mut Vec<Range<usize>>) {
        let mut run: Option<(Range<usize>, usize)> = None;
        let mut take = |run: Option<(Range<usize>, usize)>| {
            let is_long = |run: &Range<usize>| run.len() > RUN_LIMIT_BYTES && self.is_like(&text[run.clone()]);
            out.extend(run.map(|(run, _)| run).filter(is_long));
        };
        let mut at = stretch.start;
        for line in text[stretch].split_inclusive(|byte| (self.is_joint)(*byte) && *byte != b'\r') {
            let width = line.iter().rposition(|byte| !(self.is_joint)(*byte)).map_or(0, |last| last + 1);
            let end = at + width;
            match &mut run {
                // Between two pieces may stand a comma and a space.
                Some((_, of_run)) if width == 0 && *of_run > 0 && !line.ends_with(b"\n") => {}
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

    /// Whether enough of a run is mixed as code is. By block, so that a file's empty parts do not hide the rest.
    fn is_like(&self, run: &[u8]) -> bool {
        let code = run.chunks(BLOCK_BYTES).filter(|block| (self.is_mixed)(&Mix::of(block)));
        code.map(<[u8]>::len).sum::<usize>() >= CODE_BYTES
    }
}

/// Tells of each stretch of `text` that is longer than [`RUN_LIMIT_BYTES`] and all of which is taken. Most text is stepped over.
fn stretches(text: &[u8], takes: impl Fn(u8) -> bool, mut tell: impl FnMut(Range<usize>)) {
    let mut from = 0;
    while let Some(window) = text.get(from..=from + RUN_LIMIT_BYTES) {
        match window.iter().rposition(|byte| !takes(*byte)) {
            Some(nth) => from += nth + 1,
            None => {
                let len = text[from..].iter().take_while(|byte| takes(**byte)).count();
                tell(from..from + len);
                from += len;
            }
        }
    }
}

fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn stands_between(byte: u8) -> bool {
    is_line_end(byte) || matches!(byte, b',' | b';' | b'|' | b':' | b'~' | b' ' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::encode;
    use pii_tests::negative;
    use pii_tests::random::Random;
    use proptest::prelude::*;

    const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

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
            let base58 = written(BASE58, seed, 600);
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
    fn pieces_with_signs_between_them_are_one_run() {
        let coded = |len| String::from_utf8(encode(&random(5, len), true, false, None, false)).expect("ASCII");
        for (width, sign) in [(64, ","), (100, ", "), (76, "; "), (400, "|"), (128, " "), (300, ":")] {
            let coded = coded(1000);
            let pieces = coded.as_bytes().chunks(width).map(|piece| str::from_utf8(piece).expect("ASCII"));
            let joined = pieces.collect::<Vec<_>>().join(sign);
            assert_eq!(found(&format!("密文：{joined}。")), [&*joined], "{width}");
        }
        // Parts of any length with dots between them, and lists of short ones.
        let parts = [30, 342, 16, 300, 22].map(coded).join(".");
        assert_eq!(found(&format!("jwe {parts} ok")), [&*parts]);
        let ids: Vec<String> = (0..60).map(|seed| written(BASE58, seed, 28)).collect();
        assert_eq!(found(&ids.join(",")), [""; 0]);
        assert_eq!(found(&ids.join(" | ")), [""; 0]);
    }

    #[test]
    fn base85_is_found() {
        let z85 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
        let ascii85: Vec<u8> = (b'!'..=b'u').collect();
        let rfc1924 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
        for seed in 0..200 {
            for alphabet in [&z85[..], &ascii85, rfc1924] {
                let code = written(alphabet, seed, 700);
                assert_eq!(found(&format!("密文：{code} ok")), [&*code], "{seed}");
                assert_eq!(found(&code[..RUN_LIMIT_BYTES]), [""; 0]);
            }
        }
        let folded: Vec<String> = (0..12).map(|seed| written(&ascii85, seed, 75)).collect();
        let folded = folded.join("\n");
        assert_eq!(found(&format!("无\n{folded}\n无\n")), [&*folded]);
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
            r#"{"orderNo":"20261127A8f3","price":12.50,"qty":100,"side":"BUY","ts":1700000000000},"#.repeat(60),
            "a=1;b=2;path=/api/v1/Users(12)?q={x}&r=[y]#!z$w@v".repeat(40),
            "com.example.securities.CustomerService.getAccount2,".repeat(40),
            "0x1F4A, 12.5%, 2026-11-27 10:30:45.123 [INFO] T-1:".repeat(40),
            "if(a[0]!==b.C1&&(d=e.F2(g),h>>>3)){j?K.l3():m.N4=\"o\";return!1}".repeat(30),
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
