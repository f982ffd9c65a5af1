//! `POST /v1/mask`: a message as it may leave, before it is signed.

use super::answer;
use super::asked::{Asked, Settled};
use super::call::{Asking, Call};
use super::look;
use super::refusal::Refusal;
use crate::consent::{self, Answer as Answered};
use crate::http::Own;
use crate::message::{self, Found, Leaves, Stopped};
use crate::record::Decided;
use crate::stop::{Stop, Why};
use bytes::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use pii_flow::{Items, clock};
use pii_store::trail::{Ending, Verdict};
use std::sync::Arc;

/// Says what became of the message: `send`, `observe`, `fallback`.
const VERDICT: HeaderName = HeaderName::from_static("x-pii-verdict");

/// Says whether the answer is another body: `yes`, `no`.
const CHANGED: HeaderName = HeaderName::from_static("x-pii-changed");

/// What is decided on.
struct Deciding {
    asking: Asking,
    settled: Settled,
    head: HeaderMap,
    body: Bytes,
    consent: Option<Answered>,
}

pub(super) async fn mask(call: Call) -> Result<Response<Own>, Refusal> {
    let settled = Asked::of_query(call.parts.uri.query())?.settled(&call.table, &call.known)?;
    let (limit, is_critical) = (settled.route().body_bytes, settled.route().is_critical);
    let (asking, body) = call.message(limit, is_critical).await?;
    let head = look::head(&asking, &settled);
    let mut deciding = Deciding { asking, settled, head, body, consent: None };
    let inspected = match deciding.ask_for_consent().await {
        Ok(()) => deciding.inspect().await,
        Err(stop) => Err(unfound(stop)),
    };
    let leaves = match inspected {
        Ok(leaves) => leaves,
        Err(stopped) => {
            deciding.record_block(&stopped.found.items).await;
            return Err(stopped.stop.into());
        }
    };
    deciding.handed_out(leaves).await
}

fn unfound(stop: Stop) -> Box<Stopped> {
    Box::new(Stopped { stop, found: Found::default() })
}

impl Deciding {
    /// Asks for the consent that the route needs, as on the proxy's own way.
    async fn ask_for_consent(&mut self) -> Result<(), Stop> {
        let Self { asking, settled, head, body, .. } = self;
        let route = settled.route();
        let Some(needed) = &route.consent else { return Ok(()) };
        let consents = asking.gateway.asked_consents()?;
        let (came, bounds) = (look::came(head, body), look::bounds(asking, settled));
        let look = || message::in_clear(&came, (route, needed), &settled.prepared, bounds);
        let clear = look::contained(asking, (head, body), bounds, look).await??;
        let at = clock::moment().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
        let answered = consent::ask(consents, route, needed, &clear, at)?;
        settled.prepared = Arc::new(settled.prepared.withholding(answered.withheld.clone()));
        self.consent = Some(answered);
        Ok(())
    }

    async fn inspect(&self) -> Result<Leaves, Box<Stopped>> {
        let Self { asking, settled, head, body, .. } = self;
        let (came, bounds) = (look::came(head, body), look::bounds(asking, settled));
        let look = || message::inspect(&came, settled.route(), &settled.prepared, bounds);
        look::contained(asking, (head, body), bounds, look).await.unwrap_or_else(|stop| Err(unfound(stop)))
    }

    /// The answer, once the decision is on the disk.
    async fn handed_out(self, leaves: Leaves) -> Result<Response<Own>, Refusal> {
        let verdict = leaves.verdict();
        let Leaves { body: other, found, .. } = leaves;
        let is_changed = other.is_some();
        let output = other.map_or_else(|| self.body.clone(), Bytes::from);
        let recording = &self.asking.gateway.recording;
        let limit = self.asking.table.timeouts.record;
        let position = recording.decided(&self.decided(verdict, &found.items, &output), limit).await?;
        if self.consent.as_ref().is_some_and(|answered| !answered.is_valid()) {
            recording.ended(position, Ending::Refused);
            return Err(Stop::new(Why::Withdrawn, "a consent may have changed meanwhile: ask again").into());
        }
        // It is out of the proxy's hands now. What its caller sends of it goes through the proxy again, and is recorded there.
        recording.ended(position, Ending::Sent);
        let mut response = answer::bytes(StatusCode::OK, output);
        let headers = response.headers_mut();
        for name in [CONTENT_TYPE, CONTENT_ENCODING] {
            for value in self.head.get_all(&name) {
                headers.append(&name, value.clone());
            }
        }
        headers.insert(VERDICT, HeaderValue::from_static(verdict.word()));
        headers.insert(CHANGED, HeaderValue::from_static(if is_changed { "yes" } else { "no" }));
        Ok(response)
    }

    /// That a message may not leave is recorded too. Where that fails it is refused all the same.
    async fn record_block(&self, items: &Items) {
        let recording = &self.asking.gateway.recording;
        let decided = self.decided(Verdict::Block, items, &[]);
        if let Ok(position) = recording.decided(&decided, self.asking.table.timeouts.record).await {
            recording.ended(position, Ending::Refused);
        }
    }

    fn decided<'a>(&'a self, verdict: Verdict, items: &'a Items, output: &'a [u8]) -> Decided<'a> {
        let Self { asking, settled, body, consent, .. } = self;
        let subject = consent.as_ref().map(|answered| &answered.subject);
        let (route, versions) = (settled.route(), &asking.table.versions);
        Decided { message: &asking.message, route, versions, verdict, items, subject, input: body, output }
    }
}
