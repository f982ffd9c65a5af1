//! `pii consent ask`: somebody is shown a notice.

use super::failure;
use super::opened::{Begin, Opened, now};
use super::whose::Person;
use crate::arguments::consent::{At, Scope, Whose};
use crate::exit::Failure;
use crate::output;
use pii_core::consent::{self, Code, NoticeRef, RecordId, ScopeParts};
use pii_core::key::Entropy as _;
use pii_keys::SystemEntropy;
use std::process::ExitCode;

pub(super) fn run(whose: &Whose, scope: &Scope, notice: (&Code, u32), at: &At) -> Result<ExitCode, Failure> {
    let opened = Opened::keyed(at, &whose.digests, Begin::No)?;
    let subject = Person::of(whose, &opened)?.subject(&opened)?;
    let (id, version) = notice;
    let shown = opened.consents.decide(|book| {
        let notice = book.notice(id.as_str(), version)?;
        Some(NoticeRef { id: id.clone(), version, language: notice.language.clone(), sm3: notice.sm3 })
    });
    let shown = shown.map_err(Failure::input)?;
    let none = || Failure::usage(format!("there is no version {version} of the notice {id}: declare it first"));
    let shown = shown.ok_or_else(none)?;
    let Scope { purpose, kind, method, recipient, channel } = scope;
    let parts = ScopeParts {
        purpose: purpose.clone(),
        kinds: kind.clone(),
        methods: method.clone(),
        recipient: recipient.clone(),
        channel: channel.clone(),
    };
    let scope = consent::Scope::new(parts).map_err(Failure::usage)?;
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes).map_err(Failure::input)?;
    let record = RecordId::new(bytes);
    opened.consents.ask(record, subject, (&scope, &shown), now()?).map_err(|error| failure(&error))?;
    opened.close()?;
    output::print(serde_json::json!({ "record": record, "subject": subject, "notice": shown }))?;
    Ok(ExitCode::SUCCESS)
}
