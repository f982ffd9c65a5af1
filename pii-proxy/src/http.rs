//! The channel HTTP: connections in, requests inspected, connections out.

mod answer;
mod connection;
mod exchange;
pub mod framing;
mod headers;
mod inspect;
mod moving;
mod passing;
mod path;
mod receive;
mod reply;
mod send;
mod serve;
mod tunnel;

/// A body that is the proxy's own.
pub(crate) type Own = http_body_util::Full<bytes::Bytes>;

pub(crate) use answer::{MESSAGE, problem, tell};
pub(crate) use connection::overdue;
pub(crate) use headers::for_upstream;
pub(crate) use inspect::{bounds, contained};
pub(crate) use moving::Moving;
pub(crate) use path::for_routing;
pub(crate) use receive::{no_room, room_to_decode, whole};
pub use serve::{ServeError, Server};
