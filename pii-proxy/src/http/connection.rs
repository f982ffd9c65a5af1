//! One connection: guarded, answered, and ended where its client does not go on.

use super::answer::Answer;
use super::exchange;
use super::framing::{Guarded, Handle, Options};
use super::moving::Moving;
use super::tunnel::{self, Granted, To};
use crate::capacity::Places;
use crate::config::Timeouts;
use crate::gateway::Gateway;
use crate::refused::{Refused, Seldom};
use crate::tls;
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use std::convert::Infallible;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

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

    /// Answers the requests of a connection, until it ends or its client takes too long; and then those in the tunnel that it may
    /// have become.
    pub(super) async fn serve<S>(&self, stream: S, came: Came)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Came { peer, http2, takes, watchers: (watcher, next) } = came;
        let timeouts = self.gateway.table().timeouts;
        let options = Options { http2, h2c_upgrade: true, ..Options::default() };
        let guarded = Guarded::new(Moving::new(TokioIo::new(stream), timeouts.write), options);
        let guard = guarded.handle();
        let (gateway, answered, tunnel) = (Arc::clone(&self.gateway), guard.clone(), Arc::<Mutex<_>>::default());
        let granted = Arc::clone(&tunnel);
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (gateway, guard) = (Arc::clone(&gateway), answered.clone());
            let (takes, granted) = (takes.clone(), Arc::clone(&granted));
            async move { Ok::<_, Infallible>(takes.answer(gateway, request, guard, &granted).await) }
        });
        let builder = builder(&options, &timeouts);
        let serving = watcher.watch(builder.serve_connection_with_upgrades(guarded, service).into_owned());
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
        let granted = tunnel.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(granted), Some(watcher)) = (granted, next) {
            self.tunnel(granted, peer, watcher, &timeouts).await;
        }
    }

    /// What comes in a tunnel.
    async fn tunnel(&self, granted: Granted, peer: SocketAddr, watcher: Watcher, timeouts: &Timeouts) {
        let Granted { upgrade, to } = granted;
        let upgraded = tokio::time::timeout(timeouts.head, upgrade).await;
        let Ok(Ok(upgraded)) = upgraded else { return };
        let (host, config) = match to {
            To::Through(through) => {
                // Among the messages under way: at the end it is waited for, and then told that its time is over.
                let passing = through.pass(upgraded, timeouts.idle);
                let _ = self.gateway.under_way.spawn(passing).await;
                return;
            }
            To::Here(host, config) => (host, config),
        };
        let accepting = TlsAcceptor::from(config).accept(TokioIo::new(upgraded));
        let secured = match tokio::time::timeout(timeouts.head, accepting).await {
            Ok(Ok(secured)) => secured,
            Ok(Err(error)) => return self.refused(Refused::Tls, Some(peer), tls::fault(&error)),
            Err(_) => return self.refused(Refused::Tls, Some(peer), "the handshake of TLS took too long"),
        };
        let named = secured.get_ref().1.server_name().map(str::to_ascii_lowercase);
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        if named.is_some_and(|named| named != name) {
            return self.refused(Refused::Tls, Some(peer), "TLS in a tunnel names another host than the tunnel");
        }
        let came = Came { peer, http2: true, takes: Takes::InTunnel(host.into()), watchers: (watcher, None) };
        self.inner(secured, came).await;
    }

    /// [`Front::serve`] for what comes in a tunnel: a tunnel leads to no other.
    fn inner<S>(&self, stream: S, came: Came) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Box::pin(self.serve(stream, came))
    }
}

/// A connection, and what it may be used for.
pub(super) struct Came {
    pub(super) peer: SocketAddr,
    pub(super) http2: bool,
    pub(super) takes: Takes,
    /// Who sees to its end; and to that of the tunnel that it may become.
    pub(super) watchers: (Watcher, Option<Watcher>),
}

/// Which requests are taken on a connection.
#[derive(Clone)]
pub(super) enum Takes {
    /// Those for the proxy.
    Requests,
    /// Those for whatever host, and tunnels.
    Tunnels,
    /// Those for the host and port of the tunnel that it is in.
    InTunnel(Arc<str>),
}

impl Takes {
    async fn answer(
        &self,
        gateway: Arc<Gateway>,
        request: Request<Incoming>,
        guard: Handle,
        granted: &Mutex<Option<Granted>>,
    ) -> Response<Answer> {
        match self {
            Self::Tunnels if request.method() == Method::CONNECT => {
                let (response, tunnel) = tunnel::connect(&gateway, request, &guard).await;
                *granted.lock().unwrap_or_else(PoisonError::into_inner) = tunnel;
                response
            }
            Self::InTunnel(host) => exchange::exchange(gateway, request, guard, Some(host)).await,
            Self::Requests | Self::Tunnels => exchange::exchange(gateway, request, guard, None).await,
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
