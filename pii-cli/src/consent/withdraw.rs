//! `pii consent withdraw`.

use super::opened::{Begin, Opened, now, operator};
use super::whose::Person;
use super::{failure, is_json};
use crate::arguments::consent::{At, Whose, Writes};
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{RecordId, Which};
use std::process::ExitCode;

pub(super) fn run(
    whose: &Whose,
    (purpose, recipient, record): (Option<&str>, Option<&str>, Option<RecordId>),
    at: &At,
    writes: &Writes,
) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let person = Person::of(whose, &opened)?;
    let subject = person.subject(&opened)?;
    let which = match (purpose, recipient, record) {
        (Some(purpose), ..) => Which::Purpose(purpose),
        (None, Some(recipient), _) => Which::Recipient(recipient),
        (None, None, Some(record)) => Which::Record(record),
        (None, None, None) => Which::All,
    };
    let reason = Some(writes.reason.as_str()).filter(|reason| !reason.is_empty());
    let by = operator(writes)?;
    let done = opened.consents.withdraw(subject, which, (&by, reason), &person.aliases(), now()?);
    let done = done.map_err(|error| failure(&error))?;
    opened.close()?;
    let millis = u64::try_from(done.waited.as_millis()).unwrap_or(u64::MAX);
    if is_json(at) {
        let (records, silent) = (done.records, done.silent_nodes);
        output::print(serde_json::json!({ "withdrawn": records, "waited_ms": millis, "silent_nodes": silent }))?;
    } else {
        output::print(format_args!(
            "withdrawn: {} records; no node decides on them any more (after {millis} ms, {} nodes did not answer)",
            done.records, done.silent_nodes
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}
