//! A request on its way: who asks, whether they may, whether anything is left for them, and only then what they ask.

use super::endpoint::Endpoint;
use super::refusal::{Refusal, What};
use super::{OPENAPI, answer, consents, decide, mask, purposes, scan, withdraw};
use crate::blocks::Block;
use crate::caller::{Credential, Known};
use crate::capacity::Held;
use crate::gateway::Gateway;
use crate::http::framing::Handle;
use crate::http::{self, Own};
use crate::stop::{Stop, Why};
use crate::table::Table;
use crate::upstream::Sent;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use pii_flow::clock;
use pii_store::trail::Name;
use std::sync::Arc;
use std::time::Instant;

/// A request of a caller who may ask it.
pub(super) struct Call {
    pub(super) gateway: Arc<Gateway>,
    pub(super) table: Arc<Table>,
    pub(super) known: Arc<Known>,
    /// What it is called: the caller's name, and then that of the message.
    pub(super) message: Name,
    pub(super) parts: Parts,
    /// What stands for `{code}` in its path.
    pub(super) code: String,
    body: Incoming,
    guard: Handle,
}

/// Answers a request.
pub(super) async fn answer(
    gateway: Arc<Gateway>,
    request: Request<Incoming>,
    guard: Handle,
    certificate: Option<[u8; 32]>,
) -> Response<Own> {
    let number = gateway.numbers.next();
    let _in_flight = gateway.metrics.enter();
    let table = gateway.table();
    let shown = request.headers().get_all(AUTHORIZATION).iter().map(HeaderValue::as_bytes);
    let known = table.callers.known(&Credential::of(shown, certificate)).map(Arc::clone);
    let (endpoint, code) =
        Endpoint::of(request.uri().path()).map_or((None, ""), |(endpoint, code)| (Some(endpoint), code));
    let admitted = known.as_ref().ok_or_else(Refusal::denied);
    let admitted = admitted.and_then(|known| Ok((Arc::clone(known), admit(known, endpoint, request.method())?)));
    let code = code.to_owned();
    let (known, endpoint) = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => return refused(&gateway, (known.as_deref(), endpoint), &refusal, &number),
    };
    let message = Name::new(&format!("{}/{number}", known.caller.name)).unwrap_or_else(|| number.clone());
    let (parts, body) = request.into_parts();
    let name = message.clone();
    let call =
        Call { gateway: Arc::clone(&gateway), table, known: Arc::clone(&known), message, parts, code, body, guard };
    // A task of its own: who goes away in the middle leaves no decision without its outcome, and a fault stops one request.
    let answered = match tokio::spawn(call.answered(endpoint)).await {
        Ok(answered) => answered,
        Err(_) => {
            Err(Stop::new(Why::Engine, "a fault of this program; whoever runs it finds its place in the log").into())
        }
    };
    match answered {
        Ok(response) => {
            gateway.metrics.asked(&known.caller.name, endpoint.path(), response.status());
            answer::named(response, &name)
        }
        // A denial says nothing of who asked.
        Err(refusal) if refusal.is_denial() => refused(&gateway, (Some(&known), Some(endpoint)), &refusal, &number),
        Err(refusal) => refused(&gateway, (Some(&known), Some(endpoint)), &refusal, &name),
    }
}

/// What a caller asks for, where they may and something is left for them.
fn admit(known: &Known, endpoint: Option<Endpoint>, method: &Method) -> Result<Endpoint, Refusal> {
    let nowhere = || Refusal::of(What::NoEndpoint, "look how it is spelt in /v1/openapi.json");
    let endpoint = endpoint.ok_or_else(nowhere)?;
    if *method != endpoint.method() {
        return Err(Refusal::Method(if endpoint.method() == Method::GET { "GET" } else { "POST" }));
    }
    if endpoint.scope().is_some_and(|scope| !known.caller.scopes.contains(&scope)) {
        return Err(Refusal::denied());
    }
    known.quota.take(Instant::now()).map_err(Refusal::Quota)?;
    Ok(endpoint)
}

/// The answer to whoever gets none. It is counted, logged and, where a message was stopped, remembered.
fn refused(
    gateway: &Gateway,
    (known, endpoint): (Option<&Known>, Option<Endpoint>),
    refusal: &Refusal,
    message: &Name,
) -> Response<Own> {
    let response = refusal.told(message);
    let caller = known.map(|known| &known.caller.name);
    match (caller, response.status()) {
        (Some(caller), status) if status != StatusCode::UNAUTHORIZED => {
            gateway.metrics.asked(caller, endpoint.map_or("", Endpoint::path), status);
        }
        _ => gateway.metrics.denied(),
    }
    // Names of the configuration and of this program: what the request says is not told.
    tracing::warn!(
        message_name = message.as_str(),
        caller = caller.map(Name::as_str),
        endpoint = endpoint.map(Endpoint::path),
        why = refusal.word(),
        "a request of the local API was refused"
    );
    if let Refusal::Stopped(stop) = refusal {
        let block = Block::of(message, None, (stop, Sent::No), clock::moment().ok());
        block.log("a message was stopped, which a program had asked about");
        gateway.blocks.put(block);
    }
    response
}

impl Call {
    async fn answered(self, endpoint: Endpoint) -> Result<Response<Own>, Refusal> {
        match endpoint {
            Endpoint::OpenApi => Ok(answer::text(StatusCode::OK, "application/json", OPENAPI.to_owned())),
            Endpoint::Mask => mask::mask(self).await,
            Endpoint::Scan => scan::scan(self).await,
            Endpoint::Decide => decide::decide(self).await,
            Endpoint::Ask => consents::ask(self).await,
            Endpoint::Query => consents::query(self).await,
            Endpoint::Receipts => consents::receipts(self).await,
            Endpoint::Withdraw => withdraw::withdraw(self).await,
            Endpoint::Purposes => purposes::all(&self),
            Endpoint::Purpose => purposes::one(&self),
        }
    }

    /// The body of a message, which is none where it is empty.
    pub(super) async fn message(self, limit: usize, is_critical: bool) -> Result<(Asking, Bytes), Refusal> {
        let (asking, body) = self.body(limit, is_critical).await?;
        if body.is_empty() {
            return Err(Refusal::of(What::Request, "the body is the message: there is none"));
        }
        Ok((asking, body))
    }

    /// The body, of at most so many bytes, and what it holds of the proxy's memory. All of it counts for the caller's quota.
    pub(super) async fn body(self, limit: usize, is_critical: bool) -> Result<(Asking, Bytes), Refusal> {
        let Self { gateway, table, known, message, parts, body, guard, .. } = self;
        let busy =
            || Stop::new(Why::Overloaded, "there are as many requests as can be dealt with: send it again later");
        let mut held = gateway.capacity.enter(is_critical).ok_or_else(busy)?;
        let body = http::whole(body, limit, table.timeouts.body, &mut held).await;
        if let Some(fault) = guard.fault() {
            return Err(Stop::new(Why::Framing, fault.to_string()).into());
        }
        let body = body?;
        known.quota.spend(body.len());
        if !held.take(http::room_to_decode(&parts.headers, body.len(), limit, table.limits.ratio)) {
            return Err(http::no_room().into());
        }
        Ok((Asking { gateway, table, known, message, parts, held }, body))
    }
}

/// A request whose body has come.
pub(super) struct Asking {
    pub(super) gateway: Arc<Gateway>,
    pub(super) table: Arc<Table>,
    pub(super) known: Arc<Known>,
    pub(super) message: Name,
    pub(super) parts: Parts,
    /// Its place, and the memory that its body takes.
    pub(super) held: Held,
}
