//! Connections to upstreams: kept, and shared by the requests of a route.

mod connect;
mod failure;
mod health;

pub(crate) use failure::Failure;
pub use failure::Reason;
pub(crate) use health::Health;

use crate::config::{Timeouts, Upstream};
use bytes::Bytes;
use connect::Connector;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::http::uri::Scheme;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

/// So many connections to one upstream wait for another request.
const IDLE_CONNECTIONS: usize = 256;

/// Sends requests to one upstream.
#[derive(Clone, Debug)]
pub struct Client(Pool<Connector, Leaving>);

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
        let connector = Connector::new(upstream, timeouts.connect)?;
        let mut pool = Pool::builder(TokioExecutor::new());
        pool.pool_timer(TokioTimer::new())
            .pool_idle_timeout(timeouts.idle)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            // A message that was perhaps sent is never sent again; whoever made it decides.
            .retry_canceled_requests(false)
            .http1_title_case_headers(false)
            // In clear nothing says what is spoken: it is known beforehand (RFC 9113 §3.3).
            .http2_only(upstream.http2 && upstream.scheme == Scheme::HTTP);
        Ok(Self(pool.build(connector)))
    }

    /// Sends a request, and waits for the head of the answer.
    ///
    /// # Errors
    /// It cannot be sent or is not answered: why, and whether it may have left.
    pub(crate) async fn send(&self, request: Request<Leaving>) -> Result<Response<Incoming>, Failure> {
        self.0.request(request).await.map_err(|error| Failure::of(&error))
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
