//! One connection: guarded, answered, and ended where its client does not go on.

use super::exchange;
use super::framing::{Guarded, Handle, Options};
use super::moving::Moving;
use crate::capacity::Places;
use crate::config::Timeouts;
use crate::gateway::Gateway;
use crate::refused::{Refused, Seldom};
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};

/// How many requests one connection of HTTP/2 may have in flight.
const STREAMS: u32 = 128;

/// What the connections of all listeners share.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) gateway: Arc<Gateway>,
    pub(super) places: Places,
    seldom: Arc<Seldom>,
}

impl Front {
    /// Places are kept only where a listener may take them.
    pub(super) fn new(gateway: Arc<Gateway>, has_critical: bool) -> Self {
        let limits = gateway.table().limits;
        let kept = if has_critical { limits.critical_connections } else { 0 };
        Self { gateway, places: Places::new(limits.connections, kept), seldom: Arc::default() }
    }

    /// A connection came to nothing: counted, and now and then logged.
    pub(super) fn refused(&self, sort: Refused, peer: Option<SocketAddr>, what: &str) {
        self.gateway.metrics.refused(sort);
        if let Some(left_out) = self.seldom.admits(sort, Instant::now()) {
            let peer = peer.map(|peer| peer.to_string());
            tracing::warn!(reason = sort.word(), peer, what, left_out, "a connection came to nothing");
        }
    }

    /// Answers the requests of a connection, until it ends or its client takes too long.
    pub(super) async fn serve<S>(&self, stream: S, (peer, http2): (SocketAddr, bool), watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let timeouts = self.gateway.table().timeouts;
        let options = Options { http2, h2c_upgrade: true, ..Options::default() };
        let guarded = Guarded::new(Moving::new(TokioIo::new(stream), timeouts.write), options);
        let guard = guarded.handle();
        let (gateway, answered) = (Arc::clone(&self.gateway), guard.clone());
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (gateway, guard) = (Arc::clone(&gateway), answered.clone());
            async move { Ok::<_, Infallible>(exchange::exchange(gateway, request, guard).await) }
        });
        let builder = builder(&options, &timeouts);
        let serving = watcher.watch(builder.serve_connection(guarded, service).into_owned());
        // What else ends a connection is its client's affair: each request on it was answered for itself.
        tokio::select! {
            ended = serving => {
                if ended.is_err_and(|error| is_unread(&*error)) {
                    self.refused(Refused::Unread, Some(peer), "nothing of an answer was taken in time");
                }
            }
            (sort, what) = overdue(&guard, &timeouts) => self.refused(sort, Some(peer), what),
        }
        // A fault in a body is its request's, which tells it.
        if let Some(fault) = guard.fault().filter(|fault| !fault.is_in_body()) {
            self.refused(Refused::Framing, Some(peer), fault.word());
        }
    }
}

fn builder(options: &Options, timeouts: &Timeouts) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .half_close(true)
        .max_headers(options.limits.fields)
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.idle)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(options.limits.head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(timeouts.idle))
        .keep_alive_timeout(timeouts.head);
    builder
}

/// Whether a connection ended because nothing that was written moved.
fn is_unread(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| cause.downcast_ref().is_some_and(|cause: &io::Error| cause.kind() == ErrorKind::TimedOut))
}

/// Returns once a client has taken too long to begin, or to end a head, of which the server's own time-outs see nothing.
pub(crate) async fn overdue(guard: &Handle, timeouts: &Timeouts) -> (Refused, &'static str) {
    let connected = Instant::now();
    loop {
        let (since, limit, overdue) = match guard.head_began() {
            Some(began) => (began, timeouts.head, (Refused::SlowHead, "a head did not end in time")),
            None if guard.has_begun() => {
                tokio::time::sleep(timeouts.head).await;
                continue;
            }
            None => (connected, timeouts.idle, (Refused::Silent, "nothing came in time")),
        };
        match limit.checked_sub(since.elapsed()) {
            Some(left) if !left.is_zero() => tokio::time::sleep(left.min(timeouts.head)).await,
            _ => return overdue,
        }
    }
}
