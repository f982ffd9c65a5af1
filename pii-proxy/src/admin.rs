//! The admin listener: whether the proxy lives and is ready, figures, why a message was stopped, and a page that shows all of it. In
//! clear on the loopback; anywhere else with a token, and one answer for all who have none.

mod post;

use crate::changes::Control;
use crate::config::AdminAt;
use crate::gateway::Gateway;
use crate::http::{Own, ServeError};
use crate::page;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use pii_core::key::Secret;
use serde_json::json;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// So many blocks are told at once.
const BLOCKS_TOLD: usize = 100;

/// Nobody needs more connections to it.
const CONNECTIONS: usize = 64;

/// A head that takes longer is none.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// Answers operators.
#[derive(Debug)]
pub struct Admin {
    socket: TcpListener,
    control: Arc<Control>,
    token: Option<Arc<Secret>>,
}

impl Admin {
    /// Listens.
    ///
    /// # Errors
    /// The address is in use or not this machine's, or its token cannot be read.
    pub async fn bind(control: Arc<Control>, at: &AdminAt) -> Result<Self, ServeError> {
        let token = at.token_file.as_deref().map(pii_keys::secret_in).transpose();
        let token = token.map_err(|error| ServeError::new(error.to_string()))?.map(Arc::new);
        let socket = TcpListener::bind(at.address).await;
        let socket = socket.map_err(|error| ServeError::new(format!("{}: {error}", at.address)))?;
        Ok(Self { socket, control, token })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers, until it is dropped.
    pub async fn run(self) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let Ok((stream, _)) = self.socket.accept().await else {
                tokio::time::sleep(HEAD_TIME / 100).await;
                continue;
            };
            let (control, token) = (Arc::clone(&self.control), self.token.clone());
            tokio::spawn(async move {
                let _place = place;
                let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                    let (control, token) = (Arc::clone(&control), token.clone());
                    async move { Ok::<_, Infallible>(answer(&control, token.as_deref(), request).await) }
                });
                let mut http = hyper::server::conn::http1::Builder::new();
                http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME);
                // What becomes of the connection is its client's affair.
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }
}

async fn answer(control: &Arc<Control>, token: Option<&Secret>, request: Request<Incoming>) -> Response<Own> {
    let (gateway, path) = (control.gateway(), request.uri().path());
    // Whoever watches over a process asks for these two, and has no secrets.
    match path {
        "/live" => return text(StatusCode::OK, "text/plain", "live\n".to_owned()),
        "/ready" => return ready(gateway),
        _ => {}
    }
    if token.is_none() && !page::names_this_machine(&request) {
        let title = "Ask by 127.0.0.1, [::1] or localhost, or have the configuration name a token_file";
        return json(StatusCode::MISDIRECTED_REQUEST, &json!({ "title": title }));
    }
    if let Some(file) = page::file(path).filter(|_| request.method() == Method::GET) {
        return file;
    }
    if !is_allowed(token, &request) {
        return json(StatusCode::UNAUTHORIZED, &json!({ "title": "Give the admin token as a bearer token" }));
    }
    if path == "/try" {
        let (status, answer) = page::tried(gateway, request).await;
        return json(status, &answer);
    }
    if path == "/learn" && request.method() == Method::POST {
        return post::learn(control, request).await;
    }
    if request.method() == Method::POST {
        // Whoever could reach the address could change what leaves.
        if token.is_none() {
            let title = "Without an admin token nothing is changed here: write [admin] token_file";
            return json(StatusCode::FORBIDDEN, &json!({ "title": title }));
        }
        return post::answer(control, request).await;
    }
    if request.method() != Method::GET {
        return json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "title": "GET and POST are answered here" }));
    }
    match path {
        "/metrics" => {
            text(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", gateway.metrics_text())
        }
        "/state" => json(StatusCode::OK, &page::state(gateway)),
        "/routes" => json(StatusCode::OK, &routes(gateway)),
        "/learned" => match gateway.learning.learned(Instant::now()) {
            Some(learned) => json(StatusCode::OK, &json!(learned)),
            None => json(StatusCode::NOT_FOUND, &json!({ "title": "Nobody has had it learn: POST /learn" })),
        },
        "/changes" => json(StatusCode::OK, &post::changes(control)),
        "/blocks" => json(StatusCode::OK, &json!(gateway.blocks.last(BLOCKS_TOLD))),
        _ => match path.strip_prefix("/blocks/").and_then(|name| gateway.blocks.of(name)) {
            Some(block) => json(StatusCode::OK, &json!(block)),
            None => json(StatusCode::NOT_FOUND, &json!({ "title": "Nothing is known of this, or no longer" })),
        },
    }
}

/// Where there is a token, only who has it.
fn is_allowed<B>(token: Option<&Secret>, request: &Request<B>) -> bool {
    let Some(token) = token else { return true };
    let given = request.headers().get(AUTHORIZATION).map_or(&b""[..], HeaderValue::as_bytes);
    let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
    bool::from(given.ct_eq(token.expose()))
}

/// Ready is who would let a message through: the trail takes records. A ledger that does not answer stops the routes that ask it, and
/// no others: it is told, and takes no node out of a balancer. So are the routes whose upstream is down.
fn ready(gateway: &Gateway) -> Response<Own> {
    let trail = gateway.trail_health();
    let is_ready = trail.records() && !gateway.is_ending();
    let table = gateway.table();
    let down = table.routes().iter().filter(|at_work| at_work.is_down());
    let degraded: Vec<&str> = down.map(|at_work| at_work.route.name.as_str()).collect();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json(
        status,
        &json!({
            "ready": is_ready,
            "trail": trail.records(),
            "consents": gateway.knows_consents(),
            "ending": gateway.is_ending(),
            "degraded": degraded,
        }),
    )
}

fn routes(gateway: &Gateway) -> serde_json::Value {
    let table = gateway.table();
    let route = |at_work: &Arc<crate::table::RouteAtWork>| {
        let route = &at_work.route;
        json!({
            "name": route.name.as_str(),
            "channel": route.channel.as_str(),
            "recipient": route.recipient.as_ref().map(|name| name.as_str()),
            "purpose": route.purpose.as_ref().map(|name| name.as_str()),
            "upstream": format!("{}://{}{}", route.upstream.scheme, route.upstream.authority, route.upstream.base),
            "critical": route.is_critical,
            "up": route.health.as_ref().map(|_| !at_work.is_down()),
            "observes_until": route.observe.as_ref().map(|observe| observe.until.to_string()),
            "observes_why": route.observe.as_ref().map(|observe| observe.why.as_str()),
            "asks_for_consent": route.consent.is_some(),
        })
    };
    json!(table.routes().iter().map(route).collect::<Vec<_>>())
}

fn json(status: StatusCode, value: &serde_json::Value) -> Response<Own> {
    text(status, "application/json", format!("{value}\n"))
}

fn text(status: StatusCode, media_type: &'static str, text: String) -> Response<Own> {
    let mut response = Response::new(Own::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
