//! What holds of every input, whatever its format and however it arrives.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Charset, Format, Masker, Mode, Options, Output};
use std::fs;
use std::path::{Path, PathBuf};

fn masker(channel: &str) -> Masker {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some(channel), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("the built-in policy needs no keys")
}

fn examples() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut found: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(folder)
        .expect("the examples")
        .map(|entry| entry.expect("readable").path())
        // A manual, a script and a policy are no messages.
        .filter(|path| path.extension().is_some_and(|e| e != "md" && e != "sh" && e != "toml"))
        .map(|path| (path.clone(), fs::read(&path).expect("readable")))
        .collect();
    found.sort();
    assert!(found.len() >= 10, "the examples are not here");
    found
}

fn options(path: &Path) -> Options {
    Options { name: Some(path.display().to_string()), ..Options::default() }
}

fn in_chunks(masker: &Masker, input: &[u8], size: usize, options: &Options) -> Output {
    let mut output = Output::default();
    let mut session = masker.session(Mode::Mask, options.clone());
    for chunk in input.chunks(size) {
        session.push(chunk, &mut output).expect("the example is well-formed");
    }
    session.finish(&mut output).expect("the example is well-formed");
    output
}

#[test]
fn where_an_input_is_cut_makes_no_difference() {
    let masker = masker("sms");
    for (path, input) in examples() {
        let whole = masker.mask(&input, &options(&path)).expect("well-formed");
        for size in [1, 3, 64, 1000] {
            let parts = in_chunks(&masker, &input, size, &options(&path));
            assert_eq!(parts.bytes, whole.bytes, "{} in chunks of {size}", path.display());
            assert_eq!(parts.reports, whole.reports, "{} in chunks of {size}", path.display());
        }
    }
}

#[test]
fn a_label_on_a_line_of_its_own_speaks_for_the_next_line_however_they_arrive() {
    let masker = masker("log");
    let options = Options { format: Some(Format::Text), charset: Some(Charset::Utf8), ..Options::default() };
    for (input, expected) in [
        ("资金账号\n8800123456\n姓名：\n张三\n", "资金账号\n88****3456\n姓名：\n张**\n"),
        ("a\r\n  资金账号：\r\n\t8800123456\r\n8800123456\r\n", "a\r\n  资金账号：\r\n\t88****3456\r\n8800123456\r\n"),
        ("资金账号\n8800123456", "资金账号\n88****3456"),
        // What is no value, or stands further down, is nobody's.
        ("资金账号\n\n8800123456\n", "资金账号\n\n8800123456\n"),
        ("资金账号\n余额 8800123456\n", "资金账号\n余额 8800123456\n"),
        ("姓名\n性别\n张三\n", "姓名\n性别\n张三\n"),
        ("资金账号\n订单号\n8800123456\n", "资金账号\n订单号\n8800123456\n"),
    ] {
        for size in [1, 3, 64] {
            let masked = in_chunks(&masker, input.as_bytes(), size, &options);
            assert_eq!(String::from_utf8_lossy(&masked.bytes), expected, "in chunks of {size}");
        }
    }
}

#[test]
fn a_line_in_another_charset_is_masked_in_it() {
    let gb = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let masker = masker("log");
    let options = Options { format: Some(Format::Text), charset: Some(Charset::Utf8), ..Options::default() };
    let input = ["资金账号8800123456\n".as_bytes(), &gb("资金账号8800123456，客户张三\r\n"), b"end\n"].concat();
    let expected = ["资金账号88****3456\n".as_bytes(), &gb("资金账号88****3456，客户张**\r\n"), b"end\n"].concat();
    for size in [1, 3, 64] {
        let masked = in_chunks(&masker, &input, size, &options);
        assert_eq!(masked.bytes.escape_ascii().to_string(), expected.escape_ascii().to_string(), "in chunks of {size}");
    }
}

#[test]
fn numbers_are_found_however_programs_write_them() {
    let masker = masker("log");
    for (format, input, expected) in [
        (Format::Json, "{\"x\":13800138000.0,\"y\":1.3800138e10}", "{\"x\":\"138****8000\",\"y\":\"138****8000\"}"),
        (Format::Json, "{\"x\":[1,3,8,0,0,1,3,8,0,0,0],\"y\":[1,3]}", "{\"x\":\"138****8000\",\"y\":[1,3]}"),
        (
            Format::Json,
            "[[\"1\", \"3\",\"8\",\"0\",\"0\",\"1\",\"3\",\"8\",\"0\",\"0\",\"0\"],{\"a\":[1,2,3,4,5,6,7,8,9,0,1]}]",
            "[\"138****8000\",{\"a\":[1,2,3,4,5,6,7,8,9,0,1]}]",
        ),
        (Format::Csv, "a,b\n1,13800138000.0\n2,13900139000.0\n", "a,b\n1,138****8000\n2,139****9000\n"),
    ] {
        for size in [1, 3, 64] {
            let options = Options { format: Some(format), ..Options::default() };
            let masked = in_chunks(&masker, input.as_bytes(), size, &options);
            assert_eq!(String::from_utf8_lossy(&masked.bytes), expected, "in chunks of {size}");
        }
    }
}

#[test]
fn masking_twice_is_masking_once() {
    let masker = masker("third_party");
    for (path, input) in examples() {
        let once = masker.mask(&input, &options(&path)).expect("well-formed");
        assert!(!once.reports.is_empty(), "{}: nothing was found", path.display());
        let twice = masker.mask(&once.bytes, &options(&path)).expect("a masked document is well-formed");
        assert_eq!(String::from_utf8_lossy(&twice.bytes), String::from_utf8_lossy(&once.bytes), "{}", path.display());
    }
}

#[test]
fn what_holds_nothing_leaves_as_it_came() {
    let masker = masker("third_party");
    let inputs: [(Format, &[u8]); 12] = [
        (Format::Text, "今日沪深两市震荡上行。\r\n\r\nend without newline".as_bytes()),
        (Format::Json, b" {\"a\" : [1.50, true,null],\r\n\t\"b\":\"\\u4e2d\\/\"} "),
        (Format::Ndjson, b"{\"a\":1}\n\n{\"a\":2}\r\n"),
        (Format::Form, b"a=1&b=%E4%B8%AD+x&&c"),
        (Format::Xml, b"<?xml version='1.0'?>\n<a b = \"1\"><!-- c --><![CDATA[<]]>&lt;</a>\n"),
        (Format::Html, b"<p>one<br>two &amp; three<p>four"),
        (Format::Csv, b"code,price\r\n600519,\"1,530.00\"\r\n000001,10.2\r\n"),
        (Format::Tsv, b"code\tprice\n600519\t1530.00\n"),
        (Format::Fix, b"8=FIX.4.2|9=5|35=0|10=161|\nplain\n"),
        (Format::Eml, b"Subject: hello\r\nContent-Type: text/plain\r\n\r\nno news\r\n"),
        (Format::Multipart, b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n"),
        (
            Format::Sql,
            b"-- no news\r\nCREATE TABLE t (a int, amount decimal(20,2));\nINSERT INTO t VALUES (1, 13800138.00), (2,'it''s');\n",
        ),
    ];
    for (format, input) in inputs {
        let options = Options { format: Some(format), ..Options::default() };
        let output = masker.mask(input, &options).unwrap_or_else(|e| panic!("{}: {e}", format.name()));
        assert!(output.reports.is_empty(), "{}: {:?}", format.name(), output.reports);
        assert_eq!(output.bytes, input, "{}", format.name());
    }
}

#[test]
fn no_value_is_shown_by_debug() {
    let masker = masker("third_party");
    let output = masker.mask("身份证11010519491231002X".as_bytes(), &Options::default()).expect("text");
    let shown = format!("{:?} {:?}", output.reports, masker);
    assert!(!shown.contains("1949") && shown.contains("resident_id"), "{shown}");
}

#[test]
fn an_error_says_where_and_what_else_to_do() {
    let masker = masker("third_party");
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let error = masker.mask(b"{\"a\":1,\n  13800138000}", &options).map(|_| ()).expect_err("no key");
    assert_eq!(error.line(), 2);
    let told = error.to_string();
    assert!(told.starts_with("line 2, column 3: this is not valid json") && told.contains("--format text"), "{told}");
    assert!(!told.contains("138"), "{told}");
}

#[test]
fn a_carrier_is_coded_again_the_way_it_was() {
    let masker = masker("sms");
    let json = br#"{"payload":"eyJpZE5vIjoiMTEwMTA1MTk0OTEyMzEwMDJYIn0="}"#;
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let output = masker.mask(json, &options).expect("well-formed");
    assert_eq!(output.reports.len(), 1);
    let report = &output.reports[0];
    assert_eq!((report.start, report.end), (12, 52), "the finding spans the carrier");
    assert_eq!(
        String::from_utf8_lossy(&output.bytes),
        r#"{"payload":"eyJpZE5vIjoiMSoqKioqKioqKioqKioqKipYIn0="}"#,
        "and the rest is as it was"
    );
}

/// A masker whose policy blocks bank cards.
fn blocking() -> Masker {
    let rules = RuleSet::builtin();
    let kinds: Vec<_> = rules.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    let blocks = "[[rule]]\nkind = \"bank_card\"\naction = \"block\"\n";
    let policy = Policy::builtin().with("blocks.toml", blocks, &kinds).expect("a rule");
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(rules), &policy, &flow).expect("it needs no keys")
}

#[test]
fn what_is_blocked_does_not_go_and_nothing_behind_it() {
    let masker = blocking();
    let (card, mobile) = ("6228480000000000216", "13800138000");
    let json = format!(r#"{{"mobile":"{mobile}"}} {{"x":1,"bankCard":"{card}"}} {{"mobile":"{mobile}"}}"#);
    let cases = [
        (Format::Text, format!("手机{mobile}\n卡号{card}\n手机{mobile}\n"), "手机138******00\n"),
        (Format::Ndjson, json.replace("} {", "}\n{"), "{\"mobile\":\"138******00\"}\n"),
        (
            Format::Json,
            format!("[{}]", json.replace("} {", "},{")),
            "[{\"mobile\":\"138******00\"},{\"x\":1,\"bankCard\":\"",
        ),
        (Format::Csv, format!("手机,卡号\n{mobile},\nx,{card}\n{mobile},\n"), "手机,卡号\n138******00,\n"),
        (Format::Form, format!("mobile={mobile}&bankCard={card}&x={mobile}"), ""),
        (Format::Xml, format!("<r><mobile>{mobile}</mobile><bankCard>{card}</bankCard></r>"), ""),
    ];
    for (format, input, expected) in cases {
        let options = Options { format: Some(format), ..Options::default() };
        for size in [1, 7, input.len()] {
            let mut output = Output::default();
            let mut session = masker.session(Mode::Mask, options.clone());
            let failed =
                input.as_bytes().chunks(size).filter(|chunk| session.push(chunk, &mut output).is_err()).count();
            let error = session.finish(&mut output).expect_err("it is blocked");
            assert!(error.is_blocked(), "{error}");
            let out = String::from_utf8_lossy(&output.bytes);
            assert!(
                !out.contains(card) && !out.contains(mobile),
                "{format:?} in chunks of {size}, {failed} failed: {out}"
            );
            assert!(expected.starts_with(&*out) || out.starts_with(expected), "{format:?} in chunks of {size}: {out}");
        }
    }
}

#[test]
fn keys_that_would_come_out_alike_block() {
    let masker = masker("sms");
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let one = masker.mask(br#"{"13800138000":1}"#, &options).expect("one key");
    assert_eq!(String::from_utf8_lossy(&one.bytes), r#"{"138******00":1}"#);
    assert_eq!(one.reports[0].path, "$[\"#1\"]", "paths are reported, so they hold no value");
    let two = masker.mask(br#"{"13800138000":1,"13811138100":2}"#, &options).map(|_| ()).expect_err("they collide");
    assert!(two.is_blocked() && two.to_string().contains("mobile_phone"), "{two}");
}

#[test]
fn a_key_must_not_take_the_name_of_one_that_stays() {
    let masker = masker("sms");
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let blocked = |input: &str| match masker.mask(input.as_bytes(), &options) {
        Ok(output) => {
            serde_json::from_slice::<serde_json::Value>(&output.bytes).expect("JSON");
            false
        }
        Err(error) => error.is_blocked(),
    };
    for (input, expected) in [
        (r#"{"138******00":1,"13800138000":2}"#, true),
        (r#"{"13800138000":2,"138\u002a*****00":1}"#, true),
        (r#"{"a 13800138000":1,"b 13811138100":2}"#, false),
        (r#"{"x":{"13800138000":1},"y":{"13811138100":2},"138******00":3}"#, false),
        (r#"{"log":"{\"13800138000\":1} {\"13811138100\":2}"}"#, false),
        (r#"{"log":"{\"13800138000\":1,\"138******00\":2}"}"#, true),
        (r#"{"1380013%38000":1,"1381113%38100":2}"#, true),
        (r#"{"1380013%38000":1,"b":2}"#, false),
    ] {
        assert_eq!(blocked(input), expected, "{input}");
    }
    let many: String = (0..300_000).map(|nth| format!("\"{nth:x}\":0,")).collect();
    assert!(blocked(&format!("{{{many}\"13800138000\":1}}")), "too many keys to know them all");
}

#[test]
fn values_are_named_beside_them() {
    let masker = masker("sms");
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let masked = |input: &str| {
        let output = masker.mask(input.as_bytes(), &options).expect("well-formed");
        String::from_utf8(output.bytes).expect("UTF-8")
    };
    for (input, value) in [
        (r#"[{"key":"name","value":"张三"}]"#, "张三"),
        (r#"{"keyname":"姓名：","value":"张三"}"#, "张三"),
        (r#"{"field":"\u59d3\u540d","val":"张三"}"#, "张三"),
        (r#"{"name":"fundAccount","content":"1234567890"}"#, "1234567890"),
        (r#"{"field":"idNo","text":"","val":440524188001010014}"#, "440524188001010014"),
        (r#"{"code":"fundAccount","value":["1234567890"]}"#, "1234567890"),
        (r#"{"mobile":1.3800138000e10}"#, "1.3800138000e10"),
    ] {
        assert!(!masked(input).contains(value), "{input}");
    }
    for input in [
        r#"{"key":"产品","value":"张三"}"#,
        r#"{"key":"name","value":{"x":"1234567890"}}"#,
        r#"[{"key":"fundAccount"},{"value":"1234567890"}]"#,
        r#"{"key":"amount","value":1.3800138e10}"#,
    ] {
        assert_eq!(masked(input), input);
    }
}

#[test]
fn numbers_in_json_become_strings() {
    let masker = masker("sms");
    let options = Options { format: Some(Format::Json), ..Options::default() };
    let output = masker.mask(br#"{"mobile":13800138000,"n":[1,2]}"#, &options).expect("well-formed");
    assert_eq!(String::from_utf8_lossy(&output.bytes), r#"{"mobile":"138******00","n":[1,2]}"#);
}

#[test]
fn fixed_widths_and_check_sums_hold() {
    let masker = masker("third_party");
    let options = Options { format: Some(Format::Fix), ..Options::default() };
    let sum = |text: &str| text.bytes().fold(0u8, |sum, byte| sum.wrapping_add(byte));
    let message = "8=FIX.4.2#9=35#35=D#553=13800138000#58=ok#";
    for separator in ["\x01", "|", "^A", " | "] {
        let sent = |message: &str| sum(&message.replace(separator, "\x01"));
        let message = message.replace('#', separator);
        let input = format!("{message}10={:03}{separator}\n", sent(&message));
        let output = masker.mask(input.as_bytes(), &options).expect("any line can be read");
        let text = String::from_utf8(output.bytes).expect("UTF-8");
        assert!(!text.contains("13800138000"), "{text:?}");
        assert_eq!(text.len(), input.len(), "every field keeps its width");
        let (body, rest) = text.split_once("10=").expect("the check sum");
        assert_eq!(rest, format!("{:03}{separator}\n", sent(body)));
    }
}

#[test]
fn messages_inside_other_formats_are_read_by_tag() {
    let masker = masker("third_party");
    let message = |account: &str, checked: &str| {
        let body = |account| format!("8=FIX.4.2\x019=35\x0135=D\x011={account}\x0158=ok\x01");
        let sum = body(checked).bytes().fold(0u8, |sum, byte| sum.wrapping_add(byte));
        format!("{}10={sum:03}\x01", body(account))
    };
    let (clear, masked) = ("8800123456", "******3456");
    // A sum is renewed where the bytes that it is over stand in the input as they are; SOH that is escaped stands for others.
    for (format, before, soh, behind, is_renewed) in [
        (Format::Text, "10:15:00 out ", "|", "done in 3 ms\n", true),
        (Format::Json, r#"{"msg":"out "#, "^A", r#" ok"}"#, true),
        (Format::Json, r#"{"msg":"out "#, "\\u0001", r#" ok"}"#, false),
        (Format::Csv, "time,what\n10:15:00,", "|", "\n", true),
    ] {
        let written = |account, checked| format!("{before}{}{behind}", message(account, checked).replace('\x01', soh));
        let options = Options { format: Some(format), ..Options::default() };
        let output = masker.mask(written(clear, clear).as_bytes(), &options).expect("well-formed");
        let expected = written(masked, if is_renewed { masked } else { clear });
        assert_eq!(String::from_utf8_lossy(&output.bytes), expected);
    }
}

#[test]
fn tables_inside_other_formats_are_read_by_title() {
    let masker = masker("log");
    for (format, before, line_end, behind) in [
        (Format::Json, r#"{"file":"a.csv","content":""#, "\\n", r#""}"#),
        (Format::Ndjson, r#"{"content":""#, "\\r\\n", "\"}\n"),
        (Format::Form, "a=1&content=", "%0A", "&b=2"),
        (Format::Xml, "<a><content>", "\n", "</content></a>"),
    ] {
        let written = |titles: &str, name: &str, account: &str| {
            let rows = [titles, &format!("{name},{account},8800123456x"), "-,-,-", ""].join(line_end);
            let is_form = format == Format::Form;
            format!("{before}{}{behind}", if is_form { rows.replace('张', "%E5%BC%A0") } else { rows })
        };
        let options = Options { format: Some(format), ..Options::default() };
        let output =
            masker.mask(written("khxm,zjzh,note", "张三", "8800123456").as_bytes(), &options).expect("well-formed");
        assert_eq!(String::from_utf8_lossy(&output.bytes), written("khxm,zjzh,note", "张**", "88****3456"));
        let untouched = written("fund,khxm,note", "华夏成长", "8800123456");
        let output = masker.mask(untouched.as_bytes(), &options).expect("well-formed");
        assert_eq!(String::from_utf8_lossy(&output.bytes), untouched);
    }
}

#[test]
fn a_number_that_ends_what_reads_as_base64_does_not_show() {
    let masker = masker("log");
    let input = "x eyJpZE5vIjoiNDQwNTI0MTg4MDAxMDEwMDE0I440524188001010014，手机13800138000";
    let options = Options { format: Some(Format::Text), ..Options::default() };
    let output = masker.mask(input.as_bytes(), &options).expect("any text can be read");
    let text = String::from_utf8(output.bytes).expect("UTF-8");
    assert!(!text.contains("440524188001010014") && !text.contains("13800138000"), "{text}");
    assert!(text.starts_with("x ") && text.contains("，手机138"), "{text}");
}
