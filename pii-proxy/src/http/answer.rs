//! Answers: the proxy's own, by RFC 9457, and those of upstreams on their way back.

use crate::stop::{Stop, Why};
use crate::upstream::Sent;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use pii_store::trail::Name;
use serde_json::json;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// Says whether the message left: `no`, `yes`, `unknown`.
pub(super) const SENT: HeaderName = HeaderName::from_static("x-pii-sent");

/// What the message is called.
pub(super) const MESSAGE: HeaderName = HeaderName::from_static("x-pii-message");

/// When whoever was turned away may come again, in seconds.
const AGAIN_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The body of an answer.
pub(super) enum Answer {
    /// The proxy's own.
    Own(Full<Bytes>),
    /// An upstream's, as it comes.
    Passing(Box<Passing>),
}

/// An answer's body on its way, which is waited for piece by piece.
pub(super) struct Passing {
    body: Incoming,
    limit: Duration,
    late: Pin<Box<Sleep>>,
    is_waiting: bool,
}

/// An upstream's body that does not come.
#[derive(Debug)]
pub(super) enum Broken {
    Late,
    Upstream(hyper::Error),
}

impl Answer {
    pub(super) fn passing(body: Incoming, limit: Duration) -> Self {
        let late = Box::pin(tokio::time::sleep(limit));
        Self::Passing(Box::new(Passing { body, limit, late, is_waiting: false }))
    }
}

/// The answer to a message that does not go on, or whose upstream failed.
pub(super) fn stopped(stop: &Stop, message: &Name, sent: Sent) -> Response<Answer> {
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
    let mut response = Response::new(Answer::Own(Full::new(Bytes::from(format!("{problem}\n")))));
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
pub(super) fn tell<B>(response: &mut Response<B>, message: &Name, sent: Sent) {
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
            Self::Own(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
            Self::Passing(passing) => passing.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(body) => body.is_end_stream(),
            Self::Passing(passing) => passing.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(body) => body.size_hint(),
            Self::Passing(passing) => passing.body.size_hint(),
        }
    }
}

impl Passing {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            if !self.is_waiting {
                self.late.as_mut().reset(Instant::now() + self.limit);
                self.is_waiting = true;
            }
            ready!(self.late.as_mut().poll(context));
            return Poll::Ready(Some(Err(Broken::Late)));
        };
        self.is_waiting = false;
        Poll::Ready(frame.map(|frame| frame.map_err(Broken::Upstream)))
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Late => f.write_str("the upstream's answer stopped coming"),
            Self::Upstream(error) => write!(f, "the upstream's answer broke off: {error}"),
        }
    }
}

impl std::error::Error for Broken {}
