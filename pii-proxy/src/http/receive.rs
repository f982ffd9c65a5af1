//! A request's body, read whole: nothing of a message leaves before all of it was looked at.

use crate::capacity::Held;
use crate::stop::{Stop, Why};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::HeaderMap;
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_ENCODING;
use pii_formats::coding::RATIO_FREE_BYTES;
use std::time::Duration;

/// What a request holds for each byte of its body: the body, what it is decoded to, and what leaves.
const COPIES: usize = 3;

/// So much is asked for at once where the length is not known, in bytes.
const STEP_BYTES: usize = 64 << 10;

/// What is held besides for a body that is coded: what it may be decoded to, and what leaves.
pub(super) fn room_to_decode(headers: &HeaderMap, length: usize, limit: usize, ratio: usize) -> usize {
    if length == 0 || !headers.contains_key(CONTENT_ENCODING) {
        return 0;
    }
    let most = length.saturating_mul(ratio).max(RATIO_FREE_BYTES).min(limit);
    most.saturating_sub(length).saturating_mul(COPIES - 1)
}

/// What is held for a body of so many bytes that is yet to come.
pub(super) fn room(headers: &HeaderMap, length: usize, limit: usize, ratio: usize) -> usize {
    length.saturating_mul(COPIES).saturating_add(room_to_decode(headers, length, limit, ratio))
}

/// Reads a body of at most `limit` bytes within `time`.
///
/// # Errors
/// It is longer, comes too slowly or breaks off; there is no room for it; or something follows it.
pub(super) async fn whole(body: Incoming, limit: usize, time: Duration, held: &mut Held) -> Result<Bytes, Stop> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match tokio::time::timeout(time, read(body, limit, held)).await {
        Ok(read) => read,
        Err(_) => Err(Stop::new(Why::SlowClient, "the body did not arrive in time: nothing of it was sent on")),
    }
}

/// There is no room for a body.
pub(super) fn no_room() -> Stop {
    Stop::new(Why::Overloaded, "there is no memory left for this body: send it again later")
}

async fn read(mut body: Incoming, limit: usize, held: &mut Held) -> Result<Bytes, Stop> {
    let too_large = || Stop::new(Why::TooLarge, format!("the body is longer than {limit} bytes")).at("body");
    let mut room = 0;
    if let Some(exact) = body.size_hint().exact() {
        let exact = usize::try_from(exact).ok().filter(|exact| *exact <= limit).ok_or_else(too_large)?;
        if !held.take(exact * COPIES) {
            return Err(no_room());
        }
        room = exact;
    }
    let mut gathered = Gathered::Nothing;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Stop::new(Why::Framing, "the body broke off: nothing of it was sent on"))?;
        let Ok(data) = frame.into_data() else {
            return Err(Stop::new(Why::Framing, "headers behind a body are not let through"));
        };
        let came = gathered.len() + data.len();
        if came > limit {
            return Err(too_large());
        }
        while room < came {
            if !held.take(STEP_BYTES * COPIES) {
                return Err(no_room());
            }
            room += STEP_BYTES;
        }
        gathered = gathered.with(data, room);
    }
    Ok(gathered.whole())
}

/// What has come. A body that comes in one piece is not copied.
enum Gathered {
    Nothing,
    One(Bytes),
    Several(BytesMut),
}

impl Gathered {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(piece) => piece.len(),
            Self::Several(pieces) => pieces.len(),
        }
    }

    /// With the next piece; `room` is how much is expected in all.
    fn with(self, data: Bytes, room: usize) -> Self {
        let mut pieces = match self {
            Self::Nothing => return Self::One(data),
            Self::One(first) => {
                let mut pieces = BytesMut::with_capacity(room.max(first.len() + data.len()));
                pieces.extend_from_slice(&first);
                pieces
            }
            Self::Several(pieces) => pieces,
        };
        pieces.extend_from_slice(&data);
        Self::Several(pieces)
    }

    fn whole(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(piece) => piece,
            Self::Several(pieces) => pieces.freeze(),
        }
    }
}
