//! Answers to what was asked.

use crate::http::{MESSAGE, Own};
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Response, StatusCode};
use pii_store::trail::Name;

/// JSON.
pub(super) fn json(status: StatusCode, value: &serde_json::Value) -> Response<Own> {
    text(status, "application/json", format!("{value}\n"))
}

/// A text that nobody keeps.
pub(super) fn text(status: StatusCode, media_type: &'static str, text: String) -> Response<Own> {
    let mut response = bytes(status, Bytes::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Bytes that nobody keeps, and that nobody takes for anything else than what they are said to be.
pub(super) fn bytes(status: StatusCode, bytes: Bytes) -> Response<Own> {
    let mut response = Response::new(Own::new(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Says what the request is called.
pub(super) fn named(mut response: Response<Own>, message: &Name) -> Response<Own> {
    if let Ok(name) = HeaderValue::from_str(message.as_str()) {
        response.headers_mut().insert(MESSAGE, name);
    }
    response
}
