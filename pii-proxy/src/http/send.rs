//! What was decided on leaves: recorded first, sent once, its outcome recorded, the answer passed back.

use super::answer::{self, Answer};
use super::exchange::{self, Way};
use super::passing::{Passing, Times};
use super::{headers, inspect, receive};
use crate::config::Responses;
use crate::message::{self, Leaves};
use crate::metrics::Phase;
use crate::signature::{Fits, Head, Signer};
use crate::stop::{Stop, Why};
use crate::upstream::{Failure, Leaving, Reason, Sent};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_LENGTH, COOKIE, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Scheme;
use hyper::{Request, Response, Version};
use pii_store::trail::{Ending, Verdict};
use std::time::Instant;

/// Digests of a body (RFC 1864, RFC 3230, RFC 9530).
const DIGESTS: [&str; 4] = ["content-md5", "digest", "content-digest", "repr-digest"];

/// A message that is about to leave.
pub(super) struct Sending {
    pub(super) parts: Parts,
    pub(super) body: Bytes,
    pub(super) leaves: Leaves,
    pub(super) verdict: Verdict,
    pub(super) is_chunked: bool,
    /// Whether it said how long its body is.
    pub(super) has_length: bool,
}

/// Records, sends and records again.
///
/// # Errors
/// Nothing was sent: it could not be recorded.
pub(super) async fn send(way: Way, sending: Sending) -> Result<Response<Answer>, Stop> {
    let Sending { mut parts, body: input, leaves, verdict, is_chunked, has_length } = sending;
    let Leaves { query, cookies, body: other, found, .. } = leaves;
    // After an edit the length is known, and some servers refuse chunks.
    let is_chunked = is_chunked && other.is_none();
    if other.is_some() {
        // A digest of what came tells it, and is none of what leaves.
        DIGESTS.iter().for_each(|name| drop(parts.headers.remove(*name)));
    }
    let output = other.map_or_else(|| input.clone(), Bytes::from);
    let mut request = request(&way, parts, query, cookies, (Leaving::new(output.clone(), is_chunked), has_length))?;
    if let (Some(signer), Some(fits)) = (&way.at_work.signer, &way.fits) {
        signed(signer, &mut request, &output, fits);
    }
    let recording = &way.gateway.recording;
    let decided = way.decided(verdict, &found.items, &input, &output);
    let (metrics, route) = (&way.gateway.metrics, &way.at_work.route.name);
    let begun = Instant::now();
    let recorded = recording.decided(&decided, way.table.timeouts.record).await;
    way.took(Phase::Record, begun.elapsed());
    let position = recorded?;
    metrics.found(route, &found.items.recorded());
    if way.consent.as_ref().is_some_and(|answered| !answered.is_valid()) {
        recording.ended(position, Ending::Refused);
        return Err(Stop::new(Why::Withdrawn, "a consent may have changed while it was on its way: send it again"));
    }
    if way.gateway.under_way.is_over() {
        recording.ended(position, Ending::Refused);
        return Err(Stop::new(Why::Overloaded, "the proxy is ending: send it again, to another one"));
    }
    let begun = Instant::now();
    let outcome = answered(&way, request).await;
    let ending = match &outcome {
        Ok(_) => Ending::Sent,
        Err((_, Sent::No)) => Ending::Refused,
        Err(_) => Ending::Unknown,
    };
    way.took(Phase::Upstream, begun.elapsed());
    metrics.ended(route, ending);
    recording.ended(position, ending);
    match outcome {
        Ok(response) => Ok(back(way, response).await),
        Err((stop, sent)) => Ok(told(&way, stop, sent)),
    }
}

/// Sends a request, and waits until its answer begins, its time is over, or the proxy's is.
async fn answered(way: &Way, request: Request<Leaving>) -> Result<Response<Incoming>, (Stop, Sent)> {
    let sent = tokio::time::timeout(way.table.timeouts.answer, way.at_work.client.send(request));
    let sent = tokio::select! {
        sent = sent => sent.unwrap_or(Err(Failure::SLOW)),
        () = way.gateway.under_way.over() => {
            let detail = "the proxy ended before the upstream answered; it may have taken the message";
            return Err((Stop::new(Why::SlowUpstream, detail), Sent::Unknown));
        }
    };
    sent.map_err(|failure| {
        way.gateway.metrics.upstream_failed(&way.at_work.route.name, failure.reason);
        if failure.sent == Sent::No {
            way.at_work.failed(failure.words);
        }
        (failed(&failure), failure.sent)
    })
}

/// What a client is told of an upstream's failure.
fn failed(Failure { reason, words, sent }: &Failure) -> Stop {
    let why = if *reason == Reason::SlowAnswer { Why::SlowUpstream } else { Why::Upstream };
    let left = match sent {
        Sent::No => "nothing was sent to it",
        _ => "it may have taken the message",
    };
    Stop::new(why, format!("the upstream failed: {words}; {left}"))
}

fn told(way: &Way, stop: Stop, sent: Sent) -> Response<Answer> {
    let stop = stop.in_words_of(way.dialect);
    exchange::told(&way.gateway, &stop, &way.message, Some(&way.at_work.route.name), sent)
}

fn request(
    way: &Way,
    parts: Parts,
    query: Option<String>,
    cookies: Option<Vec<String>>,
    (body, has_length): (Leaving, bool),
) -> Result<Request<Leaving>, Stop> {
    let wrong = |what: &'static str| Stop::new(Why::Engine, what);
    let query = query.or_else(|| parts.uri.query().map(str::to_owned));
    let path = match query {
        Some(query) => format!("{}?{query}", parts.uri.path()),
        None => parts.uri.path().to_owned(),
    };
    let uri = way.at_work.route.upstream.uri(&path).ok_or_else(|| wrong("what was masked is no address any more"))?;
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.uri_mut() = uri;
    *request.headers_mut() = parts.headers;
    if has_length && request.body().is_end_stream() {
        // Some servers refuse a POST that does not say that it has no body.
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    if let Some(cookies) = cookies {
        request.headers_mut().remove(COOKIE);
        for value in cookies {
            let value = HeaderValue::from_str(&value).map_err(|_| wrong("what was masked is no header any more"))?;
            request.headers_mut().append(COOKIE, value);
        }
    }
    Ok(request)
}

/// Signs a request as it leaves: its host is the one that the client writes.
fn signed(signer: &Signer, request: &mut Request<Leaving>, output: &[u8], fits: &Fits) {
    let (uri, method) = (request.uri().clone(), request.method().clone());
    let usual = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let host = match uri.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{}:{port}", uri.host().unwrap_or_default()),
        None => uri.host().unwrap_or_default().to_owned(),
    };
    let head = Head { method: method.as_str(), path: uri.path(), query: uri.query(), host: &host };
    signer.sign(&head, request.headers_mut(), output, fits);
}

/// The answer on its way back.
async fn back(mut way: Way, response: Response<Incoming>) -> Response<Answer> {
    let times = Times { next: way.table.timeouts.answer_body, taken: way.table.timeouts.write };
    let message = way.message.clone();
    let (mut parts, body) = response.into_parts();
    headers::end_here(&mut parts.headers);
    parts.version = Version::HTTP_11;
    let mut response = match way.at_work.route.responses {
        Responses::Pass => {
            let body = Passing::new(body, times, (way.held, way.in_flight));
            Response::from_parts(parts, Answer::Passing(body))
        }
        Responses::Mask => match masked(&mut way, &parts.headers, body).await {
            Ok(whole) => {
                parts.headers.remove(CONTENT_LENGTH);
                let body = Passing::new(Full::new(whole), times, (way.held, way.in_flight));
                Response::from_parts(parts, Answer::Passing(body))
            }
            Err(stop) => return told(&way, stop, Sent::Yes),
        },
    };
    answer::tell(&mut response, &message, Sent::Yes);
    response
}

/// The body of an answer, masked: data pulled from a partner.
async fn masked(way: &mut Way, headers: &hyper::HeaderMap, body: Incoming) -> Result<Bytes, Stop> {
    let route = &way.at_work.route;
    let length = body.size_hint().exact().and_then(|length| usize::try_from(length).ok());
    let most = length.map_or(route.body_bytes, |length| length.min(route.body_bytes));
    if !way.held.take(receive::room(headers, most, route.body_bytes, way.table.limits.ratio)) {
        return Err(Stop::new(Why::Answer, "there is no memory left for the upstream's answer").at("answer"));
    }
    let whole = tokio::time::timeout(way.table.timeouts.answer, Limited::new(body, route.body_bytes).collect()).await;
    let whole = match whole {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(_)) => {
            return Err(Stop::new(Why::Answer, "the upstream's answer broke off, or is too long").at("answer"));
        }
        Err(_) => return Err(Stop::new(Why::SlowUpstream, "the upstream's answer did not come in time").at("answer")),
    };
    let bounds = inspect::bounds(&way.table, &way.at_work.route);
    let look = || message::inspect_answer(headers, &whole, &way.at_work.route, &way.prepared, bounds);
    match inspect::contained(&way.held, (headers, whole.len()), bounds, look).await {
        Ok(Ok(None)) => Ok(whole),
        Ok(Ok(Some(other))) => Ok(Bytes::from(other)),
        Ok(Err(stop)) | Err(stop) => Err(Stop { why: Why::Answer, ..stop }),
    }
}
