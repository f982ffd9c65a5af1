//! Each kind × each disguise × each format: found, and unreadable once masked.

mod support;

use pii_tests::document::{Document, Tier};
use pii_tests::format::Format;
use pii_tests::generate::Generator;
use pii_tests::matrix::{self, Outcome};
use pii_tests::message;
use pii_tests::report::{found, planted};
use pii_tests::score::compare;

use support::{amount, engine};

/// Cells that are not expected to work, with the reason: slot, disguise and format, `*` for any.
const EXPECTED_TO_FAIL: &[(&str, &str, &str, &str)] = &[];

#[test]
fn every_kind_in_every_disguise_and_format() {
    let seed = u64::try_from(amount("PII_TESTS_SEED", 1)).expect("a seed fits");
    let mut failing = Vec::new();
    for format in Format::ALL {
        let outcomes = matrix::run(&engine(), format, seed, |_| true).unwrap_or_else(|error| panic!("{error}"));
        assert!(!outcomes.is_empty(), "{}", format.name());
        for outcome in outcomes {
            let works = outcome.found && !outcome.survived;
            if !works && !is_expected(&outcome, format) {
                failing.push(format!("{} / {} / {}", format.name(), outcome.disguise, outcome.slot));
            }
        }
    }
    assert!(failing.is_empty(), "{} cells fail:\n{}", failing.len(), failing.join("\n"));
}

fn is_expected(outcome: &Outcome, format: Format) -> bool {
    let fits = |pattern: &str, name: &str| pattern == "*" || pattern == name;
    let rows = EXPECTED_TO_FAIL.iter();
    rows.into_iter().any(|(slot, disguise, form, _)| {
        fits(slot, outcome.slot) && fits(disguise, outcome.disguise) && fits(form, format.name())
    })
}

/// Messages in their own formats, and e-mails in every transfer encoding: spans are those of the bytes as given.
#[test]
fn messages_in_their_own_formats() {
    let mut missed = Vec::new();
    for seed in [41, 42, 43] {
        let mut generator = Generator::new(seed);
        let mut all = message::mails(&mut generator);
        all.extend(message::PATTERNS.iter().map(|pattern| pattern.fill(&mut generator)));
        for message in all {
            let findings = engine()
                .scan(&message.document.bytes, message.format)
                .unwrap_or_else(|e| panic!("{}: {e}", message.id));
            for index in compare(&planted(&message.document), &found(&findings)).missed {
                missed.extend(promised(&message.document, index).map(|what| format!("{} {what}", message.id)));
            }
        }
    }
    assert!(missed.is_empty(), "{} values are missed:\n{}", missed.len(), missed.join("\n"));
}

fn promised(document: &Document, index: usize) -> Option<String> {
    let truth = &document.truths[index];
    (truth.tier() < Tier::Bare).then(|| format!("{truth:?}"))
}
