//! Running a measurement and writing it down as a table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::document::{Document, Evidence, Tier, Truth};
use crate::engine::{Engine, EngineError, Finding};
use crate::format::Format;
use crate::generate::{Births, Generator, NameList};
use crate::message;
use crate::reading::survivors;
use crate::score::{Score, Span, compare, percent};

/// A batch of messages as one text, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The text with all planted values.
    pub text: Document,
    /// Where each message begins in it; the messages' own documents, without the line feed.
    pub messages: Vec<(usize, Document)>,
}

/// What a batch is drawn with.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// The seed.
    pub seed: u64,
    /// How many messages.
    pub count: usize,
    /// The years of birth.
    pub births: Births,
    /// The names.
    pub names: NameList,
}

impl Draw {
    /// `count` messages with the default lists.
    #[must_use]
    pub fn new(seed: u64, count: usize) -> Self {
        Self { seed, count, births: Births::Historic, names: NameList::Common }
    }

    /// The messages, in all formats, as lines of one text.
    #[must_use]
    pub fn batch(self) -> Batch {
        let mut generator = Generator::new(self.seed).births(self.births).names(self.names);
        let mut batch = Batch::default();
        for _ in 0..self.count {
            let message = message::next(&mut generator);
            let mut document = message.document;
            if matches!(message.format, Format::Csv | Format::Tsv) {
                // As lines of text, its header says nothing about the columns below.
                document.truths.iter_mut().for_each(|truth| truth.evidence = Evidence::default());
            }
            batch.messages.push((batch.text.bytes.len(), document.clone()));
            batch.text.append(&document);
            batch.text.push("\n");
        }
        batch
    }
}

/// Of one tier: planted, found, and left readable by masking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TierTally {
    /// Planted values.
    pub planted: usize,
    /// Values that a finding covers.
    pub covered: usize,
    /// Values that survive masking; class 1 is not counted, because it passes.
    pub survived: usize,
}

impl TierTally {
    /// The share found, in percent; of nothing, all.
    #[must_use]
    pub fn recall_percent(self) -> f64 {
        100.0 - percent(self.planted - self.covered, self.planted)
    }
}

/// A measurement of messages.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Per kind.
    pub score: Score,
    /// Per tier.
    pub tiers: BTreeMap<Tier, TierTally>,
    /// The indices in the batch's text of the values that survive masking.
    pub survived: Vec<usize>,
}

/// The spans that were planted.
#[must_use]
pub fn planted(document: &Document) -> Vec<Span> {
    let truths = document.truths.iter();
    truths.map(|truth| Span { start: truth.start, end: truth.end, kinds: truth.kinds.clone() }).collect()
}

/// The spans that were found.
#[must_use]
pub fn found(findings: &[Finding]) -> Vec<Span> {
    let span = |found: &Finding| Span { start: found.start, end: found.end, kinds: vec![found.kind.clone()] };
    findings.iter().map(span).collect()
}

/// Scans and masks `batch` and compares.
///
/// # Errors
/// When the engine cannot be run, or masking changes the number of lines.
pub fn measure(engine: &Engine, batch: &Batch) -> Result<Measured, EngineError> {
    let findings = engine.scan(&batch.text.bytes, Format::Text)?;
    let score = compare(&planted(&batch.text), &found(&findings));
    let masked = engine.mask(&batch.text.bytes, Format::Text, None)?.stdout;
    let survived = survivors_by_message(batch, &masked);
    let mut tiers: BTreeMap<Tier, TierTally> = BTreeMap::new();
    for (index, truth) in batch.text.truths.iter().enumerate() {
        let tally = tiers.entry(truth.tier()).or_default();
        tally.planted += 1;
        tally.covered += usize::from(score.missed.binary_search(&index).is_err());
        tally.survived += usize::from(survived.binary_search(&index).is_ok());
    }
    Ok(Measured { score, tiers, survived })
}

/// Message by message, because lines stay lines: a name in one message may be a word in another.
fn survivors_by_message(batch: &Batch, masked: &[u8]) -> Vec<usize> {
    let mut lines = masked.split(|byte| *byte == b'\n');
    let mut first = 0;
    let mut survived = Vec::new();
    for (_, document) in &batch.messages {
        let height = document.bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        let output: Vec<&[u8]> = lines.by_ref().take(height).collect();
        let alive = survivors(document, &output.join(&b'\n'));
        let masks = |index: &usize| is_masked_by_default(&document.truths[*index]);
        survived.extend(alive.into_iter().filter(masks).map(|index| index + first));
        first += document.truths.len();
    }
    survived
}

/// Class 1 passes by default; an individual's business (92…) is class 3.
#[must_use]
pub fn is_masked_by_default(truth: &Truth) -> bool {
    match truth.slot.kind {
        "organisation_code" | "swift_bic" => false,
        "uscc" => truth.value.starts_with("92"),
        _ => true,
    }
}

/// The table of kinds, and the findings of other kinds below it.
#[must_use]
pub fn kinds_table(score: &Score) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{:<32} {:>8} {:>8} {:>8} {:>9} {:>8} {:>8} {:>8}",
        "kind", "planted", "covered", "typed", "missed %", "found", "wrong", "wrong %"
    );
    let total = score.total();
    for (kind, tally) in score.kinds.iter().map(|(kind, tally)| (kind.as_str(), *tally)).chain([("all", total)]) {
        let (missed, wrong) = (tally.missed_percent(), tally.wrong_percent());
        let (planted, covered, typed) = (tally.planted, tally.covered, tally.typed);
        let _ = writeln!(
            out,
            "{kind:<32} {planted:>8} {covered:>8} {typed:>8} {missed:>9.3} {:>8} {:>8} {wrong:>8.3}",
            tally.found, tally.wrong
        );
    }
    for (kind, tally) in &score.apart {
        let _ = writeln!(out, "not planted: {kind:<19} {:>44} {:>8}", tally.found, tally.wrong);
    }
    out
}

/// The table of tiers.
#[must_use]
pub fn tiers_table(tiers: &BTreeMap<Tier, TierTally>) -> String {
    let mut out = format!("{:<10} {:>8} {:>8} {:>9} {:>9}\n", "tier", "planted", "covered", "recall %", "survived");
    for (tier, tally) in tiers {
        let TierTally { planted, covered, survived } = tally;
        let recall = tally.recall_percent();
        let _ = writeln!(out, "{:<10} {planted:>8} {covered:>8} {recall:>9.3} {survived:>9}", format!("{tier:?}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_knows_its_messages() {
        let batch = Draw::new(5, 60).batch();
        assert_eq!(batch.messages.len(), 60);
        for (start, document) in &batch.messages {
            assert_eq!(&batch.text.bytes[*start..*start + document.bytes.len()], document.bytes);
        }
        let counted: usize = batch.messages.iter().map(|(_, document)| document.truths.len()).sum();
        assert_eq!(counted, batch.text.truths.len());
        for truth in &batch.text.truths {
            assert!(truth.slot.kind != "mobile_phone" || batch.text.cut(truth).len() >= 11);
        }
    }

    #[test]
    fn an_unmasked_batch_leaves_its_values_readable_and_an_empty_one_none() {
        let batch = Draw::new(6, 80).batch();
        let masked = batch.text.truths.iter().filter(|truth| is_masked_by_default(truth)).count();
        assert_eq!(survivors_by_message(&batch, &batch.text.bytes).len(), masked);
        let lines = batch.text.bytes.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(survivors_by_message(&batch, "\n".repeat(lines).as_bytes()), [0; 0]);
    }

    #[test]
    fn tables_name_every_row() {
        let truths = [Span { start: 0, end: 5, kinds: vec!["qq".to_owned()] }];
        let findings = [Span { start: 9, end: 12, kinds: vec!["vin".to_owned()] }];
        let table = kinds_table(&compare(&truths, &findings));
        assert!(table.contains("qq") && table.contains("100.000") && table.contains("not planted: vin"));
        let tiers = BTreeMap::from([(Tier::Firm, TierTally { planted: 1000, covered: 999, survived: 2 })]);
        assert!(tiers_table(&tiers).contains("99.900"));
    }
}
