//! Requests in JSON. What is wrong with one is told by its place: the words of the parser may quote what was sent.

use super::refusal::{Refusal, What};
use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

/// The longest request in JSON, in bytes: names, and what one person is known by.
pub(super) const LIMIT_BYTES: usize = 64 << 10;

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(head: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    want_type(head, &["application/json"])?;
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Refusal::of(
            What::Request,
            format!("line {line}, column {column}: look into /v1/openapi.json for what is asked for there"),
        )
    })
}

/// Refuses a body of another type than these.
pub(super) fn want_type(head: &HeaderMap, wanted: &[&'static str]) -> Result<(), Refusal> {
    let mut values = head.get_all(CONTENT_TYPE).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).filter(|_| values.next().is_none());
    let essence = value.map(|value| value.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| wanted.iter().any(|wanted| essence.eq_ignore_ascii_case(wanted))) {
        return Ok(());
    }
    Err(Refusal::of(What::Type, format!("send a body of the type {}", wanted.join(" or "))))
}

/// For what may be left out, and says something where it is there: null is nothing that anybody says.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
