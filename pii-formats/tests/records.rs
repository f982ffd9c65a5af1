//! What holds of a record: a label counts for all of it, in both directions, and a long one is not waited for.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Format, Masker, Mode, Options, Output};
use proptest::prelude::*;
use std::sync::LazyLock;

const ID: &str = "110105188702280028";

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("log"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("the built-in policy needs no keys")
});

fn options(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

fn masked(format: Format, input: &[u8]) -> String {
    let output = MASKER.mask(input, &options(format)).expect("well-formed");
    String::from_utf8_lossy(&output.bytes).into_owned()
}

/// The output, and the most that was held back on the way.
fn in_chunks(format: Format, input: &[u8], sizes: impl Iterator<Item = usize>) -> (Output, usize) {
    let mut output = Output::default();
    let mut session = MASKER.session(Mode::Mask, options(format));
    let (mut at, mut most_held) = (0, 0);
    for size in sizes {
        let end = input.len().min(at + size);
        session.push(&input[at..end], &mut output).expect("well-formed");
        at = end;
        most_held = most_held.max(at.saturating_sub(output.bytes.len()));
        if at == input.len() {
            break;
        }
    }
    session.finish(&mut output).expect("well-formed");
    (output, most_held)
}

/// Objects that hold nothing, of so many bytes together.
fn rows(bytes: usize) -> String {
    let row = r#"{"a":[true,false,null,true,false,null,true,false,null],"b":{"c":""},"d":1.5},"#;
    let rows = row.repeat(bytes / row.len() + 1);
    format!("[{}]", rows.trim_end_matches(','))
}

#[test]
fn what_markup_between_the_pieces_of_a_value_holds_is_found_too() {
    let cases = [
        (
            Format::Html,
            "<p>call 1380013<a href=\"tel:13900139000\">8000</a></p>",
            "<p>call 138****8000<a href=\"tel:139****9000\"></a></p>",
        ),
        (
            Format::Html,
            "<p>客户：张<a href=\"mailto:a.b@example.com\" title='13900139000'>三</a></p>",
            "<p>客户：张**<a href=\"mailto:a***@example.com\" title='139****9000'></a></p>",
        ),
        (
            Format::Xml,
            "<r><mobile>1380013<b note=\"13900139000\">8000</b></mobile></r>",
            "<r><mobile>138****8000<b note=\"139****9000\"></b></mobile></r>",
        ),
    ];
    for (format, input, expected) in cases {
        assert_eq!(masked(format, input.as_bytes()), expected);
    }
}

#[test]
fn a_table_of_few_rows_and_no_header_is_read_as_lines_too() {
    for (input, expected) in [
        ("张三,13800138000\n", "张**,138****8000\n"),
        ("张三,13800138000,男\r\n\"李四\",\"13900139000\",女", "张**,138****8000,男\r\n\"李**\",\"139****9000\",女"),
        ("1,张三,\"13800138000\"\n", "1,张**,\"138****8000\"\n"),
        // A word, and what has no number beside it.
        ("华东区,13800138000,热线\n", "华东区,138****8000,热线\n"),
        ("张三,100,男\n", "张三,100,男\n"),
    ] {
        assert_eq!(masked(Format::Csv, input.as_bytes()), expected);
    }
    let output = MASKER.mask("张三,13800138000\n".as_bytes(), &options(Format::Csv)).expect("well-formed");
    assert_eq!(output.reports.len(), 2, "each is told once");
}

#[test]
fn a_card_of_a_contact_is_masked_by_its_properties() {
    let card = |lines: &[&str]| format!("BEGIN:VCARD\r\n{}\r\nEND:VCARD\r\n", lines.join("\r\n"));
    let written = [
        "FN:张三",
        "N:张;三;;;",
        "item1.TEL;TYPE=CELL:1380013\r\n 8000",
        "ADR;TYPE=HOME:;;学府街18号;杭州市;浙江省;310000;CN",
        "BDAY:18900102",
        "ORG:某某证券",
        "UID:4fbe8971",
    ];
    let expected = [
        "FN:张**",
        "N:张**;;;;",
        "item1.TEL;TYPE=CELL:138****8000\r\n ",
        "ADR;TYPE=HOME:;;***;杭州市;浙江省;310000;CN",
        "BDAY:1890****",
        "ORG:某某证券",
        "UID:4fbe8971",
    ];
    let once = masked(Format::Text, card(&written).as_bytes());
    assert_eq!(once, card(&expected));
    assert_eq!(masked(Format::Text, once.as_bytes()), once);
    // Nothing of it means anything elsewhere.
    let plain = "FN:张三\r\nN:张;三;;;\r\n";
    assert_eq!(masked(Format::Text, plain.as_bytes()), plain);
}

#[test]
fn a_label_counts_for_texts_before_and_behind_it() {
    let account = "1234567890";
    let cases = [
        (
            Format::Json,
            format!(r#"{{"remark":"由{account}转出","x":{account},"fundAccount":"{account}","y":"{account}"}}"#),
        ),
        (Format::Json, format!(r#"{{"remark":"\u8d26{account}","fundAccount":"{account}"}}"#)),
        (Format::Json, format!(r#"{{"body":"{{\"note\":\"转{account}\"}}","fundAccount":"{account}"}}"#)),
        (Format::Text, format!(r#"转{account} {{"fundAccount":"{account}"}}"#)),
        (Format::Form, format!("remark=%E8%BD%AC{account}&fundAccount={account}")),
        (Format::Csv, format!("备注,资金账号\n转{account},{account}\n")),
        (Format::Eml, format!("Subject: {account}\r\n\r\n您的资金账号：{account}\r\n")),
        (Format::Xml, format!("<a><remark>转{account}</remark><fundAccount>{account}</fundAccount></a>")),
    ];
    for (format, input) in cases {
        let output = masked(format, input.as_bytes());
        assert!(!output.contains(account), "{}: {output}", format.name());
    }
    let gbk = encoding_rs::GBK.encode(r#"{"备注":"由1234567890转出","资金账号":"1234567890"}"#).0.into_owned();
    let output = MASKER.mask(&gbk, &options(Format::Json)).expect("well-formed");
    let output = encoding_rs::GBK.decode(&output.bytes).0.into_owned();
    assert!(!output.contains("1234567890") && output.starts_with(r#"{"备注":"由1"#), "{output}");
    let other = format!(r#"[{{"remark":"{account}"}},{{"fundAccount":"{account}"}}]"#);
    assert!(masked(Format::Json, other.as_bytes()).contains(account), "another record owes it nothing");
}

/// What is found in a line as well as in the document in it is written as the document needs it.
#[test]
fn a_number_of_a_document_in_a_text_takes_quotes() {
    for (format, input, expected) in [
        (Format::Text, r#"x {"idNo":440524188001010014}"#, r#"x {"idNo":"**************0014"}"#),
        (Format::Json, r#"{"log":"{\"idNo\":440524188001010014}"}"#, r#"{"log":"{\"idNo\":\"**************0014\"}"}"#),
        (
            Format::Csv,
            "备注,x\n\"{\"\"idNo\"\":440524188001010014}\",y\n",
            "备注,x\n\"{\"\"idNo\"\":\"\"**************0014\"\"}\",y\n",
        ),
    ] {
        assert_eq!(masked(format, input.as_bytes()), expected);
    }
}

#[test]
fn a_record_that_is_too_long_is_not_waited_for() {
    let limit = 1 << 20;
    let list = rows(3 * limit);
    let storm = format!("[{}0]", "0,".repeat(2 * limit));
    for input in [
        format!(r#"{{"idNo":"{ID}","rows":{list}}}"#),
        format!(r#"{{"idNo":"{ID}","rows":{storm}}}"#),
        format!(r#"{{"idNo":"{ID}","rows":{list},"idNo2":1,"mobile":"13800138000"}}"#),
        format!(r#"{{"rows":{list},"idNo":"{ID}"}}"#),
    ] {
        let (whole, _) = in_chunks(Format::Json, input.as_bytes(), std::iter::once(usize::MAX));
        for size in [10_007, 1 << 16, 700_001] {
            let (output, held) = in_chunks(Format::Json, input.as_bytes(), std::iter::repeat(size));
            assert!(output.bytes == whole.bytes && output.reports == whole.reports, "in chunks of {size}");
            // A list of numbers is looked at for 1 MiB, because it may be an embedding.
            assert!(held < 2 * limit + 3 * size + (256 << 10), "{held} bytes were held");
        }
        assert!(!String::from_utf8_lossy(&whole.bytes).contains(ID));
        serde_json::from_slice::<serde_json::Value>(&whole.bytes).expect("JSON");
    }
}

#[test]
fn long_parts_of_messages_are_masked_in_one_piece() {
    use base64::Engine as _;
    let text = format!("证件号码：{ID}，{}\n", "今日沪深两市震荡上行。".repeat(3)).repeat(12_000);
    let coded = base64::engine::general_purpose::STANDARD.encode(&text);
    let lines: Vec<&str> = (0..coded.len()).step_by(76).map(|at| &coded[at..coded.len().min(at + 76)]).collect();
    let head = "Subject: 1\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n";
    let mail = format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{}\r\n", lines.join("\r\n"));
    let output = masked(Format::Eml, mail.as_bytes());
    let body: String = output.split_once("\r\n\r\n").expect("a body").1.split_whitespace().collect();
    let body = base64::engine::general_purpose::STANDARD.decode(body).expect("base64");
    assert!(!String::from_utf8_lossy(&body).contains(ID));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn where_a_long_record_is_cut_makes_no_difference(
        parts in prop::collection::vec(0..6usize, 1..8),
        sizes in prop::collection::vec(1..600_000usize, 1..40),
    ) {
        let part = |(nth, part): (usize, &usize)| match part {
            0 => format!(r#""idNo":"{ID}""#),
            1 => format!(r#""r{nth}":{}"#, rows(400_000)),
            2 => r#""birthday":"1887-02-28""#.to_owned(),
            3 => format!(r#""n{nth}":[{}0]"#, "0,".repeat(300_000)),
            4 => r#""remark":"转1234567890","x":"y""#.to_owned(),
            _ => r#""fundAccount":"1234567890""#.to_owned(),
        };
        let input = format!("[{{{}}}]", parts.iter().enumerate().map(part).collect::<Vec<_>>().join(","));
        let (whole, _) = in_chunks(Format::Json, input.as_bytes(), std::iter::once(usize::MAX));
        let (cut, _) = in_chunks(Format::Json, input.as_bytes(), sizes.into_iter().cycle());
        prop_assert!(cut.bytes == whole.bytes && cut.reports == whole.reports);
    }
}

#[test]
fn text_behind_a_closing_quote_is_part_of_its_cell() {
    for input in [
        "a,b\n\"abc\"110105188702280028,x\n",
        "备注,b\n\"客户\"张三\"手机13800138000\",x\n",
        "a,b\n\"手机\" 13800138000,13800138000\n",
        "a,b\n\"x\"  ,13800138000\n",
    ] {
        let output = masked(Format::Csv, input.as_bytes());
        for value in [ID, "13800138000", "张三"] {
            assert!(!output.contains(value), "{output}");
        }
        let marks = |text: &str| text.chars().filter(|c| "\",\n".contains(*c)).collect::<String>();
        assert_eq!(marks(&output), marks(input));
    }
}
