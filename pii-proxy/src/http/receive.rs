//! A request's body, read whole: nothing of a message leaves before all of it was looked at.

use crate::capacity::Held;
use crate::stop::{Stop, Why};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::HeaderMap;
use hyper::body::{Body as _, Incoming};
use hyper::header::CONTENT_ENCODING;
use pii_formats::coding::RATIO_FREE_BYTES;
use std::time::Duration;

/// What a request holds for each byte of its body: the body, what it is decoded to, and what leaves.
const COPIES: usize = 3;

/// Room is taken by so much as a body comes, in bytes. What a client says of a length that it may never send takes nothing.
const STEP_BYTES: usize = 64 << 10;

/// A body that nobody looks at is waited for so long.
const DRAIN_TIME: Duration = Duration::from_millis(500);

/// What is held besides for a body that is coded: what it may be decoded to, and what leaves.
pub(crate) fn room_to_decode(headers: &HeaderMap, length: usize, limit: usize, ratio: usize) -> usize {
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
pub(crate) async fn whole(body: Incoming, limit: usize, time: Duration, held: &mut Held) -> Result<Bytes, Stop> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match tokio::time::timeout(time, read(body, limit, held)).await {
        Ok(read) => read,
        Err(_) => Err(Stop::new(Why::SlowClient, "the body did not arrive in time: nothing of it was sent on")),
    }
}

/// Reads a short body that nobody looks at: over HTTP/2 a stream that ends before it was read is reset, and its client may lose the
/// answer over that.
pub(super) async fn drained(mut body: Incoming) {
    let mut left = STEP_BYTES;
    let reading = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len).max(1));
            if left == 0 {
                return;
            }
        }
    };
    // Whoever has not sent it by then does not wait for this answer alone.
    let _ = tokio::time::timeout(DRAIN_TIME, reading).await;
}

/// There is no room for a body.
pub(crate) fn no_room() -> Stop {
    Stop::new(Why::Overloaded, "there is no memory left for this body: send it again later")
}

async fn read(mut body: Incoming, limit: usize, held: &mut Held) -> Result<Bytes, Stop> {
    let too_large = || Stop::new(Why::TooLarge, format!("the body is longer than {limit} bytes")).at("body");
    let most = match body.size_hint().exact() {
        Some(exact) => usize::try_from(exact).ok().filter(|exact| *exact <= limit).ok_or_else(too_large)?,
        None => limit,
    };
    let mut room = 0;
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
        let needed = room_for(came, most);
        if needed > room {
            if !held.take((needed - room) * COPIES) {
                return Err(no_room());
            }
            room = needed;
        }
        gathered = gathered.with(data, most);
    }
    Ok(gathered.whole())
}

/// The room for what has come of a body of at most `most` bytes: whole steps, the last one as long as it is.
fn room_for(came: usize, most: usize) -> usize {
    came.next_multiple_of(STEP_BYTES).min(most.max(came))
}

/// What has come. A body that comes in one piece is not copied.
enum Gathered {
    Nothing,
    One(Bytes),
    Several(Vec<u8>),
}

impl Gathered {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(piece) => piece.len(),
            Self::Several(pieces) => pieces.len(),
        }
    }

    /// With the next piece, of at most `most` bytes in all. Memory is asked for as it is filled: at most twice what has come, and
    /// while it grows three times, which is what is held for it.
    fn with(self, data: Bytes, most: usize) -> Self {
        let mut pieces = match self {
            Self::Nothing => return Self::One(data),
            Self::One(first) => first.to_vec(),
            Self::Several(pieces) => pieces,
        };
        let needed = pieces.len() + data.len();
        if needed > pieces.capacity() {
            let room = needed.max(2 * pieces.len()).min(most.max(needed));
            pieces.reserve_exact(room - pieces.len());
        }
        pieces.extend_from_slice(&data);
        Self::Several(pieces)
    }

    fn whole(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(piece) => piece,
            Self::Several(pieces) => Bytes::from(pieces),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_for_what_has_come() {
        for (came, most, room) in [
            (1, 3, 3),
            (1, 1 << 20, STEP_BYTES),
            (STEP_BYTES, 1 << 20, STEP_BYTES),
            (STEP_BYTES + 1, 1 << 20, 2 * STEP_BYTES),
            (STEP_BYTES + 1, STEP_BYTES + 9, STEP_BYTES + 9),
        ] {
            assert_eq!(room_for(came, most), room, "{came} of {most}");
        }
    }

    #[test]
    fn memory_is_asked_for_as_it_is_filled() {
        let piece = Bytes::from(vec![b'a'; 10_000]);
        let mut gathered = Gathered::Nothing;
        for nth in 1..=20 {
            gathered = gathered.with(piece.clone(), 200_000);
            let Gathered::Several(pieces) = &gathered else { continue };
            assert!(
                pieces.capacity() <= 2 * nth * piece.len() && pieces.capacity() <= 200_000,
                "{}",
                pieces.capacity()
            );
        }
        assert!(gathered.len() == 200_000 && gathered.whole().iter().all(|byte| *byte == b'a'));
    }
}
