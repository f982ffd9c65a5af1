//! Writes a trail out, for those who have other tools: JSON Lines as they stand, or a table of decisions as CSV.

use super::TrailError;
use super::class::Class;
use super::hash::KeyedDigest;
use super::line::Line;
use super::query::{Answer, Filter, query};
use super::read::{self, Go, Progress};
use super::segment::{Piece, Reader};
use pii_core::time::Moment;
use std::io::Write;
use std::path::Path;

/// The columns of a table of decisions.
pub const CSV_COLUMNS: [&str; 20] = [
    "class",
    "seq",
    "at",
    "channel",
    "recipient",
    "purpose",
    "subjects",
    "verdict",
    "items",
    "basis",
    "assessment",
    "alternative",
    "consent",
    "notice",
    "policy",
    "rules",
    "ledger",
    "input",
    "output",
    "outcome",
];

fn unwritable(error: impl std::fmt::Display) -> TrailError {
    TrailError::unusable(format!("the export cannot be written: {error}"))
}

/// Writes all lines of some classes as they stand, chain by chain, of a span of time. What is no line of a trail is left out
/// and counted.
///
/// # Errors
/// The trail cannot be read, or `out` not be written.
pub fn export_lines(
    folder: &Path,
    classes: &[Class],
    (from, until): (Option<Moment>, Option<Moment>),
    out: &mut dyn Write,
    mut progress: impl FnMut(&Progress),
) -> Result<Progress, TrailError> {
    let mut done = Progress { of_bytes: read::bytes(folder, classes)?, ..Progress::default() };
    for name in read::names(folder, classes)? {
        let mut reader = Reader::open(&name.path(folder))?;
        while let Some(piece) = reader.next()? {
            let Piece::Line(bytes) = piece else {
                continue;
            };
            match Line::parse(bytes) {
                None => done.unread += 1,
                Some(line) if from.is_some_and(|from| line.at < from) => {}
                Some(line) if until.is_some_and(|until| line.at >= until) => {}
                Some(_) => out.write_all(bytes).and_then(|()| out.write_all(b"\n")).map_err(unwritable)?,
            }
        }
        done.bytes += reader.read_bytes;
        progress(&done);
    }
    out.flush().map_err(unwritable)?;
    Ok(done)
}

/// Writes the decisions that a filter asks for as a table, [`CSV_COLUMNS`] on its first line. A decision's items are in one
/// field: `2 resident_id mask strict 40; 1 person_name pass identity-check`.
///
/// # Errors
/// The trail cannot be read, or `out` not be written.
pub fn export_csv(
    folder: &Path,
    filter: &Filter,
    out: &mut dyn Write,
    progress: impl FnMut(&Progress),
) -> Result<Progress, TrailError> {
    let mut table = csv::Writer::from_writer(out);
    let mut failed = table.write_record(CSV_COLUMNS).err();
    let write = |answer: &Answer| {
        failed = failed.take().or_else(|| table.write_record(row(answer)).err());
        if failed.is_some() { Go::Stop } else { Go::On }
    };
    let done = query(&[folder], filter, write, progress)?;
    match failed {
        Some(error) => Err(unwritable(error)),
        None => table.flush().map_err(unwritable).map(|()| done),
    }
}

fn row(answer: &Answer) -> [String; CSV_COLUMNS.len()] {
    fn text(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let decision = &answer.decision;
    let subjects: Vec<String> = decision.subjects.iter().map(KeyedDigest::to_string).collect();
    let items: Vec<String> = decision.items.iter().map(item).collect();
    [
        answer.position.class.to_string(),
        answer.position.seq.to_string(),
        answer.at.to_string(),
        decision.channel.to_string(),
        text(decision.recipient.as_ref()),
        text(decision.purpose.as_ref()),
        subjects.join("; "),
        decision.verdict.to_string(),
        items.join("; "),
        text(decision.basis.as_ref()),
        text(decision.assessment.as_ref()),
        text(decision.alternative),
        text(decision.consent.as_ref()),
        text(decision.notice.as_ref()),
        decision.policy.to_string(),
        decision.rules.to_string(),
        text(decision.ledger),
        text(decision.input),
        text(decision.output),
        text(answer.outcome),
    ]
}

fn item(item: &super::Item) -> String {
    let mut words = format!("{} {} {}", item.count, item.kind, item.action);
    let more = [
        item.profile.map(|profile| profile.to_string()),
        item.residual_bits.map(|bits| bits.to_string()),
        item.reason.as_ref().map(|reason| reason.to_string()),
    ];
    for word in more.into_iter().flatten() {
        words.push(' ');
        words.push_str(&word);
    }
    words
}
