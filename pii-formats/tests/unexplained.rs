//! What is long and explains itself in no way is told, and nothing else.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Format, Masker, Mode, Options, Output, Unexplained};
use pii_tests::coding::{base64, base64_url};
use pii_tests::generate::Generator;
use pii_tests::random::Random;
use pii_tests::{message, negative};
use std::sync::LazyLock;

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("no keys are needed")
});

fn told(format: Format, input: &str) -> Output {
    let options = Options { format: Some(format), ..Options::default() };
    MASKER.mask(input.as_bytes(), &options).expect("well-formed")
}

/// What is told of `input`: the text at the place, the path, and what it is.
fn unexplained(format: Format, input: &str) -> Vec<(&str, String, Option<&'static str>)> {
    let output = told(format, input);
    let show = |run: Unexplained| (&input[run.start as usize..run.end as usize], run.path, run.media_type);
    output.unexplained.into_iter().map(show).collect()
}

fn random(len: usize) -> Vec<u8> {
    let mut random = Random::new(17);
    (0..len).map(|_| random.bits() as u8).collect()
}

fn folded(code: &str, width: usize, line_end: &str) -> String {
    let lines: Vec<&str> = code.as_bytes().chunks(width).map(|line| str::from_utf8(line).expect("ASCII")).collect();
    lines.join(line_end)
}

#[test]
fn ciphertext_is_told_wherever_it_stands() {
    let code = base64_url(&random(900));
    let hex: String = random(300).iter().map(|byte| format!("{byte:02x}")).collect();
    let escaped = code.replace('-', "\\u002d");
    for (format, input, run, path) in [
        (Format::Json, format!(r#"{{"a":[{{"data":"{code}"}}]}}"#), &*code, "$.a[0].data"),
        (Format::Json, format!(r#"{{"data":"{escaped}"}}"#), &escaped, "$.data"),
        (Format::Json, format!(r#"{{"data":"{hex}"}}"#), &hex, "$.data"),
        (Format::Json, format!(r#"{{"data":"密文：{code}。"}}"#), &code, "$.data"),
        (Format::Form, format!("a=1&data={code}"), &code, "data"),
        (Format::Xml, format!("<r><data>{code}</data></r>"), &code, "/r/data"),
        (Format::Csv, format!("a,data\n1,{code}\n"), &code, "data"),
        (Format::Text, format!("无\n密文 {code} 无\n"), &code, ""),
        (Format::Text, format!("{}无\n密文 {code} 无\n", "无\n".repeat(3000)), &code, ""),
        (Format::Ndjson, format!("{{\"a\":1}}\n{{\"data\":\"{code}\"}}\n"), &code, "$.data"),
    ] {
        assert_eq!(unexplained(format, &input), [(run, path.to_owned(), None)], "{input}");
        let output = told(format, &input);
        assert!(output.bytes == input.as_bytes(), "it is only told");
        let line = input[..output.unexplained[0].start as usize].matches('\n').count() as u64 + 1;
        assert_eq!(output.unexplained[0].line, line);
    }
}

#[test]
fn other_ways_to_write_bytes_are_told() {
    let mut random = Random::new(23);
    let base85: String = (0..700).map(|_| char::from(b'!' + random.below(85) as u8)).collect();
    let bytes: Vec<String> = "手机13800138000，".repeat(12).bytes().map(|byte| format!("{byte:02x}")).collect();
    let code = base64_url(&self::random(1200));
    let pieces: Vec<&str> = code.as_bytes().chunks(200).map(|piece| str::from_utf8(piece).expect("ASCII")).collect();
    for run in [base85, bytes.join(" "), bytes.join(":"), pieces.join("."), pieces.join(","), pieces.join(", ")] {
        let json = serde_json::json!({ "data": run }).to_string();
        let output = told(Format::Json, &json);
        let [told] = &output.unexplained[..] else { panic!("{run}: {:?}", output.unexplained) };
        assert_eq!(told.path, "$.data");
        let text = format!("无\n密文 {run}\n无\n");
        let escaped = |run: &str| run.replace(['<', '&', '%', '\\'], "#");
        assert_eq!(unexplained(Format::Text, &escaped(&text)).len(), 1, "{run}");
    }
}

#[test]
fn entities_that_a_document_declares_are_told() {
    let joined = "<!DOCTYPE r [<!ENTITY a \"138\">]><r><phone>&a;00138000</phone></r>";
    for (format, input, place) in [
        (Format::Xml, joined.to_owned(), "/doctype()"),
        (Format::Json, serde_json::json!({ "xml": joined }).to_string(), "$.xmlcomment"),
        (Format::Html, format!("<html>{joined}</html>"), "comment"),
        (Format::Html, joined.replace("ENTITY a", "ENTITY b \"1\"><!ENTITY a"), "comment"),
    ] {
        let output = told(format, &input);
        let part = output.uninspected.first().unwrap_or_else(|| panic!("{input}"));
        assert_eq!((part.media_type.as_str(), part.path.as_str()), ("application/xml-dtd", place), "{input}");
        assert!(input[part.start as usize..part.end as usize].contains("ENTITY"));
    }
    for input in
        ["<!DOCTYPE r><r>1</r>", "<!DOCTYPE r SYSTEM \"r.dtd\"><r>&a;</r>", "<!DOCTYPE r [<!ELEMENT r ANY>]><r>1</r>"]
    {
        assert_eq!(told(Format::Xml, input).uninspected, [], "{input}");
    }
}

#[test]
fn folded_lines_are_one() {
    let code = base64(&random(1998));
    let lines = folded(&code, 64, "\n");
    let armoured = format!("-----BEGIN PGP MESSAGE-----\n\n{lines}\n=aB3d\n-----END PGP MESSAGE-----\n");
    let expected = [(&*lines, String::new(), None)];
    assert_eq!(unexplained(Format::Text, &armoured), expected);
    let long = format!("{}{armoured}", "无\n".repeat(3000));
    assert_eq!(unexplained(Format::Text, &long), expected);
    let escaped = lines.replace('\n', "\\n");
    let json = format!(r#"{{"data":"{escaped}"}}"#);
    assert_eq!(unexplained(Format::Json, &json), [(&*escaped, "$.data".to_owned(), None)]);
    assert_eq!(told(Format::Json, &json).unexplained[0].bytes, lines.len() as u64);
}

#[test]
fn files_are_known_by_their_beginning() {
    for (beginning, media_type) in [
        (&b"\x89PNG\r\n\x1A\n"[..], "image/png"),
        (b"\xFF\xD8\xFF", "image/jpeg"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
    ] {
        let code = base64(&[beginning, &random(900)].concat());
        let code = code.trim_end_matches('=');
        let page = format!("<p>图</p><img src=\"data:x;base64,{code}\">");
        let runs = unexplained(Format::Html, &page);
        assert_eq!(runs.iter().map(|(run, _, of)| (*run, *of)).collect::<Vec<_>>(), [(code, Some(media_type))]);
    }
}

#[test]
fn what_was_read_is_explained() {
    let text = "尊敬的客户，您的账户已开户。".repeat(40);
    let document = format!(r#"{{"a":"{text}","b":[1,2,3]}}"#);
    for content in [&text, &document] {
        let code = base64(content.as_bytes());
        for (format, input) in [
            (Format::Json, format!(r#"{{"data":"{code}"}}"#)),
            (Format::Json, format!(r#"{{"data":"{}"}}"#, folded(&code, 76, "\\r\\n"))),
            (Format::Text, format!("无\n{code}\n")),
            (Format::Text, format!("无\n{}\n", folded(&code, 76, "\n"))),
            (Format::Form, format!("a=1&data={}", base64_url(content.as_bytes()))),
        ] {
            assert_eq!(unexplained(format, &input), [], "{input}");
        }
    }
    // What is inside of it is not.
    let inner = base64_url(&random(900));
    let outer = base64(format!(r#"{{"data":"{inner}"}}"#).as_bytes());
    let outer = outer.trim_end_matches('=');
    let input = format!(r#"{{"a":"{outer}"}}"#);
    let output = told(Format::Json, &input);
    let [run] = &output.unexplained[..] else { panic!("{:?}", output.unexplained) };
    assert_eq!((&input[run.start as usize..run.end as usize], run.bytes), (outer, 1200));
}

#[test]
fn what_was_found_is_explained() {
    // A web token whose payload is encrypted, and the image of a face.
    let part = |len| base64_url(&random(len));
    let token =
        format!("{}.{}.{}", base64_url(br#"{"alg":"RS256","typ":"JWT"}"#), base64_url(br#"{"sub":"1"}"#), part(600));
    let face = base64(&[&b"\xFF\xD8\xFF\xE0\0\x10JFIF\0"[..], &random(2000)].concat());
    for input in [format!(r#"{{"accessToken":"{token}"}}"#), format!(r#"{{"faceImage":"{face}"}}"#)] {
        let output = told(Format::Json, &input);
        assert!(!output.reports.is_empty());
        assert_eq!(output.unexplained, []);
        assert!(output.bytes.len() < 100);
    }
}

#[test]
fn ordinary_text_explains_itself() {
    let mut g = Generator::new(20_261_127);
    for _ in 0..3000 {
        let message = message::next(&mut g);
        let format = Format::ALL.into_iter().find(|format| format.name() == message.format.name());
        let options = Options { format, ..Options::default() };
        let output = MASKER.mask(&message.document.bytes, &options).expect("well-formed");
        assert_eq!(output.unexplained, [], "{}", message.id);
    }
    for seed in 0..5 {
        let lines = String::from_utf8(negative::lines(seed, 3000)).expect("UTF-8");
        assert_eq!(unexplained(Format::Text, &lines), []);
        let joined = serde_json::json!({ "a": lines, "b": lines.replace('\n', "") }).to_string();
        assert_eq!(unexplained(Format::Json, &joined), []);
    }
}

#[test]
fn where_an_input_is_cut_makes_no_difference() {
    let code = base64_url(&random(900));
    let input = format!("{{\"a\":1}}\n{{\"data\":\"{code}\",\"b\":\"手机13800138000\"}}\n{{\"c\":\"{code}\"}}\n");
    let whole = told(Format::Ndjson, &input).unexplained;
    assert_eq!(whole.len(), 2);
    for size in [1, 7, 500] {
        let options = Options { format: Some(Format::Ndjson), ..Options::default() };
        let (mut session, mut output) = (MASKER.session(Mode::Mask, options), Output::default());
        for chunk in input.as_bytes().chunks(size) {
            session.push(chunk, &mut output).expect("well-formed");
        }
        session.finish(&mut output).expect("well-formed");
        assert_eq!(output.unexplained, whole);
    }
}
