//! Listeners: connections in, as many as may be, each guarded, until the proxy ends.

use super::connection::{Came, Front, Takes};
use crate::config::Listener;
use crate::gateway::Gateway;
use crate::refused::Refused;
use crate::{tls, watch};
use hyper_util::server::graceful::GracefulShutdown;
use std::fmt;
use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;

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
    is_critical: bool,
    is_forward: bool,
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
            let Listener { http2, is_critical, is_forward, .. } = *listener;
            listening.push(Listening { socket, tls, http2, is_critical, is_forward });
        }
        Ok(Self { gateway, listening })
    }

    /// Where it listens: with the ports that the system chose.
    pub fn addresses(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.listening.iter().filter_map(|listening| listening.socket.local_addr().ok())
    }

    /// Answers until `ends` is there, then what is in flight, for as long as that may take. What is still under way then is
    /// recorded as unknown.
    pub async fn run(self, ends: impl Future<Output = ()>) {
        let Self { gateway, listening } = self;
        let table = gateway.table();
        let front = Front::new(Arc::clone(&gateway), listening.iter().any(|listening| listening.is_critical));
        let watching = tokio::spawn(watch::upstreams(Arc::clone(&gateway)));
        let graceful = Arc::new(GracefulShutdown::new());
        let accepting: Vec<_> = listening
            .into_iter()
            .map(|listening| tokio::spawn(accept(listening, front.clone(), Arc::clone(&graceful))))
            .collect();
        ends.await;
        for task in accepting.into_iter().chain([watching]) {
            task.abort();
            let _ = task.await;
        }
        let end = Instant::now() + table.timeouts.drain;
        if let Ok(graceful) = Arc::try_unwrap(graceful) {
            let _ = timeout_at(end, graceful.shutdown()).await;
        }
        gateway.under_way.finish(end, table.timeouts.record).await;
    }
}

/// Takes connections until it is dropped.
async fn accept(listening: Listening, front: Front, graceful: Arc<GracefulShutdown>) {
    loop {
        let Some(place) = front.places.enter(listening.is_critical).await else { return };
        let (socket, peer) = match listening.socket.accept().await {
            Ok(accepted) => accepted,
            // Whoever was there has gone again.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                front.refused(Refused::Accept, None, &error.to_string());
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let _ = socket.set_nodelay(true);
        let (front, tls, http2) = (front.clone(), listening.tls.clone(), listening.http2);
        let takes = if listening.is_forward { Takes::Tunnels } else { Takes::Requests };
        let watchers = (graceful.watcher(), listening.is_forward.then(|| graceful.watcher()));
        let came = Came { peer, http2, takes, watchers };
        tokio::spawn(async move {
            let _place = place;
            let Some(tls) = tls else { return front.serve(socket, came).await };
            let head = front.gateway.table().timeouts.head;
            match tokio::time::timeout(head, tls.accept(socket)).await {
                Ok(Ok(secured)) => front.serve(secured, came).await,
                Ok(Err(error)) => front.refused(Refused::Tls, Some(peer), tls::fault(&error)),
                Err(_) => front.refused(Refused::Tls, Some(peer), "the handshake of TLS took too long"),
            }
        });
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
