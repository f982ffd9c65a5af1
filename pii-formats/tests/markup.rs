//! HTML inside other formats: the rich text of a field, what a page showed in a line of a log.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Charset, Format, Masker, Mode, Options, Output};
use proptest::prelude::*;
use std::sync::LazyLock;

static MASKER: LazyLock<Masker> = LazyLock::new(|| {
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("log"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("the built-in policy needs no keys")
});

fn options(format: Format) -> Options {
    Options { format: Some(format), charset: Some(Charset::Utf8), ..Options::default() }
}

fn mask(format: Format, input: &str) -> Output {
    MASKER.mask(input.as_bytes(), &options(format)).unwrap_or_else(|e| panic!("{input}: {e}"))
}

fn masked(format: Format, input: &str) -> String {
    String::from_utf8(mask(format, input).bytes).expect("UTF-8 stays UTF-8")
}

#[test]
fn many_tags_in_one_line_refuse_no_log() {
    for open in ["&lt;b&gt;", "%3Cb%3E", "<b>", "\\u003cb\\u003e"] {
        let tags = open.repeat(300);
        let input = format!("1 {tags}\n2 {tags} 手机13800138000\n");
        let expected = input.replace("13800138000", "138****8000");
        assert_eq!(masked(Format::Text, &input), expected, "{open}");
    }
}

#[test]
fn numbers_are_found_across_tags_in_every_format_and_tags_stay() {
    use Format::{Csv, Fix, Form, Json, Text, Xml};
    for (format, input, expected) in [
        (Json, r#"{"html":"<p>手机138<b>0013</b>8000</p>"}"#, r#"{"html":"<p>手机138****8000<b></b></p>"}"#),
        (
            Json,
            r#"{"html":"\u003cp\u003e手机138\u003cb\u003e0013\n\u003c/b\u003e8000"}"#,
            r#"{"html":"\u003cp\u003e手机138****8000\u003cb\u003e\n\u003c/b\u003e"}"#,
        ),
        (Json, r#"{"h":"手机138&#48;<i\n>0138000"}"#, r#"{"h":"手机138****8000<i\n>"}"#),
        // What a search engine marks, in fields that say what they hold.
        (
            Json,
            r#"{"name":"<em class=\"hl\">张</em>三","fundAccount":"<em style=\"color:#333\">8800</em>123456"}"#,
            r#"{"name":"<em class=\"hl\">张**</em>","fundAccount":"<em style=\"color:#333\">88****3456</em>"}"#,
        ),
        // Cells of a table are cells.
        (
            Json,
            r#"{"h":"<table><tr><th>资金账号<th>x<tr><td>8800<b>123456<td>8800123456</table>"}"#,
            r#"{"h":"<table><tr><th>资金账号<th>x<tr><td>88****3456<b><td>88****3456</table>"}"#,
        ),
        (Form, "a=1&html=%3Cp%3E手机138%3Cb%3E0013%3C/b%3E8000", "a=1&html=%3Cp%3E手机138****8000%3Cb%3E%3C/b%3E"),
        (Csv, "id,note\n1,<p>手机138<b>0013</b>8000</p>\n", "id,note\n1,<p>手机138****8000<b></b></p>\n"),
        (
            Csv,
            "id,note\n1,\"<p id=\"\"a\"\">手机138<b>0013</b>8000\"\n",
            "id,note\n1,\"<p id=\"\"a\"\">手机138****8000<b></b>\"\n",
        ),
        (
            Xml,
            "<r><a>手机138&lt;b&gt;0013&lt;/b&gt;8000</a><c><![CDATA[手机138<b>0013</b>8000]]></c></r>",
            "<r><a>手机138****8000&lt;b&gt;&lt;/b&gt;</a><c><![CDATA[手机138****8000<b></b>]]></c></r>",
        ),
        (
            Text,
            "10:00 INFO body=<p>手机138<b>0013</b>8000</p> a<b",
            "10:00 INFO body=<p>手机138****8000<b></b></p> a<b",
        ),
        (
            Text,
            r#"x {\"html\":\"<span class=\\\"hl\\\">手机138<b>0013</b>8000</span>\"}"#,
            r#"x {\"html\":\"<span class=\\\"hl\\\">手机138****8000<b></b></span>\"}"#,
        ),
        (Text, "log {\"h\":\"手机138<b>0013</b>8000\"} <br>", "log {\"h\":\"手机138****8000<b></b>\"} <br>"),
        (Text, "<!-- x -->手机138<!-- y -->00138000", "<!-- x -->手机138****8000<!-- y -->"),
        (Text, "x <a href='?phone=138%30013800%30'>y</a>", "x <a href='?phone=138****8000'>y</a>"),
        (Text, "手机138<br>00138000", "手机138****8000<br>"),
        (Fix, "手机138<b>0013</b>8000\n", "手机138****8000<b></b>\n"),
    ] {
        assert_eq!(masked(format, input), expected, "{input}");
    }
}

#[test]
fn what_is_no_markup_is_text() {
    for input in [
        "a<b and c>d 1380013<b and c>8000",
        "if 138<b && 0013>c then 8000",
        "List<String> 1380013<String>8000",
        // Elements of a record: two numbers and not one.
        r#"{"x":"<p>a<br><code>62170000</code><time>10001234563</time>"}"#,
        "<data><code>138001</code><time>38000</time></data> <br>",
        "price<5 or >3 <b 13800 x> 138000",
    ] {
        let output = mask(Format::Text, input);
        assert!(output.reports.is_empty(), "{input}: {:?}", output.reports);
        assert_eq!(String::from_utf8_lossy(&output.bytes), input);
    }
}

#[test]
fn a_value_is_found_once_and_none_is_lost() {
    for (input, count) in [
        ("<p>手机13800138000</p>", 1),
        ("<p>手机138<b>0013</b>8000 13900139000</p>", 2),
        ("<b title='手机13800138000'>手机13900139000", 2),
        ("<b>手机MTM4MDAxMzgwMDA= phone%3D13900139000 &#49;3700137000</b>", 3),
        ("<MTM4MDAxMzgwMDA=> <b>x</b> <phone%3D13900139000>", 2),
        ("<b 13800138000>x</b>", 1),
        ("<phone>13800138000</phone><br><idNo>110101189001011237</idNo>", 2),
        ("<script>var a={\"phone\":\"138\\u003001380\\u00300\"}</script>", 1),
        ("<!-- 手机13800138000 <b>", 1),
    ] {
        assert_eq!(mask(Format::Text, input).reports.len(), count, "{input}");
    }
}

#[test]
fn tags_made_to_be_too_many_are_text_and_no_error() {
    let input = format!("<b{}>手机13800138000</b>", " a=1".repeat(2000));
    assert_eq!(mask(Format::Text, &input).reports.len(), 1);
    for unit in ["<b>", "<b a='", "<b a=\"<b c='", "<!--", "<script>", "<b hidden ", "<b a=\"<b c='\" d='\""] {
        let input = unit.repeat(200_000 / unit.len());
        assert!(masked(Format::Text, &input) == input, "{unit}");
    }
}

const PARTS: &str = r#"(手机|1380|0138|000|13800138000|8800123456|资金账号|<b>|</b>|<br>|<p id=x>|<b |<|>|&lt;|&#49;|<td>|<!--|-->|a<b c>|\{"a":"|"\}|%3Cb%3E| |\n){0,24}"#;

proptest! {
    #[test]
    fn where_it_is_cut_makes_no_difference(input in PARTS, size in 1_usize..40) {
        let whole = mask(Format::Text, &input);
        let mut parts = Output::default();
        let mut session = MASKER.session(Mode::Mask, options(Format::Text));
        for chunk in input.as_bytes().chunks(size) {
            session.push(chunk, &mut parts).expect("any text can be read");
        }
        session.finish(&mut parts).expect("any text can be read");
        prop_assert_eq!(String::from_utf8_lossy(&parts.bytes), String::from_utf8_lossy(&whole.bytes));
        prop_assert_eq!(parts.reports, whole.reports);
    }

    #[test]
    fn only_what_is_found_changes(input in PARTS) {
        let output = mask(Format::Text, &input);
        if output.reports.is_empty() {
            prop_assert_eq!(String::from_utf8_lossy(&output.bytes), input);
        } else {
            // No tag that stands alone is touched.
            let count = |text: &str, tag: &str| text.matches(tag).count();
            let text = String::from_utf8_lossy(&output.bytes);
            for tag in ["<b>", "</b>", "<br>", "<p id=x>", "<td>"] {
                prop_assert!(count(&text, tag) >= count(&input, tag), "{} {}", input, text);
            }
        }
    }
}
