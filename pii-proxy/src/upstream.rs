//! Connections to upstreams: kept, and shared by the requests of a route.

use crate::config::{Timeouts, Upstream};
use crate::tls;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// So many connections to one upstream wait for another request.
const IDLE_CONNECTIONS: usize = 256;

/// Sends requests to one upstream.
#[derive(Clone, Debug)]
pub struct Client(Pool<HttpsConnector<HttpConnector>, Leaving>);

/// Whether a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It did not.
    No,
    /// Nobody can tell.
    Unknown,
    /// It did.
    Yes,
}

/// A body that leaves, whole, in the framing that it came in.
#[derive(Debug)]
pub(crate) struct Leaving {
    data: Option<Bytes>,
    is_chunked: bool,
}

impl Sent {
    /// The word in answers, for good.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }
}

impl Client {
    /// For this upstream.
    ///
    /// # Errors
    /// A certificate that it is trusted by cannot be read.
    pub fn new(upstream: &Upstream, timeouts: &Timeouts) -> Result<Self, String> {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(timeouts.connect));
        let tls = tls::client(upstream)?;
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1();
        let connector = match upstream.http2 {
            true => builder.enable_http2().wrap_connector(connector),
            false => builder.wrap_connector(connector),
        };
        let mut pool = Pool::builder(TokioExecutor::new());
        pool.pool_timer(TokioTimer::new())
            .pool_idle_timeout(timeouts.idle)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            // A message that was perhaps sent is never sent again; whoever made it decides.
            .retry_canceled_requests(false)
            .http1_title_case_headers(false);
        Ok(Self(pool.build(connector)))
    }

    /// Sends a request, and waits for the head of the answer.
    ///
    /// # Errors
    /// It cannot be sent or is not answered; and whether it may have left.
    pub(crate) async fn send(&self, request: Request<Leaving>) -> Result<Response<Incoming>, Sent> {
        self.0.request(request).await.map_err(|error| if error.is_connect() { Sent::No } else { Sent::Unknown })
    }
}

impl Leaving {
    pub(crate) fn new(data: Bytes, is_chunked: bool) -> Self {
        Self { data: Some(data).filter(|data| !data.is_empty()), is_chunked }
    }
}

impl Body for Leaving {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.data.take().map(|data| Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && !self.is_chunked
    }

    /// A body without a known length is sent in chunks.
    fn size_hint(&self) -> SizeHint {
        if self.is_chunked {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.data.as_ref().map_or(0, |data| data.len() as u64))
        }
    }
}
