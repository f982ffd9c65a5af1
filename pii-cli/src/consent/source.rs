//! `pii source`: systems that sign consents.

use super::failure;
use super::opened::{Begin, Opened, actor, now};
use crate::arguments::consent::{At, Digests, Writes};
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{Code, Declaration, Source};
use pii_core::time::Moment;
use pii_flow::text_in;
use pii_store::consents::source_of;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn add(
    (id, name, key): (&Code, &str, &Path),
    at: &At,
    digests: &Digests,
    writes: &Writes,
) -> Result<ExitCode, Failure> {
    let pem = text_in(key)?;
    let source = source_of(id.clone(), name, &pem, actor(writes)?).map_err(|error| failure(&error).in_file(key))?;
    let algorithm = source.algorithm.clone();
    let opened = Opened::keyed(at, digests, Begin::Yes)?;
    opened.consents.declare(&Declaration::Source(source), now()?).map_err(|error| failure(&error))?;
    opened.tell("source", id.as_str(), writes)?;
    opened.close()?;
    output::print(format_args!("{id} signs consents with {algorithm}"))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn end(id: &Code, at: &At, digests: &Digests, writes: &Writes) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, digests, Begin::No)?;
    let source = opened.consents.decide(|book| book.source(id.as_str()).cloned()).map_err(Failure::input)?;
    let source =
        source.ok_or_else(|| Failure::usage(format!("there is no source {id}: `pii source list` shows them")))?;
    let mut parts = source.into_parts();
    let when = now()?;
    parts.registered_by = actor(writes)?;
    // Its end is the last moment that counts, and this one is over.
    parts.until = Moment::from_unix_millis(when.unix_millis().saturating_sub(1));
    let source = Source::new(parts).map_err(Failure::usage)?;
    opened.consents.declare(&Declaration::Source(source), when).map_err(|error| failure(&error))?;
    opened.tell("source", id.as_str(), writes)?;
    opened.close()?;
    output::print(format_args!("{id} is ended: nothing that it signs is taken any more"))?;
    Ok(ExitCode::SUCCESS)
}
