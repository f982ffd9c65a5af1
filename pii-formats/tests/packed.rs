//! Text that was packed and written in base64, or written in UTF-16 or UTF-7, is searched and masked there; what does not come
//! out is told.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::coding::{Coding, Codings, Limits, decode, encode};
use pii_formats::{Format, Masker, Options, Output};
use pii_tests::coding::{base64, base64_url};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("no keys are needed")
});

const TEXT: &str = "客户张三，手机13800138000";

fn told(format: Format, input: &str) -> Output {
    let options = Options { format: Some(format), ..Options::default() };
    MASKER.mask_checked(input.as_bytes(), &options).expect("well-formed")
}

fn codings(coding: Coding) -> Codings {
    [coding].into_iter().collect()
}

fn unbase64(coded: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    let (mut out, mut bits, mut len) = (Vec::new(), 0_u32, 0);
    for byte in coded.bytes().filter(|byte| *byte != b'=') {
        bits = bits << 6 | value(byte);
        len += 6;
        if len >= 8 {
            len -= 8;
            out.push((bits >> len) as u8);
        }
    }
    out
}

#[test]
fn what_was_packed_is_masked_where_it_stands() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
        let packed = encode(&codings(coding), TEXT.as_bytes());
        for code in [base64(&packed), base64_url(&packed)] {
            for (format, input, before, behind) in [
                (Format::Json, format!("{{\"data\":\"{code}\"}}"), "{\"data\":\"", "\"}"),
                (Format::Text, format!("数据 {code} 完\n"), "数据 ", " 完\n"),
                (Format::Xml, format!("<r><d>{code}</d></r>"), "<r><d>", "</d></r>"),
            ] {
                let output = told(format, &input);
                let kinds: Vec<&str> = output.reports.iter().map(|report| report.kind.as_str()).collect();
                assert_eq!(kinds, ["person_name", "mobile_phone"], "{input}");
                let text = String::from_utf8(output.bytes).expect("UTF-8");
                let inside =
                    text.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind)).expect("the same around");
                let masked = decode(&codings(coding), &unbase64(inside), &Limits::default()).expect("packed as it was");
                assert_eq!(String::from_utf8_lossy(&masked.bytes), "客户张**，手机138******00");
                assert_eq!(output.unexplained, []);
            }
        }
    }
    let clean = base64(&encode(&codings(Coding::Gzip), "无事".repeat(300).as_bytes()));
    let input = format!("{{\"data\":\"{clean}\"}}");
    assert_eq!(told(Format::Json, &input).bytes, input.as_bytes());
}

#[test]
fn text_in_utf_16_and_utf_7_is_masked() {
    let big: Vec<u8> = "手机13800138000".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let little: Vec<u8> = "\u{FEFF}手机13800138000".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for code in [base64(&big), base64(&little), format!("+{}-", base64(&big).trim_end_matches('='))] {
        for (format, input) in
            [(Format::Json, format!("{{\"a\":\"{code}\"}}")), (Format::Text, format!("a {code} b\n"))]
        {
            let output = told(format, &input);
            assert_eq!(output.reports.len(), 1, "{input}");
            assert_eq!(output.reports[0].kind.as_str(), "mobile_phone");
            assert!(!String::from_utf8_lossy(&output.bytes).contains(&code[1..code.len() - 1]));
        }
    }
}

#[test]
fn what_does_not_come_out_is_told() {
    let gzip = encode(&codings(Coding::Gzip), TEXT.as_bytes());
    // With the name of a file in its head (RFC 1952 §2.3), cut off, with something behind it, and of a text that is all one letter.
    let named = [&gzip[..3], b"\x08", &gzip[4..10], b"13800138000.txt\0", &gzip[10..]].concat();
    let twice = encode(&codings(Coding::Gzip), base64(&gzip).as_bytes());
    for packed in [
        named,
        gzip[..20].to_vec(),
        [&gzip[..], b"13800138000"].concat(),
        encode(&codings(Coding::Gzip), &vec![b'a'; 100_000]),
        twice,
    ] {
        let code = base64(&packed);
        for (format, input) in
            [(Format::Json, format!("{{\"a\":\"{code}\"}}")), (Format::Text, format!("a {code} b\n"))]
        {
            let output = told(format, &input);
            let [run] = &output.unexplained[..] else { panic!("{} {:?}", code.len(), output.unexplained) };
            assert_eq!(&input[run.start as usize..run.end as usize].len(), &code.len());
        }
    }
}

#[test]
fn packed_runs_do_not_grow_without_end() {
    // Each run of the middle layer becomes sixty times as long, and holds such runs again.
    let inner = base64(&encode(&codings(Coding::Gzip), "无事发生 ".repeat(200).as_bytes()));
    let middle = base64(&encode(&codings(Coding::Gzip), format!("{inner} ").repeat(30).as_bytes()));
    let input = format!("{middle} ").repeat(2000);
    let begun = Instant::now();
    let output = told(Format::Text, &input);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!(output.bytes, input.as_bytes());
}
