//! A value that was replaced stands nowhere in the output, whatever is said of it there.

use pii_core::policy::{Date, Field, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Format, Masker, Mode, Options, Output, Report, Routing, Session};
use pii_tests::generate::{self, Generator};
use pii_tests::{message, negative};
use std::sync::LazyLock;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(RuleSet::builtin()));

fn masker(rules: &str) -> Masker {
    let set = RuleSet::builtin();
    let kinds: Vec<_> = set.rules().iter().map(|rule| (rule.kind(), rule.class())).collect();
    let policy = Policy::builtin().with("firm.toml", rules, &kinds).expect("good rules");
    let today = Date::new(2026, 11, 23).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(ENGINE.clone(), &policy, &flow).expect("no keys are needed")
}

static MASKER: LazyLock<Masker> = LazyLock::new(|| masker(""));

fn options(format: Format) -> Options {
    Options { format: Some(format), ..Options::default() }
}

/// A session that checks an output from which what `reports` tell of was replaced.
fn check<'m>(masker: &'m Masker, reports: &[Report], format: Format) -> Session<'m> {
    let mut session = masker.session(Mode::Check, options(format));
    session.forbid(reports).expect("few values");
    session
}

/// What is left over in `output`: kind, line and path.
fn left(masker: &Masker, reports: &[Report], format: Format, output: &str) -> Option<(String, u64, String)> {
    let mut session = check(masker, reports, format);
    let mut left = Output::default();
    session.push(output.as_bytes(), &mut left).expect("well-formed");
    session.finish(&mut left).expect("well-formed");
    left.leftover().map(|report| (report.kind.as_str().to_owned(), report.line, report.path.clone()))
}

fn reports_of(input: &str) -> Vec<Report> {
    MASKER.mask(input.as_bytes(), &options(Format::Text)).expect("text is always read").reports
}

#[test]
fn a_number_that_nothing_speaks_of_is_left_over() {
    let reports = reports_of("资金账号 100200300，已开户");
    assert_eq!(reports.len(), 1);
    for (format, output, at) in [
        (Format::Text, "无\n无 100200300 无", Some((2, ""))),
        (Format::Text, "无 1100200300 无", None),
        (Format::Text, "无 １００２００３００ 无", Some((1, ""))),
        (Format::Text, "无 100200\u{200B}300 无", Some((1, ""))),
        (Format::Json, r#"{"a":[1,{"b":"x100200300"}]}"#, None),
        (Format::Json, r#"{"a":[1,{"b":"x 100200300"}]}"#, Some((1, "$.a[1].b"))),
        (Format::Json, r#"{"a":100200300}"#, Some((1, "$.a"))),
        (Format::Json, r#"{"a":"\u0031\u00300200300"}"#, Some((1, "$.a"))),
        (Format::Json, r#"{"a":"b=1&c=100200300"}"#, Some((1, "$.a"))),
        // 编号 100200300
        (Format::Json, r#"{"a":"57yW5Y+3IDEwMDIwMDMwMA=="}"#, Some((1, "$.a"))),
        (Format::Form, "a=%31%30%30200300&b=1", Some((1, "a"))),
        (Format::Xml, "<a><b>1002<!-- -->00300</b></a>", Some((1, "/a/b"))),
        (Format::Html, "<p>1002<b>00300</b></p>", Some((1, "p"))),
        (Format::Csv, "a,b\n1,100200300\n", Some((2, "b"))),
        (Format::Csv, "a,b\n1,100200301\n", None),
    ] {
        let expected = at.map(|(line, path)| ("capital_account".to_owned(), line, path.to_owned()));
        assert_eq!(left(&MASKER, &reports, format, output), expected, "{output}");
        // Without what was reported nobody would know.
        assert_eq!(left(&MASKER, &[], format, output), None, "{output}");
    }
}

#[test]
fn what_also_passes_is_not_looked_for() {
    let routed = MASKER.clone().with_routing(Routing::new([Field::parse("mobile").expect("a name")]));
    let input = r#"{"mobile":"13800138000","text":"手机13800138000，资金账号100200300"}"#;
    let output = routed.mask_checked(input.as_bytes(), &options(Format::Json)).expect("all is masked");
    assert!(String::from_utf8_lossy(&output.bytes).starts_with(r#"{"mobile":"13800138000","text":"手机138"#));
    assert!(left(&MASKER, &output.reports, Format::Json, r#"{"a":"100200300"}"#).is_some());
}

#[test]
fn a_second_look_finds_what_the_first_left() {
    // Of two records only one says what the number is.
    let input = "{\"资金账号\":\"100200300\"}\n{\"a\":1,\"编\":\"100200300\"}\n";
    let plain = MASKER.mask(input.as_bytes(), &options(Format::Ndjson)).expect("well-formed");
    assert!(String::from_utf8_lossy(&plain.bytes).contains("100200300"));
    let error = MASKER.mask_checked(input.as_bytes(), &options(Format::Ndjson)).map(|_| ()).expect_err("it is left");
    assert_eq!(error.to_string(), "line 2: the output still holds capital_account at $.编");
    assert_eq!((error.leftover().map(|kind| kind.as_str()), error.line()), (Some("capital_account"), 2));
    assert_eq!((error.path(), error.input()), ("$.编", None));
    assert!(!format!("{error:?}").contains("100200300"));
}

#[test]
fn what_cannot_be_read_or_may_not_go_is_told_as_before() {
    let error = MASKER.mask_checked(b"{", &options(Format::Json)).map(|_| ()).expect_err("no JSON");
    assert!(error.input().is_some_and(|error| !error.is_blocked() && !error.is_limit()));
    let blocking = masker("[[rule]]\nchannel = \"sms\"\nkind = \"mobile_phone\"\naction = \"block\"\n");
    let error = blocking.mask_checked(b"13800138000", &options(Format::Text)).map(|_| ()).expect_err("it is blocked");
    assert!(error.input().is_some_and(pii_formats::Error::is_blocked) && error.leftover().is_none());
}

#[test]
fn nothing_is_changed_by_looking() {
    let mut g = Generator::new(20_261_127);
    let (mut edited, mut left) = (0, Vec::new());
    for round in 0..2000 {
        let message = message::next(&mut g);
        let format = Format::ALL.into_iter().find(|format| format.name() == message.format.name());
        let options = Options { format, ..Options::default() };
        let plain = MASKER.mask(&message.document.bytes, &options).expect("well-formed");
        edited += usize::from(plain.reports.iter().any(|report| !report.passes()));
        match MASKER.mask_checked(&message.document.bytes, &options) {
            Ok(output) => assert!(output.bytes == plain.bytes && output.reports == plain.reports),
            Err(error) => left.push(format!("{round} {}: {error}", message.id)),
        }
    }
    assert!(edited > 1500, "{edited}");
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn what_recurs_by_chance_is_not_left_over() {
    let mut left = Vec::new();
    for seed in 0..60 {
        let mut g = Generator::new(seed);
        let mut lines: Vec<String> =
            (0..100).map(|_| message::next(&mut g).document.text().replace('\n', " ")).collect();
        let harmless = String::from_utf8(negative::lines(seed + 1000, 400)).expect("UTF-8");
        lines.extend(harmless.lines().map(str::to_owned));
        if let Err(error) = MASKER.mask_checked(lines.join("\n").as_bytes(), &options(Format::Text)) {
            left.push(format!("{seed}: {error} {}", lines[error.line() as usize - 1]));
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn a_batch_of_rows_with_remarks_is_not_left_over() {
    let (mut left, mut batches) = (Vec::new(), 0);
    for seed in 0..4 {
        let mut g = Generator::new(seed);
        let harmless = String::from_utf8(negative::lines(seed + 2000, 300)).expect("UTF-8");
        let row = |remark: &str| {
            let mut row = serde_json::Map::new();
            for slot in generate::slots() {
                row.insert(slot.field.to_owned(), slot.value(&mut g).into());
            }
            row.insert("remark".to_owned(), remark.into());
            serde_json::Value::from(row).to_string()
        };
        let rows: Vec<String> = harmless.lines().map(row).collect();
        batches += 1;
        if let Err(error) = MASKER.mask_checked(rows.join("\n").as_bytes(), &options(Format::Ndjson)) {
            left.push(format!("{seed}: {error} {}", rows[error.line() as usize - 1]));
        }
    }
    assert!(left.is_empty(), "{} of {batches}: {left:#?}", left.len());
}
