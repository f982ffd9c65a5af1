//! The guard below the HTTP server: where a request begins and ends is beyond doubt before the server sees it.
//!
//! Two programs that read the same bytes must cut them into the same requests. Where they do not, a request hides inside
//! another one's body and passes unseen (request smuggling). The server here (hyper) is lenient for the sake of old
//! clients: it takes a `Content-Length` beside `Transfer-Encoding`, merges lengths that are equal, and reads a bare LF as
//! a line's end. So a [`Guard`] reads the bytes first, by RFC 9112 and with none of the tolerance that it allows, and a
//! [`Guarded`] connection hands the server only what the guard has judged good: a head when it is complete, a body as it
//! comes. At a [`Fault`] the server sees the end of the stream; the client gets the answer that the fault calls for, and
//! the connection is closed.
//!
//! ```
//! use pii_proxy::http::framing::{Fault, Guard, Options};
//!
//! let mut guard = Guard::new(Options::default());
//! let good = b"POST /sms HTTP/1.1\r\nHost: gateway\r\nContent-Length: 2\r\n\r\n";
//! assert_eq!(guard.judge(good), Ok(good.len()));
//! assert_eq!(guard.judge(b"{}GET"), Ok(2), "the body, and not what stands behind it");
//! assert_eq!(guard.judge(b"GET / HTTP/1.1\nHost: gateway\n\n"), Err(Fault::BareLineFeed));
//! ```
//!
//! Nothing here knows what a request is about: routes, media types and limits on bodies are the service's. Binary framing
//! (HTTP/2) is passed on unread, and so is what follows a head once the service has made the connection a tunnel.
//!
//! The server has to be built with `half_close(true)`. Otherwise it reads ahead while it answers a request, takes the end
//! that it is shown at a fault for the client's hanging up, and drops the answer that it is at. Its `max_headers` has to be
//! at least [`Limits::fields`], and its buffer (`max_buf_size`) at least [`Limits::head_bytes`], which its default is.
//! A server that ends with an upgrade which nobody took never shuts the stream down, so that a fault after one closes the
//! connection without an answer.

mod alphabet;
mod authority;
mod chunks;
mod fault;
mod field;
mod guard;
mod guarded;
mod handle;
mod head;
mod refusal;
mod request_line;

pub use fault::Fault;
pub use guard::{Guard, Switch};
pub use guarded::Guarded;
pub use handle::{Handle, NotBehindHead};

/// What a connection may begin with, and how long a head may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// How long a head may be.
    pub limits: Limits,
    /// Whether a connection that begins with the preface of HTTP/2 (RFC 9113 §3.4) is passed on, unread; a fault otherwise.
    pub http2: bool,
    /// Whether a request that wishes to go on in HTTP/2 (`Upgrade: h2c`, RFC 7540 §3.2, which RFC 9113 withdrew) is passed
    /// on, for a service that never switches; a fault otherwise. Java's `HttpClient` sends that wish unless it is told to
    /// speak HTTP/1.1.
    pub h2c_upgrade: bool,
}

/// The longest head. Whatever is over a limit is a fault, and a connection holds no more than `head_bytes` and one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The request line without its CRLF, in bytes.
    pub request_line_bytes: usize,
    /// One field line without its CRLF, in bytes.
    pub field_line_bytes: usize,
    /// The whole head with all its CRLFs, an empty line before it included, in bytes.
    pub head_bytes: usize,
    /// Field lines.
    pub fields: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request_line_bytes: 8 * 1024, field_line_bytes: 16 * 1024, head_bytes: 64 * 1024, fields: 128 }
    }
}
