//! What masking leaves behind: nothing that was planted, anywhere; and everything else, byte for byte.

mod support;

use std::collections::BTreeSet;
use std::fs;

use pii_tests::document::Document;
use pii_tests::engine::Finding;
use pii_tests::format::Format;
use pii_tests::generate::{self, Generator};
use pii_tests::message;
use pii_tests::negative;
use pii_tests::reading::survivors;
use pii_tests::report::{Draw, is_masked_by_default};

use support::{amount, engine};

fn masked(input: &[u8], format: Format) -> Vec<u8> {
    engine().mask(input, format, None).unwrap_or_else(|error| panic!("{error}")).stdout
}

#[test]
fn masking_twice_is_masking_once() {
    for seed in [11, 12, 13] {
        let text = Draw::new(seed, amount("PII_TESTS_MESSAGES", 1_500)).batch().text;
        let once = masked(&text.bytes, Format::Text);
        assert_ne!(once, text.bytes);
        let twice = masked(&once, Format::Text);
        let lines = |bytes: &[u8]| bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
        let changed = lines(&once).iter().zip(lines(&twice)).filter(|(a, b)| **a != *b).count();
        assert_eq!(changed, 0, "seed {seed}: lines change when masked again");
        assert_eq!(once.len(), twice.len());
    }
}

/// A value of every kind behind its label and in its field, twice.
fn values_in_their_places(seed: u64, each: usize) -> [(Format, Vec<u8>); 2] {
    let mut generator = Generator::new(seed);
    let (mut text, mut json) = (String::new(), String::new());
    for slot in generate::slots() {
        for value in (0..each).map(|_| slot.value(&mut generator)).filter(|value| !value.contains('\n')) {
            let label = slot.label;
            text += &format!("{label}：{value}\n{label}：{value}\n");
            let pair = serde_json::json!({ (slot.field): value });
            json += &format!("{pair}\n{pair}\n");
        }
    }
    [(Format::Text, text.into_bytes()), (Format::Ndjson, json.into_bytes())]
}

#[test]
fn a_mask_is_no_value_of_its_kind_and_equal_values_have_equal_masks() {
    for (format, input) in values_in_their_places(14, amount("PII_TESTS_VALUES", 20)) {
        let once = masked(&input, format);
        let lines: Vec<&[u8]> = once.split(|byte| *byte == b'\n').collect();
        let apart = lines.chunks_exact(2).find(|pair| pair[0] != pair[1]);
        assert!(apart.is_none(), "{format:?}: {:?}", apart.map(|pair| String::from_utf8_lossy(pair[0])));
        assert!(masked(&once, format) == once, "{format:?}: masked values are masked again");
        let again = engine().scan(&once, format).unwrap_or_else(|error| panic!("{error}"));
        // Organisations pass.
        let personal: Vec<&Finding> = again.iter().filter(|finding| finding.class > 1).collect();
        assert!(
            personal.is_empty(),
            "{format:?}: {} masks are findings, such as {:?}",
            personal.len(),
            personal.first()
        );
    }
}

#[test]
fn without_a_finding_the_bytes_stay() {
    let text = negative::lines(21, amount("PII_TESTS_LINES", 34_000));
    let findings = engine().scan(&text, Format::Text).unwrap_or_else(|error| panic!("{error}"));
    let touched: BTreeSet<usize> = findings.iter().map(|finding| finding.line).collect();
    let lines = text.split(|byte| *byte == b'\n').enumerate().filter(|(index, _)| !touched.contains(&(index + 1)));
    let harmless: Vec<u8> = lines.map(|(_, line)| line).collect::<Vec<_>>().join(&b'\n');
    assert!(harmless.len() * 2 > text.len(), "most lines are left");
    assert!(masked(&harmless, Format::Text) == harmless, "bytes without a finding were changed");
}

#[test]
fn every_finding_of_a_message_changes_bytes_only_inside_it() {
    for (id, format, document) in in_their_formats(31) {
        let findings = engine().scan(&document.bytes, format).unwrap_or_else(|error| panic!("{id}: {error}"));
        let output = masked(&document.bytes, format);
        let rest = outside(&document.bytes, &findings);
        let mut from = 0;
        for piece in rest.iter().filter(|piece| !piece.is_empty()) {
            let place = output[from..].windows(piece.len()).position(|window| window == *piece);
            let Some(place) = place else { panic!("{id}: bytes outside all findings are gone") };
            from += place + piece.len();
        }
    }
}

/// What stands between findings. Findings in one carrier have the same span, and checksums of a whole message (FIX tag
/// 10) are no part of these messages.
fn outside<'a>(bytes: &'a [u8], findings: &[Finding]) -> Vec<&'a [u8]> {
    let mut spans: Vec<(usize, usize)> = findings.iter().map(|finding| (finding.start, finding.end)).collect();
    spans.sort_unstable();
    let mut pieces = Vec::new();
    let mut done = 0;
    for (start, end) in spans {
        pieces.push(&bytes[done..start.max(done)]);
        done = done.max(end);
    }
    pieces.push(&bytes[done..]);
    pieces
}

/// Every message in its own format, real e-mails in every transfer encoding.
fn in_their_formats(seed: u64) -> Vec<(&'static str, Format, Document)> {
    let mut generator = Generator::new(seed);
    let mut all = message::mails(&mut generator);
    all.extend(message::PATTERNS.iter().map(|pattern| pattern.fill(&mut generator)));
    all.into_iter().map(|message| (message.id, message.format, message.document)).collect()
}

#[test]
fn no_planted_value_is_readable_in_output_errors_or_report() {
    let report = std::env::temp_dir().join(format!("pii-tests-report-{}.json", std::process::id()));
    for (id, format, document) in in_their_formats(32) {
        let arguments = ["mask", "--format", format.name(), "--explain", "--report"].map(str::to_owned);
        let arguments = arguments.into_iter().chain([report.to_string_lossy().into_owned(), "-".to_owned()]);
        let run = engine().run(arguments, &document.bytes).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(run.code, Some(0), "{id}");
        let written = fs::read(&report).unwrap_or_else(|_| panic!("{id}: no report was written"));
        let _ = fs::remove_file(&report);
        for (what, bytes) in [("output", &run.stdout), ("errors", &run.stderr), ("report", &written)] {
            let alive = survivors(&document, bytes).into_iter().map(|index| &document.truths[index]);
            // The promise is for what can be known; bare values are measured elsewhere.
            let promised: Vec<_> = alive
                .filter(|truth| truth.tier() < pii_tests::document::Tier::Bare || what != "output")
                .filter(|truth| is_masked_by_default(truth) || what != "output")
                .collect();
            assert!(promised.is_empty(), "{id}: {promised:?} in the {what}");
        }
    }
}

#[test]
fn findings_hold_no_value_unless_asked() {
    let batch = Draw::new(33, 300).batch();
    let arguments = ["scan", "--output", "json", "--explain", "--format", "text", "-"];
    let run = engine().run(arguments, &batch.text.bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(run.code, Some(0));
    assert!(!run.stdout.is_empty());
    for (_, document) in &batch.messages {
        // Numbers of nine digits and more: a shorter one may be an offset by chance.
        let long = |index: &usize| document.truths[*index].value.len() >= 9 && document.truths[*index].value.is_ascii();
        for bytes in [&run.stdout, &run.stderr] {
            let seen: Vec<usize> = survivors(document, bytes).into_iter().filter(long).collect();
            assert_eq!(seen, [0; 0], "{:?}", document.truths);
        }
    }
}

#[test]
fn examples_are_masked() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let output = std::env::temp_dir().join(format!("pii-tests-examples-{}", std::process::id()));
    fs::create_dir_all(&output).expect("a folder for temporary files");
    let arguments = ["mask".to_owned(), "-o".to_owned(), output.to_string_lossy().into_owned(), folder.to_owned()];
    let run = engine().run(arguments, b"").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(run.code, Some(0));
    let entries = fs::read_dir(folder).expect("the examples").map(|entry| entry.expect("a readable entry"));
    for file in entries.filter(|entry| entry.path().is_file()) {
        let (name, before) = (file.file_name(), fs::read(file.path()).expect("a file"));
        let after = fs::read(output.join(&name)).unwrap_or_else(|_| panic!("{name:?} was not written"));
        let holds_none = name == "README.md" || name == "brokerage.toml";
        assert!(holds_none || before != after, "nothing was masked in {name:?}");
        for planted in ["13800138000", "440524188001010014", "6228480000000000216"] {
            let shown = after.windows(planted.len()).any(|window| window == planted.as_bytes());
            assert!(!shown, "a value is left in {name:?}");
        }
    }
    let _ = fs::remove_dir_all(output);
}
