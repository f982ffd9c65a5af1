//! One request: read, inspected, recorded, sent, and its outcome recorded.

use super::answer::{self, Answer};
use super::framing::Handle;
use super::send::{self, Sending};
use super::{headers, inspect, path, receive, tunnel};
use crate::blocks::Block;
use crate::capacity::Held;
use crate::config::METHODS;
use crate::consent::{self, Answer as Answered};
use crate::gateway::Gateway;
use crate::learning::Shape;
use crate::message::{self, Bounds, Came, Found, Leaves, Prepared, Stopped};
use crate::metrics::{InFlight, Phase};
use crate::record::Decided;
use crate::signature::{self, Dialect, Fits, Head, Unfit};
use crate::stop::{Stop, Why};
use crate::table::{RouteAtWork, Table};
use crate::traces::Trace;
use crate::upstream::Sent;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING, UPGRADE};
use hyper::http::request::Parts;
use hyper::{Request, Response, Version};
use pii_flow::{Items, clock};
use pii_store::trail::{Ending, Name, Verdict};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// What stays the same on the way of one message.
pub(super) struct Way {
    pub(super) gateway: Arc<Gateway>,
    pub(super) table: Arc<Table>,
    pub(super) at_work: Arc<RouteAtWork>,
    pub(super) prepared: Arc<Prepared>,
    pub(super) message: Name,
    pub(super) consent: Option<Answered>,
    /// In whose words its client is told what is the matter.
    pub(super) dialect: Option<Dialect>,
    /// How it was signed, where it is signed again.
    pub(super) fits: Option<Fits>,
    /// What it looks like, while somebody wants to know.
    shape: Option<Shape>,
    /// Its trace, if it is traced.
    trace: Option<Trace>,
    pub(super) held: Held,
    pub(super) in_flight: InFlight,
}

/// Answers a request. `tunnel`: the host and port of the tunnel in which it came.
pub(super) async fn exchange(
    gateway: Arc<Gateway>,
    request: Request<Incoming>,
    guard: Handle,
    tunnel: Option<&str>,
) -> Response<Answer> {
    let message = gateway.numbers.next();
    let in_flight = gateway.metrics.enter();
    let dialect = signature::dialect(request.headers(), request.uri().query());
    let trace = gateway.traces.begin(request.headers(), request.method());
    let (route, response) = match routed(&gateway, &request, tunnel) {
        Err(stop) => {
            if request.version() == Version::HTTP_2 {
                receive::drained(request.into_body()).await;
            }
            (None, turned_away(&gateway, stop.in_words_of(dialect), &message, None))
        }
        Ok((table, at_work)) => {
            let route = at_work.route.name.clone();
            let came = (request, in_flight, trace.clone());
            let taken = take(&gateway, (table, at_work), came, &guard, &message).await;
            let turned_away = |stop: Stop| turned_away(&gateway, stop.in_words_of(dialect), &message, Some(&route));
            let response = taken.unwrap_or_else(turned_away);
            (Some(route), response)
        }
    };
    if let Some(trace) = trace {
        let sent = response.headers().get(answer::SENT).and_then(|value| value.to_str().ok());
        trace.end(message.as_str(), route.as_ref().map(Name::as_str), (response.status(), sent));
    }
    response
}

/// The answer to a message that did not leave.
pub(super) fn turned_away(gateway: &Gateway, stop: Stop, message: &Name, route: Option<&Name>) -> Response<Answer> {
    gateway.metrics.stopped(route, stop.why);
    told(gateway, &stop, message, route, Sent::No)
}

/// The answer to a message of which something went wrong. What is remembered and logged.
pub(super) fn told(
    gateway: &Gateway,
    stop: &Stop,
    message: &Name,
    route: Option<&Name>,
    sent: Sent,
) -> Response<Answer> {
    let block = Block::of(message, route, (stop, sent), clock::moment().ok());
    block.log("a message was stopped, or its answer");
    gateway.blocks.put(block);
    answer::stopped(stop, message, sent)
}

/// The route that takes a request.
fn routed<B>(
    gateway: &Gateway,
    request: &Request<B>,
    tunnel: Option<&str>,
) -> Result<(Arc<Table>, Arc<RouteAtWork>), Stop> {
    refuse_tunnels(request)?;
    let host = host(request)?;
    if tunnel.is_some_and(|tunnel| !tunnel::is_same_host(tunnel, &host)) {
        return Err(Stop::new(Why::Misdirected, "open a tunnel to the host that the request names").at("header host"));
    }
    let path = path::for_routing(request.uri().path())?;
    let table = gateway.table();
    let at_work = table.route(&host, &path, request.method()).map(Arc::clone);
    let detail = "no route takes this host, path and method: write one for it, or look how they are spelt";
    let at_work = at_work.ok_or_else(|| {
        gateway.learning.unrouted(&host, &path, request.method());
        Stop::new(Why::NoRoute, detail)
    })?;
    Ok((table, at_work))
}

/// A request whose body is there whole.
struct Arrived {
    parts: Parts,
    body: Bytes,
    held: Held,
    shape: Option<Shape>,
}

/// Finds a place for a request, and reads its body.
async fn arrived(
    gateway: &Gateway,
    (table, at_work): (&Table, &RouteAtWork),
    request: Request<Incoming>,
    guard: &Handle,
) -> Result<Arrived, Stop> {
    let shape = shape(gateway, &request, at_work);
    let overloaded =
        || Stop::new(Why::Overloaded, "there are as many requests as can be dealt with: send it again later");
    let mut held = gateway.capacity.enter(at_work.route.is_critical).ok_or_else(overloaded)?;
    let (parts, body) = request.into_parts();
    let body = receive::whole(body, at_work.route.body_bytes, table.timeouts.body, &mut held).await;
    // What came behind a fault of framing is no body, however it looked.
    if let Some(fault) = guard.fault() {
        return Err(Stop::new(Why::Framing, fault.to_string()));
    }
    let body = body?;
    let room = receive::room_to_decode(&parts.headers, body.len(), at_work.route.body_bytes, table.limits.ratio);
    if !held.take(room) {
        return Err(receive::no_room());
    }
    Ok(Arrived { parts, body, held, shape })
}

async fn take(
    gateway: &Arc<Gateway>,
    (table, at_work): (Arc<Table>, Arc<RouteAtWork>),
    (request, in_flight, trace): (Request<Incoming>, InFlight, Option<Trace>),
    guard: &Handle,
    message: &Name,
) -> Result<Response<Answer>, Stop> {
    if at_work.is_down() {
        return Err(Stop::new(Why::UpstreamDown, "the upstream does not answer at the moment: send it again later"));
    }
    let begun = Instant::now();
    let Arrived { mut parts, body, held, shape } = arrived(gateway, (&table, &at_work), request, guard).await?;
    took(gateway, trace.as_ref(), Phase::Receive, begun.elapsed());
    let begun = Instant::now();
    let is_chunked = parts.headers.contains_key(TRANSFER_ENCODING);
    let has_length = parts.headers.contains_key(CONTENT_LENGTH);
    let dialect = signature::of(&parts.headers, parts.uri.query(), &body).map(|signature| signature.dialect);
    let fits = verified(&at_work, &parts, &body)?;
    headers::for_upstream(&mut parts.headers);
    let today = clock::today().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
    let prepared = gateway.prepared(&table, &at_work, (today, begun))?;
    let gateway = Arc::clone(gateway);
    let (shared, route, name) = (Arc::clone(&gateway), at_work.route.name.clone(), message.clone());
    let consent = None;
    let mut way =
        Way { gateway, table, at_work, prepared, message: name, consent, dialect, fits, shape, trace, held, in_flight };
    // A task of its own: a client that goes away in the middle takes no outcome with it. What it did not wait for is not sent: it
    // may come again with the same message.
    let gone = CancellationToken::new();
    let _waits = gone.clone().drop_guard();
    let sent = shared.under_way.spawn(async move {
        let (verdict, leaves) = way.decide(&parts, &body).await?;
        if gone.is_cancelled() {
            return Err(way.unwanted(&leaves, &body).await);
        }
        way.took(Phase::Decide, begun.elapsed());
        send::send(way, Sending { parts, body, leaves, verdict, is_chunked, has_length }).await
    });
    let sent = sent.await.map(|sent| sent.map_err(|stop| stop.in_words_of(dialect)));
    sent.unwrap_or_else(|_| {
        let stop = Stop::new(Why::Engine, "the proxy failed while it sent this message, and may have sent it");
        let stop = stop.in_words_of(dialect);
        shared.metrics.stopped(Some(&route), stop.why);
        Ok(told(&shared, &stop, message, Some(&route), Sent::Unknown))
    })
}

/// A phase of a message has ended.
fn took(gateway: &Gateway, trace: Option<&Trace>, phase: Phase, time: Duration) {
    gateway.metrics.took(phase, time);
    if let Some(trace) = trace {
        trace.phase(phase.word(), time);
    }
}

impl Way {
    /// One of its phases has ended.
    pub(super) fn took(&self, phase: Phase, time: Duration) {
        took(&self.gateway, self.trace.as_ref(), phase, time);
    }

    /// Asks for the consent that the route needs.
    async fn ask_for_consent(&mut self, parts: &Parts, body: &Bytes, bounds: Bounds) -> Result<(), Stop> {
        let route = &self.at_work.route;
        let Some(consent) = &route.consent else { return Ok(()) };
        let consents = self.gateway.asked_consents()?;
        let came = came(parts, body);
        let look = || message::in_clear(&came, (route, consent), &self.prepared, bounds);
        let clear = inspect::contained(&self.held, (&parts.headers, body.len()), bounds, look).await??;
        let at = clock::moment().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
        let answered = consent::ask(consents, route, consent, &clear, at)?;
        self.prepared = Arc::new(self.prepared.withholding(answered.withheld.clone()));
        self.consent = Some(answered);
        Ok(())
    }

    /// What becomes of a message.
    async fn decide(&mut self, parts: &Parts, body: &Bytes) -> Result<(Verdict, Leaves), Stop> {
        let bounds = inspect::bounds(&self.table, &self.at_work.route);
        let inspected = match self.ask_for_consent(parts, body, bounds).await {
            Ok(()) => self.inspect(parts, body, bounds).await,
            Err(stop) => Err(Box::new(Stopped { stop, found: Found::default() })),
        };
        match inspected {
            Ok(leaves) => Ok((leaves.verdict(), leaves)),
            Err(stopped) => {
                self.record_block(&stopped.found.items, body).await;
                Err(stopped.stop)
            }
        }
    }

    /// The client has gone before anything was sent.
    async fn unwanted(&self, leaves: &Leaves, body: &Bytes) -> Stop {
        self.record_block(&leaves.found.items, body).await;
        let stop = Stop::new(Why::SlowClient, "the client went away before it was sent: nothing of it was");
        self.gateway.metrics.stopped(Some(&self.at_work.route.name), stop.why);
        // Nobody is there to be answered; whoever looks for the message finds it.
        drop(told(&self.gateway, &stop, &self.message, Some(&self.at_work.route.name), Sent::No));
        stop
    }

    /// A fault of the engine's stops the message, and nothing else.
    async fn inspect(&self, parts: &Parts, body: &Bytes, bounds: Bounds) -> Result<Leaves, Box<Stopped>> {
        let (came, route) = (came(parts, body), &self.at_work.route);
        let look = || {
            let inspected = message::inspect(&came, route, &self.prepared, bounds);
            if let Some(shape) = &self.shape {
                let stop = inspected.as_ref().err().map(|stopped| &stopped.stop);
                self.gateway.learning.message(shape, (&came, route), (&self.prepared, bounds), stop);
            }
            inspected
        };
        let outcome = inspect::contained(&self.held, (&parts.headers, body.len()), bounds, look).await;
        outcome.unwrap_or_else(|stop| Err(Box::new(Stopped { stop, found: Found::default() })))
    }

    /// That a message was stopped is recorded too. Where that fails it is stopped all the same.
    async fn record_block(&self, items: &Items, input: &[u8]) {
        let decided = self.decided(Verdict::Block, items, input, &[]);
        self.gateway.metrics.found(&self.at_work.route.name, &items.recorded());
        if let Ok(position) = self.gateway.recording.decided(&decided, self.table.timeouts.record).await {
            self.gateway.recording.ended(position, Ending::Refused);
        }
    }

    pub(super) fn decided<'a>(
        &'a self,
        verdict: Verdict,
        items: &'a Items,
        input: &'a [u8],
        output: &'a [u8],
    ) -> Decided<'a> {
        let (route, versions) = (&self.at_work.route, &self.table.versions);
        let subject = self.consent.as_ref().map(|answered| &answered.subject);
        Decided { message: &self.message, route, versions, verdict, items, subject, input, output }
    }
}

fn came<'a>(parts: &'a Parts, body: &'a Bytes) -> Came<'a> {
    let (path, query) = (parts.uri.path(), parts.uri.query());
    Came { method: &parts.method, path, query, headers: &parts.headers, body }
}

/// Whether an application signed a request, on a route that signs it again. `None`: the route does not.
fn verified(at_work: &RouteAtWork, parts: &Parts, body: &Bytes) -> Result<Option<Fits>, Stop> {
    let Some(signer) = &at_work.signer else { return Ok(None) };
    let named = parts.headers.get(HOST).and_then(|value| value.to_str().ok());
    let host = named.or(parts.uri.authority().map(|authority| authority.as_str())).unwrap_or_default();
    let (method, path, query) = (parts.method.as_str(), parts.uri.path(), parts.uri.query());
    let now = clock::moment().map_err(|error| Stop::new(Why::Engine, error.to_string()))?;
    let fits = signer.verify(&Head { method, path, query, host }, &parts.headers, body, now);
    let stop = |Unfit(what)| Stop::new(Why::Signature, what).at("header authorization");
    fits.map(Some).map_err(stop)
}

/// What a request looks like. `None`: nobody wants to know.
fn shape<B>(gateway: &Gateway, request: &Request<B>, at_work: &RouteAtWork) -> Option<Shape> {
    let host = gateway.learning.is_on().then(|| host(request).ok()).flatten()?;
    let taken = Some((&at_work.route, request.headers()));
    Some(Shape::of(&host, request.uri().path(), request.method(), taken))
}

/// A wish to speak HTTP/2 in clear is one that nobody has to follow (RFC 9113 §3.1); any other one is for a tunnel.
fn refuse_tunnels<B>(request: &Request<B>) -> Result<(), Stop> {
    let wishes = request.headers().get_all(UPGRADE).iter();
    let only_h2c = wishes.into_iter().all(|wish| wish.as_bytes().eq_ignore_ascii_case(b"h2c"));
    if !METHODS.contains(request.method()) || !only_h2c {
        return Err(Stop::new(
            Why::Tunnel,
            "send GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS to the proxy's address, without Upgrade",
        ));
    }
    Ok(())
}

/// The host that a request names, in small letters.
pub(super) fn host<B>(request: &Request<B>) -> Result<String, Stop> {
    let two = || Err(Stop::new(Why::Framing, "two hosts are named").at("header host"));
    let mut hosts = request.headers().get_all(HOST).iter().map(|value| value.to_str().unwrap_or("\0"));
    let named = hosts.next();
    if hosts.next().is_some() {
        return two();
    }
    let authority = request.uri().authority().map(|authority| authority.as_str());
    match (authority, named) {
        (Some(authority), Some(named)) if !authority.eq_ignore_ascii_case(named) => two(),
        (authority, named) => Ok(authority.or(named).unwrap_or_default().to_ascii_lowercase()),
    }
}
