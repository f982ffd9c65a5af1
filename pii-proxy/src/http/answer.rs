//! Answers: the proxy's own, by RFC 9457, and those of upstreams on their way back.

use super::Own;
use super::passing::{Broken, Passing};
use super::reply::reply;
use crate::stop::{Stop, Why};
use crate::upstream::Sent;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use pii_store::trail::Name;
use serde_json::json;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Says whether the message left: `no`, `yes`, `unknown`.
pub(super) const SENT: HeaderName = HeaderName::from_static("x-pii-sent");

/// What the message is called.
pub(crate) const MESSAGE: HeaderName = HeaderName::from_static("x-pii-message");

/// When whoever was turned away may come again, in seconds.
const AGAIN_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The body of an answer.
pub(super) enum Answer {
    /// The proxy's own: a few lines.
    Own(Full<Bytes>),
    /// An upstream's, or what was made of it.
    Passing(Passing),
}

/// The answer to a message that does not go on, or whose upstream failed: in the words of the provider that it was signed for, where
/// there is one, so that an application's SDK understands it.
pub(super) fn stopped(stop: &Stop, message: &Name, sent: Sent) -> Response<Answer> {
    let mut response = problem(stop, message, sent);
    let reply = stop.dialect.and_then(|dialect| reply(dialect, stop, message));
    if let Some(reply) = reply {
        *response.body_mut() = Own::from(reply.body);
        if let Some(status) = reply.status {
            *response.status_mut() = status;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.media_type));
        for (name, value) in reply.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
    response.map(Answer::Own)
}

/// What such an answer says.
pub(crate) fn problem(stop: &Stop, message: &Name, sent: Sent) -> Response<Own> {
    let status = stop.why.status();
    let problem = json!({
        "type": "about:blank",
        "title": stop.why.title(),
        "status": status.as_u16(),
        "detail": stop.detail,
        "message": message.as_str(),
        "why": stop.why.word(),
        "kind": stop.kind.map(|kind| kind.as_str()),
        "place": stop.place,
        "sent": sent.word(),
    });
    let mut response = Response::new(Own::from(format!("{problem}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Whoever may have been heard is not asked to speak again.
    if stop.why.is_passing() && sent == Sent::No {
        headers.insert(RETRY_AFTER, AGAIN_AFTER);
    }
    if stop.why == Why::Tunnel {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    }
    tell(&mut response, message, sent);
    response
}

/// Says in an answer what its message is called and whether it left.
pub(crate) fn tell<B>(response: &mut Response<B>, message: &Name, sent: Sent) {
    let headers = response.headers_mut();
    headers.insert(SENT, HeaderValue::from_static(sent.word()));
    if let Ok(message) = HeaderValue::from_str(message.as_str()) {
        headers.insert(MESSAGE, message);
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.get_mut() {
            Self::Own(body) => Pin::new(body).poll_frame(context).map_err(Broken::from),
            Self::Passing(passing) => Pin::new(passing).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(body) => body.is_end_stream(),
            Self::Passing(passing) => passing.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(body) => body.size_hint(),
            Self::Passing(passing) => passing.size_hint(),
        }
    }
}
