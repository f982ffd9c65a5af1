//! `POST /v1/consents…`: somebody is asked, what they agreed to, and what sources signed that they answered.

use super::answer;
use super::call::Call;
use super::json::{self, present};
use super::person::{self, Person, Written, refusal, unanswered, with_ledger};
use super::refusal::{Refusal, What};
use crate::http::Own;
use crate::stop::{Stop, Why};
use crate::table::Table;
use hyper::{Response, StatusCode};
use pii_core::Kind;
use pii_core::consent::{Code, NoticeRef, RecordId, RecordView, Scope, ScopeParts};
use pii_core::key::Entropy as _;
use pii_core::purpose::Method;
use pii_core::time::Moment;
use pii_flow::clock;
use pii_keys::SystemEntropy;
use pii_store::consents::Progress;
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::BufReader;
use std::sync::Arc;

/// So many lines that were not taken are told one by one.
const REFUSALS_TOLD: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    person: Written,
    purpose: Code,
    kinds: Vec<String>,
    methods: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    recipient: Option<Code>,
    #[serde(default, deserialize_with = "present")]
    channel: Option<Code>,
    notice: Code,
    notice_version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Queried {
    person: Written,
}

/// Now, by the ledger's clock.
pub(super) fn now() -> Result<Moment, Refusal> {
    clock::moment().map_err(|error| Stop::new(Why::Engine, error.to_string()).into())
}

/// Somebody is shown a notice and asked (PIPL Art. 17). Whoever is not known yet is from here on.
pub(super) async fn ask(call: Call) -> Result<Response<Own>, Refusal> {
    let (asking, body) = call.body(json::LIMIT_BYTES, false).await?;
    let asked: Asked = json::read(&asking.parts.headers, &body)?;
    let table = Arc::clone(&asking.table);
    let told = with_ledger(&asking.gateway, move |consents| {
        let (scope, version, at) = (scope(&asked, &table)?, asked.notice_version, now()?);
        let shown = consents.decide(|book| {
            let notice = book.notice(asked.notice.as_str(), version)?;
            let (language, sm3) = (notice.language.clone(), notice.sm3);
            Some(NoticeRef { id: asked.notice.clone(), version, language, sm3 })
        });
        let none = || Refusal::of(What::Unknown, "notice: no such version of it is declared");
        let shown = shown.map_err(unanswered)?.ok_or_else(none)?;
        let subject = match Person::of(asked.person, consents, &table)? {
            Person::Subject(subject) => subject,
            Person::KnownBy(aliases) => {
                consents.subject_or_new(&aliases, at, &mut SystemEntropy).map_err(|error| refusal(&error))?
            }
        };
        let mut bytes = [0; 16];
        SystemEntropy.fill(&mut bytes).map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
        let record = RecordId::new(bytes);
        consents.ask(record, subject, (&scope, &shown), at).map_err(|error| refusal(&error))?;
        Ok(json!({ "record": record, "subject": subject, "notice": shown }))
    });
    Ok(answer::json(StatusCode::CREATED, &told.await?))
}

fn scope(asked: &Asked, table: &Table) -> Result<Scope, Refusal> {
    let kinds: Option<Vec<Kind>> = asked.kinds.iter().map(|kind| table.kind(kind)).collect();
    let methods: Option<Vec<Method>> = asked.methods.iter().map(|word| Method::parse(word)).collect();
    let methods = methods.ok_or_else(|| Refusal::of(What::Unknown, "methods: one of them is none"))?;
    Scope::new(ScopeParts {
        purpose: asked.purpose.clone(),
        kinds: kinds.ok_or_else(person::unknown_kind)?,
        methods,
        recipient: asked.recipient.clone(),
        channel: asked.channel.clone(),
    })
    .map_err(|error| Refusal::of(What::Request, error.to_string()))
}

/// What stands of somebody (PIPL Art. 45).
pub(super) async fn query(call: Call) -> Result<Response<Own>, Refusal> {
    let (asking, body) = call.body(json::LIMIT_BYTES, false).await?;
    let Queried { person } = json::read(&asking.parts.headers, &body)?;
    let table = Arc::clone(&asking.table);
    let told = with_ledger(&asking.gateway, move |consents| {
        let subject = Person::of(person, consents, &table)?.subject(consents)?;
        let records =
            consents.decide(|book| book.records_of(subject).map(|record| told(&record)).collect::<Vec<Value>>());
        Ok(json!({ "subject": subject, "records": records.map_err(unanswered)? }))
    });
    Ok(answer::json(StatusCode::OK, &told.await?))
}

fn told(record: &RecordView<'_>) -> Value {
    json!({
        "record": record.id,
        "state": record.state.word(),
        "damaged": record.is_damaged,
        "purpose": record.scope.purpose,
        "recipient": record.scope.recipient,
        "channel": record.scope.channel,
        "notice": record.notice.map(|notice| json!({ "id": notice.id, "version": notice.version })),
        "answered_at": record.answered_at.to_string(),
        "valid_until": record.valid_until.map(|until| until.to_string()),
    })
}

/// Takes what sources signed, a line each, as `pii consent import` does.
pub(super) async fn receipts(call: Call) -> Result<Response<Own>, Refusal> {
    let limit = call.table.limits.body_bytes;
    let (asking, body) = call.body(limit, false).await?;
    json::want_type(&asking.parts.headers, &["application/x-ndjson"])?;
    let told = with_ledger(&asking.gateway, move |consents| {
        let first = now()?;
        let mut refusals = Vec::new();
        let mut tell = |progress| {
            if let Progress::Refused { line, why } = progress
                && refusals.len() < REFUSALS_TOLD
            {
                refusals.push(json!({ "line": line, "why": why.word(), "says": why.to_string() }));
            }
        };
        let clock = || clock::moment().unwrap_or(first);
        let done = consents.import(&mut BufReader::new(&body[..]), &clock, &mut tell);
        let done = done.map_err(|error| refusal(&error))?;
        Ok(json!({
            "lines": done.lines,
            "taken": done.taken,
            "there": done.there,
            "refused": done.refused,
            "refusals": refusals,
        }))
    });
    Ok(answer::json(StatusCode::OK, &told.await?))
}
