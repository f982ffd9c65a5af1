//! What the ledger has, as it was signed and as it happened.

use super::opened::{Begin, Opened};
use super::whose::Person;
use crate::arguments::consent::{At, Whose};
use crate::exit::Failure;
use crate::output::Sink;
use pii_core::consent::{ConsentAct, Entry};
use pii_store::StoreError;
use std::process::ExitCode;

/// A failure of the store, or of whoever reads.
struct Stopped(Failure);

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self(Failure::input(error))
    }
}

/// Receipts, as lines that `pii consent import` takes.
pub(super) fn receipts(whose: &Whose, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let mut sink = Sink::standard();
    let mut take = |entry: &Entry| -> Result<(), Stopped> {
        let Some(ConsentAct::Answered(claimed)) = entry.consent().map(|event| &event.act) else { return Ok(()) };
        let mut line = serde_json::to_vec(claimed).map_err(|error| Stopped(Failure::input(error)))?;
        line.push(b'\n');
        sink.write(&line).map_err(Stopped)
    };
    let done = if Person::is_named(whose) {
        let subject = Person::of(whose, &opened)?.subject(&opened)?;
        opened.consents.entries_of(subject, &mut take)
    } else {
        opened.consents.entries(&mut take)
    };
    done.map_err(|stopped| stopped.0)?;
    sink.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// All entries of a person but what leads to them, which is theirs and is known to them.
pub(super) fn person(whose: &Whose, at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let subject = Person::of(whose, &opened)?.subject(&opened)?;
    let mut sink = Sink::standard();
    let take = |entry: &Entry| -> Result<(), Stopped> {
        if matches!(entry.body(), pii_core::consent::Body::AliasAdded(_)) {
            return Ok(());
        }
        sink.write(format!("{}\n", entry.to_json()).as_bytes()).map_err(Stopped)
    };
    opened.consents.entries_of(subject, take).map_err(|stopped| stopped.0)?;
    sink.finish()?;
    Ok(ExitCode::SUCCESS)
}
