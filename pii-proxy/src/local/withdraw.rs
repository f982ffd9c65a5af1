//! `POST /v1/consents/withdraw`: somebody takes a consent back (PIPL Art. 15). Answered once no node decides on it any more.

use super::answer;
use super::call::Call;
use super::consents::now;
use super::json::{self, present};
use super::person::{Person, Written, refusal, with_ledger};
use super::refusal::{Refusal, What};
use crate::http::Own;
use hyper::{Response, StatusCode};
use pii_core::consent::{Actor, Code, RecordId, Which};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The longest reason, in bytes.
const REASON_BYTES: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    person: Written,
    which: WrittenWhich,
    #[serde(default, deserialize_with = "present")]
    reason: Option<String>,
    #[serde(default, deserialize_with = "present")]
    operator: Option<Code>,
}

/// Which consents.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenWhich {
    All,
    Purpose(Code),
    Recipient(Code),
    Record(RecordId),
}

pub(super) async fn withdraw(call: Call) -> Result<Response<Own>, Refusal> {
    let (asking, body) = call.body(json::LIMIT_BYTES, false).await?;
    let wanted: Wanted = json::read(&asking.parts.headers, &body)?;
    if wanted.reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES) {
        return Err(Refusal::of(What::Request, format!("a reason has {REASON_BYTES} bytes at most")));
    }
    let unspelt = || Refusal::of(What::Request, "this caller's name is none that the ledger takes");
    let source = Code::new(asking.known.caller.name.as_str()).ok_or_else(unspelt)?;
    let table = Arc::clone(&asking.table);
    let told = with_ledger(&asking.gateway, move |consents| {
        let Wanted { person, which, reason, operator } = wanted;
        let person = Person::of(person, consents, &table)?;
        let subject = person.subject(consents)?;
        let which = match &which {
            WrittenWhich::All => Which::All,
            WrittenWhich::Purpose(purpose) => Which::Purpose(purpose.as_str()),
            WrittenWhich::Recipient(recipient) => Which::Recipient(recipient.as_str()),
            WrittenWhich::Record(record) => Which::Record(*record),
        };
        // The person themselves, in the system that asks, unless it says who of the firm does it for them.
        let by = operator.map_or(Actor::Subject { source }, |name| Actor::Operator { name });
        let done = consents.withdraw(subject, which, (&by, reason.as_deref()), &person.aliases(), now()?);
        let done = done.map_err(|error| refusal(&error))?;
        let waited = u64::try_from(done.waited.as_millis()).unwrap_or(u64::MAX);
        Ok(json!({ "withdrawn": done.records, "waited_ms": waited, "silent_nodes": done.silent_nodes }))
    });
    Ok(answer::json(StatusCode::OK, &told.await?))
}
