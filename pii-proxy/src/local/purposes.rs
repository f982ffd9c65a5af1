//! `GET /v1/purposes` and `GET /v1/purposes/{code}`: what for the firm has declared that it processes data (Order 218 Art. 31 ¶1).

use super::answer;
use super::call::Call;
use super::person::unanswered;
use super::refusal::{Refusal, What};
use crate::http::Own;
use hyper::{Response, StatusCode};
use pii_core::consent::{Book, Published};
use serde_json::{Value, json};

pub(super) fn all(call: &Call) -> Result<Response<Own>, Refusal> {
    refuse_query(call)?;
    let purposes = look(call, |book| book.purposes().cloned().map(Published::new).collect::<Vec<_>>())?;
    Ok(answer::json(StatusCode::OK, &json!({ "purposes": purposes })))
}

pub(super) fn one(call: &Call) -> Result<Response<Own>, Refusal> {
    refuse_query(call)?;
    let found: Option<Value> =
        look(call, |book| book.purpose(&call.code).cloned().map(|found| json!(Published::new(found))))?;
    let none = || Refusal::of(What::Missing, "no such purpose is declared: /v1/purposes lists them");
    Ok(answer::json(StatusCode::OK, &found.ok_or_else(none)?))
}

fn refuse_query(call: &Call) -> Result<(), Refusal> {
    match call.parts.uri.query().unwrap_or_default() {
        "" => Ok(()),
        _ => Err(Refusal::of(What::Request, "nothing is asked for behind a question mark here")),
    }
}

/// Looks into the ledger as it stands in memory.
fn look<T>(call: &Call, look: impl FnOnce(&Book) -> T) -> Result<T, Refusal> {
    let consents = call.gateway.asked_consents()?;
    consents.decide(look).map_err(unanswered)
}
