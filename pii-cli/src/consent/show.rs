//! `pii consent show`: a person's records.

use super::opened::{Begin, Opened};
use super::print_rows;
use super::whose::Person;
use crate::arguments::consent::{At, Whose};
use crate::exit::Failure;
use pii_core::consent::RecordView;
use std::process::ExitCode;

const HEADER: [&str; 8] = ["record", "state", "purpose", "recipient", "channel", "notice", "answered", "until"];

pub(super) fn run(whose: &Whose, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let subject = Person::of(whose, &opened)?.subject(&opened)?;
    let rows = opened.consents.decide(|book| book.records_of(subject).map(|record| row(&record)).collect::<Vec<_>>());
    print_rows(at, &HEADER, &rows.map_err(Failure::input)?)
}

fn row(record: &RecordView<'_>) -> Vec<String> {
    let state = if record.is_damaged { "damaged" } else { record.state.word() };
    let code = |code: Option<&pii_core::consent::Code>| code.map(ToString::to_string).unwrap_or_default();
    let notice = record.notice.map(|notice| format!("{} {}", notice.id, notice.version));
    let until = record.valid_until.map(|until| until.to_string());
    vec![
        record.id.to_string(),
        state.to_owned(),
        record.scope.purpose.to_string(),
        code(record.scope.recipient),
        code(record.scope.channel),
        notice.unwrap_or_default(),
        record.answered_at.to_string(),
        until.unwrap_or_default(),
    ]
}
