//! A message that somebody pastes, to see what would leave and why. It goes the way of every other message up to where that would
//! be recorded and sent, and no further: it is counted, logged and kept nowhere.

use crate::config::METHODS;
use crate::consent;
use crate::gateway::Gateway;
use crate::http;
use crate::message::{self, Came, Explained, Leaves, Prepared};
use crate::stop::{Stop, Why};
use crate::table::{RouteAtWork, Table};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Method, Request, StatusCode};
use pii_flow::clock;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The longest question, in bytes.
const LIMIT_BYTES: usize = 256 << 10;

/// So many findings are told.
const FINDINGS_TOLD: usize = 200;

/// So many headers a message has that is tried out: as many as the proxy takes.
const HEADERS: usize = 128;

/// A question that takes longer to come is none.
const PATIENCE: Duration = Duration::from_secs(10);

/// One is looked into at a time: those that are under way have the machine.
static TURN: Semaphore = Semaphore::const_new(1);

/// What is asked: a message as an application would send it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    route: String,
    #[serde(default = "post")]
    method: String,
    #[serde(default = "root")]
    path: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

/// The same, understood.
struct Message {
    table: Arc<Table>,
    at_work: Arc<RouteAtWork>,
    method: Method,
    target: PathAndQuery,
    headers: HeaderMap,
    body: Bytes,
}

fn post() -> String {
    Method::POST.to_string()
}

fn root() -> String {
    "/".to_owned()
}

/// Says what would leave in the place of a message.
pub(crate) async fn tried(gateway: &Arc<Gateway>, request: Request<Incoming>) -> (StatusCode, Value) {
    match answered(gateway, request).await {
        Ok(answer) => (StatusCode::OK, answer),
        // No word of what was asked: a message stands in it.
        Err((status, title)) => (status, json!({ "title": title })),
    }
}

async fn answered(gateway: &Arc<Gateway>, request: Request<Incoming>) -> Result<Value, (StatusCode, &'static str)> {
    if request.method() != Method::POST {
        return Err((StatusCode::METHOD_NOT_ALLOWED, "Send a message to try by POST"));
    }
    if !super::is_from_the_page(request.headers()) {
        return Err((
            StatusCode::FORBIDDEN,
            "A message to try comes as application/json, from this listener's own page or from a program",
        ));
    }
    let body = tokio::time::timeout(PATIENCE, Limited::new(request.into_body(), LIMIT_BYTES).collect()).await;
    let body = body.map_err(|_| (StatusCode::REQUEST_TIMEOUT, "The message did not come in time"))?;
    let body = body.map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "A message to try has at most 256 KiB"))?.to_bytes();
    let wrong = (StatusCode::BAD_REQUEST, "Write route, method, path, headers and body of the message");
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| wrong)?;
    let message = Message::of(gateway, asked)?;
    let _turn = TURN.acquire().await.map_err(|_| wrong)?;
    let gateway = Arc::clone(gateway);
    // A fault of the engine's ends this task, and is answered.
    let looked = tokio::task::spawn_blocking(move || message.look(&gateway)).await;
    looked.map_err(|_| {
        (StatusCode::INTERNAL_SERVER_ERROR, "A fault of this program, not of the message: its place is in the log")
    })
}

impl Message {
    fn of(gateway: &Gateway, asked: Asked) -> Result<Self, (StatusCode, &'static str)> {
        let table = gateway.table();
        let mut routes = table.routes().iter();
        let at_work = routes.find(|at_work| at_work.route.name.as_str() == asked.route).map(Arc::clone);
        let at_work = at_work.ok_or((StatusCode::NOT_FOUND, "There is no route of that name"))?;
        let wrong = |title| (StatusCode::BAD_REQUEST, title);
        let method = METHODS.into_iter().find(|method| method.as_str() == asked.method);
        let method = method.ok_or(wrong("Write GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS"))?;
        let target = asked.path.parse::<PathAndQuery>().ok().filter(|_| asked.path.starts_with('/'));
        let target =
            target.ok_or(wrong("Write a path that begins with a slash, with what is no ASCII percent-encoded"))?;
        if asked.headers.len() > HEADERS {
            return Err(wrong("A message has at most 128 headers"));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &asked.headers {
            let name = HeaderName::try_from(name.trim());
            let value = HeaderValue::from_str(value.trim());
            let (Ok(name), Ok(value)) = (name, value) else {
                return Err(wrong("Write each header on a line, as `Name: value`"));
            };
            headers.append(name, value);
        }
        http::for_upstream(&mut headers);
        Ok(Self { table, at_work, method, target, headers, body: Bytes::from(asked.body) })
    }

    /// What would become of it.
    fn look(&self, gateway: &Gateway) -> Value {
        let mut withheld = Vec::new();
        let prepared = self.prepared(gateway, &mut withheld);
        let (outcome, found) = match prepared {
            Err(stop) => (Err(stop), Vec::new()),
            Ok(prepared) => {
                let (came, route, bounds) =
                    (self.came(), &self.at_work.route, http::bounds(&self.table, &self.at_work.route));
                let left = message::inspect(&came, route, &prepared, bounds).map_err(|stopped| stopped.stop);
                (left, message::explained(&came, route, &prepared, bounds))
            }
        };
        self.told(outcome, &found, &withheld)
    }

    /// The route's policy as it stands today, for the person whom the message is about where the route asks for consent.
    fn prepared(&self, gateway: &Gateway, withheld: &mut Vec<&'static str>) -> Result<Arc<Prepared>, Stop> {
        http::for_routing(self.target.path())?;
        if self.body.len() > self.at_work.route.body_bytes {
            return Err(Stop::new(Why::TooLarge, "the body is longer than this route takes").at("body"));
        }
        let engine = |what: String| Stop::new(Why::Engine, what);
        let today = clock::today().map_err(|error| engine(error.to_string()))?;
        let prepared = gateway.prepared(&self.table, &self.at_work, (today, Instant::now()))?;
        let route = &self.at_work.route;
        let Some(asks) = &route.consent else { return Ok(prepared) };
        let consents = gateway.asked_consents()?;
        let clear =
            message::in_clear(&self.came(), (route, asks), &prepared, http::bounds(&self.table, &self.at_work.route))?;
        let at = clock::moment().map_err(|error| engine(error.to_string()))?;
        let answer = consent::ask(consents, route, asks, &clear, at)?;
        withheld.extend(answer.withheld.iter().map(|kind| kind.as_str()));
        Ok(Arc::new(prepared.withholding(answer.withheld)))
    }

    fn came(&self) -> Came<'_> {
        let (path, query) = (self.target.path(), self.target.query());
        Came { method: &self.method, path, query, headers: &self.headers, body: &self.body }
    }

    fn told(&self, outcome: Result<Leaves, Stop>, found: &[Explained], withheld: &[&str]) -> Value {
        let route = &self.at_work.route;
        let mut answer = json!({
            "route": route.name.as_str(),
            "asks_for_consent": route.consent.is_some(),
            "withheld": withheld,
            "findings": found.get(..found.len().min(FINDINGS_TOLD)),
            "findings_more": found.len().saturating_sub(FINDINGS_TOLD),
        });
        let more = match outcome {
            Ok(leaves) => self.left(leaves),
            Err(stop) => json!({
                "outcome": "stopped",
                "status": stop.why.status().as_u16(),
                "why": stop.why.word(),
                "title": stop.why.title(),
                "detail": stop.detail,
                "kind": stop.kind.map(|kind| kind.as_str()),
                "place": stop.place,
                "rule": stop.rule,
            }),
        };
        if let (Some(answer), Value::Object(more)) = (answer.as_object_mut(), more) {
            answer.extend(more);
        }
        answer
    }

    fn left(&self, leaves: Leaves) -> Value {
        let Leaves { query, cookies, body, is_fallback, found } = leaves;
        let is_changed = query.is_some() || cookies.is_some() || body.is_some();
        let outcome = match (is_fallback, found.is_observed, is_changed) {
            (true, ..) => "fallback",
            (_, true, _) => "observed",
            (.., true) => "changed",
            _ => "unchanged",
        };
        let path = self.target.path();
        let query = query.as_deref().or(self.target.query());
        let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        let url = self.at_work.route.upstream.uri(&target).map(|uri| uri.to_string());
        let body = body.as_deref().unwrap_or(&self.body);
        json!({
            "outcome": outcome,
            "method": self.method.as_str(),
            "url": url,
            "cookies": cookies,
            "body": String::from_utf8_lossy(body),
        })
    }
}
