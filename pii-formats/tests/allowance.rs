//! How much may be made of one input: findings and time, in every format.

use pii_core::policy::{Date, Flow, Policy};
use pii_core::{Engine, RuleSet};
use pii_formats::{Allowance, Error, Format, Masker, Options};
use pii_tests::coding::base64;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

fn masker() -> Masker {
    let today = Date::new(2026, 11, 27).expect("a day");
    let flow = Flow { channel: Some("sms"), recipient: None, purpose: None, today };
    Masker::new(Engine::new(RuleSet::builtin()), &Policy::builtin(), &flow).expect("no keys are asked for")
}

/// `count` numbers in each format, and once more where they have to be decoded first.
fn inputs(count: usize) -> Vec<(Format, String)> {
    let each = |before: &str, behind: &str| {
        (0..count).fold(String::new(), |mut out, nth| {
            write!(out, "{before}139{:08}{behind}", 12_345_678 + nth * 7).expect("a string takes it");
            out
        })
    };
    let lines = each("手机号 ", "\n");
    let values = each("\"", "\",");
    let json = format!("[{}]", values.trim_end_matches(','));
    let hidden = format!("{{\"a\":\"{}\"}}", base64(json.as_bytes()));
    vec![
        (Format::Text, lines.clone()),
        (Format::Text, lines.replace('\n', "，")),
        (Format::Csv, format!("phone\n{}", each("", "\n"))),
        (Format::Ndjson, each("{\"p\":\"", "\"}\n")),
        (Format::Xml, format!("<a>{}</a>", each("<p>", "</p>"))),
        (Format::Html, format!("<p>{}</p>", each("手机 ", "<br>"))),
        (Format::Form, each("p=", "&")),
        (
            Format::Eml,
            format!("Subject: a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}", lines.replace('\n', "\r\n")),
        ),
        (Format::Json, json),
        (Format::Json, hidden),
    ]
}

fn outcome(input: &str, format: Format, allowance: Allowance) -> Result<usize, Error> {
    let options = Options { format: Some(format), allowance, ..Options::default() };
    match masker().mask_checked(input.as_bytes(), &options) {
        Ok(output) => Ok(output.reports.len()),
        Err(error) => Err(error.input().expect("nothing is left over").clone()),
    }
}

#[test]
fn more_findings_than_allowed_are_refused() {
    for (format, input) in inputs(200) {
        let found = outcome(&input, format, Allowance::default());
        assert!(found.as_ref().is_ok_and(|found| *found >= 200), "{format:?}: {found:?}");
        // Overlapping findings count each: twice as many are enough for all.
        let enough = outcome(&input, format, Allowance { findings: 1000, until: None });
        assert_eq!(enough, found, "{format:?}");
        let error = outcome(&input, format, Allowance { findings: 150, until: None });
        assert!(error.is_err_and(|error| error.is_limit() && !error.is_late()), "{format:?}");
    }
}

#[test]
fn what_takes_too_long_is_given_up() {
    for (format, input) in inputs(200) {
        let past = Instant::now().checked_sub(Duration::from_millis(1));
        let error = outcome(&input, format, Allowance { until: past, ..Allowance::default() });
        assert!(error.is_err_and(|error| error.is_late() && !error.is_limit()), "{format:?}");
        let future = Instant::now() + Duration::from_secs(3600);
        assert!(
            outcome(&input, format, Allowance { until: Some(future), ..Allowance::default() }).is_ok(),
            "{format:?}"
        );
    }
}
