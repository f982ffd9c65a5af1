//! Listeners: connections in, as many as may be, each guarded, until the proxy ends.

use super::exchange;
use super::framing::{Guarded, Options};
use crate::config::Listener;
use crate::gateway::Gateway;
use crate::tls;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// How many requests one connection of HTTP/2 may have in flight.
const STREAMS: u32 = 128;

/// After an error of accepting, such as too many open files, so long is waited.
const PAUSE: Duration = Duration::from_millis(50);

/// Listens, and answers.
pub struct Server {
    gateway: Arc<Gateway>,
    listening: Vec<Listening>,
}

struct Listening {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    http2: bool,
}

/// Why nothing is listened on.
#[derive(Debug)]
pub struct ServeError(String);

impl ServeError {
    pub(crate) fn new(what: String) -> Self {
        Self(what)
    }
}

impl Server {
    /// Listens on all of these.
    ///
    /// # Errors
    /// An address is in use or not this machine's, or a file of TLS cannot be used.
    pub async fn bind(gateway: Arc<Gateway>, listeners: &[Listener]) -> Result<Self, ServeError> {
        let mut listening = Vec::new();
        for listener in listeners {
            let socket = TcpListener::bind(listener.address).await;
            let socket = socket.map_err(|error| ServeError(format!("{}: {error}", listener.address)))?;
            let tls = listener.tls.as_ref().map(|files| tls::server(files, listener.http2)).transpose();
            let tls = tls.map_err(ServeError)?.map(TlsAcceptor::from);
            listening.push(Listening { socket, tls, http2: listener.http2 });
        }
        Ok(Self { gateway, listening })
    }

    /// Where it listens: with the ports that the system chose.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.listening.iter().filter_map(|listening| listening.socket.local_addr().ok())
    }

    /// Answers until `ends` is there, then what is in flight, for as long as that may take.
    pub async fn run(self, ends: impl Future<Output = ()>) {
        let Self { gateway, listening } = self;
        let table = gateway.table();
        let connections = Arc::new(Semaphore::new(table.limits.connections));
        let drain = table.timeouts.drain;
        let graceful = Arc::new(GracefulShutdown::new());
        let accepting: Vec<_> = listening
            .into_iter()
            .map(|listening| {
                let (gateway, connections) = (Arc::clone(&gateway), Arc::clone(&connections));
                tokio::spawn(accept(listening, gateway, connections, Arc::clone(&graceful)))
            })
            .collect();
        ends.await;
        accepting.iter().for_each(|task| task.abort());
        for task in accepting {
            let _ = task.await;
        }
        if let Ok(graceful) = Arc::try_unwrap(graceful) {
            let _ = tokio::time::timeout(drain, graceful.shutdown()).await;
        }
    }
}

async fn accept(
    listening: Listening,
    gateway: Arc<Gateway>,
    connections: Arc<Semaphore>,
    graceful: Arc<GracefulShutdown>,
) {
    loop {
        // Whoever comes when all places are taken waits in the system's queue.
        let Ok(place) = Arc::clone(&connections).acquire_owned().await else { return };
        let socket = match listening.socket.accept().await {
            Ok((socket, _)) => socket,
            Err(_) => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let _ = socket.set_nodelay(true);
        let (gateway, tls, http2) = (Arc::clone(&gateway), listening.tls.clone(), listening.http2);
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            let _place = place;
            let head = gateway.table().timeouts.head;
            match tls {
                None => connection(socket, gateway, http2, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(secured)) = tokio::time::timeout(head, tls.accept(socket)).await {
                        connection(secured, gateway, http2, watcher).await;
                    }
                }
            }
        });
    }
}

async fn connection<S>(stream: S, gateway: Arc<Gateway>, http2: bool, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let table = gateway.table();
    let options = Options { http2, h2c_upgrade: true, ..Options::default() };
    let fields = options.limits.fields;
    let guarded = Guarded::new(TokioIo::new(stream), options);
    let guard = guarded.handle();
    let answered = guard.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (gateway, guard) = (Arc::clone(&gateway), answered.clone());
        async move { Ok::<_, Infallible>(exchange::exchange(gateway, request, guard).await) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .half_close(true)
        .max_headers(fields)
        .timer(TokioTimer::new())
        .header_read_timeout(table.timeouts.idle)
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(options.limits.head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(table.timeouts.idle))
        .keep_alive_timeout(table.timeouts.head);
    let serving = watcher.watch(builder.serve_connection(guarded, service).into_owned());
    // What ends a connection is its client's affair: each request on it was answered for itself.
    tokio::select! {
        _ = serving => {}
        () = slow_head(&guard, table.timeouts.head) => {}
    }
}

/// Returns once a head has not ended for so long.
async fn slow_head(guard: &super::framing::Handle, limit: Duration) {
    loop {
        let waited = guard.head_began().map_or(Duration::ZERO, |began| began.elapsed());
        match limit.checked_sub(waited) {
            Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
            _ => return,
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({:?})", self.addresses().collect::<Vec<_>>())
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ServeError {}
