//! Looking into the body of a message, with the bounds that hold on the proxy's own way.

use super::asked::Settled;
use super::call::Asking;
use crate::config::SubjectAt;
use crate::http;
use crate::message::{Bounds, Came};
use crate::stop::Stop;
use bytes::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use hyper::{HeaderMap, Method};

/// The head of the message: what says how its body is read, and whom it is about. All else of the request is between its caller and
/// this API.
pub(super) fn head(asking: &Asking, settled: &Settled) -> HeaderMap {
    let subject = match settled.route().consent.as_ref().map(|consent| &consent.subject) {
        Some(SubjectAt::Header(name)) => Some(name),
        _ => None,
    };
    let mut head = HeaderMap::new();
    for name in [CONTENT_TYPE, CONTENT_ENCODING].iter().chain(subject) {
        for value in asking.parts.headers.get_all(name) {
            head.append(name, value.clone());
        }
    }
    head
}

/// The message as it would be sent.
pub(super) fn came<'a>(head: &'a HeaderMap, body: &'a Bytes) -> Came<'a> {
    Came { method: &Method::POST, path: "/", query: None, headers: head, body }
}

pub(super) fn bounds(asking: &Asking, settled: &Settled) -> Bounds {
    http::bounds(&asking.table, settled.route())
}

/// Looks into a body, in its turn. A fault of the engine's stops one request.
pub(super) async fn contained<T>(
    asking: &Asking,
    (head, body): (&HeaderMap, &Bytes),
    bounds: Bounds,
    look: impl FnOnce() -> T,
) -> Result<T, Stop> {
    http::contained(&asking.held, (head, body.len()), bounds, look).await
}
