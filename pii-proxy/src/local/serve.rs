//! The listener of the local API: HTTP/1.1, each connection guarded as the proxy's own are.

use super::call;
use crate::caller::Credential;
use crate::config::LocalAt;
use crate::gateway::Gateway;
use crate::http::framing::{Guarded, Options};
use crate::http::{Moving, ServeError, overdue};
use crate::tls;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// So many connections at once: those of a few programs, each with a pool of them.
const CONNECTIONS: usize = 1024;

/// After an error of accepting, such as too many open files, so long is waited.
const PAUSE: Duration = Duration::from_millis(50);

/// Answers programs.
pub struct Local {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    gateway: Arc<Gateway>,
}

impl Local {
    /// Listens.
    ///
    /// # Errors
    /// The address is in use or not this machine's, or a file of TLS cannot be used.
    pub async fn bind(gateway: Arc<Gateway>, at: &LocalAt) -> Result<Self, ServeError> {
        let socket = TcpListener::bind(at.address).await;
        let socket = socket.map_err(|error| ServeError::new(format!("{}: {error}", at.address)))?;
        let tls = at.tls.as_ref().map(|files| tls::server(files, false)).transpose();
        let tls = tls.map_err(ServeError::new)?.map(TlsAcceptor::from);
        Ok(Self { socket, tls, gateway })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers until `ends` is there, then what is in flight, for as long as that may take.
    pub async fn run(self, ends: impl Future<Output = ()>) {
        let drain = self.gateway.table().timeouts.drain;
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        tokio::select! {
            () = ends => {}
            () = self.accept(&places, &graceful) => {}
        }
        let _ = tokio::time::timeout(drain, graceful.shutdown()).await;
    }

    async fn accept(&self, places: &Arc<Semaphore>, graceful: &GracefulShutdown) {
        loop {
            let Ok(place) = Arc::clone(places).acquire_owned().await else { return };
            let Ok((socket, _)) = self.socket.accept().await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let (gateway, tls, watcher) = (Arc::clone(&self.gateway), self.tls.clone(), graceful.watcher());
            tokio::spawn(async move {
                let _place = place;
                secured(socket, tls, gateway, watcher).await;
            });
        }
    }
}

async fn secured(socket: TcpStream, tls: Option<TlsAcceptor>, gateway: Arc<Gateway>, watcher: Watcher) {
    let _ = socket.set_nodelay(true);
    let Some(tls) = tls else { return connection(socket, gateway, None, watcher).await };
    let limit = gateway.table().timeouts.head;
    let Ok(Ok(secured)) = tokio::time::timeout(limit, tls.accept(socket)).await else { return };
    let shown = secured.get_ref().1.peer_certificates().and_then(<[_]>::first);
    let certificate = shown.map(|certificate| Credential::mark(certificate));
    connection(secured, gateway, certificate, watcher).await;
}

async fn connection<S>(stream: S, gateway: Arc<Gateway>, certificate: Option<[u8; 32]>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let timeouts = gateway.table().timeouts;
    let options = Options::default();
    let fields = options.limits.fields;
    let guarded = Guarded::new(Moving::new(TokioIo::new(stream), timeouts.write), options);
    let guard = guarded.handle();
    let answered = guard.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (gateway, guard) = (Arc::clone(&gateway), answered.clone());
        async move { Ok::<_, Infallible>(call::answer(gateway, request, guard, certificate).await) }
    });
    let mut http = hyper::server::conn::http1::Builder::new();
    http.half_close(true).max_headers(fields).timer(TokioTimer::new()).header_read_timeout(timeouts.idle);
    let serving = watcher.watch(http.serve_connection(guarded, service));
    // What ends a connection is its client's affair: each request on it was answered for itself.
    tokio::select! {
        _ = serving => {}
        _ = overdue(&guard, &timeouts) => {}
    }
}
