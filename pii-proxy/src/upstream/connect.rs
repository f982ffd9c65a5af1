//! Connections to an upstream: the name, TCP and TLS within one time, each with an error of its own.

use super::failure::{NoAddress, Reason, Unreachable};
use crate::config::Upstream;
use crate::tls;
use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tower_service::Service;

/// Connects to one upstream.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector<Names>,
    /// What TLS is spoken with. `None`: in clear.
    tls: Option<(TlsConnector, ServerName<'static>)>,
    limit: Duration,
}

/// Looks names up, and says so where one leads nowhere.
#[derive(Clone, Debug)]
struct Names(GaiResolver);

type Connected = MaybeHttpsStream<TokioIo<TcpStream>>;

type Pending<T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send>>;

impl Connector {
    /// To this upstream, within `limit`.
    ///
    /// # Errors
    /// A certificate cannot be read, or the upstream's host is none that a certificate could name.
    pub(super) fn new(upstream: &Upstream, limit: Duration) -> Result<Self, String> {
        let mut tcp = HttpConnector::new_with_resolver(Names(GaiResolver::new()));
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Shared among the addresses of a name, so that one that does not answer leaves time for the next.
        tcp.set_connect_timeout(Some(limit));
        let tls = match upstream.scheme == Scheme::HTTPS {
            // What is not needed is not read: a machine may trust nobody.
            false => None,
            true => {
                let host = upstream.authority.host();
                let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
                let name = name.map_err(|_| format!("upstream: no certificate can name the host {host:?}"))?;
                Some((TlsConnector::from(Arc::new(tls::client(upstream)?)), name))
            }
        };
        Ok(Self { tcp, tls, limit })
    }
}

impl Service<Uri> for Connector {
    type Response = Connected;
    type Error = Unreachable;
    type Future = Pending<Connected, Unreachable>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Unreachable>> {
        self.tcp.poll_ready(context).map_err(|error| Unreachable::of_tcp(&error))
    }

    fn call(&mut self, address: Uri) -> Self::Future {
        let end = Instant::now() + self.limit;
        let (tls, tcp) = (self.tls.clone(), self.tcp.call(address));
        Box::pin(async move {
            let late = |words| move |_| Unreachable::new(Reason::SlowConnect, words);
            let tcp = timeout_at(end, tcp).await.map_err(late("connecting timed out"))?;
            let tcp = tcp.map_err(|error| Unreachable::of_tcp(&error))?;
            let Some((tls, name)) = tls else { return Ok(MaybeHttpsStream::Http(tcp)) };
            let secured = timeout_at(end, tls.connect(name, TokioIo::new(tcp))).await;
            let secured = secured.map_err(late("the handshake of TLS timed out"))?;
            let secured = secured.map_err(|error| Unreachable::new(Reason::Tls, tls::fault(&error)))?;
            Ok(MaybeHttpsStream::Https(TokioIo::new(secured)))
        })
    }
}

impl Service<Name> for Names {
    type Response = GaiAddrs;
    type Error = NoAddress;
    type Future = Pending<GaiAddrs, NoAddress>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), NoAddress>> {
        self.0.poll_ready(context).map_err(|_| NoAddress)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let addresses = self.0.call(name);
        Box::pin(async move { addresses.await.map_err(|_| NoAddress) })
    }
}
